"""The two ways out: protected tables for everybody, and rows for the SEND team alone, asked why and logged."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from operator import itemgetter
from typing import IO, Any

from sqlalchemy.orm import Session

from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Scope
from feedback_app.reports.breakdown_tables import BREAKDOWN_COLUMNS, BreakdownRow, BreakdownWords, breakdown_rows
from feedback_app.reports.codebook import write_codebook
from feedback_app.reports.columns import RowWords, breakdown_groups
from feedback_app.reports.files import tables_csv, tables_workbook
from feedback_app.reports.rows import ResponseRow, write_rows
from feedback_app.reports.tables import Words, flat_rows
from feedback_app.services.breaking_down import WaveBreakdown
from feedback_app.services.fielding import get_instrument, get_wave
from feedback_app.services.wave_summary import WaveSummary
from feedback_app.store import audit, responses
from feedback_app.store.tables import BREAKDOWNS

ROWS_EXPORTED = "rows exported"
FACTS = ("week", "language", "form", "mode", "pace")
PACKED_FAST = 1  # of 9: codes and labels repeat so much that more work saves little


def export_tables_csv(summary: WaveSummary, words: Words) -> bytes:
    """Return a wave's protected tables as CSV."""
    return tables_csv(flat_rows(summary.instrument, summary.number, summary.release, words))


def export_tables_workbook(summary: WaveSummary, words: Words) -> bytes:
    """Return a wave's protected tables as an XLSX workbook."""
    return tables_workbook(flat_rows(summary.instrument, summary.number, summary.release, words), words)


def export_breakdown_csv(found: WaveBreakdown, words: BreakdownWords) -> bytes:
    """Return protected breakdowns as CSV."""
    return tables_csv(_breakdown_rows(found, words), BREAKDOWN_COLUMNS)


def export_breakdown_workbook(found: WaveBreakdown, words: BreakdownWords) -> bytes:
    """Return protected breakdowns as an XLSX workbook."""
    return tables_workbook(_breakdown_rows(found, words), words, BREAKDOWN_COLUMNS)


def _breakdown_rows(found: WaveBreakdown, words: BreakdownWords) -> Iterator[BreakdownRow]:
    snapshot = found.seen.snapshot
    return breakdown_rows(found.instrument.items, found.tables, words, snapshot.taken_on if snapshot else None)


def row_facts(instrument: Instrument) -> tuple[str, ...]:
    """Return the columns of a row before its answers: week, language, form, mode, pace, the survey's breakdowns."""
    used = breakdown_groups(instrument)
    return (*FACTS, *(key for key in BREAKDOWNS if key in used))


def pack_rows(db: Session, scope: Scope, slug: str, words: RowWords, *, in_words: bool, language: str) -> bytes:
    """Return a ZIP of a wave's rows and codebook, to leave only once log_export is kept; raise SurveyUnknown."""
    wave = get_wave(db, scope, slug)
    instrument = get_instrument(db, wave.version_id, language)
    target = io.BytesIO()  # packed, 100,000 rows are a few megabytes; nothing of them ever touches the disk
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=PACKED_FAST) as archive:
        rows = _rows(db, instrument, responses.iterate_rows(db, wave.id))
        with archive.open("rows.csv", "w", force_zip64=True) as member, _as_text(member) as text:
            write_rows(text, instrument, rows, words, in_words=in_words)
        with archive.open("codebook.csv", "w") as member, _as_text(member) as text:
            write_codebook(text, instrument, words)
    return target.getvalue()


def _as_text(member: IO[bytes]) -> io.TextIOWrapper:
    return io.TextIOWrapper(member, encoding="utf-8-sig", newline="")


def _rows(db: Session, instrument: Instrument, found: Iterator[tuple[Any, ...]]) -> Iterator[ResponseRow]:
    """Yield each response's facts and answers, columns that the survey does not use left out."""
    wanted = row_facts(instrument)
    kept = [position for position, name in enumerate((*FACTS, *BREAKDOWNS)) if name in wanted]
    facts = itemgetter(*kept)
    for row in found:
        yield facts(row), responses.decode_answers(row[-1])


def log_export(db: Session, scope: Scope, slug: str, *, actor: str, reason: str, now: datetime) -> None:
    """Log who takes a wave's rows out, and why."""
    audit.add_entry(db, scope, at=now, actor=actor, action=ROWS_EXPORTED, subject=slug, reason=reason)
