"""axe-core run on a page as it stands: `broken_rules` says what is wrong, where, and how grave."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_SOURCE = Path(__file__).parent.parent / "browser" / "vendor" / "axe.min.js"


class NotAccessible(AssertionError):
    """A page breaks rules of axe; the message names each with the elements."""


@cache
def _source() -> str:
    return _SOURCE.read_text(encoding="utf-8")


def broken_rules(page: Page, tags: tuple[str, ...] = TAGS) -> list[str]:
    """Return a line for each broken rule; raise RuntimeError when axe looked at nothing."""
    page.wait_for_load_state()  # a document that is still coming has nothing to look at yet
    # Evaluated, not added as a script tag: the page's own policy would block that without a word.
    page.evaluate(_source())
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, "
        "{runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], preload: false})"
        # All that axe passes is much to carry over: how many rules looked at something is enough.
        ".then(({passes, violations}) => ({passes: passes.length, violations}))",
        list(tags),
    )
    if not found["passes"] and not found["violations"]:
        raise RuntimeError(f"axe found nothing to look at on {page.url}.")
    return [_line(violation) for violation in found["violations"]]


def _line(violation: dict[str, Any]) -> str:
    places = "\n".join(f"    {node['html'][:200]}\n      {node['failureSummary']}" for node in violation["nodes"][:5])
    return f"{violation['id']} ({violation['impact']}): {violation['help']}\n{places}"


def check_page(page: Page) -> None:
    """Raise NotAccessible, with readable lines, when the page breaks a rule."""
    if broken := broken_rules(page):
        raise NotAccessible(f"{page.url} breaks {len(broken)} rules:\n" + "\n".join(broken))
