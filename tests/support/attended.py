"""Families that have booked a talk, for tests of what comes before and on the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.services import signing_up
from feedback_app.services.signing_up import NeedAsked, NewBooking, Wanted
from feedback_app.store.sign_ups import SignUpFacts, find_booking, list_sign_ups
from tests.support.summaries import SCOPE

NOW = datetime(2035, 11, 20, 12, tzinfo=UTC)
LONDON = "Europe/London"


def programme_of(app: Flask) -> Programme:
    """Return what the partnership says of its talks."""
    found = app.config["PLACES"].only.programme
    assert isinstance(found, Programme)
    return found


def book(
    app: Flask,
    db: Session,
    talk: TalkFacts,
    name: str,
    places: int = 1,
    *,
    way: Way = Way.IN_PERSON,
    needs: Sequence[NeedAsked] = (),
    scope: Scope = SCOPE,
    now: datetime = NOW,
) -> SignUpFacts:
    """Book places for a family of this name, or its turn on the waiting list; commit, and return the sign-up."""
    email = f"{name.lower()}@example.org"
    new = NewBooking(
        f"form of {name}", name, email, None, "en_GB", "parent_carer", [Wanted(talk.id, way, places)], needs
    )
    booked = signing_up.sign_up(db, scope, programme_of(app), LONDON, new, now)
    db.commit()
    found = find_booking(db, scope, secret_hash=signing_up.hash_secret(scope, booked.secret or ""))
    assert found is not None
    sign_up = next(one for one in list_sign_ups(db, scope, booking_id=found.id) if one.talk_id == talk.id)
    db.rollback()
    return sign_up
