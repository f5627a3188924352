"""Tables of the same people: whether they agree with each other, before anything is made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from feedback_app.reports.cross_tables.checks import Problems
from feedback_app.reports.cross_tables.linking import Group, projection, told_of
from feedback_app.reports.cross_tables.shapes import CrossTable, ExactTables, Labels, Place, Variable


def check_agreement(tables: ExactTables, places: Sequence[Place], problems: Problems) -> None:
    """Raise TablesRefused where tables of the same people contradict each other."""
    for number, message in disagreements(tables):
        problems.note(places[number], message)
    problems.stop_if_any()


def disagreements(tables: ExactTables) -> Iterator[tuple[int, str]]:
    """Yield the number of a table and how it contradicts an earlier one, or the rest of the file."""
    seen: dict[tuple[str, Labels], CrossTable] = {}
    variables: dict[str, tuple[Variable, CrossTable]] = {}
    for number, table in enumerate(tables.tables):
        first = tables.tables[0]
        if table.total != first.total:
            yield (
                number,
                (
                    f'"{table.name}" is about {table.total:,} people and "{first.name}" about {first.total:,}. Tables '
                    "in one file are about the same people: mend it, give people without an answer a column named in "
                    '"missing", or put it into a file of its own'
                ),
            )
        if other := seen.get((table.columns.name, table.by)):
            yield number, f'"{table.name}" has the same rows and columns as "{other.name}"; keep one of them'
        yield from ((number, message) for message in _clashes(table, variables))
        yield from ((number, message) for message in _against_question(table, tables))
        yield from ((number, message) for message in _against_sizes(table, list(seen.values())))
        seen[table.columns.name, table.by] = table
        for variable in table.rows:
            variables.setdefault(variable.name, (variable, table))
    yield from ((0, message) for message in _without_parts(variable for variable, _ in variables.values()))
    if tables.minors:
        yield from _without_settings(tables)


def _clashes(table: CrossTable, variables: Mapping[str, tuple[Variable, CrossTable]]) -> Iterator[str]:
    for variable in table.rows:
        if variable.name == table.columns.name:
            yield f'"{variable.name}" is the name of the rows and of the columns; give one of them another name'
        if variable.parent in table.by:
            yield f'"{variable.name}" adds up to "{variable.parent}": they cannot be the rows of one table'
        if variable.name in variables:
            known, where = variables[variable.name]
            alike = set(known.categories) == set(variable.categories) and known.untold == variable.untold
            if not alike or (known.parent, known.parent_of) != (variable.parent, variable.parent_of):
                yield f'"{variable.name}" has other categories, "untold" or "parents" here than in "{where.name}"'


def _without_parts(variables: Iterable[Variable]) -> Iterator[str]:
    """Yield where the categories of a variable are not those that a finer one is said to add up to."""
    known = {one.name: one for one in variables}
    for one in known.values():
        above = known.get(one.parent or "")
        parts = set(one.parent_of.values())
        if above and (odd := sorted(parts ^ set(above.told))):
            yield (
                f'"parents" of "{one.name}" and the rows "{above.name}" do not name the same: {odd[0]!r} is only in one'
            )


def _against_question(table: CrossTable, tables: ExactTables) -> Iterator[str]:
    first = next(one for one in tables.tables if one.columns.name == table.columns.name)
    if first is table:
        return
    mine, known = table.columns, first.columns
    if set(mine.categories) != set(known.categories) or set(mine.missing) != set(known.missing):
        yield f'the columns "{mine.name}" have other categories here than in "{first.name}"'
    elif (mine.structural_zeros, mine.sensitive) != (known.structural_zeros, known.sensitive):
        yield f'the columns "{mine.name}" have other "structural_zeros" or "sensitive" here than in "{first.name}"'
    else:
        for column in mine.categories:
            if table.column(column) != first.column(column):
                yield (
                    f'column {column!r} of "{table.name}" adds up to {table.column(column):,}, in "{first.name}" to '
                    f"{first.column(column):,}; the same people should be in both"
                )


def _against_sizes(table: CrossTable, earlier: Sequence[CrossTable]) -> Iterator[str]:
    """Yield where groups are of other sizes than in an earlier table that this one's groups add up to, or reverse."""
    for other in earlier:
        for fine, coarse in ((table, other), (other, table)):
            if message := _adds_up(fine, coarse):
                yield message
                break


def _adds_up(fine: CrossTable, coarse: CrossTable) -> str | None:
    """Return how the groups of one table do not add up to those of another, None where they do or need not."""
    target = projection(fine.rows, coarse.rows)
    if target is None:
        return None
    same = fine.columns.name == coarse.columns.name and set(fine.columns.categories) == set(coarse.columns.categories)
    for column in fine.columns.categories if same else (None,):
        sums, known = Counter[Group](), Counter[Group]()
        for group in fine.people:
            sums[target(told_of(fine.rows, group))] += _people(fine, group, column)
        for group in coarse.people:
            known[told_of(coarse.rows, group)] += _people(coarse, group, column)
        for place in sorted(sums | known, key=str):
            if sums[place] != known[place]:
                where = ", ".join(label or "not told" for label in (*place, *([column] if column else [])))
                return f'{where}: "{fine.name}" adds up to {sums[place]:,}, "{coarse.name}" says {known[place]:,}'
    return None


def _people(table: CrossTable, group: Labels, column: str | None) -> int:
    return table.people[group][column] if column else table.size(group)


def _without_settings(tables: ExactTables) -> Iterator[tuple[int, str]]:
    for number, table in enumerate(tables.tables):
        if len(table.rows) == 1 and table.rows[0].geographical and table.settings is None:
            yield (
                number,
                (
                    f'"{table.name}" shows children by place: say in "settings" how many schools or sessions are '
                    "behind each row, because fewer than 3 are not shown"
                ),
            )
        elif len(table.rows) > 1 and any(variable.geographical for variable in table.rows):
            yield number, f'"{table.name}" shows children by place and something else at once; give one at a time'
