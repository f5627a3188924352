"""The checks of pages themselves: bad pages fail them, a good one passes, and a visitor finds nothing of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.support.axe import NotAccessible
from tests.support.server import serving
from tests.support.visitors import Visitors, set_text
from tests.support.walk_browser import NARROW, WrongOnPage, begin, check_shape, look_at

HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title></head><body><main><h1>A page</h1>'
)
GOOD = HEAD + (
    '<label for="name">Name</label> <input id="name"> <button>Go on</button> <img alt="A map">'
    '<p class="code">K7F2 2MQ0</p></main></body></html>'
)
BAD = HEAD + '<input id="name"><img src="x.png"><p><font color="#eee">pale</font></p></main></body></html>'
BROKEN = {  # a rule of axe, and what breaks it on the good page without another word on it
    "image-alt": "document.querySelector('img').removeAttribute('alt')",
    "label": "document.querySelector('label').htmlFor = 'nobody'",
    "button-name": "document.querySelector('button').textContent = ''",
    "html-has-lang": "document.documentElement.lang = ''",
    "aria-hidden-focus": "document.querySelector('input').setAttribute('aria-hidden', 'true')",
}
MISFIT = {
    "too wide": "document.querySelector('p').style.width = '400px'",
    "cuts off": "document.querySelector('p').style = 'width: 3em; overflow: hidden; white-space: nowrap'",
    "turns round": "document.documentElement.dir = 'rtl'",
}
FOUND = """async () => [
  localStorage.length, sessionStorage.length, (await caches.keys()).length, innerWidth,
  getComputedStyle(document.documentElement).fontSize,
]"""
LEAVE = """async () => {
  localStorage.setItem('left', 'here'); sessionStorage.setItem('left', 'here'); await caches.open('left');
}"""


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    """Two pages behind the strict policy that the program itself sends."""
    app = Flask("pages")
    app.add_url_rule("/good", "good", lambda: GOOD)
    app.add_url_rule("/bad", "bad", lambda: BAD)

    @app.after_request
    def strict(response):  # type: ignore[no-untyped-def]
        response.headers["Content-Security-Policy"] = "default-src 'none'"
        return response

    with serving(app) as address:
        yield address


def test_a_deliberately_bad_page_fails_with_each_rule_named(
    page: Page, pages: str, axe: Callable[[Page], None]
) -> None:
    page.goto(f"{pages}/bad")
    with pytest.raises(NotAccessible) as caught:
        axe(page)
    for rule in ("label (critical)", "image-alt (critical)", "color-contrast (serious)"):
        assert rule in str(caught.value)


def test_a_good_page_passes(page: Page, pages: str, axe: Callable[[Page], None]) -> None:
    page.goto(f"{pages}/good")
    axe(page)


@pytest.mark.parametrize(("rule", "change"), BROKEN.items(), ids=BROKEN)
def test_what_breaks_a_page_whose_like_has_passed_is_seen(page: Page, pages: str, rule: str, change: str) -> None:
    page.goto(f"{pages}/good")
    check_shape(page)
    page.evaluate(change)
    for _ in range(2):  # and seen again: only what passes is remembered
        with pytest.raises(NotAccessible, match=rule):
            check_shape(page)


@pytest.mark.parametrize(("said", "change"), MISFIT.items(), ids=MISFIT)
def test_what_does_not_fit_a_page_whose_like_has_passed_is_seen(
    narrow: Page, pages: str, said: str, change: str
) -> None:
    narrow.goto(f"{pages}/good")
    look_at(narrow)
    narrow.evaluate(change)
    with pytest.raises(WrongOnPage, match=said):
        look_at(narrow)


def test_a_visitor_finds_nothing_of_the_one_before(visitors: Visitors, fielded: Flask) -> None:
    found = []
    for _ in range(2):
        with visitors.welcome(viewport=NARROW) as page:
            page.goto("/")
            found.append((page.evaluate(FOUND), page.context.cookies()))
            begin(page, "/surveys/helpline")
            page.evaluate(LEAVE)
            set_text(page, 32, 32)
            page.set_viewport_size({"width": 500, "height": 500})
    assert found[0] == found[1] == ([0, 0, 0, 320, "16px"], [])
