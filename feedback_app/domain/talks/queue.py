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
LAST_OFFER = timedelta(hours=2)  # before the talk; after that a free place is for whoever comes
BEFORE_IT_BEGINS = timedelta(hours=1)  # by then an offer has ended, so that the organisers know who comes


@dataclass(frozen=True)
class Turn:
    """A family's turn on the waiting list of one way of attending; ``queue`` rises with each who joins."""

    sign_up_id: uuid.UUID
    queue: int
    places: int


def state_for(way: WayFacts, places: int) -> SignUpState:
    """Return whether a family that asks for so many places gets them now, or has to wait behind those who wait."""
    return SignUpState.BOOKED if places <= way.left else SignUpState.WAITING


def next_offers(free: int, turns: Iterable[Turn]) -> list[Turn]:
    """Return whose turn it is now, in order: it ends at the first family that is larger than what is left for it."""
    offers = []
    for turn in sorted(turns, key=lambda turn: turn.queue):
        if turn.places > free:
            break
        offers.append(turn)
        free -= turn.places
    return offers


def offer_until(now: datetime, starts_at: datetime, rules: Rules, timezone: str) -> datetime | None:
    """Return, in UTC, until when places offered now are held; None when it is too late to offer any.

    Hours of the night do not count: somebody who is offered places at 3 in the morning has not been asked yet.
    """
    if starts_at - now < LAST_OFFER:
        return None
    hours = rules.offer_hours_late if starts_at - now < SOON else rules.offer_hours
    until = _when_awake(now, rules, timezone) + timedelta(hours=hours)
    return min(until, starts_at - BEFORE_IT_BEGINS).astimezone(UTC)


def _when_awake(now: datetime, rules: Rules, timezone: str) -> datetime:
    """Return now, or the end of the quiet hours that it is in."""
    local = now.astimezone(ZoneInfo(timezone))
    morning = local.replace(hour=rules.quiet_until.hour, minute=rules.quiet_until.minute, second=0, microsecond=0)
    if local.time() < rules.quiet_until:
        return morning
    return morning + timedelta(days=1) if local.time() >= rules.quiet_from else now


def position(turns: Sequence[Turn], sign_up_id: uuid.UUID) -> int | None:
    """Return which turn a family has, from 1, or None where it does not wait."""
    order = [turn.sign_up_id for turn in sorted(turns, key=lambda turn: turn.queue)]
    return order.index(sign_up_id) + 1 if sign_up_id in order else None
