"""Who answered, put into words: the finding first, and what nobody knows is said so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from feedback_app.domain.disclosure.gate import protect, total_safe
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.totals import count_safe
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import Frame
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.who_answered import who_answered
from feedback_app.reports.item_tables import item_table
from feedback_app.services.wave_summary import InvitedList, Quality, WeightingFacts
from feedback_app.web.team.hearing import Hearing, hearing_of, hurried_sentence
from feedback_app.web.team.weight_words import weighting_step

FRAME = Frame(
    source="School census",
    date="2025-01",
    place="school",
    covers="Pupils with a plan or support",
    surveys=("test_survey",),
    groups={"provision": {"plan": 1, "support": 2}},
    margins={"provision": {"plan": 10_155, "support": 24_473}},
)
START = {"lead": "For you.", "read_by": "We read it.", "purpose": "To see.", "kept": "No name."}


@pytest.fixture(autouse=True)
def _translating() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="en_GB")
    with app.test_request_context():
        yield


def instrument(breakdown: str, *labels: str, **changes: Any) -> Instrument:
    options = [{"code": code, "label": label} for code, label in enumerate(labels, 1)]
    item = {"id": "TS01", "text": "Which?", "type": "single", "breakdown": breakdown, "options": options}
    data = {
        "name": "test_survey", "slug": "test-survey", "code": "TS", "version": 1, "title": "How is it?",
        "formal_title": "A survey for tests", "audience": "parent_carer", "voice": "family", "target_minutes": 3,
        "reading_age": 9, "start": START, "thanks": "Thank you.",
        "sections": [{"id": "about", "title": "About you", "items": [item]}],
    }  # fmt: skip
    return Instrument.model_validate(data | changes)


def heard(survey: Instrument, counts: Mapping[int, int], frame: Frame | None = FRAME) -> Hearing:
    release = protect([item_table(survey, survey.items["TS01"], Counts(counts))], Policy())
    return hearing_of(who_answered(survey, release, frame), survey, facts())


def facts(**changes: Any) -> WeightingFacts:
    known = WeightingFacts(
        margins=("provision",), unknown=("age_band", "district"), too_small=(), merged={}, reasons=(),
        people=total_safe(230, Policy()), effective_n=170, design_effect=1.3, covers="Pupils with a plan",
    )  # fmt: skip
    return replace(known, **changes)


PLANS = ("A plan", "SEN support", "Waiting")


def test_who_was_heard_less_comes_first_then_who_was_heard_more() -> None:
    found = heard(instrument("provision", *PLANS), {1: 400, 2: 300, 3: 50})
    assert found.sentences[0] == "Heard less than their share: “SEN support”, 43 of 100, not 71."
    assert found.sentences[1] == "Heard more than their share: “A plan”, 57 of 100, not 29."
    assert found.chart is not None
    assert found.compared_with == "Compared with: School census (January 2025), counted where the school is."


def test_a_group_outside_the_frame_stands_in_the_table_alone() -> None:
    found = heard(instrument("provision", *PLANS), {1: 400, 2: 300, 3: 50})
    (table,) = found.tables
    assert table.rows[2].verdict == "a group of its own: nobody knows how many there are"
    assert (table.rows[0].ratio, table.rows[1].ratio) == ("1.95", "0.61")
    assert found.chart is not None
    assert "Waiting" not in found.chart.description


def test_the_measures_with_names_are_put_into_words() -> None:
    found = heard(instrument("provision", *PLANS), {1: 420, 2: 280, 3: 50})
    words = " ".join(sentence for step in found.method for sentence in step.sentences)
    assert "About 31 in 100 answers would have to come from another group to match (dissimilarity D)." in words
    assert "lies about 67% away from the average (CV). 0% would be even." in words
    assert "R-indicator 0.97." in words
    assert "There are 34,628 of them. We heard about 700: 2 in 100." in words
    assert "there is no response rate" in words


def test_groups_heard_about_as_much_as_their_share_are_said_so() -> None:
    found = heard(instrument("provision", *PLANS), {1: 295, 2: 705, 3: 50})
    assert found.sentences == ("Of the groups that we can compare, each was heard about as much as its share.",)


def test_without_a_frame_nothing_is_said_of_who_is_missing() -> None:
    found = heard(instrument("provision", *PLANS), {1: 400, 2: 300, 3: 50}, None)
    assert found.sentences == (
        "Nobody has told us how many families there are by help plan. So we cannot say who is missing there.",
    )
    assert found.chart is None
    assert not found.compared_with
    assert [row.share for row in found.tables[0].rows] == ["53%", "40%", "7%"]


def test_a_hidden_group_cannot_be_said_and_neither_can_its_neighbour() -> None:
    found = heard(instrument("provision", *PLANS), {1: 400, 2: 3, 3: 50})
    verdicts = [row.verdict for row in found.tables[0].rows]
    assert verdicts[1] == "cannot say: too few to show"
    assert found.tables[0].rows[1].people == "not shown"


def test_how_many_answered_with_help_is_named_for_the_young() -> None:
    survey = instrument("helped", "Me", "Me with help", audience="young_person", voice="young", minors=True)
    found = heard(survey, {1: 80, 2: 40}, None)
    assert found.helped == (
        "Who answered: “Me”: 67% (about 7 in 10); “Me with help”: 33% (about 3 in 10). "
        "Help can change an answer, so keep this in mind."
    )
    assert found.sentences == ()


def test_how_a_wave_is_weighted_is_said_with_what_is_not_known() -> None:
    said = " ".join(weighting_step(facts()).sentences)
    assert "We match: help plan." in said
    assert "Weighted figures are of these alone: Pupils with a plan." in said
    assert "nobody has told us the numbers: age, home district." in said
    assert "as sure as from about 170 answers (design effect 1.3)" in said
    assert "put together" in " ".join(weighting_step(facts(merged={"age_band": ((1, 2),)})).sentences)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("children", "Answers of children and young people are never weighted."),
        ("no_frame", "We do not know how many families there are of each kind, so we do not weight."),
        ("other_survey", "We have no numbers of families to weight this survey to."),
        ("no_margin", "We do not know how many families there are of each kind, so we do not weight."),
        ("fewer_than_200", "No weighted figures: they need 200 answers from the families we can count."),
        ("few_in_a_group", "No weighted figures: too few answered from one of the groups."),
        ("not_converged", "No weighted figures: no weights fit all the numbers at once."),
        ("design_effect_over_2", "No weighted figures: a few answers would count for too much."),
    ],
)
def test_each_reason_for_no_weights_has_its_words(reason: str, said: str) -> None:
    assert weighting_step(facts(reasons=(reason,), covers=None)).sentences == (said,)


@pytest.mark.parametrize(
    ("flagged", "shift", "said"),
    [
        (3, None, "fewer than 5 people. We keep them."),
        (12, 2, "about 10 people. We keep them. Without them no main figure would move by more than 2 points."),
        (12, 1, "about 10 people. We keep them. Without them no main figure would move by more than 1 point."),
        (12, 0, "about 10 people. We keep them. Without them no main figure would move."),
    ],
)
def test_quick_answers_are_told_with_what_they_change(flagged: int, shift: int | None, said: str) -> None:
    count = count_safe(flagged, 5, Policy())
    assert hurried_sentence(Quality(count, shift)) == f"Very quick answers that were all alike: {said}"


def test_where_everybody_on_a_list_was_invited_there_is_a_response_rate() -> None:
    survey = instrument("provision", *PLANS)
    release = protect([item_table(survey, survey.items["TS01"], Counts({1: 40, 2: 30, 3: 50}))], Policy())
    who = who_answered(survey, release, None)
    found = hearing_of(who, survey, facts(), InvitedList(200, total_safe(121, Policy()), 60, too_short=False))
    words = " ".join(sentence for step in found.method for sentence in step.sentences)
    assert "Everybody on a list of 200 was invited. About 120 of them answered: 60%." in words
    assert "no response rate" not in words
