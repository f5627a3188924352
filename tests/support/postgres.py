"""A throwaway PostgreSQL cluster: its own folder, its own port, gone at the end of the run."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
START_SECONDS = 60
COPYING_SINCE = 150_000  # the server version that lets a copy say how


class Cluster:
    """A running cluster that hands out empty or copied databases."""

    def __init__(self, port: int) -> None:
        """Remember where the cluster answers: 127.0.0.1 and this port."""
        self.port = port

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template0") -> str:
        """Make a database as a copy of `template`, and return its address."""
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(database), sql.Identifier(template))
        with self._connect() as connection:
            if connection.info.server_version >= COPYING_SINCE:
                command += sql.SQL(" STRATEGY FILE_COPY")  # three times as fast here as through the log
            connection.execute(command)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, ending whatever is still connected to it."""
        with self._connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host="127.0.0.1", port=self.port, user=SUPERUSER, dbname="postgres", autocommit=True)


def find_program(name: str) -> str:
    """Return the path of the newest installed server program of a name; raise FileNotFoundError when there is none."""
    folders = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / name).exists()]
    if folders:
        return str(max(folders, key=lambda folder: float(folder.parent.name)) / name)
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"PostgreSQL's {name} is not on this machine: run deploy/machine.sh.")
    return found


@contextmanager
def running_cluster(durable: bool = False) -> Iterator[Cluster]:
    """Start a cluster and stop it afterwards; `durable` keeps fsync on, for tests that cut the power."""
    root = Path(tempfile.mkdtemp(prefix="feedback-postgresql-"))
    data = root / "data"
    try:
        owner = _owner(root)
        _call(
            [find_program("initdb"), "-D", str(data), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-sync"], owner
        )
        port = _free_port()
        log = (root / "log").open("wb")
        with log, _server(data, port, owner, durable, log.fileno()) as process:
            _wait(port, process, root / "log")
            yield Cluster(port)
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _server(data: Path, port: int, owner: str | None, durable: bool, log: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server as a child process; end it with the fast shutdown."""
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
        "fsync": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
        "synchronous_commit": "on" if durable else "off",
        "timezone": "UTC",
    }
    command = [find_program("postgres"), "-D", str(data), "-p", str(port)]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    process = subprocess.Popen(command, user=owner, stdout=log, stderr=log, cwd=data)
    try:
        yield process
    finally:
        process.send_signal(2)  # SIGINT is PostgreSQL's fast shutdown: it ends sessions and checkpoints
        try:
            process.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _owner(root: Path) -> str | None:
    """Return whom to run as, and let them have the folder: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    account = pwd.getpwnam(SUPERUSER)
    os.chown(root, account.pw_uid, account.pw_gid)
    return SUPERUSER


def _call(command: list[str], owner: str | None) -> None:
    done = subprocess.run(command, user=owner, capture_output=True, text=True, cwd="/", check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers; raise RuntimeError with its own words when it ends or stays silent."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user=SUPERUSER, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
