"""Printed tables as files: JSON of the same shape as went in, or a cross-table in CSV."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from feedback_app.domain.disclosure.safe import HIDDEN
from feedback_app.reports.cells import csv_cell
from feedback_app.reports.cross_tables.notes import WHY, legend, sentence
from feedback_app.reports.cross_tables.printed import Method, Note, PrintedTable, Shown, Under
from feedback_app.reports.cross_tables.shapes import FORMAT, Labels, Variable

GAP = "-"
WIDEST = 110  # characters of a list that stands in one line


def printed_json(tables: Sequence[PrintedTable], minors: bool = False) -> str:
    """Return printed tables as JSON, with the method and the reason for everything that is not shown."""
    method = min((table.method for table in tables), key=lambda one: one.threshold)
    release = {
        "format": FORMAT,
        "protected": True,
        "method": _method(method),
        "people": {"minors": minors},
        "tables": [_table(table, method) for table in tables],
    }
    return _laid_out(release) + "\n"


def printed_csv(table: PrintedTable, total_row: str = "Total", total_column: str = "Total") -> str:
    """Return one printed table as CSV (RFC 4180), with a column of reasons; no cell is one that a spreadsheet runs."""
    columns = table.columns.shown
    total = [total_column] if table.row_totals else []
    lines = [[table.rows[0].name, *columns, *total, WHY]]
    for label in table.rows[0].categories:
        group = (label,)
        cells = [_csv_count(_cell(table, group, column)) for column in columns]
        totals = [_csv_total(table.row_totals.get(group))] if total else []
        lines.append([label, *cells, *totals, _why(table, group)])
    if table.column_totals:
        sums = [_csv_count(_column_total(table, column)) for column in columns]
        lines.append([total_row, *sums, *([_csv_total(table.total)] if total else []), ""])
    lines += [[""], [legend(table.method, table.rows[0].untold)]]
    return "".join(",".join("-" if cell == GAP else csv_cell(cell) for cell in line) + "\r\n" for line in lines)


def _method(method: Method) -> dict[str, Any]:
    return {
        "threshold": method.threshold,
        "rounding": method.rounding,
        "minimum_base": method.minimum_base,
        "hidden_from": method.hidden_from,
        "held": method.held,
    }


def _table(table: PrintedTable, general: Method) -> dict[str, Any]:
    rows = [_variable(one) for one in table.rows]
    columns = table.columns
    plain: dict[str, Any] = {
        "name": table.name,
        "rows": rows[0] if len(rows) == 1 else rows,
        "columns": {
            "name": columns.name,
            "categories": list(columns.categories),
            "missing": list(columns.missing),
            "structural_zeros": [one for one in columns.categories if one in columns.structural_zeros],
            "sensitive": columns.sensitive,
        },
    }
    if table.method != general:
        plain["method"] = _method(table.method)
    plain["counts"] = _nested(
        table.rows, lambda group: [_plain(_cell(table, group, column)) for column in columns.categories]
    )
    plain["totals"] = _totals(table)
    if table.percents:
        plain["percents"] = _nested(
            table.rows, lambda group: [table.percents.get((group, column)) for column in columns.categories]
        )
    plain["not_shown"] = [_note(note) for note in table.notes]
    return plain


def _totals(table: PrintedTable) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if table.row_totals:
        found["rows"] = _nested(table.rows, lambda group: _plain_total(table.row_totals.get(group)))
    if table.column_totals:
        found["columns"] = [_plain(_column_total(table, column)) for column in table.columns.categories]
        found["all"] = _plain_total(table.total)
    return found


def _variable(one: Variable) -> dict[str, Any]:
    plain: dict[str, Any] = {"name": one.name, "categories": list(one.categories)}
    if one.untold:
        plain["untold"] = one.untold
    if one.parent:
        plain["parents"] = {"name": one.parent, "of": dict(one.parent_of)}
    return plain | ({"geographical": True} if one.geographical else {})


def _note(note: Note) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    if note.group:
        plain["row"] = note.group[0] if len(note.group) == 1 else list(note.group)
    if note.columns:
        plain["columns"] = list(note.columns)
    return plain | {"rule": note.rule, "reason": note.reason, "why": sentence(note)}


def _nested(rows: Sequence[Variable], make: Any, before: Labels = ()) -> list[Any]:
    """Return a list for one row variable, a list of lists for two, of what is made for each group."""
    first, rest = rows[0], rows[1:]
    groups = [(*before, label) for label in first.categories]
    return [_nested(rest, make, group) if rest else make(group) for group in groups]


def _cell(table: PrintedTable, group: Labels, column: str) -> Shown:
    if column in table.columns.structural_zeros and table.is_told(group):
        return 0
    return table.cells.get((group, column))


def _column_total(table: PrintedTable, column: str) -> Shown:
    return 0 if column in table.columns.structural_zeros else table.column_totals.get(column)


def _plain(shown: Shown) -> Any:
    return HIDDEN if isinstance(shown, Under) else shown


def _plain_total(shown: Shown) -> Any:
    return shown.as_plain() if isinstance(shown, Under) else shown


def _csv_count(shown: Shown) -> str:
    return GAP if shown is None else HIDDEN if isinstance(shown, Under) else str(shown)


def _csv_total(shown: Shown) -> str:
    return f"<{shown.limit}" if isinstance(shown, Under) else _csv_count(shown)


def _why(table: PrintedTable, group: Labels) -> str:
    if not table.is_told(group):
        return "Not told: never shown, but in the totals."
    of_group = [note for note in table.notes if note.group in (group, None) and not note.columns]
    return sentence(of_group[0]) if of_group else ""


def _laid_out(value: Any, indent: str = "") -> str:
    """Return JSON with short lists and mappings in one line each, so that a row of counts reads as a row."""
    short = json.dumps(value, ensure_ascii=False)
    flat = not isinstance(value, dict | list) or not any(isinstance(one, dict | list) for one in _values(value))
    if len(short) <= WIDEST - len(indent) and (flat or indent):
        return short
    if not isinstance(value, dict | list) or not value:
        return short
    inner = indent + "  "
    if isinstance(value, list) and flat:
        return "[\n" + "\n".join(inner + line for line in _filled(value, WIDEST - len(inner))) + f"\n{indent}]"
    if isinstance(value, dict):
        parts = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {_laid_out(one, inner)}" for key, one in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{indent}" + "}"
    return "[\n" + ",\n".join(f"{inner}{_laid_out(one, inner)}" for one in value) + f"\n{indent}]"


def _filled(values: Sequence[Any], width: int) -> list[str]:
    """Return the values of a list in lines that are not wider, as long as one value alone is not."""
    lines = [""]
    for number, value in enumerate(values, 1):
        word = json.dumps(value, ensure_ascii=False) + ("," if number < len(values) else "")
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def _values(value: Mapping[str, Any] | list[Any]) -> list[Any]:
    return list(value.values()) if isinstance(value, Mapping) else value
