"""What readers outside the SEND team see of a wave (R5): the figures of its latest snapshot, as they were frozen."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.freezing import VERSION, NotFrozen, freeze, thaw
from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown
from feedback_app.domain.errors import FiguresNotRemade, GroupsComeLater, NothingShownYet
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.partnership import Geography
from feedback_app.domain.population import Frame
from feedback_app.domain.who_answered import who_answered
from feedback_app.services.ledger import State, live_state
from feedback_app.services.remembering import Memory
from feedback_app.services.wave_summary import InvitedList, Quality, WaveSummary, WeightingFacts
from feedback_app.store import responses, snapshots
from feedback_app.store.snapshots import SnapshotFacts
from feedback_app.store.waves import WaveFacts

Standing = Mapping[str, Mapping[str, SafeBreakdown]]  # item -> dimension -> the question's breakdown by it
Rules = Mapping[str, Any]  # what figures are protected by, as plain data: see rules_of

_summaries: Memory[Mapping[str, Any]] = Memory(64)
_breakdowns: Memory[Standing] = Memory(16)


@dataclass(frozen=True)
class Seen:
    """Which of a wave's answers an audience's figures are made of: those of a snapshot, or all that came in."""

    snapshot: SnapshotFacts | None
    state: State

    @classmethod
    def of(cls, snapshot: SnapshotFacts) -> Seen:
        """Return what a snapshot shows."""
        return cls(snapshot, State(True, snapshot.number))

    @property
    def upto(self) -> int | None:
        """Return the snapshot's number, or None where all answers are counted."""
        return None if self.snapshot is None else self.snapshot.number

    @property
    def grouped(self) -> bool:
        """Return whether groups of people are shown, and what only some were asked; else what everybody was asked."""
        return self.snapshot is None or self.snapshot.grouped


def get_seen(db: Session, wave: WaveFacts, audience: Audience) -> Seen:
    """Return what an audience sees of a wave; raise NothingShownYet where that is a snapshot and there is none yet."""
    if audience.sees_live:
        return Seen(None, live_state(db, wave))
    latest = snapshots.find_latest(db, wave.id)
    if latest is None:
        raise NothingShownYet(wave.slug)
    return Seen.of(latest)


def check_grouped(wave: WaveFacts, seen: Seen) -> None:
    """Raise GroupsComeLater where a snapshot shows a wave as a whole only."""
    if not seen.grouped:
        raise GroupsComeLater(wave.slug, wave.closed_from)


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


def pack_summary(summary: WaveSummary, rules: Rules) -> bytes:
    """Return what of a summary is frozen: all that rests on answers, and the rules that protected it.

    Words are not, for readers have languages; nor who answered, which follows from the protected tables.
    """
    return pack(
        {
            "rules": rules,
            "number": summary.number,
            "release": summary.release,
            "weighting": _as_fields(summary.weighting),
            "quality": _as_fields(summary.quality),
            "invited": _as_fields(summary.invited),
        }
    )


def rules_of(policy: Policy, geography: Geography) -> Rules:
    """Return what a snapshot's figures are protected by: the thresholds, the map and the program's version of both."""
    places = sha256(geography.model_dump_json().encode()).hexdigest()
    return {"policy": policy.model_dump(), "geography": places, "version": VERSION}


def same_rules(db: Session, snapshot: SnapshotFacts, policy: Policy, geography: Geography) -> bool:
    """Return whether a snapshot was frozen by the rules of today: only then may more be made of its answers."""
    return _find_rules(db, snapshot) == rules_of(policy, geography)


def _find_rules(db: Session, snapshot: SnapshotFacts) -> Rules | None:
    """Return the rules that a snapshot was frozen by, or None where this program cannot read them."""
    try:
        rules: Rules | None = _get_held(db, snapshot).get("rules")
    except NotFrozen:
        return None
    return rules


def _is_as_strict(then: Rules, policy: Policy) -> bool:
    """Return whether no threshold is higher today than when figures were frozen."""
    return all(threshold <= then["policy"].get(name, -1) for name, threshold in policy.model_dump().items())


def _as_fields(facts: WeightingFacts | Quality | InvitedList | None) -> dict[str, Any] | None:
    return None if facts is None else {field.name: getattr(facts, field.name) for field in fields(facts)}


def get_summary(
    db: Session, wave: WaveFacts, instrument: Instrument, frame: Frame | None, snapshot: SnapshotFacts
) -> WaveSummary:
    """Return the summary that a snapshot froze, in the words of the instrument given; raise NotFrozen."""
    held = _get_held(db, snapshot)
    try:
        number, release, weighting = held["number"], held["release"], WeightingFacts(**held["weighting"])
        quality = None if held["quality"] is None else Quality(**held["quality"])
        invited = None if held["invited"] is None else InvitedList(**held["invited"])
    except (KeyError, TypeError) as wrong:
        raise NotFrozen("the frozen summary has other parts than this program's") from wrong
    return WaveSummary(
        wave=wave,
        instrument=instrument,
        number=number,
        release=release,
        weighting=weighting,
        who=who_answered(instrument, release, frame),
        quality=quality,
        invited=invited,
        taken_on=snapshot.taken_on,
        grouped=snapshot.grouped,
    )


def _get_held(db: Session, snapshot: SnapshotFacts) -> Mapping[str, Any]:
    """Return what a snapshot's document holds; raise NotFrozen."""
    held = _summaries.find(snapshot.wave_id, snapshot)
    if held is None:
        held = unpack(snapshots.get_document(db, snapshot.wave_id, snapshot.number))
        if not isinstance(held, Mapping):
            raise NotFrozen("the frozen summary is none")
        _summaries.keep(snapshot.wave_id, snapshot, held)
    return held


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
        if not isinstance(found, Mapping):
            return None
        _breakdowns.keep(snapshot.wave_id, snapshot, found)
    return found


def pick_standing(
    db: Session,
    wave: WaveFacts,
    snapshot: SnapshotFacts,
    items: Iterable[str],
    names: Collection[str],
    policy: Policy,
) -> Standing | None:
    """Return some questions' frozen breakdowns by some dimensions; None where they are to be made of the answers.

    Raise FiguresNotRemade where the rules are stricter today than they were, and where the frozen ones lack a question
    or a dimension: those who read the frozen ones are to have no others of the same answers.
    """
    found = find_standing(db, snapshot)
    if found is None:
        return None
    wanted = {item: found.get(item, {}) for item in items}
    lacking = any(name not in tables for tables in wanted.values() for name in names)
    rules = _find_rules(db, snapshot)
    if lacking or rules is None or not _is_as_strict(rules, policy):
        raise FiguresNotRemade(wave.slug, snapshot.taken_on, "rules")
    return wanted


def check_rules(db: Session, wave: WaveFacts, seen: Seen, policy: Policy, geography: Geography) -> None:
    """Raise FiguresNotRemade where a snapshot was frozen by other rules than figures made today would be."""
    if seen.snapshot and not same_rules(db, seen.snapshot, policy, geography):
        raise FiguresNotRemade(wave.slug, seen.snapshot.taken_on, "rules")
