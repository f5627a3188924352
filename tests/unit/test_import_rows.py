"""Reading one row of another tool's file by a map, without any database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from feedback_app.domain.import_map import ImportMap, disagreements
from feedback_app.domain.import_rows import HANDED_OVER, TOO_LITTLE, Kept, ReadRow, RowReader, keep_row
from feedback_app.domain.instrument import Instrument

TODAY = date(2026, 11, 21)
AGE = {"item": "CL01", "labels": {"5 to 10": 1, "11 to 15": 2, "Adult": 3}}
OFTEN = {"item": "CL02", "labels": {"never": 1, "always": 5, "n/a": "does_not_apply"}}
FUN = {"item": "CL03", "labels": {"yes": 3, "no": 1, "don't know": "dont_know"}}
START = {"lead": "Hello.", "read_by": "We do.", "purpose": "To learn.", "kept": "A year."}


def options(*labels: str) -> list[dict[str, Any]]:
    """Return options coded from 1 on."""
    return [{"code": code, "label": label} for code, label in enumerate(labels, 1)]


ITEMS = [
    {"id": "CL01", "type": "single", "text": "Age?", "content": False, "options": options("Child", "Teen", "Adult")},
    {"id": "CL02", "type": "freq5", "text": "How often?",
     "options": options("Never", "Rarely", "Some", "Often", "Always"),
     "apart": [{"code": -9, "label": "Does not apply"}]},
    {"id": "CL03", "type": "smiley3", "text": "Fun?", "top": [3], "bottom": [1],
     "options": options("No", "A bit", "Yes")},
    {"id": "CL04", "type": "multi", "text": "What?", "at_most": 2, "alone": [4],
     "options": options("Sport", "Music", "Cooking", "None of these")},
    {"id": "CL05", "type": "single", "text": "Alone?", "route": {"item": "CL01", "in": [2]},
     "options": [*options("Yes", "No"), {"code": 3, "label": "Not sure", "missing": "dont_know"}]},
    {"id": "CL06", "type": "text", "text": "Change?", "longest": 20},
]  # fmt: skip


@pytest.fixture(scope="module")
def clubs() -> Instrument:
    """An instrument with a route, several answers, an answer off the scale, words that may be off, and a handover."""
    return Instrument.model_validate(
        {
            "name": "clubs", "slug": "clubs", "code": "CL", "version": 1, "title": "Clubs", "formal_title": "Clubs",
            "audience": "young_person", "voice": "young", "minors": True, "text_switch": True, "target_minutes": 5,
            "reading_age": 9, "min_content": 2, "start": START, "thanks": "Thanks.",
            "context": [{"id": "area", "values": ["north", "south"]}],
            "handover": {"when": {"item": "CL01", "in": [3]}, "title": "x", "text": "x", "button": "x", "survey": "x"},
            "sections": [{"id": "all", "title": "All", "items": ITEMS}],
        }
    )  # fmt: skip


def a_map(columns: dict[str, Any], **more: Any) -> ImportMap:
    """Return a map of these columns, for one week."""
    return ImportMap.model_validate({"source": "a club", "week": "2025-03-05", "columns": columns} | more)


def read(clubs: Instrument, columns: dict[str, Any], *cells: str) -> ReadRow:
    """Return a row of cells as a map of these columns reads it."""
    return RowReader(a_map(columns), clubs, list(columns), "en_GB", TODAY).read(cells)


def kept(clubs: Instrument, answers: dict[str, Any], routes: str = "ours", texts_open: bool = True) -> Kept:
    """Return what is kept of a row with these answers."""
    plan = a_map({"age": AGE}, routes=routes)
    texts = {"CL06": "More music"} if "CL06" in answers else {}
    return keep_row(plan, clubs, ReadRow(answers=answers, texts=texts), texts_open)


def test_labels_become_codes_whatever_their_case_and_spaces(clubs: Instrument) -> None:
    row = read(clubs, {"age": AGE, "often": OFTEN, "fun": FUN}, " 11  TO 15 ", "Always", "Yes")
    assert row.answers == {"CL01": 2, "CL02": 5, "CL03": 3}
    assert (row.problems, row.week, row.language) == ([], date(2025, 3, 3), "en_GB")


def test_kinds_of_missing_are_told_apart(clubs: Instrument) -> None:
    alone = {"item": "CL05", "labels": {"yes": 1, "not sure": "dont_know"}, "blank": "not_reached"}
    columns = {"often": OFTEN, "fun": FUN, "alone": alone}
    assert read(clubs, columns, "n/a", "don't know", "not sure").answers == {"CL02": -9, "CL03": -8, "CL05": 3}
    assert read(clubs, columns, "", " ", "").answers == {"CL02": -3, "CL03": -3, "CL05": -2}


def test_without_labels_the_items_own_codes_and_labels_are_read(clubs: Instrument) -> None:
    columns = {"often": {"item": "CL02"}}
    assert [read(clubs, columns, cell).answers["CL02"] for cell in ("4", "often", "-9", "does not apply")] == [
        4,
        4,
        -9,
        -9,
    ]


def test_an_unknown_label_is_named_with_its_column(clubs: Instrument) -> None:
    row = read(clubs, {"often": OFTEN, "fun": {"item": "CL03"}}, "sometimes", "x" * 90)
    assert row.problems == [
        ("often", "“sometimes” is not among the labels of the map"),
        ("fun", f"“{'x' * 40}…” is not among the labels of CL03"),
    ]


def test_several_answers_in_a_cell_are_told_apart_and_must_go_together(clubs: Instrument) -> None:
    columns = {"what": {"item": "CL04", "separator": ";"}}
    assert read(clubs, columns, "Cooking; Sport;Sport;").answers == {"CL04": (1, 3)}
    assert read(clubs, columns, "").answers == {"CL04": -3}
    assert read(clubs, columns, "Sport;None of these").problems == [
        ("what", "these answers do not go together: one of them stands alone")
    ]
    assert read(clubs, columns, "Sport;Music;Cooking").problems == [("what", "3 answers are too many; 2 is the most")]


def test_boxes_in_columns_of_their_own_make_one_answer(clubs: Instrument) -> None:
    columns = {
        "sport": {"item": "CL04", "option": 1},
        "music": {"item": "CL04", "option": 2, "labels": {"yes": 2, "no": "not_shown"}},
    }
    assert read(clubs, columns, "x", "yes").answers == {"CL04": (1, 2)}
    assert read(clubs, columns, "", "no").answers == {"CL04": -3}
    assert read(clubs, columns, "", "maybe").problems == [("music", "“maybe” is not among the labels of the map")]


def test_words_are_kept_without_what_cannot_be_written_and_within_their_length(clubs: Instrument) -> None:
    columns = {"change": {"item": "CL06", "text": True, "labels": {"none": "skipped"}}}
    row = read(clubs, columns, " More\r\nmusic\x07 ")
    assert (row.answers, row.texts) == ({"CL06": 1}, {"CL06": "More\nmusic"})
    assert read(clubs, columns, "None").answers == {"CL06": -3}
    assert read(clubs, columns, "y" * 21).problems == [("change", "the text has 21 characters; 20 is the most")]


def test_dates_become_weeks_and_those_to_come_are_refused(clubs: Instrument) -> None:
    plan = a_map({"fun": FUN}, week=None, date={"column": "day", "format": "%d/%m/%Y"})
    reader = RowReader(plan, clubs, ["fun", "day"], "en_GB", TODAY)
    assert reader.read(["yes", "05/03/2025"]).week == date(2025, 3, 3)
    assert reader.read(["yes", "2025-03-05"]).problems == [("day", "“2025-03-05” is not a date as %d/%m/%Y has it")]
    assert reader.read(["yes", "01/12/2026"]).problems == [("day", "2026-12-01 is still to come")]
    assert reader.read(["yes", ""]).problems == [("day", "the date is blank, and the map gives no week for all")]


def test_language_and_context_are_read_from_their_columns(clubs: Instrument) -> None:
    plan = a_map(
        {"fun": FUN, "where": {"context": "area", "labels": {"N": "north"}}},
        language_column={"column": "spoken", "labels": {"Polish": "pl"}},
    )
    reader = RowReader(plan, clubs, ["fun", "where", "spoken"], "en_GB", TODAY)
    row = reader.read(["yes", "n", "polish"])
    assert (row.context, row.language) == ({"area": "north"}, "pl")
    assert reader.read(["yes", "west", "Welsh"]).problems == [
        ("where", "“west” is not a value of area"),
        ("spoken", "“Welsh” is not among the map's languages"),
    ]


def test_answers_to_questions_not_asked_are_left_out_and_counted(clubs: Instrument) -> None:
    result = kept(clubs, {"CL01": 1, "CL02": 5, "CL03": 3, "CL05": 1})
    assert result.sheet.answers == {"CL01": 1, "CL02": 5, "CL03": 3, "CL04": -1, "CL05": -1, "CL06": -1}
    assert (result.off_path, result.why_not) == (1, None)


def test_another_tools_routes_are_kept_when_the_map_says_so(clubs: Instrument) -> None:
    result = kept(clubs, {"CL01": 1, "CL02": 5, "CL03": 3, "CL05": 1}, routes="theirs")
    assert result.sheet.answers["CL05"] == 1
    assert result.off_path == 0


@pytest.mark.parametrize("routes", ["ours", "theirs"])
def test_words_of_children_stay_out_of_a_wave_that_does_not_ask_for_them(clubs: Instrument, routes: str) -> None:
    answers = {"CL01": 1, "CL02": 5, "CL03": 3, "CL06": 1}
    assert kept(clubs, answers, routes).sheet.texts == {"CL06": "More music"}
    closed = kept(clubs, answers, routes, texts_open=False).sheet
    assert (dict(closed.texts), closed.answers["CL06"]) == ({}, -1)


@pytest.mark.parametrize("routes", ["ours", "theirs"])
def test_a_row_with_too_little_or_by_a_stand_in_is_left_out(clubs: Instrument, routes: str) -> None:
    assert kept(clubs, {"CL01": 1, "CL02": 5, "CL03": -3}, routes).why_not == TOO_LITTLE
    assert kept(clubs, {"CL01": 3, "CL02": 5, "CL03": 3}, routes).why_not == HANDED_OVER


def test_a_map_may_say_how_people_had_answered_in_one_of_four_ways() -> None:
    assert a_map({"age": AGE}).response_mode == "import"
    ways = ("online", "paper", "phone", "in_person")
    modes = [a_map({"age": AGE}, mode=way).response_mode for way in ways]
    assert modes == ["import_online", "import_paper", "import_phone", "import_in_person"]
    assert max(map(len, modes)) <= 20  # the width of the column
    with pytest.raises(ValidationError, match="mode"):
        a_map({"age": AGE}, mode="post")


def test_a_map_that_asks_for_one_content_item_needs_no_more(clubs: Instrument) -> None:
    assert kept(clubs, {"CL01": 1, "CL02": 5}).why_not is None


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"a": {"item": "CL99"}}, "column 'a': clubs has no item CL99"),
        ({"a": {"context": "month"}}, "column 'a': clubs has no context field month"),
        ({"a": {"item": "CL02", "labels": {"x": 6}}}, "column 'a': CL02 has no answer with the code 6"),
        (
            {"a": {"item": "CL02", "labels": {"x": "gone"}}},
            "column 'a': 'gone' is neither a code nor a kind of missing",
        ),
        ({"a": {"item": "CL06"}}, "column 'a': CL06 is answered in words: say text: true"),
        ({"a": {"item": "CL02", "text": True}}, "column 'a': CL02 is not answered in words"),
        ({"a": {"item": "CL02", "separator": ";"}}, "column 'a': CL02 takes one answer only"),
        ({"a": {"item": "CL02"}, "b": {"item": "CL02"}}, "two columns answer CL02"),
        ({"a": {"item": "CL04", "option": 1}, "b": {"item": "CL04", "option": 1}}, "two columns are the box 1 of CL04"),
        ({"a": {"item": "CL04", "option": 1}, "b": {"item": "CL04"}}, "CL04 is answered both by a whole column and by"),
        ({"a": {"item": "CL04", "option": 9}}, "column 'a': CL04 has no answer with the code 9"),
    ],
)
def test_a_map_that_speaks_of_what_is_not_there_is_told_so(
    clubs: Instrument, columns: dict[str, Any], sentence: str
) -> None:
    (problem,) = disagreements(a_map(columns), clubs)
    assert problem.startswith(sentence)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"week": None}, "say when people answered"),
        ({"columns": {"a": {"item": "CL02", "context": "area"}}}, "either which item or which context"),
        (
            {"columns": {"a": {"item": "CL02", "text": True, "separator": ";"}}},
            "only one of text, separator and option",
        ),
        ({"columns": {"a": {"item": "CL02", "labels": {"Yes": 1, "yes ": 2}}}}, "the label 'yes' stands twice"),
        ({"ignore": ["age"]}, "the column 'age' is spoken of twice"),
        ({"columns": {}}, "at least 1 item"),
    ],
)
def test_a_map_that_contradicts_itself_is_refused(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        a_map(**({"columns": {"age": AGE}} | changed))
