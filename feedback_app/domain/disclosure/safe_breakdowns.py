"""Breakdowns that may be shown: protected counts of each group, made by this package alone."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from typing import Any

from feedback_app.domain.disclosure.grouped import Band, Group
from feedback_app.domain.disclosure.rules import Rule
from feedback_app.domain.disclosure.safe import SafeCount, SafeFigure
from feedback_app.domain.disclosure.sealing import Sealed


@dataclass(frozen=True, slots=True)
class SafeGroup(Sealed):
    """One group as it may be shown: its base, its people by column and their whole percent of the rounded base.

    ``counts`` and ``percents`` are in the order of the breakdown's bands, and empty where ``withheld`` names the rule
    that holds them back; then ``base`` is "fewer than" the minimum base, or None where nothing is told of it.
    ``figure`` is computed from what is shown here.
    """

    seal: InitVar[object]
    group: Group
    base: SafeCount | None
    small_group: bool
    counts: tuple[SafeCount, ...] = ()
    percents: tuple[int | None, ...] = ()
    figure: SafeFigure | None = None
    withheld: Rule | None = None
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the group as plain data for JSON: whole numbers, "c", and {"fewer_than": n} for a small base."""
        plain: dict[str, Any] = {"group": list(self.group), "base": self.base.as_total() if self.base else None}
        if self.withheld:
            return plain | {"withheld": self.withheld, "reason": self.reason}
        return plain | {
            "small_group": self.small_group,
            "counts": [count.as_plain() for count in self.counts],
            "percents": list(self.percents),
            "figure": self.figure.as_dict() if self.figure else None,
        }


@dataclass(frozen=True, slots=True)
class SafeBreakdown(Sealed):
    """One question by the groups of one or two breakdowns as it may be shown; where ``withheld`` there are no groups.

    ``several``: people could choose several columns, so they do not add up to the base.
    """

    seal: InitVar[object]
    code: str
    by: tuple[str, ...]
    bands: tuple[Band, ...]
    groups: tuple[SafeGroup, ...]
    several: bool = False
    withheld: Rule | None = None
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the breakdown as plain data for JSON."""
        bands = [{"name": band.name, "codes": sorted(band.codes)} for band in self.bands]
        plain: dict[str, Any] = {"code": self.code, "by": list(self.by), "bands": bands, "several": self.several}
        plain["groups"] = [group.as_dict() for group in self.groups]
        return plain | ({"withheld": self.withheld, "reason": self.reason} if self.withheld else {})
