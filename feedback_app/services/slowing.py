"""Slowing down who books or changes again and again with one contact: nobody's mailbox is flooded with our messages.

Bookings and changes are counted apart: somebody who books in another's name does not keep them from their own booking.
"""

from __future__ import annotations

import hashlib
import math
import uuid
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from feedback_app.domain.errors import TooManyBookings
from feedback_app.domain.scope import Scope
from feedback_app.store import sign_ups, throttle

AT_ONCE = 8  # with one e-mail address or mobile
SECONDS = 450  # after those, one more in so many seconds


def slow_bookings(db: Session, scope: Scope, contact: str, now: datetime) -> None:
    """Count a booking that will be told to a contact; raise TooManyBookings where there were many of late."""
    _count(db, scope, "booking", contact, now)


def slow_changes(db: Session, scope: Scope, booking_id: uuid.UUID | None, now: datetime) -> None:
    """Count a change that will be told to a booking's contact; raise TooManyBookings where there were many of late."""
    booking = sign_ups.find_booking(db, scope, booking_id=booking_id) if booking_id else None
    if booking is not None:
        _count(db, scope, "change", booking.contact, now)


def _count(db: Session, scope: Scope, what: str, contact: str, now: datetime) -> None:
    told = f"feedback/{what}/{scope.partnership}/{contact}"
    name = f"{what}/" + hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()[:32]
    if throttle.begin_level(db, name, 1, now):  # one statement instead of three for whom we do not know
        return
    level = throttle.get_level(db, name, now.astimezone(UTC), 1 / SECONDS)
    if level > AT_ONCE - 1:
        raise TooManyBookings(math.ceil((level - AT_ONCE + 1) * SECONDS / 60))
    throttle.set_level(db, name, level + 1, now.astimezone(UTC))
