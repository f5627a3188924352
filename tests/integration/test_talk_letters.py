"""Messages to families as a mail server gets them: one of each kind, in English and from right to left, kept secret."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import MessageKind, SignUpState
from feedback_app.services import keeping_booking, signing_up, waiting_list
from feedback_app.services.notifying import notify
from feedback_app.services.signing_up import NeedAsked
from feedback_app.store import sign_ups
from feedback_app.store.talk_tables import Talk
from tests.support.application import running_application
from tests.support.letters import LONDON, Letterbox, Phones, Post, listening
from tests.support.summaries import SCOPE
from tests.support.talks import BOTH, add_talk, add_venue

DATABASES = ("sqlite",)
NOW = datetime(2035, 12, 3, 12, tzinfo=UTC)
LINK = "https://meet.example.org/let-me-in"
KEPT = os.environ.get("LETTERS_KEPT_IN")  # a folder, to read them as a family would
RIGHT_TO_LEFT, ISOLATED = "\u200f", "\u2068"


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    with running_application(database_url, pseudo_languages=True) as application:
        yield application


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, Post]]:
    with listening() as (box, mailer):
        yield box, mailer  # type: ignore[misc]


class Told:
    """Says one thing of each kind to one family, and reads what came."""

    def __init__(
        self, app: Flask, db: Session, box: Letterbox, mailer: object, language: str, mobile: str, about: str = ""
    ) -> None:
        self.phones, self.box, self.db, self.mobile = Phones(), box, db, mobile
        self.post = Post(app, db, mailer, self.phones)
        venue = add_venue(db, f"The Library {about}".strip())
        told = {"joining_link": LINK, "title": "Waiting for an assessment: what helps, and who can help"}
        self.talk = add_talk(db, f"talk{about}", ways=BOTH, venue=venue, **told)
        self.online = add_talk(
            db, f"online{about}", ways={Way.ONLINE: 1}, **told | {"title": "Sleep"}, day=date(2035, 12, 12)
        )
        self.contact = {"language": language, "mobile": mobile}
        self.secret = self.post.book(NOW, self.talk, places=2, **self.contact)

    def read(self) -> tuple[str, str]:
        """Return the subject and the text of the message that comes now, the only one."""
        before = len(self.box.messages), len(self.phones.texts)
        self.post.minute()
        came = len(self.box.messages) - before[0], len(self.phones.texts) - before[1]
        assert came == ((0, 1) if self.mobile else (1, 0)), self.post.states()
        if self.mobile:
            return "", self.phones.texts[-1][1]
        return self.box.subjects()[-1], self.box.text()

    def put(self, kind: MessageKind, once: str, **told: object) -> None:
        sign_up_id = self.post.held(self.secret).sign_up.id
        notify(self.db, SCOPE, kind, once=f"{once}/{sign_up_id}/1", now=NOW, sign_up_id=sign_up_id, **told)
        self.db.commit()

    def set(self, **told: object) -> None:
        sign_ups.update_sign_up(self.db, SCOPE, self.post.held(self.secret).sign_up.id, **told)
        self.db.commit()

    def set_talk(self, **told: object) -> None:
        self.db.execute(update(Talk).where(Talk.id == self.talk.id).values(**told))
        self.db.commit()

    def booked(self) -> None:
        """The booking itself is the reason."""

    def changed(self) -> None:
        keeping_booking.change_places(
            self.db, SCOPE, self.post.held(self.secret), 3, self.post.programme, self.post.clock(NOW)
        )
        self.db.commit()

    def fewer(self) -> None:
        self.set(state=SignUpState.WAITING.value, queue=1, places=5)
        self.put(MessageKind.CHANGED, "free", about={"free": 2})

    def reminder(self) -> None:
        self.put(MessageKind.REMINDER, "reminder", about={"reminder": 1, "starts": "2035-12-10T10:00"})

    def moved(self) -> None:
        self.set_talk(moved_from={"day": "2035-12-07", "starts": "18:30", "ends": "20:00", "venue": "The Mill"})
        self.put(MessageKind.MOVED, "moved")

    def called_off(self) -> None:
        self.set_talk(state="cancelled", cancelled_because="The room is flooded.")
        self.set(state=SignUpState.CALLED_OFF.value)
        self.put(MessageKind.CALLED_OFF, "called_off")

    def back_on(self) -> None:
        self.called_off()
        self.post.minute()
        self.set_talk(state="published")
        self.set(state=SignUpState.BOOKED.value)
        self.put(MessageKind.BACK_ON, "back_on")

    def offer(self) -> None:
        self.set(state=SignUpState.WAITING.value, queue=1)
        waiting_list.offer_free_places(self.db, SCOPE, self.talk.id, self.post.clock(NOW))
        self.db.commit()

    def lapsed(self) -> None:
        self.set(state=SignUpState.LAPSED.value)
        self.put(MessageKind.LAPSED, "lapsed")

    def cancelled(self) -> None:
        self.post.cancel(self.secret, NOW)

    def repeated(self) -> None:
        wanted = [signing_up.Wanted(self.talk.id, Way.IN_PERSON, 1)]
        contact = (None, self.mobile) if self.mobile else ("one@example.org", None)
        again = signing_up.NewBooking("another form of theirs", "Sam", *contact, "en_GB", "parent_carer", wanted)
        signing_up.sign_up(self.db, SCOPE, self.post.programme, LONDON, again, NOW)
        self.db.commit()

    def need(self) -> None:
        self.put(MessageKind.NEED, "need")

    def several(self) -> None:
        booking = keeping_booking.find_booking(self.db, SCOPE, self.secret)
        wanted = [signing_up.Wanted(self.online.id, Way.ONLINE, 1)]
        needs = [NeedAsked("bsl")]
        signing_up.add_talks(
            self.db, SCOPE, self.post.programme, LONDON, booking, wanted, needs, NOW + timedelta(minutes=1)
        )
        self.db.commit()


KINDS = {
    "booked": "You are booked",
    "several": "Your booking: 2 talks",
    "changed": "Your booking has changed",
    "fewer": "Fewer places are free",
    "reminder": "Reminder",
    "moved": "This talk has moved",
    "called_off": "Cancelled",
    "back_on": "This talk takes place after all",
    "offer": "There is a place for you",
    "lapsed": "Your place went to another family",
    "cancelled": "You have cancelled",
    "repeated": "You have booked already",
    "need": "News about what you asked for",
}


def keep(name: str, subject: str, text: str) -> None:
    if KEPT:
        Path(KEPT, f"{name}.txt").write_text(f"Subject: {subject}\n\n{text}" if subject else text, encoding="utf-8")


@pytest.mark.parametrize("way", ["english", "text", "right_to_left"])
def test_each_kind_of_message_arrives_with_its_link_and_nothing_private(
    app: Flask, db: Session, letterbox: tuple[Letterbox, object], way: str
) -> None:
    language, mobile = "ar_XB" if way == "right_to_left" else "en_GB", "+447700900123" if way == "text" else ""
    site = app.config["SETTINGS"].site_address
    for at, kind in enumerate(KINDS):
        with time_machine.travel(NOW, tick=False):
            told = Told(app, db, *letterbox, language, mobile, str(at))
            if kind != "booked":
                told.post.minute()
            getattr(told, kind)()
            subject, text = told.read()
        keep(f"{way}-{kind}", subject, text)
        path = "/ar-xb/talks/booking/" if language == "ar_XB" else "/talks/booking/"
        assert f"{site}{path}{told.secret}" in text, kind
        assert not any(private in text + subject for private in ("Sam", "one@example", "+44", "bsl", "BSL")), kind
        # The link to join is told to those who are booked online alone.
        assert (LINK in text) is (kind == "several" and not mobile), kind
        HOW_IT_LOOKS[way](kind, subject, text)


def looks_english(kind: str, subject: str, text: str) -> None:
    assert subject.startswith(KINDS[kind]), subject
    assert "10 December" in text, kind
    assert text.count(" until ") <= 1, kind  # until when a place is held is said once


def looks_short(kind: str, _subject: str, text: str) -> None:
    assert len(text) <= 300, (kind, len(text))
    assert "\n" not in text, kind


def looks_right_to_left(kind: str, _subject: str, text: str) -> None:
    lines = [line for line in text.splitlines() if line and not line.startswith("http")]
    assert all(line.startswith(RIGHT_TO_LEFT) for line in lines), kind
    assert f"{ISOLATED}Waiting for an assessment" in text, kind
    assert "ou are" not in text, kind


HOW_IT_LOOKS = {"english": looks_english, "text": looks_short, "right_to_left": looks_right_to_left}


def test_a_title_of_several_lines_is_one_subject_and_turns_nothing_around(
    app: Flask, db: Session, letterbox: tuple[Letterbox, object]
) -> None:
    with time_machine.travel(NOW, tick=False):
        post = Post(app, db, letterbox[1])
        post.book(NOW, add_talk(db, title="Hello\r\nBcc: all@example.org\u2028\u202eabc {{7*7}}"))
        post.minute()
    (message,) = letterbox[0].messages
    assert message["Subject"] == "You are booked: Hello Bcc: all@example.org abc {{7*7}}"
    assert letterbox[0].to == ["one@example.org"]


def test_those_who_wait_are_told_their_turn_and_not_the_link_to_join(
    app: Flask, db: Session, letterbox: tuple[Letterbox, object]
) -> None:
    with time_machine.travel(NOW, tick=False):
        post = Post(app, db, letterbox[1])
        talk = add_talk(db, ways={Way.ONLINE: 1}, joining_link=LINK)
        for name in ("one", "two"):
            post.book(NOW, talk, name=name, way=Way.ONLINE)
        post.minute()
    by_address = dict(zip(letterbox[0].to, letterbox[0].messages, strict=True))
    assert LINK in by_address["one@example.org"].get_content()
    waits = by_address["two@example.org"].get_content()
    assert LINK not in waits
    assert "On the waiting list: you are number 1" in waits


def test_booking_three_talks_more_at_once_is_one_message(
    app: Flask, db: Session, letterbox: tuple[Letterbox, object]
) -> None:
    with time_machine.travel(NOW, tick=False):
        post = Post(app, db, letterbox[1])
        secret = post.book(NOW, add_talk(db))
        post.minute()
        booking = keeping_booking.find_booking(db, SCOPE, secret)
        more = [add_talk(db, f"more-{at}", day=date(2035, 12, 11), starts=time(9 + at)) for at in range(2)]
        wanted = [signing_up.Wanted(talk.id, Way.IN_PERSON, 1) for talk in more]
        signing_up.add_talks(db, SCOPE, post.programme, LONDON, booking, wanted, [], NOW + timedelta(minutes=1))
        db.commit()
        post.minute()
    assert [subject.partition(":")[2] for subject in letterbox[0].subjects()] == [
        " Waiting for an assessment",
        " 3 talks",
    ]


@pytest.mark.parametrize("reason", ["gone", "called_off"])
def test_nobody_hears_of_a_place_that_is_no_more(
    app: Flask, db: Session, letterbox: tuple[Letterbox, object], reason: str
) -> None:
    with time_machine.travel(NOW, tick=False):
        told = Told(app, db, *letterbox, "en_GB", "")
        told.post.minute()
        told.reminder()
        arrange: dict[str, Callable[[], None]] = {
            "called_off": lambda: told.set_talk(state="cancelled"),
            "gone": lambda: told.set(booking_id=None),
        }
        arrange[reason]()
        told.post.minute()
        assert told.post.states()["reminder"] == f"dropped {reason}"
    assert len(letterbox[0].messages) == 1


def test_those_who_came_are_asked_how_it_was_by_an_address_that_says_nothing_of_their_booking(
    app: Flask, db: Session, letterbox: tuple[Letterbox, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/surveys/sessions?topic=assessment"
    monkeypatch.setattr("feedback_app.services.finishing_talks.find_feedback_path", lambda *_told: path)
    with time_machine.travel(NOW, tick=False):
        told = Told(app, db, *letterbox, "en_GB", "")
        told.post.minute()
        told.set(came=1)
        told.put(MessageKind.FEEDBACK, "feedback")
        subject, text = told.read()
    keep("english-feedback", subject, text)
    assert subject.startswith("How was it?")
    assert f"\n{app.config['SETTINGS'].site_address}{path}\n" in text
    assert told.secret not in text
    assert "/talks/booking" not in text
