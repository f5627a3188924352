"""An export of an invented tool, and what is stored of it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import create_engine, make_url, select
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store.tables import Response, Wave
from tests.support.commands import IMPORTS, CommandLine
from tests.support.surveys import name_reader

ANYSHIRE = Scope("anyshire")
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
HEADING = [
    "Respondent",
    "E-mail",
    "When",
    "Language",
    "Age",
    "How often",
    "Fun",
    "Activities",
    "Alone",
    "Change",
    "Area",
]
AMINA = [
    "1",
    "a@example.org",
    "05/03/2025",
    "English",
    "11 or over",
    "Always",
    "Yes",
    "Sport|Music",
    "Yes",
    "More",
    "N",
]
BEN = ["2", "b@example.org", "12/03/2025", "English", "Under 11", "Not for me", "No", "None of these", "", "", "S"]
CARA = ["3", "c@example.org", "12/03/2025", "English", "Under 11", "Often", "A bit", "", "No", "Less noise", ""]


def run_with_a_wave(database_url: str) -> CommandLine:
    """Return commands on a database with a wave of an earlier year, which asked children for their words."""
    command_line = CommandLine(database_url, invented=True)
    opens = ("--opens", "2025-03-03", "--until", "2025-04-11")
    engine = create_engine(make_url(database_url).set(drivername=_DRIVERS[make_url(database_url).get_backend_name()]))
    with Session(engine) as session:
        name_reader(session, ANYSHIRE.partnership)
        session.commit()
    engine.dispose()
    command_line.must("wave", "open", "--survey", "clubs", "--slug", "clubs-2025", *opens, "--texts-open")
    return command_line


def write(file: Path, *rows: Sequence[str], heading: Sequence[str] = HEADING) -> None:
    """Write an export."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([heading, *rows])


def command(file: Path, *more: str, map_file: Path = IMPORTS / "clubs_map.yaml") -> list[str]:
    """Return the words of an import."""
    where = ["--survey", "clubs", "--wave", "clubs-2025", "--map", str(map_file)]
    return ["responses", "import", str(file), *where, *more]


def into(slug: str, file: Path, *more: str) -> list[str]:
    """Return the words of an import into another wave."""
    return [word if word != "clubs-2025" else slug for word in command(file, *more)]


def waves(db: Session) -> dict[str, Wave]:
    """Return all waves by slug; the session lets go of them."""
    found = {wave.slug: wave for wave in db.scalars(select(Wave))}
    db.expunge_all()
    db.rollback()
    return found


def stored(db: Session) -> list[Response]:
    """Return all responses, by week and answers; the session lets go of them and of its lock."""
    found = sorted(db.scalars(select(Response)), key=lambda one: (one.week, one.answers))
    db.expunge_all()
    db.rollback()
    return found
