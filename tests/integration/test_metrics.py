"""Metrics on a port of their own: summed over workers, by kind of page, never by survey, and only when asked for."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.application import migrate
from tests.support.crash import Served, free_port, served
from tests.support.databases import sqlite_url


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated database."""
    url = sqlite_url(tmp_path_factory.mktemp("measured") / "served.sqlite")
    migrate(url)
    return url


@pytest.fixture
def measured(database: str, tmp_path: Path) -> Iterator[tuple[Served, str]]:
    """The program served with metrics, and their address."""
    port = free_port()
    more = {"FEEDBACK_METRICS_PORT": str(port), "TMPDIR": str(tmp_path)}
    with served(database, tmp_path, **more) as server:
        yield server, f"http://127.0.0.1:{port}/metrics"


def fetch(address: str) -> str:
    """Return a page's text."""
    with urllib.request.urlopen(address, timeout=20) as reply:
        return str(reply.read().decode())


def number(text: str, name: str) -> float:
    """Return the value of a metric, labels and all."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found.group(1)) if found else 0.0


def test_workers_counts_are_summed_and_outlive_a_worker(measured: tuple[Served, str], tmp_path: Path) -> None:
    import os
    import signal
    import time

    server, address = measured
    for _ in range(40):
        fetch(f"{server.site}/privacy")
    with pytest.raises(urllib.error.HTTPError):
        fetch(f"{server.site}/surveys/some-survey/1/page")
    told = fetch(address)
    assert number(told, 'feedback_requests_total{endpoint="public.privacy",status="2xx"}') == 40
    assert number(told, 'feedback_request_seconds_count{endpoint="public.privacy"}') == 40
    assert number(told, 'feedback_jobs{state="waiting"}') == 0
    assert number(told, "feedback_database_up") == 1
    assert "some-survey" not in told
    assert "parents" not in told
    folder = next(tmp_path.glob("feedback-metrics-*"))
    counting = {int(pid) for name in folder.glob("*.db") for pid in re.findall(r"_(\d+)\.db$", name.name)}
    workers = {int(pid) for pid in server.workers()} & counting
    killed = workers.pop()
    os.kill(killed, signal.SIGKILL)
    ends = time.monotonic() + 20
    while str(killed) in server.workers() and time.monotonic() < ends:
        time.sleep(0.05)
    assert number(fetch(address), 'feedback_requests_total{endpoint="public.privacy",status="2xx"}') == 40
    server.end()
    ends = time.monotonic() + 10
    while folder.exists() and time.monotonic() < ends:
        time.sleep(0.05)
    assert not folder.exists()
    with pytest.raises(urllib.error.URLError):
        fetch(address)


def test_without_the_setting_nothing_is_measured_and_the_pages_have_no_such_address(
    database: str, tmp_path: Path
) -> None:
    with served(database, tmp_path, TMPDIR=str(tmp_path)) as server:
        assert len(server.workers()) == 2
        assert list(tmp_path.glob("feedback-metrics-*")) == []
        with pytest.raises(urllib.error.HTTPError, match="404"):
            fetch(f"{server.site}/metrics")
