"""Answering a survey over HTTP, with nothing but forms: nothing lost, nothing twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_app.store.comment_tables import Comment
from feedback_app.store.tables import Draft, Response
from tests.support.client import CheckedClient
from tests.support.journeys import CODE, HELPLINE, TOKEN, answer, answer_first, answer_helpline, begin, post, send
from tests.support.surveys import field, real_survey


@pytest.fixture
def helpline(app: Flask) -> Any:
    """A wave of the helpline's short survey: HL1 csat, HL2 single, HL3 ease, HL4 agree, HL5 single, HL6 text."""
    return field(app, real_survey("helpline"))


def test_a_survey_is_answered_and_stored_once_with_a_receipt(client: CheckedClient, db: Session, helpline: Any) -> None:
    page = send(client, answer_helpline(client))
    assert CODE.search(page.text)
    stored = db.scalars(select(Response)).one()
    assert json.loads(stored.answers) == {"HL1": 4, "HL2": 4, "HL3": 4, "HL4": 4, "HL5": 4, "HL6": 1}
    assert stored.week.weekday() == 0
    assert (stored.mode, stored.language, stored.form) == ("online", "en_GB", "standard")
    assert [text.words for text in db.scalars(select(Comment))] == ["Kind and quick"]
    assert not db.scalars(select(Draft)).all()


def test_sending_twice_stores_once_and_shows_the_same_receipt(
    client: CheckedClient, db: Session, helpline: Any
) -> None:
    address = answer_helpline(client)
    form = client.get(address)
    receipts = set()
    for _ in range(3):
        reply = post(client, address, form)
        receipts.add(CODE.search(client.get(reply.location).text).group(1))  # type: ignore[union-attr]
    assert len(receipts) == 1
    assert db.scalar(select(func.count()).select_from(Response)) == 1


def test_the_back_button_after_sending_leads_to_the_receipt(client: CheckedClient, db: Session, helpline: Any) -> None:
    address = answer_helpline(client)
    form = client.get(f"{HELPLINE}/1/hl2")
    send(client, address)
    assert client.get(f"{HELPLINE}/1/hl2").location.endswith("/sent")
    assert client.get(address).location.endswith("/sent")
    assert post(client, f"{HELPLINE}/1/hl2", form, HL2="1", do="next").location.endswith("/sent")
    assert db.scalar(select(func.count()).select_from(Response)) == 1


def test_a_question_can_be_skipped_and_is_kept_as_skipped(client: CheckedClient, db: Session, helpline: Any) -> None:
    address = begin(client, "helpline")
    while not address.endswith("/check"):
        item = address.rpartition("/")[2].upper()
        address = answer(client, address, do="skip") if item == "HL3" else answer(client, address, **{item: "2"})
    send(client, address)
    assert json.loads(db.scalars(select(Response.answers)).one())["HL3"] == -3


def test_does_not_apply_is_kept_apart_from_skipped(client: CheckedClient, db: Session, helpline: Any) -> None:
    address = begin(client, "helpline")
    while not address.endswith("/check"):
        item = address.rpartition("/")[2].upper()
        address = answer(client, address, **{item: "-9" if item == "HL3" else "2"})
    send(client, address)
    assert json.loads(db.scalars(select(Response.answers)).one())["HL3"] == -9


@pytest.mark.parametrize("given", [{}, {"HL1": "9"}, {"HL1": "x"}, {"HL1": ["1", "2"]}, {"HL1": "-3"}, {"HL1": "\x00"}])
def test_what_cannot_be_an_answer_is_said_and_can_be_mended(
    client: CheckedClient, helpline: Any, given: dict[str, Any]
) -> None:
    address = begin(client, "helpline")
    reply = post(client, address, client.get(address), do="next", **given)
    assert reply.status_code == 422
    assert "<title>Error: " in reply.text
    assert answer(client, address, HL1="5")


def test_words_that_are_too_long_are_kept_in_the_page(client: CheckedClient, helpline: Any) -> None:
    begin(client, "helpline")
    address = f"{HELPLINE}/1/hl6"
    reply = post(client, address, client.get(address), do="next", HL6="word " * 2000)
    assert reply.status_code == 422
    assert reply.text.count("word word word") > 100


def test_markup_in_words_is_shown_as_it_was_typed(client: CheckedClient, helpline: Any) -> None:
    begin(client, "helpline")
    answer(client, f"{HELPLINE}/1/hl6", HL6="<script>alert(1)</script> {{7*7}}")
    page = client.get(f"{HELPLINE}/1/check").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}}" in page


def test_too_few_answers_are_not_sent_and_the_page_says_how_many_more(
    client: CheckedClient, app: Flask, db: Session
) -> None:
    field(app, real_survey("helpline").model_copy(update={"min_content": 3}))
    answer(client, begin(client, "helpline"), HL1="5")
    check = client.get(f"{HELPLINE}/1/check")
    assert "Answer 2 more questions" in check.text
    reply = client.post(f"{HELPLINE}/1/check", data={"csrf_token": _token(client)})
    assert reply.status_code == 422
    assert not db.scalars(select(Response)).all()


def _token(client: CheckedClient) -> str:
    found = TOKEN.search(client.get(HELPLINE).text)
    assert found
    return found.group(1)


def test_what_was_not_reached_is_kept_apart_from_what_was_skipped(
    client: CheckedClient, db: Session, helpline: Any
) -> None:
    address = begin(client, "helpline")
    for item in ("HL1", "HL2", "HL3"):
        address = answer(client, address, **{item: "3"})
    send(client, f"{HELPLINE}/1/check")
    answers = json.loads(db.scalars(select(Response.answers)).one())
    assert [answers[item] for item in ("HL3", "HL4", "HL5", "HL6")] == [3, -2, -2, -2]


def test_two_tabs_lose_nothing(client: CheckedClient, db: Session, helpline: Any) -> None:
    begin(client, "helpline")
    first = client.get(f"{HELPLINE}/1/hl1")
    second = client.get(f"{HELPLINE}/1/hl2")
    post(client, f"{HELPLINE}/1/hl2", second, do="next", HL2="2")
    post(client, f"{HELPLINE}/1/hl1", first, do="next", HL1="1")
    answer(client, f"{HELPLINE}/1/hl3", HL3="3")
    send(client, f"{HELPLINE}/1/check")
    answers = json.loads(db.scalars(select(Response.answers)).one())
    assert [answers[item] for item in ("HL1", "HL2", "HL3")] == [1, 2, 3]


def test_answers_on_a_route_that_was_left_are_not_kept(client: CheckedClient, app: Flask, db: Session) -> None:
    field(app, real_survey("send_parents"))
    address = begin(client, "send-parents")
    while not address.endswith("/check"):
        address = answer_first(client, address)
    assert "PC25" in client.get(address).text or "The plan describes my child" in client.get(address).text
    changed = post(
        client,
        "/surveys/send-parents/1/pc02?change=1",
        client.get("/surveys/send-parents/1/pc02?change=1"),
        do="next",
        PC02="5",
    ).location
    while not changed.endswith("/check"):
        changed = answer_first(client, changed)
    send(client, changed)
    answers = json.loads(db.scalars(select(Response.answers)).one())
    assert answers["PC02"] == 5
    assert answers["PC25"] == -1
    stored = db.scalars(select(Response)).one()
    assert (stored.provision, stored.district, stored.age_band) == (3, 1, 1)


def test_text_answers_of_the_childrens_forms_are_switched_off_until_a_wave_opens_them(
    client: CheckedClient, app: Flask
) -> None:
    field(app, real_survey("powar_quick"))
    begin(client, "powar")
    assert client.get("/surveys/powar/1/pw6").status_code == 302
    assert "What should we tell the Board" not in client.get("/surveys/powar/1/check").text


def test_text_answers_of_the_childrens_forms_are_asked_where_they_are_switched_on(
    client: CheckedClient, app: Flask
) -> None:
    field(app, real_survey("powar_quick"), texts_open=True)
    begin(client, "powar")
    assert client.get("/surveys/powar/1/pw6").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/surveys/nothing-here",
        "/surveys/helpline/1/hl1",
        "/surveys/helpline/99999999999999999999/hl1",
        "/surveys/helpline/1/check",
        "/surveys/helpline/0/sent",
        "/surveys/helpline/1/nonsense",
        "/surveys/%00/1/x",
        "/no/such/page",
    ],
)
def test_addresses_that_lead_nowhere_are_a_kind_404(client: CheckedClient, helpline: Any, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_link_tells_only_what_is_declared(client: CheckedClient, app: Flask, db: Session) -> None:
    field(app, real_survey("ehcp_process"))
    client.get("/surveys/ehc-plan?stage=new&child_name=Somebody&via=school1")
    page = client.get("/surveys/ehc-plan?stage=new&child_name=Somebody&via=school1")
    begin(client, "ehc-plan", stage="new", child_name="Somebody", via="<script>")
    draft = db.scalars(select(Draft)).one()
    assert json.loads(draft.sheet)["context"] == {"stage": "new"}
    assert draft.collector is None
    assert "Somebody" not in page.text


def test_a_survey_page_tells_no_cache_to_keep_it(client: CheckedClient, helpline: Any) -> None:
    address = begin(client, "helpline")
    assert client.get(address).headers["Cache-Control"] == "no-store"


def test_a_survey_is_answered_from_right_to_left_in_a_pseudo_language(database_url: str) -> None:
    from tests.support.application import running_application

    with running_application(database_url, pseudo_languages=True) as app:
        field(app, real_survey("helpline"))
        client: Any = app.test_client()
        page = client.get("/ar-xb/surveys/helpline")
        assert 'dir="rtl"' in page.text
        assert "How satisfied" not in page.text
        address = post(client, "/ar-xb/surveys/helpline", page).location
        assert address == "/ar-xb/surveys/helpline/1/hl1"
        assert answer(client, address, HL1="4") == "/ar-xb/surveys/helpline/1/hl2"
