"""An invented survey told apart by district and plan, answers to it, and what a page says of a group."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date

from lxml import html
from sqlalchemy.orm import Session

from feedback_app.domain.answers import Answer
from feedback_app.domain.instrument import Instrument
from tests.support.summaries import END, add_answers, add_wave, make_instrument

DISTRICTS = {1: "Burnley", 4: "Hyndburn", 5: "Lancaster", 7: "Preston", 10: "South Ribble", 12: "Wyre"}
SHARES = {1: 70, 4: 8, 5: 60, 7: 50, 10: 25, 12: 60}  # people of each, and two who are in none


def grouped_instrument(**changes: object) -> Instrument:
    """Return the survey: a plan, a district, a need that is never broken down, and questions of each kind."""
    data = make_instrument().model_dump(mode="json", by_alias=True)
    items = [item for section in data["sections"] for item in section["items"]]
    area = {"id": "TS12", "text": "Where do you live?", "type": "single", "content": False, "breakdown": "district"}
    area["options"] = [{"code": code, "label": name} for code, name in DISTRICTS.items()]
    area["options"].append({"code": 99, "label": "Not sure"})  # type: ignore[attr-defined]
    need = {"id": "TS13", "text": "What is the need?", "type": "multi", "content": False}
    need["options"] = [{"code": 1, "label": "One need"}, {"code": 2, "label": "Another need"}]
    sections = [
        {"id": "about", "title": "About you", "items": [items[0], area, need]},
        {"id": "rest", "title": "The rest", "items": items[1:]},
    ]
    return Instrument.model_validate(data | {"sections": sections} | changes)


def grouped_answers(seed: int = 3, shares: Mapping[int, int] | None = None) -> list[dict[str, Answer]]:
    """Return invented answers; those from Lancaster are far happier than those from Burnley."""
    draw = random.Random(seed)
    sheets: list[dict[str, Answer]] = []
    for district, number in {**(shares or SHARES), 99: 2}.items():
        for _ in range(number):
            plan = draw.choices((1, 2), (55, 45))[0]
            happy = draw.choices((1, 2, 3, 4, 5), (5, 5, 15, 40, 35) if district == 5 else (30, 25, 20, 15, 10))[0]
            sheets.append({
                "TS01": plan, "TS12": district, "TS13": (draw.choice((1, 2)),), "TS02": happy,
                "TS03": draw.choices((1, 2, 3, 4, 5), (30, 25, 20, 15, 10))[0] if plan == 1 else -1,
                "TS04": draw.choices((1, 2, 3, 4, 5), (10, 15, 25, 30, 20))[0],
                "TS05": draw.choices(range(11), (5, 5, 5, 5, 5, 5, 10, 12, 18, 15, 15))[0],
                "TS08": draw.choices((1, 2, 3), (30, 40, 30))[0],
                "TS09": tuple(code for code in (1, 2, 3) if draw.random() < 0.5) or -3,
            })  # fmt: skip
    return sheets


def add_grouped(
    db: Session, slug: str = "autumn", seed: int = 3, closed_from: date | None = END, **changes: object
) -> None:
    """Open a wave of the survey with its answers."""
    instrument = grouped_instrument(**changes)
    wave = add_wave(db, instrument, slug, closed_from)
    add_answers(db, wave, grouped_answers(seed), instrument=instrument)


def rows_of(page: str) -> dict[str, list[str]]:
    """Return group -> the words of its cells in a page's table, as they are read."""
    document = html.document_fromstring(page)
    rows: Sequence[html.HtmlElement] = document.xpath("//table[contains(@class, 'groups')]/tbody/tr")
    said = [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in rows]
    return {cells[0].removesuffix(" small group"): cells[1:] for cells in said}
