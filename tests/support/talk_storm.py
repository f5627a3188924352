"""A storm over a few talks: families book, cancel, change, switch, answer offers or let them end, at random, at once.

Time is made up and only goes forward, so that offers run out within seconds.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from feedback_app.domain.errors import FeedbackError
from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.queue import next_offers
from feedback_app.domain.talks.talk import SignUpState, TalkFacts
from feedback_app.services import keeping_booking, signing_up, waiting_list
from feedback_app.services.keeping_booking import Held
from feedback_app.services.signing_up import NewBooking, Wanted
from feedback_app.services.waiting_list import Clock
from feedback_app.store import sign_ups, talks
from feedback_app.store.talk_tables import SignUp, TalkOffer
from tests.support.summaries import SCOPE
from tests.support.talks import add_talk

BEGINS, ENDS = datetime(2035, 11, 1, 12, tzinfo=UTC), datetime(2035, 12, 8, tzinfo=UTC)
LONDON = "Europe/London"
CONTACTS = 60  # few, so that the same ones come again and again
PATIENCE = 20  # how many times its steps a thread goes on while chance has left out something that families do

Act = Callable[[Session, random.Random], bool]


@dataclass
class Storm:
    """Threads that do what families do, and one that looks on."""

    engine: Engine
    programme: Programme
    talks: Sequence[TalkFacts]
    seed: int = 0
    now: datetime = BEGINS
    secrets: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)  # what was really done, not where nobody had anything to do
    refused: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)  # what would be a page with status 500
    most_over: int = 0  # places beyond the capacity, as seen at any moment
    looks: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def blow(self, threads: int, steps: int) -> None:
        """Let so many threads take so many steps each, while another looks on; then end what has run out.

        No storm ends before each of the acts was done: whether a few steps hold them all is chance.
        """
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        families = [threading.Thread(target=self._live, args=(number, steps)) for number in range(threads)]
        for thread in families:
            thread.start()
        for thread in families:
            thread.join()
        self.over.set()
        watcher.join()
        self._take(self.expire, random.Random(self.seed))

    def _watch(self) -> None:
        while not self.over.wait(0.02):
            with Session(self.engine) as db:
                self.look(db)

    def look(self, db: Session) -> None:
        """Note by how many places any way is overbooked now."""
        for talk in talks.list_talks(db, SCOPE, ids=[one.id for one in self.talks]):
            self.most_over = max([self.most_over, *(way.held - way.capacity for way in talk.ways)])
        self.looks += 1

    def _live(self, number: int, steps: int) -> None:
        draw = random.Random(f"{self.seed}/{number}")
        acts: list[Act] = [
            self.book, self.book, self.cancel, self.cancel, self.change, self.switch, self.answer, self.answer,
            self.answer, self.add, self.expire,
        ]  # fmt: skip
        for step in range(PATIENCE * steps):
            if step >= steps and all(self.done[act.__name__] for act in acts):
                break
            self._take(draw.choice(acts), draw)

    def _take(self, act: Act, draw: random.Random) -> None:
        """Take one step in a transaction of its own; what it raises is noted, for without the lock all may happen."""
        with Session(self.engine) as db:
            try:
                was_done = act(db, draw)
                db.commit()
                self.done[act.__name__] += was_done
            except FeedbackError as no:
                self.refused[type(no).__name__] += 1
            except Exception as wrong:
                self.errors.append(f"{act.__name__}: {type(wrong).__name__}: {wrong}")

    def _clock(self) -> Clock:
        return Clock(self.now, LONDON, self.programme.rules)

    def _wanted(self, draw: random.Random) -> list[Wanted]:
        chosen = draw.sample(self.talks, draw.randint(1, len(self.talks)))
        return [Wanted(talk.id, draw.choice(talk.ways).way, draw.randint(1, 3)) for talk in chosen]

    def book(self, db: Session, draw: random.Random) -> bool:
        """Send a form, now and then twice."""
        email = f"family-{draw.randrange(CONTACTS)}@example.org"
        request = f"a form of theirs {draw.randrange(10 * CONTACTS)} {email}"
        new = NewBooking(request, "Sam", email, None, "en_GB", "parent_carer", self._wanted(draw))
        booked = signing_up.sign_up(db, SCOPE, self.programme, LONDON, new, self.now)
        db.commit()
        if booked.secret and booked.secret not in self.secrets:
            self.secrets.append(booked.secret)
        return True

    def _some(self, db: Session, draw: random.Random, *states: SignUpState) -> Held | None:
        """Return what somebody has, of one of these states where one of a few families has."""
        held: list[Held] = []
        for secret in draw.sample(self.secrets, min(6, len(self.secrets))):
            held += keeping_booking.list_held(db, SCOPE, keeping_booking.find_booking(db, SCOPE, secret))
        db.rollback()  # as when a page was shown, and the button is pressed later
        wanted = [one for one in held if one.sign_up.state in states]
        return draw.choice(wanted or held) if held else None

    def cancel(self, db: Session, draw: random.Random) -> bool:
        """Give places back, or leave the list."""
        if held := self._some(db, draw, SignUpState.BOOKED, SignUpState.WAITING):
            keeping_booking.cancel(db, SCOPE, held, self._clock())
        return held is not None

    def change(self, db: Session, draw: random.Random) -> bool:
        """Have more or fewer places."""
        if held := self._some(db, draw, SignUpState.BOOKED, SignUpState.OFFERED):
            keeping_booking.change_places(db, SCOPE, held, draw.randint(1, 4), self.programme, self._clock())
        return held is not None

    def switch(self, db: Session, draw: random.Random) -> bool:
        """Attend in the other way."""
        if held := self._some(db, draw, SignUpState.BOOKED, SignUpState.WAITING, SignUpState.OFFERED):
            way = Way.ONLINE if held.sign_up.way is Way.IN_PERSON else Way.IN_PERSON
            keeping_booking.switch_way(db, SCOPE, held, way, self._clock(), self.programme)
        return held is not None

    def answer(self, db: Session, draw: random.Random) -> bool:
        """Take what is held, pass it on, or wait again."""
        if held := self._some(db, draw, SignUpState.OFFERED, SignUpState.LAPSED):
            if held.sign_up.state is SignUpState.LAPSED:
                waiting_list.wait_again(db, SCOPE, held.sign_up, self._clock())
            else:
                does = draw.choice([waiting_list.accept_offer, waiting_list.accept_offer, waiting_list.decline_offer])
                does(db, SCOPE, held.sign_up, self._clock())
        return held is not None

    def add(self, db: Session, draw: random.Random) -> bool:
        """Book more talks with a booking that is there."""
        if not self.secrets:
            return False
        booking = keeping_booking.find_booking(db, SCOPE, draw.choice(self.secrets))
        wanted = self._wanted(draw)
        db.rollback()
        signing_up.add_talks(db, SCOPE, self.programme, LONDON, booking, wanted, [], self.now)
        return True

    def expire(self, db: Session, draw: random.Random) -> bool:
        """Let hours go by, and end what has run out."""
        self.now = min(ENDS, self.now + timedelta(hours=draw.randint(0, 3), seconds=draw.randint(0, 3600)))
        waiting_list.expire_offers(db, SCOPE, self._clock())
        return True


def add_talks(db: Session, name: str, scarce: Sequence[Mapping[Way, int]]) -> list[TalkFacts]:
    """Add a talk with these few places each, and one that always has room online.

    Where families wait for both ways, nobody can switch to the other; where there is room, they can.
    """
    ways = [*scarce, {Way.IN_PERSON: scarce[0][Way.IN_PERSON], Way.ONLINE: 3 * CONTACTS}]
    return [add_talk(db, f"{name}-{number}", ways=here) for number, here in enumerate(ways)]


def faults(db: Session, talk_ids: Sequence[TalkFacts]) -> list[str]:
    """Return, in words, what is not as it has to be after a storm."""
    found = []
    live = SignUp.state.in_(sign_ups.LIVE)
    for one in talk_ids:
        talk = talks.find_talk(db, SCOPE, one.slug)
        assert talk is not None
        for way in talk.ways:
            where = f"{talk.slug}, {way.way}"
            if way.held > way.capacity:
                found.append(f"{where}: {way.held} of {way.capacity} places are held")
            offers = sign_ups.list_offers(db, SCOPE, talk.id, way.way)
            order, made = [offer[0] for offer in offers], [offer[2] for offer in offers]
            if order != sorted(set(order)) or made != sorted(set(made)):
                found.append(f"{where}: offers out of turn: {order}")
            if next_offers(way.free, sign_ups.list_turns(db, talk.id, way.way), way.capacity):
                found.append(f"{where}: somebody waits though places are free for them")
        for what in (SignUp.contact_mark, SignUp.booking_id):
            twice = select(func.count()).where(SignUp.talk_id == talk.id, live).group_by(what).having(func.count() > 1)
            if db.scalars(twice).all():
                found.append(f"{talk.slug}: more than one live sign-up of one {what.key}")
    offered = set(db.scalars(select(SignUp.id).where(SignUp.state == SignUpState.OFFERED.value)))
    opened = list(db.scalars(select(TalkOffer.sign_up_id).where(TalkOffer.ended == "open")))
    if sorted(offered) != sorted(opened):
        found.append("what is offered and the open offers are not the same")
    db.rollback()
    return found
