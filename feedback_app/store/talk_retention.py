"""Queries that delete what is kept of families that booked talks once it has been kept long enough.

Nothing goes that is not counted yet: a talk that took place has to be finished first.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.talk import TalkState
from feedback_app.store.comment_tables import Comment, SafeguardingEntry, Voice
from feedback_app.store.readings import in_parts
from feedback_app.store.talk_tables import AccessNeed, Booking, SignUp, Talk, TalkMessage, TalkQuestion
from feedback_app.store.talks import lock_ways

_COUNTED = Talk.finished_on.is_not(None) | (Talk.state != TalkState.PUBLISHED.value)


def count_old_needs(db: Session, scope: Scope, day: date) -> int:
    """Return how many things families need at talks that were held by a day."""
    return db.scalar(select(func.count()).select_from(AccessNeed).where(_old_need(scope, day))) or 0


def delete_old_needs(db: Session, scope: Scope, day: date) -> int:
    """Delete them, and what was to be said about them; return how many."""
    with_needs = select(SignUp.talk_id).join(AccessNeed, AccessNeed.sign_up_id == SignUp.id)
    lock_ways(db, db.scalars(with_needs.where(_old_need(scope, day)).distinct()))
    about = select(AccessNeed.sign_up_id).where(_old_need(scope, day))
    db.execute(delete(TalkMessage).where(TalkMessage.kind == "need", TalkMessage.sign_up_id.in_(about)))
    return int(db.execute(delete(AccessNeed).where(_old_need(scope, day))).rowcount)  # type: ignore[attr-defined]


def _old_need(scope: Scope, day: date) -> ColumnElement[bool]:
    old = select(SignUp.id).join(Talk, Talk.id == SignUp.talk_id)
    return AccessNeed.sign_up_id.in_(old.where(Talk.partnership == scope.partnership, Talk.day <= day, _COUNTED))


def list_old_bookings(db: Session, scope: Scope, day: date) -> list[uuid.UUID]:
    """Return the bookings whose last talk, of whatever state, was on a day or before; also those without a talk."""
    return list(db.scalars(_old_bookings(scope, day)))


def delete_old_bookings(db: Session, scope: Scope, day: date) -> int:
    """Delete them with what was sent to them, and empty what their sign-ups are known by; return how many.

    Each is locked and looked at again first: a family may be booking one more talk with it right now. Before them come
    the ways of all their talks, as whenever sign-ups change: whoever erases a booking this moment locks those first.
    """
    done = 0
    parts = list(in_parts(list_old_bookings(db, scope, day)))
    held = (select(SignUp.talk_id).where(SignUp.booking_id.in_(part)).distinct() for part in parts)
    lock_ways(db, [talk_id for talk_ids in held for talk_id in db.scalars(talk_ids)])
    for part in parts:
        db.execute(select(Booking.id).where(Booking.id.in_(part)).order_by(Booking.id).with_for_update()).all()
        old = list(db.scalars(_old_bookings(scope, day).where(Booking.id.in_(part))))
        theirs = select(SignUp.id).where(SignUp.booking_id.in_(old))
        of_them = TalkMessage.booking_id.in_(old) | TalkMessage.sign_up_id.in_(theirs)
        db.execute(delete(TalkMessage).where(of_them))
        db.execute(delete(AccessNeed).where(AccessNeed.sign_up_id.in_(theirs)))
        emptied: dict[str, Any] = {"booking_id": None, "contact_mark": None, "check_in": None, "asked_at": None}
        kept = update(SignUp).where(SignUp.booking_id.in_(old)).values(**emptied)
        db.execute(kept.execution_options(synchronize_session=False))
        gone = delete(Booking).where(Booking.id.in_(old), Booking.partnership == scope.partnership)
        done += int(db.execute(gone).rowcount)  # type: ignore[attr-defined]
    return done


def _old_bookings(scope: Scope, day: date) -> Select[uuid.UUID]:
    """Return the query of bookings all of whose talks are over by a day and counted."""
    held = select(SignUp.booking_id).join(Talk, Talk.id == SignUp.talk_id).where(SignUp.booking_id == Booking.id)
    still = held.where(or_(Talk.day > day, ~_COUNTED)).correlate(Booking)
    empty_since = datetime.combine(day, time.max, UTC)
    over = held.correlate(Booking).exists() | (Booking.made_at <= empty_since)
    return select(Booking.id).where(Booking.partnership == scope.partnership, ~still.exists(), over)


def rewrite_questions(db: Session, scope: Scope, day: date) -> int:
    """Write the questions to talks from a day on anew, in the order of their random ids; return how many.

    A database may keep for itself which transaction wrote a row, and where in its file: a question came in with a
    booking. Rewritten together, all have one transaction, and a place that tells nothing.
    """
    asked = select(TalkQuestion.voice_id).join(Talk, Talk.id == TalkQuestion.talk_id)
    ids = sorted(db.scalars(asked.where(Talk.partnership == scope.partnership, Talk.day >= day)))
    plain = {"synchronize_session": False}
    for voice_id in ids:
        comments = select(Comment.id).where(Comment.voice_id == voice_id)
        entry = update(SafeguardingEntry).where(SafeguardingEntry.comment_id.in_(comments))
        db.execute(entry.values(flagged=SafeguardingEntry.flagged), execution_options=plain)
        said = update(Comment).where(Comment.voice_id == voice_id).values(standing=Comment.standing)
        db.execute(said, execution_options=plain)
        voice = update(Voice).where(Voice.id == voice_id).values(consent=Voice.consent)
        db.execute(voice, execution_options=plain)
        question = update(TalkQuestion).where(TalkQuestion.voice_id == voice_id)
        db.execute(question.values(answered=TalkQuestion.answered), execution_options=plain)
    return len(ids)
