"""The answer frame holds what people answered, column by column, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_app.domain.instrument import Instrument
from feedback_app.reports.frame import CHOSE, UNKNOWN, Batch, frame_of_sheets, make_frame, option_codes
from tests.support.summaries import make_instrument

INSTRUMENT = make_instrument()
ITEMS = list(INSTRUMENT.items)


def batch(*sheets: dict[str, int | tuple[int, ...]], pace: str | None = None, **groups: list[int | None]) -> Batch:
    return Batch([pace] * len(sheets), groups, [tuple(sheet.get(item, -2) for item in ITEMS) for sheet in sheets])


def with_missing_choice() -> Instrument:
    """The invented survey, where one of several choices says that it does not apply."""
    data = INSTRUMENT.model_dump()
    several = next(item for section in data["sections"] for item in section["items"] if item["id"] == "TS09")
    several["options"] = [*several["options"], {"code": 4, "label": "Nothing like that", "missing": "does_not_apply"}]
    several["options"] = [*several["options"], {"code": 5, "label": "No idea", "missing": "dont_know"}]
    return Instrument.model_validate(data)


def test_codes_stand_as_they_were_stored_kinds_of_missing_below_zero() -> None:
    frame = make_frame(INSTRUMENT, [batch({"TS02": 5}, {"TS02": -9}), batch({"TS02": 1, "TS05": 0})])
    assert frame.responses == 3
    assert frame.codes["TS02"].tolist() == [5, -9, 1]
    assert frame.codes["TS05"].tolist() == [-2, -2, 0]
    assert frame.codes["TS02"].dtype == np.int16


def test_several_choices_are_a_table_of_people_by_option() -> None:
    frame = make_frame(INSTRUMENT, [batch({"TS09": (1, 3)}, {"TS09": -3}), batch({"TS09": (3,)}, {"TS09": (1, 3)})])
    assert frame.choices["TS09"].tolist() == [
        [True, False, True],
        [False, False, False],
        [False, False, True],
        [True, False, True],
    ]
    assert frame.codes["TS09"].tolist() == [CHOSE, -3, CHOSE, CHOSE]


def test_whoever_made_a_choice_is_not_missing_and_of_two_kinds_the_first_counts() -> None:
    sheets = [{"TS09": (1, 4)}, {"TS09": (4,)}, {"TS09": (4, 5)}, {"TS09": (5,)}]
    frame = frame_of_sheets(with_missing_choice(), sheets)
    assert frame.codes["TS09"].tolist() == [CHOSE, -9, -8, -8]
    assert option_codes(with_missing_choice().items["TS09"]) == (1, 2, 3)


def test_groups_that_nobody_told_of_are_unknown() -> None:
    frame = make_frame(INSTRUMENT, [batch({}, {}, district=[4, None]), batch({}, district=[12])])
    assert frame.breakdowns["district"].tolist() == [4, UNKNOWN, 12]


def test_only_a_quick_pace_is_quick() -> None:
    parts = [batch({}, pace=pace) for pace in ("quick", "usual", "long", None)]
    assert make_frame(INSTRUMENT, parts).quick.tolist() == [True, False, False, False]


@pytest.mark.parametrize("batches", [[], [batch()]])
def test_a_wave_that_nobody_answered_has_an_empty_frame(batches: list[Batch]) -> None:
    frame = make_frame(INSTRUMENT, batches)
    assert frame.responses == 0
    assert all(len(column) == 0 for column in (*frame.codes.values(), *frame.choices.values()))
    assert frame.choices["TS09"].shape == (0, 3)


def test_several_answers_to_a_question_that_takes_one_are_an_error() -> None:
    with pytest.raises(ValueError, match="TS02"):
        frame_of_sheets(INSTRUMENT, [{"TS02": (1, 2)}])


def test_more_ways_of_choosing_than_a_small_number_holds_are_told_apart() -> None:
    data = INSTRUMENT.model_dump()
    several = next(item for section in data["sections"] for item in section["items"] if item["id"] == "TS09")
    several["options"] = [{"code": code, "label": str(code)} for code in range(1, 18)]
    wide = Instrument.model_validate(data)
    ways = [tuple(code for code in range(1, 18) if way >> (code - 1) & 1) for way in range(1, 40_000)]
    frame = frame_of_sheets(wide, [{"TS09": way} for way in ways])
    assert frame.choices["TS09"][-1].tolist() == [code in ways[-1] for code in range(1, 18)]
