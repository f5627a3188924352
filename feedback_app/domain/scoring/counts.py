"""Answers counted: people by option code and by kind of missing, and the base that every figure rests on."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
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
    """Weighted answers to one item, scaled to the effective base: code -> n_eff x weighted share (docs/statistics.md).

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
        """Return how many people gave a valid answer (docs/statistics.md)."""
        return sum(self.values.values()) if self.answered is None else self.answered

    @property
    def shown(self) -> int:
        """Return how many people saw the item: not those routed past it or who stopped before it."""
        unseen = (Missing.NOT_SHOWN.key, Missing.NOT_REACHED.key)
        return self.base + sum(count for key, count in self.missing.items() if key not in unseen)

    def of(self, codes: Collection[int]) -> int:
        """Return how many of the answers have one of ``codes``."""
        return sum(self.values.get(code, 0) for code in set(codes))
