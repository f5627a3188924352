"""Many families who want the last places of a talk at the same moment, each posting its form twice, over HTTP."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.store import sign_ups, talks
from feedback_app.store.talk_tables import Booking, SignUp
from tests.support.summaries import SCOPE

_HIDDEN = re.compile(r'name="(csrf_token|request)" value="([^"]+)"')
WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Sent:
    """A form that was sent: the status, where it leads, and how long that took."""

    status: int
    leads_to: str
    seconds: float


@dataclass
class Family:
    """Somebody with the form of a talk open, who presses the button twice."""

    port: int
    slug: str
    email: str
    places: int = 1
    cookie: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)

    def open_form(self) -> None:
        """Get the form with its key and its token; RuntimeError when it is not there."""
        reply, page = self._ask("GET", f"/talks/{self.slug}/book")
        self.cookie = (reply.headers["set-cookie"] or "").partition(";")[0]
        self.hidden = dict(_HIDDEN.findall(page))
        if reply.status != 200 or set(self.hidden) != {"csrf_token", "request"}:
            raise RuntimeError(f"There is no form: status {reply.status}.")

    def press(self) -> None:
        """Send the form, and note what came back."""
        form = {"way": "in_person", "places": self.places, "name": "Sam", "email": self.email, "booker": "parent_carer"}
        began = time.perf_counter()
        try:
            reply, _page = self._ask("POST", f"/talks/{self.slug}/book", urlencode({**self.hidden, **form}))
        except (OSError, http.client.HTTPException) as gone:
            self.sent.append(Sent(599, type(gone).__name__, time.perf_counter() - began))
            return
        where = urlsplit(reply.headers["location"] or "").path
        self.sent.append(Sent(reply.status, where, time.perf_counter() - began))

    def _ask(self, method: str, path: str, body: str = "") -> tuple[http.client.HTTPResponse, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body or None, headers)
            reply = connection.getresponse()
            return reply, reply.read().decode()
        finally:
            connection.close()


@dataclass(frozen=True)
class Rush:
    """What became of a rush for the last places."""

    capacity: int
    held: int
    bookings: int
    families: int
    live: int
    errors: int  # replies of 500 and above, or none
    others: int  # replies that did not lead to a booking
    two_links: int  # families whose two posts led to two different bookings
    seconds: tuple[float, ...]

    @property
    def overbooked(self) -> int:
        """Return how many places were given away that there are not."""
        return max(0, self.held - self.capacity)

    @property
    def is_right(self) -> bool:
        """Return whether every place was given once, and every family has one booking and one link to it."""
        all_well = self.held == self.capacity and not (self.errors or self.others or self.two_links)
        return all_well and self.bookings == self.live == self.families


def rush(port: int, db: Session, talk: TalkFacts, families: int, name: str = "family") -> Rush:
    """Let so many families open the form one after the other, and all press twice at the same moment."""
    people = [Family(port, talk.slug, f"{name}-{number}@example.org") for number in range(families)]
    _at_once([person.open_form for person in people], at_most=8)
    together = threading.Barrier(2 * families)

    def press(person: Family) -> None:
        together.wait(timeout=WAIT_SECONDS)
        person.press()

    _at_once([lambda person=person: press(person) for person in people for _twice in range(2)])
    return _count(db, talk, people)


def _at_once(steps: Iterable[object], at_most: int | None = None) -> None:
    """Take steps in threads, `at_most` at a time; raise what went wrong in one of them."""
    gate = threading.Semaphore(at_most) if at_most else None
    wrong: list[BaseException] = []

    def take(step: object) -> None:
        assert callable(step)
        try:
            if gate is None:
                step()
            else:
                with gate:
                    step()
        except BaseException as problem:
            wrong.append(problem)

    threads = [threading.Thread(target=take, args=(step,), daemon=True) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]


def _count(db: Session, talk: TalkFacts, people: list[Family]) -> Rush:
    db.rollback()
    now_there = talks.find_talk(db, SCOPE, talk.slug)
    assert now_there is not None
    there = SignUp.talk_id == talk.id
    live = db.scalar(select(func.count()).select_from(SignUp).where(there, SignUp.state.in_(sign_ups.LIVE))) or 0
    of_talk = select(SignUp.booking_id).where(there)
    bookings = db.scalar(select(func.count()).select_from(Booking).where(Booking.id.in_(of_talk))) or 0
    db.rollback()
    sent = [one for person in people for one in person.sent]
    kinds = Counter("error" if one.status >= 500 else "booked" if _is_booked(one) else "other" for one in sent)
    return Rush(
        capacity=now_there.ways[0].capacity,
        held=now_there.ways[0].held,
        bookings=bookings,
        families=len(people),
        live=live,
        errors=kinds["error"],
        others=kinds["other"],
        two_links=sum(len({one.leads_to for one in person.sent}) > 1 for person in people),
        seconds=tuple(one.seconds for one in sent),
    )


def _is_booked(sent: Sent) -> bool:
    return sent.status == 303 and sent.leads_to.startswith("/talks/booking/")
