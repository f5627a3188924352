"""Disclosure control: systems of unknown counts, and the bounds of each against every world there is."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.disclosure.ranges import SAFE_WIDTH, Range
from feedback_app.domain.disclosure.system import System
from feedback_app.domain.disclosure.worlds import NothingFits, NotSettled, bounds, find_world, unsafe

ends = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda two: Range(two[0], two[0] + two[1]))


@st.composite
def systems(draw: st.DrawFn, *, with_truth: bool) -> System:
    """Draw a tiny system; with a truth, its sums hold for it."""
    system, truth = System(), []
    for span in draw(st.lists(ends, min_size=2, max_size=5)):
        true = draw(st.integers(span.low, span.high))
        truth.append(true)
        system.unknown(*span, true if with_truth else None, hidden=draw(st.booleans()))
    for _ in range(draw(st.integers(1, 3))):
        terms = [(at, draw(st.sampled_from((-1, 0, 1, 1)))) for at in range(len(truth))]
        whole = sum(truth[at] * factor for at, factor in terms)
        low, high = draw(st.integers(0, 2)), draw(st.integers(0, 2))
        shift = 0 if with_truth else draw(st.integers(-3, 3))
        system.known_sum(terms, whole - low + shift, whole + high + shift)
    return system


def worlds_of(system: System) -> list[tuple[int, ...]]:
    """Return every world by trying all."""
    spans = [range(span.low, span.high + 1) for span in system.ranges]
    return [world for world in product(*spans) if system.fits(world)]


@given(systems(with_truth=False))
def test_bounds_are_those_of_all_worlds(system: System) -> None:
    worlds = worlds_of(system)
    for at in range(len(system)):
        values = [world[at] for world in worlds]
        assert bounds(system, at) == (Range(min(values), max(values)) if values else None)


@given(systems(with_truth=True))
def test_a_hidden_count_is_unsafe_exactly_when_no_two_worlds_differ_enough(system: System) -> None:
    worlds = worlds_of(system)
    every = {at: [world[at] for world in worlds] for at in system.hidden}
    narrow = {at: Range(min(v), max(v)) for at, v in every.items() if max(v) - min(v) < SAFE_WIDTH}
    assert unsafe(system) == narrow


@given(systems(with_truth=False))
def test_without_a_truth_the_same_are_unsafe_or_nothing_fits(system: System) -> None:
    worlds = worlds_of(system)
    if not worlds and system.hidden:
        with pytest.raises(NothingFits):
            unsafe(system)
        return
    every = {at: [world[at] for world in worlds] for at in system.hidden}
    narrow = {at: Range(min(v), max(v)) for at, v in every.items() if max(v) - min(v) < SAFE_WIDTH}
    assert unsafe(system) == narrow


@given(systems(with_truth=True))
def test_a_world_that_is_found_fits(system: System) -> None:
    world = find_world(system, {0: 1.0})
    assert world is not None
    assert system.fits(world)


def test_what_the_solver_gives_up_on_is_never_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_arguments: object, **_named: object) -> None:
        raise NotSettled

    system = System()
    system.unknown(0, 4, 1, hidden=True)
    monkeypatch.setattr("feedback_app.domain.disclosure.worlds._Solver.solve", give_up)
    assert unsafe(system) == {0: Range(1, 1)}
    assert find_world(system, {0: 1.0}) is None
    with pytest.raises(NotSettled):
        bounds(system, 0)


def test_a_truth_outside_its_range_or_its_sums_is_refused_without_telling_it() -> None:
    system = System()
    with pytest.raises(ValueError, match="range it is printed as") as caught:
        system.unknown(0, 4, 87)
    assert "87" not in str(caught.value)
    one, two = system.unknown(0, 4, 2), system.unknown(0, 4, 3)
    system.known_sum([(one, 1), (two, 1)], 6, 8)
    with pytest.raises(ValueError, match="do not add up"):
        _ = system.truth
    with pytest.raises(ValueError, match="not there"):
        system.known_sum([(7, 1)], 0, 1)


def test_parts_that_make_a_whole_leave_what_is_left() -> None:
    system = System()
    shown, hidden, whole = system.unknown(13, 17, 13), system.unknown(0, 4, 1, hidden=True), system.fixed(14)
    system.equal([shown, hidden], whole)
    assert unsafe(system) == {hidden: Range(0, 1)}
    assert system.truth == (13, 1, 14)
