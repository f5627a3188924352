"""The gate for breakdowns, rules R0 to R4: questions by groups of people, all tables of a question judged together.

Tables by one breakdown are settled together, as if all had been shown to everybody. Those by two are settled after
them in the order given, each with all before it, and only the last gives way: so what was shown once never changes.
Where a reader could work out a hidden count to within one, a count beside it is printed a step off, so that the tables
are printed as near ones that are safe, and those are printed as themselves: whoever reads them, and knows the program,
has to hold all tables possible that round to what is printed. Where no such way is found, a table is withheld.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice

from feedback_app.domain.disclosure.gate import protect, total_safe
from feedback_app.domain.disclosure.group_figures import safe_group
from feedback_app.domain.disclosure.group_rows import Plan, Row, exact_rows, rows_of
from feedback_app.domain.disclosure.grouped import UNTOLD, GroupedTable, Question
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import Range
from feedback_app.domain.disclosure.release_system import Hidden, Release, Wave
from feedback_app.domain.disclosure.row_printing import Terms
from feedback_app.domain.disclosure.rules import KEPT_PRIVATE, ItemTable
from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown
from feedback_app.domain.disclosure.sealing import SEAL
from feedback_app.domain.disclosure.sizes import By, Sizes
from feedback_app.domain.disclosure.sources import headline_sources
from feedback_app.domain.disclosure.ways_out import ways_out

MOST_TRIES = 16  # near ways to print that are looked at before something is withheld
Rows = tuple[Row, ...]
Plans = dict[By, Plan]


def protect_breakdowns(questions: Sequence[Question], sizes: Sizes, policy: Policy) -> tuple[SafeBreakdown, ...]:
    """Return the protected breakdowns of all questions, question by question, in the order of their tables."""
    return tuple(table for question in questions for table in protect_question(question, sizes, policy))


def protect_question(question: Question, sizes: Sizes, policy: Policy) -> tuple[SafeBreakdown, ...]:
    """Return a question's protected breakdowns in the order given; ValueError for tables that do not fit together."""
    tables = [table.by for table in question.grouped]
    if len(set(tables)) < len(tables):
        raise ValueError(f"{question.table.code}: a breakdown stands twice in one release")
    (shown,) = protect([question.table], policy)
    bands, several = question.bands, question.table.multi
    if shown.withheld:
        told = shown.withheld, shown.reason
        return tuple(SafeBreakdown(SEAL, shown.code, by, bands, (), several, *told) for by in tables)
    settling = _Settling(_wave(question, shown, sizes, policy), sizes, policy)
    for together in _in_turn(question):
        settling.settle(together)
    return tuple(settling.safe(by) for by in tables)


def _in_turn(question: Question) -> list[list[GroupedTable]]:
    """Return the tables that are settled together, one lot after another."""
    standing = [table for table in question.grouped if len(table.by) == 1]
    return [standing, *([table] for table in question.grouped if len(table.by) > 1)]


def _wave(question: Question, shown: SafeTable, sizes: Sizes, policy: Policy) -> Wave:
    """Return the whole wave as readers know it."""
    table, people = question.table, total_safe(sizes.total, policy, question.table.minors)
    return Wave(question, shown, _known_sums(table, policy), Range(people.low, people.high))


def _known_sums(table: ItemTable, policy: Policy) -> dict[frozenset[int], Range]:
    """Return what the headlines of the whole wave tell of sums of options."""
    known: dict[frozenset[int], Range] = {}
    for source in headline_sources(table, policy):
        for part, span in source.known.items() if source.held is None else ():
            known[part] = span.within(*known.get(part, span))
    return known


class _Settling:
    """One question's tables as far as they are settled: what each shows, and nothing of it changes any more."""

    def __init__(self, wave: Wave, sizes: Sizes, policy: Policy) -> None:
        self._wave, self._sizes, self._policy = wave, sizes, policy
        self._terms = Terms.of(wave.question, policy, sizes.total)
        self._exact: dict[By, Rows] = {}
        self._plans: dict[By, Plan] = {}

    def settle(self, tables: Sequence[GroupedTable]) -> None:
        """Settle tables together, beside all that are settled already, until the audit finds nothing."""
        parents = {self._sizes.dimension(name).parent for table in tables for name in table.by}
        for table in sorted(tables, key=lambda table: table.by[0] not in parents):  # coarser ones first
            self._exact[table.by] = exact_rows(table, self._wave.question, self._terms, self._sizes)
            self._plans[table.by] = Plan(table.by)
        open_now = {table.by for table in tables}
        while found := self._unsafe(self._plans):
            self._plans = self._nearer(found, open_now) or self._withholding(found, open_now)
            if all(self._plans[by].withheld for by in open_now):
                return

    def _unsafe(self, plans: Plans) -> list[Hidden]:
        rows = {by: rows for by, rows in self._rows(plans).items() if not plans[by].withheld}
        least = self._policy.threshold_for(self._wave.question.table.minors, sensitive=False)
        return Release(self._wave, self._terms, self._sizes, rows, least).unsafe()

    def _rows(self, plans: Plans) -> dict[By, Rows]:
        rows: dict[By, Rows] = {}
        for by, plan in plans.items():
            rows[by] = rows_of(plan, self._exact[by], self._terms, self._sizes, rows)
        return rows

    def _nearer(self, found: Sequence[Hidden], open_now: Collection[By]) -> Plans | None:
        """Return plans in which one count is printed a step off and fewer hidden counts are unsafe, or None."""
        rows = {by: table for by, table in self._rows(self._plans).items() if by in open_now}
        fewest, best = len(found), None
        for by, group, values in islice(ways_out(found, rows, self._terms), MOST_TRIES):
            plan = self._plans[by]
            plans = self._plans | {by: replace(plan, instead={**plan.instead, group: values})}
            left = len(self._unsafe(plans))
            if left < fewest:
                fewest, best = left, plans
            if left == 0:
                break
        return best

    def _withholding(self, found: Sequence[Hidden], open_now: Collection[By]) -> Plans:
        """Return plans without the open tables found unsafe, finer ones first, or without all when others were."""
        still = [by for by, plan in self._plans.items() if by in open_now and not plan.withheld]
        unsafe = [by for by in still if any(hidden.by == by for hidden in found)] or still
        parents = {self._sizes.dimension(name).parent for by in unsafe for name in by}
        return self._plans | {by: Plan(by, withheld=True) for by in unsafe if not set(by) & parents}

    def safe(self, by: By) -> SafeBreakdown:
        """Return a settled table as it may be shown."""
        question = self._wave.question
        names, several = (question.table.code, by, question.bands), question.table.multi
        if self._plans[by].withheld:
            return SafeBreakdown(SEAL, *names, (), several, "R1", KEPT_PRIVATE)
        groups = tuple(
            safe_group(row, question, self._terms, self._policy, crossed=len(by) > 1)
            for row in self._rows(self._plans)[by]
            if UNTOLD not in row.group
        )
        return SafeBreakdown(SEAL, *names, groups, several)
