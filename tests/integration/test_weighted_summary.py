"""A summary with weights, scales, who answered and answers in haste: all of it protected, none of it guessed."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_app.domain.answers import Answer
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import Fact, Frame, Population
from feedback_app.services import counting
from feedback_app.services.summarising import summarise_wave
from feedback_app.services.wave_summary import WaveSummary
from feedback_app.store.tables import Response
from tests.support.summaries import SCOPE, add_answers, add_wave, make_instrument, some_answers

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

POLICY = Policy()
RUN = tuple(f"TS{number}" for number in range(12, 18))


def make_population(plan: int = 3000, other: int = 7000, survey: str = "test_survey") -> Population:
    """Return a population of children with a plan (group 1) and without (group 3)."""
    frame = Frame(
        source="A count", date="2026-01", place="home", covers="children with a plan and without", surveys=(survey,),
        groups={"provision": {"plan": 1, "other": 3}}, margins={"provision": {"plan": plan, "other": other}},
    )  # fmt: skip
    fact = Fact(key="all", what="All of them", value=plan + other, source="A count", date="2026-01", place="here")
    return Population(area="Here", frame=frame, facts=(fact,))


def with_a_run() -> Instrument:
    """The invented survey with six ratings more, which make a scale."""
    data = make_instrument().model_dump()
    rating = next(item for item in data["sections"][0]["items"] if item["id"] == "TS02")
    data["sections"][1]["items"] += tuple(rating | {"id": item, "scale": "SIX"} for item in RUN)
    return Instrument.model_validate(data)


def run_of(*codes: int) -> dict[str, Answer]:
    return dict(zip(RUN, codes, strict=True))


def summary(db: Session, population: Population | None = None) -> WaveSummary:
    found = summarise_wave(db, SCOPE, "autumn", POLICY, "en_GB", population)
    db.rollback()
    return found


def test_a_weighted_headline_is_that_of_the_population(db: Session) -> None:
    sheets = some_answers(600)
    add_answers(db, add_wave(db), sheets)
    found = summary(db, make_population())
    assert found.weighting.published
    assert found.weighting.margins == ("provision",)
    assert found.weighting.covers == "children with a plan and without"
    table = next(table for table in found.release if table.code == "TS04")
    groups = [[sheet["TS04"] for sheet in sheets if sheet["TS01"] == plan] for plan in (1, 2)]
    people = sum(len(group) for group in groups)
    weights = [share * people / len(group) for share, group in zip((0.3, 0.7), groups, strict=True)]
    satisfied = [sum(code in (4, 5) for code in group) for group in groups]
    exact = 100 * sum(w * x for w, x in zip(weights, satisfied, strict=True)) / people
    assert table.weighted[0].name == "csat"
    assert table.weighted[0].value == round(exact)
    assert len(table.weighted) == len(table.figures)


@pytest.mark.parametrize(
    ("population", "reason"), [(None, "no_frame"), (make_population(survey="another"), "other_survey")]
)
def test_without_a_frame_of_its_own_a_survey_is_not_weighted(
    db: Session, population: Population | None, reason: str
) -> None:
    add_answers(db, add_wave(db), some_answers(400))
    found = summary(db, population)
    assert found.weighting.reasons == (reason,)
    assert found.weighting.covers is None
    assert {table.weighted for table in found.release} == {()}


def test_too_few_answers_are_not_weighted_and_it_is_told_why(db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(150))
    found = summary(db, make_population())
    assert found.weighting.reasons == ("fewer_than_200",)
    assert found.weighting.design_effect is not None
    assert {table.weighted for table in found.release} == {()}


def test_answers_of_children_are_never_weighted(db: Session) -> None:
    add_answers(db, add_wave(db, make_instrument(minors=True)), some_answers(400))
    assert summary(db, make_population()).weighting.reasons == ("children",)


def test_what_is_told_of_a_weighting_is_rounded(db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(523))
    facts = summary(db, make_population()).weighting
    assert facts.effective_n is not None
    assert facts.effective_n % 10 == 0
    assert facts.design_effect == round(facts.design_effect or 0, 1)
    assert facts.people.value is not None
    assert facts.people.value % 5 == 0


def test_weights_are_remembered_until_an_answer_comes_or_the_population_changes(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(300))
    times = []
    plain = counting.weigh
    monkeypatch.setattr(counting, "weigh", lambda *given: (times.append(1), plain(*given))[1])
    for _ in range(2):
        summary(db, make_population())
    assert len(times) == 1
    summary(db, make_population(plan=5000))
    assert len(times) == 2
    add_answers(db, wave, some_answers(1, seed=2))
    summary(db, make_population(plan=5000))
    assert len(times) == 3


def test_an_answer_that_comes_in_while_a_wave_is_counted_is_in_all_of_it_and_nothing_is_remembered(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(300))
    with monkeypatch.context() as counted_before_the_last_came:
        counted_before_the_last_came.setattr(counting.waves, "count_state", lambda *_given, **_more: (299, 0))
        for number in (300, 305):
            assert summary(db, make_population()).number.value == number
            add_answers(db, wave, some_answers(5, seed=3))
    assert summary(db, make_population()).number.value == 310


def test_a_scale_has_its_mean_and_its_reliability(db: Session) -> None:
    sheets = [run_of(*((code,) * 3 + (max(1, code - 1),) * 3)) for code in (1, 2, 3, 4, 5) * 30]
    add_answers(db, add_wave(db, with_a_run()), sheets)
    (scale,) = summary(db).release.scales
    assert scale.code == "SIX"
    assert scale.score.value == 40
    assert scale.base.value == 150
    assert scale.alpha.value is not None
    assert scale.alpha.value > 0.9


def test_answers_in_haste_are_counted_kept_and_what_they_move_is_told(db: Session) -> None:
    wave = add_wave(db, with_a_run())
    add_answers(db, wave, [run_of(1, 1, 1, 1, 1, 1) | {"TS02": 5}] * 20)
    db.execute(update(Response).values(pace="quick"))
    db.commit()
    add_answers(db, wave, [run_of(*(3, 4) * 3) | {"TS02": 2}] * 60 + [run_of(*(4, 5) * 3) | {"TS02": 4}] * 60)
    found = summary(db)
    assert found.number.value == 140
    assert found.quality is not None
    assert found.quality.flagged.value == 20
    assert found.quality.largest_shift == 15  # every second rating: 120 of 140 said 4 or 5, then 120 of 120
    assert next(table for table in found.release if table.code == "TS12").base.value == 140


@pytest.mark.parametrize(("hasty", "others", "told"), [(3, 140, "c"), (20, 60, 20)])
def test_what_few_answers_in_haste_move_is_not_told(db: Session, hasty: int, others: int, told: int | str) -> None:
    wave = add_wave(db, with_a_run())
    add_answers(db, wave, [run_of(1, 1, 1, 1, 1, 1)] * hasty)
    db.execute(update(Response).values(pace="quick"))
    db.commit()
    add_answers(db, wave, [run_of(*(3, 4) * 3)] * others)
    assert summary(db).as_dict()["quality"] == {"flagged": told, "largest_shift": None}


def test_who_answered_stands_beside_the_population(db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(400))
    (dimension,) = summary(db, make_population()).who.dimensions
    assert dimension.breakdown == "provision"
    assert [group.badge for group in dimension.groups] == ["over_heard", "under_heard"]


def numbers_in(data: Any) -> set[float]:
    """Return every number that plain data holds, at any depth."""
    if isinstance(data, dict | list):
        return {number for part in (data.values() if isinstance(data, dict) else data) for number in numbers_in(part)}
    return {data} if isinstance(data, int | float) and not isinstance(data, bool) else set()


def test_the_whole_summary_is_plain_data_without_an_exact_count(db: Session) -> None:
    sheets = some_answers(563)
    add_answers(db, add_wave(db), sheets)
    exact = {563}
    for item in make_instrument().items:
        given = Counter(sheet[item] for sheet in sheets)
        answered = [number for answer, number in given.items() if isinstance(answer, tuple) or answer > 0]
        exact |= {*given.values(), sum(answered)}
    telling = {number for number in exact if number > 100 and number % 5}  # others are shares and rounded counts too
    assert len(telling) > 10
    db.rollback()
    data = summary(db, make_population()).as_dict()
    assert json.loads(json.dumps(data)) == data
    assert {"weighting", "who_answered", "quality", "scales", "items"} <= set(data)
    assert 565 in numbers_in(data)
    assert telling & numbers_in(data) == set()
