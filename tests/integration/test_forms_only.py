"""Somebody who knows nothing but HTML forms answers every survey, over HTTP, and the summaries show it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role
from feedback_app.services.summarising import count_wave_exactly, summarise_wave
from feedback_app.store.comment_tables import Comment
from feedback_app.store.tables import Response
from tests.support.server import serving
from tests.support.summaries import SCOPE, signed_in
from tests.support.surveys import LANCASHIRE, field, real_survey
from tests.support.walker import Visitor, walk_survey

SURVEYS = sorted(folder.name for folder in LANCASHIRE.iterdir() if folder.is_dir())
ENOUGH = 25  # above the thresholds for adults and for children


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the application, served over HTTP."""
    with serving(app) as address:
        yield address


def answer(site: str, slug: str) -> str:
    """Answer a survey once as a new visitor and return the receipt."""
    visitor = Visitor(site)
    try:
        return walk_survey(visitor, f"/surveys/{slug}")
    finally:
        visitor.close()


@pytest.mark.parametrize("name", SURVEYS)
def test_every_survey_is_answered_with_forms_alone_and_counted_answer_by_answer(
    app: Flask, db: Session, site: str, name: str
) -> None:
    instrument = real_survey(name)
    wave = field(app, instrument, texts_open=True)
    answer(site, instrument.slug)
    stored = json.loads(db.scalars(select(Response.answers)).one())
    exact = count_wave_exactly(db, SCOPE, wave.slug, "en_GB")
    assert exact.responses == 1
    counted = {table.code: table.counts for table in exact.tables}
    chosen = {item: given for item, given in stored.items() if item in counted and given not in (-1, -2, -3)}
    assert len(chosen) >= min(5, len(instrument.items) - 1)
    for item, given in chosen.items():
        for code in given if isinstance(given, list) else [given]:
            assert counted[item].values.get(code, 1) == 1
    asked_for_words = [item for item, given in stored.items() if instrument.items[item].type == "text" and given == 1]
    assert sorted(db.scalars(select(Comment.item))) == sorted(asked_for_words)
    db.rollback()


@pytest.mark.parametrize(("name", "first"), [("helpline", "HL1"), ("send_pictures", "CE01")])
def test_what_many_answer_with_forms_alone_stands_in_the_protected_summary(
    app: Flask, db: Session, site: str, name: str, first: str
) -> None:
    instrument = real_survey(name)
    wave = field(app, instrument)
    receipts = {answer(site, instrument.slug) for _ in range(ENOUGH)}
    assert len(receipts) == ENOUGH
    summary = summarise_wave(db, SCOPE, wave.slug, app.config["PLACES"].only.policy, "en_GB").as_dict()
    db.rollback()
    assert summary["responses"] == ENOUGH
    assert str(ENOUGH) in json.dumps(next(item for item in summary["items"] if item["code"] == first))
    team = signed_in(app, db, Role.SEND_TEAM)
    assert f"{ENOUGH} answer" in " ".join(team.get("/team").text.split())
    assert instrument.items[first].text in team.get(f"/team/waves/{wave.slug}").text
