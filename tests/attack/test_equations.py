"""The attacker's arithmetic finds exactly what trying every whole number finds."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attack.equations import ROOM, NothingFitsError, Puzzle

Row = tuple[tuple[int, ...], int, int]


@st.composite
def puzzles(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[Row]]:
    """Draw three to five numbers with their ends, and sums of them around one set of numbers that fits."""
    number = draw(st.integers(3, 5))
    true = [draw(st.integers(0, 5)) for _ in range(number)]
    ends = [(max(0, value - draw(st.integers(0, 3))), value + draw(st.integers(0, 3))) for value in true]
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        factors = tuple(draw(st.integers(-1, 2)) for _ in true)
        total = sum(factor * value for factor, value in zip(factors, true, strict=True))
        rows.append((factors, total - draw(st.integers(0, 2)), total + draw(st.integers(0, 2))))
    return ends, rows


def made(ends: list[tuple[int, int]], rows: list[Row]) -> Puzzle:
    puzzle = Puzzle()
    for name, (low, high) in enumerate(ends):
        puzzle.number(name, low, high)
    for factors, low, high in rows:
        puzzle.add(enumerate(factors), low, high)
    return puzzle


def every(ends: list[tuple[int, int]], rows: list[Row]) -> list[tuple[int, ...]]:
    return [
        values
        for values in product(*(range(low, high + 1) for low, high in ends))
        if all(low <= sum(f * v for f, v in zip(factors, values, strict=True)) <= high for factors, low, high in rows)
    ]


@given(puzzles())
def test_a_number_is_pinned_when_every_set_that_fits_has_it_within_one_person(
    drawn: tuple[list[tuple[int, int]], list[Row]],
) -> None:
    ends, rows = drawn
    fitting = every(ends, rows)
    expected = {}
    for name in range(len(ends)):
        values = [one[name] for one in fitting]
        if max(values) - min(values) < ROOM:
            expected[name] = (min(values), max(values))
    found = made(ends, rows).pinned(range(len(ends)))
    assert found.keys() == expected.keys()
    assert all(found[name][0] <= low <= high <= found[name][1] for name, (low, high) in expected.items())
    assert made(ends, rows).pinned(range(len(ends)), dict(enumerate(fitting[0]))).keys() == found.keys()


def test_numbers_that_fit_nothing_are_told_apart_from_numbers_that_tell_nothing() -> None:
    puzzle = made([(0, 4), (0, 4)], [((1, 1), 9, 20)])
    with pytest.raises(NothingFitsError):
        puzzle.pinned([0, 1])
    assert made([(0, 4), (0, 4)], [((1, 1), 0, 8)]).pinned([0, 1]) == {}
