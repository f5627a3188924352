"""The pages after a talk: finishing it, what was said, what was promised, questions to be read out."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role
from feedback_app.domain.talks.talk import PromiseState, TalkFacts
from feedback_app.domain.voices import VoiceKind
from feedback_app.services import auditing, promising
from feedback_app.services.asking_ahead import ask_ahead
from feedback_app.store import promises, sign_ups
from feedback_app.store.comment_tables import HELD, OPEN, Comment, Voice
from feedback_app.store.promises import PromiseFacts
from feedback_app.store.talk_tables import Talk, TalkCount, TalkMessage, TalkNote, TalkPromise, TalkQuestion
from feedback_app.web.running import after, questions
from tests.support.client import CheckedClient
from tests.support.summaries import SCOPE, signed_in
from tests.support.talks import add_talk

DATABASES = ("sqlite",)
SLUG = "waiting-well"
AFTER, QUESTIONS = f"/team/talks/{SLUG}/after", f"/team/talks/{SLUG}/questions"
PROMISES, SHOWN = "/team/talks/promises", "/talks/promises"
DANGER = "A boy here hurts himself every evening and says he wants to die."
GOOD = {"do": "promise", "said": "It takes long.", "will_do": "Tell each family where it stands.", "who": "The service"}


@pytest.fixture
def talk(db: Session) -> TalkFacts:
    """A talk that is over."""
    return add_talk(db, day=date(2026, 6, 3), themes=["ND_WAIT"])


@pytest.fixture
def forum(app: Flask, db: Session) -> FlaskClient:
    return signed_in(app, db, Role.FORUM_ORGANISER)


def page_of(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def send(client: FlaskClient, address: str, **fields: str) -> tuple[int, str]:
    """Send a form with its proof, and return the status and the page."""
    page = page_of(client, address)
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page
    reply = client.post(address, data={"csrf_token": found[1], **fields})
    return reply.status_code, reply.get_data(as_text=True)


def look(db: Session, wanted: Any) -> list[Any]:
    """Return what a query finds now, and keep nobody from writing."""
    found = list(db.scalars(wanted))
    db.rollback()
    return found


def number(db: Session, table: Any) -> int:
    return int(look(db, select(func.count()).select_from(table))[0])


def promised(db: Session) -> PromiseFacts:
    """Return the only promise."""
    (found,) = promises.list_promises(db, SCOPE)
    db.rollback()
    return found


def came(db: Session, talk: TalkFacts, places: int, *, email: str = "one@example.org") -> None:
    """Let a family have booked and come."""
    told = {"secret": email, "secret_hash": email.encode().ljust(32, b"-"), "request_hash": email.encode().ljust(32)}
    moment = talk.starts_at("Europe/London")
    who = {"name": "Anna Family", "email": email, "language": "en_GB", "booker": "parent_carer", "made_at": moment}
    booking = sign_ups.add_booking(db, SCOPE, **told, **who)
    place = {"way": "in_person", "places": places, "state": "booked", "came": places}
    sign_ups.add_sign_up(db, SCOPE, talk_id=talk.id, booking_id=booking, **place)
    db.commit()


def test_a_talk_is_finished_by_the_numbers_of_the_register_and_can_be_opened_again(
    forum: FlaskClient, db: Session, talk: TalkFacts
) -> None:
    came(db, talk, 3)
    page = page_of(forum, AFTER)
    assert re.search(r'id="came-in_person"[^>]*value="3"', page)
    assert "The feedback survey is not open." in page
    status, _page = send(forum, AFTER, do="finish", **{"came-in_person": "5", "walked-in_person": "2"})
    assert status == 303
    page = page_of(forum, AFTER)
    assert "5 people (2 of them without a booking)" in page
    assert "1 family that came is asked how it was" in page
    assert (number(db, TalkMessage), number(db, TalkCount) > 0) == (1, True)
    assert "Anna" not in page
    assert send(forum, AFTER, do="again")[0] == 303
    assert "The talk is open again." in page_of(forum, AFTER)
    assert (number(db, TalkMessage), number(db, TalkCount)) == (0, 0)
    came(db, talk, 4, email="late@example.org")  # the register goes on adding up: nobody had counted heads
    assert re.search(r'id="came-in_person"[^>]*value="9"', page_of(forum, AFTER))
    send(forum, AFTER, do="finish", **{"came-in_person": "12", "walked-in_person": "2"})
    send(forum, AFTER, do="again")
    assert re.search(r'id="came-in_person"[^>]*value="12"', page_of(forum, AFTER))  # somebody had


WRONG_NUMBERS: list[tuple[dict[str, str], str]] = [
    ({"came-in_person": "", "walked-in_person": "0"}, "Write how many people were there as a number"),
    ({"came-in_person": "-1", "walked-in_person": "0"}, "Write how many people were there as a number"),
    ({"came-in_person": "9" * 30, "walked-in_person": "0"}, "Write how many people were there as a number"),
    ({"came-in_person": "٣", "walked-in_person": "0"}, "Write how many people were there as a number"),
    ({"came-in_person": "4", "walked-in_person": "some"}, "Write how many came without a booking as a number"),
    ({"came-in_person": "4", "walked-in_person": "5"}, "No more people can have come without a booking"),
]


def test_numbers_that_cannot_be_are_given_back_with_how_to_mend_them(
    forum: FlaskClient, db: Session, talk: TalkFacts
) -> None:
    for numbers, sentence in WRONG_NUMBERS:
        status, page = send(forum, AFTER, do="finish", **numbers)
        assert (status, sentence in page) == (422, True), numbers
        assert all(f'value="{typed}"' in page for typed in numbers.values())
    assert number(db, TalkCount) == 0


def test_a_talk_that_has_not_begun_is_not_finished(forum: FlaskClient, db: Session) -> None:
    add_talk(db, day=date(2099, 1, 1), starts=time(9))
    assert "You can say this once the talk has begun." in page_of(forum, AFTER)
    assert send(forum, AFTER, do="finish", **{"came-in_person": "4"})[0] == 422
    assert number(db, TalkCount) == 0


def test_what_was_said_is_kept_as_a_voice_of_the_talk_and_shown_with_its_theme(
    forum: FlaskClient, db: Session, talk: TalkFacts
) -> None:
    status, _page = send(forum, AFTER, do="note", note="Nobody rings back.\r\nFor months.", note_theme="ND_WAIT")
    assert status == 303
    page = page_of(forum, AFTER)
    assert "Nobody rings back." in page
    (voice,) = db.scalars(select(Voice))
    assert (voice.kind, voice.consent, voice.month) == (VoiceKind.TALK_NOTE, "count", date(2026, 6, 1))
    assert voice.came_from == talk.title
    assert look(db, select(TalkNote.theme)) == ["ND_WAIT"]


def test_a_note_that_may_name_somebody_is_looked_at_first_and_then_masked(
    forum: FlaskClient, db: Session, talk: TalkFacts
) -> None:
    typed = {"do": "note", "note": "Ring us on 07700 900123.", "note_theme": ""}
    status, page = send(forum, AFTER, **typed)
    assert (status, "<mark>07700 900123</mark>" in page) == (200, True)
    assert number(db, TalkNote) == 0
    status, page = send(forum, AFTER, **typed, step="change")
    assert "Ring us on 07700 900123." in page
    assert send(forum, AFTER, **typed, step="keep")[0] == 303
    page = page_of(forum, AFTER)
    assert "07700" not in page
    assert "[phone number hidden]" in page


def test_a_note_that_tells_of_danger_is_read_by_nobody_else_first(
    forum: FlaskClient, db: Session, talk: TalkFacts
) -> None:
    assert send(forum, AFTER, do="note", note=DANGER)[0] == 303
    assert look(db, select(Comment.standing)) == [HELD]
    page = page_of(forum, AFTER)
    assert "A safeguarding reader reads it first." in page
    assert "hurts himself" not in page


def test_a_note_needs_words_and_not_too_many(forum: FlaskClient, db: Session, talk: TalkFacts) -> None:
    for note in ("", " \x00 ", "x" * 1001):
        status, page = send(forum, AFTER, do="note", note=note)
        assert (status, 'href="#note"' in page) == (422, True)
    assert number(db, TalkNote) == 0


def test_a_promise_is_shown_to_families_until_and_after_something_came_of_it(
    forum: FlaskClient, client: CheckedClient, db: Session, talk: TalkFacts
) -> None:
    assert "Nothing has been written down yet." in page_of(client, SHOWN)
    day = {"by_when-day": "31", "by_when-month": "7", "by_when-year": "2026"}
    assert send(forum, AFTER, **GOOD, **day)[0] == 303
    page = page_of(client, SHOWN)
    assert "Tell each family where it stands." in page
    assert "Waiting for an assessment</h2>" in page
    kept = promised(db)
    listed = page_of(forum, PROMISES)
    assert f"{PROMISES}/{kept.id}" in listed
    late = "It is later than was promised."
    assert (kept.is_overdue(date(2026, 7, 31)), kept.is_overdue(date(2026, 8, 1))) == (False, True)
    db.execute(update(TalkPromise).values(by_when=date(2026, 6, 4)))
    db.commit()
    assert (late in page_of(client, SHOWN), "1 promise is late." in page_of(forum, PROMISES)) == (True, True)
    settled = {**GOOD, **day, "state": "done", "outcome": "A letter went to every family."}
    assert send(forum, f"{PROMISES}/{kept.id}", **settled)[0] == 303
    page = page_of(client, SHOWN)
    assert "A letter went to every family." in page
    assert late not in page
    kept = promised(db)
    assert kept.state is PromiseState.DONE
    assert kept.settled_on is not None
    assert send(forum, f"{PROMISES}/{kept.id}", **{**settled, "state": "open"})[0] == 303
    assert promised(db).settled_on is None


WRONG_PROMISES: list[tuple[dict[str, str], str]] = [
    ({"said": ""}, "said"),
    ({"said": "x" * 501}, "said"),
    ({"will_do": "\x00"}, "will_do"),
    ({"who": "x" * 121}, "who"),
    ({"by_when-day": "31", "by_when-month": "2", "by_when-year": "2027"}, "by_when-day"),
    ({"by_when-year": "2027"}, "by_when-day"),
    ({"by_when-day": "1", "by_when-month": "1", "by_when-year": "9999"}, "by_when-day"),
    ({"by_when-day": "²", "by_when-month": "1", "by_when-year": "2027"}, "by_when-day"),
    ({"by_when-day": "1", "by_when-month": "1", "by_when-year": "0000"}, "by_when-day"),
]


def test_a_promise_that_cannot_be_is_given_back_with_how_to_mend_it(
    forum: FlaskClient, db: Session, talk: TalkFacts
) -> None:
    for changed, at in WRONG_PROMISES:
        status, page = send(forum, AFTER, **GOOD | changed)
        assert (status, f'href="#{at}"' in page) == (422, True), changed
        assert GOOD["will_do"] in page or "will_do" in changed
    assert number(db, TalkPromise) == 0


@pytest.mark.parametrize(("will_do", "told"), [("Ring 07700 900123.", "Somebody could be known"), (DANGER, "not safe")])
def test_what_everybody_would_read_is_looked_at_first_where_it_is_in_doubt(
    forum: FlaskClient, db: Session, talk: TalkFacts, will_do: str, told: str
) -> None:
    doubtful = {**GOOD, "will_do": will_do}
    status, page = send(forum, AFTER, **doubtful)
    assert (status, told in page) == (200, True)
    assert number(db, TalkPromise) == 0
    assert send(forum, AFTER, **doubtful, step="keep")[0] == 303
    promise_id = promised(db).id
    settled = {**doubtful, "state": "cannot", "outcome": "It was not to be."}
    assert told in send(forum, f"{PROMISES}/{promise_id}", **settled)[1]
    assert promised(db).state is PromiseState.OPEN


def test_a_settled_promise_says_what_came_of_it(app: Flask, forum: FlaskClient, db: Session, talk: TalkFacts) -> None:
    send(forum, AFTER, **GOOD)
    promise_id = promised(db).id
    lead = signed_in(app, db, Role.WORKSTREAM_LEAD)
    address = f"{PROMISES}/{promise_id}"
    status, page = send(lead, address, **GOOD, state="done")
    assert (status, 'href="#outcome"' in page) == (422, True)
    assert 'href="#state-1"' in send(lead, address, **GOOD, state="never")[1]
    assert lead.get(AFTER).status_code == 403


def test_a_promise_written_down_by_mistake_is_deleted_by_organisers_alone_once_they_have_said_so_twice(
    app: Flask, forum: FlaskClient, db: Session, talk: TalkFacts
) -> None:
    send(forum, AFTER, **GOOD)
    address = f"{PROMISES}/{promised(db).id}"
    lead = signed_in(app, db, Role.WORKSTREAM_LEAD)
    assert "Delete this promise" not in page_of(lead, address)
    assert [send(lead, address, step=step)[0] for step in ("ask_delete", "delete")] == [403, 403]
    assert "Delete this promise?" in send(forum, address, step="ask_delete")[1]
    assert number(db, TalkPromise) == 1
    assert [send(forum, address, step="delete")[0] for _press in range(2)] == [303, 303]
    assert number(db, TalkPromise) == 0
    assert forum.get(address).status_code == 404


def test_finishing_and_promising_pressed_twice_is_one_act_and_one_entry_of_the_log(
    forum: FlaskClient, db: Session, talk: TalkFacts
) -> None:
    came(db, talk, 3)
    send(forum, AFTER, **GOOD)
    kept = f"{PROMISES}/{promised(db).id}"
    presses: list[tuple[str, dict[str, str]]] = [
        (AFTER, {"do": "finish", "came-in_person": "5", "walked-in_person": "2"}),
        (AFTER, {"do": "again"}),
        (AFTER, GOOD),
        (kept, {**GOOD, "state": "done", "outcome": "A letter went to every family."}),
        (kept, {"step": "delete"}),
    ]
    for where, fields in presses:
        assert [send(forum, where, **fields)[0] for _press in range(2)] == [303, 303], fields
    entries = [one.action for one, _hash in auditing.iterate_kept(db, SCOPE) if "seen" not in one.action]
    done = [promising.ADDED, after.FINISHED, after.OPENED_AGAIN, promising.CHANGED, promising.DELETED]
    assert entries == done


def test_questions_are_read_out_with_names_hidden_and_none_that_is_held_is_there(
    app: Flask, forum: FlaskClient, db: Session, talk: TalkFacts
) -> None:
    screening = app.config["PLACES"].only.screening
    for asked in ("Why did nobody ring 07700 900123?", DANGER):
        about: dict[str, Any] = {"language": "en_GB", "district": None, "today": date(2026, 5, 2), "young": False}
        ask_ahead(db, SCOPE, screening, talk, asked, **about)
    ask_ahead(db, SCOPE, None, talk, "Nobody has screened this.", **about)
    db.commit()
    page = page_of(forum, QUESTIONS)
    assert "Why did nobody ring [phone number hidden]?" in page
    assert not [held for held in ("hurts himself", "screened this", "Question 2") if held in page]
    known = {one.standing: one.voice_id for one in db.scalars(select(Comment))}
    db.rollback()
    for _press in range(2):
        assert send(forum, QUESTIONS, do="answered", question=str(known[OPEN]))[0] == 303
    assert [one.action for one, _hash in auditing.iterate_kept(db, SCOPE)].count(questions.ANSWERED) == 1
    db.rollback()
    assert "All questions are answered." in page_of(forum, QUESTIONS)
    send(forum, QUESTIONS, do="answered", question=str(known[HELD]))
    assert look(db, select(TalkQuestion.voice_id).where(TalkQuestion.answered)) == [known[OPEN]]
    assert send(forum, QUESTIONS, do="open", question=str(known[OPEN]))[0] == 303
    assert "To be answered" in page_of(forum, QUESTIONS)


def test_what_no_form_of_ours_sends_changes_nothing_and_nothing_is_shown_of_a_draft(
    forum: FlaskClient, db: Session, talk: TalkFacts
) -> None:
    assert send(forum, AFTER, do="dance")[0] == 303
    came(db, talk, 1)
    assert send(forum, QUESTIONS, do="answered", question="1")[0] == 303
    assert look(db, select(Talk.finished_on)) == [None]
    add_talk(db, "not-yet", state="draft")
    assert forum.get("/team/talks/not-yet/after").status_code == 404
    assert forum.get("/team/talks/not-yet/questions").status_code == 404
    assert forum.get(f"{PROMISES}/00000000-0000-4000-8000-000000000000").status_code == 404


def test_the_privacy_page_says_how_long_what_is_kept_of_a_booking(client: CheckedClient) -> None:
    page = page_of(client, "/privacy")
    assert "What you need: 30 days after the talk." in page
    assert "90 days after the last talk that you booked." in page
    assert "Lancashire Parent Carer Forum" in page
