"""Disclosure control: nobody but protect() makes a protected value, and none leads back to the exact counts."""

from __future__ import annotations

import copy
import dataclasses
import gc
import json
import pickle
import re
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

import feedback_app
from feedback_app.domain.disclosure import safe, safe_breakdowns
from feedback_app.domain.disclosure.breaking_down import protect_question
from feedback_app.domain.disclosure.changes import protect_changes, protect_scale_changes
from feedback_app.domain.disclosure.gate import protect, total_safe
from feedback_app.domain.disclosure.group_rows import Row
from feedback_app.domain.disclosure.grouped import Band, Dimension, GroupedTable, Question
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable, ScaleTable, Weighted
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
from feedback_app.domain.disclosure.sizes import Sizes, settle_sizes
from feedback_app.domain.disclosure.sources import Source
from feedback_app.domain.scoring.changes import Change
from feedback_app.domain.scoring.counts import Counts, EffectiveCounts
from feedback_app.domain.scoring.figures import Figure
from feedback_app.domain.scoring.headlines import headlines_for
from feedback_app.domain.scoring.reliability import Alpha
from feedback_app.domain.scoring.scales import MeanScore

EXACT = (1111, 2221, 3334, 4444, 776, 11114)  # four options, skipped, base
EXACT_PARTS = (0.91234567, 0.8912345, 61.87654, 60.43211, 12.1234567)  # of a scale and its reliability
KINDS = (SafeCount, SafeShare, SafeFigure, SafeTable, SafeAlpha, SafeScale, SafeChange, SafeRelease)
BROKEN_DOWN = (SafeGroup, SafeBreakdown)


@pytest.fixture
def tables() -> list[ItemTable]:
    values = dict(enumerate(EXACT[:4], start=1)) | {5: 4}
    fewer = {code: count // 2 for code, count in values.items()}
    effective = {code: count * 0.83 for code, count in fewer.items()}
    weighted = Weighted(EffectiveCounts(effective, sum(fewer.values())), fewer, (fewer,))
    counts = Counts(values, {"skipped": EXACT[4]})
    return [ItemTable("PC06", "csat5", counts, headlines_for("csat5"), weighted=weighted)]


@pytest.fixture
def scales() -> list[ScaleTable]:
    mean = MeanScore(EXACT_PARTS[2], EXACT_PARTS[3], 64.2, EXACT_PARTS[4], EXACT[0], EXACT[4], 987.654)
    alpha = Alpha(EXACT_PARTS[0], EXACT_PARTS[1], 0.93, 6, EXACT[0])
    return [ScaleTable("OUTCOMES6", False, mean, mean, alpha, 900)]


@pytest.fixture
def release(tables: list[ItemTable], scales: list[ScaleTable]) -> SafeRelease:
    return protect(tables, Policy(), scales)


@pytest.fixture
def compared(tables: list[ItemTable], scales: list[ScaleTable]) -> tuple[SafeChange, ...]:
    changes = protect_changes(tables, tables, [("PC06", "csat"), ("PC06", "mean_satisfaction")], Policy())
    return (*changes, *protect_scale_changes(scales, scales, ["OUTCOMES6"], Policy(), weighted=True))


@pytest.fixture
def broken_down(tables: list[ItemTable]) -> SafeBreakdown:
    """Protect the table by one group of everybody and one of nobody else's answers."""
    given = tables[0].counts
    half = {code: count // 3 for code, count in given.values.items()}
    rest = {code: given.values[code] - count for code, count in half.items()}
    grouped = GroupedTable(("helped",), {(1,): half, (2,): rest}, {(1,): 0, (2,): EXACT[4]})
    sizes = {(1,): sum(half.values()), (2,): sum(rest.values()) + EXACT[4]}
    settled = settle_sizes([Dimension("helped", (1, 2))], {("helped",): sizes}, sum(sizes.values()), Policy())
    bands = (Band("favourable", frozenset({4, 5})), Band("middle", frozenset({3})), Band("low", frozenset({1, 2})))
    (table,) = protect_question(Question(tables[0], bands, (grouped,), tables[0].headlines[0]), settled, Policy())
    return table


def values_in(release: SafeRelease, compared: tuple[SafeChange, ...]) -> list[Any]:
    table, scale = release[0], release.scales[0]
    figures = [table.figures[0], table.weighted[0]]
    return [release, table, table.base, table.distribution[0], *figures, scale, scale.alpha, *compared]


@pytest.mark.parametrize("kind", [*KINDS, *BROKEN_DOWN])
def test_a_protected_value_cannot_be_constructed(kind: type) -> None:
    fields = len(dataclasses.fields(kind))
    for seal in ((), (None,), (object(),), ("seal",)):
        with pytest.raises(TypeError):
            kind(*seal, *([1] * fields))


def test_a_protected_value_cannot_be_altered(release: SafeRelease, compared: tuple[SafeChange, ...]) -> None:
    for value in values_in(release, compared):
        name = dataclasses.fields(value)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, 1)
    with pytest.raises(TypeError):
        release[0].missing["skipped"] = 77


def test_replacing_a_field_forges_nothing(release: SafeRelease, compared: tuple[SafeChange, ...]) -> None:
    for value in values_in(release, compared):
        name = dataclasses.fields(value)[0].name
        with pytest.raises((TypeError, ValueError)):
            dataclasses.replace(value, **{name: 1})
        with pytest.raises(TypeError):
            dataclasses.replace(value, seal=object(), **{name: 1})


def test_a_copy_is_the_value_itself_and_pickles_are_refused(
    release: SafeRelease, compared: tuple[SafeChange, ...]
) -> None:
    for value in values_in(release, compared):
        assert copy.copy(value) is value
        assert copy.deepcopy(value) is value
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match="not pickled"):
                pickle.dumps(value, protocol)


@pytest.mark.parametrize("kind", [*KINDS, *BROKEN_DOWN])
def test_a_protected_kind_cannot_be_subclassed(kind: type) -> None:
    with pytest.raises(TypeError, match="subclassed"):
        type("Forged", (kind,), {"__post_init__": lambda self, seal: None})


EXACT_KINDS = (
    Counts | EffectiveCounts | Figure | ItemTable | ScaleTable | MeanScore | Alpha | Change | Source | Weighted
)


def test_nothing_exact_can_be_reached_from_a_release(release: SafeRelease, compared: tuple[SafeChange, ...]) -> None:
    seen: set[int] = set()
    open_ends: list[Any] = [release, *compared]
    while open_ends:
        value = open_ends.pop()
        if id(value) in seen or isinstance(value, type | ModuleType | FunctionType):
            continue
        seen.add(id(value))
        assert not isinstance(value, EXACT_KINDS)
        assert type(value) is not int or value not in EXACT
        assert type(value) is not float or value not in EXACT_PARTS
        open_ends.extend(gc.get_referents(value))
    assert len(seen) > 20


def test_plain_data_holds_protected_numbers_only(release: SafeRelease, compared: tuple[SafeChange, ...]) -> None:
    plain = [release.as_dict(), *(value.as_dict() for value in (*release.scales, *compared))]
    text = json.dumps(plain) + repr(release) + repr(compared)
    numbers = set(re.findall(r"\d+", text))
    assert "1110" in numbers
    assert numbers.isdisjoint(map(str, EXACT))
    assert not any(str(part)[:6] in text for part in EXACT_PARTS)


def test_nothing_exact_can_be_reached_from_a_breakdown(broken_down: SafeBreakdown) -> None:
    assert broken_down.groups[0].figure
    for value in (broken_down, broken_down.groups[0]):
        assert copy.deepcopy(value) is value
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(value)
        with pytest.raises(dataclasses.FrozenInstanceError):
            value.withheld = None  # type: ignore[misc]
    seen: set[int] = set()
    open_ends: list[Any] = [broken_down]
    while open_ends:
        value = open_ends.pop()
        if id(value) in seen or isinstance(value, type | ModuleType | FunctionType):
            continue
        seen.add(id(value))
        assert not isinstance(value, EXACT_KINDS | GroupedTable | Question | Sizes | Row)
        assert type(value) is not int or value not in EXACT
        open_ends.extend(gc.get_referents(value))


def test_a_total_made_for_a_page_is_sealed_too() -> None:
    assert isinstance(total_safe(57, Policy()), SafeCount)


def test_every_sealed_kind_is_tried_here() -> None:
    base = SafeCount.__mro__[1]
    rooms = {**vars(safe), **vars(safe_breakdowns)}
    sealed = {kind for kind in rooms.values() if isinstance(kind, type) and issubclass(kind, base)}
    assert {*KINDS, *BROKEN_DOWN} == sealed - {base}


def test_only_the_gate_takes_the_seal() -> None:
    root = Path(feedback_app.__file__).parent
    gate = root / "domain" / "disclosure"
    taking = [path for path in root.rglob("*.py") if re.search(r"\bSEAL\b", path.read_text(encoding="utf-8"))]
    assert taking
    assert [path for path in taking if gate not in path.parents] == []
