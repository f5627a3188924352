"""The marks by which imported rows are known again: under a key of the wave's own, gone with people's words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from feedback_app.services.importing import import_key
from feedback_app.store.bulk import keep_import_key
from feedback_app.store.retention import delete_words
from feedback_app.store.waves import find_wave
from tests.support.commands import IMPORTS, CommandLine
from tests.support.imports import AMINA, ANYSHIRE, BEN, command, into, run_with_a_wave, stored, waves, write


@pytest.fixture
def run(database_url: str) -> CommandLine:
    """Commands on a database with a wave of an earlier year, which asked children for their words."""
    return run_with_a_wave(database_url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test's file lies."""
    return tmp_path / "export.csv"


def test_a_mark_tells_nothing_without_its_waves_own_key(run: CommandLine, file: Path, db: Session) -> None:
    write(file, AMINA)
    run.must("wave", "open", "--survey", "clubs", "--slug", "clubs-again", "--opens", "2025-05-05", "--texts-open")
    run.must(*command(file))
    assert {wave.import_key for wave in waves(db).values()} == {None}
    for slug in ("clubs-2025", "clubs-again"):
        run.must(*into(slug, file, "--apply"))
    keys = [wave.import_key for wave in waves(db).values()]
    assert [len(key or b"") for key in keys] == [32, 32]
    assert len(set(keys)) == 2
    assert len({one.source_hash for one in stored(db)}) == 2


def test_marks_and_key_go_with_the_words_and_the_wave_takes_no_more(run: CommandLine, file: Path, db: Session) -> None:
    write(file, AMINA, BEN)
    later = ("--opens", "2025-04-12", "--until", "2025-05-30", "--texts-open")
    run.must("wave", "open", "--survey", "clubs", "--slug", "clubs-later", *later)
    for slug in ("clubs-2025", "clubs-later"):
        run.must(*into(slug, file, "--apply"))
    assert delete_words(db, ANYSHIRE, date(2025, 4, 12)) == 1
    db.commit()
    found = waves(db)
    assert found["clubs-2025"].import_key is None
    assert found["clubs-later"].import_key is not None
    assert sorted(one.source_hash is None for one in stored(db)) == [False, False, True, True]
    for more in ((), ("--apply",)):
        refused = run(*into("clubs-2025", file, *more))
        assert refused.exit_code == 2
        assert "clubs-2025 takes no more imports: people's own words in it were deleted" in refused.stderr
    assert "Rows: 2. New: 0. In the wave already: 2." in run.must(*into("clubs-later", file))
    assert len(stored(db)) == 4


def test_a_wave_whose_marks_are_gone_takes_no_more_however_its_rows_were_collected(
    run: CommandLine, file: Path, db: Session
) -> None:
    by_phone = file.with_name("by_phone.yaml")
    by_phone.write_text((IMPORTS / "clubs_map.yaml").read_text(encoding="utf-8") + "mode: phone\n", encoding="utf-8")
    write(file, AMINA)
    run.must(*command(file, "--apply", map_file=by_phone))
    assert delete_words(db, ANYSHIRE, date(2025, 4, 12)) == 1
    db.commit()
    refused = run(*command(file, "--apply", map_file=by_phone))
    assert refused.exit_code == 2
    assert "clubs-2025 takes no more imports" in refused.stderr


def test_in_a_wave_without_an_end_marks_go_with_the_first_words(run: CommandLine, file: Path, db: Session) -> None:
    write(file, AMINA)
    run.must("wave", "open", "--survey", "clubs", "--slug", "clubs-ever", "--opens", "2025-05-05", "--texts-open")
    run.must(*into("clubs-ever", file, "--apply"))
    assert delete_words(db, ANYSHIRE, date(2025, 3, 9)) == 0
    db.commit()
    assert waves(db)["clubs-ever"].import_key is not None
    assert delete_words(db, ANYSHIRE, date(2025, 3, 10)) == 1
    db.commit()
    assert waves(db)["clubs-ever"].import_key is None
    assert [one.source_hash for one in stored(db)] == [None]


def test_two_first_imports_at_once_do_not_mark_by_two_keys(run: CommandLine, db: Session) -> None:
    wave = find_wave(db, ANYSHIRE, "clubs-2025")
    assert wave is not None
    first, second = import_key(db, wave), import_key(db, wave)
    assert first != second
    assert keep_import_key(db, wave.id, first)
    assert not keep_import_key(db, wave.id, second)
    assert import_key(db, wave) == first
