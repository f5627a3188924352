"""Leaving a survey and coming back, closing in the middle, a second child, deleting: nothing lost, nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from feedback_app.store.comment_tables import Comment
from feedback_app.store.tables import BreakOff, Draft, Response, Wave
from tests.support.client import CheckedClient
from tests.support.journeys import CODE, HELPLINE, answer, answer_helpline, begin, post, send
from tests.support.surveys import field, real_survey


@pytest.fixture
def helpline(app: Flask) -> Any:
    """A wave of the helpline's short survey: HL1 csat, HL2 single, HL3 ease, HL4 agree, HL5 single, HL6 text."""
    return field(app, real_survey("helpline"))


def test_a_code_on_paper_takes_the_survey_up_on_another_device(
    client: CheckedClient, app: Flask, db: Session, helpline: Any
) -> None:
    address = answer(client, begin(client, "helpline"), HL1="5")
    saved = client.get(answer(client, address, HL2="1", do="save"))
    code = CODE.search(saved.text).group(1)  # type: ignore[union-attr]
    other: Any = app.test_client()
    reply = post(other, "/come-back", other.get("/come-back"), code=code.lower().replace(" ", "-"))
    assert reply.status_code == 302
    assert other.get(reply.location).location.endswith("/hl3")
    check = other.get(f"{HELPLINE}/1/check").text
    assert "Very satisfied" in check


def test_a_wrong_code_is_said_in_plain_words_and_kept(client: CheckedClient, helpline: Any) -> None:
    reply = post(client, "/come-back", client.get("/come-back"), code="K7F2 2MQ0 9XTA")
    assert reply.status_code == 422
    assert "K7F2 2MQ0 9XTA" in reply.text


def test_many_wrong_codes_slow_down_everybody_but_lock_out_nobody(
    client: CheckedClient, app: Flask, helpline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from feedback_app.web import clock

    address = answer(client, begin(client, "helpline"), HL1="5")
    code = CODE.search(client.get(answer(client, address, HL2="1", do="save")).text).group(1)  # type: ignore[union-attr]
    guesser: Any = app.test_client()
    form = guesser.get("/come-back")
    codes = [post(guesser, "/come-back", form, code="K7F2 2MQ0 9XTA").status_code for _ in range(40)]
    assert codes[0] == 422
    assert codes[-1] == 429
    other: Any = app.test_client()
    form = other.get("/come-back")
    assert post(other, "/come-back", form, code=code).status_code == 429
    later = datetime.now(UTC) + timedelta(seconds=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert post(other, "/come-back", form, code=code).status_code == 302


def test_a_form_whose_cookie_is_gone_is_shown_again_with_what_was_typed(
    client: CheckedClient, app: Flask, db: Session, helpline: Any
) -> None:
    begin(client, "helpline")
    address = f"{HELPLINE}/1/hl6"
    form = client.get(address)
    other: Any = app.test_client()
    reply = post(other, address, form, do="next", HL6="A long story")
    assert reply.status_code == 400
    assert "A long story" in reply.text
    again = post(other, address, reply, do="next", HL6="A long story")
    assert again.status_code == 302
    assert "A long story" in other.get(f"{HELPLINE}/1/check").text


def test_a_wave_that_closes_in_the_middle_can_be_finished_for_seven_days(
    client: CheckedClient, db: Session, helpline: Any
) -> None:

    address = answer_helpline(client)
    db.execute(update(Wave).values(closed_from=datetime.now(UTC).date()))
    db.commit()
    assert client.get(HELPLINE).status_code == 410
    assert CODE.search(send(client, address).text)


def test_after_the_days_of_grace_it_says_that_the_survey_is_closed(
    client: CheckedClient, db: Session, helpline: Any
) -> None:

    address = answer_helpline(client)
    db.execute(update(Wave).values(closed_from=datetime.now(UTC).date() - timedelta(days=7)))
    db.commit()
    assert client.get(address).status_code == 410


def test_a_second_child_has_answers_and_a_receipt_of_its_own(client: CheckedClient, app: Flask, db: Session) -> None:
    field(app, real_survey("helpline").model_copy(update={"second_child": True}))
    first = send(client, answer_helpline(client))
    reply = post(client, f"{HELPLINE}/another", first)
    address = reply.location
    assert "/2/" in address
    while not address.endswith("/check"):
        item = address.rpartition("/")[2].upper()
        address = answer(client, address, **({item: "1"} if item != "HL6" else {}))
    second = send(client, address)
    assert CODE.search(first.text).group(1) != CODE.search(second.text).group(1)  # type: ignore[union-attr]
    assert db.scalar(select(func.count()).select_from(Response)) == 2


def test_answers_are_deleted_by_their_receipt_and_only_when_sure(
    client: CheckedClient, db: Session, helpline: Any
) -> None:
    code = CODE.search(send(client, answer_helpline(client)).text).group(1)  # type: ignore[union-attr]
    asked = post(client, "/delete-my-answers", client.get("/delete-my-answers"), code=code)
    assert asked.status_code == 200
    assert db.scalar(select(func.count()).select_from(Response)) == 1
    db.rollback()
    done = post(client, "/delete-my-answers", asked, code=code, sure="yes")
    assert done.status_code == 302
    client.get(done.location)
    assert db.scalar(select(func.count()).select_from(Response)) == 0
    assert db.scalar(select(func.count()).select_from(Comment)) == 0
    assert db.scalar(select(Wave.erasures)) == 1


def test_throwing_away_deletes_the_draft_and_counts_where_it_ended(
    client: CheckedClient, db: Session, helpline: Any
) -> None:
    answer(client, begin(client, "helpline"), HL1="5")
    stop = client.get(f"{HELPLINE}/1/stop")
    post(client, f"{HELPLINE}/1/throw-away", stop)
    assert not db.scalars(select(Draft)).all()
    assert [(found.page, found.number) for found in db.scalars(select(BreakOff))] == [("hl1", 1)]
    client.get("/")


def test_somebody_who_answers_for_a_child_is_shown_the_parents_survey_and_nothing_is_kept(
    client: CheckedClient, app: Flask, db: Session
) -> None:
    field(app, real_survey("send_pictures"))
    field(app, real_survey("send_parents"))
    address = answer(client, begin(client, "send-pictures"), CE00="3")
    assert address.endswith("/hand-over")
    reply = post(client, address, client.get(address))
    assert reply.location.endswith("/surveys/send-parents")
    assert not db.scalars(select(Draft)).all()
    assert not db.scalars(select(Response)).all()
    assert db.scalar(select(BreakOff.page)) == "handed_over"


def test_a_database_that_cannot_be_written_keeps_the_words_in_the_page(
    client: CheckedClient, helpline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from feedback_app.store import drafts

    def full(*_given: Any, **_more: Any) -> None:
        raise OperationalError("UPDATE draft", {}, Exception("database or disk is full"))

    begin(client, "helpline")
    address = f"{HELPLINE}/1/hl6"
    form = client.get(address)
    with monkeypatch.context() as broken:
        broken.setattr(drafts, "save_draft", full)
        reply = post(client, address, form, do="next", HL6="A long story")
    assert reply.status_code == 503
    assert "A long story" in reply.text
    assert post(client, address, reply, do="next", HL6="A long story").status_code == 302
