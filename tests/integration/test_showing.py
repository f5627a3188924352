"""What two things show at once is in the ledger first; waves stand together where they can; files name their day."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask
from lxml import html
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Role
from feedback_app.services import showing
from feedback_app.services.breaking_down import WaveBreakdown, break_down
from feedback_app.services.showing import AGAIN, settle_and_release
from feedback_app.services.snapshots import Taking
from feedback_app.store import engine
from feedback_app.store.engine import reading_only, turn_to_write
from feedback_app.store.tables import ReleasedTable, Wave
from tests.support.commands import CommandLine
from tests.support.grouped import add_grouped, grouped_answers, grouped_instrument, rows_of
from tests.support.summaries import SCOPE, add_answers, add_wave, signed_in

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

BY = "/team/waves/autumn/by"
CROSSED = f"{BY}/locality/TS02?with=provision"
EARLIER = date(2025, 11, 3)


def refuse(*_arguments: Any, **_named: Any) -> bool:
    """Stand for a ledger into which somebody else has always just written."""
    return False


def fail(*_arguments: Any, **_named: Any) -> bool:
    """Stand for a ledger that cannot be written."""
    raise RuntimeError("not written")


@contextmanager
def no_turn(_db: Session) -> Iterator[None]:
    """Stand for a turn to write where nothing is written."""
    yield


def entries(db: Session) -> int:
    """Return how many tables are in the ledger."""
    return db.scalar(select(func.count()).select_from(ReleasedTable)) or 0


def crossed(app: Flask, db: Session) -> WaveBreakdown:
    """Return a question by locality and plan."""
    policy, geography = app.config["PLACES"].only.policy, app.config["PLACES"].only.geography
    by = ("locality", "provision")
    return break_down(db, SCOPE, "autumn", by, policy, language="en_GB", geography=geography, item="TS02")


def without_district() -> Instrument:
    """Return the survey as an earlier version asked it, which did not tell districts."""
    data = grouped_instrument(version=2).model_dump(mode="json", by_alias=True)
    about = data["sections"][0]["items"]
    about[:] = [item for item in about if item["id"] != "TS12"]
    return Instrument.model_validate(data)


def add_earlier(db: Session, slug: str, opens_on: date, instrument: Instrument) -> None:
    """Open an earlier wave of a version of the survey, with its answers."""
    add_answers(db, add_wave(db, instrument, slug), grouped_answers(seed=8), instrument=instrument)
    db.execute(update(Wave).where(Wave.slug == slug).values(opens_on=opens_on))
    db.commit()


def test_a_table_is_settled_anew_a_few_times_and_then_not_shown(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_grouped(db)
    found, settled = crossed(app, db), []
    monkeypatch.setattr(showing, "release", refuse)

    def settle() -> WaveBreakdown:
        settled.append(1)
        return found

    assert settle_and_release(db, SCOPE, Audience.SEND_TEAM, settle, no_turn) is None
    assert len(settled) == AGAIN
    db.rollback()
    page = signed_in(app, db, Role.SEND_TEAM).get(CROSSED)
    assert page.status_code == 503
    assert "North Lancashire" not in page.text


def test_a_terminal_says_that_others_were_faster_and_shows_nothing(
    db: Session, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_grouped(db)
    monkeypatch.setattr(showing, "release", refuse)
    words = ("summary", "--wave", "autumn", "--by", "locality", "--by", "provision", "--item", "TS02")
    done = CommandLine(database_url)(*words)
    assert done.exit_code == 1
    assert "Nothing was shown; run the command again." in done.output
    assert "North Lancashire" not in done.output


def test_after_a_ledger_that_failed_nothing_is_kept_and_the_session_only_reads_again(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_grouped(db)
    monkeypatch.setattr(showing, "release", fail)
    with reading_only():
        with pytest.raises(RuntimeError, match="not written"):
            settle_and_release(db, SCOPE, Audience.SEND_TEAM, lambda: crossed(app, db), turn_to_write)
        assert engine._reading.get()
    assert entries(db) == 0
    monkeypatch.undo()
    with reading_only():
        assert settle_and_release(db, SCOPE, Audience.SEND_TEAM, lambda: crossed(app, db), turn_to_write)
        assert engine._reading.get()
    assert entries(db) == 1


def test_an_earlier_wave_that_did_not_tell_the_groups_is_left_out_and_the_others_stay(app: Flask, db: Session) -> None:
    add_grouped(db)
    add_earlier(db, "before", EARLIER, grouped_instrument())
    add_earlier(db, "first", date(2024, 11, 4), without_district())
    team = signed_in(app, db, Role.SEND_TEAM)
    assert len(rows_of(team.get(f"{BY}/wave/TS02").text)) == 3
    reply = team.get(f"{BY}/wave/TS02?with=district")
    assert reply.status_code == 200
    assert list(rows_of(reply.text))[:3] == [
        "Burnley: November 2025",
        "Burnley: November 2026",
        "Hyndburn: November 2025",
    ]
    by_plan = rows_of(team.get(f"{BY}/wave/TS02?with=provision").text)
    assert list(by_plan)[:3] == ["EHC plan: November 2024", "EHC plan: November 2025", "EHC plan: November 2026"]


def test_waves_are_offered_group_by_group_only_where_two_of_them_tell_the_groups(app: Flask, db: Session) -> None:
    add_grouped(db)
    add_earlier(db, "before", EARLIER, without_district())
    team = signed_in(app, db, Role.SEND_TEAM)
    links = html.document_fromstring(team.get(f"{BY}/wave/TS02").text).xpath("//main//a/@href")
    assert f"{BY}/wave/TS02?with=provision" in links
    assert not [link for link in links if link.endswith(("with=district", "with=locality"))]
    assert team.get(f"{BY}/wave/TS02?with=district").status_code == 404
    assert team.get(f"{BY}/wave/TS02?with=need").status_code == 404


def test_files_of_groups_say_of_which_day_a_lead_sees_them_and_nothing_where_all_answers_count(
    app: Flask, db: Session
) -> None:
    add_grouped(db, closed_from=None)
    policy, geography = app.config["PLACES"].only.policy, app.config["PLACES"].only.geography
    assert Taking(SCOPE, policy, geography, None, date(2026, 11, 16)).take_snapshot(db, "autumn")
    db.commit()
    days = {}
    for role in (Role.WORKSTREAM_LEAD, Role.SEND_TEAM):
        reader = signed_in(app, db, role)
        text = reader.get(f"{BY}/district/TS02/tables.csv").text.removeprefix("\ufeff")
        days[role] = {line["figures_of"] for line in csv.DictReader(io.StringIO(text))}
        for address in (f"{BY}/district/TS02/tables.xlsx", "/team/waves/autumn/tables.xlsx"):
            sheet = openpyxl.load_workbook(io.BytesIO(reader.get(address).data))["Read me"]
            said = {row[0].value: row[1].value for row in sheet.iter_rows()}
            assert said.get("Figures of the day") == ("16 Nov 2026" if role is Role.WORKSTREAM_LEAD else None)
    assert days == {Role.WORKSTREAM_LEAD: {"2026-11-16"}, Role.SEND_TEAM: {""}}


def test_pages_of_groups_say_that_a_few_numbers_are_a_step_further_off_and_whole_waves_do_not(
    app: Flask, db: Session
) -> None:
    add_grouped(db)
    add_earlier(db, "before", EARLIER, grouped_instrument())
    team = signed_in(app, db, Role.SEND_TEAM)
    further = "rounded to the nearest 5, and in a few places a step further, so that nobody can be picked out."
    for address in ("district", "district/TS02", "locality/TS02?with=provision", "wave/TS02?with=district"):
        assert further in " ".join(team.get(f"{BY}/{address}").text.split()), address
    alone = " ".join(team.get(f"{BY}/wave/TS02").text.split())
    assert "Numbers of people are rounded to the nearest 5. Shares are made" in alone
    assert "a step further" not in alone
