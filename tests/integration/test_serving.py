"""The served program: what it says at its start, and what it never says."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from click.testing import CliRunner

from feedback_app.cli import main
from tests.support.application import migrate
from tests.support.databases import sqlite_url
from tests.support.settings import SECRET


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_port_in_use_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        given = {
            "FEEDBACK_ENVIRONMENT": "testing",
            "FEEDBACK_SECRET_KEY": SECRET,
            "FEEDBACK_DATABASE_URL": sqlite_url(tmp_path / "served.sqlite"),
        }
        done = CliRunner().invoke(main, ["serve", "--port", port], env=given)
    assert done.exit_code == 2
    assert f"Port {port} of 127.0.0.1 cannot be used" in done.output


def test_a_malformed_request_is_refused_and_its_sender_is_not_logged(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "served.sqlite")
    migrate(url)
    port = _free_port()
    environment = os.environ | {
        "FEEDBACK_ENVIRONMENT": "testing",
        "FEEDBACK_SECRET_KEY": SECRET,
        "FEEDBACK_DATABASE_URL": url,
        "FEEDBACK_JOBS_EMBEDDED": "false",
    }
    log = tmp_path / "log"
    with log.open("wb") as file:
        command = [sys.executable, "-c", "from feedback_app.cli import main; main()", "serve", "--port", str(port)]
        served = subprocess.Popen(command, env=environment, stdout=file, stderr=file, start_new_session=True)
    try:
        assert _ask(port, b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").startswith(
            b"HTTP/1.1 200"
        )
        assert b" 400 " in _ask(port, b"GET / HTTP/1.1\r\nX Forwarded For: 10.1.2.3\r\n\r\n")
    finally:
        os.killpg(served.pid, signal.SIGTERM)
        served.wait(30)
    said = log.read_text()
    assert re.findall(r"ip=|10\.1\.2\.3|Invalid request", said) == []


def _ask(port: int, request: bytes) -> bytes:
    """Send bytes and return the reply, once the server is there."""
    ends = time.monotonic() + 60
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 10) as wire:
                wire.sendall(request)
                return wire.recv(65_536)
        except ConnectionRefusedError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)
