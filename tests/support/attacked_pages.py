"""An invented wave behind the program's own pages, two readers who look at them, and what they read there."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import delete
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.domain.answers import Answer
from feedback_app.domain.dimensions import locality_codes
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Role
from feedback_app.store.tables import ReleasedTable
from tests.attack.reading import UNTOLD, Asked, Breakdowns, Figure
from tests.attack.readings import Rules
from tests.support.application import migrate, running_application
from tests.support.databases import copy_sqlite, make_sqlite_template
from tests.support.grouped import DISTRICTS, grouped_instrument
from tests.support.invented_waves import KINDS, InventedQuestion, InventedWave
from tests.support.snapshots import taking
from tests.support.summaries import add_answers, add_wave, signed_in

OVER = date(2027, 2, 1)  # no answer can come any more, and the figures of the day have groups too
WAVE = "/team/waves/autumn"
Sheets = Sequence[Mapping[str, Answer]]
Printed = dict[str, Any]
PROVISION = {"EHC plan": 1, "Waiting or no plan": 3}
TOP, MIDDLE, BOTTOM = frozenset({4, 5}), frozenset({3}), frozenset({1, 2})
SKIPPED = ("skipped",)
ORDER = ("locality", "district", "provision")
ASKED = {
    "TS02": Asked("TS02", (1, 2, 3, 4, 5), (TOP, MIDDLE, BOTTOM), SKIPPED, Rules(), figures=(Figure("top", TOP),)),
    "TS08": Asked("TS08", (1, 2, 3), tuple(frozenset({code}) for code in (1, 2, 3)), SKIPPED, Rules()),
    "TS09": Asked("TS09", (1, 2, 3), tuple(frozenset({code}) for code in (1, 2, 3)), SKIPPED, Rules(), several=True),
}


def answers(seed: int, people: int) -> list[dict[str, Answer]]:
    """Return invented answers of few people, most of them in some of the groups."""
    draw = random.Random(seed)
    weights = [draw.random() ** 2 + 0.05 for _ in DISTRICTS]
    happy = [draw.random() + 0.02 for _ in range(5)]
    sheets: list[dict[str, Answer]] = []
    for _ in range(people):
        chosen = tuple(code for code, share in ((1, 0.5), (2, 0.3), (3, 0.1)) if draw.random() < share)
        sheets.append({
            "TS01": draw.choices((1, 2), (60, 40))[0], "TS12": draw.choices(list(DISTRICTS), weights)[0],
            "TS02": draw.choices((1, 2, 3, 4, 5, -3), (*happy, 0.1))[0],
            "TS08": draw.choices((1, 2, 3, -3), (50, 40, 8, 4))[0], "TS09": chosen or -3,
        })  # fmt: skip
    return sheets


@dataclass(frozen=True)
class Pages:
    """The pages of one wave, as two readers see them: one of the SEND team, one who leads a workstream."""

    app: Flask
    db: Session
    readers: Mapping[str, FlaskClient]
    labels: Mapping[str, Mapping[str, int]]
    localities: Mapping[int, int]
    sheets: Sheets = field(repr=False)

    @cached_property
    def wave(self) -> InventedWave:
        """Return the same answers as columns, to count them exactly."""
        return _wave_of(self)

    @cached_property
    def summary(self) -> list[dict[str, str]]:
        """Return the lines of the file of the whole wave."""
        return lines_of(self, "/tables.csv")

    def fetch(self, path: str) -> TestResponse:
        """Return a page or file of the wave as the SEND team gets it."""
        reply = self.readers["team"].get(f"{WAVE}{path}")
        assert reply.status_code == 200, (reply.status_code, path)
        return reply

    def forget(self) -> None:
        """Let nobody have seen any crossed table."""
        self.db.execute(delete(ReleasedTable))
        self.db.commit()

    def address(self, item: str, by: Sequence[str]) -> str:
        """Return where a question stands by one breakdown or by two."""
        return f"{WAVE}/by/{by[0]}/{item}" + (f"?with={by[1]}" if len(by) > 1 else "")

    def read(self, reader: str, item: str, by: Sequence[str]) -> Printed | None:
        """Return a breakdown as it stands on a reader's page, or None where the page shows none."""
        reply = self.readers[reader].get(self.address(item, by))
        assert reply.status_code == 200, (reply.status_code, self.address(item, by))
        rows = html.document_fromstring(reply.text).xpath("//table[contains(@class, 'groups')]/tbody/tr")
        if not rows:
            return None
        by = [name for name in ORDER if name in by]  # however it was asked for, it stands in this order
        lines = [self._line(row, by, len(ASKED[item].bands)) for row in rows if not self._is_coarser(row, by)]
        return {"by": by, "groups": lines}

    def _is_coarser(self, row: html.HtmlElement, by: Sequence[str]) -> bool:
        """Return whether a row is that of a locality above its districts, which its own page has too."""
        return list(by) == ["district"] and _words(row.xpath("th")[0]) in self.labels["locality"]

    def _line(self, row: html.HtmlElement, by: Sequence[str], columns: int) -> Printed:
        names = _words(row.xpath("th")[0]).split(": ")
        group = [self.labels[name][label] for name, label in zip(by, names, strict=True)]
        cells = row.xpath("td")
        base = _total(_words(cells[0])) if len(cells) > 1 or not cells[0].get("colspan") else None
        if len(cells) <= 2:
            return {"group": group, "base": base, "withheld": "R1"}
        counted = [_count(cell) for cell in cells[1:] if cell.xpath("span") or _is_hidden(cell)]
        assert len(counted) == columns, [_words(cell) for cell in cells]
        small = bool(row.xpath("th/span"))
        return {"group": group, "base": base, "counts": counted, "small_group": small}

    def whole(self, item: str) -> Printed:
        """Return a question's table of the whole wave as its file holds it."""
        lines = [line for line in self.summary if line["item"] == item]
        found: Printed = {"base": None, "distribution": [], "missing": {}, "figures": []}
        for line in lines:
            if line["part"] == "base":
                found["base"] = _total(line["people"])
            elif line["part"] == "answer":
                found["distribution"].append({"code": int(line["code"]), "count": _number(line["people"])})
        return found


def lines_of(pages: Pages, path: str) -> list[dict[str, str]]:
    """Return the lines of a CSV file of the wave."""
    return list(csv.DictReader(io.StringIO(pages.fetch(path).text.removeprefix("\ufeff"))))


def _words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().replace("small group", "").split())


def _is_hidden(cell: html.HtmlElement) -> bool:
    return _words(cell).startswith("fewer than")


def _count(cell: html.HtmlElement) -> int | str:
    return "c" if _is_hidden(cell) or "fewer" in _words(cell.xpath("span")[0]) else int(_words(cell.xpath("span")[0]))


def _number(text: str) -> int | str:
    return int(text) if text.isdigit() else "c"


def _total(text: str) -> int | dict[str, int]:
    digits = "".join(letter for letter in text if letter.isdigit())
    return int(digits) if text.isdigit() else {"fewer_than": int(digits)}


def _wave_of(pages: Pages) -> InventedWave:
    plans = {1: 1, 2: 3}
    districts = np.array([_code(sheet["TS12"]) for sheet in pages.sheets])
    columns = {
        "locality": np.array([pages.localities.get(int(code), UNTOLD) for code in districts]),
        "district": districts,
        "provision": np.array([plans[_code(sheet["TS01"])] for sheet in pages.sheets]),
    }
    groups = {name: tuple(sorted(pages.labels[name].values())) for name in columns}
    parents = {"district": ("locality", {code: pages.localities[code] for code in DISTRICTS})}
    questions = tuple(_question(asked, pages.sheets) for asked in ASKED.values())
    return InventedWave(Breakdowns(groups, parents), columns, questions)


def _code(answer: Answer) -> int:
    return answer if isinstance(answer, int) else UNTOLD


def _question(asked: Asked, sheets: Sheets) -> InventedQuestion:
    given = [sheet[asked.code] for sheet in sheets]
    codes = np.array([one[0] if isinstance(one, tuple) else one for one in given], dtype=np.int64)
    assert set(codes[codes < 0]) <= {KINDS["skipped"]}
    if not asked.several:
        return InventedQuestion(asked, "single", codes)
    chosen = np.array([[isinstance(one, tuple) and code in one for code in asked.options] for one in given])
    return InventedQuestion(asked, "multi", codes, chosen=chosen)


@contextmanager
def published(sheets: Sheets, folder: Path) -> Iterator[Pages]:
    """Yield the pages of a wave with these answers, all of them in the figures of the day too."""
    instrument: Instrument = grouped_instrument()
    url = copy_sqlite(make_sqlite_template(folder, migrate), folder)
    with running_application(url) as app:
        from feedback_app.extensions import db as extension

        with app.app_context():
            engine = extension.engine
        with Session(engine) as db:
            add_answers(db, add_wave(db, instrument), sheets, instrument=instrument)
            snapshot = taking(app, OVER)
            assert snapshot.take_snapshot(db, "autumn")
            made = snapshot.make_breakdowns(db, "autumn")
            assert made
            assert snapshot.keep_breakdowns(db, made)
            db.commit()
            geography = app.config["PLACES"].only.geography
            names = {locality.name: locality.code for locality in geography.localities}
            labels = {"district": {name: code for code, name in DISTRICTS.items()}, "locality": names}
            labels["provision"] = PROVISION
            readers = {"team": signed_in(app, db, Role.SEND_TEAM), "lead": signed_in(app, db, Role.WORKSTREAM_LEAD)}
            yield Pages(app, db, readers, labels, locality_codes(geography), sheets)
