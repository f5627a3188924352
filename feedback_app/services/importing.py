"""Bringing in another tool's export: first everything is checked, then all of it is written or nothing."""

from __future__ import annotations

import hmac
import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import BinaryIO, TypeVar

import msgspec
from sqlalchemy.orm import Session

from feedback_app.domain.errors import ImportRefused
from feedback_app.domain.import_map import ImportMap, disagreements
from feedback_app.domain.import_rows import ReadRow, RowReader, keep_row
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import Screening
from feedback_app.services.bulk_adding import BATCH, Ready, Taking, add_ready, make_ready
from feedback_app.services.reading_csv import read_rows
from feedback_app.store import bulk, responses
from feedback_app.store.waves import WaveFacts

KEY_BYTES = 32
SHOWN = 50  # problems told one by one; the rest is counted
Part = TypeVar("Part")
Numbered = tuple[int, list[str]]


@dataclass
class ImportReport:
    """What a file holds: rows, how many are new or in the wave already, how many are left out and why, problems."""

    rows: int = 0
    new: int = 0
    known: int = 0
    left_out: Counter[str] = field(default_factory=Counter)  # why -> rows
    off_path: int = 0  # answers to questions that this survey would not have asked
    imported_before: int = 0  # responses that the wave has from files
    problems: list[str] = field(default_factory=list)
    problem_count: int = 0

    def note(self, problem: str) -> None:
        """Count a problem, and keep it while there are few."""
        self.problem_count += 1
        if len(self.problems) < SHOWN:
            self.problems.append(problem)

    @property
    def looks_like_the_same_again(self) -> bool:
        """Return whether nothing of the file is known to a wave that has responses from files: a changed map?"""
        return bool(self.new and not self.known and self.imported_before)


class _Occurrences:
    """Counts equal rows, in a private file of SQLite's own rather than in memory."""

    def __init__(self) -> None:
        self._seen = sqlite3.connect("", isolation_level=None)
        self._seen.execute("CREATE TABLE seen (digest BLOB PRIMARY KEY, number INTEGER) WITHOUT ROWID")
        self._seen.execute("BEGIN")

    def number_of(self, digest: bytes) -> int:
        """Return how many times this digest has come, now included."""
        counted = "INSERT INTO seen VALUES (?, 1) ON CONFLICT DO UPDATE SET number = number + 1 RETURNING number"
        return int(self._seen.execute(counted, (digest,)).fetchone()[0])

    def close(self) -> None:
        """Throw the counts away."""
        self._seen.close()


@dataclass(frozen=True)
class Incoming:
    """A file, the map to read it by and the wave it is for; `language` is the locale when the map names none.

    `key` is the wave's own, from import_key: rows are marked under it. Words are screened by `screening`; without it
    they are held.
    """

    file: BinaryIO
    plan: ImportMap
    wave: WaveFacts
    instrument: Instrument
    language: str
    today: date
    key: bytes
    screening: Screening | None = None


def import_key(db: Session, wave: WaveFacts) -> bytes:
    """Return the 32 bytes under which a wave's imported rows are marked, new ones for its first import.

    Raise ImportRefused once they have been forgotten, as they are when people's own words are deleted.
    """
    found = bulk.find_import_key(db, wave.id)
    if found is None and bulk.has_unmarked_imports(db, wave.id):
        why = "people's own words in it were deleted, and with them the marks by which imported rows are known again"
        raise ImportRefused((f"{wave.slug} takes no more imports: {why}. Open another wave for this file.",))
    return found or secrets.token_bytes(KEY_BYTES)


def check_import(
    db: Session, incoming: Incoming, spool: BinaryIO | None = None, progress: Callable[[int], None] | None = None
) -> ImportReport:
    """Read a whole file and report on it; nothing is written but the good rows to `spool`, for apply_import.

    `progress` is told how far the file is read, in bytes from its start.
    """
    report = ImportReport(imported_before=bulk.count_imported(db, incoming.wave.id))
    plan = incoming.plan
    try:
        _refuse(disagreements(plan, incoming.instrument))
        rows = read_rows(incoming.file, plan.encoding, plan.delimiter)
        with closing(rows), closing(_Occurrences()) as seen:
            columns = _heading(next(rows, None), plan)
            maker = _RowMaker(incoming, columns, seen, report)
            for batch in _batches(rows):
                ready = [one for number, cells in batch if (one := maker.make(number, cells))]
                _count_known(db, incoming.wave, ready, report)
                if spool is not None:
                    spool.writelines(msgspec.json.encode(one) + b"\n" for one in ready)
                if progress is not None:
                    progress(incoming.file.tell())
    except ImportRefused as refused:
        for problem in refused.problems:
            report.note(problem)
    return report


def _refuse(problems: Sequence[str]) -> None:
    """Raise ImportRefused when there are problems."""
    if problems:
        raise ImportRefused(tuple(problems))


def _batches(rows: Iterable[Part]) -> Iterator[list[Part]]:
    """Yield rows in lists of `BATCH`, the last one shorter."""
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _heading(first: Numbered | None, plan: ImportMap) -> list[str]:
    """Return the names of the columns; raise ImportRefused when they are not those that the map speaks of."""
    if first is None or not any(cell.strip() for cell in first[1]):
        raise ImportRefused(("row 1: there is no heading; the first row names the columns",))
    columns = [cell.strip() for cell in first[1]]
    used, known = plan.used_columns(), {*plan.used_columns(), *plan.ignore}
    problems = [f"row 1: there is no column {name!r}, which the map reads" for name in used if name not in columns]
    problems += [
        f"row 1: the map does not say what the column {name!r} is; add it to columns or to ignore"
        for name in dict.fromkeys(columns)
        if name not in known
    ]
    twice = [name for name, count in Counter(columns).items() if count > 1 and name in used]
    _refuse(problems + [f"row 1: the column {name!r} stands twice" for name in twice])
    return columns


class _RowMaker:
    """Makes responses of a file's rows; what is wrong with a row, and why one is left out, goes into the report."""

    def __init__(self, incoming: Incoming, columns: Sequence[str], seen: _Occurrences, report: ImportReport) -> None:
        self._incoming, self._seen, self._report, self._width = incoming, seen, report, len(columns)
        self._used = [columns.index(name) for name in incoming.plan.used_columns()]
        self._reader = RowReader(incoming.plan, incoming.instrument, columns, incoming.language, incoming.today)

    def make(self, number: int, cells: Sequence[str]) -> Ready | None:
        """Return a row ready to be written, or None for one that is blank, wrong or left out."""
        if not any(cell.strip() for cell in cells):
            return None
        self._report.rows += 1
        read = self._read(number, cells)
        if read is None or read.week is None:
            return None
        return self._kept(read, read.week, self._mark(cells))

    def _read(self, number: int, cells: Sequence[str]) -> ReadRow | None:
        """Return what a row says, or None when something is wrong with it."""
        if len(cells) < self._width or any(cell.strip() for cell in cells[self._width :]):
            self._report.note(f"row {number}: has {len(cells)} cells, but the heading has {self._width}")
            return None
        read = self._reader.read(cells)
        for name, message in read.problems:
            self._report.note(f"row {number}, column {name!r}: {message}")
        return None if read.problems else read

    def _mark(self, cells: Sequence[str]) -> bytes:
        """Return the 32 bytes by which a row is known again: what it says in the columns read, and which of equal rows.

        Columns that the map ignores (names, addresses) have no part in it. Without the key nobody can try out words.
        """
        said = [self._incoming.plan.source, *(" ".join(cells[place].split()) for place in self._used)]
        digest = hmac.digest(self._incoming.key, msgspec.json.encode(said), "sha256")
        return hmac.digest(self._incoming.key, digest + self._seen.number_of(digest).to_bytes(8), "sha256")

    def _kept(self, read: ReadRow, week: date, mark: bytes) -> Ready | None:
        """Return what is kept of a row, or None when it makes no response."""
        plan, instrument = self._incoming.plan, self._incoming.instrument
        kept = keep_row(plan, instrument, read, self._incoming.wave.texts_open)
        if kept.why_not:
            self._report.left_out[kept.why_not] += 1
            return None
        self._report.off_path += kept.off_path
        return make_ready(instrument, kept.sheet, week=week, language=read.language, form=plan.form, source=mark)


def _count_known(db: Session, wave: WaveFacts, ready: Sequence[Ready], report: ImportReport) -> None:
    """Count which rows the wave has already."""
    known = _known(db, wave, ready)
    report.known += len(known)
    report.new += len(ready) - len(known)


def _known(db: Session, wave: WaveFacts, ready: Sequence[Ready]) -> set[bytes]:
    return responses.list_known_sources(db, wave.id, [one.source for one in ready if one.source])


def apply_import(
    db: Session, scope: Scope, incoming: Incoming, spool: BinaryIO, progress: Callable[[int], None] | None = None
) -> int:
    """Write the rows that check_import put into `spool` and the wave does not have; return how many there were.

    `progress` is told how many rows of the spool are done. The caller commits: all of it, or nothing. Raise
    ImportRefused when the wave got another key since the check.
    """
    wave, mode = incoming.wave, incoming.plan.response_mode
    taking = Taking(wave, incoming.instrument, mode, incoming.screening, incoming.today)
    if not bulk.keep_import_key(db, wave.id, incoming.key):
        raise ImportRefused((f"Something else was brought into {wave.slug} meanwhile. Run the command again.",))
    bulk.make_room(db)
    spool.seek(0)
    decode = msgspec.json.Decoder(Ready).decode
    added = done = 0
    for batch in _batches(map(decode, spool)):
        known = _known(db, wave, batch)
        added += add_ready(db, scope, taking, [one for one in batch if one.source not in known])
        done += len(batch)
        if progress is not None:
            progress(done)
    return added
