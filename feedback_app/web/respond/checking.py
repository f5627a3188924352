"""What the pages after the last question show: all answers to check, then the receipt."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from feedback_app.domain import codes, routing
from feedback_app.domain.answers import Answer, count_content, needed_content
from feedback_app.domain.instrument import Item, Page, TextItem
from feedback_app.domain.missing import Missing
from feedback_app.domain.wave import last_day
from feedback_app.extensions import db
from feedback_app.services import fielding
from feedback_app.services.responding import Receipt, Unfinished
from feedback_app.web import clock
from feedback_app.web.languages import page_language


def check_context(slug: str, child: int, found: Unfinished) -> dict[str, Any]:
    """Return what the page for checking shows: answers by section, and what keeps them from being sent."""
    path = routing.path_through(found.instrument, found.sheet, found.texts_open)
    missing = _missing(slug, child, found, path)
    return {
        "instrument": found.instrument,
        "sections": _sections(slug, child, found, path),
        "missing": missing,
        "can_send": not missing,
        "answered_only": "done" in request.args,
        "send": url_for("respond.check", slug=slug, child=child),
        "back_url": _address(slug, child, path[-1]),
        "stop_url": url_for("respond.stop", slug=slug, child=child),
    }


def _address(slug: str, child: int, page: Page, *, change: bool = False) -> str:
    return url_for("respond.page", slug=slug, child=child, page_id=page.id, change=1 if change else None)


def _sections(slug: str, child: int, found: Unfinished, path: tuple[Page, ...]) -> list[dict[str, Any]]:
    """Return sections with a row an item."""
    sections: dict[str, dict[str, Any]] = {}
    for page in path:
        section = sections.setdefault(page.section.id, {"title": page.section.title, "rows": []})
        for item in page.items:
            answer = found.sheet.answers.get(item.id)
            section["rows"].append(
                {
                    "item_id": item.id,
                    "text": item.text,
                    "answer_lines": _lines(item, answer, found.sheet.texts.get(item.id, "")),
                    "state": _state(answer),
                    "change_url": _address(slug, child, page, change=True),
                }
            )
    return list(sections.values())


def _state(answer: Answer | None) -> str:
    """Return "answered", "skipped" or "not_reached"."""
    if answer is None:
        return "not_reached"
    return "skipped" if answer == Missing.SKIPPED else "answered"


def _lines(item: Item, answer: Answer | None, words: str) -> list[str]:
    """Return an answer as lines of words."""
    if isinstance(item, TextItem):
        return words.splitlines()
    codes_given = answer if isinstance(answer, tuple) else () if answer is None else (answer,)
    return [item.label_of(code) for code in codes_given if code in item.codes]


def _missing(slug: str, child: int, found: Unfinished, path: tuple[Page, ...]) -> list[dict[str, Any]]:
    """Return what must be done before the answers can be sent, each with the page where it is done."""
    open_items = routing.check_complete(found.instrument, found.sheet, found.texts_open)
    if open_items:
        return [
            {
                "text": item.text,
                "url": _address(slug, child, found.instrument.page_of[item.id], change=True),
                "message": _("Answer “%(question)s”", question=item.text),
            }
            for item in open_items
        ]
    asked = tuple(item for page in path for item in page.items)
    short = needed_content(asked, found.instrument) - count_content(asked, found.sheet)
    if short <= 0:
        return []
    first = next(page for page in path if any(item.content for item in page.items))
    message = ngettext(
        "Answer %(num)s more question, so that we can count yours",
        "Answer %(num)s more questions, so that we can count yours",
        short,
    )
    page = routing.next_page(path, found.sheet) or first
    return [{"text": message, "url": _address(slug, child, page), "message": message}]


def sent_context(slug: str, receipt: Receipt) -> dict[str, Any]:
    """Return what the page after sending shows."""
    wave = fielding.get_wave_by_id(db.session, receipt.wave_id)
    instrument = fielding.get_instrument(db.session, wave.version_id, page_language().locale)
    closes = last_day(wave.closed_from)
    steps = [{"when": _("Today"), "text": _("Your answers are in."), "now": True}]
    if closes and closes >= clock.today():
        steps.append({"when": format_date(closes, "d MMMM"), "text": _("The survey closes."), "now": False})
    return {
        "instrument": instrument,
        "receipt": codes.as_written(receipt.code),
        "steps": steps,
        "leave_url": url_for("respond.leave"),
        "another_url": url_for("respond.another", slug=slug) if instrument.second_child else None,
    }
