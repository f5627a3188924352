"""A talk with a venue, a term, a family that has booked by a known link, another that nobody knows, and a promise.

Whatever somebody did to them is put right again before the next who asks.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.talk import SignUpState, TalkState
from feedback_app.services.signing_up import hash_secret
from feedback_app.store.talk_tables import (
    AccessNeed,
    Booking,
    SignUp,
    Talk,
    TalkMessage,
    TalkPromise,
    TalkSeries,
    TalkTerm,
    TalkWay,
    Venue,
)

SLUG, TERM, DAY = "a-talk", "a-term", date(2035, 12, 10)
SALT = "0" * 32
MOMENT = datetime(2026, 11, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Standing:
    """What stands in the addresses of talks."""

    talk_id: uuid.UUID
    secret: str
    sign_up_id: uuid.UUID
    promise_id: uuid.UUID
    venue_id: uuid.UUID
    message_id: uuid.UUID

    def arguments(self) -> dict[str, object]:
        """Return name of an argument -> value."""
        return {
            "slug": SLUG,
            "token": self.secret,
            "sign_up_id": self.sign_up_id,
            "promise_id": self.promise_id,
            "venue_id": self.venue_id,
            "message_id": self.message_id,
        }


def _number(scope: Scope, what: str) -> uuid.UUID:
    """Return an id that is the same at every call."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{scope.partnership}/{what}")


def stand(db: Session, scope: Scope, hidden: str = "Somebody") -> Standing:
    """Let the talk and all that belongs to it stand as at first; `hidden` is the name of the unknown family."""
    ids = {what: _number(scope, what) for what in ("venue", "term", "series", "talk", "promise", "message")}
    ours = scope.partnership
    venue = {"name": "The Library", "address": "1 Some Street", "postcode": "ZZ1 1ZZ", "district": 1, "features": []}
    _put(db, Venue, ids["venue"], partnership=ours, **venue)
    days = {"starts_on": date(2035, 9, 1), "ends_on": date(2035, 12, 31)}
    _put(db, TalkTerm, ids["term"], partnership=ours, slug=TERM, name="Autumn", **days)
    _put(db, TalkSeries, ids["series"], partnership=ours, slug=TERM, name="Waiting well")
    _put(db, Talk, ids["talk"], **_talk(ours, ids))
    for way in ("in_person", "online"):
        if db.get(TalkWay, (ids["talk"], way)) is None:
            db.add(TalkWay(talk_id=ids["talk"], way=way, capacity=20))
    db.flush()
    db.execute(delete(TalkMessage).where(TalkMessage.talk_id == ids["talk"]))
    known = _booked(db, scope, ids["talk"], "known", "A family")
    _booked(db, scope, ids["talk"], "unknown", hidden)
    promised = {"said": "It takes long.", "will_do": "Say where each family stands.", "who": "The service"}
    _put(db, TalkPromise, ids["promise"], partnership=ours, talk_id=ids["talk"], state="open", **promised)
    failed = {"kind": "booked", "once": "a message", "due_at": MOMENT, "state": "failed", "problem": "refused"}
    about = {"talk_id": ids["talk"], "sign_up_id": known, "booking_id": _number(scope, "booking known"), "about": {}}
    _put(db, TalkMessage, ids["message"], partnership=ours, **failed, **about)
    db.commit()
    return Standing(ids["talk"], _secret(scope, "known"), known, ids["promise"], ids["venue"], ids["message"])


def _secret(scope: Scope, whose: str) -> str:
    return f"{whose}-{scope.partnership}".ljust(22, "x")


def _talk(ours: str, ids: dict[str, uuid.UUID]) -> dict[str, Any]:
    return {
        "partnership": ours,
        "slug": SLUG,
        "title": "Waiting for an assessment",
        "topic": "assessment",
        "day": DAY,
        "starts": time(10),
        "ends": time(11, 30),
        "state": TalkState.PUBLISHED.value,
        "venue_id": ids["venue"],
        "term_id": ids["term"],
        "series_id": ids["series"],
        "salt": SALT,
        "joining_link": "https://meeting.example/room",
        "finished_on": None,
        "moved_from": None,
        "sequence": 0,
    }


def _booked(db: Session, scope: Scope, talk_id: uuid.UUID, whose: str, name: str) -> uuid.UUID:
    """Let a family have booked, and return the id of its sign-up."""
    secret, booking_id = _secret(scope, whose), _number(scope, f"booking {whose}")
    told: dict[str, Any] = {
        "name": name,
        "email": f"{whose}@example.org",
        "mobile": None,
        "language": "en_GB",
        "topics": [],
    }
    hashes = {"secret_hash": hash_secret(scope, secret), "request_hash": hash_secret(scope, f"request of {whose}")}
    _put(db, Booking, booking_id, partnership=scope.partnership, secret=secret, made_at=MOMENT, **hashes, **told)
    sign_up_id = _number(scope, f"sign-up {whose}")
    others = select(SignUp.id).where(SignUp.booking_id == booking_id, SignUp.id != sign_up_id)
    db.execute(delete(SignUp).where(SignUp.id.in_(others)))
    place = {"way": "in_person", "places": 2, "state": SignUpState.BOOKED.value, "check_in": whose[:5].upper()}
    told_of = {"talk_id": talk_id, "booking_id": booking_id, "contact_mark": hashes["secret_hash"], "came": None}
    _put(db, SignUp, sign_up_id, partnership=scope.partnership, queue=None, **place, **told_of)
    if db.scalar(select(AccessNeed.id).where(AccessNeed.sign_up_id == sign_up_id)) is None:
        db.add(AccessNeed(sign_up_id=sign_up_id, need="captions"))
        db.flush()
    return sign_up_id


def _put(db: Session, table: Any, row_id: uuid.UUID, **told: Any) -> None:
    """Let a row stand as told, whether it is there or not."""
    row = db.get(table, row_id)
    if row is None:
        db.add(table(id=row_id, **told))
    else:
        for name, value in told.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
    db.flush()
