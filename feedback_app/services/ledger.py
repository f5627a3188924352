"""The release ledger of a wave (R4): what was shown of its answers as they stand, asked before and told after."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.ledger import Audience, Entry
from feedback_app.domain.scope import Scope
from feedback_app.store import ledger, responses, snapshots, waves
from feedback_app.store.waves import WaveFacts


@dataclass(frozen=True)
class State:
    """One state of a wave's answers: the number of a snapshot, or one that grows with each answer and erasure."""

    frozen: bool
    number: int


def live_state(db: Session, wave: WaveFacts) -> State:
    """Return the state of a wave's answers as they stand.

    Where the latest snapshot counts them all it is that snapshot's: what was shown of either is settled together. Else
    an answer more is 1 more, an erasure takes one answer and adds one erasure: with twice the erasures, each grows it.
    """
    people, erasures = waves.count_state(db, wave.id)
    latest = snapshots.find_latest(db, wave.id)
    if latest and latest.responses == people == responses.count_in_snapshot(db, wave.id, latest.number):
        return State(True, latest.number)
    return State(False, people + 2 * erasures)


def released_inside(db: Session, wave: WaveFacts, state: State) -> list[Entry]:
    """Return what was shown of the latest snapshot, whose groups lie inside those of later answers; of itself none."""
    latest = None if state.frozen else snapshots.find_latest(db, wave.id)
    return released(db, wave, State(True, latest.number)) if latest else []


def released(db: Session, wave: WaveFacts, state: State) -> list[Entry]:
    """Return which crossed breakdowns were shown of a state to anybody, in order."""
    return ledger.list_released(db, wave.id, frozen=state.frozen, state=state.number)


def released_frozen(db: Session, wave: WaveFacts) -> set[tuple[str, ...]]:
    """Return by which two dimensions at once something was shown of any of a wave's snapshots."""
    return ledger.list_pairs(db, wave.id, frozen=True)


def record(
    db: Session,
    scope: Scope,
    wave: WaveFacts,
    state: State,
    *,
    audience: Audience,
    item: str,
    by: tuple[str, ...],
    after: int,
) -> bool:
    """Write that a crossed breakdown is shown, before it is, settled after so many others of its state.

    False where it may not be shown as it was settled: another one was written meanwhile, or the answers are others by
    now. Ask again what was released, and settle it after that. Twice the same changes nothing.

    Nothing more is shown of a snapshot once the next one is there: that was chosen by what had been shown until then.
    Of the answers as they come in only the newest state is kept: who reads those may read rows too, and no two states
    were settled together. Of snapshots all are, for the next one asks which groups the last had shown.
    """
    snapshots.lock_wave(db, wave.id)
    before = released(db, wave, state)
    if any(entry.item == item and entry.by == by for entry in before):
        return True
    newest = ledger.find_newest_state(db, wave.id, frozen=state.frozen)
    if len(before) != after or (newest is not None and newest > state.number):
        return False
    latest = snapshots.find_latest(db, wave.id) if state.frozen else None
    if latest is not None and latest.number != state.number:
        return False
    if not state.frozen:
        ledger.delete_before(db, wave.id, frozen=False, state=state.number)
    entry = Entry(after, item, by, audience)
    return ledger.add_released(db, scope, wave.id, entry, frozen=state.frozen, state=state.number)
