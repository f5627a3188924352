"""Moving and cancelling talks that families have signed up to, and taking that back before anybody was told.

A change is there at once; the messages about it are due some minutes later (`undo_minutes`). Until the first of them
goes, undoing puts everything back as it was. Every function locks the talk's ways and the talk first.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.planning import Place, When
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import MessageKind, MessageState, OfferEnd, SignUpState, TalkFacts, TalkState
from feedback_app.services.notifying import notify
from feedback_app.services.planning_talks import NotNow, lock_talk
from feedback_app.services.waiting_list import Clock, offer_free_places
from feedback_app.store import sign_ups, talk_planning
from feedback_app.store.sign_ups import SignUpFacts
from feedback_app.store.talk_planning import Put

LIVE = tuple(state for state in SignUpState if state.is_live)
_OF_THE_MOVE = ("at", "venue_id", "ways", "before")  # kept with what a talk was, so that moving it can be undone


@dataclass(frozen=True)
class Undo:
    """What was done last to a talk and can be taken back without a word."""

    kind: MessageKind
    until: datetime | None  # None: nobody is to be told, so at any time before the talk
    families: int  # that would be told


@dataclass(frozen=True)
class Change:
    """What moving a talk changes, and how many families are told of it."""

    when: bool
    venue: bool
    added: tuple[Way, ...]
    removed: tuple[Way, ...]
    families: int

    @property
    def is_any(self) -> bool:
        """Return whether anything changes at all."""
        return bool(self.is_told or self.added or self.removed)

    @property
    def is_told(self) -> bool:
        """Return whether it is something that families have to know: a way more or less moves nobody."""
        return self.when or self.venue


def look_at_move(db: Session, scope: Scope, talk: TalkFacts, when: When, place: Place) -> Change:
    """Return what would change; raise NotNow where a way would go in which families come, or wait."""
    before, after = {one.way for one in talk.ways}, set(place.ways)
    live = _live(db, scope, talk)
    if any(one.way not in after for one in live):
        raise NotNow(talk.slug, "way_in_use")
    is_moved = When(talk.day, talk.starts, talk.ends) != when
    is_elsewhere = _venue_id(talk) != place.venue_id and Way.IN_PERSON in before & after
    told = [one for one in live if is_moved or (is_elsewhere and one.way is Way.IN_PERSON)]
    return Change(is_moved, is_elsewhere, tuple(sorted(after - before)), tuple(sorted(before - after)), len(told))


def move(db: Session, scope: Scope, talk: TalkFacts, when: When, place: Place, clock: Clock) -> Change:
    """Hold a published talk at another time, at another place or in other ways; raise NotNow.

    Everybody keeps their places. Those whom it concerns are told some minutes later, and can say no. A move that nobody
    was told of yet is taken back first: then it never was.
    """
    now_there = lock_talk(db, scope, talk)
    if not now_there.can_be_booked(clock.now, clock.timezone):
        raise NotNow(talk.slug, "not_open")
    change = look_at_move(db, scope, now_there, when, place)
    if not change.is_any:
        return change
    newcomers = list[SignUpFacts]()
    if change.is_told and _open_move(db, scope, now_there, clock):
        newcomers = _put_back(db, scope, now_there)
        now_there = lock_talk(db, scope, talk)
        change = look_at_move(db, scope, now_there, when, place)
    sequence = now_there.sequence + 1
    told = {"day": when.day, "starts": when.starts, "ends": when.ends, "venue_id": place.venue_id, "sequence": sequence}
    if change.is_told:
        told["moved_from"] = _as_it_was(now_there, sequence, clock.now)
    talk_planning.update_talk(db, scope, talk.id, **told)
    there = {one.way: one.capacity for one in now_there.ways}
    talk_planning.update_ways(db, scope, talk.id, {way: there.get(way, n) for way, n in place.ways.items()})
    concerned = [one for one in _live(db, scope, now_there) if change.when or (change.venue and _is_there(one))]
    _tell_moved(db, scope, concerned, now_there, sequence, clock)
    known = {one.id for one in concerned}
    _tell_changed(db, scope, [one for one in newcomers if one.id not in known], sequence, clock)
    offer_free_places(db, scope, talk.id, clock)
    return change


def find_undo(db: Session, scope: Scope, talk: TalkFacts, clock: Clock) -> Undo | None:
    """Return what can be taken back without a word, or None."""
    if talk.has_begun(clock.now, clock.timezone):
        return None
    if talk.state is TalkState.CANCELLED:
        put = _put_when_cancelled(db, scope, talk)
        return Undo(MessageKind.CALLED_OFF, _soonest(put), len(put)) if _none_gone(put, clock.now) else None
    return _open_move(db, scope, talk, clock)


def undo(db: Session, scope: Scope, talk: TalkFacts, clock: Clock) -> MessageKind:
    """Put a talk back as it was before it was moved or cancelled, and tell nobody; raise NotNow once one was told.

    Only who booked after the move is told: they know the talk by what is taken back.
    """
    now_there = lock_talk(db, scope, talk)
    found = find_undo(db, scope, now_there, clock)
    if found is None:
        is_changed = now_there.state is TalkState.CANCELLED or "at" in (now_there.moved_from or {})
        raise NotNow(talk.slug, "told" if is_changed else "as_it_was")
    if found.kind is MessageKind.MOVED:
        _tell_changed(db, scope, _put_back(db, scope, now_there), now_there.sequence + 1, clock)
    else:
        _bring_back(db, scope, now_there, _put_when_cancelled(db, scope, now_there), reopen=True)
    offer_free_places(db, scope, talk.id, clock)
    return found.kind


def cancel(db: Session, scope: Scope, talk: TalkFacts, because: str, clock: Clock) -> int | None:
    """Cancel a published talk; return how many families will be told, with the reason; raise NotNow.

    None: it is cancelled already, with the reason that was given then.
    """
    now_there = lock_talk(db, scope, talk)
    if now_there.state is TalkState.CANCELLED:
        return None
    if not now_there.can_be_booked(clock.now, clock.timezone):
        raise NotNow(talk.slug, "not_open")
    sequence = now_there.sequence + 1
    told = {"state": TalkState.CANCELLED.value, "cancelled_because": because, "sequence": sequence}
    talk_planning.update_talk(db, scope, talk.id, **told)
    live = _live(db, scope, now_there)
    for one in live:
        offer = talk_planning.find_open_offer(db, scope, one.id)
        sign_ups.end_offer(db, scope, one.id, OfferEnd.WITHDRAWN)
        sign_ups.update_sign_up(db, scope, one.id, state=SignUpState.CALLED_OFF.value)
        notify(
            db, scope, MessageKind.CALLED_OFF, once=f"called_off/{one.id}/{sequence}", now=clock.now,
            due_at=_due(clock), sign_up_id=one.id, about={"was": one.state.value, "offer": str(offer or "")},
        )  # fmt: skip
    return len(live)


def hold_after_all(db: Session, scope: Scope, talk: TalkFacts, clock: Clock) -> int | None:
    """Hold a cancelled talk after all: families have their places again and are told; return how many; raise NotNow.

    None: it is on already.
    """
    now_there = lock_talk(db, scope, talk)
    if now_there.state is TalkState.PUBLISHED:
        return None
    if now_there.state is not TalkState.CANCELLED or now_there.has_begun(clock.now, clock.timezone):
        raise NotNow(talk.slug, "not_open")
    put = _put_when_cancelled(db, scope, now_there)
    _bring_back(db, scope, now_there, put, reopen=False)
    told = [one for one in put if _has_gone(one)]
    for one in told:
        once = f"back_on/{one.sign_up_id}/{now_there.sequence + 1}"
        notify(db, scope, MessageKind.BACK_ON, once=once, now=clock.now, due_at=_due(clock), sign_up_id=one.sign_up_id)
    offer_free_places(db, scope, talk.id, clock)
    return len(told)


def _live(db: Session, scope: Scope, talk: TalkFacts) -> list[SignUpFacts]:
    return sign_ups.list_sign_ups(db, scope, talk_id=talk.id, states=LIVE)


def _is_there(sign_up: SignUpFacts) -> bool:
    return sign_up.way is Way.IN_PERSON


def _venue_id(talk: TalkFacts) -> uuid.UUID | None:
    return talk.venue.id if talk.venue else None


def _due(clock: Clock) -> datetime:
    return clock.now + timedelta(minutes=clock.rules.undo_minutes)


def _soonest(put: Sequence[Put]) -> datetime | None:
    return min((one.due_at for one in put), default=None)


def _has_gone(put: Put) -> bool:
    """Return whether a message is out, or on its way; one that failed may have been read all the same."""
    return put.queued or put.state is not MessageState.WAITING


def _none_gone(put: Sequence[Put], now: datetime) -> bool:
    return not any(_has_gone(one) or one.due_at <= now for one in put)


def _put_when_cancelled(db: Session, scope: Scope, talk: TalkFacts) -> list[Put]:
    """Return the messages that were put when a talk was cancelled; each knows how its sign-up stood before."""
    rows = sign_ups.list_sign_ups(db, scope, talk_id=talk.id, states=[SignUpState.CALLED_OFF])
    keys = [f"called_off/{row.id}/{talk.sequence}" for row in rows]
    return talk_planning.list_put(db, scope, MessageKind.CALLED_OFF, keys)


def _bring_back(db: Session, scope: Scope, talk: TalkFacts, put: Sequence[Put], *, reopen: bool) -> None:
    """Publish a cancelled talk again with every family as it stood; take back the messages that have not gone.

    Places that were offered are offered as before (`reopen`), or else anew: the family has its turn again.
    """
    told = {"state": TalkState.PUBLISHED.value, "cancelled_because": "", "sequence": talk.sequence + 1}
    talk_planning.update_talk(db, scope, talk.id, **told)
    for one in put:
        state = SignUpState(one.about["was"])
        if state is SignUpState.OFFERED and reopen and one.about["offer"]:
            talk_planning.reopen_offer(db, scope, uuid.UUID(one.about["offer"]))
        elif state is SignUpState.OFFERED:
            state = SignUpState.WAITING
        sign_ups.update_sign_up(db, scope, one.sign_up_id, state=state.value)
    _drop(db, scope, talk, MessageKind.CALLED_OFF, [one for one in put if not _has_gone(one)], talk.sequence)


def _drop(db: Session, scope: Scope, talk: TalkFacts, kind: MessageKind, put: Sequence[Put], sequence: int) -> None:
    """Take messages back; raise NotNow when one of them has been queued in this very moment."""
    keys = [f"{kind.value}/{one.sign_up_id}/{sequence}" for one in put]
    if talk_planning.drop_put(db, scope, kind, keys) < len(keys):
        raise NotNow(talk.slug, "told")


def _as_it_was(talk: TalkFacts, sequence: int, now: datetime) -> dict[str, str]:
    """Return what a talk was before it is moved: what families read, and what putting it back needs."""
    before = {key: value for key, value in (talk.moved_from or {}).items() if key not in _OF_THE_MOVE}
    return {
        "day": talk.day.isoformat(),
        "starts": f"{talk.starts:%H:%M}",
        "ends": f"{talk.ends:%H:%M}",
        "venue": talk.venue.name if talk.venue else "",
        "sequence": str(sequence),
        "at": now.astimezone(UTC).isoformat(),
        "venue_id": str(_venue_id(talk) or ""),
        "ways": json.dumps({one.way.value: one.capacity for one in talk.ways}),
        "before": json.dumps(before) if before else "",
    }


def _put_when_moved(db: Session, scope: Scope, talk: TalkFacts, sequence: str) -> list[Put]:
    rows = sign_ups.list_sign_ups(db, scope, talk_id=talk.id)
    keys = [f"moved/{row.id}/{sequence}" for row in rows]
    return talk_planning.list_put(db, scope, MessageKind.MOVED, keys)


def _open_move(db: Session, scope: Scope, talk: TalkFacts, clock: Clock) -> Undo | None:
    """Return the move of a published talk that nobody was told of yet, or None."""
    was = talk.moved_from
    if talk.state is not TalkState.PUBLISHED or not was or "at" not in was:
        return None
    until = datetime.fromisoformat(was["at"]) + timedelta(minutes=clock.rules.undo_minutes)
    put = _put_when_moved(db, scope, talk, was["sequence"])
    return Undo(MessageKind.MOVED, until, len(put)) if clock.now < until and _none_gone(put, clock.now) else None


def _put_back(db: Session, scope: Scope, talk: TalkFacts) -> list[SignUpFacts]:
    """Put a moved talk back where it was, take its messages back, and return who has signed up since it was moved.

    A way that has come with the move stays where somebody has signed up for it.
    """
    was: Mapping[str, str] = talk.moved_from or {}
    live, capacities = _live(db, scope, talk), {one.way: one.capacity for one in talk.ways}
    ways = {Way(way): capacities.get(Way(way), int(capacity)) for way, capacity in json.loads(was["ways"]).items()}
    ways |= {one.way: capacities[one.way] for one in live if one.way not in ways}
    _drop(db, scope, talk, MessageKind.MOVED, _put_when_moved(db, scope, talk, was["sequence"]), int(was["sequence"]))
    talk_planning.update_talk(
        db,
        scope,
        talk.id,
        day=date.fromisoformat(was["day"]),
        starts=time.fromisoformat(was["starts"]),
        ends=time.fromisoformat(was["ends"]),
        venue_id=uuid.UUID(was["venue_id"]) if was["venue_id"] else None,
        sequence=talk.sequence + 1,
        moved_from=json.loads(was["before"]) if was["before"] else None,
    )
    talk_planning.update_ways(db, scope, talk.id, ways)
    moved_at = datetime.fromisoformat(was["at"])
    return [one for one in live if one.asked_at is not None and one.asked_at > moved_at]


def _tell_changed(db: Session, scope: Scope, told: Sequence[SignUpFacts], sequence: int, clock: Clock) -> None:
    """Tell families who booked a talk as it was after a move that is taken back how their booking stands now."""
    for one in told:
        once = f"changed/{one.id}/moved/{sequence}"
        notify(db, scope, MessageKind.CHANGED, once=once, now=clock.now, sign_up_id=one.id)


def _tell_moved(
    db: Session, scope: Scope, told: Sequence[SignUpFacts], was: TalkFacts, sequence: int, clock: Clock
) -> None:
    """Put the message that a talk has moved, for each of these families; `was` is what they know of it."""
    about = {"day": was.day.isoformat(), "starts": f"{was.starts:%H:%M}", "ends": f"{was.ends:%H:%M}"}
    about["venue"] = was.venue.name if was.venue else ""
    for one in told:
        once = f"moved/{one.id}/{sequence}"
        due = _due(clock)
        notify(db, scope, MessageKind.MOVED, once=once, now=clock.now, due_at=due, sign_up_id=one.id, about=about)
