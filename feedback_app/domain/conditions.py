"""Routing conditions as data: a small closed tree, evaluated, never parsed or executed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

MAXIMUM_DEPTH = 6


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ItemIn(_Node):
    """True when the answer to `item` is (or, for several choices, contains) one of the codes in `is_in`."""

    item: str
    is_in: tuple[int, ...] = Field(alias="in", min_length=1)


class ContextIn(_Node):
    """True when the context field `context`, known from the link, has one of the values in `is_in`."""

    context: str
    is_in: tuple[str, ...] = Field(alias="in", min_length=1)


class Named(_Node):
    """Another condition of the same instrument, by its name."""

    named: str


class AllOf(_Node):
    """True when every part is."""

    all: tuple[Condition, ...] = Field(min_length=1)


class AnyOf(_Node):
    """True when some part is."""

    any: tuple[Condition, ...] = Field(min_length=1)


class Not(_Node):
    """True when its part is not."""

    negated: Condition = Field(alias="not")


class AtMost(_Node):
    """True when at most `at_most` of the parts in `of` are."""

    at_most: int = Field(ge=0)
    of: tuple[Condition, ...] = Field(min_length=1)


_KEYS = {"item": "item", "context": "context", "named": "named", "all": "all", "any": "any", "not": "not"}
_KEYS |= {"negated": "not", "at_most": "at_most"}


def _kind(node: Any) -> str | None:
    """Return the tag of a condition given as data or as a model, or None when it is neither."""
    if isinstance(node, Mapping):
        return next((_KEYS[key] for key in node if key in _KEYS), None)
    return next((_KEYS[key] for key in getattr(type(node), "model_fields", ()) if key in _KEYS), None)


Condition = Annotated[
    Annotated[ItemIn, Tag("item")]
    | Annotated[ContextIn, Tag("context")]
    | Annotated[Named, Tag("named")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[AtMost, Tag("at_most")],
    Discriminator(
        _kind,
        custom_error_type="condition",
        custom_error_message="a condition names one of: item, context, named, all, any, not, at_most",
    ),
]

for _model in (AllOf, AnyOf, Not, AtMost):
    _model.model_rebuild()


def holds(
    condition: Condition | None,
    answers: Mapping[str, int | tuple[int, ...]],
    context: Mapping[str, str],
    named: Mapping[str, Condition],
) -> bool:
    """Return whether `condition` is true of answers (item id -> code or codes) and context; no condition always is."""
    match condition:
        case None:
            return True
        case ItemIn():
            given = answers.get(condition.item)
            codes = given if isinstance(given, tuple) else (given,)
            return any(code in condition.is_in for code in codes)
        case ContextIn():
            return context.get(condition.context) in condition.is_in
        case Named():
            return holds(named[condition.named], answers, context, named)
        case AllOf():
            return all(holds(part, answers, context, named) for part in condition.all)
        case AnyOf():
            return any(holds(part, answers, context, named) for part in condition.any)
        case Not():
            return not holds(condition.negated, answers, context, named)
        case AtMost():
            return sum(holds(part, answers, context, named) for part in condition.of) <= condition.at_most


def parts(condition: Condition) -> tuple[Condition, ...]:
    """Return the direct parts of a condition; none for a leaf."""
    match condition:
        case AllOf():
            return condition.all
        case AnyOf():
            return condition.any
        case Not():
            return (condition.negated,)
        case AtMost():
            return condition.of
        case _:
            return ()


def leaves(condition: Condition | None, named: Mapping[str, Condition]) -> Iterator[ItemIn | ContextIn]:
    """Yield each question a condition asks of the answers or the context, named conditions followed."""
    if condition is None:
        return
    if isinstance(condition, Named):
        yield from leaves(named.get(condition.named), named)
    elif isinstance(condition, ItemIn | ContextIn):
        yield condition
    for part in parts(condition):
        yield from leaves(part, named)


def depth(condition: Condition, named: Mapping[str, Condition], _seen: frozenset[str] = frozenset()) -> int:
    """Return how many levels a condition has, named ones followed; a circle of names counts as one too deep."""
    if isinstance(condition, Named):
        if condition.named in _seen:
            return MAXIMUM_DEPTH + 1
        target = named.get(condition.named)
        return 1 if target is None else depth(target, named, _seen | {condition.named})
    return 1 + max((depth(part, named, _seen) for part in parts(condition)), default=0)
