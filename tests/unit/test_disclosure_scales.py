"""Scale scores through the gate: from 100 people up, in whole numbers, and never where nearly all are alike."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ScaleTable
from feedback_app.domain.disclosure.safe import SafeScale
from feedback_app.domain.scoring.reliability import Alpha
from feedback_app.domain.scoring.scales import MeanScore, mean_score

POLICY = Policy()
GOOD = Alpha(0.81234, 0.7654, 0.8551, 6, 140)


def mean(base: int = 150, without: int = 12, value: float = 61.54) -> MeanScore:
    return MeanScore(value, value - 3.2, value + 3.2, 20.0, base, without, float(base))


def scale(score: MeanScore | None = None, **more: Any) -> ScaleTable:
    given = {"code": "OUTCOMES6", "minors": False, "weighted": None} | more
    return ScaleTable(**{"mean": score or mean(), "alpha": GOOD, "alike": 100} | given)


def safe(table: ScaleTable) -> SafeScale:
    return protect([], POLICY, [table]).scales[0]


def test_a_score_is_shown_in_whole_numbers_with_its_base_and_who_has_none() -> None:
    shown = safe(scale())
    assert shown.as_dict() == {
        "code": "OUTCOMES6",
        "base": 150,
        "small_group": False,
        "score": {"name": "score", "value": 62, "low": 58, "high": 65, "base": 150},
        "without_score": 10,
        "alpha": {"value": 0.81, "low": 0.77, "high": 0.86, "items": 6, "base": 140},
    }
    assert json.loads(json.dumps(shown.as_dict())) == shown.as_dict()
    assert (shown.withheld, shown.reason) == (None, None)


@pytest.mark.parametrize(
    ("base", "minors", "rule", "reason"),
    [
        (9, False, "R0", "fewer_than_10"),
        (19, True, "R0", "fewer_than_20"),
        (10, False, "R2", "fewer_than_100"),
        (99, False, "R2", "fewer_than_100"),
        (100, False, None, None),
    ],
)
def test_a_score_needs_100_people(base: int, minors: bool, rule: str | None, reason: str | None) -> None:
    shown = safe(scale(mean(base), minors=minors, alike=base))
    assert (shown.withheld, shown.reason) == (rule, reason)
    assert (shown.score.value is None) == (rule is not None)
    assert (shown.without is None) == (rule == "R0")
    assert "without_score" in shown.as_dict() or rule is not None


def test_a_withheld_score_has_no_reliability_either_and_one_label_for_a_small_group() -> None:
    shown = safe(scale(mean(25), alike=25))
    assert shown.small_group
    assert (shown.alpha.value, shown.alpha.reason) == (None, "fewer_than_100")
    assert shown.as_dict()["reason"] == "fewer_than_100"


def test_how_many_have_no_score_is_hidden_when_it_is_few() -> None:
    assert safe(scale(mean(without=4))).without.as_plain() == "c"
    assert safe(scale(mean(without=0))).without.as_plain() == "c"
    assert safe(scale(mean(without=9), minors=True)).without.as_plain() == "c"


@pytest.mark.parametrize(
    ("alike", "more", "held"),
    [
        (4, {}, True),
        (5, {}, False),
        (9, {"minors": True}, True),
        (9, {"sensitive": True}, True),
        (10, {"sensitive": True}, False),
    ],
)
def test_a_score_is_withheld_where_nearly_all_have_the_same(alike: int, more: dict[str, bool], held: bool) -> None:
    shown = safe(scale(alike=alike, **more))
    assert (shown.reason == "kept_private") is held


def test_a_score_without_any_spread_is_too_alike() -> None:
    assert safe(scale(mean_score([50.0] * 120), alike=0)).reason == "kept_private"


def test_reliability_needs_100_complete_answers_and_keeps_its_own_refusals() -> None:
    assert safe(scale(alpha=Alpha(0.8, 0.7, 0.9, 6, 99))).alpha.reason == "fewer_than_100"
    assert safe(scale(alpha=Alpha(None, None, None, 6, 40, "too_few_people"))).alpha.reason == "fewer_than_100"
    pair = safe(scale(alpha=Alpha(None, None, None, 2, 140, "too_few_items")))
    assert pair.as_dict()["alpha"] == {"items": 2, "refused": "too_few_items"}
    assert safe(scale(alpha=None)).as_dict()["alpha"] is None


def test_reliability_does_not_tell_that_a_question_had_but_one_answer() -> None:
    nobody_else = safe(scale(alpha=Alpha(None, None, None, 6, 140, "no_spread"), alike_items=0)).alpha
    four_others = safe(scale(alike_items=4)).alpha
    assert nobody_else.reason == four_others.reason == "kept_private"
    assert safe(scale(alike_items=5)).alpha.reason is None


def test_a_weighted_score_needs_100_people_covered_and_stands_beside_the_plain_one() -> None:
    both = safe(scale(mean(300), weighted=mean(100, value=55.5)))
    assert (both.score.value, both.weighted.value, both.weighted.base.value) == (62, 56, 100)
    assert both.as_dict()["weighted"]["value"] == 56
    assert safe(scale(mean(300), weighted=mean(99))).weighted.reason == "fewer_than_100"
    assert safe(scale(mean(300), alike=3, weighted=mean(250))).weighted.reason == "kept_private"
    assert safe(scale(mean(300), weighted=mean_score([50.0] * 220))).weighted.reason == "kept_private"
    assert "weighted" not in safe(scale()).as_dict()


def test_a_scale_cannot_stand_twice_in_a_release() -> None:
    with pytest.raises(ValueError, match="twice"):
        protect([], POLICY, [scale(), scale()])


one_score = st.sampled_from([0.0, 25.0, 50.0, 62.5, 100.0, float("nan")])


@given(st.one_of(st.lists(one_score, max_size=40), st.lists(one_score, min_size=95, max_size=180)), st.booleans())
def test_a_shown_score_lies_in_its_interval_and_near_the_exact_one(scores: list[float], minors: bool) -> None:
    known = [score for score in scores if score == score]
    alike = len(known) - max((known.count(score) for score in known), default=0)
    exact = mean_score(scores)
    shown = safe(scale(exact, minors=minors, alike=alike))
    assert (shown.score.value is None) == (len(known) < 100 or alike < (10 if minors else 5))
    if shown.score.value is not None:
        assert 0 <= shown.score.low <= shown.score.value <= shown.score.high <= 100
        assert abs(shown.score.value - exact.value) <= 0.5
    assert shown.base.low <= len(known) <= shown.base.high


def test_whoever_knows_how_many_were_asked_learns_nothing_of_how_few_have_no_score() -> None:
    for asked in range(110, 130):
        alike = defaultdict(set)
        for without in range(5):
            shown = safe(scale(mean(asked - without, without)))
            if shown.without:
                alike[shown.base.value].add(without)
        assert all(max(found) - min(found) >= 2 for found in alike.values())
    assert safe(scale(mean(113, 0))).without is None  # 113 were asked and 113 to 117 have a score
