"""Talks as anybody may see them: what is to come, one talk, and those that can be booked in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_app.domain.errors import TalkUnknown
from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.talk import TalkFacts, TalkState
from feedback_app.store import talks
from feedback_app.store.talks import TermFacts

PUBLIC = (TalkState.PUBLISHED, TalkState.CANCELLED)  # one that is cancelled says so: messages have links to it
FEWEST_TOGETHER = 2


class Kind(StrEnum):
    """What talks can be booked by in one go."""

    TERM = "term"
    SERIES = "series"


@dataclass(frozen=True)
class Together:
    """A term or a series, and its talks that can be booked now."""

    kind: Kind
    slug: str
    name: str
    talks: tuple[TalkFacts, ...]


def list_public(db: Session, scope: Scope, now: datetime, timezone: str) -> list[TalkFacts]:
    """Return the talks that are not over yet, by day and time; those that were cancelled too."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    found = talks.list_talks(db, scope, states=PUBLIC, from_day=today)
    return [talk for talk in found if talk.ends_at(timezone) > now]


def list_next(db: Session, scope: Scope, now: datetime, timezone: str, most: int) -> list[TalkFacts]:
    """Return the next talks that can be booked, at most so many, the earliest first."""
    return [talk for talk in list_public(db, scope, now, timezone) if talk.can_be_booked(now, timezone)][:most]


def get_public(db: Session, scope: Scope, slug: str) -> TalkFacts:
    """Return a talk that was published, also one that is over or cancelled; raise TalkUnknown."""
    found = talks.find_talk(db, scope, slug)
    if found is None or found.state not in PUBLIC:
        raise TalkUnknown(slug)
    return found


def list_together(
    db: Session, scope: Scope, upcoming: Sequence[TalkFacts], now: datetime, timezone: str
) -> list[Together]:
    """Return the terms and series of which several talks can be booked now; ``upcoming`` as `list_public` gives."""
    bookable = [talk for talk in upcoming if talk.can_be_booked(now, timezone)]
    terms = [(Kind.TERM, one) for one in talks.list_terms(db, scope)]
    found = [_together(kind, one, bookable) for kind, one in terms]
    found += [_together(Kind.SERIES, one, bookable) for one in talks.list_series(db, scope)]
    return [one for one in found if len(one.talks) >= FEWEST_TOGETHER]


def get_together(db: Session, scope: Scope, kind: str, slug: str, now: datetime, timezone: str) -> Together:
    """Return a term or series with its talks that can be booked now, none or one as well; raise TalkUnknown."""
    wanted = next((one for one in Kind if one == kind), None)
    if wanted is None:
        raise TalkUnknown(slug)
    known = talks.list_terms(db, scope) if wanted is Kind.TERM else talks.list_series(db, scope)
    one = next((one for one in known if one.slug == slug), None)
    if one is None:
        raise TalkUnknown(slug)
    today = now.astimezone(ZoneInfo(timezone)).date()
    term, series = (one.id, None) if wanted is Kind.TERM else (None, one.id)
    states = [TalkState.PUBLISHED]
    found = talks.list_talks(db, scope, states=states, from_day=today, term_id=term, series_id=series)
    return Together(wanted, slug, one.name, tuple(talk for talk in found if talk.can_be_booked(now, timezone)))


def _together(kind: Kind, one: TermFacts, bookable: Sequence[TalkFacts]) -> Together:
    ours = [talk for talk in bookable if one.id == (talk.term_id if kind is Kind.TERM else talk.series_id)]
    return Together(kind, one.slug, one.name, tuple(ours))
