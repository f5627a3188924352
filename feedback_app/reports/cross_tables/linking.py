"""Which tables add up to which others: groups by what is told of them, and the way from fine groups to coarse ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from feedback_app.reports.cross_tables.shapes import Labels, Variable

Group = tuple[str | None, ...]  # one category for each row variable; None where people told of none


def told_of(rows: tuple[Variable, ...], group: Labels) -> Group:
    """Return a group with None in place of the categories of people who did not tell."""
    return tuple(None if label == one.untold else label for label, one in zip(group, rows, strict=True))


def projection(fine: tuple[Variable, ...], coarse: tuple[Variable, ...]) -> Callable[[Group], Group] | None:
    """Return the way from groups of some rows to those of coarser rows, None where they do not add up to them.

    A row variable may be dropped, kept, or replaced by the one that its categories add up to. Who did not tell of a
    variable did not tell of what it adds up to either.
    """
    ways: list[tuple[int, Mapping[str, str] | None]] = []
    for wanted in coarse:
        found = [
            (number, None if one.name == wanted.name else one.parent_of)
            for number, one in enumerate(fine)
            if wanted.name in (one.name, one.parent)
        ]
        if not found:
            return None
        ways.append(min(found, key=lambda way: way[1] is not None))

    def target(group: Group) -> Group:
        labels = []
        for number, parents in ways:
            label = group[number]
            labels.append(label if parents is None or label is None else parents[label])
        return tuple(labels)

    return target


def coarser(rows: tuple[Variable, ...], known: Mapping[str, Variable]) -> Iterable[tuple[Variable, ...]]:
    """Yield the rows that these add up to in one step: one variable dropped, or replaced by its parent."""
    for number, one in enumerate(rows):
        others = (*rows[:number], *rows[number + 1 :])
        yield others
        parent = known.get(one.parent) if one.parent else None
        if parent and parent.name not in {other.name for other in others}:
            yield (*rows[:number], parent, *rows[number + 1 :])


def all_variables(tables: Iterable[tuple[Variable, ...]]) -> dict[str, Variable]:
    """Return every row variable by name, also those that others add up to and that have no table of their own."""
    given = {one.name: one for rows in tables for one in rows}
    found = dict(given)
    for one in given.values():
        if one.parent and one.parent not in found:
            labels = tuple(dict.fromkeys(one.parent_of.values()))
            untold = one.untold if one.untold not in labels else None
            found[one.parent] = Variable(one.parent, (*labels, *([untold] if untold else [])), untold)
    return found
