"""Messages to families: sent once, lost never, none without a reason by the time it goes, none at night."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.adapters.mail import SmtpMailer
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import MessageKind
from feedback_app.jobs.handlers import make_handlers
from feedback_app.jobs.runner import CLAIM, JobRunner
from feedback_app.jobs.talk_work import TalkWork
from feedback_app.services.notifying import notify
from feedback_app.services.talk_messages import try_again
from feedback_app.store import outbox, talk_messages
from feedback_app.store.talk_tables import Talk, TalkMessage
from tests.support.client import watching
from tests.support.letters import Letterbox, Phones, Post, listening
from tests.support.summaries import SCOPE
from tests.support.talks import add_talk

NOW = datetime(2035, 12, 3, 12, tzinfo=UTC)
MOBILE = "+447700900123"
TEN_MINUTES = timedelta(minutes=10)


class PowerCut(BaseException):
    """What nobody lives to see."""


@pytest.fixture
def mail() -> Iterator[tuple[Letterbox, SmtpMailer]]:
    with listening() as found:
        yield found


@pytest.fixture
def post(app: Flask, db: Session, mail: tuple[Letterbox, SmtpMailer]) -> Post:
    return Post(app, db, mail[1], Phones())


def pass_time(clock: time_machine.Traveller, post: Post, hours: float, step: timedelta = TEN_MINUTES) -> None:
    """Let the work behind the pages be done again and again for so many hours."""
    for _ in range(int(timedelta(hours=hours) / step)):
        post.minute()
        clock.shift(step)


def test_six_hours_without_a_provider_lose_nothing_and_send_nothing_twice_or_too_late(
    post: Post, db: Session, mail: tuple[Letterbox, SmtpMailer]
) -> None:
    today = {"day": date(2035, 12, 3)}
    soon = add_talk(db, "soon", starts=time(15), ends=time(16), **today)  # begins while the provider is away
    evening = add_talk(db, "evening", title="Evening", starts=time(19, 45), ends=time(21), **today)
    with time_machine.travel(NOW, tick=False) as clock:
        mail[0].away = True
        for number in range(3):
            post.book(NOW - timedelta(days=1), soon, name=f"soon{number}")
        given_up = post.book(NOW - timedelta(days=1), evening, name="given-up")
        post.book(NOW - timedelta(days=1), evening, name="comes")
        pass_time(clock, post, 5.9)  # both reminders come due: at 1pm and at 5.45pm
        assert mail[0].messages == []
        post.cancel(given_up, NOW + timedelta(hours=5))
        pass_time(clock, post, 0.2)
        mail[0].away = False
        pass_time(clock, post, 2)
        assert sorted(zip(mail[0].to, mail[0].subjects(), strict=True)) == [
            ("comes@example.org", "Reminder: Evening"),
            ("comes@example.org", "You are booked: Evening"),
            ("given-up@example.org", "You have cancelled: Evening"),
        ]
        assert len({message["Message-ID"] for message in mail[0].messages}) == 3
    assert outbox.count_jobs(db, SCOPE) == {"waiting": 0, "failed": 0}


@pytest.mark.parametrize(
    ("day", "before"),
    [(date(2035, 10, 29), date(2035, 10, 26)), (date(2035, 3, 26), date(2035, 3, 23))],
)
def test_over_a_clock_change_each_reminder_comes_once_at_its_local_time(
    post: Post, db: Session, mail: tuple[Letterbox, SmtpMailer], day: date, before: date
) -> None:
    talk = add_talk(db, day=day, starts=time(11), ends=time(12))
    begins = datetime.combine(before, time(12), UTC)
    with time_machine.travel(begins, tick=False) as clock:
        post.book(begins, talk)
        post.minute()
        came: list[str] = []
        for _ in range(3 * 24):
            clock.shift(timedelta(hours=1))
            post.minute()
            local = datetime.now(ZoneInfo("Europe/London"))
            came += [f"{local:%d %H:%M}"] * (len(mail[0].messages) - 1 - len(came))
    assert came == [f"{day.day - 2} 10:00", f"{day.day} 09:00"]


def test_whoever_books_after_a_moment_gets_no_reminder_for_it(
    post: Post, db: Session, mail: tuple[Letterbox, SmtpMailer]
) -> None:
    talk = add_talk(db, day=date(2035, 12, 5), starts=time(15), ends=time(16))
    with time_machine.travel(NOW, tick=False) as clock:  # two hours after the first reminder of this talk
        post.book(NOW, talk)
        pass_time(clock, post, 53, timedelta(hours=1))
    assert mail[0].subjects()[1:] == ["Reminder: Waiting for an assessment"]


def test_a_text_waits_for_the_morning_unless_the_talk_is_near(app: Flask, db: Session) -> None:
    phones = Phones()
    post = Post(app, db, None, phones)
    night = datetime(2035, 12, 3, 22, 30, tzinfo=UTC)
    with time_machine.travel(night, tick=False) as clock:
        post.book(night, add_talk(db), mobile=MOBILE)
        post.book(night, add_talk(db, "near", day=date(2035, 12, 4), title="Near"), mobile="+447700900456")
        post.minute()
        assert [to for to, _text in phones.texts] == ["+447700900456"]
        clock.move_to(datetime(2035, 12, 4, 7, 59, tzinfo=UTC))
        post.minute()
        assert len(phones.texts) == 1
        clock.move_to(datetime(2035, 12, 4, 8, 0, tzinfo=UTC))
        post.minute()
        post.minute()
    assert sorted(to for to, _text in phones.texts[1:]) == [MOBILE, "+447700900456"]
    assert sum("Reminder" in text for _to, text in phones.texts) == 1


def test_a_crash_between_taking_a_message_in_hand_and_sending_it_sends_it_once(
    app: Flask, db: Session, mail: tuple[Letterbox, SmtpMailer]
) -> None:
    class Cut:
        def send(self, *_told: str, reference: str = "", again: bool = False) -> None:
            raise PowerCut

    post = Post(app, db, Cut())
    with time_machine.travel(NOW, tick=False) as clock:
        post.book(NOW, add_talk(db))
        with pytest.raises(PowerCut):
            post.minute()
        survivor = Post(app, db, mail[1])
        survivor.minute()
        assert mail[0].messages == []  # the claim stands
        clock.shift(CLAIM + timedelta(seconds=1))
        survivor.minute()
        survivor.minute()
    assert mail[0].subjects() == ["You are booked: Waiting for an assessment"]


def test_two_runners_and_a_job_put_twice_send_a_message_once(
    app: Flask, db: Session, mail: tuple[Letterbox, SmtpMailer]
) -> None:
    post = Post(app, db, mail[1])
    with time_machine.travel(NOW, tick=False) as clock:
        for number in range(4):
            post.book(NOW, add_talk(db, f"talk-{number}"), name=f"family{number}")
        for message in talk_messages.list_messages(db, SCOPE):
            outbox.add_job(db, SCOPE, "talk_message", {"message": str(message.id)})
        db.commit()
        runners = [JobRunner(app, make_handlers(app, mail[1])) for _ in range(2)]
        threads = [threading.Thread(target=runner.run_due) for runner in runners]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clock.shift(TEN_MINUTES)  # what was put off, because the other had it in hand
        post.minute()
    assert outbox.count_jobs(db, SCOPE) == {"waiting": 0, "failed": 0}
    assert sorted(mail[0].to) == [f"family{number}@example.org" for number in range(4)]


def test_a_move_that_is_taken_back_in_time_is_told_to_nobody(
    post: Post, db: Session, mail: tuple[Letterbox, SmtpMailer]
) -> None:
    talk = add_talk(db)
    moved = {"day": "2035-12-10", "starts": "09:00", "ends": "10:00", "venue": ""}
    with time_machine.travel(NOW, tick=False) as clock:
        held = post.held(post.book(NOW, talk))
        post.minute()
        for sequence, before in ((1, None), (2, moved)):  # the first is taken back, the second is not
            db.execute(update(Talk).where(Talk.id == talk.id).values(moved_from=before, sequence=sequence))
            once = f"moved/{held.sign_up.id}/{sequence}"
            due = datetime.now(UTC) + TEN_MINUTES
            notify(
                db, SCOPE, MessageKind.MOVED, once=once, now=datetime.now(UTC), due_at=due, sign_up_id=held.sign_up.id
            )
            db.commit()
            post.minute()
            clock.shift(TEN_MINUTES)
            post.minute()
    assert mail[0].subjects()[1:] == ["This talk has moved: Waiting for an assessment"]


def test_an_offer_that_ended_before_its_message_went_is_not_made(
    post: Post, db: Session, mail: tuple[Letterbox, SmtpMailer]
) -> None:
    talk = add_talk(db, ways={Way.IN_PERSON: 1})
    with time_machine.travel(NOW, tick=False) as clock:
        first, _second = (post.book(NOW, talk, name=name) for name in ("one", "two"))
        post.minute()
        mail[0].away = True
        post.cancel(first, NOW)
        pass_time(clock, post, 50, timedelta(hours=5))
        mail[0].away = False
        pass_time(clock, post, 2)
    assert sorted(mail[0].subjects()[2:]) == [
        "You have cancelled: Waiting for an assessment",
        "Your place went to another family: Waiting for an assessment",
    ]


def test_an_address_that_is_none_fails_for_good_and_can_be_tried_again(
    post: Post, db: Session, mail: tuple[Letterbox, SmtpMailer]
) -> None:
    mail[0].unknown = {"one@example.org"}
    with time_machine.travel(NOW, tick=False):
        post.book(NOW, add_talk(db))
        post.minute()
        (failed,) = talk_messages.list_failed(db, SCOPE)
        assert failed.problem == "refused"
        db.rollback()
        mail[0].unknown = set()
        assert [try_again(db, SCOPE, failed.id, NOW) for _ in range(2)] == [True, False]
        db.commit()
        post.minute()
    assert mail[0].to == ["one@example.org"]


def test_what_changes_while_a_message_is_being_sent_is_told_in_another(
    app: Flask, db: Session, mail: tuple[Letterbox, SmtpMailer]
) -> None:
    class Slow:
        """Has a change come in while it sends the first message."""

        def send(self, to: str, subject: str, text: str, *, reference: str = "", again: bool = False) -> None:
            if not mail[0].messages:
                post.add_places(secret, NOW + timedelta(seconds=1))
            mail[1].send(to, subject, text, reference=reference, again=again)

    post = Post(app, db, Slow())
    with time_machine.travel(NOW, tick=False) as clock:
        secret = post.book(NOW - TEN_MINUTES, add_talk(db))
        held = post.held(secret)
        notify(db, SCOPE, MessageKind.CHANGED, once="changed/first", now=NOW, sign_up_id=held.sign_up.id)
        db.execute(update(TalkMessage).where(TalkMessage.kind == "booked").values(state="dropped"))
        db.commit()
        post.minute()
        clock.shift(TEN_MINUTES)
        post.minute()
    standing = [re.findall(r"Booked: [^\r\n]*", one.get_content()) for one in mail[0].messages]
    assert standing == [["Booked: 1 place"], ["Booked: 2 places"]]


def test_a_quiet_minute_writes_nothing(app: Flask, post: Post, db: Session) -> None:
    with time_machine.travel(NOW, tick=False):
        post.book(NOW, add_talk(db))
        post.minute()
        with watching(app, reading=True) as watch:
            assert TalkWork(post.runner.transactions, post.place).do_minutely() == 0
    assert watch.written == []


def test_a_step_that_cannot_even_look_keeps_no_message_from_its_turn(
    app: Flask, post: Post, mail: tuple[Letterbox, SmtpMailer], db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_given: object, **_told: object) -> None:
        raise ValueError("a talk that cannot be read")

    monkeypatch.setattr("feedback_app.services.talk_messages.list_reminders", stumble)
    with time_machine.travel(NOW, tick=False):
        sign_up_id = post.held(post.book(NOW, add_talk(db))).sign_up.id
        told = {"now": NOW - timedelta(minutes=2), "due_at": NOW - timedelta(minutes=1), "sign_up_id": sign_up_id}
        notify(db, SCOPE, MessageKind.CHANGED, once="later", **told)  # type: ignore[arg-type]
        db.commit()
        assert TalkWork(post.runner.transactions, post.place).do_minutely() == 1
    assert db.scalars(select(TalkMessage.queued).where(TalkMessage.once == "later")).all() == [True]
