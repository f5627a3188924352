"""The codeframe's file: the shipped one is sound and complete, and each mistake is told with its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from feedback_app.adapters.codeframe_file import find_codeframe, load_codeframe
from feedback_app.adapters.instrument_files import load_plan
from feedback_app.adapters.shared_files import check_shared
from feedback_app.adapters.yaml_lines import SurveyFileError
from feedback_app.domain.codeframe import Codeframe, texts_of_codeframe
from feedback_app.domain.cue_syntax import read_cue

SMALL = """\
name: small_frame
version: 1
title: A small codeframe
priorities:
  - {key: P1, name: "Working together"}
  - {key: P2, name: "Plans"}
themes:
  - code: WAIT
    name: Waiting
    priority: P1
    also_priorities: [P2]
    definition: How long it takes.
    cues:
      - long wait
      - (waiting|wait) list*
    young_cues:
      - wait ages
    case_sensitive_cues:
      - NHS
    exclude:
      - wait here
  - code: OTHER
    name: Something else
    definition: What no other theme says.
"""


def written(folder: Path, text: str) -> Path:
    """Write a codeframe's file; return where it lies."""
    path = folder / "codeframe.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def told(path: Path) -> list[tuple[int, str]]:
    """Return what is wrong with a codeframe's file, each with its line."""
    with pytest.raises(SurveyFileError) as caught:
        load_codeframe(path)
    assert all(problem.file == path.as_posix() for problem in caught.value.problems)
    return [(problem.line, problem.message) for problem in caught.value.problems]


@pytest.fixture(scope="module")
def shipped(lancashire: Path) -> Codeframe:
    """The codeframe that is shipped."""
    found = find_codeframe(lancashire)
    assert found is not None
    return found


def test_a_small_codeframe_stands_by_itself(tmp_path: Path) -> None:
    found = load_codeframe(written(tmp_path, SMALL))
    assert found.codes == ("WAIT", "OTHER")
    assert found.by_code["WAIT"].cues == ("long wait", "(waiting|wait) list*")
    assert found.priorities_of(["WAIT", "OTHER"]) == ("P1",)


@pytest.mark.parametrize(
    ("before", "after", "line", "message"),
    [
        ("code: OTHER", "code: WAIT", 22, "the theme WAIT stands twice"),
        ("{key: P2,", "{key: P1,", 6, "the priority P1 stands twice"),
        ("priority: P1", "priority: P9", 10, "there is no priority P9 in this file; there are: P1, P2"),
        ("[P2]", "[P9]", 11, "there is no priority P9 in this file"),
        ("[P2]", "[P1]", 11, "P1 is the main priority of WAIT"),
        ("long wait", "long wait (", 14, "'long wait (' cannot be read"),
        ("long wait", "Long wait", 14, "goes under case_sensitive_cues"),
        ("wait here", "wait ( here", 21, "cannot be read"),
        ("wait ages", "long wait", 17, "the cue 'long wait' stands twice"),
        ("wait here", "long wait", 14, "exclude cancels every form of the cue 'long wait'"),
        ("wait here", "(long|short) wai*", 14, "exclude cancels every form of the cue 'long wait'"),
        ("definition: How", "meaning: How", 12, "meaning is not something that can be said here"),
        ("version: 1", "version: 1\nready_cut: 0.6\nreview_cut: 0.7", 4, "review_cut must be lower than ready_cut"),
        ("version: 1\n", "", 1, "version is missing"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_how_to_mend_it(
    tmp_path: Path, before: str, after: str, line: int, message: str
) -> None:
    assert before in SMALL
    problems = told(written(tmp_path, SMALL.replace(before, after, 1)))
    assert any(message in said for _line, said in problems), problems
    assert [number for number, said in problems if message in said] == [line]


def test_two_themes_may_share_a_cue_and_an_exclude_may_cancel_some_forms(tmp_path: Path) -> None:
    text = SMALL.replace("- wait here", "- waiting list") + "    cues: [long wait]\n"
    assert load_codeframe(written(tmp_path, text)).by_code["OTHER"].cues == ("long wait",)


def test_cues_in_other_languages_are_checked_too(tmp_path: Path) -> None:
    text = SMALL + "    cues_by_language:\n      pl: [kolejka, kolejka, (kolejka]\n"
    messages = [message for _line, message in told(written(tmp_path, text))]
    assert messages[0].startswith("the cue 'kolejka' stands twice")
    assert "opened and not closed" in messages[1]


def test_beside_a_plan_its_priorities_and_references_hold(lancashire: Path, tmp_path: Path) -> None:
    shutil.copy(lancashire / "plan.yaml", tmp_path)
    keys = load_plan(lancashire).workstreams
    text = SMALL.replace("Working together", keys["P1"]).replace("Plans", keys["P2"])
    sound = text.replace("    also_priorities", "    plan_references: ['1.2']\n    also_priorities")
    assert load_codeframe(written(tmp_path, sound)).by_code["WAIT"].plan_references == ("1.2",)
    problems = told(written(tmp_path, sound.replace("['1.2']", "['1.2', '9.9.9']")))
    assert problems == [(11, "the plan has no outcome, action or line of evidence 9.9.9; see plan.yaml")]
    problems = told(written(tmp_path, sound.replace(keys["P2"], "Our plans")))
    assert problems == [(6, f"the plan calls P2 {keys['P2']!r}; say the same here")]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    assert load_codeframe(path).title == "A small codeframe"
    assert load_codeframe(path) is load_codeframe(path)
    assert load_codeframe(written(tmp_path, SMALL.replace("A small", "Another"))).title == "Another codeframe"


def test_no_file_and_a_folder_are_told_plainly(tmp_path: Path) -> None:
    assert find_codeframe(tmp_path) is None
    assert told(tmp_path / "none.yaml") == [(1, "there is no such file")]
    assert told(tmp_path) == [(1, "this is a folder; name the file")]


def test_the_check_of_all_files_reads_the_codeframe(lancashire: Path, tmp_path: Path) -> None:
    area = Path(shutil.copytree(lancashire, tmp_path / "area"))
    written(area, SMALL.replace("priority: P1", "priority: P8"))
    with pytest.raises(SurveyFileError, match="there is no priority P8"):
        check_shared(area)


def test_the_shipped_codeframe_covers_each_priority_of_the_plan(shipped: Codeframe, lancashire: Path) -> None:
    assert [priority.key for priority in shipped.priorities] == list(load_plan(lancashire).workstreams)
    assert len(shipped.themes) == 37
    assert all(shipped.by_priority[priority.key] for priority in shipped.priorities)
    assert shipped.by_priority[""] == ()


def test_every_shipped_theme_has_words_for_readers_and_cues(shipped: Codeframe) -> None:
    for theme in shipped.themes:
        assert theme.definition.endswith("."), theme.code
        assert theme.include, theme.code
        assert theme.exclude_meaning, theme.code
        assert theme.plan_references, theme.code
        assert len(theme.cues) + len(theme.young_cues) >= 25, theme.code
    words = set(texts_of_codeframe(shipped))
    assert {theme.name for theme in shipped.themes} <= words
    assert not words & {cue for theme in shipped.themes for cue in theme.cues}


def test_no_shipped_cue_is_a_word_that_everybody_uses(shipped: Codeframe) -> None:
    everyday = {"school", "help", "support", "good", "bad", "great", "child", "son", "daughter", "plan", "time", "need"}
    for theme in shipped.themes:
        for cue in (*theme.cues, *theme.young_cues):
            phrase = read_cue(cue)
            if phrase.forms <= 40:
                said = {" ".join(str(getattr(token, "word", "..")) for token in form) for form in phrase.expand()}
                assert not said & everyday, (theme.code, cue)
