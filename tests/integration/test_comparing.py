"""Two waves of one survey beside each other: planted changes are found, what may not be compared is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_app.domain.answers import Answer
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.safe import SafeChange
from feedback_app.domain.errors import SurveyUnknown, WavesNotComparable
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import Fact, Frame, Population
from feedback_app.domain.scope import Role
from feedback_app.services.comparing import WaveComparison, compare_waves, list_comparable
from feedback_app.store.tables import Response, Wave
from tests.support.summaries import SCOPE, add_answers, add_wave, make_instrument, signed_in, some_answers

POLICY = Policy()
FRAME = Frame(
    source="A count", date="2026-01", place="home", covers="children", surveys=("test_survey",),
    groups={"provision": {"plan": 1, "other": 3}}, margins={"provision": {"plan": 3000, "other": 7000}},
)  # fmt: skip
FACT = Fact(key="all", what="All of them", value=10000, source="A count", date="2026-01", place="here")
POPULATION = Population(area="Here", frame=FRAME, facts=(FACT,))
ASKED_OF_EVERYBODY = ["TS02", "TS04", "TS05", "TS06", "TS07", "TS08", "TS10"]


def wave(db: Session, year: int, sheets: Sequence[Mapping[str, Answer]], instrument: Instrument | None = None) -> None:
    """Hold a wave of the invented survey in the autumn of a year, with these answers."""
    found = add_wave(db, instrument, slug=str(year))
    db.execute(update(Wave).where(Wave.id == found.id).values(opens_on=date(year, 11, 2)))
    db.commit()
    if sheets:
        add_answers(db, found, sheets)


def compare(db: Session, slug: str = "2026", earlier: str = "2025", **wishes: Any) -> WaveComparison:
    found = compare_waves(db, SCOPE, slug, earlier, POLICY, language="en_GB", **wishes)
    db.rollback()
    return found


def changed(item: str, **changes: object) -> Instrument:
    """Return the second version of the invented survey, in which an item differs."""
    data = make_instrument(version=2).model_dump()
    found = next(one for section in data["sections"] for one in section["items"] if one["id"] == item)
    found.update(changes)
    return Instrument.model_validate(data)


def often(yes: int, no: int) -> list[dict[str, Answer]]:
    """Answers to TS02 of which so many are at the good end."""
    return [{"TS02": (4, 5)[at % 2]} for at in range(yes)] + [{"TS02": (1, 2, 3)[at % 3]} for at in range(no)]


def change_of(comparison: WaveComparison, item: str) -> SafeChange:
    return next(change for family in comparison.families for change in family.changes if change.code == item)


def test_a_large_change_is_found_with_its_size_and_range(db: Session) -> None:
    wave(db, 2025, often(84, 116))
    wave(db, 2026, often(138, 122))
    change = change_of(compare(db), "TS02")
    assert (change.value, change.low, change.high) == (11, 2, 20)  # 0.1108; 0.0187, 0.2000
    assert (change.p, change.m, change.verdict) == (0.02, 1, "higher")
    assert change.before is not None
    assert change.after is not None
    assert (change.before.value, change.after.value) == (42, 53)


def test_the_same_answers_again_are_no_clear_change(db: Session) -> None:
    wave(db, 2025, some_answers(400))
    wave(db, 2026, some_answers(400))
    comparison = compare(db)
    made = [change for family in comparison.families for change in family.changes]
    assert {(change.value, change.verdict) for change in made} == {(0, "no_clear_change")}
    assert all(change.low is not None and change.low < 0 < (change.high or 0) for change in made)


def test_families_are_the_questions_of_everybody_of_some_and_the_scores(db: Session) -> None:
    wave(db, 2025, some_answers(400))
    wave(db, 2026, some_answers(500, seed=2))
    families = {family.name: family for family in compare(db).families}
    assert list(families) == ["core", "modules", "scales"]
    assert [change.code for change in families["core"].changes] == ASKED_OF_EVERYBODY
    assert [change.code for change in families["modules"].changes] == ["TS03"]
    assert families["scales"].changes == ()
    for family in families.values():
        assert family.m == len(family.changes)
        assert {change.m for change in family.changes} <= {family.m}


def test_scales_are_compared_by_their_mean_scores(db: Session) -> None:
    data = make_instrument().model_dump()
    for section in data["sections"]:
        for item in section["items"]:
            item["scale"] = "WELL" if item["id"] in ("TS02", "TS10", "TS07") else None
    scaled = Instrument.model_validate(data)
    wave(db, 2025, [dict.fromkeys(("TS02", "TS10", "TS07"), code) for code in (1, 2, 3, 4) * 60], scaled)
    wave(db, 2026, [dict.fromkeys(("TS02", "TS10", "TS07"), code) for code in (2, 3, 4, 5) * 60], scaled)
    change = change_of(compare(db), "WELL")
    assert (change.value, change.verdict) == (25, "higher")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": "Is your child often happy?"}, "wording"),
        ({"hint": "In the last week."}, "wording"),
        ({"reverse_coded": True, "top": (4, 5)}, "kind"),
        ({"route": {"item": "TS01", "in": [1]}}, "asked_of_others"),
    ],
)
def test_a_question_that_changed_is_not_compared(db: Session, changes: Mapping[str, object], reason: str) -> None:
    wave(db, 2025, some_answers(400))
    wave(db, 2026, some_answers(400), changed("TS02", **changes))
    comparison = compare(db)
    assert comparison.refused["TS02"] == reason
    assert "TS02" not in {change.code for family in comparison.families for change in family.changes}
    assert change_of(comparison, "TS04").m == len(ASKED_OF_EVERYBODY) - 1


def test_the_wording_that_counts_is_that_of_the_first_language_not_of_the_reader(db: Session) -> None:
    wave(db, 2025, some_answers(400))
    wave(db, 2026, some_answers(400), changed("TS02", text="Is your child often happy?"))
    comparison = compare_waves(db, SCOPE, "2026", "2025", POLICY, language="en_XA")
    assert dict(comparison.refused) == {"TS02": "wording"}


def test_few_answers_are_not_compared_and_the_refusal_tells_nothing_new(db: Session) -> None:
    wave(db, 2025, often(15, 14))
    wave(db, 2026, often(300, 100))
    comparison = compare(db)
    assert comparison.refused["TS02"] == "too_few_before"
    assert comparison.refused["TS04"] == "too_few_before"


def test_answers_from_a_file_that_does_not_say_how_they_were_given_are_not_compared(db: Session) -> None:
    wave(db, 2025, some_answers(400))
    db.execute(update(Response).values(mode="import"))
    db.commit()
    wave(db, 2026, some_answers(400))
    comparison = compare(db)
    assert set(comparison.refused.values()) == {"mode_unknown"}
    assert [family.m for family in comparison.families] == [0, 0, 0]


def test_a_change_that_many_comparisons_could_throw_up_by_chance_is_no_clear_change(db: Session) -> None:
    for year, happy in ((2025, 160), (2026, 190)):
        sheets = some_answers(400)
        wave(db, year, [sheet | {"TS02": 4 if at < happy else 2} for at, sheet in enumerate(sheets)])
    change = change_of(compare(db), "TS02")
    assert change.m == len(ASKED_OF_EVERYBODY)
    assert change.clear_alone
    assert change.low is not None
    assert change.low > 0
    assert change.p is not None
    assert change.p > 0.05
    assert change.verdict == "no_clear_change"


def test_the_smallest_change_likely_to_be_noticed_follows_from_the_rounded_numbers(db: Session) -> None:
    wave(db, 2025, often(100, 99))
    wave(db, 2026, often(101, 100))
    assert compare(db).detectable == 14  # 200 answers a wave, 14 points


def test_weighted_figures_are_compared_where_both_waves_have_them(db: Session) -> None:
    wave(db, 2025, some_answers(500))
    wave(db, 2026, some_answers(600, seed=2))
    comparison = compare(db, population=POPULATION, weighted=True)
    assert comparison.weighted
    assert comparison.may_be_weighted
    change = change_of(comparison, "TS04")
    assert change.weighted
    plain = change_of(compare(db, population=POPULATION), "TS04")
    assert not plain.weighted
    assert (change.before, change.after) != (plain.before, plain.after)


def test_unweighted_figures_are_compared_where_a_wave_may_not_be_weighted(db: Session) -> None:
    wave(db, 2025, some_answers(150))
    wave(db, 2026, some_answers(600, seed=2))
    comparison = compare(db, population=POPULATION, weighted=True)
    assert not comparison.weighted
    assert not comparison.may_be_weighted
    assert comparison.before.weighting.reasons == ("fewer_than_200",)
    assert not change_of(comparison, "TS04").weighted


def test_who_answered_is_told_of_both_waves(db: Session) -> None:
    wave(db, 2025, some_answers(400))
    wave(db, 2026, [sheet for sheet in some_answers(900, seed=2) if sheet["TS01"] == 1])
    comparison = compare(db)
    shares = [
        [group.share for group in who.dimensions[0].groups] for who in (comparison.who_before, comparison.who_after)
    ]
    assert shares[0] != shares[1]


def test_the_whole_comparison_is_plain_data(db: Session) -> None:
    wave(db, 2025, some_answers(413))
    wave(db, 2026, some_answers(517, seed=2))
    data = compare(db, population=POPULATION).as_dict()
    assert json.loads(json.dumps(data)) == data
    assert [family["family"] for family in data["families"]] == ["core", "modules", "scales"]
    assert (data["before"]["responses"], data["after"]["responses"]) == (415, 515)


@pytest.mark.parametrize(
    ("slug", "earlier", "reason"),
    [("2026", "2026", "same_wave"), ("2025", "2026", "not_earlier"), ("2026", "other", "other_survey")],
)
def test_waves_that_cannot_stand_beside_each_other_are_refused(
    db: Session, slug: str, earlier: str, reason: str
) -> None:
    wave(db, 2025, [])
    wave(db, 2026, [])
    add_wave(db, make_instrument(name="other_survey", slug="other-survey"), slug="other")
    with pytest.raises(WavesNotComparable) as refused:
        compare(db, slug, earlier)
    assert refused.value.reason == reason


def test_waves_that_began_on_one_day_are_refused_both_ways_without_a_link_from_one_to_the_other(
    app: Flask, db: Session
) -> None:
    wave(db, 2026, [])
    twin = add_wave(db, slug="twin")
    db.execute(update(Wave).where(Wave.id == twin.id).values(opens_on=date(2026, 11, 2)))
    db.commit()
    staff = signed_in(app, db, Role.SEND_TEAM)
    for slug, earlier in (("2026", "twin"), ("twin", "2026")):
        with pytest.raises(WavesNotComparable) as refused:
            compare(db, slug, earlier)
        assert refused.value.reason == "same_day"
        page = staff.get(f"/team/waves/{slug}/compared-with/{earlier}")
        assert page.status_code == 400
        assert "Both waves opened on the same day" in page.text
        assert "compared-with" not in page.text
    assert list_comparable(db, SCOPE, "twin") == []


def test_a_demonstration_is_never_compared_with_a_real_wave(app: Flask, db: Session) -> None:
    for year in (2024, 2025, 2026):
        wave(db, year, [])
    db.execute(update(Wave).where(Wave.slug != "2025").values(demonstration=True))
    db.commit()
    for slug, earlier in (("2026", "2025"), ("2025", "2024")):
        with pytest.raises(WavesNotComparable) as refused:
            compare(db, slug, earlier)
        assert refused.value.reason == "demonstration"
    assert [found.slug for found in list_comparable(db, SCOPE, "2026")] == ["2024"]
    assert list_comparable(db, SCOPE, "2025") == []
    db.rollback()
    page = signed_in(app, db, Role.SEND_TEAM).get("/team/waves/2026/compared-with/2025")
    assert page.status_code == 400
    assert "demonstration with made-up answers" in page.text


def test_an_unknown_wave_is_compared_with_nothing(db: Session) -> None:
    wave(db, 2026, [])
    with pytest.raises(SurveyUnknown):
        compare(db, "2026", "1999")


def test_the_earlier_waves_of_a_survey_are_listed_the_newest_first(db: Session) -> None:
    for year in (2024, 2026, 2025):
        wave(db, year, [])
    add_wave(db, make_instrument(name="other_survey", slug="other-survey"), slug="other")
    assert [found.slug for found in list_comparable(db, SCOPE, "2026")] == ["2025", "2024"]
    assert list_comparable(db, SCOPE, "2024") == []
