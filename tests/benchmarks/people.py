"""People who answer a survey over HTTP, many at once, in a process of their own: what the server is measured with.

Prints lines of JSON: {"event": "begin"}, {"event": "end"}, then the figures.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import select
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.benchmarks.figures import percentile
from tests.benchmarks.journeys import THINK, Ask, Broken, Reply, journey
from tests.benchmarks.phones import Person

WARM_UP = 12  # journeys before anything is counted, so that every worker has seen every page


@dataclass
class Figures:
    """What was measured; times in milliseconds."""

    requests: list[float] = field(default_factory=list)
    presses: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    completed: int = 0
    received: int = 0


class Crowd:
    """A number of people at once; those who finish begin anew until the time is over."""

    def __init__(self, port: int, slug: str, size: int, think: float) -> None:
        """Make `size` people who think `think` seconds a page on average (0: not at all)."""
        self.slug, self.think = slug, think
        self.poll = select.epoll()
        self.by_wire: dict[int, Person] = {}
        self.everybody = [Person(number, port, self.poll, self.by_wire) for number in range(size)]
        self.later: list[tuple[float, int]] = []
        self.figures = Figures()
        self.receipts: list[str] = []
        self.counting = False
        self.over = False
        self.used = 0.0
        self.unsettled: set[int] = set()

    def warm_up(self) -> float:
        """Let a few people through, one after the other; return how many presses a journey takes on average."""
        presses = 0
        for _ in range(WARM_UP):
            person = Person(-1, self.everybody[0].port, self.poll, self.by_wire)
            way = journey(self.slug)
            step: Ask | str = next(way)
            try:
                while True:
                    presses += step == THINK
                    step = way.send(self._alone(person, step)) if isinstance(step, Ask) else next(way)
            except StopIteration as done:
                self.receipts.append(done.value.decode())
            person.hang_up()
        return presses / WARM_UP

    def _alone(self, person: Person, ask: Ask) -> Reply:
        """Return the reply to one request, waiting for it."""
        person.send(ask)
        while True:
            for _wire, _event in self.poll.poll(60):
                assert person.wire is not None
                reply = person.take(person.wire.recv(262_144))
                if reply:
                    if reply.status not in (200, 302):
                        raise Broken(f"status {reply.status} while warming up: {reply.page().decode()[:2000]}")
                    return reply

    def run(self, seconds: float, spread: float, presses: float) -> float:
        """Let everybody in over `spread` seconds, measure for `seconds`; return the seconds measured."""
        now = time.perf_counter()
        for person in self.everybody:
            if self.think:
                person.hurry = random.randrange(int(presses))  # so that they stand at different pages
                self.unsettled.add(person.number)
            heapq.heappush(self.later, (now + spread * person.number / len(self.everybody), person.number))
        self._until(lambda: not self.unsettled and time.perf_counter() >= now + spread)
        print(json.dumps({"event": "begin"}), flush=True)
        began = time.perf_counter()
        self.counting = True
        self.used = -time.process_time()
        self._until(lambda: time.perf_counter() >= began + seconds)
        self.counting = False
        self.used += time.process_time()
        took = time.perf_counter() - began
        print(json.dumps({"event": "end"}), flush=True)
        self.over = True  # who has pressed "send" is still shown their receipt, so that the two can be compared
        self._until(lambda: not any(person.asked and person.asked.ends for person in self.everybody))
        return took

    def _until(self, done: Callable[[], bool]) -> None:
        """Serve everybody until `done` says so."""
        while not done():
            now = time.perf_counter()
            while self.later and self.later[0][0] <= now:
                self._go_on(self.everybody[heapq.heappop(self.later)[1]], None)
            wait = min(0.05, self.later[0][0] - now) if self.later else 0.05
            for wire, _event in self.poll.poll(max(0.0, wait)):
                person = self.by_wire.get(wire)
                if person:
                    self._hear(person)

    def _hear(self, person: Person) -> None:
        """Take in what has come for one person, and let them go on."""
        assert person.wire is not None
        try:
            data = person.wire.recv(262_144)
        except OSError:
            data = b""
        try:
            if not data:
                self._lost(person)
                return
            reply = person.take(data) if person.asked else None
        except Broken as wrong:
            self._break(person, str(wrong))
            return
        if reply:
            self._count(person, reply)
            self._go_on(person, reply)

    def _lost(self, person: Person) -> None:
        """Reconnect when a kept connection ended; a new one that ends without a reply is an error."""
        if person.asked is None:
            person.hang_up()
        elif person.fresh or person.buffer:
            self._break(person, "connection lost")
        else:
            person.reconnect()

    def _count(self, person: Person, reply: Reply) -> None:
        assert person.asked is not None
        now = time.perf_counter()
        if self.counting:
            self.figures.requests.append(1000 * (now - person.asked_at))
            self.figures.received += len(person.buffer)
            if person.pressed_at and person.asked.method == "GET":
                self.figures.presses.append(1000 * (now - person.pressed_at))
        if person.asked.method == "GET":
            person.pressed_at = 0.0
        if reply.status not in (200, 302):
            self.figures.errors[f"status {reply.status} to {person.asked.method}"] += 1

    def _go_on(self, person: Person, reply: Reply | None) -> None:
        """Let somebody take their next step: ask, think, or finish and begin anew."""
        asked, person.asked = person.asked, None
        if self.over and not (asked and asked.ends):
            return
        try:
            if person.way is None:
                person.way, person.cookie = journey(self.slug), b""
                step = next(person.way)
            else:
                step = person.way.send(reply) if reply else next(person.way)
            if step == THINK:
                step = self._thinking(person)
            if isinstance(step, Ask):
                person.send(step)
        except StopIteration as done:
            self._finish(person, done.value)
        except Broken as wrong:
            self._break(person, str(wrong))
        except OSError as wrong:
            self._break(person, type(wrong).__name__)

    def _thinking(self, person: Person) -> Ask | str:
        """Return what somebody asks next when they do not think, or THINK once they are to be woken later."""
        assert person.way is not None
        if not self.think or person.hurry:
            person.hurry = max(0, person.hurry - 1)
            return next(person.way)
        self.unsettled.discard(person.number)
        heapq.heappush(self.later, (time.perf_counter() + random.uniform(0.5, 1.5) * self.think, person.number))
        return THINK

    def _finish(self, person: Person, receipt: bytes) -> None:
        self.receipts.append(receipt.decode())
        self.figures.completed += self.counting
        self._anew(person)

    def _break(self, person: Person, kind: str) -> None:
        self.figures.errors[kind] += 1
        self._anew(person)

    def _anew(self, person: Person) -> None:
        """Let the next person take this one's place, on a connection of their own."""
        person.hang_up()
        person.way, person.asked, person.pressed_at = None, None, 0.0
        if not self.over:
            heapq.heappush(self.later, (time.perf_counter(), person.number))


def main() -> None:
    """Run a crowd as the command line says and print what it saw."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--port", type=int, required=True)
    asked.add_argument("--slug", required=True)
    asked.add_argument("--people", type=int, required=True)
    asked.add_argument("--seconds", type=float, required=True)
    asked.add_argument("--think", type=float, default=0.0)
    asked.add_argument("--spread", type=float, default=0.5)
    told = asked.parse_args()
    crowd = Crowd(told.port, told.slug, told.people, told.think)
    presses = crowd.warm_up()
    took = crowd.run(told.seconds, told.spread, presses)
    seen = crowd.figures
    requests, waits = sorted(seen.requests), sorted(seen.presses)
    print(
        json.dumps(
            {
                "seconds": took,
                "requests": len(requests),
                "completed": seen.completed,
                "requests_a_journey": 2 * presses + 1,
                "request_ms": [percentile(requests, share) for share in (0.5, 0.95, 0.99, 1.0)],
                "press_ms": [percentile(waits, share) for share in (0.5, 0.95, 0.99, 1.0)],
                "errors": dict(seen.errors),
                "receipts": crowd.receipts,
                "own_ms_a_request": 1000 * crowd.used / max(1, len(requests)),
                "received": seen.received,
            }
        )
    )


if __name__ == "__main__":
    main()
