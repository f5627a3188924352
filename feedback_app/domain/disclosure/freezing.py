"""Protected values as plain JSON and back, whole: how a snapshot is kept.

Everything is a list that begins with its kind: ``["count", 25, null, 23, 27]``. Thawing makes values that may be
shown, so it is for what this program froze itself: only the service that reads snapshots calls it. People's own words
are never frozen: who deletes their answers takes them along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from types import MappingProxyType
from typing import Any

from feedback_app.domain.disclosure.grouped import Band
from feedback_app.domain.disclosure.safe import (
    SafeAlpha,
    SafeChange,
    SafeCount,
    SafeFigure,
    SafeRelease,
    SafeScale,
    SafeShare,
    SafeTable,
)
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown, SafeGroup
from feedback_app.domain.disclosure.sealing import SEAL, Sealed
from feedback_app.domain.scoring.families import Verdict

VERSION = 1
KINDS: Mapping[str, type[Any]] = {
    "alpha": SafeAlpha,
    "band": Band,
    "breakdown": SafeBreakdown,
    "change": SafeChange,
    "count": SafeCount,
    "figure": SafeFigure,
    "group": SafeGroup,
    "release": SafeRelease,
    "scale": SafeScale,
    "share": SafeShare,
    "table": SafeTable,
}
_NAMES = {kind: name for name, kind in KINDS.items()}
_FIELDS = {name: tuple(field.name for field in fields(kind)) for name, kind in KINDS.items()}


class NotFrozen(ValueError):
    """What is stored was frozen by a newer or older program, or by none; says what is wrong with it."""


def freeze(value: object) -> list[Any]:
    """Return protected values, and whatever plain holds them, as JSON; TypeError for any other kind of object."""
    return [VERSION, _frozen(value)]


def thaw(data: object) -> Any:
    """Return what ``freeze`` was given; raise NotFrozen for another version, an unknown kind or other fields."""
    if not isinstance(data, list) or len(data) != 2 or data[0] != VERSION:
        raise NotFrozen(f"the frozen figures are not of version {VERSION}")
    return _thawed(data[1])


def _frozen(value: Any) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if (name := _NAMES.get(type(value))) is not None:
        return [name, *(_frozen(getattr(value, field)) for field in _FIELDS[name])]
    if isinstance(value, Verdict):
        return ["verdict", value.value]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, tuple):
        return ["tuple", *map(_frozen, value)]
    if isinstance(value, frozenset):
        return ["set", *map(_frozen, sorted(value))]
    if isinstance(value, Mapping):
        return ["map", *([_frozen(key), _frozen(held)] for key, held in value.items())]
    raise TypeError(f"values of the kind {type(value).__name__} are not frozen")


def _thawed(data: Any) -> Any:
    if not isinstance(data, list):
        return data
    if not data or not isinstance(data[0], str):
        raise NotFrozen("the frozen figures hold a list that names no kind")
    name, *held = data
    if name in KINDS:
        return _made(name, held)
    if name not in _PLAIN:
        raise NotFrozen(f"the frozen figures hold something of an unknown kind, {name!r}")
    try:
        return _PLAIN[name](held)
    except NotFrozen:
        raise  # of something inside, which says more
    except (TypeError, ValueError) as wrong:
        raise NotFrozen(f"the frozen figures hold a {name} that is none") from wrong


def _made(name: str, held: list[Any]) -> Any:
    """Return a value of one of the kinds, its fields in their order."""
    kind: type[Any] = KINDS[name]
    values = [_thawed(one) for one in held]
    if len(values) != len(_FIELDS[name]):
        raise NotFrozen(f"the frozen figures hold a {name} with {len(values)} fields, not {len(_FIELDS[name])}")
    sealed: tuple[object, ...] = (SEAL,) if issubclass(kind, Sealed) else ()
    made: Callable[..., Any] = kind
    return made(*sealed, *values)


def _pairs(held: list[Any]) -> Mapping[Any, Any]:
    return MappingProxyType({_thawed(key): _thawed(value) for key, value in held})


_PLAIN: Mapping[str, Callable[[list[Any]], Any]] = {
    "date": lambda held: date.fromisoformat(*held),
    "map": _pairs,
    "set": lambda held: frozenset(map(_thawed, held)),
    "tuple": lambda held: tuple(map(_thawed, held)),
    "verdict": lambda held: Verdict(*held),
}
