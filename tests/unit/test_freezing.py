"""Protected figures that are frozen and thawed are the same figures; anything else is refused."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import feedback_app
from feedback_app.domain import disclosure
from feedback_app.domain.disclosure import freezing
from feedback_app.domain.disclosure.changes import protect_changes
from feedback_app.domain.disclosure.freezing import KINDS, VERSION, NotFrozen, freeze, thaw
from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.grouped import Band
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable, ScaleTable
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown, SafeGroup
from feedback_app.domain.disclosure.safe_quotes import SafeQuote
from feedback_app.domain.disclosure.sealing import Sealed
from feedback_app.domain.missing import MISSING_KEYS
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import headlines_for
from feedback_app.domain.scoring.reliability import Alpha
from feedback_app.domain.scoring.scales import MeanScore

POLICY = Policy()
CODES = {"freq5": range(1, 6), "csat5": range(1, 6), "smiley3": range(1, 4), "nps11": range(11), "single": range(1, 8)}
counts = st.one_of(st.integers(0, 6), st.integers(0, 60), st.integers(0, 900))


@st.composite
def tables(draw: st.DrawFn) -> ItemTable:
    kind = draw(st.sampled_from(sorted(CODES)))
    values = {option: draw(counts) for option in CODES[kind]}
    missing = {key: draw(counts) for key in draw(st.sets(st.sampled_from(MISSING_KEYS)))}
    minors, sensitive = draw(st.booleans()), draw(st.booleans())
    return ItemTable("PC06", kind, Counts(values, missing), headlines_for(kind), minors, sensitive)


def through_json(value: object) -> Any:
    return thaw(json.loads(json.dumps(freeze(value))))


def table(yes: int, no: int) -> ItemTable:
    return ItemTable("PC06", "freq5", Counts({1: no, 2: no, 3: no, 4: yes, 5: yes}, {}), headlines_for("freq5"))


def scale(people: int) -> ScaleTable:
    alpha = Alpha(value=0.81, low=0.74, high=0.87, items=4, people=people, refused=None)
    mean = MeanScore(61.2, 57.0, 65.4, sd=20.0, base=people, without=12, effective_n=float(people))
    return ScaleTable("FSQ", minors=False, mean=mean, weighted=None, alpha=alpha, alike=people, alike_items=people)


def group(code: int) -> SafeGroup:
    """Return a protected group that holds every kind of value."""
    safe = protect([table(60 + code, 20)], POLICY)[0]
    shown = tuple(share.count for share in safe.distribution)
    return SafeGroup(freezing.SEAL, (code, 2), safe.base, False, shown, (40, None, 20), safe.headline)


def breakdown(codes: Sequence[int]) -> SafeBreakdown:
    bands = (Band("favourable", frozenset({4, 5})), Band("option", frozenset({1})))
    withheld = SafeGroup(freezing.SEAL, (9, 1), None, False, withheld="R1", reason="kept_private")
    groups = (*map(group, codes), withheld)
    return SafeBreakdown(freezing.SEAL, "PC06", ("district", "helped"), bands, groups, several=True)


@given(st.lists(tables(), max_size=3, unique_by=lambda given: given.code))
def test_any_release_comes_back_as_it_was(given_tables: list[ItemTable]) -> None:
    release = protect(given_tables, POLICY)
    again = through_json(release)
    assert again == release
    assert again.as_dict() == release.as_dict()


def test_scales_changes_and_breakdowns_come_back_as_they_were() -> None:
    release = protect([table(120, 30)], POLICY, [scale(300)])
    changes = protect_changes([table(120, 30)], [table(180, 10)], [("PC06", None)], POLICY)
    assert changes[0].verdict
    for value in (release, changes, breakdown([1, 2]), {"everything": (release, changes, date(2026, 11, 21), 0.5)}):
        assert through_json(value) == value
    assert through_json(breakdown([3])).as_dict() == breakdown([3]).as_dict()


def test_the_order_of_what_is_frozen_is_kept() -> None:
    kinds = {"skipped": 1, "dont_know": 2, "not_shown": 3}
    assert list(through_json(kinds).items()) == list(kinds.items())


def test_every_protected_kind_can_be_frozen_but_peoples_own_words() -> None:
    modules = [import_module(found.name) for found in iter_modules(disclosure.__path__, f"{disclosure.__name__}.")]
    sealed = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and Sealed in kind.__bases__
    }
    assert sealed - set(KINDS.values()) == {SafeQuote}
    with pytest.raises(TypeError, match="SafeQuote"):
        freeze(SafeQuote(freezing.SEAL, "We waited a year."))


def test_what_is_no_figure_is_not_frozen() -> None:
    for value in (object(), [1, 2], {1: object()}, table(20, 20)):
        with pytest.raises(TypeError, match="are not frozen"):
            freeze(value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"version": 1}, "version"),
        ([VERSION + 1, None], "version"),
        ([VERSION, ["secret", 1]], "unknown kind, 'secret'"),
        ([VERSION, ["tuple", ["secret", 1]]], "unknown kind, 'secret'"),
        ([VERSION, [1, 2]], "names no kind"),
        ([VERSION, []], "names no kind"),
        ([VERSION, ["count", 25, None, 23]], "a count with 3 fields, not 4"),
        ([VERSION, ["map", 3]], "a map that is none"),
        ([VERSION, ["date", "21 November"]], "a date that is none"),
        ([VERSION, ["verdict", "excellent"]], "a verdict that is none"),
    ],
)
def test_what_this_program_did_not_freeze_is_refused_with_what_is_wrong(data: object, said: str) -> None:
    with pytest.raises(NotFrozen, match=said):
        thaw(data)


def test_only_the_service_that_reads_snapshots_thaws() -> None:
    root = Path(feedback_app.__file__).parent
    using = [
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and any(name.name in {"thaw", "freezing"} for name in node.names)
    ]
    assert using == ["services/frozen.py"]
