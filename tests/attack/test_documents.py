"""Pages, charts and files: the numbers read back from one are those of the others, and none holds any more."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
from lxml import html

from tests.support.attacked_pages import Pages, answers, lines_of, published

BY = ("locality", "district", "provision")
TOKEN = re.compile(r'(name="csrf_token" value|nonce)="[^"]+"')
PEOPLE = 110


def pages_of(pages: Pages) -> Iterator[str]:
    yield ""
    for name in BY:
        yield f"/by/{name}"
        yield from (f"/by/{name}/{item}" for item in ("TS02", "TS08", "TS09"))


def files_of(pages: Pages) -> dict[str, list[dict[str, str]]]:
    return {path: lines_of(pages, f"{path}/tables.csv") for path in ("", *(f"/by/{name}" for name in BY))}


def cells_of(pages: Pages, path: str) -> list[list[object]]:
    """Return the cells of all sheets of a workbook of the wave."""
    book = openpyxl.load_workbook(io.BytesIO(pages.fetch(path).data))
    return [[cell.value for row in sheet.iter_rows() for cell in row] for sheet in book.worksheets]


def read(pages: Pages, path: str) -> str:
    return TOKEN.sub("", pages.fetch(path).text)


def moved(sheets: list[dict[str, Any]], number: int) -> list[dict[str, Any]] | None:
    """Let two families of one locality and plan, in different districts, have given each other's answer."""
    pairs = [
        (one, other)
        for one, first in enumerate(sheets)
        for other, second in enumerate(sheets)
        if (first["TS12"], second["TS12"], first["TS08"], second["TS08"]) == (5, 12, 1, 2)
        and first["TS01"] == second["TS01"]
    ]
    if number >= len(pairs):
        return None
    one, other = pairs[number]
    changed = [dict(sheet) for sheet in sheets]
    changed[one]["TS08"], changed[other]["TS08"] = 2, 1
    return changed


def test_waves_that_print_the_same_numbers_have_the_same_pages_charts_and_workbooks(
    pages: Pages, tmp_path: Path
) -> None:
    same, files = 0, files_of(pages)
    for number in range(0, 60, 10):
        sheets = moved(answers(4, PEOPLE), number)
        if sheets is None or same == 2:
            break
        folder = tmp_path / str(number)
        folder.mkdir()
        with published(sheets, folder) as others:
            assert sheets != pages.sheets
            if files_of(others) == files:
                same += 1
                for path in pages_of(pages):
                    assert read(others, path) == read(pages, path), path
                assert cells_of(others, "/by/district/tables.xlsx") == cells_of(pages, "/by/district/tables.xlsx")
    assert same


def bars(page: str) -> Iterator[tuple[Mapping[str, str], str]]:
    for line in html.document_fromstring(page).xpath("//ul[@class='bars']/li"):
        said = " ".join(line.xpath("span[@class='is']")[0].text_content().split())
        for mark in line.xpath(".//rect"):
            yield mark.attrib, said


def test_a_bar_is_as_long_as_the_share_beside_it_and_one_kept_private_as_long_as_any(pages: Pages) -> None:
    read_back, private = 0, set()
    for name in BY:
        for mark, said in bars(pages.fetch(f"/by/{name}").text):
            kind = mark["class"].split()[0]
            if kind == "hatched":
                private.add(mark["width"])
            elif kind == "bar":
                assert mark["width"] in (said.partition(",")[0], said.partition("printed ")[2].partition(",")[0]), said
                read_back += 1
            elif kind == "rng":
                low = int(mark["x"].rstrip("%"))
                high = low + int(mark["width"].rstrip("%"))
                assert f"range {low} to {high}" in said or f"between {low}% and {high}%" in said
    assert read_back > 5
    assert private == {"100%"}


def test_a_chart_of_one_question_shows_no_finer_number_than_its_table(pages: Pages) -> None:
    read_back = 0
    for item in ("TS02", "TS08", "TS09"):
        document = html.document_fromstring(pages.fetch(f"/by/district/{item}").text)
        cells = document.xpath("//table[contains(@class, 'groups')]//td")
        shares = {int(found) for cell in cells for found in re.findall(r"(\d+)%", cell.text_content())}
        for mark in document.xpath("//main//ul[@class='bars']//rect[contains(@class, 'bar')]"):
            assert int(mark.get("width").rstrip("%")) in shares, (mark.get("width"), shares)
            read_back += 1
    assert read_back > 5


def test_a_page_holds_the_numbers_of_its_file_and_no_others(pages: Pages) -> None:
    for item in ("TS02", "TS08", "TS09"):
        table = pages.read("team", item, ("provision",))
        lines = lines_of(pages, f"/by/provision/{item}/tables.csv")
        people = [line["people"] for line in lines if line["part"] == "answer"]
        shown = [str(count) for group in (table or {"groups": []})["groups"] for count in group.get("counts", [])]
        assert shown == people
