"""What one person does in a survey: reads the form off every page, chooses at random, goes where they are sent."""

from __future__ import annotations

import random
import re
from collections.abc import Generator
from dataclasses import dataclass

import brotli

_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
_CONTROL = re.compile(
    rb'<(?:input type="(?:radio|checkbox)"|textarea) id="[^"]+" name="([A-Z0-9_]+)"(?: value="(-?\d+)")?'
)
_RECEIPT = re.compile(rb'class="code"[^>]*>([0-9A-Z ]{14})<')
SOME_WORDS = "Made+up+words%2C+to+be+counted"


class Broken(Exception):
    """A journey that cannot go on; the message is what it is counted under."""


@dataclass(frozen=True)
class Ask:
    """A request to send; `press` says that a person waits for the page it leads to."""

    method: str
    path: str
    body: str = ""
    press: bool = False

    @property
    def ends(self) -> bool:
        """Return whether this sends the answers off, or asks for the receipt."""
        return self.path.endswith("/sent") or (self.path.endswith("/check") and self.method == "POST")


@dataclass(frozen=True)
class Reply:
    """What came back: the status, where it leads, and the page as it came, still compressed."""

    status: int
    location: str
    body: bytes
    encoding: bytes

    def page(self) -> bytes:
        """Return the page as a browser shows it; Broken when it is compressed in a way nobody asked for."""
        if self.encoding == b"br":
            return bytes(brotli.decompress(self.body))
        if self.encoding:
            raise Broken("encoding")
        return self.body


THINK = "think"
Journey = Generator[Ask | str, Reply, bytes]


def journey(slug: str) -> Journey:
    """Yield what one person asks for, and THINK where they would read; return the receipt they are shown."""
    path = f"/surveys/{slug}"
    reply = yield Ask("GET", path)
    yield THINK
    while True:
        page = reply.page()
        if path.endswith("/sent"):
            return found_in(_RECEIPT, page, "no receipt")
        reply = yield Ask("POST", path, _filled_in(page), press=True)
        if reply.status != 302:
            raise Broken(f"status {reply.status} to a form")
        path = reply.location
        reply = yield Ask("GET", path)
        if not path.endswith("/sent"):
            yield THINK


def found_in(pattern: re.Pattern[bytes], page: bytes, otherwise: str) -> bytes:
    found = pattern.search(page)
    if found is None:
        raise Broken(otherwise)
    return found[1]


def _filled_in(page: bytes) -> str:
    """Return the form of a page with one answer to each question, chosen at random."""
    choices: dict[bytes, list[bytes]] = {}
    for name, value in _CONTROL.findall(page):
        choices.setdefault(name, []).append(value)
    token = found_in(_TOKEN, page, "no token").decode()
    parts = [f"csrf_token={token}", "do=next"]
    for name, values in choices.items():
        chosen = random.choice(values).decode()
        parts.append(f"{name.decode()}={chosen or SOME_WORDS}")
    return "&".join(parts)
