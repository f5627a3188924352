"""The server's worker: a thread answers only requests that have arrived whole, so slow senders keep nobody waiting.

gunicorn's own threads read from the wire: as many slow senders as there are threads, and nobody is answered. Here what
has arrived is put aside (in memory up to 64 kB, in a file without a name beyond), and the thread goes to somebody else.
"""

from __future__ import annotations

import re
import socket
import struct
import tempfile
import time
from typing import Any

from gunicorn import util  # type: ignore[import-untyped]
from gunicorn.workers import gthread  # type: ignore[import-untyped]

MOST_HEAD = 65_536  # in all; of one line and one header gunicorn takes less
MOST_BODY = 2_000_000  # what Flask takes at most: app.py
IN_MEMORY = 65_536
LONGEST_SECONDS = 60.0  # for one request to arrive
WIRE_SECONDS = 10  # for a thread that reads from the wire after all
LINGER_SECONDS = 0.5  # for a reply to be read by somebody who is still sending
PIECE = 65_536

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)


class Arriving:
    """A request on its way, of which some has come."""

    def __init__(self, already: bytes = b"") -> None:
        """Begin with what came with the request before it."""
        self.began = time.monotonic()
        self.head = bytearray()
        self.wanted: int | None = None  # bytes of head and body together, once the head is there
        self.size = 0
        self.store = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed when it is taken
        self.add(already)

    def add(self, more: bytes) -> None:
        """Put aside what has come."""
        self.size += len(more)
        self.store.write(more)
        if self.wanted is None:
            seen = max(0, len(self.head) - len(_END_OF_HEAD))
            self.head += more
            end = self.head.find(_END_OF_HEAD, seen)
            if end >= 0:
                self.wanted = wanted_after(bytes(self.head[: end + len(_END_OF_HEAD)]))
                self.head.clear()

    @property
    def is_endless(self) -> bool:
        """Return whether the head alone is longer than any."""
        return len(self.head) > MOST_HEAD

    @property
    def is_whole(self) -> bool:
        """Return whether all of it is there, or enough for it to be refused."""
        return self.wanted is not None and self.size >= self.wanted

    @property
    def is_late(self) -> bool:
        """Return whether it has taken longer than any request should."""
        return time.monotonic() - self.began > LONGEST_SECONDS

    def take(self) -> bytes:
        """Return all that has come."""
        with self.store as store:
            store.seek(0)
            return store.read()


def wanted_after(head: bytes) -> int:
    """Return the size of a whole request with this head; that of the head where a body is refused unread."""
    length = _LENGTH.search(head)
    body = int(length.group(1)) if length and not _CHUNKED.search(head) else 0
    return len(head) + (body if body <= MOST_BODY else 0)


def refuse_to_drain(_worker: Any, request: Any) -> None:
    """Close the connection after a reply to a body that no view reads: gunicorn's hook before each request."""
    given = {name.upper(): value for name, value in request.headers}
    length = given.get("CONTENT-LENGTH", "0")
    if "TRANSFER-ENCODING" in given or not length.isdigit() or int(length) > MOST_BODY:
        request.must_close = True


class PatientWorker(gthread.ThreadWorker):
    """gunicorn's worker with threads, which waits for requests without one."""

    def is_busy(self) -> bool:
        """Return whether requests wait for a thread."""
        return bool(self.tpool._work_queue.qsize())

    def handle(self, conn: Any) -> Any:
        """Answer what has arrived whole; leave the rest to be looked at when more of it comes. Runs in a thread."""
        if not conn.initialized:
            conn.init()
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", WIRE_SECONDS, 0))
            conn.arriving = None
        if conn.arriving is None:
            conn.arriving = Arriving(conn.parser.unreader.take_buffered())
        try:
            ended = receive(conn.sock, conn.arriving)
        except OSError:
            return False
        if conn.arriving.is_endless:
            util.write_error(conn.sock, 431, "Request Header Fields Too Large", "")
            return close(conn)
        if not conn.arriving.is_whole:
            return False if ended or conn.arriving.is_late else gthread._DEFER
        conn.parser.unreader.unread(conn.arriving.take())
        conn.arriving = None
        goes_on = super().handle(conn)
        return close(conn) if goes_on is False else goes_on


def close(conn: Any) -> bool:
    """Close a connection here, return False: gunicorn would wait for its end in the one thread that all share."""
    util.close_graceful(conn.sock, LINGER_SECONDS, MOST_BODY)
    conn.close = lambda graceful=False: None
    return False


def receive(wire: socket.socket, arriving: Arriving) -> bool:
    """Take what lies on the wire without waiting for more; return whether the sender has ended it."""
    while not (arriving.is_whole or arriving.is_endless):
        try:
            piece = wire.recv(PIECE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        if not piece:
            return True
        arriving.add(piece)
    return False
