"""Published satisfaction figures found again from the counts they were made of, with the program's own functions."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.figures import Figure, csat, mean_satisfaction
from feedback_app.domain.scoring.rounding import round_half_up

COLUMNS = ("very_dissatisfied", "dissatisfied", "neither", "satisfied", "very_satisfied")
MEAN, SHARE, BOTH, NEITHER = "mean satisfaction", "share satisfied", "both", "neither"


@dataclass(frozen=True)
class Month:
    """One month of a service: answers from very dissatisfied (1) to very satisfied (5), and the published number."""

    service: str
    month: str
    counts: Counts
    published: int

    @property
    def mean(self) -> Figure:
        """Return the mean satisfaction, 0 to 100."""
        return mean_satisfaction(self.counts)

    @property
    def share(self) -> Figure:
        """Return the share satisfied or very satisfied, 0 to 100, with its range."""
        return csat(self.counts)

    @property
    def given_by(self) -> str:
        """Return which figure, rounded half up to a whole number, is the published one."""
        by_mean, by_share = (rounded(figure.value) == self.published for figure in (self.mean, self.share))
        if by_mean and by_share:
            return BOTH
        return MEAN if by_mean else SHARE if by_share else NEITHER


def rounded(value: float | None) -> int:
    """Return a value as a whole number, half up; ValueError where there is none."""
    if value is None:
        raise ValueError("nobody answered")
    return int(round_half_up(value))


def read_month(row: Mapping[str, str]) -> Month:
    """Return one row of the file as a month."""
    counts = Counts({code: int(row[name]) for code, name in enumerate(COLUMNS, 1)})
    return Month(row["service"], row["month"], counts, int(row["published_percent"]))


def read_months(path: Path) -> list[Month]:
    """Return the months of a file with the columns service, month, COLUMNS and published_percent."""
    with path.open(encoding="utf-8", newline="") as file:
        return [read_month(row) for row in csv.DictReader(file)]


def summed_up(months: Iterable[Month]) -> list[str]:
    """Return in sentences how many published numbers are which figure, and what is to be said of the others."""
    found = list(months)
    by_mean = sum(month.given_by in (MEAN, BOTH) for month in found)
    lines = [f"{by_mean} of {len(found)} published numbers are the mean satisfaction (0 to 100), rounded half up."]
    for service in dict.fromkeys(month.service for month in found):
        lines += _others([month for month in found if month.service == service])
    return lines


def _others(months: list[Month]) -> list[str]:
    """Return what is to be said of one service's months that are not the mean."""
    others = [month for month in months if month.given_by in (SHARE, NEITHER)]
    if not others:
        return []
    names = ", ".join(month.month for month in others)
    if others == months[-len(others) :] and all(month.given_by == SHARE for month in others):
        raised = sum(month.published - rounded(month.mean.value) for month in others) / len(others)
        first = f"{others[0].service}, {names}: the share satisfied or very satisfied"
        changed = "The publisher seems to have changed from the one figure to the other under the same name."
        step = f"They stand {raised:.1f} points above the mean on average: a step of the figure, not of the answers."
        return [f"{first}, in each month from {others[0].month} on and in none before.", f"{changed} {step}"]
    return [f"{others[0].service}, {names}: {' or '.join(sorted({month.given_by for month in others}))}."]
