"""The program served as in real life, by its own command, and what its processes use."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.application import migrate
from tests.support.databases import sqlite_url
from tests.support.postgres import running_cluster
from tests.support.settings import SECRET, make_settings

START_SECONDS = 60
PROGRAM = (str(Path(sys.executable).with_name("feedback-app")),)
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Database:
    """A migrated database to measure on; `processes` are the roots of its own processes (none for SQLite)."""

    name: str
    url: str
    roots: tuple[int, ...] = ()


@contextmanager
def sqlite_database() -> Iterator[Database]:
    """Yield an empty, migrated SQLite file, kept as the program keeps it: WAL, synchronous FULL."""
    with tempfile.TemporaryDirectory(prefix="feedback-bench-") as folder:
        url = sqlite_url(Path(folder) / "bench.sqlite")
        migrate(url)
        yield Database("SQLite", url)


@contextmanager
def postgresql_database() -> Iterator[Database]:
    """Yield an empty, migrated PostgreSQL database of a throwaway cluster that does wait for the disk."""
    with running_cluster(durable=True) as cluster:
        url = cluster.create("bench")
        migrate(url)
        yield Database("PostgreSQL", url, tuple(_children_of(os.getpid(), "postgres")))


DATABASES = (sqlite_database, postgresql_database)


@dataclass(frozen=True)
class Server:
    """A running server: where it answers, and the process that all its processes come from."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def roots(self) -> tuple[int, ...]:
        """Return the process ids to measure from."""
        return (self.process.pid,)


@contextmanager
def served(database: Database, *options: str, program: Sequence[str] = PROGRAM) -> Iterator[Server]:
    """Yield the program served by `feedback-app serve` with these options; RuntimeError when it does not come up.

    `program` is another that takes the same commands.
    """
    port = _free_port()
    command = [*program, "serve", "--port", str(port), *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FEEDBACK_")} | {
        "FEEDBACK_ENVIRONMENT": "production",
        "FEEDBACK_SECRET_KEY": SECRET,
        "FEEDBACK_DATABASE_URL": database.url,
        "FEEDBACK_SITE_ADDRESS": f"http://127.0.0.1:{port}",
        "FEEDBACK_ALLOW_HTTP": "true",
        "FEEDBACK_DATA_KEYS": make_settings(database.url).sealing_keys[0],  # as the tests that look on
    }
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait(port, process)
            yield Server(port, process)
        except Exception:
            log.seek(0)
            print(log.read()[-4000:].decode(errors="replace"), file=sys.stderr)
            raise
        finally:
            _stop(process)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not start.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the server and what it started, gently, then for certain."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stat(pid: int) -> tuple[str, list[str]]:
    """Return a process's name and the fields of /proc/<pid>/stat that follow it (see proc(5)); OSError when gone."""
    text = Path(f"/proc/{pid}/stat").read_text()
    name, _closing, rest = text.partition("(")[2].rpartition(")")
    return name, rest.split()


def _table() -> dict[int, tuple[str, int, int]]:
    """Return process id -> (name, parent, ticks of processor used, ended children's included)."""
    table = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                name, fields = _stat(int(folder.name))
            except OSError:
                continue
            table[int(folder.name)] = (name, int(fields[1]), sum(int(value) for value in fields[11:15]))
    return table


def _children_of(root: int, name: str) -> list[int]:
    return [pid for pid, (called, parent, _ticks) in _table().items() if parent == root and called == name]


def _family(roots: tuple[int, ...], table: dict[int, tuple[str, int, int]]) -> set[int]:
    """Return the processes that come from `roots`, those included."""
    found = set(roots)
    size = -1
    while size != len(found):
        size = len(found)
        found |= {pid for pid, (_name, parent, _ticks) in table.items() if parent in found}
    return found & table.keys()


def processor_seconds(roots: tuple[int, ...]) -> float:
    """Return the processor seconds used so far by processes and all that come from them."""
    table = _table()
    return sum(table[pid][2] for pid in _family(roots, table)) / _TICK


def memory_mb(roots: tuple[int, ...]) -> float:
    """Return megabytes held by processes and all that come from them, shared pages split between their users (PSS)."""
    total = 0
    for pid in _family(roots, _table()):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
