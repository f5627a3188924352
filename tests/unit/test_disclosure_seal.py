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
from feedback_app.domain.disclosure import safe
from feedback_app.domain.disclosure.gate import protect, total_safe
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeCount, SafeFigure, SafeRelease, SafeShare, SafeTable
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.figures import Figure
from feedback_app.domain.scoring.headlines import headlines_for

EXACT = (1111, 2221, 3334, 4444, 776, 11114)  # four options, skipped, base
KINDS = (SafeCount, SafeShare, SafeFigure, SafeTable, SafeRelease)


@pytest.fixture
def release() -> SafeRelease:
    counts = Counts(dict(enumerate(EXACT[:4], start=1)) | {5: 4}, {"skipped": EXACT[4]})
    return protect([ItemTable("PC06", "csat5", counts, headlines_for("csat5"))], Policy())


def values_in(release: SafeRelease) -> list[Any]:
    table = release[0]
    return [release, table, table.base, table.distribution[0], table.figures[0]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_protected_value_cannot_be_constructed(kind: type) -> None:
    fields = len(dataclasses.fields(kind))
    for seal in ((), (None,), (object(),), ("seal",)):
        with pytest.raises(TypeError):
            kind(*seal, *([1] * fields))


def test_a_protected_value_cannot_be_altered(release: SafeRelease) -> None:
    for value in values_in(release):
        name = dataclasses.fields(value)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, 1)
    with pytest.raises(TypeError):
        release[0].missing["skipped"] = 77


def test_replacing_a_field_forges_nothing(release: SafeRelease) -> None:
    for value in values_in(release):
        name = dataclasses.fields(value)[0].name
        with pytest.raises((TypeError, ValueError)):
            dataclasses.replace(value, **{name: 1})
        with pytest.raises(TypeError):
            dataclasses.replace(value, seal=object(), **{name: 1})


def test_a_copy_is_the_value_itself_and_pickles_are_refused(release: SafeRelease) -> None:
    for value in values_in(release):
        assert copy.copy(value) is value
        assert copy.deepcopy(value) is value
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match="not pickled"):
                pickle.dumps(value, protocol)


@pytest.mark.parametrize("kind", KINDS)
def test_a_protected_kind_cannot_be_subclassed(kind: type) -> None:
    with pytest.raises(TypeError, match="subclassed"):
        type("Forged", (kind,), {"__post_init__": lambda self, seal: None})


def test_nothing_exact_can_be_reached_from_a_release(release: SafeRelease) -> None:
    seen: set[int] = set()
    open_ends: list[Any] = [release]
    while open_ends:
        value = open_ends.pop()
        if id(value) in seen or isinstance(value, type | ModuleType | FunctionType):
            continue
        seen.add(id(value))
        assert not isinstance(value, Counts | Figure | ItemTable)
        assert type(value) is not int or value not in EXACT
        open_ends.extend(gc.get_referents(value))
    assert len(seen) > 20


def test_plain_data_holds_protected_numbers_only(release: SafeRelease) -> None:
    numbers = set(re.findall(r"\d+", json.dumps(release.as_dict()) + repr(release)))
    assert "1110" in numbers
    assert numbers.isdisjoint(map(str, EXACT))


def test_a_total_made_for_a_page_is_sealed_too() -> None:
    assert isinstance(total_safe(57, Policy()), SafeCount)


def test_every_sealed_kind_is_tried_here() -> None:
    base = SafeCount.__mro__[1]
    assert set(KINDS) == {kind for kind in vars(safe).values() if isinstance(kind, type) and issubclass(kind, base)} - {
        base
    }


def test_only_the_gate_takes_the_seal() -> None:
    root = Path(feedback_app.__file__).parent
    gate = root / "domain" / "disclosure"
    taking = [path for path in root.rglob("*.py") if re.search(r"\bSEAL\b", path.read_text(encoding="utf-8"))]
    assert taking
    assert [path for path in taking if gate not in path.parents] == []
