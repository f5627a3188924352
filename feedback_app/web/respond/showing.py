"""How a page of questions is shown: as answered so far, or with what is to be mended."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain import routing
from feedback_app.domain.instrument import Page
from feedback_app.services.responding import Unfinished
from feedback_app.web.items import shown


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
    minutes = routing.minutes_left(path, found.sheet, now.id)
    back = path[at - 1] if at else None
    return render_template(
        "respond/page.html",
        instrument=found.instrument,
        page=now,
        shown=tuple(shown(item) for item in now.items),
        chosen=chosen,
        words=words,
        errors=errors,
        notice=notice,
        back_url=url_for("respond.page", slug=slug, child=child, page_id=back.id)
        if back
        else url_for("respond.start", slug=slug),
        left=_left(found, minutes, at, len(path)),
        percent=round(100 * at / len(path)),
        skippable=not any(item.required for item in now.items),
        change="change" in request.args,
        section_hint=now.section.hint,
        stop_url=url_for("respond.stop", slug=slug, child=child),
    )


def _left(found: Unfinished, minutes: int, at: int, pages: int) -> str:
    """Return how much is left, in words: minutes for the family voice, a part of the way for the young."""
    if found.instrument.voice == "family":
        return ngettext("About %(num)s minute left", "About %(num)s minutes left", minutes)
    if at == 0:
        return _("Just started")
    if at == pages - 1:
        return _("Last one")
    return _("More than half way") if at * 2 >= pages else _("On your way")
