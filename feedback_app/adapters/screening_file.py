"""The cues of screening, and holidays out of the ordinary, read from a partnership's screening.yaml."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from feedback_app.adapters.yaml_lines import SurveyFileError, read_source, validated
from feedback_app.domain.instrument import Frozen
from feedback_app.domain.screening import Cues, Screener, Screening
from feedback_app.domain.screening_cues import CueWrong
from feedback_app.domain.working_days import WorkingDays


class _Holidays(Frozen):
    """Days that the rules of bank holidays do not know."""

    extra: tuple[date, ...] = ()
    not_kept: tuple[date, ...] = ()


class _File(Cues):
    """The whole file."""

    holidays: _Holidays = _Holidays()


@lru_cache(maxsize=16)
def _found(path: Path, _touched: int) -> Screening | None:
    return load_screening(path)


def find_screening(path: Path) -> Screening | None:
    """Return the same, from memory unless the file has changed: making the cues ready takes a quarter of a second."""
    try:
        touched = path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    return _found(path, touched)


def load_screening(path: Path) -> Screening | None:
    """Return how a partnership screens, None where it has no such file; raises SurveyFileError with what is wrong."""
    if not path.exists():
        return None
    source = read_source(path)
    found = validated(_File, source.data, source)
    try:
        screener = Screener(found)
    except CueWrong as wrong:
        raise SurveyFileError([source.problem(("categories",), str(wrong))]) from wrong
    days = WorkingDays(frozenset(found.holidays.extra), frozenset(found.holidays.not_kept))
    return Screening(screener, days)
