"""Families that book through the services and then use the pages of their own booking."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.services import keeping_booking, signing_up
from feedback_app.services.keeping_booking import Held
from feedback_app.services.signing_up import NeedAsked, NewBooking, Wanted
from feedback_app.services.waiting_list import Clock
from tests.support.summaries import SCOPE

LONDON = "Europe/London"


class Family:
    """Books talks, and looks after its booking by its link."""

    def __init__(self, app: Flask, db: Session, name: str) -> None:
        """Have a name, an e-mail address and a phone."""
        self.app, self.db, self.name = app, db, name
        self.client: FlaskClient = app.test_client()
        self.secret = self.proved = ""

    @property
    def programme(self) -> Programme:
        """Return what the partnership says of its talks."""
        found = self.app.config["PLACES"].only.programme
        assert found is not None
        return found

    def clock(self, now: datetime | None = None) -> Clock:
        """Return the clock that services take."""
        return Clock(now or datetime.now(UTC), LONDON, self.programme.rules)

    def book(
        self,
        talks: Sequence[TalkFacts],
        places: int = 1,
        way: Way = Way.IN_PERSON,
        needs: Mapping[str, str] | None = None,
        now: datetime | None = None,
    ) -> str:
        """Book talks, or wait for places there; return the secret of the link."""
        booked = signing_up.sign_up(
            self.db,
            SCOPE,
            self.programme,
            LONDON,
            NewBooking(
                request=f"the booking form of {self.name}",
                name=self.name,
                email=f"{self.name}@example.org",
                mobile=None,
                language="en_GB",
                booker="parent_carer",
                wanted=[Wanted(talk.id, way, places) for talk in talks],
                needs=[NeedAsked(key, detail) for key, detail in (needs or {}).items()],
            ),
            now or datetime.now(UTC),
        )
        self.db.commit()
        assert booked.secret
        self.secret = booked.secret
        return self.secret

    def held(self, at: int = 0) -> Held:
        """Return one talk of the booking, by day."""
        booking = keeping_booking.find_booking(self.db, SCOPE, self.secret)
        found = keeping_booking.list_held(self.db, SCOPE, booking)[at]
        self.db.rollback()
        return found

    def cancel(self) -> None:
        """Cancel the first talk of the booking, by the service."""
        keeping_booking.cancel(self.db, SCOPE, self.held(), self.clock())
        self.db.commit()

    def address(self, page: str = "", at: int | uuid.UUID | None = None) -> str:
        """Return the address of a page of the booking, or of one of its talks."""
        sign_up = "" if at is None else f"/{self.held(at).sign_up.id if isinstance(at, int) else at}"
        return f"/talks/booking/{self.secret}{sign_up}{'/' + page if page else ''}"

    def look(self, page: str = "", at: int | None = None) -> str:
        """Return a page of the booking as a reader hears it."""
        return words_of(self.client.get(self.address(page, at)).text)

    def send(self, page: str, at: int | None = None, **fields: Any) -> tuple[TestResponse, str]:
        """Send a form of the booking; return the answer, and what stands on the page that it leads to."""
        address = self.address(page, at)
        form = {"csrf_token": self.proof(), **fields}
        answer = self.client.post(address, data=form)
        page_after = self.client.get(answer.location) if answer.status_code == 303 else answer
        return answer, words_of(page_after.text)

    def proof(self) -> str:
        """Return what proves that a form is one of our pages'; it holds for the whole visit."""
        if self.proved:
            return self.proved
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.client.get(self.address("more")).text)
        assert found
        self.proved = found.group(1)
        return self.proved


def words_of(page: str) -> str:
    """Return the words of a page, runs of space made one."""
    said = " ".join(" ".join(lxml_html.document_fromstring(page).itertext()).split())
    return re.sub(r" ([.,:)])", r"\1", said).replace("( ", "(")
