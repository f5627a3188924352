"""What a workstream lead sees: the figures of a day on every page and in every file, never those of today."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role
from feedback_app.services import frozen
from feedback_app.store.snapshots import find_latest
from tests.support.commands import CommandLine
from tests.support.snapshots import take
from tests.support.summaries import add_answers, add_wave, signed_in, some_answers

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')
TAKEN_ON = "Figures of 21 Nov"
PAGES = ("", "/tables.csv", "/tables.xlsx", "/by/provision", "/by/provision/TS02")


def read(client: FlaskClient) -> dict[str, str]:
    """Return page -> its text without the token of its forms, which is another each time."""
    pages = [page for page in PAGES if "xlsx" not in page]
    return {page: TOKEN.sub("", client.get(f"/team/waves/autumn{page}").text) for page in pages}


def test_before_the_first_figures_every_page_says_so(app: Flask, db: Session) -> None:
    add_answers(db, add_wave(db, closed_from=None), some_answers(40))
    client = signed_in(app, db, Role.WORKSTREAM_LEAD)
    for page in PAGES:
        answer = client.get(f"/team/waves/autumn{page}")
        assert answer.status_code == 404
        assert "There are no figures of this wave yet" in answer.text
    assert "40 answers" not in client.get("/team").text


def test_figures_are_of_a_day_and_say_of_which(app: Flask, db: Session) -> None:
    wave = add_wave(db, closed_from=None)
    add_answers(db, wave, some_answers(60))
    take(app, db)
    client = signed_in(app, db, Role.WORKSTREAM_LEAD)
    before = read(client)
    for page in ("", "/by/provision", "/by/provision/TS02"):
        assert TAKEN_ON in before[page]
    add_answers(db, wave, some_answers(60, seed=4))
    assert read(client) == before
    assert "60 answers" in client.get("/team").text


def test_the_send_team_sees_the_answers_as_they_come_in(app: Flask, db: Session) -> None:
    wave = add_wave(db, closed_from=None)
    add_answers(db, wave, some_answers(60))
    take(app, db)
    add_answers(db, wave, some_answers(60, seed=4))
    client = signed_in(app, db, Role.SEND_TEAM)
    assert "120 answers" in client.get("/team").text
    assert TAKEN_ON not in client.get("/team/waves/autumn").text


@pytest.mark.parametrize("number", [9, 60])
def test_the_operator_takes_a_snapshot_by_hand(app: Flask, db: Session, database_url: str, number: int) -> None:
    wave = add_wave(db, closed_from=None)
    add_answers(db, wave, some_answers(number))
    run = CommandLine(database_url)
    said = run.must("wave", "snapshot", "--wave", "autumn")
    if number == 9:
        assert "autumn: nothing new. Too few new answers have come in" in said
        return
    assert "of about 60 answers" in said
    latest = find_latest(db, wave.id)
    assert latest
    assert frozen.find_standing(db, latest)  # groups too, not only with the next night's jobs
    db.rollback()
    assert "nothing new" in run.must("wave", "snapshot", "--wave", "autumn")
    assert "wave snapshot taken" in run.must("audit", "list")
