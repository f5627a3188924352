"""What others do with small counts, written anew from their published descriptions, to be measured beside ours.

A table is groups x columns of exact counts; each rule set says what a reader gets to see of it. Facts with their
sources, read in November 2026:

- Plain suppression: counts of 1 to 4 are hidden, everything else is exact, zeros and totals included. The commonest
  rule of thumb; NHS Digital hid 1 to 5 in hospital statistics until 2018.
- Complementary suppression: the same, and no line of a table keeps a single hidden cell. NHS Digital gave it up because
  it was done by hand for each output, took long and could go wrong ("Disclosure control methodology for Hospital
  Episode Statistics and Emergency Care Data Set", September 2018; National Child Measurement Programme 2019/20).
- ehrQL measures: counts of 7 or fewer become 0, all others are rounded to the nearest 5, numerators and denominators
  alike (ehrQL documentation, "Using the measures framework"; opensafely-core/ehrql, measures/disclosure_control.py).
- ACRO: cells of fewer than 10 are suppressed, zeros counted as disclosive, and the totals are those of what is left
  (AI-SDC/ACRO, acro/default.yaml: safe_threshold 10, zeros_are_disclosive; user guide, "Core concepts"). Its rules on
  dominance (the two largest contributors hold 90% or more of a cell; the p-ratio, 10%) are for sums of money and the
  like. Among people who count as one each, the two largest hold 90% of cells of two people, which the threshold hides
  already: so they change nothing here. ACRO also puts a person between table and release, which no program measures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
UNKNOWN = 1_000_000  # people: as good as no bound
SMALL = 5  # plain suppression hides 1 to 4
EHRQL_HIDDEN, EHRQL_STEP = 7, 5
ACRO_THRESHOLD = 10


@dataclass(frozen=True)
class Numbers:
    """Printed counts of any shape: the number, NaN where hidden, and the counts a reader must hold possible for it."""

    shown: Floats
    low: Counts
    high: Counts


@dataclass(frozen=True)
class Printed:
    """A table as a reader gets it: cells (groups x columns), each group's base, each column's total.

    ``percents`` are those of the cells, NaN where none is shown. ``figures``, where a rule set makes any: each group's
    favourable share with its range (groups x 3, in percent); NaN where groups are not to be compared.
    """

    cells: Numbers
    bases: Numbers
    totals: Numbers
    percents: Floats
    figures: Floats | None = None


Rules = Callable[[Counts], Printed]


def exactly(counts: Counts, hidden: NDArray[np.bool_], low: int, high: int) -> Numbers:
    """Return exact counts, of which the hidden ones are known to lie from ``low`` to ``high``."""
    return Numbers(np.where(hidden, np.nan, counts), np.where(hidden, low, counts), np.where(hidden, high, counts))


def unprinted(size: int) -> Numbers:
    """Return ``size`` counts of which a reader is told nothing."""
    return Numbers(np.full(size, np.nan), np.zeros(size, np.int64), np.full(size, UNKNOWN))


def share(cells: Floats, bases: Floats) -> Floats:
    """Return the percent, 0 to 100, that printed cells are of printed bases; NaN where either is missing or 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        percents = 100 * cells / bases[:, None]
    return np.asarray(np.where(np.isfinite(percents), percents, np.nan))


def plain(table: Counts) -> Printed:
    """Hide counts of 1 to 4; everything else is exact."""
    return _with_exact_totals(table, (table > 0) & (table < SMALL), SMALL - 1)


def complementary(table: Counts) -> Printed:
    """Hide counts of 1 to 4, and where a row or column keeps a single hidden cell its smallest other, until none does.

    A second cell is one that holds somebody; a line without another stays as it is. A reader cannot tell the two kinds
    of hidden cell apart, so any of them may be of any size.
    """
    hidden = (table > 0) & (table < SMALL)
    while True:
        before = hidden.sum()
        for line, gone in [*zip(table, hidden, strict=True), *zip(table.T, hidden.T, strict=True)]:
            left = np.flatnonzero(~gone & (line > 0))
            if gone.sum() == 1 and left.size:
                gone[left[np.argmin(line[left])]] = True  # a view: changes `hidden`
        if hidden.sum() == before:
            return _with_exact_totals(table, hidden, UNKNOWN)


def _with_exact_totals(table: Counts, hidden: NDArray[np.bool_], most: int) -> Printed:
    bases, totals, none = table.sum(axis=1), table.sum(axis=0), np.zeros(1, np.bool_)
    cells = exactly(table, hidden, 1, most)
    percents = share(cells.shown, bases.astype(float))
    return Printed(cells, exactly(bases, none, 0, 0), exactly(totals, none, 0, 0), percents)


def ehrql(table: Counts) -> Printed:
    """Hide counts and totals of 0 to 7 as one, and round the others to 5."""
    cells, bases, totals = (_ehrql_numbers(counts) for counts in (table, table.sum(axis=1), table.sum(axis=0)))
    return Printed(cells, bases, totals, share(cells.shown, bases.shown))


def _ehrql_numbers(counts: Counts) -> Numbers:
    hidden = counts <= EHRQL_HIDDEN
    near = (counts + EHRQL_STEP // 2) // EHRQL_STEP * EHRQL_STEP
    low = np.maximum(near - EHRQL_STEP // 2, EHRQL_HIDDEN + 1)
    return Numbers(
        np.where(hidden, np.nan, near),
        np.where(hidden, 0, low),
        np.where(hidden, EHRQL_HIDDEN, near + EHRQL_STEP // 2),
    )


def acro(table: Counts) -> Printed:
    """Hide counts under 10, zeros too; others are exact, and totals add up what is left."""
    hidden = table < ACRO_THRESHOLD
    cells = exactly(table, hidden, 0, ACRO_THRESHOLD - 1)
    left = np.where(hidden, 0, table)
    rest = left.sum(axis=1).astype(float)
    nothing, nowhere = unprinted(len(table)), unprinted(table.shape[1])
    return Printed(cells, nothing, nowhere, share(cells.shown, rest))


ELSEWHERE: dict[str, Rules] = {
    "1-4 hidden, exact totals": plain,
    "and a second in each line": complementary,
    "ehrQL: 0-7 hidden, to 5": ehrql,
    "ACRO: 0-9 hidden": acro,
}
