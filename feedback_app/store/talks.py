"""Queries about talks, terms, series and venues."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState, TalkFacts, TalkState, VenueFacts, WayFacts
from feedback_app.store.talk_tables import SignUp, Talk, TalkQuestion, TalkSeries, TalkTerm, TalkWay, Venue

HELD = (SignUpState.BOOKED.value, SignUpState.OFFERED.value)


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
    rows = _talks(scope).where(Talk.state.in_([state.value for state in states]))
    if from_day is not None:
        rows = rows.where(Talk.day >= from_day)
    if to_day is not None:
        rows = rows.where(Talk.day <= to_day)
    if term_id is not None:
        rows = rows.where(Talk.term_id == term_id)
    if series_id is not None:
        rows = rows.where(Talk.series_id == series_id)
    if ids is not None:
        rows = rows.where(Talk.id.in_(ids))
    return _as_facts(db, db.execute(rows.order_by(Talk.day, Talk.starts, Talk.slug)).all())


def find_talk(db: Session, scope: Scope, slug: str) -> TalkFacts | None:
    """Return a talk of whatever state, or None."""
    found = _as_facts(db, db.execute(_talks(scope).where(Talk.slug == slug)).all())
    return found[0] if found else None


def find_talk_by_id(db: Session, scope: Scope, talk_id: uuid.UUID) -> TalkFacts | None:
    """Return a talk of whatever state, or None."""
    found = list_talks(db, scope, ids=[talk_id])
    return found[0] if found else None


def find_joining_link(db: Session, scope: Scope, talk_id: uuid.UUID) -> str | None:
    """Return the address at which a talk is joined online: for those who are booked online, and the organisers."""
    return db.scalar(select(Talk.joining_link).where(Talk.id == talk_id, Talk.partnership == scope.partnership))


def lock_ways(db: Session, talk_ids: Iterable[uuid.UUID]) -> None:
    """Let nobody else give out or take back places of these talks until the end of the transaction.

    Always in the same order, so that two who want several never wait for each other. SQLite has one writer at a time: a
    transaction that writes has had its turn since it began.
    """
    wanted = select(TalkWay.talk_id).where(TalkWay.talk_id.in_(sorted(set(talk_ids))))
    db.execute(wanted.order_by(TalkWay.talk_id, TalkWay.way).with_for_update()).all()


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


def _talks(scope: Scope) -> Any:
    rows = select(Talk, Venue).outerjoin(Venue, Talk.venue_id == Venue.id)
    # As they stand now, also where this session has read them before it had to wait for the lock.
    return rows.where(Talk.partnership == scope.partnership).execution_options(populate_existing=True)


def _ways(db: Session, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, list[WayFacts]]:
    """Return talk -> its ways, in person first, with how many places are held and how many families wait."""
    # Who wants more than the room holds is passed over until it grows (see domain.talks.queue.next_offers).
    waits = (SignUp.state == SignUpState.WAITING.value) & (SignUp.places <= TalkWay.capacity)
    places = func.coalesce(func.sum(case((SignUp.state.in_(HELD), SignUp.places), else_=0)), 0)
    waiting = func.coalesce(func.sum(case((waits, 1), else_=0)), 0)
    of_way = (SignUp.talk_id == TalkWay.talk_id) & (SignUp.way == TalkWay.way)
    rows = select(TalkWay.talk_id, TalkWay.way, TalkWay.capacity, places, waiting).outerjoin(SignUp, of_way)
    rows = rows.where(TalkWay.talk_id.in_(ids)).group_by(TalkWay.talk_id, TalkWay.way, TalkWay.capacity)
    found: dict[uuid.UUID, list[WayFacts]] = defaultdict(list)
    for talk_id, way, capacity, held, queue in db.execute(rows.order_by(TalkWay.talk_id, TalkWay.way)):
        found[talk_id].append(WayFacts(Way(way), capacity, int(held), int(queue)))
    return found


def _as_facts(db: Session, rows: Iterable[Any]) -> list[TalkFacts]:
    rows = list(rows)
    ways = _ways(db, [talk.id for talk, _venue in rows]) if rows else {}
    return [
        TalkFacts(
            id=talk.id,
            slug=talk.slug,
            title=talk.title,
            about=talk.about,
            topic=talk.topic,
            priorities=tuple(talk.priorities),
            themes=tuple(talk.themes),
            day=talk.day,
            starts=talk.starts,
            ends=talk.ends,
            state=TalkState(talk.state),
            ways=tuple(ways.get(talk.id, ())),
            venue=None if venue is None else as_venue(venue),
            district=talk.district,
            hosts=talk.hosts,
            term_id=talk.term_id,
            series_id=talk.series_id,
            provided=tuple(talk.provided),
            sequence=talk.sequence,
            moved_from=talk.moved_from,
            cancelled_because=talk.cancelled_because,
            finished_on=talk.finished_on,
            demonstration=talk.demonstration,
        )
        for talk, venue in rows
    ]
