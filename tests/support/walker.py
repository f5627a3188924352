"""Somebody who answers a survey knowing nothing but HTML forms: finds the form, ticks something, presses the button."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

RECEIPT = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4} [0-9A-HJKMNP-TV-Z]{4} [0-9A-HJKMNP-TV-Z]{4}\b")
MOST_PAGES = 150
MOST_REDIRECTS = 10
Choose = Callable[[str, list[str]], str]


class Stuck(AssertionError):
    """The walker does not know how to go on; the message says where."""


@dataclass
class Form:
    """A form as it stands: what it would send, what can be chosen, and its buttons."""

    action: str
    method: str
    kept: list[tuple[str, str]] = field(default_factory=list)  # hidden fields, and fields that hold something already
    choices: dict[str, list[str]] = field(default_factory=dict)  # radio buttons: name -> values
    boxes: dict[str, list[str]] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Collects the forms and the visible text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None and "disabled" not in given:
            self._note(self._open, tag, given)

    def _note(self, form: Form, tag: str, given: dict[str, str]) -> None:
        """Put a field into its form."""
        name, value = given.get("name", ""), given.get("value", "")
        kind = {"input": given.get("type", "text"), "button": given.get("type", "submit")}.get(tag, tag)
        if kind == "radio":
            form.choices.setdefault(name, []).append(value)
        elif kind == "checkbox":
            form.boxes.setdefault(name, []).append(value or "on")
        elif kind == "submit":
            form.buttons.append((name, value))
        elif kind == "textarea":
            form.words.append(name)
        elif tag == "input" and name:
            form.kept.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@dataclass(frozen=True)
class Seen:
    """A page as it came."""

    address: str
    status: int
    forms: tuple[Form, ...]
    text: str

    @property
    def receipt(self) -> str | None:
        """The code in three groups of four that the page shows, if any."""
        found = RECEIPT.search(self.text)
        return found.group(0) if found else None


class Visitor:
    """A browser's least part: one connection, cookies, forms, redirects. Each visitor is somebody else."""

    def __init__(self, site: str, seconds: float = 30.0) -> None:
        """Visit a site such as "http://127.0.0.1:8000"."""
        self.site = site
        self.seconds = seconds
        self.cookies: dict[str, str] = {}
        self.requests = 0
        self._connection: http.client.HTTPConnection | None = None

    def get(self, address: str) -> Seen:
        """Fetch a page, redirects followed; raise OSError or http.client.HTTPException when there is no answer."""
        return self._fetch("GET", urljoin(self.site, address), None)

    def send(self, page: Seen, form: Form, fields: list[tuple[str, str]]) -> Seen:
        """Send a form of a page; raise as `get` does."""
        address = urljoin(page.address, form.action) if form.action else page.address
        if form.method != "post":
            return self._fetch("GET", f"{address}?{urlencode(fields)}", None)
        return self._fetch("POST", address, urlencode(fields))

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _fetch(self, method: str, address: str, body: str | None) -> Seen:
        for _ in range(MOST_REDIRECTS):
            status, location, text = self._once(method, address, body)
            if status not in (301, 302, 303, 307, 308):
                reader = _Reader()
                reader.feed(text)
                return Seen(address, status, tuple(reader.forms), " ".join(" ".join(reader.text).split()))
            address, method, body = urljoin(address, location), "GET", None
        raise Stuck(f"{address} leads round and round.")

    def _once(self, method: str, address: str, body: str | None) -> tuple[int, str, str]:
        """Send one request."""
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self._connection is None:
            self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self.seconds)
        self.requests += 1
        try:
            self._connection.request(method, path, body, headers)
            reply = self._connection.getresponse()
            text = reply.read().decode()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        self._remember(reply)
        return reply.status, reply.getheader("Location", ""), text

    def _remember(self, reply: http.client.HTTPResponse) -> None:
        for line in reply.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value


def first_choice(_name: str, values: list[str]) -> str:
    """Choose the first answer."""
    return values[0]


def fill_in(form: Form, choose: Choose, words: str) -> list[tuple[str, str]]:
    """Return what to send: one answer to each question, `words` where words are asked, and the first button."""
    fields = list(form.kept)
    fields += [(name, choose(name, values)) for name, values in form.choices.items()]
    fields += [(name, choose(name, values)) for name, values in form.boxes.items()]
    fields += [(name, words) for name in form.words]
    return fields + [button for button in form.buttons[:1] if button[0]]


def main_form(page: Seen) -> Form:
    """Return the form to go on with: the last one that is posted; raise Stuck when there is none."""
    posted = [form for form in page.forms if form.method == "post" and form.buttons]
    if page.status != 200 or not posted:
        raise Stuck(f"{page.address} ({page.status}) has no form to go on with: {page.text[:400]}")
    return posted[-1]


def walk_survey(visitor: Visitor, start: str, *, choose: Choose = first_choice, words: str = "Words") -> str:
    """Answer a survey from its start page to the receipt, and return the receipt; raise Stuck."""
    page = visitor.get(start)
    for _ in range(MOST_PAGES):
        form = main_form(page)
        page = visitor.send(page, form, fill_in(form, choose, words))
        if page.status == 200 and page.receipt:
            return page.receipt
    raise Stuck(f"No receipt after {MOST_PAGES} pages; now at {page.address}.")
