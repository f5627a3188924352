"""What a phone fetches the first time: every byte of head and body as it travels, compressed as it asks for it."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass
from urllib.parse import urljoin

import brotli

from tests.benchmarks.figures import print_table
from tests.benchmarks.served import Server, served, sqlite_database
from tests.support.application import running_application
from tests.support.surveys import field, real_survey

SURVEYS = ("send_parents", "send_11_15", "send_pictures")
ASKS = {
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "en-GB",
    "User-Agent": "Mozilla/5.0 (Linux; Android 14; Mobile)",
}
_LINKED = re.compile(r'(?:<link rel="(?:icon|stylesheet)" href|<script[^>]* src|<img[^>]* src)="([^"]+)"')
_FACE = re.compile(r"@font-face\s*{([^}]*)}")
_SOURCE = re.compile(r'url\("?([^")]+)"?\)')
_RANGE = re.compile(r"unicode-range:\s*([^;]+)")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Fetched:
    """One reply: how many bytes travelled (head and body), and what it says."""

    size: int
    text: str
    location: str
    cookie: str


def fetch(server: Server, path: str, cookie: str = "", body: str | None = None) -> Fetched:
    """Return what a phone gets for a path; RuntimeError for anything but a page, a file or a redirection."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    headers = ASKS | ({"Cookie": cookie} if cookie else {})
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    line.request("GET" if body is None else "POST", path, body, headers)
    reply = line.getresponse()
    data = reply.read()
    if reply.status not in (200, 302):
        raise RuntimeError(f"{path} answered {reply.status}.")
    head = len(f"HTTP/1.1 {reply.status} {reply.reason}\r\n\r\n") + sum(
        len(f"{k}: {v}\r\n") for k, v in reply.getheaders()
    )
    line.close()
    plain = brotli.decompress(data) if reply.getheader("Content-Encoding") == "br" else data
    set_cookie = (reply.getheader("Set-Cookie") or cookie).partition(";")[0]
    return Fetched(head + len(data), plain.decode("utf-8", "replace"), reply.getheader("Location") or "", set_cookie)


def fonts_of(style: str, page: str) -> list[str]:
    """Return the fonts of a style sheet that a page's letters call for."""
    fonts = []
    for face in _FACE.findall(style):
        source, letters = _SOURCE.search(face), _RANGE.search(face)
        if source and (letters is None or any(_within(letters[1], letter) for letter in set(page))):
            fonts.append(source[1])
    return fonts


def _within(ranges: str, letter: str) -> bool:
    """Return whether a letter is in ranges such as "U+100-2AF, U+1E00-1EFF"."""
    for part in ranges.split(","):
        first, _dash, last = part.strip().removeprefix("U+").partition("-")
        if int(first, 16) <= ord(letter) <= int(last or first, 16):
            return True
    return False


def first_load(server: Server, path: str, cookie: str = "") -> list[object]:
    """Return requests and kilobytes (1,000 bytes) of a page with all that it needs, and the kilobytes by kind."""
    page = fetch(server, path, cookie)
    sizes = {"page": page.size, "css": 0, "js": 0, "svg": 0, "woff2": 0}
    wanted = list(dict.fromkeys(urljoin(path, link) for link in _LINKED.findall(page.text)))
    requests = 1
    for address in wanted:
        file = fetch(server, address)
        kind = address.partition("?")[0].rpartition(".")[2]
        sizes[kind] = sizes.get(kind, 0) + file.size
        requests += 1
        if kind == "css":
            wanted += [
                font for link in fonts_of(file.text, page.text) if (font := urljoin(address, link)) not in wanted
            ]
    return [requests, sum(sizes.values()) / 1000, *(size / 1000 for size in sizes.values())]


def main() -> None:
    """Print the first load of start pages and of first questions."""
    rows = []
    with sqlite_database() as database:
        with running_application(database.url) as app:
            slugs = [field(app, real_survey(name)).survey_slug for name in SURVEYS]
        with served(database) as server:
            rows.append(["/", *first_load(server, "/")])
            for slug in slugs:
                path = f"/surveys/{slug}"
                rows.append([path, *first_load(server, path)])
                start = fetch(server, path)
                token = _TOKEN.search(start.text)
                assert token is not None
                begun = fetch(server, path, start.cookie, f"csrf_token={token[1]}")
                rows.append([begun.location, *first_load(server, begun.location, begun.cookie)])
    headings = ("first load", "requests", "kB", "page", "css", "js", "svg", "fonts")
    print_table("First load on the wire, nothing in the phone's memory (aim: under 60 kB)", headings, rows)


if __name__ == "__main__":
    main()
