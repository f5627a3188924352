"""Surveys in the field for a test: a wave of a real survey, or of one of the tiny fixture instruments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.adapters.instrument_files import load_instrument, load_scales, load_survey
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Role, Scope
from feedback_app.domain.texts import FieldedDocument, Texts
from feedback_app.store import people
from feedback_app.store.accounts import User
from feedback_app.store.waves import WaveFacts

ROOT = Path(__file__).resolve().parent.parent.parent
LANCASHIRE = ROOT / "surveys" / "lancashire"
READER = "named.reader@example.org"
FIXTURES = ROOT / "tests" / "fixtures" / "instruments"


def real_survey(name: str) -> Instrument:
    """Return a survey of the partnership."""
    return load_survey(LANCASHIRE, name)


def fixture_survey(name: str) -> Instrument:
    """Return one of the tiny instruments."""
    return load_instrument(FIXTURES / name / "v1.yaml", load_scales(LANCASHIRE))


def name_reader(db: Session, partnership: str = "lancashire") -> None:
    """Add a safeguarding reader who can sign in, unless there is one."""
    scope = Scope(partnership)
    if people.find_user(db, scope, READER) is None:
        roles = [people.get_role(db, Role.SAFEGUARDING_READER)]
        people.add_user(db, User(partnership=partnership, email=READER, active=True, fs_uniquifier=READER, roles=roles))


def field(app: Flask, instrument: Instrument, *, slug: str | None = None, **more: Any) -> WaveFacts:
    """Open a wave of an instrument from a month ago until a month from now, unless `more` says otherwise.

    With `texts_open` somebody is named who reads what children write.
    """
    from feedback_app.extensions import db
    from feedback_app.services.fielding import field_wave

    today = datetime.now(UTC).date()
    texts: dict[str, Texts] = more.pop("texts", {})
    chosen: dict[str, Any] = {
        "slug": slug or f"{instrument.slug}-wave",
        "opens_on": today - timedelta(days=30),
        "closed_from": today + timedelta(days=30),
        "today": today,
    }
    with app.app_context():
        document = FieldedDocument(instrument=instrument, texts=texts)
        if more.get("texts_open"):
            name_reader(db.session)
        wave = field_wave(db.session, app.config["PLACES"].only.scope, document, **(chosen | more))
        db.session.commit()
    return wave
