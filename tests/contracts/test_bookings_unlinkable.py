"""Two families book, ask a question, come, are asked how it was, and answer, all through the pages that families use.

Then every table is read as it is kept: nothing that stands in what one family booked stands in what it asked or
answered, but what everybody at the talk has in common.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import MetaData, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role
from feedback_app.jobs.handlers import make_handlers
from feedback_app.jobs.runner import JobRunner
from feedback_app.store.talk_tables import SignUp, Talk, TalkMessage
from tests.support.application import migrate, running_application
from tests.support.booking_forms import key_of, secret_in, send
from tests.support.client import CheckedClient
from tests.support.databases import sqlite_url
from tests.support.journeys import answer_first, post
from tests.support.journeys import send as send_answers
from tests.support.summaries import signed_in
from tests.support.surveys import field as open_survey
from tests.support.surveys import real_survey
from tests.support.talks import add_talk

SLUG = "waiting-well"
FAMILIES: dict[str, dict[str, Any]] = {
    "sam": {"name": "Samira Quillfeather", "email": "samira@example.org", "mobile": "", "places": "2",
            "booker": "parent_carer", "need": ["bsl", "interpreter"], "need_interpreter": "Zazaki",
            "question": "Why does the plimwickle take so long?"},
    "ari": {"name": "Ariel Thornapple", "email": "ariel@example.org", "mobile": "", "places": "3",
            "booker": "parent_carer", "need": ["quiet_space"], "question": "May a grandparent come to the zorbatine?"},
}  # fmt: skip
SAID = {"sam": "The quorvish room was kind.", "ari": "More about vellumbries, please."}
BOOKED_TABLES = {"booking", "sign_up", "access_need", "talk_offer", "talk_message", "code_failures"}
SAID_TABLES = {"response", "comment", "voice", "talk_question", "talk_note", "tagging", "theme_suggestion", "draft"}
# What everybody at a talk has in common, and what hundreds have: the partnership, the talk, the language, the month.
COMMON = {"lancashire", "en_GB", "parent_carer", "talks", "talk_question", "", "open", "{}", "[]", "None", "True"}


@dataclass
class World:
    """The talk, what was sent to families, and where answers come in."""

    app: Flask
    db: Session
    talk_id: uuid.UUID
    forum: CheckedClient
    sent: dict[str, list[str]] = field(default_factory=dict)

    def send(self, to: str, subject: str, text: str, **_more: Any) -> None:
        """Take a message as the mail server would."""
        self.sent.setdefault(to, []).append(f"{subject}\n{text}")

    def _visitor(self) -> CheckedClient:
        client = self.app.test_client()
        assert isinstance(client, CheckedClient)
        return client

    def book(self, told: dict[str, Any]) -> str:
        """Book as a family does, and return the secret of its link."""
        client = self._visitor()
        key = key_of(client.get(f"/talks/{SLUG}/book"))
        return secret_in(send(client, told, key=key))

    def hold(self) -> None:
        """Let the talk be over, everybody come, an organiser finish it, and all messages go."""
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        self.db.execute(update(Talk).values(day=yesterday))
        self.db.execute(update(SignUp).values(came=SignUp.places))
        self.db.commit()
        page = self.forum.get(f"/team/talks/{SLUG}/after")
        numbers = {"came-in_person": "5", "walked-in_person": "0"}
        assert post(self.forum, f"/team/talks/{SLUG}/after", page, do="finish", **numbers).status_code == 303
        due = set(self.db.scalars(select(TalkMessage.due_at).where(TalkMessage.kind == "feedback")))
        assert len(due) == 1
        asked = update(TalkMessage).where(TalkMessage.kind == "feedback")
        self.db.execute(asked.values(due_at=datetime.now(UTC) - timedelta(hours=1)))
        self.db.commit()
        self.run_jobs()

    def run_jobs(self) -> None:
        """Do what is due."""
        from feedback_app.jobs.talk_work import TalkWork
        from feedback_app.jobs.transactions import Transactions

        TalkWork(Transactions(self.app), self.app.config["PLACES"].only).do_minutely()
        JobRunner(self.app, make_handlers(self.app, self)).run_due()

    def links_to_survey(self, to: str) -> set[str]:
        """Return the addresses of surveys that a family was sent."""
        return set(re.findall(r"https?://\S*/surveys/\S+", "\n".join(self.sent.get(to, []))))

    def answer(self, address: str, said: str) -> None:
        """Answer the survey behind a link as a family does."""
        client = self._visitor()
        path = "/" + address.split("/", 3)[3]
        at = post(client, path.partition("?")[0], client.get(path), topic="assessment").location
        while not at.endswith("/check"):
            page = client.get(at)
            item = re.search(r'<textarea[^>]*name="(\w+)"', page.text)
            if item and item[1] == "LF8":
                at = post(client, at, page, do="next", LF8=said).location
            else:
                at = answer_first(client, at)
        assert "Thank you" in send_answers(client, at).text

    def rows(self, names: set[str]) -> dict[str, list[tuple[Any, ...]]]:
        """Return what tables hold, as the database keeps it: sealed columns as they are sealed."""
        tables = MetaData()
        tables.reflect(self.db.get_bind())
        assert names <= set(tables.tables)
        found = {name: [tuple(row) for row in self.db.execute(select(tables.tables[name]))] for name in names}
        self.db.rollback()
        return found


def values_of(rows: dict[str, list[tuple[Any, ...]]]) -> set[str]:
    """Return all that rows hold, each value as text; small numbers left out, which say nothing by themselves."""
    flat = [value for found in rows.values() for row in found for value in row if not _is_small(value)]
    told = {value.hex() if isinstance(value, bytes) else str(value) for value in flat}
    return told - COMMON


def _is_small(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) < 1000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two families that booked, asked, came, and answered."""
    from feedback_app.extensions import db as extension

    url = sqlite_url(tmp_path_factory.mktemp("unlinkable") / "talks.sqlite")
    migrate(url)
    with running_application(url, site_address="http://localhost") as app:
        with app.app_context():
            engine = extension.engine
        with Session(engine) as db:
            open_survey(app, real_survey("talk_feedback"))
            talk = add_talk(db, day=date(2035, 12, 10), starts=time(10), district=4)
            forum = signed_in(app, db, Role.FORUM_ORGANISER)
            assert isinstance(forum, CheckedClient)
            found = World(app, db, talk.id, forum)
            for told in FAMILIES.values():
                found.book(told)
            found.run_jobs()
            found.hold()
            for name, told in FAMILIES.items():
                (link,) = found.links_to_survey(told["email"])
                found.answer(link, SAID[name])
            yield found


def test_every_family_gets_the_very_same_link_to_say_how_it_was(world: World) -> None:
    links = [world.links_to_survey(told["email"]) for told in FAMILIES.values()]
    assert links[0] == links[1] == {"http://localhost/surveys/talk-feedback?topic=assessment"}


def test_nothing_of_a_booking_stands_in_what_was_asked_or_answered(world: World) -> None:
    booked, said = world.rows(BOOKED_TABLES), world.rows(SAID_TABLES)
    assert [len(booked[name]) for name in ("booking", "sign_up", "access_need")] == [2, 2, 3]
    assert [len(said[name]) for name in ("response", "comment", "voice", "talk_question")] == [2, 4, 2, 2]
    shared = values_of(booked) & values_of(said)
    assert shared == {world.talk_id.hex}


def test_no_word_of_a_booking_stands_inside_what_was_asked_or_answered_either(world: World) -> None:
    told = str(world.rows(SAID_TABLES)).casefold()
    assert all(SAID[name].casefold() in told for name in FAMILIES)
    assert all(family["question"].casefold() in told for family in FAMILIES.values())
    for family in FAMILIES.values():
        for own in (*family["name"].split(), family["email"], "zazaki", "interpreter", "quiet_space"):
            assert own.casefold() not in told
    asked = str(world.rows(BOOKED_TABLES | {"outbox_job", "audit_entry"})).casefold()
    assert not [word for word in ("plimwickle", "zorbatine", "quorvish", "vellumbries") if word in asked]


def test_what_was_asked_and_answered_has_no_time_nearer_than_a_month_and_an_answer_than_its_week(world: World) -> None:
    said = world.rows(SAID_TABLES)
    days = {name: {value for row in rows for value in row if isinstance(value, date)} for name, rows in said.items()}
    assert {day.day for day in days["voice"]} == {1}
    assert {day.weekday() for day in days["response"]} == {0}
    assert not [name for name, found in days.items() if found and name not in ("voice", "response")]
    assert not [value for found in days.values() for value in found if isinstance(value, datetime)]


def test_who_runs_the_talk_is_shown_the_questions_and_never_who_asked(world: World) -> None:
    page = world.forum.get(f"/team/talks/{SLUG}/questions").text
    for family in FAMILIES.values():
        assert family["question"] in page
        assert family["name"].split()[1] not in page
