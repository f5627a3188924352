"""Families who book and look after their bookings through the services, each step in a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.talk import SignUpState, TalkFacts
from feedback_app.services import keeping_booking, signing_up, waiting_list
from feedback_app.services.keeping_booking import Held
from feedback_app.services.signing_up import Booked, NeedAsked, NewBooking, Outcome, Wanted
from feedback_app.services.waiting_list import Clock, Standing
from feedback_app.store import talks
from tests.support.summaries import SCOPE

NOW = datetime(2035, 11, 20, 12, tzinfo=UTC)
LONDON = "Europe/London"


class Family:
    """A family with an e-mail address, and later with the link to its booking."""

    def __init__(self, app: Flask, db: Session, name: str) -> None:
        """Have an e-mail address."""
        self.db, self.name = db, name
        programme = app.config["PLACES"].only.programme
        assert programme is not None
        self.programme: Programme = programme
        self.secret: str | None = None

    def clock(self, later: timedelta = timedelta()) -> Clock:
        """Return what the time is, some time after NOW."""
        return Clock(NOW + later, LONDON, self.programme.rules)

    def book(self, talk: TalkFacts, places: int = 1, *, request: str = "", way: Way = Way.IN_PERSON) -> Outcome:
        """Send a form for one talk; return what came of it."""
        booked = self.send([Wanted(talk.id, way, places)], request=request)
        self.secret = booked.secret or self.secret
        return booked.outcomes[talk.id]

    def send(
        self,
        wanted: Sequence[Wanted],
        *,
        request: str = "",
        needs: Sequence[NeedAsked] = (),
        later: timedelta = timedelta(),
    ) -> Booked:
        """Send a form; return all that came of it."""
        email = f"{self.name}@example.org"
        key = request or f"the only form of {self.name}"
        new = NewBooking(key, self.name, email, None, "en_GB", "parent_carer", wanted, needs)
        booked = signing_up.sign_up(self.db, SCOPE, self.programme, LONDON, new, NOW + later)
        self.db.commit()
        self.secret = self.secret or booked.secret
        return booked

    def all_held(self) -> list[Held]:
        """Return what the family has booked, or waits for."""
        assert self.secret
        booking = keeping_booking.find_booking(self.db, SCOPE, self.secret)
        return keeping_booking.list_held(self.db, SCOPE, booking)

    def held(self) -> Held:
        """Return the first of them."""
        return self.all_held()[0]

    def state(self) -> SignUpState:
        """Return how it stands with the first of them."""
        found = self.held().sign_up.state
        self.db.rollback()
        return found

    def standing(self) -> Standing:
        """Return where the family stands on the waiting list."""
        held = self.held()
        found = waiting_list.find_standing(self.db, held.talk, held.sign_up)
        self.db.rollback()
        return found

    def cancel(self) -> None:
        """Give the places back, or leave the list."""
        keeping_booking.cancel(self.db, SCOPE, self.held(), self.clock())
        self.db.commit()

    def change_places(self, places: int) -> None:
        """Have more or fewer places."""
        keeping_booking.change_places(self.db, SCOPE, self.held(), places, self.programme, self.clock())
        self.db.commit()

    def switch(self, way: Way) -> None:
        """Attend in another way."""
        keeping_booking.switch_way(self.db, SCOPE, self.held(), way, self.clock(), self.programme)
        self.db.commit()

    def accept(self, later: timedelta = timedelta()) -> None:
        """Take the places that are held."""
        waiting_list.accept_offer(self.db, SCOPE, self.held().sign_up, self.clock(later))
        self.db.commit()

    def decline(self, later: timedelta = timedelta()) -> None:
        """Pass them on."""
        waiting_list.decline_offer(self.db, SCOPE, self.held().sign_up, self.clock(later))
        self.db.commit()

    def wait_again(self, later: timedelta = timedelta()) -> bool:
        """Go to the end of the list once more."""
        waits = waiting_list.wait_again(self.db, SCOPE, self.held().sign_up, self.clock(later))
        self.db.commit()
        return waits


def left(db: Session, talk: TalkFacts) -> int:
    """Return how many places can be booked in person right now."""
    found = talks.find_talk(db, SCOPE, talk.slug)
    db.rollback()
    assert found is not None
    return found.ways[0].left
