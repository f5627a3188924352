"""The partnership's own files: places, contacts, plan, population."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from feedback_app.adapters.instrument_files import load_known, load_partnership, load_plan, load_scales
from feedback_app.adapters.shared_files import check_shared, load_demonstration, load_population
from feedback_app.adapters.yaml_lines import SurveyFileError
from feedback_app.domain.partnership import Partnership, disagreements
from feedback_app.domain.scope import Role
from feedback_app.domain.wave import Keeping


@pytest.fixture(scope="module")
def partnership(lancashire: Path) -> Partnership:
    return load_partnership(lancashire)


def test_there_are_twelve_districts_in_three_localities(partnership: Partnership) -> None:
    assert len(partnership.districts) == 12
    assert {key: len(districts) for key, districts in partnership.districts_of.items()} == {
        "north": 3,
        "central": 4,
        "east": 5,
    }


def test_ons_codes_run_in_the_order_of_the_alphabet(partnership: Partnership) -> None:
    assert [district.ons for district in partnership.districts] == [f"E07000{n}" for n in range(117, 129)]
    assert [district.name for district in partnership.districts] == sorted(d.name for d in partnership.districts)


def test_the_signposts_of_every_page_are_there(partnership: Partnership) -> None:
    assert partnership.contacts.danger.tel == "999"
    assert [contact.number for contact in partnership.contacts.local] == ["0300 123 6720", "0300 123 6722"]
    assert [contact.tel for contact in partnership.contacts.young] == ["08001111"]


def test_the_first_language_is_british_english_without_a_prefix(partnership: Partnership) -> None:
    assert (partnership.first_language.locale, partnership.first_language.path) == ("en_GB", "")
    assert "rtl" in {language.direction for language in partnership.later_languages}


def test_drafts_and_words_are_kept_as_long_as_promised(partnership: Partnership) -> None:
    kept = partnership.retention
    assert (kept.draft_days, kept.draft_days_after_close, kept.text_days_after_close) == (14, 7, 365)
    assert kept.keeping == Keeping(draft_days=14, grace_days=7, words_days=365)


def test_the_district_list_of_the_surveys_is_the_partnerships(partnership: Partnership, lancashire: Path) -> None:
    scales = load_scales(lancashire)
    offered = {option.code: option.label for option in scales.response_scales["districts"].options}
    assert offered == {d.code: d.name for d in partnership.districts} | {90: "Outside Lancashire", 99: "Not sure"}
    assert scales.breakdowns["district"].groups == offered
    assert scales.values["districts"] == {d.key: d.code for d in partnership.districts}


def test_the_plan_has_its_priorities_outcomes_and_actions(lancashire: Path) -> None:
    plan = load_plan(lancashire)
    outcomes = [outcome for priority in plan.priorities for outcome in priority.outcomes]
    actions = [action.id for outcome in outcomes for action in outcome.actions]
    evidence = [line.id for priority in plan.priorities for line in priority.evidence_of_impact]
    assert (len(plan.priorities), len(outcomes), len(actions), len(evidence)) == (5, 35, 76, 120)
    for ids in (actions, evidence):
        assert len(ids) == len(set(ids))
    assert {"2.5.3a", "2.5.3b"} <= set(actions)


def test_actions_are_due_on_a_day_and_ratings_have_their_words(lancashire: Path) -> None:
    plan = load_plan(lancashire)
    assert plan.meta is not None
    assert plan.meta.status == "draft"
    assert plan.progress_rating is not None
    assert [rating.key for rating in plan.progress_rating.scale] == ["red", "amber", "green"]
    assert plan.assurance_rating is not None
    assert len(plan.assurance_rating.scale) == 5
    due = [action.due for priority in plan.priorities for outcome in priority.outcomes for action in outcome.actions]
    assert all(due)


def test_a_survey_may_refer_to_outcomes_actions_and_printed_references(lancashire: Path) -> None:
    known = load_known(lancashire, load_scales(lancashire))
    assert {"2.5", "2.5.3", "2.5.3b", "E1.16"} <= known.plan_references
    assert known.priorities == {1, 2, 3, 4, 5}


def test_each_fact_about_the_population_has_source_and_date(lancashire: Path) -> None:
    population = load_population(lancashire)
    assert population is not None
    assert all(fact.source and fact.date and fact.place for fact in population.facts)
    facts = {fact.key: fact for fact in population.facts}
    assert sum(part.value or 0 for part in facts["pupils_with_sen"].parts) == facts["pupils_with_sen"].value
    assert {part.key: part.percent for part in facts["english_households"].parts}["preston"] == 85.6


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('    date: "2025"\n', "", "date is missing"),
        ("    source: Lancashire SEND sufficiency and capital plan\n", "", "source is missing"),
        ("key: ehc_plans", "key: pupils_with_sen", "the fact pupils_with_sen stands twice"),
        ("key: wyre", "key: blackpool", "blackpool is none of the partnership's districts"),
        ("[burnley, ", "[", "burnley is not listed"),
        ("value: 24473", "value: 34473", "more than the whole, 34628"),
        ("    value: 12202\n", "", "a fact has a value, a percent or parts"),
    ],
)
def test_a_mistake_about_the_population_is_told_with_its_line(
    lancashire: Path, tmp_path: Path, before: str, after: str, message: str
) -> None:
    root = shutil.copytree(lancashire, tmp_path / "area")
    path = root / "population.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(SurveyFileError) as caught:
        check_shared(root)
    [problem] = [problem for problem in caught.value.problems if message in problem.message]
    assert problem.line > 1
    assert len(caught.value.problems) <= 4  # the frame may no longer agree with the fact that it names


def test_a_partnership_need_not_say_what_it_is_compared_with(anyshire: Path) -> None:
    assert load_population(anyshire) is None
    assert load_demonstration(anyshire).surveys == ()
    check_shared(anyshire)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("PC03:", "PC99:", "send_parents has no question PC99 with one answer out of a list"),
        ("PC03:", "PC06:", "send_parents has no question PC06 with one answer out of a list"),
        ("weights: {1: 34,", "weights: {9: 34,", "PC03 has no answer with the code 9"),
        ("send_parents:", "send_parrots:", "there is no survey called send_parrots"),
        ("send_parents: {PC14:", "send_parrots: {PC14:", "there is no survey called send_parrots"),
        ("PC14: 12", "PC99: 12", "send_parents has no rated question PC99 to plant a change in"),
        ("- when: {item: PC01, in: [1]}", "- when: {item: PC05, in: [1]}", "PC02 depends on PC05, which"),
    ],
)
def test_a_demonstration_of_what_is_not_asked_is_told(
    lancashire: Path, tmp_path: Path, before: str, after: str, message: str
) -> None:
    root = shutil.copytree(lancashire, tmp_path / "area")
    path = root / "demonstration.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(SurveyFileError, match=message):
        check_shared(root)


@pytest.mark.parametrize("name", ["Europe/Preston", "Europe", "../etc/passwd", "", "BST+1"])
def test_a_time_zone_that_is_not_there_is_told(partnership: Partnership, name: str) -> None:
    data = partnership.model_dump() | {"timezone": name}
    assert disagreements(Partnership.model_validate(data)) == [
        f"there is no timezone {name!r}; they are called Europe/London and the like"
    ]


def test_each_role_is_described_once_or_none_is(partnership: Partnership) -> None:
    data = partnership.model_dump()
    assert {role["key"] for role in data["staff_roles"]} == set(Role)
    data["staff_roles"][2]["key"] = "send_team"
    assert disagreements(Partnership.model_validate(data)) == [
        "the staff role send_team is used twice",
        "the staff role administrator is not described",
    ]
    assert disagreements(Partnership.model_validate(data | {"staff_roles": ()})) == []
    data["staff_roles"][2]["key"] = "board"
    with pytest.raises(ValidationError):
        Partnership.model_validate(data)


def test_the_invented_partnership_loads_too(anyshire: Path) -> None:
    assert load_partnership(anyshire).districts[0].name == "Northam"


def test_codes_used_twice_and_a_locality_that_is_not_there_are_told(partnership: Partnership) -> None:
    data = partnership.model_dump()
    districts = data["geography"]["districts"]
    districts[1]["code"] = districts[0]["code"]
    districts[2]["locality"] = "nowhere"
    data["languages"][0]["path"] = "en"
    found = disagreements(Partnership.model_validate(data))
    assert found == [
        "the district code 1 is used twice",
        "Fylde lies in the locality nowhere, which is not declared",
        "the first language has no path: its addresses have no prefix",
    ]


def test_a_partnership_with_a_slip_says_where_it_is(tmp_path: Path, lancashire: Path) -> None:
    text = (lancashire / "partnership.yaml").read_text(encoding="utf-8")
    (tmp_path / "partnership.yaml").write_text(text.replace("E07000119", "seven"), encoding="utf-8")
    with pytest.raises(SurveyFileError) as caught:
        load_partnership(tmp_path)
    [problem] = caught.value.problems
    assert text.splitlines()[problem.line - 1].strip().startswith("- {key: fylde")
