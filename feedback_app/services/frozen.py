"""What readers outside the SEND team see of a wave (R5): the figures of its latest snapshot, as they were frozen."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.freezing import NotFrozen, freeze, thaw
from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown
from feedback_app.domain.errors import FiguresNotRemade, NothingShownYet
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import Frame
from feedback_app.domain.who_answered import who_answered
from feedback_app.services.ledger import State, live_state
from feedback_app.services.remembering import Memory
from feedback_app.services.wave_summary import InvitedList, Quality, WaveSummary, WeightingFacts
from feedback_app.store import responses, snapshots
from feedback_app.store.snapshots import SnapshotFacts
from feedback_app.store.waves import WaveFacts

Standing = Mapping[str, Mapping[str, SafeBreakdown]]  # item -> dimension -> the question's breakdown by it

_summaries: Memory[Mapping[str, Any]] = Memory(64)
_breakdowns: Memory[Standing] = Memory(16)


@dataclass(frozen=True)
class Seen:
    """Which of a wave's answers an audience's figures are made of: those of a snapshot, or all that came in."""

    snapshot: SnapshotFacts | None
    state: State

    @property
    def upto(self) -> int | None:
        """Return the snapshot's number, or None where all answers are counted."""
        return None if self.snapshot is None else self.snapshot.number


def get_seen(db: Session, wave: WaveFacts, audience: Audience) -> Seen:
    """Return what an audience sees of a wave; raise NothingShownYet where that is a snapshot and there is none yet."""
    if audience.sees_live:
        return Seen(None, live_state(db, wave))
    latest = snapshots.find_latest(db, wave.id)
    if latest is None:
        raise NothingShownYet(wave.slug)
    return Seen(latest, State(True, latest.number))


def check_remade(db: Session, wave: WaveFacts, seen: Seen) -> None:
    """Raise FiguresNotRemade when answers that a snapshot counts are gone, so that new figures would be of fewer."""
    snapshot = seen.snapshot
    if snapshot and responses.count_in_snapshot(db, wave.id, snapshot.number) != snapshot.responses:
        raise FiguresNotRemade(wave.slug, snapshot.taken_on)


def pack(value: object) -> bytes:
    """Return protected figures as they are stored: JSON, compressed."""
    return zlib.compress(msgspec.json.encode(freeze(value)))


def unpack(packed: bytes) -> Any:
    """Return stored figures; raise NotFrozen for what this program did not store."""
    try:
        data = msgspec.json.decode(zlib.decompress(packed))
    except (zlib.error, msgspec.DecodeError) as wrong:
        raise NotFrozen("the frozen figures cannot be read") from wrong
    return thaw(data)


def pack_summary(summary: WaveSummary) -> bytes:
    """Return what of a summary is frozen: all that rests on answers.

    Words are not, for readers have languages; nor who answered, which follows from the protected tables.
    """
    return pack(
        {
            "number": summary.number,
            "release": summary.release,
            "weighting": _as_fields(summary.weighting),
            "quality": _as_fields(summary.quality),
            "invited": _as_fields(summary.invited),
        }
    )


def _as_fields(facts: WeightingFacts | Quality | InvitedList | None) -> dict[str, Any] | None:
    return None if facts is None else {field.name: getattr(facts, field.name) for field in fields(facts)}


def get_summary(
    db: Session, wave: WaveFacts, instrument: Instrument, frame: Frame | None, snapshot: SnapshotFacts
) -> WaveSummary:
    """Return the summary that a snapshot froze, in the words of the instrument given."""
    held = _summaries.find(wave.id, snapshot)
    if held is None:
        held = unpack(snapshots.get_document(db, wave.id, snapshot.number))
        _summaries.keep(wave.id, snapshot, held)
    quality, invited = held["quality"], held["invited"]
    return WaveSummary(
        wave=wave,
        instrument=instrument,
        number=held["number"],
        release=held["release"],
        weighting=WeightingFacts(**held["weighting"]),
        who=who_answered(instrument, held["release"], frame),
        quality=None if quality is None else Quality(**quality),
        invited=None if invited is None else InvitedList(**invited),
        taken_on=snapshot.taken_on,
    )


def find_standing(db: Session, snapshot: SnapshotFacts) -> Standing | None:
    """Return the breakdowns by one dimension that a snapshot froze; None where they are to be made of its answers.

    That is so soon after it was taken, and where another version of the program froze them.
    """
    found = _breakdowns.find(snapshot.wave_id, snapshot)
    if found is None and (kept := snapshots.find_breakdowns(db, snapshot.wave_id, snapshot.number)) is not None:
        try:
            found = unpack(kept)
        except NotFrozen:
            return None
        _breakdowns.keep(snapshot.wave_id, snapshot, found)
    return found
