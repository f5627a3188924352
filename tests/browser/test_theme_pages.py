"""Pages of themes: sound on a small phone and from right to left, for the lead of a workstream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import delete, select

from tests.support.themed import Wrote, add_words, plan
from tests.support.walk_browser import look_at

SURVEY = "send-parents"


def write(app: Flask) -> str:
    """Let people write anew in a wave of the demonstration, freeze its themes, and return its slug."""
    from feedback_app.extensions import db
    from feedback_app.services.theme_snapshot import ThemeFreezing
    from feedback_app.store.comment_tables import Comment
    from feedback_app.store.tables import Response
    from feedback_app.store.waves import list_waves

    place = app.config["PLACES"].only
    with app.app_context():
        wave = next(one for one in list_waves(db.session, place.scope) if one.survey_slug == SURVEY)
        db.session.execute(delete(Comment).where(Comment.wave_id == wave.id))
        people = list(db.session.scalars(select(Response.id).where(Response.wave_id == wave.id)))
        wrote: list[Wrote] = [*plan(25, "LISTEN"), *plan(15, "LISTEN", "INFO", valence="going_well", read=True)]
        add_words(db.session, wave, people, [*wrote, *plan(20)])
        day = wave.opens_on
        ThemeFreezing(place.scope, place.policy, place.geography, place.codeframe, day).freeze(db.session, wave.slug)
        db.session.commit()
    return wave.slug


@pytest.fixture(scope="module")
def themed(fielded: Flask, elsewhere: Callable[..., Any]) -> str:
    """Return where the themes of a wave are shown."""
    return f"/team/themes/waves/{elsewhere(write, fielded)}"


def test_pages_of_themes_are_sound_with_everything_open(lead: Page, themed: str) -> None:
    for page in (themed, f"{themed}/themes/LISTEN?by=locality", f"/ar-xb{themed}/priorities/P4"):
        lead.goto(page)
        lead.locator("summary").evaluate_all("found => found.forEach(one => one.click())")
        look_at(lead)
        assert lead.locator("figure").count()
