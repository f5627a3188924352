"""The frame of the population and the table of people: what is sound, and each mistake with its file and line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from feedback_app.adapters.instrument_files import load_partnership
from feedback_app.adapters.shared_files import check_shared, load_population, load_table
from feedback_app.adapters.yaml_lines import SurveyFileError
from feedback_app.domain.population import Frame
from feedback_app.domain.weighting.weighing import weigh
from tests.support.population import MARGINS, replace, table_rows, write_table
from tests.support.surveys import real_survey


@pytest.fixture
def area(lancashire: Path, tmp_path: Path) -> Path:
    """A copy of the real files that a test may change."""
    return Path(shutil.copytree(lancashire, tmp_path / "area"))


def told(root: Path, rows: list[str]) -> list[str]:
    """Return what is wrong with a table, each with its line."""
    with pytest.raises(SurveyFileError) as caught:
        load_table(root, write_table(root, rows))
    assert all(problem.file.endswith("people.csv") for problem in caught.value.problems)
    return [f"{problem.line}: {problem.message}" for problem in caught.value.problems]


def real_frame(root: Path) -> Frame:
    """Return the frame of the files in a folder."""
    found = load_population(root)
    assert found is not None
    assert found.frame is not None
    return found.frame


def test_the_frame_knows_plans_and_says_that_it_knows_neither_age_nor_district(lancashire: Path) -> None:
    frame = real_frame(lancashire)
    assert dict(frame.by_code) == {"provision": {1: 10155, 2: 24473}}
    assert (frame.people, frame.unknown) == (34628, ("age_band", "district"))
    assert (frame.place, frame.surveys) == ("school", ("send_parents",))
    assert (frame.source, frame.date) == ("School census, January 2025, as published in Lancashire Insight", "2025-01")


def test_the_frame_has_the_same_numbers_as_the_published_fact_that_it_names(lancashire: Path) -> None:
    population = load_population(lancashire)
    assert population is not None
    [census] = [fact for fact in population.facts if fact.key == real_frame(lancashire).taken_from["provision"]]
    assert {part.key: part.value for part in census.parts} == real_frame(lancashire).margins["provision"]
    assert census.value == real_frame(lancashire).people


def test_the_codes_of_the_frame_are_those_that_answers_are_stored_with(lancashire: Path) -> None:
    frame, parents = real_frame(lancashire), real_survey("send_parents")
    for item, name in (("PC01", "age_band"), ("PC02", "provision"), ("PC05", "district")):
        options = parents.items[item].options  # type: ignore[union-attr]  # each has one choice
        reported = {option.code if option.reported_as is None else option.reported_as for option in options}
        assert set(frame.groups[name].values()) <= reported
    assert set(frame.localities) == set(frame.groups["district"].values())


def test_the_shipped_frame_weights_on_plans_alone(lancashire: Path) -> None:
    told = {"provision": [1] * 150 + [2] * 100 + [3] * 60, "age_band": [2] * 310, "district": [1] * 310}
    found = weigh(real_frame(lancashire), told, real_survey("send_parents"))
    assert (found.margins, found.unknown) == (("provision",), ("age_band", "district"))
    assert found.publishable
    assert found.people == 250


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("ehc_plan: 10155, sen", "sen", "ehc_plan is not listed; every group of provision has its number"),
        ("{ehc_plan: 10155,", "{ehc_plan: 10155, none: 4,", "none is no group of provision"),
        ("taken_from: {provision: pupils_with_sen}", "taken_from: {provision: pupils}", "no fact called pupils"),
        ("taken_from: {provision: pupils", "taken_from: {age_band: pupils", "there is no margin called age_band"),
        ("{ehc_plan: 10155, sen_support: 2", "{ehc_plan: 10155, sen_support: 1", "pupils_with_sen has 24,473"),
        ("  - {key: ehc_plan, value: 10155", "  - {key: with_a_plan, value: 10155", "pupils_with_sen has no such part"),
        ("{ehc_plan: 10155,", "{ehc_plan: -1,", "ehc_plan: Input should be greater than or equal to 0"),
        (MARGINS, "  margins:\n    provision: {ehc_plan: 0, sen_support: 0}\n", "provision counts nobody"),
        ("{ehc_plan: 1, sen_support: 2}", "{ehc_plan: 1, sen_support: 9}", "provision has no group with the code 9"),
        ("{ehc_plan: 1, sen_support: 2}", "{ehc_plan: 1, sen_support: 1}", "two groups of provision have the code 1"),
        ("    age_band: {0_to_4", "    shoe_size: {0_to_4", "there is no breakdown called shoe_size"),
        ("surveys: [send_parents]", "surveys: [send_parrots]", "there is no survey called send_parrots"),
        ("surveys: [send_parents]", "surveys: [send_16_25]", "their answers are never weighted"),
        ("  place: school", "  place: work", "place: Input should be 'home' or 'school'"),
        ("    provision: {ehc_plan: 1,", "    district: {wyre: 1}\n    provision: {ehc_plan: 1,", "partnership.yaml"),
        ("  surveys: [send_parents]", "  localities: {1: 1}\n  surveys: [send_parents]", "those of partnership.yaml"),
        (
            "  margins:\n",
            "  margins:\n    waiting: {yes: 34628}\n",
            "answers are weighted on provision, age_band, district",
        ),
        ("  margins:\n", "  table: ../people.csv\n  margins:\n", "table: String should match pattern"),
        ("  margins:\n", "  table: people.csv\n  margins:\n", "the frame has either margins or a table"),
        (MARGINS, "  table: people.csv\n", "there is no such file"),
    ],
)
def test_a_mistake_in_the_frame_is_told(area: Path, before: str, after: str, message: str) -> None:
    replace(area, before, after)
    with pytest.raises(SurveyFileError) as caught:
        check_shared(area)
    [problem] = caught.value.problems
    assert message in problem.message
    assert problem.line >= 1


def districts_margin(root: Path, people: int) -> str:
    """Return a margin of districts that counts so many in each."""
    return ", ".join(f"{district.key}: {people}" for district in load_partnership(root).districts)


def test_districts_counted_by_school_are_refused_where_families_are_asked_where_they_live(area: Path) -> None:
    replace(area, MARGINS, f"  margins:\n    district: {{{districts_margin(area, 2000)}}}\n")
    with pytest.raises(SurveyFileError, match=r"counted where the school is, and families are asked where the child"):
        check_shared(area)
    replace(area, "  place: school", "  place: home")
    check_shared(area)
    replace(area, "  place: home", "  place: school")
    replace(area, "district_is: home", "district_is: school")
    check_shared(area)


def test_a_fact_counted_by_home_is_not_used_where_the_frame_is_counted_by_school(area: Path) -> None:
    replace(area, "  place: school", "  place: home")
    with pytest.raises(SurveyFileError) as caught:
        check_shared(area)
    [problem] = caught.value.problems
    expected = "pupils_with_sen is counted where the school is, and the frame where the child or young person lives"
    assert problem.message == f"{expected}: the two must not be mixed"
    lines = (area / "population.yaml").read_text(encoding="utf-8").splitlines()
    assert "taken_from" in lines[problem.line - 1]


def test_what_a_fact_says_of_its_place_in_words_is_free(area: Path) -> None:
    replace(area, "  place: school", "  place: home")
    text = (area / "population.yaml").read_text(encoding="utf-8")
    text = text.replace("place: where the school is\n    counted_by: school", "place: at home, in other words")
    (area / "population.yaml").write_text(text, encoding="utf-8")
    check_shared(area)


def test_plans_counted_by_home_are_not_mixed_with_support_counted_by_school(area: Path) -> None:
    replace(area, "margins:\n    provision: {ehc_plan: 10155", "margins:\n    provision: {ehc_plan: 12202")
    with pytest.raises(SurveyFileError) as caught:
        check_shared(area)
    [problem] = caught.value.problems
    assert problem.message == "ehc_plan is 12,202 here, and pupils_with_sen has 10,155"
    lines = (area / "population.yaml").read_text(encoding="utf-8").splitlines()
    assert "12202" in lines[problem.line - 1]


def test_a_number_that_another_place_happens_to_have_too_is_no_mistake(area: Path) -> None:
    replace(area, MARGINS, "  margins:\n    provision: {ehc_plan: 12202, sen_support: 20000}\n")
    check_shared(area)


def test_margins_that_count_different_people_are_told(area: Path) -> None:
    replace(area, "  margins:\n", "  margins:\n    age_band: {0_to_4: 1, 5_to_10: 2, 11_to_15: 3, 16_to_25: 4}\n")
    with pytest.raises(SurveyFileError, match=r"do not count the same people: age_band 10, provision 34,628 together"):
        check_shared(area)


def test_a_population_without_a_frame_is_sound_and_weights_nobody(area: Path) -> None:
    text = (area / "population.yaml").read_text(encoding="utf-8")
    start, end = text.index("frame:\n"), text.index("facts:\n")
    (area / "population.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    check_shared(area)
    population = load_population(area)
    assert population is not None
    assert population.frame is None
    with pytest.raises(SurveyFileError, match="there is no frame here"):
        load_table(area, area / "people.csv")


def test_a_table_becomes_the_margins_of_the_frame(area: Path) -> None:
    write_table(area, table_rows(area))
    replace(area, MARGINS, "  table: people.csv\n")
    replace(area, "  place: school", "  place: home")
    check_shared(area)
    frame = real_frame(area)
    whole = sum(100 + number for number in range(96))
    assert (frame.people, frame.unknown) == (whole, ())
    assert {name: len(groups) for name, groups in frame.by_code.items()} == {
        "district": 12,
        "age_band": 4,
        "provision": 2,
    }
    assert frame.by_code["district"][1] == sum(100 + number for number in range(8))
    assert {sum(groups.values()) for groups in frame.by_code.values()} == {whole}


def test_a_table_counted_by_school_is_refused_for_families_who_say_where_they_live(area: Path) -> None:
    write_table(area, table_rows(area))
    replace(area, MARGINS, "  table: people.csv\n")
    with pytest.raises(SurveyFileError, match="such a frame must not weight on district"):
        check_shared(area)


def test_a_spreadsheets_own_csv_is_read(area: Path) -> None:
    rows = table_rows(area)
    path = write_table(area, [row.replace(",", " , ") for row in rows] + ["", ",,,"], encoding="utf-8-sig")
    assert len(load_table(area, path).people) == 96
    turned = [",".join(reversed(row.split(","))) for row in rows]
    assert load_table(area, write_table(area, turned)).total == load_table(area, path).total


def test_each_mistake_in_a_table_is_a_sentence_with_its_line(area: Path) -> None:
    rows = table_rows(area)
    rows[1] = rows[1].replace("burnley", "blackpool")
    rows[2] = rows[2].replace("sen_support,101", "sen_support,1 010")
    rows[4] = rows[3]
    rows[9] = rows[9].replace("0_to_4", "0-4")
    del rows[-8:]
    found = told(area, rows)
    assert found[0].startswith("2: there is no district called 'blackpool'; there are: burnley, chorley")
    assert found[1] == "3: people should be a whole number from 0 on, without commas, not '1 010'"
    assert found[2] == "5: burnley, 5_to_10, ehc_plan stands twice, first in line 4"
    assert found[3].startswith("10: there is no age_band called '0-4'; there are: 0_to_4, 5_to_10")
    assert found[4:] == [
        "89: burnley has no row for 0_to_4, ehc_plan; 5_to_10, sen_support",
        "89: chorley has no row for 0_to_4, ehc_plan",
        "89: the district wyre is missing",
    ]


@pytest.mark.parametrize("people", ["", "-3", "12.5", "1,200", "many", "٣"])
def test_people_are_whole_numbers(area: Path, people: str) -> None:
    rows = table_rows(area)
    rows[1] = f'burnley,0_to_4,ehc_plan,"{people}"'
    assert told(area, rows) == [f"2: people should be a whole number from 0 on, without commas, not {people!r}"]


def test_a_number_of_thousands_of_digits_is_refused_shortened(area: Path) -> None:
    rows = table_rows(area)
    rows[1] = f"burnley,0_to_4,ehc_plan,{'9' * 5000}"
    assert told(area, rows) == [f"2: people should be a whole number from 0 on, without commas, not {'9' * 40!r}"]


def test_a_district_where_nobody_lives_is_told(area: Path) -> None:
    rows = [re.sub(r"^(burnley,.*),\d+$", r"\1,0", row) for row in table_rows(area)]
    assert told(area, rows) == [f"{len(rows)}: nobody lives in burnley: every number there is 0"]


def test_nobody_in_a_cell_is_a_number_too(area: Path) -> None:
    rows = table_rows(area)
    rows[1] = "burnley,0_to_4,ehc_plan,0"
    assert load_table(area, write_table(area, rows)).people["burnley", "0_to_4", "ehc_plan"] == 0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "1: the first line should name the columns district,age_band,provision,people"),
        (["district,age,provision,people"], "1: the first line should name the columns"),
        (["district,age_band,provision,people,note"], "1: the first line should name the columns"),
        (["district,age_band,provision,people", "burnley,0_to_4"], "2: this row has 2 cells, not 4"),
        (["district,age_band,provision,people", '"burnley'], "this is not a table of commas and lines"),
    ],
)
def test_a_file_that_is_no_such_table_is_told(area: Path, rows: list[str], message: str) -> None:
    [problem] = told(area, rows)
    assert message in problem


def test_a_table_that_is_not_text_is_told(area: Path) -> None:
    path = area / "people.csv"
    path.write_bytes(b"\xff\xfe\x00district")
    with pytest.raises(SurveyFileError, match="it is not UTF-8 text"):
        load_table(area, path)
    with pytest.raises(SurveyFileError, match="there is no such file"):
        load_table(area, area)


def test_a_table_needs_to_know_its_groups(area: Path) -> None:
    replace(area, "    age_band: {0_to_4: 1, 5_to_10: 2, 11_to_15: 3, 16_to_25: 4}\n", "")
    with pytest.raises(SurveyFileError, match="which groups of age_band there are"):
        load_table(area, write_table(area, table_rows(area)))
