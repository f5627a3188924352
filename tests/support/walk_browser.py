"""Walking the pages in a real browser, and what is looked at on each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page

from tests.support.axe import check_page

COOKIE = "feedback"
NARROW = {"width": 320, "height": 640}
LONGEST_WALK = 120

# What reaches beyond the sides of the window, though nothing scrolls to it: all but what is meant to (a table's own
# scroller, the jump link, words for screen readers only). One pixel is rounding.
_OUTSIDE = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > wide) found.push('the page scrolls sideways');
  for (const part of document.querySelectorAll('body *')) {
    if (part.closest('.hidden, .jump, .scroll, svg') || part.closest('.scroll > *')) continue;
    const box = part.getBoundingClientRect();
    if (box.width && (box.right > wide + 1 || box.left < -1))
      found.push(`${part.tagName.toLowerCase()}.${part.className} from ${box.left} to ${box.right} of ${wide}`);
  }
  return found;
}"""

# Words cut off by their own box, or two words set on top of each other by a box of fixed height.
_CUT = """() => [...document.querySelectorAll('body *')].filter((part) => {
  if (part.closest('.hidden, .jump, svg, .scroll') || !part.innerText?.trim()) return false;
  const style = getComputedStyle(part);
  const hides = [style.overflowX, style.overflowY].some((how) => ['hidden', 'clip'].includes(how));
  return hides && part !== document.documentElement && part !== document.body
    && (part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1);
}).map((part) => `${part.tagName.toLowerCase()}.${part.className}: ${part.innerText.slice(0, 60)}`)"""

_TURNED = """() => [...document.querySelectorAll("a[href^='tel:'], .code, .field--code")]
  .filter((part) => getComputedStyle(part).direction !== 'ltr').map((part) => part.outerHTML)"""

# What a page is built of, without its words, at a width of the window; repeats told once. Of an element: all its
# attributes, those that decide something with their values, whether what it refers to is there, whether it has words.
_SHAPE = """() => {
  const told = /^(class|type|role|lang|dir|scope|tabindex|autocomplete|aria-(?!label|described|controls|value).*)$/;
  const refers = /^(for|list|headers|aria-(labelledby|describedby|controls))$/;
  const found = (ids) => ids.split(/\\s+/).every((id) => document.getElementById(id));
  const kind = ({name, value}) => {
    if (told.test(name)) return `${name}=${value}`;
    if (refers.test(name)) return `${name}:${found(value)}`;
    return name === 'href' && value.startsWith('#') ? `#:${found(value.slice(1))}` : name + (value.trim() ? '' : '=');
  };
  const shape = (part) => {
    const own = [...part.attributes].map(kind).join(' ');
    const checked = part.matches(':checked') ? '!' : '';
    const words = [...part.childNodes].some((one) => one.nodeType === Node.TEXT_NODE && one.data.trim()) ? '.' : '';
    const inside = [...part.children].map(shape).filter((one, at, all) => one !== all[at - 1]);
    return `${part.localName}[${own}]${checked}(${words}${inside.join('')})`;
  };
  const letters = getComputedStyle(document.documentElement).fontSize;
  return `${innerWidth} ${letters} ${shape(document.documentElement)}`;
}"""
_passed: set[str] = set()  # shapes that axe found nothing wrong with, in any test of this process

_CHOOSE = """picks => {
  const seen = new Set();
  for (const field of document.querySelectorAll('main form :is(input, textarea)')) {
    if (field.tagName === 'TEXTAREA') { field.value = 'The staff were kind.'; continue; }
    if (!['radio', 'checkbox'].includes(field.type) || seen.has(field.name)) continue;
    if (field.name in picks && field.value !== String(picks[field.name])) continue;
    field.checked = true; seen.add(field.name);
  }
}"""


class WrongOnPage(AssertionError):
    """A page is not as it has to be; the message says which and how."""


@contextmanager
def quiet_console(page: Page) -> Iterator[list[str]]:
    """Yield a list that fills with what goes wrong in the page's own console; raise WrongOnPage if anything did."""
    said: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # Chromium reports the status of a whole page (404, 422) as an error of loading; that is not the page's fault.
        own_status = message.text.startswith("Failed to load resource") and message.location.get("url") == page.url
        if message.type in ("error", "warning") and not own_status:
            said.append(f"{page.url}: {message.text}")

    def on_error(error: Any) -> None:
        said.append(f"{page.url}: {error}")

    page.on("console", on_console)
    page.on("pageerror", on_error)
    try:
        yield said
    finally:
        page.remove_listener("console", on_console)
        page.remove_listener("pageerror", on_error)
    if said:
        raise WrongOnPage("\n".join(said))


def check_fits(page: Page) -> None:
    """Raise WrongOnPage when something reaches beyond the sides of the window or is cut off by its box."""
    outside = page.evaluate(_OUTSIDE)
    if outside:
        raise WrongOnPage(f"{page.url} is too wide:\n" + "\n".join(outside[:10]))
    cut = page.evaluate(_CUT)
    if cut:
        raise WrongOnPage(f"{page.url} cuts off:\n" + "\n".join(cut[:10]))


def check_cookies(context: BrowserContext) -> None:
    """Raise WrongOnPage when a page set any cookie but the one."""
    strange = {cookie.get("name") for cookie in context.cookies()} - {COOKIE}
    if strange:
        raise WrongOnPage(f"The pages set the cookies {strange}.")


def check_numbers(page: Page) -> None:
    """Raise WrongOnPage when a telephone number or a code is written in the direction of the words around it."""
    turned = page.evaluate(_TURNED)
    if turned:
        raise WrongOnPage(f"{page.url} turns round: {turned}")


def shape_of(page: Page) -> str:
    """Return what the page is built of, without its words."""
    page.wait_for_load_state()  # a document that is still coming has another shape
    shape: str = page.evaluate(_SHAPE)
    return shape


def check_shape(page: Page) -> None:
    """Check a page by axe, unless one built of the same parts has passed: axe reads parts, not stories."""
    shape = shape_of(page)
    if shape not in _passed:
        check_page(page)
        _passed.add(shape)


def look_at(page: Page) -> None:
    """Check a page as it stands: by axe, for its width, for its one cookie, for numbers that can be dialled."""
    check_shape(page)
    check_fits(page)
    check_numbers(page)
    check_cookies(page.context)


def is_question(page: Page) -> bool:
    """Return whether the page asks questions of a survey."""
    return page.locator("button[value=next]").count() > 0


def fill_in(page: Page, picks: dict[str, int]) -> None:
    """Choose the picked code for each question of the page, the first answer where none is picked; write in boxes."""
    page.evaluate(_CHOOSE, picks)


def press(page: Page, button: Locator) -> None:
    """Press a button and wait for the page that it leads to."""
    with page.expect_navigation():
        button.click()


def press_next(page: Page) -> None:
    """Press the button that goes on."""
    press(page, page.locator("button[value=next]"))


def press_last(page: Page) -> None:
    """Press the last button of the main part: "Start", "Send my answers", and the like."""
    press(page, page.locator("main form button").last)


def begin(page: Page, start: str) -> None:
    """Open a survey's start and begin it."""
    page.goto(start)
    press_last(page)


def walk(page: Page, picks: dict[str, int], each: Callable[[Page], None] = lambda _page: None) -> str:
    """Answer page after page until no question is left, calling `each` on each page first; return where it ended."""
    for _ in range(LONGEST_WALK):
        if not is_question(page):
            return page.url
        each(page)
        before = page.url
        fill_in(page, picks)
        press_next(page)
        if page.url == before:
            raise WrongOnPage(f"{before} takes no answer: {page.inner_text('main')}")
    raise WrongOnPage(f"{page.url}: the survey does not end.")


def page_id(page: Page) -> str:
    """Return the last part of the page's address, without what follows a question mark."""
    return re.sub(r"[?#].*", "", page.url).rstrip("/").rpartition("/")[2]


def receipt_of(page: Page) -> str:
    """Return the receipt on the page after sending; raise WrongOnPage when this is another page."""
    if page_id(page) != "sent":
        raise WrongOnPage(f"{page.url} is not the page after sending:\n{page.inner_text('main')}")
    return page.locator(".code").inner_text().strip()
