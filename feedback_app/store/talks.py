"""Queries about talks, terms, series and venues."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Table, bindparam, case, func, select
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState, TalkFacts, TalkState, VenueFacts, WayFacts
from feedback_app.store.talk_tables import SignUp, Talk, TalkQuestion, TalkSeries, TalkTerm, TalkWay, Venue

HELD = (SignUpState.BOOKED.value, SignUpState.OFFERED.value)
_TALK, _VENUE, _WAY = (cast(Table, one.__table__) for one in (Talk, Venue, TalkWay))
_OURS, _ID = _TALK.c.partnership == bindparam("ours"), _TALK.c.id == bindparam("talk")


def _count_held() -> Any:
    """Return, of a way of attending, how many places are held and how many families wait."""
    # Who wants more than the room holds is passed over until it grows (see domain.talks.queue.next_offers).
    waits = (SignUp.state == SignUpState.WAITING.value) & (SignUp.places <= _WAY.c.capacity)
    held = func.sum(case((SignUp.state.in_(HELD), SignUp.places), else_=0)), func.sum(case((waits, 1), else_=0))
    of_way = (SignUp.talk_id == _WAY.c.talk_id) & (SignUp.way == _WAY.c.way)
    return [select(func.coalesce(one, 0)).where(of_way).correlate(_WAY).scalar_subquery() for one in held]


def _select_talks() -> Any:
    """Return a row for each way of each talk, with its venue; nothing that is sealed, which costs time to open."""
    of_talk = [one for one in _TALK.c if one.name not in ("partnership", "salt", "joining_link")]
    told_of_venue = "name", "address", "postcode", "district", "features", "access"
    of_venue = _VENUE.c.id.label("venue"), *(_VENUE.c[name].label(f"venue_{name}") for name in told_of_venue)
    held, waiting = _count_held()
    of_way = _WAY.c.way, _WAY.c.capacity, held.label("held"), waiting.label("waiting")
    rows = select(*of_talk, *of_venue, *of_way).outerjoin(_VENUE, _TALK.c.venue_id == _VENUE.c.id)
    return rows.outerjoin(_WAY, _WAY.c.talk_id == _TALK.c.id).where(_OURS)


# Made once: to put a statement together takes longer than to carry it out.
_TALKS = _select_talks()
_BY_SLUG = _TALKS.where(_TALK.c.slug == bindparam("slug")).order_by(_WAY.c.way)
_BY_ID = _TALKS.where(_ID).order_by(_WAY.c.way)
_TO_BOOK = _BY_ID.add_columns(_TALK.c.salt)
_SALT = select(_TALK.c.salt).where(_ID, _OURS)
_LOCK = (
    select(_WAY.c.talk_id)
    .where(_WAY.c.talk_id.in_(bindparam("talks", expanding=True)))
    .order_by(_WAY.c.talk_id, _WAY.c.way)
    .with_for_update()
)


@dataclass(frozen=True)
class TermFacts:
    """A term, or a series, of talks; a series has no days of its own."""

    id: uuid.UUID
    slug: str
    name: str
    starts_on: date | None = None
    ends_on: date | None = None


def list_talks(
    db: Session,
    scope: Scope,
    *,
    states: Collection[TalkState] = tuple(TalkState),
    from_day: date | None = None,
    to_day: date | None = None,
    term_id: uuid.UUID | None = None,
    series_id: uuid.UUID | None = None,
    ids: Collection[uuid.UUID] | None = None,
) -> list[TalkFacts]:
    """Return talks by day and time; ``to_day`` is the last day."""
    rows = _TALKS.where(_TALK.c.state.in_([state.value for state in states]))
    if from_day is not None:
        rows = rows.where(_TALK.c.day >= from_day)
    if to_day is not None:
        rows = rows.where(_TALK.c.day <= to_day)
    if term_id is not None:
        rows = rows.where(_TALK.c.term_id == term_id)
    if series_id is not None:
        rows = rows.where(_TALK.c.series_id == series_id)
    if ids is not None:
        rows = rows.where(_TALK.c.id.in_(ids))
    rows = rows.order_by(_TALK.c.day, _TALK.c.starts, _TALK.c.slug, _WAY.c.way)
    return _as_facts(db.execute(rows, {"ours": scope.partnership}))


def find_talk(db: Session, scope: Scope, slug: str) -> TalkFacts | None:
    """Return a talk of whatever state, or None."""
    found = _as_facts(db.execute(_BY_SLUG, {"ours": scope.partnership, "slug": slug}))
    return found[0] if found else None


def find_talk_by_id(db: Session, scope: Scope, talk_id: uuid.UUID) -> TalkFacts | None:
    """Return a talk of whatever state, or None."""
    found = _as_facts(db.execute(_BY_ID, {"ours": scope.partnership, "talk": talk_id}))
    return found[0] if found else None


def find_talk_to_book(db: Session, scope: Scope, talk_id: uuid.UUID) -> tuple[TalkFacts, str] | None:
    """Return a talk of whatever state, and what contacts are marked under at it; or None."""
    rows = db.execute(_TO_BOOK, {"ours": scope.partnership, "talk": talk_id}).all()
    return (_as_facts(rows)[0], rows[0].salt) if rows else None


def find_salt(db: Session, scope: Scope, talk_id: uuid.UUID) -> str:
    """Return what contacts are marked under at a talk."""
    return str(db.scalars(_SALT, {"ours": scope.partnership, "talk": talk_id}).one())


def find_joining_link(db: Session, scope: Scope, talk_id: uuid.UUID) -> str | None:
    """Return the address at which a talk is joined online: for those who are booked online, and the organisers."""
    return db.scalar(select(Talk.joining_link).where(Talk.id == talk_id, Talk.partnership == scope.partnership))


def lock_ways(db: Session, talk_ids: Iterable[uuid.UUID]) -> None:
    """Let nobody else give out or take back places of these talks until the end of the transaction.

    Always in the same order, so that two who want several never wait for each other. SQLite has one writer at a time: a
    transaction that writes has had its turn since it began.
    """
    db.execute(_LOCK, {"talks": sorted(set(talk_ids))}).all()


def list_terms(db: Session, scope: Scope) -> list[TermFacts]:
    """Return the terms, the earliest first."""
    rows = select(TalkTerm).where(TalkTerm.partnership == scope.partnership).order_by(TalkTerm.starts_on, TalkTerm.slug)
    return [TermFacts(row.id, row.slug, row.name, row.starts_on, row.ends_on) for row in db.scalars(rows)]


def list_series(db: Session, scope: Scope) -> list[TermFacts]:
    """Return the series, by name."""
    rows = select(TalkSeries).where(TalkSeries.partnership == scope.partnership).order_by(TalkSeries.name)
    return [TermFacts(row.id, row.slug, row.name) for row in db.scalars(rows)]


def list_venues(db: Session, scope: Scope, *, in_use: bool = True) -> list[VenueFacts]:
    """Return the venues, by name: those in use, or all."""
    rows = select(Venue).where(Venue.partnership == scope.partnership).order_by(Venue.name)
    return [as_venue(row) for row in db.scalars(rows.where(Venue.in_use.is_(True)) if in_use else rows)]


def add_question(db: Session, voice_id: uuid.UUID, talk_id: uuid.UUID) -> None:
    """Note that a voice is a question in advance to a talk."""
    db.add(TalkQuestion(voice_id=voice_id, talk_id=talk_id))
    db.flush()


def as_venue(row: Venue) -> VenueFacts:
    """Return what is told about a venue."""
    features = tuple(row.features)
    return VenueFacts(row.id, row.name, row.address, row.postcode, row.district, features, row.access)


def _as_facts(rows: Iterable[Any]) -> list[TalkFacts]:
    """Return talks, each from one row for each of its ways, which follow one another."""
    return [_as_talk(list(ways)) for _id, ways in groupby(rows, lambda row: row.id)]


def _as_talk(rows: list[Any]) -> TalkFacts:
    row = rows[0]
    return TalkFacts(
        id=row.id,
        slug=row.slug,
        title=row.title,
        about=row.about,
        topic=row.topic,
        priorities=tuple(row.priorities),
        themes=tuple(row.themes),
        day=row.day,
        starts=row.starts,
        ends=row.ends,
        state=TalkState(row.state),
        ways=tuple(WayFacts(Way(one.way), one.capacity, int(one.held), int(one.waiting)) for one in rows if one.way),
        venue=_venue_of(row),
        district=row.district,
        hosts=row.hosts,
        term_id=row.term_id,
        series_id=row.series_id,
        provided=tuple(row.provided),
        sequence=row.sequence,
        moved_from=row.moved_from,
        cancelled_because=row.cancelled_because,
        finished_on=row.finished_on,
        demonstration=row.demonstration,
    )


def _venue_of(row: Any) -> VenueFacts | None:
    if row.venue is None:
        return None
    return VenueFacts(
        row.venue,
        row.venue_name,
        row.venue_address,
        row.venue_postcode,
        row.venue_district,
        tuple(row.venue_features),
        row.venue_access,
    )
