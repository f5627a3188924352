"""`summary` from a terminal: aligned lines, JSON and CSV; compared with an earlier wave, weighted where that may be."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.services.demonstrating import seed_survey
from feedback_app.store import waves
from tests.support.audited import list_entries
from tests.support.commands import CommandLine
from tests.support.summaries import SCOPE, add_answers, add_wave, some_answers

TODAY = date(2026, 11, 21)
NOW, THEN = "send-parents-2026", "send-parents-2025"
SUMMARY = ("summary", "--wave", NOW)
COMPARED = (*SUMMARY, "--compare", THEN)


@pytest.fixture
def plain(database_url: str) -> CommandLine:
    """Commands on a migrated database without waves."""
    return CommandLine(database_url)


@pytest.fixture
def run(app: Flask, db: Session, plain: CommandLine) -> CommandLine:
    """Commands on a database with the demonstration's two waves of the parents' survey."""
    shelf = app.config["PLACES"].only.shelf
    document, planted = shelf.load_document("send_parents"), shelf.load_demonstration().of("send_parents")
    seed_survey(db, SCOPE, document, TODAY, "en_GB", planted=planted)
    db.commit()
    return plain


def rows_of(printed: str) -> list[dict[str, str]]:
    """Return the lines of a CSV file by heading."""
    return list(csv.DictReader(io.StringIO(printed)))


def test_the_table_fits_a_hundred_columns_and_gives_each_figure_range_base_and_unit(run: CommandLine) -> None:
    printed = run.must(*COMPARED, "--weighted")
    assert [line for line in printed.splitlines() if len(line) > 100 or line != line.rstrip()] == []
    assert "About 345 answers." in printed
    assert "Demonstration: every answer is made up." in printed
    assert "These are the views of the people who chose to answer." in printed
    lines = printed.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("PC20 "))
    assert lines[at].endswith("Overall, how satisfied are you with the SEND support your child gets?")
    share, weighted, mean = (lines[at + step].split(maxsplit=6) for step in (1, 2, 3))
    assert share[0].endswith("%")
    assert share[2] == "to"
    assert share[4:6] == ["base", "325"]
    assert share[6] == "csat: Satisfied or Very satisfied"
    assert weighted[6] == "the same, weighted"
    assert " ".join(mean).endswith("out of 100: mean satisfaction")
    assert "points from -100 to 100: nps" in printed


def test_what_changed_is_told_family_by_family_with_verdict_size_and_the_reason_where_not(run: CommandLine) -> None:
    printed = run.must(*COMPARED)
    assert f"What changed in {NOW} since {THEN}" in printed
    told = " ".join(printed.split())
    assert "About 310 answers then, about 345 answers now. Looked at alone, a question that all answered would" in told
    assert "most likely show 11 points." in told
    assert "one with the usual number of answers would most likely show 16 points" in told
    assert "Questions everybody is asked 19 looked at together; each verdict allows for that" in told
    assert "higher: +15 points (range 7 to 23); 47% (base 285) then, 62% (base 315) now; p 0.01" in told
    assert "lower: -15 points (range -24 to -5)" in told
    assert "no clear change: could be anywhere from" in told
    assert "too few answers in the earlier wave: Has anyone talked with you about the move to adult health" in told
    assert "Weighted" not in printed


def test_json_holds_the_summary_and_the_comparison_under_stable_keys(run: CommandLine) -> None:
    data = json.loads(run.must(*COMPARED, "--weighted", "--format", "json"))
    assert {"wave", "survey", "version", "responses", "items", "scales", "weighting", "who_answered", "quality"} <= set(
        data
    )
    compared = data["comparison"]
    assert set(compared) == {
        "survey", "before", "after", "weighted", "detectable_change", "families", "not_compared",
    }  # fmt: skip
    assert compared["weighted"] is True
    assert [family["family"] for family in compared["families"]] == ["core", "modules", "scales"]
    change = compared["families"][0]["changes"][0]
    assert {"code", "name", "before", "after", "change", "low", "high", "verdict", "p", "m", "weighted"} <= set(change)
    assert "comparison" not in json.loads(run.must(*SUMMARY, "--format", "json"))


def test_csv_has_one_row_a_figure_and_weighted_ones_only_when_asked(run: CommandLine) -> None:
    rows = rows_of(run.must(*SUMMARY, "--format", "csv"))
    assert list(rows[0]) == [
        "wave", "item", "question", "figure", "value", "low", "high", "base", "unit", "weighted", "small_group",
        "of_list", "withheld",
    ]  # fmt: skip
    assert (rows[0]["figure"], rows[0]["value"], rows[0]["unit"]) == ("responses", "345", "people")
    assert {row["weighted"] for row in rows} == {"no"}
    score = next(row for row in rows if row["figure"] == "nps")
    assert (score["item"], score["unit"]) == ("PC22", "score")
    assert int(score["low"]) < int(score["value"]) < int(score["high"])
    assert {row["item"] for row in rows if row["figure"] == "alpha"} >= {"OUTCOMES6", "VOICE_ACCESS"}
    hidden = [row for row in rows if row["withheld"]]
    assert hidden
    assert all(row["value"] == "" for row in hidden)
    both = rows_of(run.must(*SUMMARY, "--format", "csv", "--weighted"))
    assert [row for row in both if row["weighted"] == "no"] == rows
    assert len(both) > len(rows)


def test_csv_of_a_comparison_has_the_change_beside_its_figure_and_each_refusal_once(run: CommandLine) -> None:
    rows = rows_of(run.must(*COMPARED, "--format", "csv"))
    (kind,) = [row for row in rows if row["item"] == "PC15" and row["verdict"]]
    assert (kind["figure"], kind["verdict"], kind["family"], kind["m"]) == ("top_two_box", "higher", "core", "19")
    assert kind["after"] == kind["value"]
    assert int(kind["change_low"]) < int(kind["change"]) < int(kind["change_high"])
    assert [row["reason"] for row in rows if row["item"] == "PC37" and row["reason"]] == ["too_few_before"]
    assert not any(row["verdict"] and row["reason"] for row in rows)


def test_what_stands_in_csv_is_protected(plain: CommandLine, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(163))
    add_answers(db, add_wave(db, slug="small"), some_answers(7))
    rows = rows_of(plain.must("summary", "--wave", "autumn", "--format", "csv"))
    assert {int(row["base"]) % 5 for row in rows} == {0}
    few = rows_of(plain.must("summary", "--wave", "small", "--format", "csv"))
    assert {row["base"] for row in few} == {"<10"}
    assert {row["value"] for row in few} == {""}
    printed = plain.must("summary", "--wave", "small")
    assert "Fewer than 10 answers." in printed
    assert "not shown: fewer than 10 answers" in printed


def test_ranges_of_a_list_are_marked_and_a_list_too_short_is_said_to_be_wrong(plain: CommandLine, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(150))
    waves.set_invited(db, wave.id, 200)
    db.commit()
    printed = plain.must("summary", "--wave", "autumn")
    assert "Everybody on a list of 200 was invited: a range with * is that of the list." in printed
    lines = printed.splitlines()
    marked = [at for at, line in enumerate(lines) if "*" in line and " to " in line and "base" in line]
    assert marked
    rows = rows_of(plain.must("summary", "--wave", "autumn", "--format", "csv"))
    assert sum(row["of_list"] == "yes" for row in rows) == len(marked)
    assert {row["of_list"] for row in rows if row["item"] == "TS03"} == {"no"}  # only some were asked that
    waves.set_invited(db, wave.id, 149)
    db.commit()
    printed = plain.must("summary", "--wave", "autumn")
    assert "Everybody on a list of 149 was invited, but more answered. So the list is wrong" in printed
    assert "*" not in printed


def test_where_nothing_can_be_weighted_it_says_why_and_prints_the_rest(plain: CommandLine, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(160))
    done = plain("summary", "--wave", "autumn", "--weighted")
    assert done.exit_code == 0
    assert done.stderr == (
        "autumn has no weighted figures: nobody knows how many people this survey could have been answered by. "
        "Its figures are unweighted.\n"
    )
    assert "csat: Satisfied or Very satisfied" in done.stdout
    assert "weighted" not in done.stdout


def test_waves_that_cannot_stand_side_by_side_are_refused_in_a_sentence(run: CommandLine, db: Session) -> None:
    add_wave(db)
    for wave, earlier, said in (
        (NOW, NOW, f"{NOW} cannot be compared with itself."),
        (NOW, "autumn", f"{NOW} and autumn are waves of different surveys."),
        (THEN, NOW, f"{NOW} did not begin before {THEN}: name the earlier wave with --compare."),
        (NOW, "nothing", "There is no survey or wave called nothing."),
        ("nothing", THEN, "There is no survey or wave called nothing."),
    ):
        refused = run("summary", "--wave", wave, "--compare", earlier)
        assert refused.exit_code == 2
        assert said in refused.stderr
        assert refused.stdout == ""


def test_exact_figures_are_of_one_wave_and_unweighted(plain: CommandLine, db: Session) -> None:
    add_answers(db, add_wave(db), some_answers(163))
    for more in (("--weighted",), ("--compare", "spring"), ("--format", "csv")):
        refused = plain("summary", "--wave", "autumn", "--exact", *more)
        assert refused.exit_code == 2
        assert "Exact figures are of one wave, unweighted, as table or json" in refused.stderr
    assert list_entries(db, SCOPE, "autumn")[1:] == []
    db.rollback()
    done = plain("summary", "--wave", "autumn", "--exact", "--reason", "to check")
    assert "Responses: 163" in done.stdout
    assert "TS04     csat " in done.stdout
    assert list_entries(db, SCOPE, "autumn")[-1].reason == "to check"
