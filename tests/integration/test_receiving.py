"""The served program against senders who are slow, send far too much, or never end."""

from __future__ import annotations

import contextlib
import http.client
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.application import migrate
from tests.support.crash import Served, served
from tests.support.databases import sqlite_url

GIGABYTE = 1_000_000_000
PIECE = b"x" * 65_536


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The program served by two workers of four threads."""
    folder = tmp_path_factory.mktemp("served")
    url = sqlite_url(folder / "served.sqlite")
    migrate(url)
    with served(url, folder) as running:
        yield running


def memory(server: Served) -> int:
    """Return how many kB the workers hold at most at any time since they began."""
    told = [Path(f"/proc/{worker}/status").read_text() for worker in server.workers()]
    return sum(int(text.partition("VmHWM:")[2].split()[0]) for text in told)


def connect(server: Served) -> socket.socket:
    """Return a connection to the server."""
    return socket.create_connection(("127.0.0.1", server.port), 20)


def status_of(wire: socket.socket) -> int:
    """Return the status of the reply, read to its first line."""
    said = b""
    while b"\r\n" not in said:
        piece = wire.recv(4096)
        assert piece, "closed without a reply"
        said += piece
    return int(said.split()[1])


def pour(wire: socket.socket, size: int, *, chunked: bool) -> int:
    """Send so many bytes until there is a reply, and return its status."""
    for _ in range(size // len(PIECE)):
        if select.select([wire], [], [], 0)[0]:
            break
        try:
            wire.sendall(b"%x\r\n%s\r\n" % (len(PIECE), PIECE) if chunked else PIECE)
        except (BrokenPipeError, ConnectionResetError):
            break
    return status_of(wire)


def head(*lines: str) -> bytes:
    """Return the head of a form that is sent to the door."""
    given = (
        "POST /team/sign-in HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/x-www-form-urlencoded",
        *lines,
    )
    return ("\r\n".join(given) + "\r\n\r\n").encode()


@pytest.mark.parametrize(
    ("line", "status", "chunked"),
    [(f"Content-Length: {GIGABYTE}", 413, False), ("Transfer-Encoding: chunked", 411, True)],
)
def test_a_gigabyte_is_refused_at_once_and_memory_stays_flat(
    server: Served, line: str, status: int, chunked: bool
) -> None:
    assert server.answers()
    before = memory(server)
    for _ in range(8):
        with connect(server) as wire:
            wire.sendall(head(line))
            assert pour(wire, GIGABYTE, chunked=chunked) == status
    assert memory(server) - before < 20_000
    assert server.answers()


def test_ten_thousand_parts_are_refused(server: Served) -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    body = part * 10_000 + b"--b--\r\n"
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("POST", "/team/sign-in", body, {"Content-Type": "multipart/form-data; boundary=b"})
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-A: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(200)) + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-A: " + b"a" * 200_000,
    ],
    ids=["long address", "long header", "many headers", "endless head"],
)
def test_a_head_that_is_too_long_is_refused(server: Served, request_line: bytes) -> None:
    with connect(server) as wire:
        wire.sendall(request_line)
        assert 400 <= status_of(wire) < 500


def test_slow_senders_keep_nobody_waiting(server: Served) -> None:
    """Far more than there are threads send nothing, half a head, or a body drop by drop."""
    beginnings = (b"", b"POST /team/sign-in HT", head("Content-Length: 5000"), head("Content-Length: 1500000") + PIECE)
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(server)) for _ in range(80)]
        for at, wire in enumerate(slow):
            wire.sendall(beginnings[at % len(beginnings)])
        for _ in range(3):
            for at, wire in enumerate(slow):
                if at % len(beginnings) > 1:
                    wire.sendall(b"a")
            for _ in range(10):  # eight threads that read from the wire would answer nobody at all
                with connect(server) as wire:
                    wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                    assert status_of(wire) == 200


def test_what_comes_in_pieces_is_answered_once_it_is_whole(server: Served) -> None:
    whole = head("Content-Length: 200000") + b"a=" + b"b" * 199_998
    with connect(server) as wire:
        for start in range(0, len(whole), 40_000):
            wire.sendall(whole[start : start + 40_000])
            time.sleep(0.02)
        assert status_of(wire) == 400  # read, and refused for want of its token


def test_requests_that_come_together_are_answered_one_after_another(server: Served) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with connect(server) as wire:
        wire.sendall(one * 2 + one[:10])
        said = b""
        while said.count(b'{"status":"ok"}') < 2:
            said += wire.recv(4096)
        wire.sendall(one[10:])
        assert status_of(wire) == 200
