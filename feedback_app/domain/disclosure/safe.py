"""What may be shown: protected counts, shares, figures and tables, made by this package alone.

The objects hold no way back to the exact counts. Whoever makes one shows the seal, which only this package imports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any, Literal, Self

from feedback_app.domain.disclosure.rules import Rule

HIDDEN: Literal["c"] = "c"
SEAL = object()


class _Sealed:
    """A value that only this package makes: copies are the object itself, and it cannot be pickled or subclassed."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        if cls.__module__ != __name__:
            raise TypeError("protected values cannot be subclassed")

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("protected values are made by the disclosure gate only")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError("protected values are not pickled: use as_dict()")


@dataclass(frozen=True, slots=True)
class SafeCount(_Sealed):
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
class SafeShare(_Sealed):
    """One option of a distribution: protected count, and whole percent of the protected base or None if hidden."""

    seal: InitVar[object]
    code: int
    count: SafeCount
    percent: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return the option as plain data for JSON."""
        return {"code": self.code, "count": self.count.as_plain(), "percent": self.percent}


@dataclass(frozen=True, slots=True)
class SafeFigure(_Sealed):
    """A headline in whole numbers, or None with the rule in ``withheld`` and a machine ``reason``."""

    seal: InitVar[object]
    name: str
    value: int | None
    low: int | None
    high: int | None
    base: SafeCount
    withheld: Rule | None = None
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the figure as plain data for JSON; a withheld one has its name and rule alone."""
        if self.withheld:
            return {"name": self.name, "withheld": self.withheld}
        interval = {"low": self.low, "high": self.high}
        return {"name": self.name, "value": self.value, **interval, "base": self.base.as_total()}


@dataclass(frozen=True, slots=True)
class SafeTable(_Sealed):
    """One item as it may be shown; ``withheld`` is the rule that holds back everything but the base."""

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

    @property
    def headline(self) -> SafeFigure | None:
        """Return the first figure, or None for an item without any."""
        return self.figures[0] if self.figures else None

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
        return plain | ({"withheld": self.withheld, "reason": self.reason} if self.withheld else {})


@dataclass(frozen=True, slots=True)
class SafeRelease(_Sealed):
    """The protected tables of one release, in the order they were given."""

    seal: InitVar[object]
    tables: tuple[SafeTable, ...]

    def __iter__(self) -> Iterator[SafeTable]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def __getitem__(self, position: int) -> SafeTable:
        return self.tables[position]

    def as_dict(self) -> list[dict[str, Any]]:
        """Return the tables as a list of plain data for JSON."""
        return [table.as_dict() for table in self.tables]
