"""Whether the program can do its work, and what waits: for whoever runs it, and for what sends requests to it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from feedback_app.services.sealing import keys_open
from feedback_app.store import operating

LEAST_FREE_BYTES = 32 * 1024 * 1024
_REVISION = re.compile(r'^(revision|down_revision)\b[^=]*=\s*"([^"]+)"', re.MULTILINE)


@lru_cache(maxsize=4)
def newest_revision(migrations: Path) -> str:
    """Return the revision that no other follows, of the migrations in a folder."""
    texts = [path.read_text(encoding="utf-8") for path in (migrations / "versions").glob("*.py")]
    found = [(str(kind), str(name)) for text in texts for kind, name in _REVISION.findall(text)]
    followed = {name for kind, name in found if kind == "down_revision"}
    return max(name for kind, name in found if kind == "revision" and name not in followed)


def list_failing(db: Session, database_url: str, migrations: Path) -> list[str]:
    """Return the names of the checks that fail: "database", "migrations", "keys", "disk"; none when it can work."""
    failing = _failing_in_database(db, migrations)
    if not all(_takes_files(folder) for folder in _folders(database_url)):
        failing.append("disk")
    return failing


def _failing_in_database(db: Session, migrations: Path) -> list[str]:
    try:
        if not operating.takes_writes(db):
            return ["database"]
    except SQLAlchemyError:
        return ["database"]
    try:
        if operating.get_revision(db) != newest_revision(migrations):
            return ["migrations"]
        return [] if keys_open(db) else ["keys"]
    except SQLAlchemyError:  # the tables are not there
        return ["migrations"]


def _folders(database_url: str) -> list[Path]:
    """Return where files are written: the SQLite database's folder, and where large forms lie while they are read."""
    url = make_url(database_url)
    kept = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return [Path(tempfile.gettempdir()), *([Path(str(url.database)).resolve().parent] if kept else [])]


def _takes_files(folder: Path) -> bool:
    """Return whether a folder may be written to and has room."""
    try:
        return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= LEAST_FREE_BYTES
    except OSError:
        return False


def count_waiting(database_url: str) -> dict[str, int] | None:
    """Return how many jobs are "waiting" and "failed", of all partnerships; None when the database does not answer."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return None  # to look would make it
    try:
        with operating.looking_at(database_url) as db:
            return operating.count_all_jobs(db)
    except SQLAlchemyError:
        return None
