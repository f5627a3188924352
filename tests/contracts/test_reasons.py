"""Whatever reason the domain gives for showing nothing, pages and terminal have words of their own for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import get_args

import pytest
from flask import Flask

from feedback_app.cli import figure_lines
from feedback_app.cli.wording import sentences_for
from feedback_app.domain import comparing
from feedback_app.domain.disclosure import changes, group_figures, rules
from feedback_app.domain.disclosure.safe import HIDDEN
from feedback_app.domain.errors import BreakdownRefused, WavesNotComparable, WhyNotBreakdown, WhyNotWaves
from feedback_app.domain.scoring import reliability
from feedback_app.domain.weighting import weighing
from feedback_app.web.errors import not_broken_down, not_comparable
from feedback_app.web.team import phrases, scale_words, verdicts, weight_words
from tests.support.application import running_application
from tests.support.databases import sqlite_url


def codes_of(module: ModuleType) -> list[str]:
    """Return the codes that a module names in constants."""
    named = (value for name, value in vars(module).items() if name.isupper() and isinstance(value, str))
    return sorted({code for code in named if re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code)})


def refusals() -> list[str]:
    """Return why a figure of two waves is not compared: by its questions, by how answers came, by the gate."""
    source = Path(changes.__file__).read_text()
    sided = [f"{code}_{wave}" for code in re.findall(r'f"(\w+)_\{wave\}"', source) for wave in ("before", "after")]
    assert len(sided) == 6
    return [*get_args(comparing.WhyNot), *get_args(comparing.WhyNotModes), *sided, "no_interval"]


TOLD = sorted({rules.as_told(("R1", code))[1] for code in {*codes_of(rules), *codes_of(group_figures)} - {HIDDEN}})
ALPHA = codes_of(reliability)
WEIGHTS = codes_of(weighing)


@pytest.fixture(scope="module")
def in_english(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A request, in whose language pages are written."""
    url = sqlite_url(tmp_path_factory.mktemp("reasons") / "words.sqlite")
    with running_application(url) as app, app.test_request_context("/team"):
        yield app


def test_there_are_codes_to_look_for() -> None:
    assert {"kept_private", "items_disagree", "not_asked", "too_close"} <= set(TOLD)
    assert "too_few_items" in ALPHA
    assert {"no_frame", "fewer_than_200"} <= set(WEIGHTS)
    assert {"wording", "mode_mixed", "withheld_before"} <= set(refusals())


@pytest.mark.parametrize("code", [*TOLD, "fewer_than_10", "fewer_than_3_places"])
def test_a_figure_that_is_not_shown_says_why(in_english: Flask, code: str) -> None:
    assert phrases.reason(code)
    assert figure_lines.why_withheld(code)


@pytest.mark.parametrize("code", ALPHA)
def test_a_reliability_that_is_not_shown_says_why(in_english: Flask, code: str) -> None:
    unheard_of, said = (
        scale_words.reliability_words(SimpleNamespace(value=None, reason=reason))  # type: ignore[arg-type]
        for reason in ("unheard_of", code)
    )
    assert said != unheard_of or code == reliability.TOO_FEW_PEOPLE
    assert figure_lines.why_withheld(code)


@pytest.mark.parametrize("code", refusals())
def test_a_figure_that_is_not_compared_says_why(in_english: Flask, code: str) -> None:
    assert verdicts.refusal(code, "then", "now")
    assert figure_lines.REFUSED[code]


@pytest.mark.parametrize("code", WEIGHTS)
def test_a_wave_that_is_not_weighted_says_why(in_english: Flask, code: str) -> None:
    assert weight_words.why_no_weights([code])
    assert figure_lines.UNWEIGHTED[code]


@pytest.mark.parametrize("reason", get_args(WhyNotWaves))
def test_waves_that_are_not_compared_say_why(in_english: Flask, reason: WhyNotWaves) -> None:
    refused = WavesNotComparable("2026", "2025", reason)
    answer = not_comparable(refused)
    assert isinstance(answer, tuple)
    assert answer[1] == 400
    assert "2026" in sentences_for(refused)


@pytest.mark.parametrize("reason", get_args(WhyNotBreakdown))
def test_breakdowns_that_are_not_made_together_say_why(in_english: Flask, reason: WhyNotBreakdown) -> None:
    refused = BreakdownRefused("2026", ("district", "locality"), reason)
    answer = not_broken_down(refused)
    assert isinstance(answer, tuple)
    assert answer[1] == 400
    assert sentences_for(refused)


def test_the_terminal_has_words_for_no_reason_that_is_never_given() -> None:
    assert set(figure_lines.WITHHELD) == {*TOLD, *ALPHA}
    assert set(figure_lines.REFUSED) == set(refusals())
    assert set(figure_lines.UNWEIGHTED) == set(WEIGHTS)
