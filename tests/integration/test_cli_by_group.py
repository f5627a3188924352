"""`summary --by` from a terminal: aligned lines, JSON and CSV of protected groups; what is not made is refused."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.store.tables import ReleasedTable, Wave
from tests.support.commands import CommandLine
from tests.support.grouped import add_grouped

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

SUMMARY = ("summary", "--wave", "autumn")


@pytest.fixture
def run(db: Session, database_url: str) -> CommandLine:
    """Commands on a database with a wave told apart by district and plan."""
    add_grouped(db)
    return CommandLine(database_url)


def test_a_question_by_district_fits_a_hundred_columns_and_says_what_is_private(run: CommandLine) -> None:
    printed = run.must(*SUMMARY, "--by", "district", "--item", "TS02")
    assert [line for line in printed.splitlines() if len(line) > 100 or line != line.rstrip()] == []
    told = " ".join(printed.split())
    assert "autumn: How is it?, by district" in told
    assert "Some numbers are kept private so that nobody can be picked out." in told
    assert "rounded to the nearest 5, in a few places a step further, for the same reason." in told
    assert "Figure: Often or Always" in told
    assert "Lancaster" in told
    assert "base 60" in told
    assert "Hyndburn base <10 not shown: fewer than 10 answers" in told
    assert "South Ribble" in told
    assert "small group" in told


def test_all_questions_by_one_thing_have_their_main_figure(run: CommandLine) -> None:
    printed = run.must(*SUMMARY, "--by", "provision")
    assert [line for line in printed.splitlines() if len(line) > 100 or line != line.rstrip()] == []
    assert "TS13" not in printed
    assert "TS12" not in printed
    assert "Waiting or no plan" in printed
    assert "not shown: not asked" in printed


def test_two_at_once_are_for_one_question_and_go_into_the_ledger(db: Session, run: CommandLine) -> None:
    by = ("--by", "provision", "--by", "locality")
    assert "name it with --item" in run(*SUMMARY, *by).output
    printed = run.must(*SUMMARY, *by, "--item", "TS02")
    assert "North Lancashire, EHC plan" in printed
    assert run.must(*SUMMARY, *by, "--item", "TS02") == printed
    assert list(db.execute(select(ReleasedTable.by, ReleasedTable.audience))) == [("locality,provision", "send_team")]


def test_json_and_csv_hold_safe_numbers_alone(run: CommandLine) -> None:
    data = json.loads(run.must(*SUMMARY, "--by", "district", "--item", "TS02", "--format", "json"))
    assert (data["wave"], data["by"]) == ("autumn", ["district"])
    (table,) = data["items"]
    small = next(group for group in table["groups"] if group["group"] == [4])
    assert small == {"group": [4], "base": {"fewer_than": 10}, "withheld": "R0", "reason": "fewer_than_10"}
    printed = run.must(*SUMMARY, "--by", "district", "--item", "TS02", "--format", "csv")
    lines = list(csv.DictReader(io.StringIO(printed)))
    assert {line["group"] for line in lines} >= {"Burnley", "Lancaster"}
    assert [line["withheld"] for line in lines if line["group"] == "Hyndburn"] == ["fewer_than_10"]
    assert {line["figures_of"] for line in lines} == {""}
    assert all(int(line["people"]) % 5 == 0 for line in lines if line["people"].isdigit())


def test_a_question_stands_beside_earlier_waves_in_every_form(db: Session, run: CommandLine) -> None:
    add_grouped(db, "before", seed=8)
    db.execute(update(Wave).where(Wave.slug == "before").values(opens_on=date(2025, 11, 3)))
    db.commit()
    wanted = (*SUMMARY, "--by", "wave", "--item", "TS02")
    printed = run.must(*wanted)
    assert printed.index("  before") < printed.index("  autumn")
    assert "Figure: Often or Always" in printed
    assert "Whether a change can be told: summary --wave autumn --compare before" in printed
    data = json.loads(run.must(*wanted, "--format", "json"))
    assert [one["wave"] for one in data["waves"]] == ["before", "autumn"]
    lines = list(csv.DictReader(io.StringIO(run.must(*wanted, "--format", "csv"))))
    assert list(dict.fromkeys(line["group"] for line in lines)) == ["before", "autumn"]
    figures = {line["group"]: line["figure"] for line in lines if line["answer"] == "top_two_box"}
    assert figures == {one["wave"]: str(one["headline"]["value"]) for one in data["waves"]}


def test_a_hidden_number_says_up_to_which_one_it_can_be(run: CommandLine) -> None:
    printed = run.must(*SUMMARY, "--by", "district", "--item", "TS04")
    assert "fewer than 8 people" in printed
    assert "A hidden number can be any from 0 to 7." in " ".join(printed.split())
    lines = list(
        csv.DictReader(io.StringIO(run.must(*SUMMARY, "--by", "district", "--item", "TS04", "--format", "csv")))
    )
    assert {line["withheld"] for line in lines if line["people"] == "c"} == {"0 to 7"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--by", "need"), "autumn cannot be broken down by need. It can be by: locality, district, provision"),
        (("--by", "district", "--item", "TS13"), "autumn has no question TS13 whose answers are broken down."),
        (("--by", "district", "--by", "locality", "--item", "TS02"), "tell the same people apart"),
        (("--by", "district", "--by", "provision", "--by", "locality", "--item", "TS02"), "two things at the most"),
        (("--item", "TS02"), "Say what to break TS02 down by: summary --wave autumn --by district --item TS02"),
        (("--by", "district,provision"), "Name one thing after each --by: --by district --by provision"),
        (("--by", "wave"), "name it with --item"),
        (("--by", "wave", "--by", "district", "--item", "TS02"), "--by wave stands alone"),
        (("--by", "wave", "--item", "TS02"), "No earlier wave asked TS02 alike"),
        (("--by", "wave", "--item", "TS13"), "autumn has no question TS13 whose answers are broken down."),
        (("--by", "district", "--exact"), "without --compare, --weighted, --exact"),
        (("--by", "district", "--weighted"), "without --compare, --weighted, --exact"),
        (("--by", "district", "--compare", "before"), "without --compare, --weighted, --exact"),
    ],
)
def test_what_is_not_made_is_refused_with_what_to_do(run: CommandLine, words: tuple[str, ...], said: str) -> None:
    done = run(*SUMMARY, *words)
    assert done.exit_code == 2
    assert said in " ".join(done.output.split())
