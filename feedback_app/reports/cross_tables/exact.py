"""Exact counts of cross-tables: whole numbers, and tables of the same people that agree with each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.reports.cross_tables.agreement import check_agreement
from feedback_app.reports.cross_tables.checks import Problems, said
from feedback_app.reports.cross_tables.csv_tables import CsvReading, Total, read_csv
from feedback_app.reports.cross_tables.json_documents import read_json
from feedback_app.reports.cross_tables.reading_json import raw_tables
from feedback_app.reports.cross_tables.shapes import (
    FORMAT,
    MOST_PEOPLE,
    CrossTable,
    ExactTables,
    Labels,
    Place,
    RawTable,
)

MORE = frozenset({"margins", "settings"})
HIDDEN_ALREADY = frozenset({"c", "*", "x", "[c]", "..", ":", "-"})


def read_exact_json(name: str, text: str, minors: bool = False, policy: Policy | None = None) -> ExactTables:
    """Return the exact tables of a JSON file; raises TablesRefused with line, cell and what to do."""
    document = read_json(name, text)
    problems = Problems(document)
    data: dict[str, Any] = document.data if problems.of_kind(document.data, dict, (), "the file") else {}
    problems.stop_if_any()
    problems.keys(data, {"format", "policy", "people", "tables"}, ("tables",), ())
    if data.get("format", FORMAT) != FORMAT:
        problems.note(("format",), f"this program reads format {FORMAT}, not {said(data['format'])}")
    people = data.get("people", {})
    if problems.of_kind(people, dict, ("people",), '"people"'):
        problems.keys(people, {"minors"}, (), ("people",))
        minors = problems.flag(people, "minors", ("people",)) or minors
    read_policy = policy_of(data.get("policy", {}), ("policy",), problems)
    raw = raw_tables(data, problems, MORE)
    tables = tuple(exact_table(one, problems) for one in raw)
    problems.stop_if_any()
    found = ExactTables(tables, policy or read_policy, minors)
    check_agreement(found, [one.place for one in raw], problems)
    return found


def policy_of(given: Any, place: Place, problems: Problems) -> Policy:
    """Return thresholds as a file gives them, the rest as usual; what contradicts itself is noted."""
    if not problems.of_kind(given, dict, place, '"policy"'):
        return Policy()
    if problems.keys(given, Policy.model_fields.keys(), (), place):
        try:
            return Policy.model_validate(given, strict=True)
        except ValidationError as error:
            for one in error.errors():
                words = one["msg"].removeprefix("Value error, ")
                problems.note((*place, *one["loc"]), f"{': '.join([*map(str, one['loc']), words])}")
    return Policy()


def exact_table(raw: RawTable, problems: Problems) -> CrossTable:
    """Return a table of whole numbers; cells that hold something else are noted."""
    people: dict[Labels, dict[str, int]] = {group: {} for group in raw.groups}
    for (group, column), value in raw.cells.items():
        if message := not_people(value):
            problems.note(raw.places[group, column], f"{cell_name(raw, group, column)}: {message}")
        people[group][column] = 0 if message else value
        if value and not message and column in raw.columns.structural_zeros:
            message = f"{said(value)} people are counted in a column that is said to be impossible"
            problems.note(raw.places[group, column], f"{cell_name(raw, group, column)}: {message}")
    margins = raw.more.get("margins", {})
    place = (*raw.place, "margins")
    if not problems.of_kind(margins, dict, place, '"margins"'):
        margins = {}
    problems.keys(margins, {"rows", "columns"}, (), place)
    of_rows, of_columns = (problems.flag(margins, side, place, otherwise=True) for side in ("rows", "columns"))
    return CrossTable(raw.name, raw.rows, raw.columns, people, of_rows, of_columns, _settings(raw, problems))


def not_people(value: Any) -> str | None:
    """Return what is wrong with a value that should be a number of people, and how to mend it; None if nothing."""
    if isinstance(value, bool) or value is None or isinstance(value, dict | list):
        return f"a count should be a whole number, not {said(value)}"
    if isinstance(value, str):
        if not value.strip():
            return "it is empty; write 0 where there is nobody"
        if value.strip() in HIDDEN_ALREADY or value.strip().startswith("<"):
            return f"{said(value)} looks hidden already; exact counts are needed here"
        return f"{said(value)} is no whole number of people{spaced_out(value)}"
    if isinstance(value, float):
        return f"{said(value)} is no whole number of people; counts are needed, not percentages"
    if value < 0:
        return f"{said(value)} is below 0"
    return f"{said(value)} is more than {MOST_PEOPLE:,} people" if value > MOST_PEOPLE else None


def spaced_out(value: str) -> str:
    """Return how to mend a number with spaces between its digits, or nothing for other text."""
    digits = "".join(value.split())
    spaced = digits != value.strip() and digits.isascii() and digits.isdecimal()
    return f"; take the space out: {digits}" if spaced else ""


def cell_name(raw: RawTable, group: Labels, column: str) -> str:
    """Return what people call a cell: "Pendle, Dissatisfied"."""
    return ", ".join((*group, column))


def _settings(raw: RawTable, problems: Problems) -> Mapping[Labels, int] | None:
    """Return how many settings or sessions are behind each group's answers, where the file says it."""
    given = raw.more.get("settings")
    if given is None:
        return None
    place = (*raw.place, "settings")
    if not problems.of_kind(given, list, place, '"settings"'):
        return None
    if len(raw.rows) > 1 or len(given) != len(raw.groups) or any(not_people(value) for value in given):
        problems.note(place, '"settings" is one whole number for each row of a table with one row variable')
        return None
    return dict(zip(raw.groups, given, strict=True))


def read_exact_csv(
    name: str, content: bytes, how: CsvReading, minors: bool = False, threshold: int | None = None
) -> ExactTables:
    """Return the exact table of a CSV file; raises TablesRefused with line, cell and what to do.

    Totals are printed where the file has them, and have to be right.
    """
    found, problems = read_csv(name, content, how)
    table = exact_table(found.raw, problems)
    problems.stop_if_any()
    for group, total in found.row_totals.items():
        _check_total(f"the total of {', '.join(group)}", total, table.size(group), problems)
    for column, total in found.column_totals.items():
        _check_total(f"the total of {column}", total, table.column(column), problems)
    if found.total is not None:
        _check_total("the total of all", found.total, table.total, problems)
    problems.stop_if_any()
    table = replace(table, row_totals=bool(found.row_totals), column_totals=bool(found.column_totals))
    return ExactTables((table,), policy_for(threshold), minors)


def policy_for(threshold: int | None) -> Policy:
    """Return the usual thresholds, or those around another smallest count that is shown."""
    usual = Policy()
    if threshold is None:
        return usual
    least = {name: max(value, threshold) for name, value in usual.model_dump().items()}
    unchanged = {"rounding": min(usual.rounding, threshold), "same_answer_base": usual.same_answer_base}
    return Policy(**(least | unchanged | {"threshold": threshold}))


def _check_total(what: str, said_so: Total, total: int, problems: Problems) -> None:
    value, line = said_so
    if message := not_people(value):
        problems.note((line,), f"{what}: {message}")
    elif value != total:
        problems.note((line,), f"{what} says {value:,}, the counts add up to {total:,}; mend one of them")
