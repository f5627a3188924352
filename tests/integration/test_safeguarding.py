"""The safeguarding reader's pages, and telling readers that something waits."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.domain.scope import Role
from feedback_app.jobs.screening import ScreeningWork, SendSafeguardingWaits
from feedback_app.jobs.transactions import Transactions
from feedback_app.services.commenting import NewComment, admit
from feedback_app.services.telling import lacks_reader, tell_readers
from feedback_app.store.audit import iterate_entries
from feedback_app.store.comment_tables import Comment, SafeguardingEntry
from feedback_app.store.tables import OutboxJob
from tests.support.summaries import SCOPE, add_answers, add_wave, signed_in, some_answers
from tests.support.surveys import name_reader

DATABASES = ("sqlite",)
WHERE = "/team/safeguarding"
DAY = date(2026, 10, 2)  # long ago
DANGER, CHILDS = "He <b>said</b> that he wants to die.", "I like my school."


def put(app: Flask, db: Session, *said: str, young: bool = False) -> list[UUID]:
    """Let comments come in, and return their ids in the order given."""
    wave = add_wave(db)
    add_answers(db, wave, some_answers(len(said)), dict.fromkeys(range(len(said)), "x"))
    responses = list(db.scalars(select(Comment.response_id).where(Comment.words == "x")))
    db.query(Comment).filter(Comment.words == "x").delete()
    screening = app.config["PLACES"].only.screening
    new = [
        NewComment(words, "en_GB", young, response, wave.id, item="TS11")
        for words, response in zip(said, responses, strict=True)
    ]
    admit(db, SCOPE, screening, new, today=DAY)
    db.commit()
    ids = {words: one for one, words in db.execute(select(Comment.id, Comment.words))}
    db.rollback()
    return [ids[words] for words in said]


def post(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    """Send a form with the token of one of our pages."""
    token = lxml_html.document_fromstring(client.get("/team").text).xpath("string(//input[@name='csrf_token']/@value)")
    return client.post(address, data={"csrf_token": token, **fields})


def standing(db: Session, comment: UUID) -> str | None:
    found = db.scalar(select(Comment.standing).where(Comment.id == comment))
    db.rollback()
    return found


def noted(db: Session) -> list[tuple[str, str]]:
    found = [(entry.action, entry.reason) for entry, _kept in iterate_entries(db, SCOPE)]
    db.rollback()
    return found


@pytest.fixture
def reader(app: Flask, db: Session) -> FlaskClient:
    return signed_in(app, db, Role.SAFEGUARDING_READER)


def test_the_queue_has_flagged_comments_without_their_words(app: Flask, reader: FlaskClient, db: Session) -> None:
    put(app, db, DANGER)
    page = reader.get(WHERE).text
    assert "Hurting or killing oneself" in page
    assert "wants to die" not in page
    assert "999" in page
    assert "overdue" in page  # it came in long ago


def test_one_comment_shows_its_words_marked_and_every_look_is_noted(
    app: Flask, reader: FlaskClient, db: Session
) -> None:
    (comment,) = put(app, db, DANGER)
    for _ in range(2):
        page = reader.get(f"{WHERE}/{comment}")
    document = lxml_html.document_fromstring(page.text)
    assert "wants to die" in document.xpath("string(//blockquote//mark)")
    assert "He <b>said</b> that" in document.xpath("string(//blockquote)")
    assert noted(db) == [("comment seen by safeguarding", str(comment))] * 2


def test_no_danger_lets_a_comment_through_and_undo_holds_it_again(app: Flask, reader: FlaskClient, db: Session) -> None:
    (comment,) = put(app, db, DANGER)
    assert standing(db, comment) == "held"
    assert post(reader, f"{WHERE}/{comment}", outcome="let_through").status_code == 302
    assert standing(db, comment) == "open"
    assert "What was decided" in reader.get(f"{WHERE}/{comment}").text
    post(reader, f"{WHERE}/{comment}/undo")
    assert standing(db, comment) == "held"
    actions = [action for action, _reason in noted(db)]
    assert {"comment let through", "safeguarding outcome undone"} <= set(actions)


def test_passing_on_needs_a_note_and_keeps_what_was_typed(app: Flask, reader: FlaskClient, db: Session) -> None:
    (comment,) = put(app, db, DANGER)
    answer = post(reader, f"{WHERE}/{comment}", outcome="passed_on", note=" ")
    assert answer.status_code == 422
    assert "Write to whom you passed it on." in answer.text
    answer = post(reader, f"{WHERE}/{comment}", outcome="", note="rang the duty team")
    assert answer.status_code == 422
    assert "rang the duty team" in answer.text
    assert post(reader, f"{WHERE}/{comment}", outcome="kept_back", note="x" * 1001).status_code == 422
    post(reader, f"{WHERE}/{comment}", outcome="passed_on", note="rang the duty team")
    assert standing(db, comment) == "held"
    entry = db.execute(select(SafeguardingEntry.late, SafeguardingEntry.due_on, SafeguardingEntry.note)).one()
    assert tuple(entry) == (True, None, "rang the duty team")


def test_a_decision_that_comes_second_is_not_said_to_be_kept(app: Flask, reader: FlaskClient, db: Session) -> None:
    (comment,) = put(app, db, DANGER)
    for _twice in range(2):
        assert post(reader, f"{WHERE}/{comment}", outcome="let_through").status_code == 302
    answer = post(reader, f"{WHERE}/{comment}", outcome="passed_on", note="rang the duty team")
    assert answer.status_code == 409
    assert "Somebody has decided this already" in answer.text
    assert "rang the duty team" in answer.text
    assert standing(db, comment) == "open"


def test_a_worry_about_what_another_reader_has_read_is_not_a_dead_end(
    app: Flask, reader: FlaskClient, db: Session
) -> None:
    (comment,) = put(app, db, CHILDS, young=True)
    post(reader, f"{WHERE}/{comment}", outcome="read")
    answer = post(reader, f"{WHERE}/{comment}/flag")
    assert answer.status_code == 409
    assert "Take this back" in answer.text


def test_the_last_decision_is_found_again_at_once(app: Flask, reader: FlaskClient, db: Session) -> None:
    first, second = put(app, db, DANGER, "She wants to die.")
    post(reader, f"{WHERE}/{first}", outcome="let_through")
    for page in (WHERE, f"{WHERE}/{second}"):
        found = lxml_html.document_fromstring(reader.get(page).text)
        assert found.xpath("//a[contains(., 'Look again at the last one')]/@href") == [f"{WHERE}/{first}"]
    post(reader, f"{WHERE}/{first}/undo")
    assert "Look again at the last one" not in reader.get(WHERE).text


def test_children_s_comments_are_read_one_after_another_and_can_be_flagged(
    app: Flask, reader: FlaskClient, db: Session
) -> None:
    first, second = put(app, db, CHILDS, "I like the big hall.", young=True)
    assert standing(db, first) == "open"
    answer = post(reader, f"{WHERE}/{first}", outcome="read")
    assert answer.location == f"{WHERE}/{second}"
    assert post(reader, f"{WHERE}/{second}", outcome="let_through").location == f"{WHERE}/{second}"
    post(reader, f"{WHERE}/{second}/flag")
    assert standing(db, second) == "held"
    assert "Flagged by a reader" in reader.get(f"{WHERE}/{second}").text


def test_nobody_else_sees_the_queue_and_a_reader_no_reading_room(app: Flask, reader: FlaskClient, db: Session) -> None:
    (comment,) = put(app, db, DANGER)
    team = signed_in(app, db, Role.SEND_TEAM, Role.ADMINISTRATOR)
    for address in (WHERE, f"{WHERE}/{comment}"):
        assert team.get(address).status_code == 403
    assert post(team, f"{WHERE}/{comment}", outcome="let_through").status_code == 403
    assert reader.get("/team/reading").status_code == 403
    assert reader.get(f"{WHERE}/{UUID(int=0)}").status_code == 404
    assert standing(db, comment) == "held"


def test_readers_are_told_once_that_something_is_new_and_once_that_it_is_overdue(app: Flask, db: Session) -> None:
    put(app, db, DANGER)
    assert tell_readers(db, SCOPE, DAY, flagged_alone=True).nobody
    assert lacks_reader(db, SCOPE)
    name_reader(db)
    assert tell_readers(db, SCOPE, DAY, flagged_alone=True).messages == 1
    assert tell_readers(db, SCOPE, DAY, flagged_alone=True).messages == 0
    late = DAY + timedelta(days=4)
    assert tell_readers(db, SCOPE, late, flagged_alone=True).messages == 1
    assert tell_readers(db, SCOPE, late, flagged_alone=False).messages == 0
    assert [job["overdue"] for job in db.scalars(select(OutboxJob.payload))].count(True) == 1


def test_children_s_comments_without_a_flag_are_told_of_once_a_day_together(app: Flask, db: Session) -> None:
    put(app, db, CHILDS, young=True)
    name_reader(db)
    assert tell_readers(db, SCOPE, DAY, flagged_alone=True).messages == 0
    assert tell_readers(db, SCOPE, DAY, flagged_alone=False).messages == 1


def test_a_message_tells_where_and_never_what(app: Flask) -> None:
    sent: list[tuple[str, str, str]] = []

    class Kept:
        def send(self, to: str, subject: str, text: str) -> None:
            sent.append((to, subject, text))

    send = SendSafeguardingWaits(app, Kept())
    send(app.config["PLACES"].only, {"to": "a@example.org", "new": True, "overdue": True})
    ((_to, subject, text),) = sent
    assert subject == "Overdue: a comment must be read"
    assert WHERE in text


def test_the_work_behind_the_pages_screens_what_waits_and_tells(app: Flask, db: Session) -> None:
    (comment,) = put(app, db, DANGER)
    db.execute(update(Comment).values(standing="unscreened"))
    db.query(SafeguardingEntry).delete()
    name_reader(db)
    db.commit()
    work = ScreeningWork(Transactions(app), app.config["PLACES"].only)
    assert work.screen_waiting() == 1
    assert work.tell_readers() == 1
    assert standing(db, comment) == "held"
