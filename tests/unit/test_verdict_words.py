"""What a change is called: verdict, size, what was looked at together, and why something was not compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

import feedback_app
from feedback_app.domain.comparing import WhyNot, WhyNotModes
from feedback_app.domain.disclosure.changes import protect_changes
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeChange
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.families import Verdict
from feedback_app.domain.scoring.headlines import headlines_for
from feedback_app.web.team import verdicts

Five = tuple[int, int, int, int, int]
LEVEL = ((40, 60, 40, 60, 20), (40, 60, 40, 65, 20))
HIGHER, LOWER, NO_CLEAR_CHANGE = Verdict


@pytest.fixture(autouse=True)
def british() -> Iterator[None]:
    """Words are put in the language of a request."""
    app = Flask("words")
    app.config["BABEL_DEFAULT_LOCALE"] = "en_GB"
    Babel(app)
    with app.test_request_context():
        yield


def family(*pairs: tuple[Five, Five], item_type: str = "freq5") -> tuple[SafeChange, ...]:
    """Return the changes of the headlines of so many items, compared together."""
    specs = headlines_for(item_type)
    tables = [
        [ItemTable(f"TS{at:02}", item_type, Counts(dict(enumerate(pair[wave], 1))), specs)
         for at, pair in enumerate(pairs)]
        for wave in (0, 1)
    ]  # fmt: skip
    return protect_changes(*tables, [(f"TS{at:02}", None) for at in range(len(pairs))], Policy())


def told(change: SafeChange) -> str:
    """Return a change as the page tells it, verdict and size."""
    return f"{verdicts.verdict_word(Verdict(change.verdict or ''))}, {verdicts.size(change)}"


def of_hundreds(before: int, after: int, base: int = 400) -> tuple[Five, Five]:
    """Return two waves of one item in which so many of `base` people gave one of the two best answers."""
    return tuple(  # type: ignore[return-value]
        ((base - top) // 2, base - top - (base - top) // 2 - 6, 6, top // 2, top - top // 2) for top in (before, after)
    )


def test_a_rise_is_called_higher_with_its_size_and_range() -> None:
    (change,) = family(of_hundreds(136, 172))
    assert told(change) == "Higher, up 9 points (range 2 to 16)"


def test_a_fall_is_called_lower_with_the_end_nearer_to_no_change_first() -> None:
    (change,) = family(of_hundreds(244, 188))
    assert told(change) == "Lower, down 14 points (range 7 to 21)"


def test_a_range_that_takes_in_no_change_is_told_by_both_sides() -> None:
    (change,) = family(of_hundreds(152, 176))
    assert told(change) == "No clear change, anywhere from 1 lower to 13 higher"


def test_a_change_that_is_clear_alone_but_not_beside_the_others_says_so() -> None:
    *_others, change = family(*[of_hundreds(160, 161)] * 9, of_hundreds(152, 183))
    assert (change.clear_alone, change.verdict, change.m) == (True, NO_CLEAR_CHANGE, 10)
    assert told(change) == (
        "No clear change, from 1 to 14 higher, but not clear once all 10 questions are looked at together"
    )
    *_others, fall = family(*[of_hundreds(160, 161)] * 9, of_hundreds(183, 152))
    assert verdicts.size(fall) == "from 1 to 14 lower, but not clear once all 10 questions are looked at together"


def test_an_end_that_rounds_to_no_change_is_told_as_under_one() -> None:
    (change,) = family(of_hundreds(36000, 36400, base=80000))
    assert (change.low, change.verdict) == (0, HIGHER)
    assert told(change) == "Higher, up 1 point (range under 1 to 1)"
    (level,) = family(of_hundreds(9000, 9002, base=20000))
    assert told(level) == "No clear change, anywhere from 1 lower to 1 higher"
    (narrow,) = family(of_hundreds(99000, 99010, base=200000))
    assert told(narrow) == "No clear change, less than 1 point either way"


def test_a_change_of_one_point_is_no_plural() -> None:
    assert [verdicts.moved(points) for points in (1, 2, -1, -14, 0)] == [
        "up 1 point", "up 2 points", "down 1 point", "down 14 points", "less than half a point"
    ]  # fmt: skip


@pytest.mark.parametrize("item_type", ["nps11", "csat5"])
def test_scores_and_shares_change_in_points_never_in_per_cent(item_type: str) -> None:
    if item_type == "nps11":
        specs = headlines_for("nps11")
        counts = [dict.fromkeys(range(9), many) | {9: 150, 10: 100} for many in (70, 20)]
        tables = [[ItemTable("TS05", "nps11", Counts(one), specs)] for one in counts]
        (change,) = protect_changes(*tables, [("TS05", None)], Policy())
    else:
        (change,) = family(of_hundreds(100, 200), item_type=item_type)
    assert "points" in told(change)
    assert "%" not in told(change)


def test_the_table_tells_size_and_range_of_a_change_that_is_not_clear() -> None:
    (change,) = family(of_hundreds(152, 176))
    assert verdicts.range_words(change) == "range 1 lower to 13 higher"


def test_a_small_p_value_is_told_as_at_most() -> None:
    assert verdicts.adjusted_p(0.01) == "0.01 or less"
    assert [verdicts.adjusted_p(p) for p in (0.04, 0.5, 1.0)] == ["0.04", "0.50", "1.00"]


def test_how_many_moved_is_told_with_the_right_verbs() -> None:
    assert verdicts.tally([HIGHER, HIGHER, LOWER, NO_CLEAR_CHANGE]) == (
        "4 figures were compared: 2 are higher, 1 is lower and 1 shows no clear change."
    )
    assert verdicts.tally([HIGHER]) == "One figure was compared: 1 is higher."
    assert verdicts.tally([NO_CLEAR_CHANGE]) == "The one figure that could be compared shows no clear change."
    assert verdicts.tally([NO_CLEAR_CHANGE] * 3) == "3 figures were compared. None shows a clear change."


def test_how_many_were_compared_at_once_is_told_with_the_method() -> None:
    assert verdicts.counted_at_once(25) == (
        "25 questions were looked at together, so a change must be clearer to count (Benjamini-Hochberg)."
    )
    assert verdicts.counted_at_once(2, scores=True).startswith("2 scores were looked at together")
    assert verdicts.counted_at_once(1) == "Only one was compared here, so nothing had to be allowed for."


REASONS = (
    *WhyNot.__args__,
    *WhyNotModes.__args__,
    *(f"{what}_{wave}" for what in ("too_few", "withheld", "no_weights") for wave in ("before", "after")),
    "no_interval",
)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_not_to_compare_has_plain_words(reason: str) -> None:
    said = verdicts.refusal(reason, "October 2025", "October 2026")
    assert said
    assert "_" not in said
    assert said[0].isupper()


def test_no_reason_of_the_gate_is_unknown_here() -> None:
    gate = Path(feedback_app.__file__).parent / "domain" / "disclosure" / "changes.py"
    code = gate.read_text(encoding="utf-8")
    whole = set(re.findall(r'else "(\w+)"|return "(\w+)"|or "(\w+)"', code))
    of_a_wave = set(re.findall(r'f"(\w+)_\{wave\}"', code))
    given = {name for names in whole for name in names if name} | {f"{name}_before" for name in of_a_wave}
    assert {"no_interval", "options", "too_few_before", "withheld_before"} <= given
    assert given <= set(REASONS)


def test_a_reason_nobody_knows_is_an_error_here() -> None:
    with pytest.raises(KeyError):
        verdicts.refusal("whatever", "October 2025", "October 2026")
