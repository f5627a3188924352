"""New visitors in a browser: what a context of Chromium costs is paid once for each kind of visitor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

USUAL_TEXT = (16, 13)  # px, as Chromium comes; the second for text whose letters are all as wide


class Visitors:
    """Welcomes visitors. A context costs as much as five pages, so one that was left is swept and opened again."""

    def __init__(self, browser: Browser, arguments: dict[str, Any]) -> None:
        """Open contexts of `browser` with these arguments, those of each visitor added."""
        self._browser, self._arguments = browser, arguments
        self._left: dict[str, list[Page]] = {}

    @contextmanager
    def welcome(self, **particular: Any) -> Iterator[Page]:
        """Yield the page of somebody who was never here, with what is particular about them."""
        chosen = self._arguments | particular
        left = self._left.setdefault(repr(sorted(chosen.items())), [])
        page = left.pop() if left else self._browser.new_context(**chosen).new_page()
        yield page
        sweep(page, chosen["viewport"])
        left.append(page)  # never one that broke in a block of `welcome`, or cannot be swept


def sweep(page: Page, viewport: Any) -> None:
    """Take away what a visitor left: cookies, what is stored, sizes of text and window, the pointer.

    The browser's cache and the page's history stay: a test that needs them empty opens a context of its own, as does
    one that goes offline or listens in.
    """
    page.context.clear_cookies()
    session = page.context.new_cdp_session(page)
    session.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    session.detach()
    set_text(page, *USUAL_TEXT)
    page.evaluate("location.protocol.startsWith('http') && sessionStorage.clear()")
    page.set_viewport_size(viewport)
    page.mouse.move(0, 0)


def set_text(page: Page, standard: int, fixed: int) -> None:
    """Set the sizes of text as a reader does in the browser's own settings: the page's queries follow them, too."""
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": standard, "fixed": fixed}})
    session.detach()
