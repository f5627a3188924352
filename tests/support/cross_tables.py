"""Invented people and the cross-tables of them, for the tests of anybody's tables."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

NOT_KNOWN = "Not known"


def people(seed: int, number: int, **groups: int) -> list[dict[str, int]]:
    """Return invented people with a category, from 0, of each variable: variable -> how many categories, skewed."""
    draw = random.Random(seed)
    weights = {name: [draw.expovariate(1) + 0.05 for _ in range(count)] for name, count in groups.items()}
    return [
        {name: draw.choices(range(count), weights[name])[0] for name, count in groups.items()} for _ in range(number)
    ]


def categories(name: str, count: int, *, untold: bool = False) -> list[str]:
    """Return names for the categories of a variable; with ``untold`` the last is of people who did not tell."""
    found = [f"{name} {number + 1}" for number in range(count)]
    return [*found[:-1], NOT_KNOWN] if untold else found


def table(
    persons: list[dict[str, int]], rows: list[dict[str, Any]], columns: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """Return a table of people as a JSON file has it, by one or two row variables and one column variable."""
    names = [one["name"] for one in (*rows, columns)]
    counted = Counter(tuple(person[name] for name in names) for person in persons)
    widths = [len(one["categories"]) for one in (*rows, columns)]

    def nested(before: tuple[int, ...]) -> Any:
        if len(before) == len(widths):
            return counted[before]
        return [nested((*before, number)) for number in range(widths[len(before)])]

    return {"rows": rows if len(rows) > 1 else rows[0], "columns": columns, "counts": nested(()), **more}


def csv_of(given: dict[str, Any], delimiter: str = ",", totals: bool = True) -> str:
    """Return a table with one row variable as a spreadsheet would save it."""
    labels, counts = given["rows"]["categories"], given["counts"]
    lines = [[given["rows"]["name"], *given["columns"]["categories"], *(["Total"] if totals else [])]]
    lines += [[label, *row, *([sum(row)] if totals else [])] for label, row in zip(labels, counts, strict=True)]
    if totals:
        sums = [sum(row[at] for row in counts) for at in range(len(counts[0]))]
        lines.append(["Total", *sums, sum(sums)])
    return "".join(delimiter.join(map(str, line)) + "\r\n" for line in lines)
