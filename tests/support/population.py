"""The population's file and a table of people, to change and spoil in tests."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from feedback_app.adapters.instrument_files import load_partnership

AGES = ("0_to_4", "5_to_10", "11_to_15", "16_to_25")
PLANS = ("ehc_plan", "sen_support")
MARGINS = (
    "  margins:\n    provision: {ehc_plan: 10155, sen_support: 24473}\n"
    "  taken_from: {provision: pupils_with_sen} # margin -> the fact below whose parts it repeats\n"
)


def replace(root: Path, before: str, after: str) -> None:
    """Replace a piece of the population's file."""
    path = root / "population.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def table_rows(root: Path) -> list[str]:
    """Return a sound table: every district, age band and provision, 96 rows after the heading."""
    districts = [district.key for district in load_partnership(root).districts]
    rows = [
        f"{district},{age},{plan},{100 + number}"
        for number, (district, age, plan) in enumerate(product(districts, AGES, PLANS))
    ]
    return ["district,age_band,provision,people", *rows]


def write_table(root: Path, rows: list[str], encoding: str = "utf-8") -> Path:
    """Write a table beside the population's file."""
    path = root / "people.csv"
    path.write_text("\n".join(rows) + "\n", encoding=encoding)
    return path
