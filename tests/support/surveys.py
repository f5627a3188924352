"""Surveys in the field for a test: a wave of a real survey, or of one of the tiny fixture instruments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from feedback_app.adapters.instrument_files import load_instrument, load_scales, load_survey
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.texts import FieldedDocument, Texts
from feedback_app.store.waves import WaveFacts

ROOT = Path(__file__).resolve().parent.parent.parent
LANCASHIRE = ROOT / "surveys" / "lancashire"
FIXTURES = ROOT / "tests" / "fixtures" / "instruments"


def real_survey(name: str) -> Instrument:
    """Return a survey of the partnership."""
    return load_survey(LANCASHIRE, name)


def fixture_survey(name: str) -> Instrument:
    """Return one of the tiny instruments."""
    return load_instrument(FIXTURES / name / "v1.yaml", load_scales(LANCASHIRE))


def field(app: Flask, instrument: Instrument, *, slug: str | None = None, **more: Any) -> WaveFacts:
    """Open a wave of an instrument from a month ago until a month from now, unless `more` says otherwise."""
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
        wave = field_wave(db.session, app.config["PLACES"].only.scope, document, **(chosen | more))
        db.session.commit()
    return wave
