"""The thresholds are read from a file, and a mistake in it is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_app.adapters.disclosure_file import load_policy
from feedback_app.adapters.yaml_lines import SurveyFileError
from feedback_app.domain.disclosure.policy import Policy


def test_the_partnerships_thresholds_are_those_of_the_policy(project_root: Path) -> None:
    assert load_policy(project_root / "surveys" / "lancashire" / "disclosure.yaml") == Policy()


@pytest.mark.parametrize(
    ("lines", "line"),
    [("minimum_base: 10\nthreshhold: 5\n", 2), ("small_group: many\n", 1), ("minimum_base: 2\n", 1)],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, lines: str, line: int) -> None:
    path = tmp_path / "disclosure.yaml"
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(SurveyFileError) as caught:
        load_policy(path)
    assert caught.value.problems[0].line == line
