"""One browser, many people: no tab writes into somebody else's answers, and what a link says goes with each of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.store.tables import Collector, Draft, Response, Wave
from tests.support.client import CheckedClient
from tests.support.journeys import CODE, HELPLINE, answer, answer_first, answer_helpline, begin, post, send
from tests.support.surveys import field, real_survey

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both


@pytest.fixture
def helpline(app: Flask) -> Any:
    """A wave of the helpline's short survey."""
    return field(app, real_survey("helpline"))


def test_the_twelfth_child_of_a_browser_does_not_take_over_the_address_of_another(
    client: CheckedClient, db: Session, helpline: Any
) -> None:
    first = begin(client, "helpline")
    old_tab = client.get(first)
    addresses = [begin(client, "helpline") for _ in range(11)]
    assert addresses[-1] == f"{HELPLINE}/12/hl1"
    before = dict(db.execute(select(Draft.key_hash, Draft.sheet)).all())
    db.rollback()
    reply = post(client, first, old_tab, do="next", HL1="1")
    assert "/13/" in reply.location  # forgotten here, so what was typed begins anew
    db.expire_all()
    after = dict(db.execute(select(Draft.key_hash, Draft.sheet)).all())
    assert {key: after[key] for key in before} == before


def test_what_was_sent_is_not_offered_for_going_on(client: CheckedClient, helpline: Any) -> None:
    send(client, answer_helpline(client))
    page = client.get(HELPLINE).text
    assert "Carry on" not in page
    begin(client, "helpline")
    assert "Carry on" in client.get(HELPLINE).text


def test_the_receipt_can_be_taken_off_a_device(client: CheckedClient, helpline: Any) -> None:
    sent = send(client, answer_helpline(client))
    assert CODE.search(sent.text)
    post(client, "/leave", sent)
    assert client.get(f"{HELPLINE}/1/sent").status_code == 404


def test_a_draft_of_a_wave_that_is_over_does_not_close_the_wave_after_it(
    client: CheckedClient, app: Flask, db: Session, helpline: Any
) -> None:
    from datetime import UTC, datetime, timedelta

    begin(client, "helpline")
    form = client.get(f"{HELPLINE}/1/hl6")
    over = datetime.now(UTC).date() - timedelta(days=9)
    db.execute(update(Wave).values(closed_from=over))
    db.commit()
    field(app, real_survey("helpline"), slug="helpline-next", opens_on=over)
    assert client.get(HELPLINE).status_code == 200
    reply = post(client, f"{HELPLINE}/1/hl6", form, do="next", HL6="Still here")
    assert "/2/" in reply.location
    assert "Still here" in client.get(f"{HELPLINE}/2/check").text


def test_a_way_in_is_kept_only_when_the_wave_has_it(client: CheckedClient, db: Session, helpline: Any) -> None:
    db.add(Collector(id="abcd2345", wave_id=helpline.id, kind="school"))
    db.commit()
    begin(client, "helpline", via="abcd2345")
    begin(client, "helpline", via="johnsmith1980")
    assert sorted(found or "" for found in db.scalars(select(Draft.collector))) == ["", "abcd2345"]


def test_a_second_child_comes_by_the_same_link(client: CheckedClient, app: Flask, db: Session) -> None:
    wave = field(app, real_survey("ehcp_process").model_copy(update={"second_child": True}))
    db.add(Collector(id="abcd2345", wave_id=wave.id, kind="session"))
    db.commit()
    address = begin(client, "ehc-plan", stage="new", via="abcd2345")
    while not address.endswith("/check"):
        address = answer_first(client, address)
    sent = send(client, "/surveys/ehc-plan/1/check")
    post(client, "/surveys/ehc-plan/another", sent)
    draft = db.scalars(select(Draft)).one()
    assert draft.collector == "abcd2345"
    assert json.loads(draft.sheet)["context"] == {"stage": "new"}


def test_a_stand_ins_answers_are_not_kept_even_from_a_tab_that_was_left_open(
    client: CheckedClient, app: Flask, db: Session
) -> None:
    field(app, real_survey("send_11_15"))
    field(app, real_survey("send_parents"))
    begin(client, "send-11-to-15")
    address = "/surveys/send-11-to-15/1"
    for item, code in (("cy00", "1"), ("cy01", "1"), ("cy03", "5"), ("cy04", "4"), ("cy05", "4")):
        answer(client, f"{address}/{item}", **{item.upper(): code})
    old_tab = client.get(f"{address}/check")
    answer(client, f"{address}/cy00", CY00="3")
    assert post(client, f"{address}/check", old_tab).location.endswith("/hand-over")
    assert db.scalar(select(func.count()).select_from(Response)) == 0


def test_words_that_are_not_asked_for_are_not_kept_with_the_draft(
    client: CheckedClient, app: Flask, db: Session
) -> None:
    field(app, real_survey("send_11_15"))
    form = client.get(begin(client, "send-11-to-15"))
    post(client, "/surveys/send-11-to-15/1/cy17", form, do="next", CY17="my secret")
    assert "my secret" not in db.scalars(select(Draft.sheet)).one()


def test_a_page_that_is_asked_no_more_leads_to_the_first_open_one_not_to_the_end(
    client: CheckedClient, app: Flask
) -> None:
    field(app, real_survey("send_parents"))
    form = client.get(begin(client, "send-parents"))
    off_the_path = real_survey("send_parents").page_of["PC28"]
    reply = post(
        client,
        f"/surveys/send-parents/1/{off_the_path.id}",
        form,
        do="next",
        **{item.id: "4" for item in off_the_path.items},
    )
    assert reply.location.endswith("/pc01")


def test_deleting_twice_is_no_mistake(client: CheckedClient, db: Session, helpline: Any) -> None:
    code = CODE.search(send(client, answer_helpline(client)).text).group(1)  # type: ignore[union-attr]
    asked = post(client, "/delete-my-answers", client.get("/delete-my-answers"), code=code)
    for _ in range(2):
        assert post(client, "/delete-my-answers", asked, code=code, sure="yes").location.endswith("/done")
    assert db.scalar(select(func.count()).select_from(Response)) == 0


def test_a_form_that_waited_counts_once_while_guessing_is_slowed_down(
    client: CheckedClient, helpline: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime, timedelta

    from feedback_app.services import coming_back
    from feedback_app.web import clock

    monkeypatch.setattr(coming_back, "LEAK_PER_SECOND", 0.0)
    form = client.get("/come-back")
    opened = re.search(r'name="opened" value="([^"]+)"', form.text).group(1)  # type: ignore[union-attr]
    wrong = {"code": "K7F2 2MQ0 9XTA", "opened": opened}
    tries = [post(client, "/come-back", form, **wrong).status_code for _ in range(33)]
    assert tries[0] == 422
    assert tries[-1] == 429
    later = datetime.now(UTC) + timedelta(seconds=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert [post(client, "/come-back", form, **wrong).status_code for _ in range(3)] == [422, 429, 429]


def test_deleted_words_stand_in_no_file_of_sqlite(client: CheckedClient, app: Flask, helpline: Any) -> None:
    from feedback_app.extensions import db as extension

    with app.app_context():
        url = extension.engine.url
    if url.get_backend_name() != "sqlite":
        return  # PostgreSQL cleans up by itself, and its files are its own
    code = CODE.search(send(client, answer_helpline(client)).text).group(1)  # type: ignore[union-attr]
    asked = post(client, "/delete-my-answers", client.get("/delete-my-answers"), code=code)
    file = Path(url.database or "")
    assert any(b"Kind and quick" in each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
    post(client, "/delete-my-answers", asked, code=code, sure="yes")
    assert not any(b"Kind and quick" in each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
