"""A wave's protected figures as CSV, one row a figure, and what changed since an earlier wave beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields

from feedback_app.domain.disclosure.safe import SafeChange, SafeCount, SafeFigure, SafeRelease, SafeScale
from feedback_app.reports.cells import csv_cell
from feedback_app.reports.tables import total_cell, unit_of

Cell = str | int | float | None
Families = Sequence[tuple[str, int, Sequence[SafeChange]]]  # name, how many were compared together, the changes


@dataclass(frozen=True)
class FigureRow:
    """One figure: names and reasons are those of the program, values those that may be shown."""

    wave: str
    item: str = ""
    question: str = ""
    figure: str = ""
    value: int | float | None = None
    low: int | float | None = None
    high: int | float | None = None
    base: int | str | None = None
    unit: str = ""
    weighted: str = "no"
    small_group: str = "no"
    of_list: str = "no"
    withheld: str = ""


@dataclass(frozen=True)
class ChangeCells:
    """What changed in a figure since the earlier wave, in its own unit's points, or the reason why that is not said."""

    before: int | None = None
    after: int | None = None
    change: int | None = None
    change_low: int | None = None
    change_high: int | None = None
    verdict: str = ""
    p: float | None = None
    family: str = ""
    m: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Changes:
    """What was compared since the earlier wave: the changes of each family, and why the rest was not."""

    families: Families
    refused: Mapping[str, str]


FIGURE_COLUMNS = tuple(one.name for one in fields(FigureRow))
CHANGE_COLUMNS = tuple(one.name for one in fields(ChangeCells))


def summary_csv(
    wave: str,
    asked: Mapping[str, str],
    number: SafeCount,
    release: SafeRelease,
    *,
    weighted: bool = False,
    changes: Changes | None = None,
) -> str:
    """Return the figures of a wave as CSV with a heading (RFC 4180); weighted ones and changes where they are wanted.

    ``asked``: item -> question and scale -> title, also of those that only the earlier wave has. No cell is one that a
    spreadsheet would run.
    """
    rows = list(figure_rows(wave, asked, number, release, weighted=weighted))
    if changes is None:
        return _lines([FIGURE_COLUMNS, *map(astuple, rows)])
    heading = (*FIGURE_COLUMNS, *CHANGE_COLUMNS)
    return _lines([heading, *((*astuple(row), *astuple(cells)) for row, cells in _beside(wave, asked, rows, changes))])


def figure_rows(
    wave: str, asked: Mapping[str, str], number: SafeCount, release: SafeRelease, *, weighted: bool = False
) -> Iterator[FigureRow]:
    """Yield how many answered, then the figures of each item and scale, each followed by its weighted one if wanted."""
    yield FigureRow(wave, figure="responses", value=number.value, base=total_cell(number), unit="people")
    for table in release:
        question = asked[table.code]
        also = {figure.name: figure for figure in table.weighted} if weighted else {}
        for figure in table.figures:
            yield _figure_row(wave, table.code, question, figure, small=table.small_group)
            if figure.name in also:
                yield _figure_row(wave, table.code, question, also[figure.name], small=False, weighted=True)
    for scale in release.scales:
        yield from _scale_rows(wave, asked.get(scale.code, scale.code), scale, weighted=weighted)


def _figure_row(
    wave: str, code: str, question: str, figure: SafeFigure, *, small: bool, weighted: bool = False
) -> FigureRow:
    values = figure.value, figure.low, figure.high
    return FigureRow(
        wave, code, question, figure.name, *values, total_cell(figure.base), unit_of(figure.name),
        _said(weighted), _said(small), _said(figure.of_list), figure.reason or "",
    )  # fmt: skip


def _scale_rows(wave: str, title: str, scale: SafeScale, *, weighted: bool) -> Iterator[FigureRow]:
    """Yield a scale's mean score and its reliability."""
    yield _figure_row(wave, scale.code, title, scale.score, small=scale.small_group)
    if weighted and scale.weighted:
        yield _figure_row(wave, scale.code, title, scale.weighted, small=False, weighted=True)
    if scale.alpha:
        alpha = scale.alpha
        yield FigureRow(
            wave, scale.code, title, "alpha", alpha.value, alpha.low, alpha.high, total_cell(alpha.base),
            "0 to 1", withheld=alpha.reason or "",
        )  # fmt: skip


def _beside(
    wave: str, asked: Mapping[str, str], rows: Iterable[FigureRow], changes: Changes
) -> Iterator[tuple[FigureRow, ChangeCells]]:
    """Yield each row with its change, the reason for none beside an item's first row, then what is not asked now."""
    made = {
        (change.code, change.name, _said(change.weighted)): _change_cells(change, name, m)
        for name, m, family in changes.families
        for change in family
    }
    refused = dict(changes.refused)
    for row in rows:
        key = (row.item, row.figure, row.weighted)
        yield row, made.get(key) or ChangeCells(reason=refused.pop(row.item, ""))
    for code, reason in refused.items():
        yield FigureRow(wave, code, asked.get(code, code)), ChangeCells(reason=reason)


def _change_cells(change: SafeChange, family: str, m: int) -> ChangeCells:
    before, after = (side.value if side else None for side in (change.before, change.after))
    verdict = str(change.verdict) if change.verdict else ""
    sizes = (change.value, change.low, change.high)
    return ChangeCells(before, after, *sizes, verdict, change.p, family, m, change.refused or "")


def _said(so: bool) -> str:
    return "yes" if so else "no"


def _lines(rows: Iterable[Iterable[Cell]]) -> str:
    return "".join(f"{','.join(map(_cell, row))}\r\n" for row in rows)


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    return csv_cell(value) if isinstance(value, str) else str(value)
