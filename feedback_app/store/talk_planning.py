"""Queries that planning talks needs: their rows, what is counted of them for the organisers, terms, series, venues."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import MessageKind, MessageState, NeedState, OfferEnd, SignUpState
from feedback_app.store.comment_tables import Comment
from feedback_app.store.moments import as_utc
from feedback_app.store.readings import readable
from feedback_app.store.sign_ups import LIVE
from feedback_app.store.tables import random_id
from feedback_app.store.talk_tables import (
    AccessNeed,
    SignUp,
    Talk,
    TalkMessage,
    TalkNote,
    TalkOffer,
    TalkPromise,
    TalkQuestion,
    TalkSeries,
    TalkTerm,
    TalkWay,
    Venue,
)


@dataclass(frozen=True)
class Tally:
    """What the organisers see counted of one talk."""

    families: int = 0  # that have places
    offered: int = 0  # that places are held for until they answer
    waiting: int = 0
    ever: int = 0  # sign-ups of whatever state: one is enough that the talk is never deleted
    checked: int = 0  # families of whom somebody said at the door whether they came
    needs_open: int = 0  # not arranged yet, or the family does not know yet what has come of it
    questions: int = 0  # asked ahead that may be read: how many are held back is not to be told
    has_words: bool = False  # a question, read or held, or a note belongs to it
    failed: int = 0  # messages
    promises: int = 0  # that are still open


@dataclass(frozen=True)
class Put:
    """A message about a change of a talk that was put for a family."""

    sign_up_id: uuid.UUID
    state: MessageState
    queued: bool
    due_at: datetime
    about: Mapping[str, Any]


def wait_for_turn(db: Session, scope: Scope) -> None:
    """Let nobody else add talks, terms or venues of this partnership until the end of the transaction.

    Whoever locks a talk as well does that after it; so names that are looked for here are not taken in between.
    """
    if db.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time as it is
        db.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"planning/{scope.partnership}"))))


def lock_talk(db: Session, scope: Scope, talk_id: uuid.UUID) -> None:
    """Let nobody else change a talk until the end of the transaction; whoever needs its ways locks those before."""
    ours = (Talk.id == talk_id, Talk.partnership == scope.partnership)
    db.execute(select(Talk.id).where(*ours).with_for_update()).all()


def add_talk(db: Session, scope: Scope, **told: Any) -> uuid.UUID:
    """Add a talk and return its id; `told` are its columns."""
    row = Talk(id=random_id(), partnership=scope.partnership, **told)
    db.add(row)
    db.flush()
    return row.id


def list_saying(db: Session, scope: Scope, told: Mapping[str, Any]) -> list[uuid.UUID]:
    """Return the talks that say all of this already; `told` are columns, topic and title among them."""
    columns = Talk.__table__
    rows = select(columns).where(Talk.partnership == scope.partnership, Talk.title == told["title"])
    found = db.execute(rows.order_by(Talk.id)).mappings()
    return [row["id"] for row in found if all(row[name] == value for name, value in told.items())]


def update_talk(db: Session, scope: Scope, talk_id: uuid.UUID, **told: Any) -> None:
    """Change a talk."""
    ours = (Talk.id == talk_id, Talk.partnership == scope.partnership)
    db.execute(update(Talk).where(*ours).values(**told).execution_options(synchronize_session=False))


def delete_talk(db: Session, scope: Scope, talk_id: uuid.UUID) -> None:
    """Delete a talk to which nothing of a family belongs."""
    db.execute(delete(Talk).where(Talk.id == talk_id, Talk.partnership == scope.partnership))


def update_ways(db: Session, scope: Scope, talk_id: uuid.UUID, ways: Mapping[Way, int]) -> None:
    """Have a talk held in these ways, each with its capacity; the caller holds the lock of the talk's ways."""
    ours = select(Talk.id).where(Talk.id == talk_id, Talk.partnership == scope.partnership)
    there = set(db.scalars(select(TalkWay.way).where(TalkWay.talk_id.in_(ours))))
    kept = {way.value for way in ways}
    db.execute(delete(TalkWay).where(TalkWay.talk_id.in_(ours), TalkWay.way.not_in(kept)))
    for way, capacity in ways.items():
        if way.value in there:
            one = (TalkWay.talk_id.in_(ours), TalkWay.way == way.value)
            db.execute(update(TalkWay).where(*one).values(capacity=capacity))
        else:
            db.add(TalkWay(talk_id=talk_id, way=way.value, capacity=capacity))
    db.flush()


def is_slug_taken(db: Session, scope: Scope, slug: str, *, but: uuid.UUID | None = None) -> bool:
    """Return whether another talk has this address."""
    rows = select(Talk.id).where(Talk.partnership == scope.partnership, Talk.slug == slug)
    return db.scalar((rows if but is None else rows.where(Talk.id != but)).limit(1)) is not None


def list_tallies(db: Session, scope: Scope, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Tally]:
    """Return talk -> what is counted of it."""
    counted: dict[uuid.UUID, dict[str, int]] = {one: {} for one in ids}
    for name, rows in _counts(scope, ids).items():
        for talk_id, number in db.execute(rows):
            counted[talk_id][name] = int(number)
    for talk_id, *numbers in db.execute(_sign_up_counts(scope, ids)):
        names = ("families", "offered", "waiting", "checked", "ever")
        counted[talk_id] |= {name: int(number) for name, number in zip(names, numbers, strict=True)}
    asked = select(TalkQuestion.talk_id).where(TalkQuestion.talk_id.in_(ids))
    noted = select(TalkNote.talk_id).where(TalkNote.talk_id.in_(ids))
    with_words = set(db.scalars(asked.union(noted)))
    return {talk_id: Tally(**told, has_words=talk_id in with_words) for talk_id, told in counted.items()}


def _sign_up_counts(scope: Scope, ids: Collection[uuid.UUID]) -> Any:
    def in_state(state: SignUpState) -> ColumnElement[int]:
        return func.sum(case((SignUp.state == state.value, 1), else_=0))

    states = (in_state(state) for state in (SignUpState.BOOKED, SignUpState.OFFERED, SignUpState.WAITING))
    rows = select(SignUp.talk_id, *states, func.count(SignUp.came), func.count())
    return rows.where(SignUp.partnership == scope.partnership, SignUp.talk_id.in_(ids)).group_by(SignUp.talk_id)


def _counts(scope: Scope, ids: Collection[uuid.UUID]) -> Mapping[str, Any]:
    ours = SignUp.partnership == scope.partnership
    is_open = (AccessNeed.state == NeedState.ASKED.value) | AccessNeed.told.is_(False)
    needs = select(SignUp.talk_id, func.count()).join(AccessNeed, AccessNeed.sign_up_id == SignUp.id)
    questions = select(TalkQuestion.talk_id, func.count()).join(Comment, Comment.voice_id == TalkQuestion.voice_id)
    failed = select(SignUp.talk_id, func.count()).join(TalkMessage, TalkMessage.sign_up_id == SignUp.id)
    promises = select(TalkPromise.talk_id, func.count())
    return {
        "needs_open": needs.where(ours, SignUp.talk_id.in_(ids), SignUp.state.in_(LIVE), is_open).group_by(
            SignUp.talk_id
        ),
        "questions": questions.where(*readable(scope), TalkQuestion.talk_id.in_(ids)).group_by(TalkQuestion.talk_id),
        "failed": failed.where(ours, SignUp.talk_id.in_(ids), TalkMessage.state == MessageState.FAILED.value).group_by(
            SignUp.talk_id
        ),
        "promises": promises.where(
            TalkPromise.partnership == scope.partnership, TalkPromise.talk_id.in_(ids), TalkPromise.state == "open"
        ).group_by(TalkPromise.talk_id),
    }


def list_put(db: Session, scope: Scope, kind: MessageKind, keys: Iterable[str]) -> list[Put]:
    """Return the messages of a kind that were put under these keys."""
    rows = select(TalkMessage).where(TalkMessage.partnership == scope.partnership, TalkMessage.kind == kind.value)
    return [
        Put(row.sign_up_id, MessageState(row.state), row.queued, as_utc(row.due_at), row.about)
        for row in db.scalars(rows.where(TalkMessage.once.in_(list(keys))))
        if row.sign_up_id is not None
    ]


def drop_put(db: Session, scope: Scope, kind: MessageKind, keys: Iterable[str]) -> int:
    """Take back messages that have not been queued yet, and return how many those were.

    They are locked in the order in which jobs for them are put (store.talk_messages.list_due): neither waits for the
    other.
    """
    ours = (TalkMessage.partnership == scope.partnership, TalkMessage.kind == kind.value)
    waits = (TalkMessage.state == MessageState.WAITING.value, TalkMessage.queued.is_(False))
    wanted = (*ours, *waits, TalkMessage.once.in_(list(keys)))
    in_order = select(TalkMessage.id).where(*wanted).order_by(TalkMessage.due_at, TalkMessage.id)
    db.execute(in_order.with_for_update()).all()
    change = update(TalkMessage).where(*wanted)
    done: Any = db.execute(change.values(state=MessageState.DROPPED.value).execution_options(synchronize_session=False))
    return int(done.rowcount)


def find_open_offer(db: Session, scope: Scope, sign_up_id: uuid.UUID) -> uuid.UUID | None:
    """Return the offer that a family has not answered yet, or None."""
    rows = select(TalkOffer.id).where(TalkOffer.partnership == scope.partnership, TalkOffer.sign_up_id == sign_up_id)
    return db.scalars(rows.where(TalkOffer.ended == OfferEnd.OPEN.value)).first()


def reopen_offer(db: Session, scope: Scope, offer_id: uuid.UUID) -> None:
    """Let an offer stand as before: until when it holds is not changed."""
    ours = (TalkOffer.id == offer_id, TalkOffer.partnership == scope.partnership)
    db.execute(update(TalkOffer).where(*ours).values(ended=OfferEnd.OPEN.value))


def add_term(db: Session, scope: Scope, slug: str, name: str, starts_on: date, ends_on: date) -> uuid.UUID:
    """Add a term and return its id."""
    row = TalkTerm(
        id=random_id(), partnership=scope.partnership, slug=slug, name=name, starts_on=starts_on, ends_on=ends_on
    )
    db.add(row)
    db.flush()
    return row.id


def update_term(db: Session, scope: Scope, term_id: uuid.UUID, **told: Any) -> None:
    """Change a term; its address stays."""
    db.execute(update(TalkTerm).where(TalkTerm.id == term_id, TalkTerm.partnership == scope.partnership).values(**told))


def delete_term(db: Session, scope: Scope, term_id: uuid.UUID) -> bool:
    """Delete a term that no talk belongs to, and return whether it was."""
    if db.scalar(select(Talk.id).where(Talk.term_id == term_id).limit(1)) is not None:
        return False
    db.execute(delete(TalkTerm).where(TalkTerm.id == term_id, TalkTerm.partnership == scope.partnership))
    return True


def add_series(db: Session, scope: Scope, slug: str, name: str) -> uuid.UUID:
    """Add a series and return its id."""
    row = TalkSeries(id=random_id(), partnership=scope.partnership, slug=slug, name=name)
    db.add(row)
    db.flush()
    return row.id


def update_series(db: Session, scope: Scope, series_id: uuid.UUID, name: str) -> None:
    """Call a series something else; its address stays."""
    ours = (TalkSeries.id == series_id, TalkSeries.partnership == scope.partnership)
    db.execute(update(TalkSeries).where(*ours).values(name=name))


def delete_series(db: Session, scope: Scope, series_id: uuid.UUID) -> bool:
    """Delete a series that no talk belongs to, and return whether it was."""
    if db.scalar(select(Talk.id).where(Talk.series_id == series_id).limit(1)) is not None:
        return False
    ours = (TalkSeries.id == series_id, TalkSeries.partnership == scope.partnership)
    db.execute(delete(TalkSeries).where(*ours))
    return True


def add_venue(db: Session, scope: Scope, **told: Any) -> uuid.UUID:
    """Add a venue and return its id; `told` are its columns."""
    row = Venue(id=random_id(), partnership=scope.partnership, **told)
    db.add(row)
    db.flush()
    return row.id


def update_venue(db: Session, scope: Scope, venue_id: uuid.UUID, **told: Any) -> None:
    """Change a venue."""
    db.execute(update(Venue).where(Venue.id == venue_id, Venue.partnership == scope.partnership).values(**told))
