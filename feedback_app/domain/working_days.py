"""Working days in England: no weekend, no bank holiday. The holidays follow from rules; odd ones come as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

A_DAY = timedelta(days=1)
SATURDAY, SUNDAY, MONDAY = 5, 6, 0


@dataclass(frozen=True)
class WorkingDays:
    """Which days somebody works: ``extra`` are one-off holidays, ``not_kept`` holidays of the rules that do not hold.

    A holiday that was moved stands in both: the day it left in ``not_kept``, the day it went to in ``extra``.
    """

    extra: frozenset[date] = frozenset()
    not_kept: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Return whether a day is neither of a weekend nor a holiday."""
        holiday = day in self.extra or (day in bank_holidays(day.year) and day not in self.not_kept)
        return day.weekday() < SATURDAY and not holiday

    def next_after(self, day: date) -> date:
        """Return the first working day after a day."""
        day += A_DAY
        while not self.is_working(day):
            day += A_DAY
        return day


@lru_cache(maxsize=64)
def easter(year: int) -> date:
    """Return Easter Sunday of a year, by the anonymous Gregorian computus (Meeus, Astronomical Algorithms, ch. 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    last = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * last) // 451
    month, day = divmod(h + last - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    """Return the bank holidays of England and Wales in a year, by rule, with the substitutes for those at weekends."""
    sunday = easter(year)
    new_year, christmas = date(year, 1, 1), date(year, 12, 25)
    found = {sunday - 2 * A_DAY, sunday + A_DAY, _monday(date(year, 5, 1)), _substitute(new_year)}
    found |= {_last_monday(date(year, 5, 31)), _last_monday(date(year, 8, 31))}
    first, second = _substitute(christmas), _substitute(christmas + A_DAY)
    if second == first:
        second += A_DAY
    return frozenset({*found, first, second})


def _monday(day: date) -> date:
    """Return the first Monday from a day on."""
    return day + (MONDAY - day.weekday()) % 7 * A_DAY


def _last_monday(day: date) -> date:
    """Return the last Monday up to a day."""
    return day - day.weekday() * A_DAY


def _substitute(day: date) -> date:
    """Return a day, or the Monday after where it lies on a weekend."""
    return day if day.weekday() < SATURDAY else _monday(day)
