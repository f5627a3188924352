"""Files with one thing wrong: the check names file, line, question and problem. The line bears the mark `# <-`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from feedback_app.adapters.instrument_files import (
    Report,
    check_file,
    check_files,
    fielded_checksum,
    load_instrument,
    load_known,
    load_scales,
    load_survey,
)
from feedback_app.adapters.yaml_lines import SurveyFileError

MARK = "# <-"
WRONG = {
    "not_yaml": (None, "this is not YAML"),
    "repeated_key": (None, "the name 'text' stands here twice"),
    "title_missing": (None, "title is missing"),
    "misspelt_name": ("BR01", "requird is not something that can be said here"),
    "unknown_type": ("BR01", "there is no such type of question"),
    "number_for_text": ("BR01", "hint should be text"),
    "bad_code": ("BR01", "code should be a whole number"),
    "broken_condition": ("BR02", "a condition names one of"),
    "condition_in_words": ("BR02", "a condition names one of"),
    "unknown_response_scale": ("BR01", "no response scale or list called 'useful7'"),
    "unknown_context_list": (None, "no list of values called 'countries'"),
    "unknown_item_scale": ("BR01", "there is no scale called NOT_THERE"),
    "unknown_breakdown": ("BR01", "there is no breakdown called shoe_size"),
    "unknown_plan_reference": ("BR01", "the plan has no 9.9.9"),
    "unknown_priority": ("BR01", "the plan has no priority 7"),
    "route_to_unknown_item": ("BR02", "asks for BR77, which is not a question"),
    "route_to_unknown_code": ("BR02", "asks for the answer 8 of BR01"),
    "route_looks_ahead": ("BR01", "asks for BR02, which is not asked before"),
    "route_to_unknown_context": ("BR01", "asks for stage, which is not a context field"),
    "route_to_unknown_context_value": ("BR01", "asks for the value newest of stage"),
    "route_to_unknown_name": ("BR01", "names the condition nobody, which is not declared"),
    "section_route_to_unknown_item": (None, "the route of the section all asks for BR77"),
    "condition_names_itself": (None, "the condition round is nested too deep, or names itself"),
    "route_too_deep": ("BR02", "the route is nested too deep"),
    "nobody_reaches": ("BR02", "nobody can reach this question"),
    "handover_to_nowhere": (None, "handed over to not-here, which is not a survey here"),
    "id_twice": ("BR01", "the id BR01 stands twice"),
    "section_twice": (None, "the section id all stands twice"),
    "code_twice": ("BR01", "the answer code 1 stands twice"),
    "unknown_top_code": ("BR01", "top speaks of the answer code 6"),
    "figure_of_unknown_code": ("BR01", "speaks of the answer code 3"),
    "figure_outside_its_base": ("BR01", "counts an answer that is not in its base"),
    "mixed_group": ("BR02", "the group some mixes kinds of answers"),
    "group_too_large": ("BR07", "the group some has 7 questions; 6 is the most"),
    "group_broken_up": ("BR03", "the questions of the group some do not stand together"),
    "group_not_declared": ("BR01", "the group some is not declared"),
    "two_satisfaction_scores": ("BR02", "only one question may be the satisfaction score"),
    "question_too_long": ("BR01", "the question has 22 words; 20 is the most"),
    "words_too_hard": (None, "this form's target is 9"),
    "recommend_for_children": ("BR01", "likelihood to recommend is for adults"),
    "reversed_for_children": ("BR01", "a reversed question leads children into mistakes"),
    "words_of_children_open": ("BR02", "children's own words need text_switch"),
    "min_content_too_high": (None, "min_content is 4"),
    "apart_code": ("BR01", "an answer off the scale has one of the codes -7, -8, -9"),
    "practice_that_counts": ("BR01", "a question to practise with is no content"),
    "page_of_the_program": (None, "hand_over makes a page with the address hand-over, which the program needs itself"),
    "item_page_of_the_program": ("STOP", "STOP makes a page with the address stop, which the program needs itself"),
    "same_page_twice": ("BR03", "BR03 and br03 make pages with the same address, br03"),
}


@pytest.fixture(scope="module")
def broken(project_root: Path) -> Path:
    return project_root / "tests" / "fixtures" / "broken"


def _report(path: Path, root: Path) -> Report:
    scales = load_scales(root)
    return check_file(path, scales, load_known(root, scales), {})


def test_each_broken_file_is_expected_to_say_something(broken: Path) -> None:
    assert {path.stem for path in broken.glob("*.yaml")} == set(WRONG)


@pytest.mark.parametrize("name", WRONG)
def test_the_check_says_file_line_question_and_problem(name: str, broken: Path, anyshire: Path) -> None:
    path = broken / f"{name}.yaml"
    item, message = WRONG[name]
    [problem] = _report(path, anyshire).errors
    marked = [n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if MARK in line]
    assert (problem.file, [problem.line], problem.item) == (path.as_posix(), marked, item)
    assert message in problem.message
    assert str(problem).startswith(f"{path.as_posix()}:{problem.line}: ")


@pytest.mark.parametrize("name", ["not_yaml", "title_missing", "unknown_response_scale"])
def test_a_file_that_cannot_be_used_raises_its_problems_when_loaded(name: str, broken: Path, anyshire: Path) -> None:
    with pytest.raises(SurveyFileError) as caught:
        load_instrument(broken / f"{name}.yaml", load_scales(anyshire))
    assert WRONG[name][1] in str(caught.value)


def _copy(anyshire: Path, folder: Path) -> Path:
    return shutil.copytree(anyshire, folder / "anyshire")


def _messages(root: Path) -> list[str]:
    return [problem.message for report in check_files(root) for problem in report.errors]


def test_a_fielded_version_may_not_change(anyshire: Path, tmp_path: Path) -> None:
    root = _copy(anyshire, tmp_path)
    checksum = fielded_checksum(load_survey(root, "skip"))
    (root / "fielded.yaml").write_text(f"fielded:\n  skip: {{1: {checksum}}}\n", encoding="utf-8")
    assert _messages(root) == []
    path = root / "skip" / "v1.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("Bread", "Toast"), encoding="utf-8")
    assert _messages(root) == ["skip v1 was fielded and has been changed: make v2.yaml instead"]


def test_a_shared_scale_may_not_change_under_a_fielded_version(anyshire: Path, tmp_path: Path) -> None:
    root = _copy(anyshire, tmp_path)
    checksum = fielded_checksum(load_survey(root, "skip"))
    (root / "fielded.yaml").write_text(f"fielded:\n  skip: {{1: {checksum}}}\n", encoding="utf-8")
    path = root / "scales.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("label: Rarely", "label: Seldom"), encoding="utf-8")
    assert _messages(root) == ["skip v1 was fielded and has been changed: make v2.yaml instead"]


def test_the_newest_version_is_the_one_loaded_and_older_ones_stay(anyshire: Path, tmp_path: Path) -> None:
    root = _copy(anyshire, tmp_path)
    text = (root / "skip" / "v1.yaml").read_text(encoding="utf-8")
    for version in (2, 10):
        newer = text.replace("version: 1", f"version: {version}")
        (root / "skip" / f"v{version}.yaml").write_text(newer, encoding="utf-8")
    assert load_survey(root, "skip").version == 10
    assert load_survey(root, "skip", 2).version == 2
    assert _messages(root) == []


def test_a_file_in_the_wrong_folder_or_of_another_version_is_told(anyshire: Path, tmp_path: Path) -> None:
    root = _copy(anyshire, tmp_path)
    (root / "skip" / "v1.yaml").rename(root / "group" / "v2.yaml")
    assert _messages(root) == [
        "the folder is group, but the survey calls itself skip",
        "the file is v2, but says version 1",
    ]


def test_two_surveys_with_one_address_are_both_told(anyshire: Path, tmp_path: Path) -> None:
    root = _copy(anyshire, tmp_path)
    path = root / "skip" / "v1.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("slug: skip", "slug: apart"), encoding="utf-8")
    found = {problem.file: problem for report in check_files(root) for problem in report.errors}
    for name, other in (("skip", "apart"), ("apart", "skip")):
        problem = found[(root / name / "v1.yaml").as_posix()]
        assert problem.message == f"the address apart is that of the survey {other} too"
        assert "slug:" in (root / name / "v1.yaml").read_text(encoding="utf-8").splitlines()[problem.line - 1]


def test_two_versions_of_one_survey_share_their_address(anyshire: Path, tmp_path: Path) -> None:
    root = _copy(anyshire, tmp_path)
    text = (root / "skip" / "v1.yaml").read_text(encoding="utf-8")
    (root / "skip" / "v2.yaml").write_text(text.replace("version: 1", "version: 2"), encoding="utf-8")
    assert _messages(root) == []


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("plan.yaml", "id: 1.1.1b", "id: 1.1.1a", "the action 1.1.1a stands twice"),
        ("plan.yaml", "- {id: E1.01}", "- {id: E1.01}\n      - {id: E1.01}", "the line of evidence E1.01 stands twice"),
        ("scales.yaml", "{code: 3, label: Some", "{code: 1, label: Some", "the answer code 1 stands twice in freq5"),
        ("scales.yaml", "{code: -9, label: Does", "{code: -2, label: Does", "has one of the codes -7, -8, -9, not -2"),
    ],
)
def test_what_stands_twice_in_a_shared_file_is_told_with_its_line(
    anyshire: Path, tmp_path: Path, file: str, before: str, after: str, message: str
) -> None:
    root = _copy(anyshire, tmp_path)
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(SurveyFileError) as caught:
        check_files(root)
    [problem] = caught.value.problems
    assert message in problem.message
    assert (problem.file, problem.line > 1) == (path.as_posix(), True)


def test_a_survey_that_is_not_there_is_told(anyshire: Path) -> None:
    with pytest.raises(SurveyFileError, match="there is no version of this survey"):
        load_survey(anyshire, "nothing")
    with pytest.raises(SurveyFileError, match="there is no such file"):
        load_survey(anyshire, "skip", 9)


def test_one_broken_survey_does_not_hide_what_is_said_of_the_others(anyshire: Path, tmp_path: Path) -> None:
    root = _copy(anyshire, tmp_path)
    path = root / "skip" / "v1.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("type: freq5", "type: freq9"), encoding="utf-8")
    (root / "apart" / "v1.yaml").write_text("name: [apart", encoding="utf-8")
    reports = {report.name: report for report in check_files(root)}
    for name in ("skip", "apart"):
        assert reports[name].problems
        assert reports[name].paths is None
    assert reports["reference"].paths is not None
