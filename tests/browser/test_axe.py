"""The accessibility check itself: a deliberately bad page fails it, a good one passes, also under a strict policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.support.axe import NotAccessible
from tests.support.server import serving

HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title></head><body><main><h1>A page</h1>'
)
GOOD = HEAD + '<label for="name">Name</label> <input id="name"></main></body></html>'
BAD = HEAD + '<input id="name"><img src="x.png"><p><font color="#eee">pale</font></p></main></body></html>'


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
