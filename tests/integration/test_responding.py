"""Answering a survey over HTTP, with nothing but forms: nothing lost, nothing twice."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.store.tables import BreakOff, Draft, Response, ResponseText, Wave
from tests.support.client import CheckedClient
from tests.support.surveys import field, real_survey

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
CODE = re.compile(r'class="code"[^>]*>([^<]+)<')
HELPLINE = "/surveys/helpline"


def post(client: CheckedClient, address: str, page: TestResponse, **data: Any) -> TestResponse:
    """Send a form with the token of the page it stands on."""
    token = TOKEN.search(page.text)
    assert token, page.text
    return client.post(address, data={"csrf_token": token.group(1), **data})


def begin(client: CheckedClient, slug: str, **data: Any) -> str:
    """Begin a survey and return the address of its first question."""
    page = client.get(f"/surveys/{slug}")
    return post(client, f"/surveys/{slug}", page, **data).location


def answer(client: CheckedClient, address: str, **data: Any) -> str:
    """Answer the page at an address and return where it leads."""
    reply = post(client, address, client.get(address), **{"do": "next", **data})
    assert reply.status_code == 302, reply.text
    return reply.location


@pytest.fixture
def helpline(app: Flask) -> Any:
    """A wave of the helpline's short survey: HL1 csat, HL2 single, HL3 ease, HL4 agree, HL5 single, HL6 text."""
    return field(app, real_survey("helpline"))


def answer_helpline(client: CheckedClient) -> str:
    """Answer the helpline's survey and return the address for checking."""
    address = begin(client, "helpline")
    while not address.endswith("/check"):
        item = address.rpartition("/")[2].upper()
        address = answer(client, address, **({item: "4"} if item != "HL6" else {item: "Kind and quick"}))
    return address


def send(client: CheckedClient, address: str) -> TestResponse:
    """Send the answers from the page for checking, and return the page after."""
    reply = post(client, address, client.get(address))
    assert reply.status_code == 302, reply.text
    return client.get(reply.location)


def test_a_survey_is_answered_and_stored_once_with_a_receipt(client: CheckedClient, db: Session, helpline: Any) -> None:
    page = send(client, answer_helpline(client))
    assert CODE.search(page.text)
    stored = db.scalars(select(Response)).one()
    assert json.loads(stored.answers) == {"HL1": 4, "HL2": 4, "HL3": 4, "HL4": 4, "HL5": 4, "HL6": 1}
    assert stored.week.weekday() == 0
    assert (stored.mode, stored.language, stored.form) == ("online", "en_GB", "standard")
    assert [text.words for text in db.scalars(select(ResponseText))] == ["Kind and quick"]
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
    assert db.scalar(select(func.count()).select_from(ResponseText)) == 0
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


def test_answers_on_a_route_that_was_left_are_not_kept(client: CheckedClient, app: Flask, db: Session) -> None:
    field(app, real_survey("send_parents"))
    address = begin(client, "send-parents")
    while not address.endswith("/check"):
        address = _answer_first(client, address)
    assert "PC25" in client.get(address).text or "The plan describes my child" in client.get(address).text
    changed = post(
        client,
        "/surveys/send-parents/1/pc02?change=1",
        client.get("/surveys/send-parents/1/pc02?change=1"),
        do="next",
        PC02="5",
    ).location
    while not changed.endswith("/check"):
        changed = _answer_first(client, changed)
    send(client, changed)
    answers = json.loads(db.scalars(select(Response.answers)).one())
    assert answers["PC02"] == 5
    assert answers["PC25"] == -1
    stored = db.scalars(select(Response)).one()
    assert (stored.provision, stored.district, stored.age_band) == (3, 1, 1)


FIELD = re.compile(r'<input type="(radio|checkbox)"[^>]*name="(\w+)" value="(-?\d+)"')


def _answer_first(client: CheckedClient, address: str) -> str:
    """Choose the first answer to each question of a page and go on."""
    page = client.get(address)
    chosen: dict[str, str] = {}
    for _kind, name, value in FIELD.findall(page.text):
        chosen.setdefault(name, value)
    reply = post(client, address, page, do="next", **chosen)
    assert reply.status_code == 302, reply.text
    return reply.location


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
