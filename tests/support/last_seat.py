"""Many families who want the last places of a talk at the same moment, each posting its form twice, over HTTP."""

from __future__ import annotations

import http.client
import re
import selectors
import socket
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
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
_LOCATION = re.compile(rb"(?i)\r\nlocation: (\S+)")
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

    def filled_in(self) -> bytes:
        """Return what goes over the wire when the button is pressed."""
        form = {"way": "in_person", "places": self.places, "name": "Sam", "email": self.email, "booker": "parent_carer"}
        body = urlencode({**self.hidden, **form})
        lines = (
            f"POST /talks/{self.slug}/book HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Cookie: {self.cookie}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        )
        return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode()

    def _ask(self, method: str, path: str) -> tuple[http.client.HTTPResponse, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        try:
            connection.request(method, path)
            reply = connection.getresponse()
            return reply, reply.read().decode()
        finally:
            connection.close()


@dataclass
class Press:
    """One press of the button, on a connection of its own, and what has come back so far."""

    family: Family
    form: bytes
    wire: socket.socket = field(default_factory=socket.socket)
    reply: bytes = b""

    def go_on(self, events: int) -> bool:
        """Send, or take what lies there; return whether that was all."""
        try:
            if events & selectors.EVENT_WRITE:
                self.form = self.form[self.wire.send(self.form) :]
                return False
            piece = self.wire.recv(65_536)
        except BlockingIOError:
            return False
        except OSError:
            return True
        self.reply += piece
        head, end, body = self.reply.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        return not piece or bool(end and length and len(body) >= int(length[1]))

    def told(self, seconds: float) -> Sent:
        """Return what came back, and close the connection."""
        self.wire.close()
        head, end, _body = self.reply.partition(b"\r\n\r\n")
        if not end:
            return Sent(599, "", seconds)
        where = _LOCATION.search(head)
        return Sent(int(head.split()[1]), urlsplit(where[1].decode()).path if where else "", seconds)


def press_twice(people: Iterable[Family]) -> None:
    """Let all press twice at the same moment, and note what came back, each with the time since that moment.

    In one thread: hundreds of them would take the processor from the program that they are to measure.
    """
    presses = [Press(person, person.filled_in()) for person in people for _twice in range(2)]
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for press in presses:
            press.wire.setblocking(False)
            press.wire.connect_ex(("127.0.0.1", press.family.port))
            selector.register(press.wire, selectors.EVENT_WRITE, press)
        while selector.get_map() and time.perf_counter() - began < WAIT_SECONDS:
            for key, events in selector.select(1):
                press = key.data
                if press.go_on(events):
                    selector.unregister(press.wire)
                    press.family.sent.append(press.told(time.perf_counter() - began))
                elif not press.form:
                    selector.modify(press.wire, selectors.EVENT_READ, press)
        for key in list(selector.get_map().values()):
            key.data.family.sent.append(key.data.told(WAIT_SECONDS))


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
    press_twice(people)
    return _count(db, talk, people)


def _at_once(steps: Iterable[object], at_most: int) -> None:
    """Take steps in threads, `at_most` at a time; raise what went wrong in one of them."""
    gate = threading.Semaphore(at_most)
    wrong: list[BaseException] = []

    def take(step: object) -> None:
        assert callable(step)
        try:
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
