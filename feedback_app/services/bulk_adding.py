"""Many responses at once, by the same rules as one: what is asked is kept, breakdowns get their columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec
from sqlalchemy.orm import Session

from feedback_app.domain.answers import AnswerSheet
from feedback_app.domain.breakdowns import breakdown_keys
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Scope
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


def add_ready(db: Session, scope: Scope, wave: WaveFacts, mode: str, rows: Iterable[Ready]) -> int:
    """Write responses to a wave and return their number; callers pass batches of `BATCH` at the most."""
    written = [
        (
            {
                "partnership": scope.partnership,
                "wave_id": wave.id,
                "instrument_version_id": wave.version_id,
                "week": row.week,
                "language": row.language,
                "form": row.form,
                "mode": mode,
                "collector": row.collector,
                "pace": row.pace,
                "context": row.context,
                "answers": row.answers,
                "source_hash": row.source,
                **_breakdowns(row.keys),
            },
            row.texts,
        )
        for row in rows
    ]
    add_responses(db, written)
    return len(written)


def _breakdowns(keys: dict[str, int]) -> dict[str, int | None]:
    """Return every breakdown column, empty where a response does not tell, so that all rows have the same columns."""
    return {name: keys.get(name) for name in BREAKDOWNS}
