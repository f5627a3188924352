"""Routing conditions: a closed tree of data, evaluated and never executed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from feedback_app.domain.conditions import (
    MAXIMUM_DEPTH,
    Condition,
    ContextIn,
    ItemIn,
    depth,
    holds,
    leaves,
)

ADAPTER: TypeAdapter[Any] = TypeAdapter(Condition)
ANSWERS = {"PC01": 4, "PC42": (1, 3), "PC06": -9}
KNOWN = {"stage": "new"}


def read(data: Any) -> Any:
    return ADAPTER.validate_python(data)


def item(name: str, *codes: int) -> dict[str, Any]:
    return {"item": name, "in": list(codes)}


def test_no_condition_is_always_true() -> None:
    assert holds(None, {}, {}, {})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (item("PC01", 4, 5), True),
        (item("PC01", 1), False),
        (item("PC99", 1), False),
        (item("PC42", 3), True),
        (item("PC42", 2), False),
        (item("PC06", -9), True),
        ({"context": "stage", "in": ["new"]}, True),
        ({"context": "stage", "in": ["amended"]}, False),
        ({"context": "month", "in": ["2026-01"]}, False),
        ({"not": item("PC01", 1)}, True),
        ({"not": item("PC99", 1)}, True),
        ({"all": [item("PC01", 4), item("PC42", 1)]}, True),
        ({"all": [item("PC01", 4), item("PC42", 2)]}, False),
        ({"any": [item("PC01", 1), item("PC42", 1)]}, True),
        ({"any": [item("PC01", 1), item("PC42", 2)]}, False),
        ({"named": "fourteen"}, True),
        ({"at_most": 1, "of": [{"named": "fourteen"}, item("PC42", 2)]}, True),
        ({"at_most": 1, "of": [{"named": "fourteen"}, item("PC42", 1)]}, False),
        ({"at_most": 0, "of": [item("PC42", 2)]}, True),
    ],
)
def test_a_condition_is_true_of_the_answers_and_the_context(data: Any, expected: bool) -> None:
    assert holds(read(data), ANSWERS, KNOWN, {"fourteen": read(item("PC01", 4, 5, 6))}) is expected


@pytest.mark.parametrize(
    "data",
    [
        {},
        "PC01 == 1",
        {"item": "PC01"},
        {"item": "PC01", "in": []},
        {"item": "PC01", "in": [1], "or": 2},
        {"all": []},
        {"any": []},
        {"not": "x"},
        {"at_most": -1, "of": [item("PC01", 1)]},
        {"at_most": 1},
        {"eval": "__import__('os')"},
        {"all": [item("PC01", 1), {"script": "1"}]},
    ],
)
def test_what_is_not_a_condition_is_refused(data: Any) -> None:
    with pytest.raises(ValidationError):
        read(data)


def test_leaves_follow_names_into_the_conditions_they_stand_for() -> None:
    named = {"plan": read(item("PC02", 1))}
    condition = read({"all": [{"named": "plan"}, {"not": {"context": "stage", "in": ["new"]}}, {"named": "nobody"}]})
    found = list(leaves(condition, named))
    assert found == [ItemIn(item="PC02", is_in=(1,)), ContextIn(context="stage", is_in=("new",))]


def test_depth_counts_levels_and_follows_names() -> None:
    named = {"plan": read({"not": item("PC02", 1)})}
    assert depth(read(item("PC01", 1)), {}) == 1
    assert depth(read({"not": item("PC01", 1)}), {}) == 2
    assert depth(read({"not": {"named": "plan"}}), named) == 3


def test_a_circle_of_names_is_too_deep_and_does_not_hang() -> None:
    named = {"a": read({"not": {"named": "b"}}), "b": read({"any": [{"named": "a"}]})}
    assert depth(read({"named": "a"}), named) > MAXIMUM_DEPTH


LEAF = st.builds(item, st.sampled_from(["PC01", "PC42"]), st.integers(1, 4))
TREES = st.recursive(
    LEAF,
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda found: {"all": found}),
        st.lists(parts, min_size=1, max_size=3).map(lambda found: {"any": found}),
        parts.map(lambda found: {"not": found}),
    ),
    max_leaves=6,
)


@given(TREES)
def test_not_turns_every_condition_round(data: Any) -> None:
    assert holds(read({"not": data}), ANSWERS, KNOWN, {}) is not holds(read(data), ANSWERS, KNOWN, {})


@given(st.lists(TREES, min_size=1, max_size=4))
def test_all_is_at_most_none_of_their_opposites(found: list[Any]) -> None:
    opposites = {"at_most": 0, "of": [{"not": part} for part in found]}
    assert holds(read({"all": found}), ANSWERS, KNOWN, {}) is holds(read(opposites), ANSWERS, KNOWN, {})


@given(TREES)
def test_a_condition_comes_back_from_its_own_data(data: Any) -> None:
    condition = read(data)
    assert read(ADAPTER.dump_python(condition, mode="json", by_alias=True)) == condition
