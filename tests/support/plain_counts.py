"""Answers counted one person after the other: what the columns of a wave are held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from feedback_app.domain.answers import Answer
from feedback_app.domain.missing import MISSING_KEYS, Missing
from feedback_app.domain.scoring.counts import Counts


def plain_counts(
    answers: Sequence[Answer], options: Iterable[int], missing_options: Mapping[int, str] | None = None
) -> Counts:
    """Return how many chose each option, and how many have no valid answer, by its kind; KeyError for another code."""
    kinds = {int(kind): kind.key for kind in Missing} | dict(missing_options or {})
    given = [set(answer) if isinstance(answer, tuple) else {answer} for answer in answers]
    values = {code: sum(code in one for one in given) for code in options if code not in kinds}
    lost = [min((kinds[code] for code in one), key=MISSING_KEYS.index) for one in given if not one & values.keys()]
    several = any(isinstance(answer, tuple) for answer in answers)
    return Counts(values, {key: lost.count(key) for key in MISSING_KEYS}, len(given) - len(lost) if several else None)
