"""The gate for breakdowns, rules R0 to R4: questions by groups of people, all tables of a question judged together.

Tables by one breakdown are settled together, as if all had been shown to everybody. Those by two are settled after
them in the order given, each with all before it, and only the last gives way: so what was shown once never changes.
Where a reader could work out a hidden count to within one, a count beside it is printed a step off, so that the tables
are printed as near ones that are safe, and those are printed as themselves: whoever reads them, and knows the program,
has to hold all tables possible that round to what is printed. A table is withheld only where no wave that shows the
same as a whole has a safe one: else it would tell that no safe one is near.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.group_figures import safe_group
from feedback_app.domain.disclosure.group_rows import Plan, Row, exact_rows, rows_of
from feedback_app.domain.disclosure.grouped import UNTOLD, GroupedTable, Question
from feedback_app.domain.disclosure.near_prints import Choices, find_near
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import Range
from feedback_app.domain.disclosure.release_system import Hidden, Release, Wave
from feedback_app.domain.disclosure.row_printing import Terms
from feedback_app.domain.disclosure.rules import KEPT_PRIVATE, ItemTable
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown
from feedback_app.domain.disclosure.sealing import SEAL
from feedback_app.domain.disclosure.sizes import By, Sizes
from feedback_app.domain.disclosure.sources import headline_sources
from feedback_app.domain.disclosure.system import System
from feedback_app.domain.disclosure.worlds import NothingFits

MOST_ROUNDS = 4  # of looking for a near way to print, before it is looked for further off
REACHES = ((1, False), (1, True), (2, True), (4, True), (16, True))  # steps off; whether hidden counts may be printed
Rows = tuple[Row, ...]


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
    settling = _Settling(Wave(question, shown, _known_sums(question.table, policy)), sizes, policy)
    for together in _in_turn(question):
        settling.settle(together)
    return tuple(settling.safe(by) for by in tables)


def _in_turn(question: Question) -> list[list[GroupedTable]]:
    """Return the tables that are settled together, one lot after another."""
    standing = [table for table in question.grouped if len(table.by) == 1]
    return [standing, *([table] for table in question.grouped if len(table.by) > 1)]


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
        while open_now and (unsafe := self._print_near(open_now)):
            parents = {self._sizes.dimension(name).parent for by in unsafe for name in by}
            giving_way = {by for by in unsafe if not set(by) & parents}  # finer ones first
            self._plans |= {by: Plan(by, withheld=True) for by in giving_way}
            open_now -= giving_way

    def _print_near(self, open_now: AbstractSet[By]) -> set[By]:
        """Print open tables as they are, or as the nearest that are safe; return those unsafe where there are none."""
        self._plans |= {by: Plan(by) for by in open_now}
        plain, (unsafe, loose) = self._rows(), self._audit(open_now)
        if not unsafe:
            return set()
        endangered = {hidden.place: hidden for hidden in loose}
        tried = [{by: plain[by] for by in tables} for tables in (self._related(unsafe) & open_now, open_now)]
        for steps, showing in REACHES:
            for _ in range(MOST_ROUNDS):
                if not self._choose_near(tried, open_now, endangered, steps, showing=showing):
                    break
                still_unsafe, loose = self._audit(open_now)
                if not still_unsafe:
                    return set()
                if all(hidden.place in endangered for hidden in loose):
                    break  # the same would be found again
                endangered |= {hidden.place: hidden for hidden in loose}
        self._plans |= {by: Plan(by) for by in open_now}
        return unsafe

    def _choose_near(
        self,
        tried: Sequence[dict[By, Rows]],
        open_now: AbstractSet[By],
        endangered: dict[int, Hidden],
        steps: int,
        *,
        showing: bool,
    ) -> bool:
        """Print open tables as near ones in which none of some hidden counts is in danger; return whether any exist."""
        self._plans |= {by: Plan(by) for by in open_now}
        for tables in tried:
            near = find_near(tables, self._terms, endangered.values(), self._write, steps, showing=showing)
            if near is not None:
                self._plans |= {by: Plan(by, near.get(by, {})) for by in open_now}
                return True
        return False

    def _audit(self, open_now: AbstractSet[By]) -> tuple[set[By], list[Hidden]]:
        """Return the open tables that may not be shown so, and their hidden counts that could be worked out."""
        rows = self._rows()
        unfit = {by for by in open_now if any(row.is_shown and not row.line.fits for row in rows[by])}
        if unfit:
            return unfit, []
        try:
            loose = self._write().unsafe()
        except NothingFits:
            return set(open_now), []
        found = {hidden.by for hidden in loose if hidden.by in open_now}
        return {by for by in found if by} or (set(open_now) if loose else set()), loose

    def _related(self, tables: AbstractSet[By]) -> set[By]:
        """Return tables with the coarser and finer ones that they add up with."""
        parents = {name: self._sizes.dimension(name).parent or name for by in self._plans for name in by}
        line = {by: tuple(parents[name] for name in by) for by in self._plans}
        return {by for by in self._plans if any(line[by] == line[one] for one in tables)}

    def _rows(self) -> dict[By, Rows]:
        rows: dict[By, Rows] = {}
        for by, plan in self._plans.items():
            rows[by] = rows_of(plan, self._exact[by], self._terms, self._sizes, rows)
        return rows

    def _write(self, system: System | None = None, choices: Choices | None = None) -> Release:
        rows = {by: rows for by, rows in self._rows().items() if not self._plans[by].withheld}
        return Release(self._wave, self._terms, self._sizes, rows, system, choices)

    def safe(self, by: By) -> SafeBreakdown:
        """Return a settled table as it may be shown."""
        question = self._wave.question
        names, several = (question.table.code, by, question.bands), question.table.multi
        if self._plans[by].withheld:
            return SafeBreakdown(SEAL, *names, (), several, "R1", KEPT_PRIVATE)
        groups = tuple(
            safe_group(row, question, self._terms, self._policy, crossed=len(by) > 1)
            for row in self._rows()[by]
            if UNTOLD not in row.group
        )
        return SafeBreakdown(SEAL, *names, groups, several)
