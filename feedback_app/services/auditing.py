"""The audit log: who saw, changed, took out, published or decided what, when and why. Never a respondent."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from feedback_app.domain.audit_chain import START, Entry, Link, Verified, verify
from feedback_app.domain.audit_search import EVERYTHING, Sought
from feedback_app.domain.scope import Scope
from feedback_app.reports.cells import safe_cell
from feedback_app.store import audit

EXACT_FIGURES = "exact figures"
ALL_WAVES = "all waves"  # the subject of what is about no single one
FIGURES_SEEN = "figures seen"
GROUPS_SEEN = "groups seen"
COMPARISON_SEEN = "comparison seen"
THEMES_SEEN = "themes seen"
TABLES_EXPORTED = "tables exported"
REFUSED = "refused"
LOG_READ = "audit log read"
LOG_CHECKED = "audit log checked"
LOG_EXPORTED = "audit log exported"
LOG = "audit log"  # the subject of what is done with the log itself
A_PAGE = 50
LATELY = 5_000  # entries among which words for what was done are offered
COLUMNS = ("number", "at", "actor", "action", "subject", "reason", "before", "hash")


@dataclass(frozen=True)
class Page:
    """Entries as they are looked at, the newest first; ``older`` is where the next page begins, None at the end."""

    entries: tuple[Entry, ...]
    older: int | None


def note_action(
    db: Session, scope: Scope, *, at: datetime, actor: str, action: str, subject: str, reason: str = ""
) -> None:
    """Write down who did what with which wave, in the transaction that does it."""
    audit.add_entry(db, scope, at=at, actor=actor, action=action, subject=subject, reason=reason)


def is_noted(
    db: Session, scope: Scope, *, at: datetime, actor: str, action: str, subject: str | None = None, reason: str = ""
) -> bool:
    """Return whether this was written down on the day of ``at`` already; of any subject where none is given."""
    since = at.replace(hour=0, minute=0, second=0, microsecond=0)
    about = {"reason": reason} | ({} if subject is None else {"subject": subject})
    return audit.was_noted(db, scope, since=since, actor=actor, action=action, about=about)


def note_once_a_day(
    db: Session,
    scope: Scope,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    reason: str = "",
    any_subject: bool = False,
) -> None:
    """Write down who did what unless it stands in the log of that day already, also when two do it at once."""
    audit.wait_for_turn(db, scope)
    about = None if any_subject else subject
    if not is_noted(db, scope, at=at, actor=actor, action=action, subject=about, reason=reason):
        note_action(db, scope, at=at, actor=actor, action=action, subject=subject, reason=reason)


def verify_log(db: Session, scope: Scope, noted: Link = START) -> Verified:
    """Return whether the whole log is as it was written; ``noted`` is what was written down elsewhere earlier."""
    with closing(audit.iterate_entries(db, scope)) as entries:
        return verify(entries, noted)


def is_guarded(db: Session) -> bool:
    """Return whether the database refuses to change or remove entries, as it did when the log was set up."""
    return audit.is_guarded(db)


def page_of(db: Session, scope: Scope, sought: Sought, before: int | None = None) -> Page:
    """Return a page of entries, the newest first: those numbered under ``before`` where it is given."""
    found = audit.list_before(db, scope, sought, before, A_PAGE + 1)
    shown = found[:A_PAGE]
    return Page(tuple(shown), shown[-1].number if len(found) > A_PAGE else None)


def words_lately(db: Session, scope: Scope) -> list[str]:
    """Return the words for what was done lately, to choose from."""
    return audit.list_actions_lately(db, scope, LATELY)


def last_number(db: Session, scope: Scope) -> int:
    """Return the number of the last entry, 0 when there is none."""
    return audit.last_number(db, scope)


def list_after(db: Session, scope: Scope, sought: Sought, after: int, upto: int) -> list[tuple[Entry, str]]:
    """Return the next entries of a file with the hashes kept for them, the oldest first; none at the end."""
    return audit.list_after(db, scope, sought, after, upto, audit.AT_ONCE)


def csv_lines(entries: Iterable[tuple[Entry, str]]) -> Iterator[str]:
    """Yield entries as lines of CSV, a heading first; no cell is one that a spreadsheet runs."""
    yield _csv_line(COLUMNS)
    for entry, kept in entries:
        told = entry.actor, entry.action, entry.subject, entry.reason
        yield _csv_line((entry.number, _moment(entry), *told, entry.before, kept))


def json_lines(entries: Iterable[tuple[Entry, str]]) -> Iterator[str]:
    """Yield entries as JSON, one a line, exactly as their hashes are made of them."""
    for entry, kept in entries:
        yield json.dumps({**vars(entry), "at": _moment(entry), "hash": kept}, ensure_ascii=False) + "\n"


def iterate_kept(db: Session, scope: Scope, sought: Sought = EVERYTHING) -> Iterator[tuple[Entry, str]]:
    """Yield each entry with the hash kept for it, the oldest first, few in memory at a time."""
    return audit.iterate_entries(db, scope, sought)


def _moment(entry: Entry) -> str:
    return entry.at.astimezone(UTC).isoformat(timespec="microseconds")


def _csv_line(cells: Iterable[str | int]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return text.getvalue()
