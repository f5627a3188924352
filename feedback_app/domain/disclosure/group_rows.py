"""One question's groups: exact counts by column, and which groups may be shown, decided from what would be printed.

A decision that rested on more than the printed ranges would itself tell more than they do: so "nearly all alike" is
judged by ranges too (R0, R2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from feedback_app.domain.disclosure.grouped import UNTOLD, Group, GroupedTable, Question
from feedback_app.domain.disclosure.row_printing import NOBODY, Line, Near, Terms, is_lost, line_of, plain_values
from feedback_app.domain.disclosure.sizes import By, Sizes, holders

NOTHING = Line((), (), 0, NOBODY, fits=True)


class State(Enum):
    """What is shown of a group, and why no more."""

    SHOWN = auto()
    UNTOLD = auto()  # people who told of none: no group that anybody could know
    NOT_ASKED = auto()
    SMALL = auto()  # too few people, whatever they are asked
    GIVEN_WAY = auto()  # held back, or small and told so, by its size
    DISTANT = auto()  # answers from too few places
    FEW = auto()  # too few answers to this question
    ALIKE = auto()  # nearly all gave the same answer to a sensitive question
    KEPT = auto()  # there is no way to show it
    INSIDE = auto()  # inside a group that is not shown


@dataclass(frozen=True)
class Row:
    """One group's exact counts by column, with what is shown of it.

    ``rest`` are valid answers in no column. ``line`` is what is printed of it, or of a group kept private would be.
    """

    group: Group
    size: int
    base: int
    cells: tuple[int, ...]
    rest: int
    state: State = State.UNTOLD
    asked: bool = True
    few_places: bool = False
    line: Line = NOTHING

    @property
    def is_shown(self) -> bool:
        """Return whether the group's counts are shown."""
        return self.state is State.SHOWN

    @property
    def is_complete(self) -> bool:
        """Return whether everybody in the group answered, which readers may know of a question."""
        return self.base == self.size

    @property
    def told(self) -> State:
        """Return the state as readers are told it, by one that stands for all told alike."""
        alike = {State.ALIKE: State.KEPT, State.INSIDE: State.KEPT, State.SMALL: State.FEW}
        return alike.get(self.state, self.state)


@dataclass(frozen=True)
class Plan:
    """One table of a question on its way: groups that are printed as near ones, or nothing shown at all."""

    by: By
    instead: Mapping[Group, Near] = field(default_factory=dict)
    withheld: bool = False


def exact_rows(table: GroupedTable, question: Question, terms: Terms, sizes: Sizes) -> tuple[Row, ...]:
    """Return a table's exact counts group by group; ValueError where they do not fit the sizes, telling no count."""
    fewest, local = terms.fewest_places, any(sizes.dimension(name).geographical for name in table.by)
    rows = []
    for group, size in sizes.people[table.by].items():
        people = table.people.get(group, {})
        base = table.base(group) if group in table.people else 0
        cells = tuple(sum(people.get(code, 0) for code in band.codes) for band in question.bands)
        asked = group not in table.not_asked
        rest = 0 if question.table.multi else base - sum(cells)
        if base + table.missing.get(group, 0) != size or (base and not asked) or min((*cells, rest), default=0) < 0:
            raise ValueError(f"{question.table.code} by {table.by}: a group's answers do not add up to its size")
        few = question.table.minors and local and table.places is not None and table.places.get(group, 0) < fewest
        rows.append(Row(group, size, base, cells, rest, asked=asked, few_places=few))
    return tuple(rows)


def rows_of(
    plan: Plan, exact: Sequence[Row], terms: Terms, sizes: Sizes, coarser: Mapping[By, Sequence[Row]]
) -> tuple[Row, ...]:
    """Return a table's groups with what is shown of each; a group inside one that is not shown is not shown either.

    ``coarser`` are the rows of the tables settled before, of which some hold groups of this one whole.
    """
    shown = {(by, row.group) for by, rows in coarser.items() for row in rows if row.is_shown}
    found = []
    for row in exact:
        state = _state(row, plan, terms, sizes)
        above = [held for held in holders(sizes.dimensions, plan.by, row.group) if held[0] in coarser]
        if state is State.SHOWN and not shown.issuperset(above):
            state = State.INSIDE
        found.append(_printed(replace(row, state=state), plan, terms))
    return tuple(found)


def _state(row: Row, plan: Plan, terms: Terms, sizes: Sizes) -> State:
    """Return what is shown of a group, as far as it and the audit so far decide; the first reason is the one told."""
    group = row.group
    reasons = (
        (UNTOLD in group, State.UNTOLD),
        (group in sizes.held[plan.by], State.GIVEN_WAY),
        (group in sizes.small[plan.by], State.SMALL),
        (group in sizes.distant[plan.by], State.DISTANT),
        (not row.asked, State.NOT_ASKED),
        (row.base < terms.least, State.FEW),
        (row.few_places, State.DISTANT),
        (plan.withheld, State.INSIDE),
    )
    return next((state for holds, state in reasons if holds), State.SHOWN)


def _printed(row: Row, plan: Plan, terms: Terms) -> Row:
    """Return a group with what it is printed as, or held back by what that would tell."""
    if not row.is_shown:
        return row
    near = plan.instead.get(row.group)
    values = near.values if near else plain_values(row.cells, terms)
    row = replace(row, line=line_of(values, row.base, row.size, terms, near.base if near else None))
    if terms.sensitive and _nearly_alike(row, terms):
        return replace(row, state=State.ALIKE)
    return replace(row, state=State.KEPT) if is_lost(values, row.base, row.size, terms) else row


def _nearly_alike(row: Row, terms: Terms) -> bool:
    """Return whether all but fewer than T may have given the same answer, as far as the printed ranges tell (R2)."""
    if len(row.cells) < 2 and not terms.several:
        return False
    if terms.several:
        return row.line.base_range.low - max(block.high for block in row.line.blocks) < terms.threshold
    return sum(value is not None and value > 0 for value in row.line.values) < 2
