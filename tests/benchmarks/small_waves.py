"""Invented waves of one question in districts as uneven as Lancashire's, and how each rule set prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feedback_app.domain.disclosure.breaking_down import protect_question
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.grouped import UNTOLD, Band, Dimension, Group, GroupedTable, Question
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeCount, SafeFigure, SafeTable
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown, SafeGroup
from feedback_app.domain.disclosure.sizes import settle_sizes
from feedback_app.domain.scoring.counts import Counts as ItemCounts
from feedback_app.domain.scoring.headlines import headlines_for, share_headline
from tests.benchmarks.populations import DISTRICTS, LOCALITIES
from tests.benchmarks.rules_elsewhere import UNKNOWN, Counts, Floats, Numbers, Printed, Rules, unprinted
from tests.benchmarks.working_out import Seen

SKIPS, UNTOLD_SHARE = 0.04, 0.03
APART = 0.35  # standard deviation of the districts' leaning, in logits: some ten points of a share
UNEVEN = 0.3  # standard deviation of the logarithm of the districts' rates of answering
POLICY = Policy()
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Asked:
    """A question as it is broken down: its options (counted from 0), which of them make each column, the good ones."""

    name: str
    options: int
    columns: tuple[tuple[int, ...], ...]
    favourable: tuple[int, ...]

    @property
    def masks(self) -> Mask:
        """Return columns x options."""
        return np.array([[at in column for at in range(self.options)] for column in self.columns])

    @property
    def wanted(self) -> Mask:
        """Return which columns the favourable share adds up."""
        return np.array([set(column) <= set(self.favourable) for column in self.columns])


FIVE = Asked("five options", 5, ((0,), (1,), (2,), (3,), (4,)), (3, 4))
BANDS = Asked("three bands", 5, ((3, 4), (2,), (0, 1)), (3, 4))
YES_NO = Asked("yes or no", 2, ((0,), (1,)), (0,))


@dataclass(frozen=True)
class Wave:
    """One question's answers: valid ones by district and option, those who skipped; the last row told no district."""

    answers: Counts
    skipped: Counts

    @property
    def people(self) -> int:
        """Return how many took part."""
        return int(self.answers.sum() + self.skipped.sum())


def draw_wave(people: int, options: int, random: np.random.Generator) -> Wave:
    """Return an invented wave of so many people; who answers and what they say both vary by district."""
    heard = np.array(list(DISTRICTS.values())) * np.exp(random.normal(0, UNEVEN, len(DISTRICTS)))
    chances = np.append((1 - UNTOLD_SHARE) * heard / heard.sum(), UNTOLD_SHARE)
    usual = random.dirichlet(np.array([1.5, 2.0, 2.5, 4.0, 2.5] if options == 5 else [4.0, 2.0]))
    scale = np.linspace(-1, 1, options) if options == 5 else np.array([1.0, -1.0])
    leaning = np.append(random.normal(0, APART, len(DISTRICTS)), 0.0)
    shares = usual * np.exp(leaning[:, None] * scale)
    shares = (1 - SKIPS) * shares / shares.sum(axis=1, keepdims=True)
    cells = np.column_stack([shares, np.full(len(shares), SKIPS)]) * chances[:, None]
    drawn = random.multinomial(people, cells.ravel() / cells.sum()).reshape(cells.shape)
    return Wave(drawn[:, :-1], drawn[:, -1])


def groups_of(name: str) -> tuple[tuple[int, ...], Mask]:
    """Return the declared groups of a breakdown, and which rows of a wave each adds up (groups x districts)."""
    codes = tuple(DISTRICTS) if name == "district" else tuple(sorted(set(LOCALITIES.values())))
    of = [code if name == "district" else LOCALITIES[code] for code in DISTRICTS]
    return codes, np.array([[place == code for place in of] + [False] for code in codes])


def exact_table(wave: Wave, asked: Asked, name: str) -> Counts:
    """Return the exact counts of a breakdown: its declared groups x the question's columns."""
    return np.asarray(groups_of(name)[1].astype(int) @ wave.answers @ asked.masks.T.astype(int))


def by_rules(wave: Wave, asked: Asked, by: Sequence[str], rules: Rules) -> dict[str, Seen]:
    """Put a wave through somebody else's rules: the whole wave by option and its breakdowns, each on its own."""
    everybody = np.ones((1, len(wave.answers)), np.bool_)
    options: Mask = np.eye(asked.options, dtype=np.bool_)
    seen = {"whole": Seen(rules(wave.answers.sum(axis=0)[None]), everybody, options)}
    return seen | {name: Seen(rules(exact_table(wave, asked, name)), groups_of(name)[1], asked.masks) for name in by}


def by_the_gate(wave: Wave, asked: Asked, by: Sequence[str], minors: bool = False) -> dict[str, Seen]:
    """Put a wave through the gate: the whole wave by option and its breakdowns, all together."""
    question = _question(wave, asked, by, minors)
    people = {
        table.by: {group: sum(table.people[group].values()) + table.missing[group] for group in table.people}
        for table in question.grouped
    }
    sizes = settle_sizes([_dimension(name, by) for name in by], people, wave.people, POLICY, minors=minors)
    safe = protect_question(question, sizes, POLICY)
    everybody = np.ones((1, len(wave.answers)), np.bool_)
    whole = _whole_as_printed(protect([question.table], POLICY)[0], asked.options)
    seen = {"whole": Seen(whole, everybody, np.eye(asked.options, dtype=np.bool_))}
    for name, breakdown in zip(by, safe, strict=True):
        codes, rows = groups_of(name)
        seen[name] = Seen(_as_printed(breakdown, codes), rows, asked.masks)
    return seen


def _question(wave: Wave, asked: Asked, by: Sequence[str], minors: bool) -> Question:
    kind = "agree5" if asked.options == 5 else "yes_no"
    figures = headlines_for(kind) or (share_headline("yes", (1,)),)
    everybody = ItemCounts(_by_code(wave.answers.sum(axis=0)), {"skipped": int(wave.skipped.sum())})
    bands = tuple(Band(f"column {at}", frozenset(o + 1 for o in column)) for at, column in enumerate(asked.columns))
    table = ItemTable("Q1", kind, everybody, figures, minors=minors)
    return Question(table, bands, tuple(_grouped(wave, name) for name in by), next(iter(figures), None))


def _by_code(row: Counts) -> dict[int, int]:
    return {code: int(count) for code, count in enumerate(row, start=1)}


def _dimension(name: str, by: Sequence[str]) -> Dimension:
    groups = groups_of(name)[0]
    if name == "district" and "locality" in by:
        return Dimension(name, groups, "locality", LOCALITIES, geographical=True)
    return Dimension(name, groups, geographical=True)


def _grouped(wave: Wave, name: str) -> GroupedTable:
    codes, rows = groups_of(name)
    untold = np.append(np.zeros(len(DISTRICTS), np.bool_), True)
    people: dict[Group, dict[int, int]] = {}
    missing: dict[Group, int] = {}
    for code, row in [*zip(codes, rows, strict=True), (UNTOLD, untold)]:
        people[(code,)] = _by_code(wave.answers[row].sum(axis=0))
        missing[(code,)] = int(wave.skipped[row].sum())
    return GroupedTable((name,), people, missing)


def _numbers(rows: Sequence[Sequence[SafeCount | None]]) -> Numbers:
    """Return protected counts as printed ones; None is a number that is not printed at all."""
    shown = [[np.nan if count is None or count.value is None else count.value for count in row] for row in rows]
    low = [[0 if count is None else count.low for count in row] for row in rows]
    high = [[UNKNOWN if count is None else count.high for count in row] for row in rows]
    return Numbers(np.array(shown, float), np.array(low, np.int64), np.array(high, np.int64))


def _column(numbers: Numbers) -> Numbers:
    return Numbers(numbers.shown[:, 0], numbers.low[:, 0], numbers.high[:, 0])


def _whole_as_printed(table: SafeTable, options: int) -> Printed:
    counts: list[SafeCount | None] = [share.count for share in table.distribution]
    cells = _numbers([counts or [None] * options])
    bases = _column(_numbers([[table.base]]))
    return Printed(cells, bases, unprinted(options), np.full((1, options), np.nan))


def _as_printed(breakdown: SafeBreakdown, codes: Sequence[int]) -> Printed:
    groups: dict[int, SafeGroup] = {} if breakdown.withheld else {group.group[0]: group for group in breakdown.groups}
    size = len(breakdown.bands)
    told = [groups.get(code) for code in codes]
    rows: list[Sequence[SafeCount | None]] = [
        [None] * size if group is None or group.withheld else group.counts for group in told
    ]
    percents = [
        [np.nan] * size if group is None or group.withheld else [np.nan if p is None else p for p in group.percents]
        for group in told
    ]
    bases = _column(_numbers([[group.base if group else None] for group in told]))
    figures = [[np.nan] * 3 if group is None or group.small_group else _figure(group.figure) for group in told]
    return Printed(_numbers(rows), bases, unprinted(size), _floats(percents), _floats(figures))


def _figure(figure: SafeFigure | None) -> list[float]:
    if figure is None or figure.value is None or figure.low is None or figure.high is None:
        return [np.nan] * 3
    return [figure.value, figure.low, figure.high]


def _floats(rows: Sequence[Sequence[float]]) -> Floats:
    return np.array(rows, float)
