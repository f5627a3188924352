"""The waiting list: first come, first offered, all of a family's places or none. Nobody goes before their turn."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from feedback_app.domain.talks.programme import Rules
from feedback_app.domain.talks.talk import SignUpState, WayFacts

SOON = timedelta(days=3)
BEFORE_IT_BEGINS = timedelta(hours=1)  # by then an offer has ended, so that the organisers know who comes
LEAST = timedelta(hours=1)  # of the day, to answer in; where there is less, a free place is for whoever comes


@dataclass(frozen=True)
class Turn:
    """A family's turn on the waiting list of one way of attending; ``queue`` rises with each who joins."""

    sign_up_id: uuid.UUID
    queue: int
    places: int


def state_for(way: WayFacts, places: int) -> SignUpState:
    """Return whether a family that asks for so many places gets them now, or has to wait behind those who wait."""
    return SignUpState.BOOKED if places <= way.left else SignUpState.WAITING


def next_offers(free: int, turns: Iterable[Turn], capacity: int | None = None) -> list[Turn]:
    """Return whose turn it is now, in order: it ends at the first family that is larger than what is left for it.

    A family that wants more than the room holds (`capacity`) cannot be served whoever leaves: it keeps its turn, for
    the room may grow, and nobody waits behind it meanwhile.
    """
    offers = []
    for turn in sorted(turns, key=lambda turn: turn.queue):
        if capacity is not None and turn.places > capacity:
            continue
        if turn.places > free:
            break
        offers.append(turn)
        free -= turn.places
    return offers


def held_up_by(free: int, turns: Iterable[Turn], capacity: int) -> Turn | None:
    """Return whose turn it is while some places are free, and fewer than they want; `turns` are without offers."""
    fitting = [turn for turn in sorted(turns, key=lambda turn: turn.queue) if turn.places <= capacity]
    return fitting[0] if fitting and 0 < free < fitting[0].places else None


def offer_until(now: datetime, starts_at: datetime, rules: Rules, timezone: str) -> datetime | None:
    """Return, in UTC, until when places offered now are held; None when it is too late to offer any.

    Whole days are days of the calendar, and of the hours left over those of the night do not count: somebody who is
    offered places at 3 in the morning has not been asked yet, and nobody has to stay up for an answer.
    """
    starts_at = starts_at.astimezone(UTC)
    awake = _when_awake(now, rules, timezone)
    last = starts_at - BEFORE_IT_BEGINS
    if _awake_for(awake, LEAST, rules).astimezone(UTC) > last:
        return None
    soon = starts_at - now.astimezone(UTC) < SOON
    days, hours = divmod(rules.offer_hours_late if soon else rules.offer_hours, 24)
    until = _awake_for(awake + timedelta(days=days), timedelta(hours=hours), rules)
    return min(until.astimezone(UTC), last)


def _when_awake(now: datetime, rules: Rules, timezone: str) -> datetime:
    """Return now, or the end of the quiet hours that it is in, as a time on the wall."""
    local = now.astimezone(ZoneInfo(timezone))
    if local.time() < rules.quiet_until:
        return datetime.combine(local, rules.quiet_until, local.tzinfo)
    if local.time() >= rules.quiet_from:
        return datetime.combine(local + timedelta(days=1), rules.quiet_until, local.tzinfo)
    return local


def _awake_for(local: datetime, left: timedelta, rules: Rules) -> datetime:
    """Return when so much time has gone by that is not night; `local` is not in it."""
    while True:
        evening = datetime.combine(local, rules.quiet_from, local.tzinfo)
        if left <= evening - local:
            return local + left
        left -= evening - local
        local = datetime.combine(local + timedelta(days=1), rules.quiet_until, local.tzinfo)


def position(turns: Sequence[Turn], sign_up_id: uuid.UUID) -> int | None:
    """Return which turn a family has, from 1, or None where it does not wait."""
    order = [turn.sign_up_id for turn in sorted(turns, key=lambda turn: turn.queue)]
    return order.index(sign_up_id) + 1 if sign_up_id in order else None
