"""Every word on every page goes through the translations: in a pseudo-language no English word is left."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from lxml.html import HtmlElement

from tests.support.application import migrate, running_application
from tests.support.covering import Way, ways_through
from tests.support.databases import sqlite_url
from tests.support.demonstrated import seed
from tests.support.surveys import LANCASHIRE, real_survey

PREFIX = "/ar-xb"
ANSWERS = 60
SURVEYS = sorted(folder.name for folder in LANCASHIRE.iterdir() if folder.is_dir())
PLAIN = ("/", "/help", "/privacy", "/accessibility", "/cookies", "/contact", "/languages", "/come-back",
         "/delete-my-answers", "/no/such/page")  # fmt: skip
SPOKEN = ("aria-label", "alt", "title", "placeholder")
WORD = re.compile(r"[A-Za-z]{3,}")
# The same in every language: names, addresses of letters and of pages, kinds of file, what staff call a survey among
# themselves, and the invented names on the page of components.
TREES = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Juniper", "Larch", "Maple", "Oak", "Rowan")
FORMAL = tuple(real_survey(name).formal_title for name in SURVEYS)
NAMES = re.compile(
    "|".join(
        re.escape(name) for name in sorted((*FORMAL, *TREES, "Lancashire SEND Partnership"), key=len, reverse=True)
    )
    + r"|\S+@\S+|[a-z0-9-]+-20\d\d\b|(\b[A-Z0-9]{4}\b ?){3}|XLSX|CSV"
)


def english_words(page: str) -> list[str]:
    """Return the runs of Latin letters that a page says in its own language: in text, title and spoken names."""
    document = lxml_html.document_fromstring(page)
    for apart in document.xpath("//script | //style | //textarea | //*[@class='code'] | //body//*[@lang]"):
        apart.drop_tree()
    said = [part for part in _said(document) if WORD.search(part)]
    return list(dict.fromkeys(said))


def _said(document: HtmlElement) -> Iterator[str]:
    for part in document.itertext():
        yield NAMES.sub("", part).strip()
    for name in SPOKEN:
        for value in document.xpath(f"//@{name}"):
            yield NAMES.sub("", str(value)).strip()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with a demonstration in it."""
    url = sqlite_url(tmp_path_factory.mktemp("translated") / "words.sqlite")
    migrate(url)
    with running_application(url, pseudo_languages=True, demonstration=True) as application:
        seed(application, ANSWERS)
        yield application


class Walker:
    """A visitor who keeps the English words of each page met."""

    def __init__(self, client: FlaskClient) -> None:
        """Begin with no page met."""
        self.client = client
        self.left: dict[str, list[str]] = {}

    def get(self, address: str) -> Any:
        """Open a page, redirects followed."""
        return self._note(self.client.get(address, follow_redirects=True))

    def send(self, address: str, page: Any, **data: Any) -> Any:
        """Send a page's form back to its address."""
        document = lxml_html.document_fromstring(page.text)
        token = document.xpath("string(//main//input[@name='csrf_token']/@value)")
        return self._note(self.client.post(address, data={"csrf_token": token, **data}, follow_redirects=True))

    def _note(self, page: Any) -> Any:
        if page.mimetype == "text/html" and (found := english_words(page.text)):
            self.left.setdefault(page.request.path, []).extend(found)
        return page

    def report(self) -> str:
        """Return what is left in English, each with the first page that says it."""
        first: dict[str, str] = {}
        for address, words in self.left.items():
            for word in words:
                first.setdefault(word, address)
        return "\n".join(f"{address}: {word}" for word, address in first.items())


def choices_on(page: Any, way: Way) -> dict[str, str]:
    """Return an answer for each question on a page: the way's pick, else the first; words in the boxes."""
    document = lxml_html.document_fromstring(page.text)
    chosen: dict[str, str] = {}
    for box in document.xpath("//main//input[@type='radio' or @type='checkbox']"):
        chosen.setdefault(box.get("name"), str(way.picks.get(box.get("name"), box.get("value"))))
    return chosen | {box.get("name"): "سلام" for box in document.xpath("//main//textarea")}


@pytest.mark.parametrize("name", SURVEYS)
def test_no_english_is_left_on_the_pages_of_a_survey(app: Flask, name: str) -> None:
    instrument = real_survey(name)
    start = f"{PREFIX}/surveys/{instrument.slug}"
    walker = Walker(app.test_client())
    walker.get(f"{start}/privacy")
    for way in ways_through(instrument):
        page = walker.send(start, walker.get(start), **way.context)
        while "/check" not in page.request.path:
            address = page.request.path
            walker.send(address, page, do="next")  # what is to be mended
            page = walker.send(address, walker.get(address), do="next", **choices_on(page, way))
        for beside in ("saved", "stop"):
            walker.get(page.request.path.replace("/check", f"/{beside}"))
        walker.send(page.request.path, page)
        walker.client = app.test_client()
    assert not walker.report()


def test_no_english_is_left_on_the_other_pages(app: Flask) -> None:
    walker = Walker(app.test_client())
    for address in PLAIN:
        page = walker.get(PREFIX + address)
        if 'name="code"' in page.text:
            walker.send(PREFIX + address, page, code="K7F2 2MQ0 9XTA")
    for slug, item in (("send-pictures", "CE00"), ("send-16-to-25", "CA00")):
        start = f"{PREFIX}/surveys/{slug}"
        page = walker.send(start, walker.get(start))
        walker.send(page.request.path, page, do="next", **{item: "3"})
    walker.client = app.test_client()
    walker.get(f"{PREFIX}/surveys/helpline/1/hl1")
    walker.client.post(f"{PREFIX}/surveys/helpline/1/hl1", data={"HL1": "1"})
    walker.get(f"{PREFIX}/team/sign-in")
    walker.get(f"{PREFIX}/team/new-password")
    walker.send(f"{PREFIX}/team/sign-in", walker.get(f"{PREFIX}/team/sign-in"), email="", password="")
    assert not walker.report()


def test_no_english_is_left_on_the_pages_of_the_team(app: Flask) -> None:
    from feedback_app.services.accounts import DEMONSTRATION_PASSWORD

    walker = Walker(app.test_client())
    door = f"{PREFIX}/team/sign-in"
    waves = walker.send(door, walker.get(door), email="send.team@example.org", password=DEMONSTRATION_PASSWORD)
    assert waves.request.path == f"{PREFIX}/team"
    document = lxml_html.document_fromstring(waves.text)
    links = document.xpath("//main//h2/a/@href")
    assert len(links) == 2 * len(SURVEYS)
    for link in links:
        walker.get(link)
    walker.send(f"{links[0]}/rows", walker.get(f"{links[0]}/rows"), reason="")
    for survey in ("send-parents", "send-pictures"):
        now, then = (link.rpartition("/")[2] for link in sorted(links, reverse=True) if f"/{survey}-" in link)
        walker.get(f"{PREFIX}/team/waves/{now}/compared-with/{then}")
        walker.get(f"{PREFIX}/team/waves/{then}/compared-with/{now}")
        walker.get(f"{PREFIX}/team/waves/{now}/by/district")
    by = next(link for link in sorted(links, reverse=True) if "/send-parents-" in link) + "/by"
    for address in ("district/PC06", "locality/PC06?with=provision", "setting/PC22", "provision/PC30", "district/PC0",
                    "wave/PC20", "wave/PC20?with=age_band", "district/PC06?with=locality", "waiting/PC28"):  # fmt: skip
        walker.get(f"{by}/{address}")
    walker.get(f"{PREFIX}/team/roles")
    walker.get(f"{PREFIX}/team/components")
    assert not walker.report()
