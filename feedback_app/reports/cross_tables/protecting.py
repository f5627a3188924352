"""Exact cross-tables through the gate, and what may be printed of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from feedback_app.domain.disclosure.breaking_down import protect_question
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.grouped import UNTOLD, Band, Dimension, Group, GroupedTable, Question
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import Range, total_range
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeCount, SafeTable
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown, SafeGroup
from feedback_app.domain.disclosure.sizes import Sizes, settle_sizes
from feedback_app.domain.scoring.counts import Counts
from feedback_app.reports.cross_tables.auditing import audit_tables
from feedback_app.reports.cross_tables.linking import all_variables, projection, told_of
from feedback_app.reports.cross_tables.notes import KEPT_PRIVATE, SMALL_COUNT
from feedback_app.reports.cross_tables.printed import NOBODY, Method, Note, PrintedTable, Shown, Under
from feedback_app.reports.cross_tables.shapes import CrossTable, ExactTables, Labels, Variable

NO_ANSWER = "skipped"  # the kind of missing answer that people in a table's missing columns are counted as


@dataclass(frozen=True)
class _Codes:
    """The variables of a file with whole numbers for their categories, as the gate wants them."""

    variables: Mapping[str, Variable]

    def group(self, rows: tuple[Variable, ...], labels: Labels) -> Group:
        """Return a group as codes, from 1 in the order of the file; UNTOLD where people did not tell."""
        told = told_of(rows, labels)
        return tuple(
            UNTOLD if label is None else self.variables[row.name].told.index(label) + 1
            for row, label in zip(rows, told, strict=True)
        )

    def dimension(self, variable: Variable) -> Dimension:
        """Return a row variable as the gate knows it."""
        groups = tuple(range(1, len(variable.told) + 1))
        if variable.parent is None:
            return Dimension(variable.name, groups, geographical=variable.geographical)
        above = self.variables[variable.parent].told
        of = {code: above.index(variable.parent_of[label]) + 1 for code, label in enumerate(variable.told, 1)}
        return Dimension(variable.name, groups, variable.parent, of, variable.geographical)


def protect_tables(given: ExactTables) -> tuple[PrintedTable, ...]:
    """Return the tables as they may be printed, in their order, all protected together.

    The gate settles each column variable by itself. What its tables tell of each other's, because everybody stands in
    each, is audited at the end from what is printed: a row that would tell a hidden count is held back.
    """
    variables = all_variables(table.rows for table in given.tables)
    codes = _Codes(variables)
    dimensions = tuple(codes.dimension(one) for one in variables.values())
    sizes = _sizes(given, codes, dimensions)
    found: dict[int, PrintedTable] = {}
    for tables in given.questions():
        for table, printed in zip(tables, _protected(tables, given, codes, sizes), strict=True):
            found[id(table)] = printed
    return _settled([found[id(table)] for table in given.tables])


def _singly(tables: Sequence[CrossTable]) -> list[tuple[Variable, ...]]:
    """Return the row variables of some tables, each by itself before two at once."""
    rows = {table.by: table.rows for table in tables}
    singles = {(one.name,): (one,) for table in tables for one in table.rows}
    return list((singles | rows).values())


def _sizes(given: ExactTables, codes: _Codes, dimensions: tuple[Dimension, ...]) -> Sizes:
    """Return how many people are in each group of each set of rows, and which groups may be shown."""
    sizes, places = {}, {}
    for rows in _singly(given.tables):
        source = next(table for table in given.tables if projection(table.rows, rows))
        sizes[tuple(one.name for one in rows)] = _counted(source, rows, codes, source.columns.categories)
    for table in given.tables:
        if table.settings:
            places[table.by] = {codes.group(table.rows, labels): n for labels, n in table.settings.items()}
    total = given.tables[0].total
    return settle_sizes(dimensions, sizes, total, given.policy, minors=given.minors, places=places or None)


def _counted(table: CrossTable, rows: tuple[Variable, ...], codes: _Codes, columns: Iterable[str]) -> Counter[Group]:
    """Return the people in some columns of a table by the groups of coarser rows."""
    target = projection(table.rows, rows)
    wanted, counted = tuple(columns), Counter[Group]()
    if target is None:
        raise ValueError(f"{table.name} does not add up to these rows")
    for labels, row in table.people.items():
        told = tuple(
            label or variable.untold or ""
            for label, variable in zip(target(told_of(table.rows, labels)), rows, strict=True)
        )
        counted[codes.group(rows, told)] += sum(row[column] for column in wanted)
    return counted


def _protected(tables: Sequence[CrossTable], given: ExactTables, codes: _Codes, sizes: Sizes) -> list[PrintedTable]:
    """Return the tables of one column variable as the gate lets them through."""
    first = tables[0]
    columns = [name for name in first.columns.shown if name not in first.columns.structural_zeros]
    number = {name: code for code, name in enumerate(first.columns.shown, 1)}
    counts = Counts(
        {number[name]: first.column(name) for name in number},
        {NO_ANSWER: sum(first.column(name) for name in first.columns.missing)},
    )
    zeros = frozenset(number[name] for name in first.columns.structural_zeros if name in number)
    item = ItemTable(
        first.columns.name,
        "table",
        counts,
        minors=given.minors,
        sensitive=first.columns.sensitive,
        structural_zeros=zeros,
    )
    bands = tuple(Band(name, frozenset({number[name]})) for name in columns)
    row_sets = _singly(tables)
    grouped = tuple(_grouped(tables, rows, codes, number) for rows in row_sets)
    question = Question(item, bands, grouped)
    whole = next(iter(protect([item], given.policy)))
    by = {safe.by: safe for safe in protect_question(question, sizes, given.policy)}
    method = _method(given.policy, given.minors, first.columns.sensitive)
    return [_printed(table, by[table.by], whole, number, codes, method) for table in tables]


def _method(policy: Policy, minors: bool, sensitive: bool) -> Method:
    threshold, base = policy.threshold_for(minors, sensitive), policy.base_for(minors)
    return Method(threshold, policy.rounding, base, held=True)


def _grouped(
    tables: Sequence[CrossTable], rows: tuple[Variable, ...], codes: _Codes, number: Mapping[str, int]
) -> GroupedTable:
    """Return the people of a question by the groups of some rows, from a table that has or adds up to them."""
    by = tuple(one.name for one in rows)
    source = next((table for table in tables if table.by == by), None)
    source = source or next(table for table in tables if projection(table.rows, rows))
    every = {tuple(group) for group in product(*(_all_codes(codes.variables[name]) for name in by))}
    columns = {code: _counted(source, rows, codes, [name]) for name, code in number.items()}
    missing = _counted(source, rows, codes, source.columns.missing)
    places = {codes.group(rows, labels): n for labels, n in source.settings.items()} if source.settings else None
    return GroupedTable(
        by,
        {group: {code: counted[group] for code, counted in columns.items()} for group in every},
        {group: missing[group] for group in every},
        places=places if source.by == by else None,
    )


def _all_codes(variable: Variable) -> tuple[int, ...]:
    return (*range(1, len(variable.told) + 1), UNTOLD)


def _printed(
    table: CrossTable,
    safe: SafeBreakdown,
    whole: SafeTable,
    number: Mapping[str, int],
    codes: _Codes,
    method: Method,
) -> PrintedTable:
    """Return what is printed of a table: only what the gate let through."""
    groups = {group.group: group for group in safe.groups}
    cells: dict[tuple[Labels, str], Shown] = {}
    totals: dict[Labels, Shown] = {}
    percents: dict[tuple[Labels, str], int] = {}
    notes = [Note(safe.withheld, safe.reason or KEPT_PRIVATE)] if safe.withheld else []
    for labels in table.people:
        group = groups.get(codes.group(table.rows, labels))
        if group is None or safe.withheld:
            continue
        if table.row_totals:
            totals[labels] = _total(group.base, [_face(count, method) for count in group.counts], method)
        if group.withheld:
            notes.append(Note(group.withheld, group.reason or KEPT_PRIVATE, labels))
            continue
        for band, count, percent in zip(safe.bands, group.counts, group.percents, strict=True):
            cells[labels, band.name] = _counted_as(count, method)
            if percent is not None and table.row_totals:
                percents[labels, band.name] = percent
        notes += _hidden_in(labels, safe, group)
    columns: dict[str, Shown] = {}
    if table.column_totals:
        shown = {share.code: share.count for share in whole.distribution}
        columns = {name: _counted_as(shown[code], method) for name, code in number.items() if code in shown}
    total = (
        _total(whole.base, [_face(share.count, method) for share in whole.distribution], method)
        if table.column_totals
        else None
    )
    return PrintedTable(
        table.name, table.rows, table.columns, method, cells, totals, columns, total, percents, tuple(notes)
    )


def _hidden_in(labels: Labels, safe: SafeBreakdown, group: SafeGroup) -> list[Note]:
    """Return a note of the hidden counts of a shown group, if it has any."""
    hidden = [band.name for band, count in zip(safe.bands, group.counts, strict=True) if count.value is None]
    return [Note("R1", SMALL_COUNT, labels, tuple(hidden))] if hidden else []


def _counted_as(count: SafeCount, method: Method) -> Shown:
    """Return a count as it is printed; a hidden one is printed as all of its kind are."""
    return Under(method.threshold) if count.value is None else count.value


def _shown(count: SafeCount | None) -> Shown:
    if count is None:
        return None
    return Under(count.high + 1) if count.value is None else count.value


def _face(count: SafeCount, method: Method) -> Range:
    """Return what a printed count says by itself."""
    return NOBODY if count.high == 0 else method.count(_counted_as(count, method))


def _total(total: SafeCount | None, cells: Sequence[Range], method: Method) -> Shown:
    """Return a total as printed; nothing where it may stand for more totals than it would be read as."""
    shown = _shown(total)
    if total is None or not isinstance(shown, int):
        return shown
    read = method.total(shown, cells, method.minimum_base)
    possible = Range(total.low, total.high).within(*total_range(cells))
    return shown if read.low <= possible.low and possible.high <= read.high else None


def _settled(given: Sequence[PrintedTable]) -> tuple[PrintedTable, ...]:
    """Hold rows back, and at last whole tables, until nobody can work out a hidden count from all that is printed.

    The last of the tables that are concerned gives way, or the last that shows anything: each step shows less.
    """
    tables = list(given)
    while (found := audit_tables(tables, listed=False)).found_out:
        concerned = {id(one.unseen.table) for one in found.found_out}
        showing = [number for number, table in enumerate(tables) if not table.is_bare]
        if not showing:
            break
        last = max(showing, key=lambda number: (id(tables[number]) in concerned, number))
        rows = {one.unseen.group for one in found.found_out if one.unseen.table is tables[last]}
        tables[last] = _held_back(tables[last], {group for group in rows if group})
    if found.contradictions:
        raise ValueError(f"what would be printed contradicts itself: {found.contradictions[0]}")
    return tuple(tables)


def _held_back(table: PrintedTable, rows: set[Labels]) -> PrintedTable:
    """Return a table without the counts and totals of some rows; with nothing but its names where those are gone."""
    shown = {group for group, _ in table.cells}
    if not rows & shown:
        return replace(
            table, cells={}, row_totals={}, column_totals={}, total=None, percents={}, notes=(Note("R1", KEPT_PRIVATE),)
        )
    totals = {group: value for group, value in table.row_totals.items() if group not in rows}
    kept = {key: value for key, value in table.cells.items() if key[0] not in rows}
    percents = {key: value for key, value in table.percents.items() if key[0] not in rows}
    notes = [note for note in table.notes if note.group not in rows]
    return replace(
        table,
        cells=kept,
        row_totals=totals,
        percents=percents,
        notes=(*notes, *(Note("R1", KEPT_PRIVATE, group) for group in sorted(rows & shown))),
    )
