"""The way through an instrument: which pages are asked, which comes next, which answers are kept."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from feedback_app.domain.answers import Answer, AnswerSheet
from feedback_app.domain.conditions import holds
from feedback_app.domain.instrument import Instrument, Item, MultiItem, Page, SingleItem, TextItem
from feedback_app.domain.missing import Missing

SECONDS = {"rating": 7, "single": 7, "multi": 10, "text": 60}


def items_asked(instrument: Instrument, sheet: AnswerSheet, texts_open: bool = True) -> tuple[Item, ...]:
    """Return the items asked, in order. An answer counts for a route only while its own item is asked."""
    asked: list[Item] = []
    given: dict[str, Answer] = {}
    texts_off = instrument.text_switch and not texts_open
    for section in instrument.sections:
        if not holds(section.route, given, sheet.context, instrument.conditions):
            continue
        for item in section.items:
            if texts_off and isinstance(item, TextItem):
                continue
            if holds(item.route, given, sheet.context, instrument.conditions):
                asked.append(item)
                if item.id in sheet.answers:
                    given[item.id] = sheet.answers[item.id]
    return tuple(asked)


def path_through(instrument: Instrument, sheet: AnswerSheet, texts_open: bool = True) -> tuple[Page, ...]:
    """Return the pages asked, in order, each with only those of its items that are."""
    asked = items_asked(instrument, sheet, texts_open)
    wanted = {item.id for item in asked}
    pages = dict.fromkeys(instrument.page_of[item.id].id for item in asked)
    return tuple(_only(instrument, page_id, wanted) for page_id in pages)


def _only(instrument: Instrument, page_id: str, wanted: set[str]) -> Page:
    """Return a page with the wanted items alone."""
    page = instrument.pages[page_id]
    items = tuple(item for item in page.items if item.id in wanted)
    return page if len(items) == len(page.items) else replace(page, items=items)


def next_page(path: Iterable[Page], sheet: AnswerSheet, after: str | None = None) -> Page | None:
    """Return the page after `after`, or the first not yet reached when that is not on the path; None at the end."""
    pages = tuple(path)
    ids = [page.id for page in pages]
    if after in ids:
        return pages[ids.index(after) + 1] if ids.index(after) + 1 < len(pages) else None
    return next((page for page in pages if not all(sheet.reached(item.id) for item in page.items)), None)


def without_closed_texts(instrument: Instrument, page_id: str, texts_open: bool) -> tuple[Item, ...]:
    """Return the items of a page that may hold an answer: no own words where they are switched off."""
    items = instrument.pages[page_id].items
    closed = instrument.text_switch and not texts_open
    return tuple(item for item in items if not (closed and isinstance(item, TextItem)))


def is_handed_over(instrument: Instrument, sheet: AnswerSheet) -> bool:
    """Return whether the answers say that somebody else is answering in the person's place."""
    handover = instrument.handover
    return handover is not None and holds(handover.when, sheet.answers, sheet.context, instrument.conditions)


def keep_asked(instrument: Instrument, sheet: AnswerSheet, texts_open: bool = True) -> AnswerSheet:
    """Return the sheet for keeping: only what is asked on the path, every item with an answer or a kind of missing."""
    asked = {item.id for item in items_asked(instrument, sheet, texts_open)}
    answers = {
        item: sheet.answers.get(item, int(Missing.NOT_REACHED)) if item in asked else int(Missing.NOT_SHOWN)
        for item in instrument.items
    }
    texts = {item: text for item, text in sheet.texts.items() if item in asked and text.strip()}
    return AnswerSheet(answers, texts, sheet.context)


def check_complete(instrument: Instrument, sheet: AnswerSheet, texts_open: bool = True) -> tuple[Item, ...]:
    """Return the required items on the path that have no answer yet."""
    return tuple(
        item
        for item in items_asked(instrument, sheet, texts_open)
        if item.required and sheet.answers.get(item.id, Missing.SKIPPED) == Missing.SKIPPED
    )


def seconds_for(items: Iterable[Item]) -> int:
    """Return the time, in seconds, that answering the items takes (7 s a rating, 60 s two comments)."""
    total = 0
    for item in items:
        match item:
            case TextItem():
                total += SECONDS["text"]
            case MultiItem():
                total += SECONDS["multi"]
            case SingleItem():
                total += SECONDS["single"]
            case _:
                total += SECONDS["rating"]
    return total


def minutes_left(path: Iterable[Page], sheet: AnswerSheet, page_id: str | None = None) -> int:
    """Return whole minutes, 1 at the least, for the pages from `page_id` on (from the first unreached when None)."""
    pages = list(path)
    if page_id is None:
        pages = [page for page in pages if not all(sheet.reached(item.id) for item in page.items)]
    else:
        ids = [page.id for page in pages]
        pages = pages[ids.index(page_id) :] if page_id in ids else pages
    return max(1, math.ceil(sum(seconds_for(page.items) for page in pages) / 60))
