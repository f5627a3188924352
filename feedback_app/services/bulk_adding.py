"""Many responses at once, by the same rules as one: what is asked is kept, breakdowns get their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from feedback_app.domain.answers import AnswerSheet
from feedback_app.domain.breakdowns import breakdown_keys
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import Screening
from feedback_app.services.commenting import admit, comments_of
from feedback_app.store.bulk import add_responses
from feedback_app.store.responses import encode_answers
from feedback_app.store.tables import BREAKDOWNS
from feedback_app.store.waves import WaveFacts

BATCH = 2_000


class Ready(msgspec.Struct, frozen=True):
    """A response ready to be written: its columns and words, without id, wave and partnership."""

    answers: str
    week: date
    language: str
    form: str
    keys: dict[str, int]
    texts: dict[str, str] = {}
    context: str | None = None
    source: bytes | None = None
    collector: str | None = None
    pace: str | None = None


def make_ready(
    instrument: Instrument,
    kept: AnswerSheet,
    *,
    week: date,
    language: str,
    form: str | None = None,
    source: bytes | None = None,
    collector: str | None = None,
    pace: str | None = None,
) -> Ready:
    """Return a kept sheet as a response ready to be written; `week` is a Monday."""
    return Ready(
        answers=encode_answers(dict(kept.answers)).decode(),
        week=week,
        language=language,
        form=form or instrument.form,
        keys=breakdown_keys(instrument, kept),
        texts=dict(kept.texts),
        context=encode_answers(dict(kept.context)).decode() if kept.context else None,
        source=source,
        collector=collector,
        pace=pace,
    )


@dataclass(frozen=True)
class Taking:
    """Where responses are written to, how they came, and by what their words are screened on which day."""

    wave: WaveFacts
    instrument: Instrument
    mode: str
    screening: Screening | None
    today: date


def add_ready(db: Session, scope: Scope, taking: Taking, rows: Sequence[Ready]) -> int:
    """Write responses to a wave, their words screened, and return their number; pass `BATCH` at the most."""
    ids = add_responses(db, [_columns(scope, taking, row) for row in rows])
    new = [
        one
        for row, response_id in zip(rows, ids, strict=True)
        for one in comments_of(
            row.texts, taking.instrument, response_id=response_id, wave_id=taking.wave.id, language=row.language
        )
    ]
    admit(db, scope, taking.screening, new, today=taking.today, demonstration=taking.wave.demonstration)
    return len(ids)


def _columns(scope: Scope, taking: Taking, row: Ready) -> dict[str, Any]:
    """Return the columns of a response but its id."""
    return {
        "partnership": scope.partnership,
        "wave_id": taking.wave.id,
        "instrument_version_id": taking.wave.version_id,
        "week": row.week,
        "language": row.language,
        "form": row.form,
        "mode": taking.mode,
        "collector": row.collector,
        "pace": row.pace,
        "context": row.context,
        "answers": row.answers,
        "source_hash": row.source,
        **_breakdowns(row.keys),
    }


def _breakdowns(keys: dict[str, int]) -> dict[str, int | None]:
    """Return every breakdown column, empty where a response does not tell, so that all rows have the same columns."""
    return {name: keys.get(name) for name in BREAKDOWNS}
