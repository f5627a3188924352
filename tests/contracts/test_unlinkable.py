"""Nothing stored joins a response to a person, a device, a moment or an order of arrival (house rule 7)."""

from __future__ import annotations

from sqlalchemy import Date, DateTime, Integer, Table, Uuid

import feedback_app.store.accounts
import feedback_app.store.comment_tables  # noqa: F401 - their tables belong to the metadata
from feedback_app.store.tables import Base, random_id

TABLES = Base.metadata.tables
ANSWERS = ("response", "comment")
OF_A_WAVE = {"wave", "instrument_version", "response", "voice"}


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
