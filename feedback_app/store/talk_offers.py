"""Queries that make offers of places, and find those that have run out; store.sign_ups ends and lists them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.talk import OfferEnd
from feedback_app.store.moments import as_utc
from feedback_app.store.tables import random_id
from feedback_app.store.talk_tables import SignUp, TalkOffer

ONE_AFTER_ANOTHER = timedelta(microseconds=1)


def add_offer(db: Session, scope: Scope, sign_up_id: uuid.UUID, now: datetime, until: datetime) -> uuid.UUID:
    """Note that places are held for a family and until when; return the offer's id.

    Its moment is after that of the offer before at the talk, though the clock of whoever made that one was ahead: so
    the order in which offers were made can always be shown. The caller holds the lock of the talk's ways.
    """
    talk = select(SignUp.talk_id).where(SignUp.id == sign_up_id).scalar_subquery()
    before = db.scalar(select(func.max(TalkOffer.made_at)).join(SignUp).where(SignUp.talk_id == talk))
    made_at = now.astimezone(UTC) if before is None else max(now.astimezone(UTC), as_utc(before) + ONE_AFTER_ANOTHER)
    offered = db.execute(select(SignUp.way, SignUp.queue, SignUp.places).where(SignUp.id == sign_up_id)).one()
    row = TalkOffer(
        id=random_id(),
        partnership=scope.partnership,
        sign_up_id=sign_up_id,
        way=offered.way,
        queue=offered.queue or 0,
        places=offered.places,
        made_at=made_at,
        until=until.astimezone(UTC),
    )
    db.add(row)
    db.flush()
    return row.id


def shorten_offers(db: Session, scope: Scope, talk_id: uuid.UUID, last: datetime) -> None:
    """Let no open offer at a talk end later than `last`: the talk may have moved to an earlier day."""
    at_talk = TalkOffer.sign_up_id.in_(select(SignUp.id).where(SignUp.talk_id == talk_id))
    is_open = (TalkOffer.partnership == scope.partnership, TalkOffer.ended == OfferEnd.OPEN.value)
    later = TalkOffer.until > last.astimezone(UTC)
    db.execute(
        update(TalkOffer)
        .where(*is_open, at_talk, later)
        .values(until=last.astimezone(UTC))
        .execution_options(synchronize_session=False)
    )


def find_last_end(db: Session, scope: Scope, sign_up_id: uuid.UUID) -> OfferEnd | None:
    """Return what became of the latest offer to a family, or None where it never had one."""
    rows = select(TalkOffer.ended).where(TalkOffer.partnership == scope.partnership, TalkOffer.sign_up_id == sign_up_id)
    ended = db.scalar(rows.order_by(TalkOffer.made_at.desc()).limit(1))
    return None if ended is None else OfferEnd(ended)
