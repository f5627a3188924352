"""How a page of questions is shown: as answered so far, or with what is to be mended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.csrf import generate_csrf

from feedback_app.domain import routing
from feedback_app.domain.instrument import Page
from feedback_app.services.responding import Unfinished
from feedback_app.web.items import shown
from feedback_app.web.languages import page_language

REMEMBERED = 500  # pages of about 8 kB that a process keeps ready


def show_page(
    slug: str,
    child: int,
    found: Unfinished,
    path: tuple[Page, ...],
    now: Page,
    chosen: dict[str, frozenset[int]],
    words: dict[str, str],
    errors: dict[str, Any],
    notice: str | None = None,
) -> str:
    """Return a page of questions with what was given, and what is to be mended."""
    at = path.index(now)
    back = path[at - 1] if at else None
    minutes = routing.minutes_left(path, found.sheet, now.id)

    def render() -> str:
        """Return the page, made now."""
        return render_template(
            "respond/page.html",
            instrument=found.instrument,
            page=now,
            shown=tuple(shown(item) for item in now.items),
            chosen=chosen,
            words=words,
            errors=errors,
            notice=notice,
            back_url=_address_of(slug, child, back),
            left=_left(found, minutes, at, len(path)),
            percent=round(100 * at / len(path)),
            skippable=not any(item.required for item in now.items),
            change="change" in request.args,
            section_hint=now.section.hint,
            stop_url=url_for("respond.stop", slug=slug, child=child),
        )

    said = errors or notice or any(words.values()) or any(chosen.values())
    if said or request.method != "GET" or request.query_string:
        return render()
    asked = tuple(item.id for item in now.items)
    language = page_language().locale
    facts = (request.path, language, found.draft.wave.version_id, asked, back and back.id, at, len(path), minutes)
    return _from_memory(facts, render)


def _address_of(slug: str, child: int, page: Page | None) -> str:
    """Return the address of a page, or of the survey's start when there is none."""
    if page is None:
        return url_for("respond.start", slug=slug)
    return url_for("respond.page", slug=slug, child=child, page_id=page.id)


def _from_memory(facts: tuple[Any, ...], render: Callable[[], str]) -> str:
    """Return a page that holds no answer, made once for its facts: from person to person only its token differs."""
    pages: dict[tuple[Any, ...], list[str]] = current_app.extensions.setdefault("pages not answered", {})
    token = generate_csrf()
    around = pages.get(facts)
    if around is None:
        around = render().split(token)
        if len(pages) >= REMEMBERED:
            pages.clear()
        if len(around) == 2:
            pages[facts] = around
    return token.join(around)


def _left(found: Unfinished, minutes: int, at: int, pages: int) -> str:
    """Return how much is left, in words: minutes for the family voice, a part of the way for the young."""
    if found.instrument.voice == "family":
        return ngettext("About %(num)s minute left", "About %(num)s minutes left", minutes)
    if at == 0:
        return _("Just started")
    if at == pages - 1:
        return _("Last one")
    return _("More than half way") if at * 2 >= pages else _("On your way")
