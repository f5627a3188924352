"""What may be shown: protected counts, shares, figures and tables, made by this package alone.

The objects hold no way back to the exact counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any, Literal

from feedback_app.domain.disclosure.rules import ITEMS_DISAGREE, Rule
from feedback_app.domain.disclosure.sealing import Sealed
from feedback_app.domain.scoring.families import Verdict

HIDDEN: Literal["c"] = "c"
NPS_HEADLINE_BASE = 100  # answers; from 30 on the score stands among the figures


@dataclass(frozen=True, slots=True)
class SafeCount(Sealed):
    """A count that may be shown: ``value`` (rounded) or ``symbol``; the true one lies in ``low`` to ``high``."""

    seal: InitVar[object]
    value: int | None
    symbol: Literal["c"] | None
    low: int
    high: int

    def as_plain(self) -> int | str:
        """Return the rounded count, or "c" when it is hidden."""
        return HIDDEN if self.value is None else self.value

    def as_total(self) -> int | dict[str, int]:
        """Return the rounded total, or {"fewer_than": n} when it is too small to show."""
        return {"fewer_than": self.high + 1} if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class SafeShare(Sealed):
    """One option of a distribution: protected count, and whole percent of the protected base or None if hidden."""

    seal: InitVar[object]
    code: int
    count: SafeCount
    percent: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return the option as plain data for JSON."""
        return {"code": self.code, "count": self.count.as_plain(), "percent": self.percent}


@dataclass(frozen=True, slots=True)
class SafeFigure(Sealed):
    """A headline in whole numbers, or None with the rule in ``withheld`` and a machine ``reason``."""

    seal: InitVar[object]
    name: str
    value: int | None
    low: int | None
    high: int | None
    base: SafeCount
    withheld: Rule | None = None
    reason: str | None = None
    of_list: bool = False  # the range is that of a list of people who were all invited
    people: SafeCount | None = None  # of a share: about how many it counts

    def as_dict(self) -> dict[str, Any]:
        """Return the figure as plain data for JSON; a withheld one has its name and rule alone."""
        if self.withheld:
            return {"name": self.name, "withheld": self.withheld}
        interval = {"low": self.low, "high": self.high}
        plain: dict[str, Any] = {"name": self.name, "value": self.value, **interval, "base": self.base.as_total()}
        if self.people:
            plain["people"] = self.people.as_plain()
        return plain | ({"of_list": True} if self.of_list else {})


@dataclass(frozen=True, slots=True)
class SafeTable(Sealed):
    """One item as it may be shown; ``withheld`` is the rule that holds back everything but the base.

    ``weighted`` holds the same figures in the same order, of the people the weights cover; empty without weights.
    """

    seal: InitVar[object]
    code: str
    type: str
    base: SafeCount
    small_group: bool
    missing: Mapping[str, SafeCount] = field(hash=False)
    distribution: tuple[SafeShare, ...]
    figures: tuple[SafeFigure, ...]
    withheld: Rule | None = None
    reason: str | None = None
    weighted: tuple[SafeFigure, ...] = ()

    @property
    def headline(self) -> SafeFigure | None:
        """Return the first figure, or None without any; a score of few answers heads nothing."""
        first = self.figures[0] if self.figures else None
        return None if first and first.name == "nps" and first.base.low < NPS_HEADLINE_BASE else first

    def as_dict(self) -> dict[str, Any]:
        """Return the table as plain data for JSON: whole numbers, "c", and {"fewer_than": n} for a small base."""
        plain: dict[str, Any] = {
            "code": self.code,
            "type": self.type,
            "base": self.base.as_total(),
            "small_group": self.small_group,
            "missing": {kind: count.as_plain() for kind, count in self.missing.items()},
            "distribution": [share.as_dict() for share in self.distribution],
            "headline": self.headline.as_dict() if self.headline else None,
            "figures": [figure.as_dict() for figure in self.figures],
        }
        if self.weighted:
            plain["weighted"] = [figure.as_dict() for figure in self.weighted]
        return plain | ({"withheld": self.withheld, "reason": self.reason} if self.withheld else {})


@dataclass(frozen=True, slots=True)
class SafeAlpha(Sealed):
    """How well a scale's questions agree, with its 95% interval, to 2 decimals; or None with a machine ``reason``."""

    seal: InitVar[object]
    value: float | None
    low: float | None
    high: float | None
    items: int
    base: SafeCount
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the reliability as plain data for JSON; a refused one has its number of items and reason alone."""
        if self.reason:
            return {"items": self.items, "refused": self.reason}
        interval = {"low": self.low, "high": self.high}
        return {"value": self.value, **interval, "items": self.items, "base": self.base.as_total()}


@dataclass(frozen=True, slots=True)
class SafeScale(Sealed):
    """A scale's mean score, 0 to 100 in whole numbers, as it may be shown; ``without`` are asked but have no score.

    ``without`` is None under the minimum base and where it would tell, ``alpha`` where none is to be made.
    """

    seal: InitVar[object]
    code: str
    score: SafeFigure
    without: SafeCount | None
    small_group: bool
    alpha: SafeAlpha | None
    weighted: SafeFigure | None = None

    @property
    def base(self) -> SafeCount:
        """Return how many people have a score."""
        return self.score.base

    @property
    def withheld(self) -> Rule | None:
        """Return the rule that holds the score back, or None."""
        return self.score.withheld

    @property
    def reason(self) -> str | None:
        """Return why the score is held back, or None."""
        return self.score.reason

    def as_dict(self) -> dict[str, Any]:
        """Return the scale as plain data for JSON; one withheld to keep people private has nothing else."""
        plain: dict[str, Any] = {
            "code": self.code,
            "base": self.base.as_total(),
            "small_group": self.small_group,
            "score": self.score.as_dict(),
        }
        if self.weighted:
            plain["weighted"] = self.weighted.as_dict()
        if self.withheld:
            plain |= {"withheld": self.withheld, "reason": self.reason}
        if self.withheld and self.reason != ITEMS_DISAGREE:
            return plain
        alpha = self.alpha.as_dict() if self.alpha else None
        without = self.without.as_plain() if self.without else None
        return plain | {"without_score": without, "alpha": alpha}


@dataclass(frozen=True, slots=True)
class SafeChange(Sealed):
    """The later wave less the earlier in whole points, its 95% interval and verdict; or why they are not compared.

    ``p`` is adjusted for the ``m`` changes made together and rounded up to 2 decimals, so that it agrees with the
    verdict at 0.05. ``clear_alone`` says that the interval, which is not adjusted, leaves out zero.
    """

    seal: InitVar[object]
    code: str
    name: str
    before: SafeFigure | None
    after: SafeFigure | None
    value: int | None
    low: int | None
    high: int | None
    verdict: Verdict | None
    clear_alone: bool
    p: float | None
    m: int
    weighted: bool = False
    refused: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the change as plain data for JSON; one that was not made has its two figures and the reason."""
        plain: dict[str, Any] = {
            "code": self.code,
            "name": self.name,
            "weighted": self.weighted,
            "before": self.before.as_dict() if self.before else None,
            "after": self.after.as_dict() if self.after else None,
        }
        if self.refused:
            return plain | {"refused": self.refused}
        change = {"change": self.value, "low": self.low, "high": self.high, "verdict": str(self.verdict)}
        return plain | change | {"clear_alone": self.clear_alone, "p": self.p, "m": self.m}


@dataclass(frozen=True, slots=True)
class SafeRelease(Sealed):
    """The protected tables of one release, in the order they were given, and its scales."""

    seal: InitVar[object]
    tables: tuple[SafeTable, ...]
    scales: tuple[SafeScale, ...] = ()

    def __iter__(self) -> Iterator[SafeTable]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def __getitem__(self, position: int) -> SafeTable:
        return self.tables[position]

    def as_dict(self) -> list[dict[str, Any]]:
        """Return the tables as a list of plain data for JSON; the scales have an ``as_dict`` of their own."""
        return [table.as_dict() for table in self.tables]
