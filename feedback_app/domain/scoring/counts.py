"""Answers counted: people by option code and by kind of missing, and the base that every figure rests on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from feedback_app.domain.missing import MISSING_KEYS, Missing


class Counted(Protocol):
    """Answers to one item by option code, counted in people or in effective answers: what figures are made of."""

    @property
    def values(self) -> Mapping[int, float]:
        """Return option code -> answers."""

    @property
    def missing(self) -> Mapping[str, int]:
        """Return kind of missing -> people."""

    @property
    def answered(self) -> int | None:
        """Return how many people chose anything, only for an item with several choices."""

    @property
    def base(self) -> float:
        """Return how many answers figures rest on."""

    def of(self, codes: Collection[int]) -> float:
        """Return how many of the answers have one of ``codes``."""


@dataclass(frozen=True)
class EffectiveCounts:
    """Weighted answers to one item, scaled to the effective base: code -> n_eff x weighted share (brief 3.6, 3.10).

    Every figure and interval of plain counts is then that of the weighted answers: p is the weighted share, n is n_eff.
    """

    values: Mapping[int, float]
    people: int  # how many answered, unweighted
    missing: Mapping[str, int] = field(default_factory=dict)
    answered: int | None = None

    def __post_init__(self) -> None:
        """Copy the mapping and raise ValueError for a negative or endless count, or more effective than people."""
        object.__setattr__(self, "values", dict(self.values))
        if any(not 0 <= count < math.inf for count in self.values.values()):
            raise ValueError("an effective count is a number from 0 on")
        if self.base > self.people * (1 + 1e-9):
            raise ValueError("the effective base cannot exceed the people who answered")

    @property
    def base(self) -> float:
        """Return the effective number of answers, not rounded."""
        return math.fsum(self.values.values())

    def of(self, codes: Collection[int]) -> float:
        """Return how many of the effective answers have one of ``codes``."""
        return math.fsum(self.values.get(code, 0) for code in set(codes))


@dataclass(frozen=True)
class Counts:
    """Answers to one item: people by option code and by kind of missing; ``answered`` only for several choices."""

    values: Mapping[int, int]
    missing: Mapping[str, int] = field(default_factory=dict)
    answered: int | None = None

    def __post_init__(self) -> None:
        """Copy the mappings and raise ValueError for negative counts, unknown kinds or an impossible base."""
        object.__setattr__(self, "values", dict(self.values))
        object.__setattr__(self, "missing", dict(self.missing))
        if unknown := set(self.missing) - set(MISSING_KEYS):
            raise ValueError(f"unknown kinds of missing answer: {sorted(unknown)}")
        if any(count < 0 for count in (*self.values.values(), *self.missing.values())):
            raise ValueError("a count cannot be negative")
        if self.answered is not None:
            most = max(self.values.values(), default=0)
            if not most <= self.answered <= sum(self.values.values()):
                raise ValueError("the number who answered does not fit the choices counted")

    @property
    def base(self) -> int:
        """Return how many people gave a valid answer (brief 3.1)."""
        return sum(self.values.values()) if self.answered is None else self.answered

    @property
    def shown(self) -> int:
        """Return how many people saw the item: not those routed past it or who stopped before it."""
        unseen = (Missing.NOT_SHOWN.key, Missing.NOT_REACHED.key)
        return self.base + sum(count for key, count in self.missing.items() if key not in unseen)

    def of(self, codes: Collection[int]) -> int:
        """Return how many of the answers have one of ``codes``."""
        return sum(self.values.get(code, 0) for code in set(codes))


def count_answers(
    answers: Iterable[int | list[int] | None],
    options: Iterable[int],
    missing_options: Mapping[int, str],
    *,
    none_is: Missing = Missing.SKIPPED,
) -> Counts:
    """Count answers (a code, a list of choices or None) by option and kind; ValueError for an undeclared code."""
    tally: Counter[int | tuple[int, ...]] = Counter()
    for answer in answers:
        plain = none_is.value if answer is None else answer
        tally[tuple(plain) if isinstance(plain, list) else plain] += 1
    return count_tally(tally, options, missing_options, several=any(isinstance(answer, tuple) for answer in tally))


def count_tally(
    tally: Mapping[int | tuple[int, ...], int],
    options: Iterable[int],
    missing_options: Mapping[int, str],
    *,
    several: bool,
) -> Counts:
    """Count distinct answers (a code, or a tuple of choices) -> people by option and kind; ValueError as above.

    Somebody with any valid choice is not missing; of several kinds of missing the first in their order counts.
    """
    values = {code: 0 for code in options if code not in missing_options}
    missing = dict.fromkeys(MISSING_KEYS, 0)
    answered = 0
    for answer, people in tally.items():
        given = set(answer) if isinstance(answer, tuple) else {int(answer)}
        chosen = given & values.keys()
        kinds = {_missing_key(code, missing_options) for code in given - chosen} or {Missing.SKIPPED.key}
        for code in chosen:
            values[code] += people
        if chosen:
            answered += people
        else:
            missing[min(kinds, key=MISSING_KEYS.index)] += people
    return Counts(values, missing, answered if several else None)


def _missing_key(code: int, missing_options: Mapping[int, str]) -> str:
    if code in missing_options:
        return Missing.from_key(missing_options[code]).key
    try:
        return Missing(code).key
    except ValueError:
        raise ValueError(f"the answers hold the code {code}, which the question does not have") from None
