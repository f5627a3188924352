"""Nothing stored joins a response to a person, a device, a moment or an order of arrival (house rule 7)."""

from __future__ import annotations

from inspect import signature

from sqlalchemy import Date, DateTime, Integer, Table, Uuid

import feedback_app.store.accounts
import feedback_app.store.comment_tables
import feedback_app.store.talk_tables  # noqa: F401 - their tables belong to the metadata
from feedback_app.services import finishing_talks
from feedback_app.store.tables import Base, random_id

TABLES = Base.metadata.tables
ANSWERS = ("response", "comment")
OF_A_WAVE = {"wave", "instrument_version", "response", "voice"}
SAID = {"response", "comment", "voice", "talk_question", "talk_note"}  # what somebody answered, asked or said
BOOKED = {"booking", "sign_up", "access_need", "talk_offer", "talk_message"}  # who booked, and all about it


def _points_to(table: Table) -> set[str]:
    return {key.column.table.name for key in table.foreign_keys}


def test_a_response_points_only_to_its_wave_and_its_questions() -> None:
    for name in ANSWERS:
        assert _points_to(TABLES[name]) <= OF_A_WAVE


def test_only_its_own_words_point_to_a_response() -> None:
    assert [name for name, table in TABLES.items() if "response" in _points_to(table)] == ["comment"]


def test_a_response_has_no_time_nearer_than_the_week() -> None:
    for name in ANSWERS:
        columns = TABLES[name].columns
        assert not [column.name for column in columns if isinstance(column.type, DateTime)]
        assert [column.name for column in columns if isinstance(column.type, Date)] in ([], ["week"])


def test_a_response_has_no_number_that_tells_the_order_of_arrival() -> None:
    for name in ANSWERS:
        table = TABLES[name]
        assert [type(column.type) for column in table.primary_key] == [Uuid]
        assert table.dialect_options["sqlite"]["with_rowid"] is False
        integers = [column for column in table.columns if isinstance(column.type, Integer)]
        assert not [column for column in integers if column.autoincrement is True]


def test_random_ids_tell_nothing_of_time() -> None:
    made = [random_id() for _ in range(200)]
    assert len(set(made)) == 200
    assert sorted(made, key=lambda made_id: made_id.bytes) != made


def test_no_column_of_a_survey_could_hold_an_address_a_browser_or_a_name() -> None:
    for name in (*ANSWERS, "draft", "break_off", "collector", "outbox_job", "code_failures"):
        columns = set(TABLES[name].columns.keys())
        assert not columns & {
            "ip",
            "address",
            "remote_addr",
            "user_agent",
            "user_id",
            "name_of_person",
            "email",
            "phone",
        }


def test_a_job_carries_no_time_of_asking() -> None:
    times = [column.name for column in TABLES["outbox_job"].columns if isinstance(column.type, DateTime)]
    assert times == ["not_before"]


def test_a_draft_and_a_response_share_no_column_that_would_match() -> None:
    shared = set(TABLES["draft"].columns.keys()) & set(TABLES["response"].columns.keys())
    assert shared <= {"wave_id", "language", "collector"}


def _reached(start: str, not_through: set[str]) -> set[str]:
    """Return the tables that joins lead to from a table, in whichever direction, through others but some."""
    joins = {(name, other) for name, table in TABLES.items() for other in _points_to(table)}
    joins |= {(other, name) for name, other in joins}
    reached, waiting = set[str](), [start]
    while waiting:
        at = waiting.pop()
        if at not in reached | not_through:
            reached.add(at)
            waiting += [other for name, other in joins if name == at]
    return reached


def test_no_join_leads_from_a_booking_to_an_answer_but_that_both_are_of_one_talk() -> None:
    for name in BOOKED:
        assert "talk" in _reached(name, set()), "the looking finds nothing at all"
        assert not _reached(name, {"talk"}) & (SAID | {"wave"})


def test_a_question_and_a_note_know_their_talk_and_nothing_of_a_booking() -> None:
    assert set(TABLES["talk_question"].columns.keys()) == {"voice_id", "talk_id", "answered"}
    assert set(TABLES["talk_note"].columns.keys()) == {"voice_id", "talk_id", "theme"}
    assert _points_to(TABLES["voice"]) == set()


def test_what_is_said_and_who_booked_stand_in_no_order_and_what_is_said_has_no_time() -> None:
    for name in SAID | BOOKED - {"talk_offer", "talk_message"}:
        assert TABLES[name].dialect_options["sqlite"]["with_rowid"] is False, name
    for name in SAID | BOOKED:
        assert all(isinstance(column.type, Uuid) for column in TABLES[name].primary_key), name
    for name in SAID:
        assert not [column.name for column in TABLES[name].columns if isinstance(column.type, DateTime)]


def test_no_column_of_what_was_said_could_hold_a_booking() -> None:
    numbers = {
        (name, column.name)
        for name in SAID
        for column in TABLES[name].columns
        if isinstance(column.type, Uuid) and not column.primary_key
    }
    assert all(TABLES[name].columns[column].foreign_keys for name, column in numbers)
    alike = {name for said in SAID for name in TABLES[said].columns} & {
        name for booked in BOOKED for name in TABLES[booked].columns
    }
    assert alike <= {"id", "partnership", "language", "district", "talk_id", "kind"}


def test_the_feedback_link_is_made_of_the_topic_and_the_day_alone() -> None:
    asked = signature(finishing_talks.find_feedback_path).parameters
    assert set(asked) == {"db", "scope", "programme", "topic", "today"}
