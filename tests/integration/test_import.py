"""`responses import`: a dry run first, all or nothing, the same file twice changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.store.comment_tables import Comment
from feedback_app.store.responses import decode_answers
from tests.support.audited import list_entries
from tests.support.commands import IMPORTS, CommandLine
from tests.support.imports import AMINA, ANYSHIRE, BEN, CARA, HEADING, command, into, run_with_a_wave, stored, write


@pytest.fixture
def run(database_url: str) -> CommandLine:
    """Commands on a database with a wave of an earlier year, which asked children for their words."""
    return run_with_a_wave(database_url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test's file lies."""
    return tmp_path / "export.csv"


def test_a_dry_run_counts_and_writes_nothing(run: CommandLine, file: Path, db: Session) -> None:
    write(file, AMINA, BEN)
    printed = run.must(*command(file))
    assert "Rows: 2. New: 2. In the wave already: 0." in printed
    assert "Nothing was written: this was the check. Run it again with --apply." in printed
    assert stored(db) == []


def test_columns_become_answers_breakdowns_context_and_words(run: CommandLine, file: Path, db: Session) -> None:
    write(file, AMINA, BEN)
    assert "Responses added to clubs-2025: 2." in run.must(*command(file, "--apply"))
    amina, ben = stored(db)
    assert decode_answers(amina.answers) == {"CL01": 2, "CL02": 5, "CL03": 3, "CL04": (1, 2), "CL05": 1, "CL06": 1}
    assert decode_answers(ben.answers) == {"CL01": 1, "CL02": -9, "CL03": 1, "CL04": (4,), "CL05": -1, "CL06": -3}
    assert (amina.week, ben.week) == (date(2025, 3, 3), date(2025, 3, 10))
    assert (amina.district, amina.age_band, ben.district, ben.age_band) == (1, 2, 2, 1)
    assert (amina.mode, amina.form, amina.language, amina.pace) == ("import", "standard", "en_GB", None)
    assert amina.context == '{"area":"northam"}'
    (words,) = db.scalars(select(Comment))
    assert (words.response_id, words.item, words.words) == (amina.id, "CL06", "More")
    entries = list_entries(db, ANYSHIRE, "clubs-2025")
    assert [entry.action for entry in entries] == ["wave opened", "responses imported"]


def test_how_people_had_answered_is_kept_where_the_map_says_it(run: CommandLine, file: Path, db: Session) -> None:
    on_paper = file.with_name("on_paper.yaml")
    on_paper.write_text((IMPORTS / "clubs_map.yaml").read_text(encoding="utf-8") + "mode: paper\n", encoding="utf-8")
    write(file, AMINA)
    run.must(*command(file, "--apply", map_file=on_paper))
    assert [one.mode for one in stored(db)] == ["import_paper"]
    assert "New: 0. In the wave already: 1." in run.must(*command(file))  # it is the same row, however it was collected


def test_the_same_file_twice_changes_nothing(run: CommandLine, file: Path, db: Session) -> None:
    write(file, AMINA, BEN, BEN)
    run.must(*command(file, "--apply"))
    again = run.must(*command(file, "--apply"))
    assert "Rows: 3. New: 0. In the wave already: 3." in again
    assert "There is nothing to write." in again
    assert len(stored(db)) == 3


def test_an_extended_export_adds_only_what_is_new_whatever_its_order(run: CommandLine, file: Path, db: Session) -> None:
    write(file, AMINA, BEN)
    run.must(*command(file, "--apply"))
    write(file, CARA, BEN, BEN, AMINA)
    assert "Rows: 4. New: 2. In the wave already: 2." in run.must(*command(file))
    run.must(*command(file, "--apply"))
    assert len(stored(db)) == 4


def test_what_the_map_ignores_has_no_part_in_what_is_kept(run: CommandLine, file: Path, db: Session) -> None:
    write(file, AMINA)
    run.must(*command(file, "--apply"))
    write(file, ["99", "other@example.org", *AMINA[2:]])
    assert "Rows: 1. New: 0. In the wave already: 1." in run.must(*command(file))
    assert len(stored(db)) == 1


def test_each_problem_is_told_with_row_and_column_and_nothing_is_written(
    run: CommandLine, file: Path, db: Session
) -> None:
    wrong = [*BEN[:5], "Daily", "Maybe", "Sport|None of these", *BEN[8:]]
    write(file, AMINA, wrong, CARA[:4], ["", *CARA[1:2], "31/02/2025", "Welsh", *CARA[4:]])
    done = run(*command(file, "--apply"))
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "row 3, column 'How often': “Daily” is not among the labels of the map",
        "row 3, column 'Fun': “Maybe” is not among the labels of CL03",
        "row 3, column 'Activities': these answers do not go together: one of them stands alone",
        "row 4: has 4 cells, but the heading has 11",
        "row 5, column 'When': “31/02/2025” is not a date as %d/%m/%Y has it",
        "row 5, column 'Language': “Welsh” is not among the map's languages",
    ]
    assert "Nothing was written." in done.stdout
    assert stored(db) == []


def test_fifty_problems_are_shown_and_the_rest_is_counted(run: CommandLine, file: Path) -> None:
    write(file, *[[*BEN[:5], "Daily", *BEN[6:]]] * 73)
    done = run(*command(file))
    assert len(done.stderr.splitlines()) == 51
    assert done.stderr.splitlines()[-1] == "... and 23 problems more"


def test_columns_that_are_missing_unknown_or_double_are_told(run: CommandLine, file: Path) -> None:
    write(file, AMINA, heading=[*HEADING[:9], "Comment", "Area"])
    done = run(*command(file))
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "row 1: there is no column 'Change', which the map reads",
        "row 1: the map does not say what the column 'Comment' is; add it to columns or to ignore",
    ]
    write(file, [*AMINA, "N"], heading=[*HEADING, "Area"])
    assert run(*command(file)).stderr == "row 1: the column 'Area' stands twice\n"
    file.write_text("", encoding="utf-8")
    assert run(*command(file)).stderr == "row 1: there is no heading; the first row names the columns\n"


def test_a_file_that_breaks_off_in_the_middle_brings_nothing_in(run: CommandLine, file: Path, db: Session) -> None:
    write(file, AMINA, BEN)
    with file.open("a", encoding="utf-8") as opened:
        opened.write('3,c@example.org,"12/03/2025,English\n')
    done = run(*command(file, "--apply"))
    assert done.exit_code == 1
    assert done.stderr.startswith("row 4: the file ends inside a quotation")
    assert stored(db) == []


def test_rows_that_make_no_response_are_left_out_and_counted(run: CommandLine, file: Path, db: Session) -> None:
    nearly_empty = [*BEN[:5], "", "Yes", "", "", "", ""]
    by_a_parent = [*BEN[:4], "Adult", *BEN[5:]]
    write(file, AMINA, nearly_empty, by_a_parent, CARA)
    printed = run.must(*command(file, "--apply"))
    assert "Rows: 4. New: 2. In the wave already: 0." in printed
    assert "Rows left out, too few answers to count as a response: 1." in printed
    assert "Rows left out, somebody answered in another's place: 1." in printed
    assert "Answers left out: 1. This survey would not have asked those questions." in printed
    assert len(stored(db)) == 2


def test_words_of_children_stay_out_where_the_wave_does_not_ask_for_them(
    run: CommandLine, file: Path, db: Session
) -> None:
    run.must("wave", "open", "--survey", "clubs", "--slug", "clubs-quiet", "--opens", "2025-05-05")
    write(file, AMINA)
    run.must(*into("clubs-quiet", file, "--apply"))
    assert decode_answers(stored(db)[0].answers)["CL06"] == -1
    assert list(db.scalars(select(Comment))) == []


def test_a_changed_map_does_not_bring_the_same_answers_in_twice(
    run: CommandLine, file: Path, db: Session, tmp_path: Path
) -> None:
    write(file, AMINA, BEN)
    run.must(*command(file, "--apply"))
    changed = tmp_path / "map.yaml"
    text = (IMPORTS / "clubs_map.yaml").read_text(encoding="utf-8")
    changed.write_text(text.replace("source: clubs tool, spring", "source: clubs tool, again"), encoding="utf-8")
    refused = run(*command(file, "--apply", map_file=changed))
    assert refused.exit_code == 2
    assert "The wave has 2 imported responses, and none of this file's rows is among them." in refused.stderr
    assert len(stored(db)) == 2
    run.must(*command(file, "--apply", "--another-file", map_file=changed))
    assert len(stored(db)) == 4


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("source: clubs tool, spring", "", "source is missing"),
        ("item: CL03", "itme: CL03", "itme is not something that can be said here"),
        ("item: CL03", "item: CL99", "column 'Fun': clubs has no item CL99"),
        ("Never: 1", "Never: 9", "column 'How often': CL02 has no answer with the code 9"),
        ("Never: 1", "Never: none", "'none' is neither a code nor a kind of missing"),
        ("ignore: [", "ignore: [Age, ", "the column 'Age' is spoken of twice"),
        ("columns:", "columns: [", "this is not YAML"),
    ],
)
def test_a_mistake_in_the_map_is_said_in_one_sentence(
    sqlite_run: CommandLine, file: Path, tmp_path: Path, before: str, after: str, sentence: str
) -> None:
    write(file, AMINA)
    spoilt = tmp_path / "map.yaml"
    text = (IMPORTS / "clubs_map.yaml").read_text(encoding="utf-8")
    assert before in text
    spoilt.write_text(text.replace(before, after, 1), encoding="utf-8")
    refused = sqlite_run(*command(file, map_file=spoilt))
    assert refused.exit_code in {1, 2}
    assert sentence in refused.stderr
    assert "Traceback" not in refused.output


@pytest.fixture
def sqlite_run(sqlite_template: Path, tmp_path: Path) -> CommandLine:
    """Commands on SQLite alone, for what the database has no part in."""
    from tests.support.databases import copy_sqlite

    on_sqlite = CommandLine(copy_sqlite(sqlite_template, tmp_path), invented=True)
    on_sqlite.must("wave", "open", "--survey", "clubs", "--slug", "clubs-2025", "--opens", "2025-03-03")
    return on_sqlite


def test_a_wave_of_another_survey_is_refused(run: CommandLine, file: Path) -> None:
    write(file, AMINA)
    refused = run(*[word if word != "clubs" else "nhs_fft" for word in command(file)])
    assert refused.exit_code == 2
    assert "clubs-2025 is a wave of clubs, not of nhs_fft." in refused.stderr


def test_a_friends_and_family_export_is_brought_in_and_summed_up(run: CommandLine, file: Path) -> None:
    heading = [
        "comment_id", "trust", "service", "rating_1_best_5_worst", "question", "comment", "sentiment_1_best_5_worst",
        "labels",
    ]  # fmt: skip
    ratings = ["1"] * 6 + ["2"] * 2 + ["3", "5", "6", "7"]
    rows = [[str(n), "A", "B", rating, "What  was\ngood?", f"Words {n}", "", ""] for n, rating in enumerate(ratings)]
    write(file, *rows, heading=heading)
    run.must("wave", "open", "--survey", "nhs_fft", "--slug", "fft", "--opens", "2023-01-02")
    where = ["--survey", "nhs_fft", "--wave", "fft", "--map", str(IMPORTS / "nhs_fft_map.yaml"), "--apply"]
    assert "Responses added to fft: 12." in run.must("responses", "import", str(file), *where)
    assert "csat 80.0 (49.0 to 94.3)" in run("summary", "--wave", "fft", "--exact").stdout
