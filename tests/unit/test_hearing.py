"""Who was heard: ratios, badges, dissimilarity and the R-indicator."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_app.domain.weighting.hearing import badge_of, dissimilarity, r_indicator, ratios

PEOPLE = {1: 10155, 2: 24473}
HEARD = {1: 420, 2: 280}


def test_the_vector_of_the_brief_holds_to_its_digits() -> None:
    found = r_indicator(HEARD, PEOPLE)
    assert (round(found.r, 4), round(found.cv, 4)) == (0.9728, 0.6738)
    assert round(dissimilarity(HEARD, PEOPLE), 4) == 0.3067
    assert [round(ratio, 3) for ratio in ratios(HEARD, PEOPLE).values() if ratio is not None] == [2.046, 0.566]


@pytest.mark.parametrize(
    ("ratio", "badge"),
    [
        (0.0, "under_heard"),
        (0.799, "under_heard"),
        (0.8, "about_right"),
        (1.0, "about_right"),
        (1.25, "about_right"),
        (1.251, "over_heard"),
    ],
)
def test_the_badge_turns_at_four_fifths_and_five_quarters(ratio: float, badge: str) -> None:
    assert badge_of(ratio) == badge


def test_who_answers_like_the_population_is_heard_evenly() -> None:
    heard = {code: people / 10 for code, people in PEOPLE.items()}
    found = r_indicator(heard, PEOPLE)
    assert (found.r, found.cv) == (pytest.approx(1), pytest.approx(0, abs=1e-12))
    assert dissimilarity(heard, PEOPLE) == pytest.approx(0, abs=1e-12)
    assert list(ratios(heard, PEOPLE).values()) == pytest.approx([1, 1])


def test_a_group_that_is_not_in_the_population_has_no_ratio() -> None:
    assert ratios({1: 5, 2: 0}, {1: 10, 2: 0}) == {1: 1.0, 2: None}
    assert r_indicator({1: 5, 2: 0}, {1: 10, 2: 0}).cv == 0
    assert ratios({1: 5, 2: 0}, {1: 10, 2: 10}) == {1: 2.0, 2: 0.0}


@pytest.mark.parametrize(
    ("heard", "people", "message"),
    [
        ({1: 0, 2: 0}, PEOPLE, "nobody was heard"),
        (HEARD, {1: 0, 2: 0}, "nobody was heard, or the population is empty"),
        ({1: 5}, PEOPLE, "same groups"),
        ({1: -5, 2: 9}, PEOPLE, "counted from 0"),
        ({1: float("nan"), 2: 9}, PEOPLE, "counted from 0"),
        ({1: 10156, 2: 9}, PEOPLE, "more of a group were heard than there are"),
        ({1: 1}, {1: 1}, "a population of one"),
    ],
)
def test_what_cannot_be_told_is_refused(heard: dict[int, float], people: dict[int, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        r_indicator(heard, people)


def test_the_laws_hold_for_thousands_of_random_groups() -> None:
    rng = np.random.default_rng(12)
    for _ in range(3000):
        size = rng.integers(1, 8)
        people = dict(enumerate(rng.integers(1, 5000, size).tolist()))
        heard = {code: int(rng.integers(0, number + 1)) for code, number in people.items()}
        if not sum(heard.values()) or sum(people.values()) < 2:
            continue
        found, d = r_indicator(heard, people), dissimilarity(heard, people)
        propensities = np.repeat([heard[code] / people[code] for code in people], list(people.values()))
        assert found.r == pytest.approx(1 - 2 * propensities.std(ddof=1), abs=1e-9)
        assert found.cv == pytest.approx(propensities.std(ddof=1) / propensities.mean(), abs=1e-9)
        assert 0 <= d < 1
        told = ratios(heard, people)
        whole = sum(people.values())
        assert sum((told[code] or 0) * number / whole for code, number in people.items()) == pytest.approx(1)
        assert d == pytest.approx(sum(abs((told[code] or 0) - 1) * people[code] / whole for code in people) / 2)
        tenfold = {code: 10 * number for code, number in heard.items()}
        assert dissimilarity(tenfold, people) == pytest.approx(d, abs=1e-12)
