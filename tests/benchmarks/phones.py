"""A phone: one connection that is kept, one cookie, HTTP/1.1 written and read by hand so that it costs little."""

from __future__ import annotations

import re
import select
import socket
import time
from dataclasses import dataclass

from tests.benchmarks.journeys import Ask, Journey, Reply, found_in

HEADERS = (
    "Host: 127.0.0.1:{port}\r\nUser-Agent: Mozilla/5.0 (Linux; Android 14; Mobile)\r\nAccept: text/html,*/*;q=0.8\r\n"
    "Accept-Language: en-GB\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: keep-alive\r\n"
)
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_LOCATION = re.compile(rb"(?i)\r\nlocation: *(?:https?://[^/\r]+)?(/[^\r]*)")
_COOKIE = re.compile(rb"(?i)\r\nset-cookie: *(feedback=[^;\r]*)")
_ENCODING = re.compile(rb"(?i)\r\ncontent-encoding: *(\w+)")
_CLOSE = re.compile(rb"(?i)\r\nconnection: *close")


@dataclass(eq=False)
class Person:
    """Somebody with a phone: a connection, a cookie, and how far they are."""

    number: int
    port: int
    poll: select.epoll
    people: dict[int, Person]
    wire: socket.socket | None = None
    cookie: bytes = b""
    buffer: bytes = b""
    asked: Ask | None = None
    asked_at: float = 0.0
    pressed_at: float = 0.0
    fresh: bool = True
    way: Journey | None = None
    hurry: int = 0  # presses to come without thinking

    def send(self, ask: Ask) -> None:
        """Send a request, over the connection there is or a new one."""
        self.asked, self.asked_at, self.buffer = ask, time.perf_counter(), b""
        if ask.press:
            self.pressed_at = self.asked_at
        self.fresh = self.wire is None
        if self.wire is None:
            self._connect()
        try:
            self._write(ask)
        except OSError:  # the server had closed it meanwhile
            self.reconnect()

    def reconnect(self) -> None:
        """Send the last request once more, over a new connection, as browsers do when a kept one has gone."""
        assert self.asked is not None
        self.hang_up()
        self.fresh = True
        self._connect()
        self._write(self.asked)

    def _connect(self) -> None:
        wire = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.setblocking(False)
        self.wire = wire
        self.people[wire.fileno()] = self
        self.poll.register(wire.fileno(), select.EPOLLIN)

    def _write(self, ask: Ask) -> None:
        assert self.wire is not None
        head = f"{ask.method} {ask.path} HTTP/1.1\r\n{HEADERS.format(port=self.port)}"
        if self.cookie:
            head += f"Cookie: {self.cookie.decode()}\r\n"
        if ask.method == "POST":
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(ask.body)}\r\n"
        self.wire.sendall(f"{head}\r\n{ask.body}".encode())

    def hang_up(self) -> None:
        """Close the connection."""
        if self.wire is not None:
            self.poll.unregister(self.wire.fileno())
            del self.people[self.wire.fileno()]
            self.wire.close()
            self.wire = None

    def take(self, data: bytes) -> Reply | None:
        """Add what came in; return the reply once it is whole."""
        self.buffer += data
        ends = self.buffer.find(b"\r\n\r\n")
        if ends < 0:
            return None
        head = self.buffer[:ends]
        length = int(found_in(_LENGTH, head, "no length"))
        if len(self.buffer) < ends + 4 + length:
            return None
        cookie, location, encoding = _COOKIE.search(head), _LOCATION.search(head), _ENCODING.search(head)
        if cookie:
            self.cookie = cookie[1]
        if _CLOSE.search(head):
            self.hang_up()
        where = location[1].decode() if location else ""
        return Reply(int(head[9:12]), where, self.buffer[ends + 4 :], encoding[1] if encoding else b"")
