"""Metrics for Prometheus, on a port of their own that only this machine reaches: a small process beside the pages.

A process, for threads in the server's parent would be copied into each new worker in whatever state they are in. What
is counted goes by kind of page alone. Even so, who can read it live can see that somebody has just answered: it is for
whoever runs the program.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback_app.services.operating import count_waiting
from feedback_app.settings import Settings

if TYPE_CHECKING:
    from prometheus_client.core import Metric

HOST = "127.0.0.1"
FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # where the library looks for the folder in which workers keep their counts
LOOK_SECONDS = 0.5


class Measuring:
    """A process that sums up what the workers count, and gives it to whoever asks at the port."""

    def __init__(self, settings: Settings) -> None:
        """Start it, with a new and empty folder for the counts."""
        self.settings = settings
        self.folder = Path(tempfile.mkdtemp(prefix="feedback-metrics-"))
        os.environ[FOLDER] = str(self.folder)
        os.environ["PROMETHEUS_DISABLE_CREATED_SERIES"] = "true"
        parent = os.getpid()
        self.process = os.fork()
        if self.process == 0:
            try:
                self._serve(parent)
            finally:
                os._exit(0)  # nothing of the parent's is tidied up by its copy

    def _serve(self, parent: int) -> None:
        """Answer until the parent has ended, then take the folder away."""
        from prometheus_client import CollectorRegistry, start_http_server
        from prometheus_client.multiprocess import MultiProcessCollector

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C goes to all: the parent decides
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self.folder))
        registry.register(Waiting(self.settings.database_url))
        start_http_server(self.settings.metrics_port, HOST, registry)
        while os.getppid() == parent:
            time.sleep(LOOK_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def forget(self, worker: int) -> None:
        """Take what a worker had in use out of the sums: it has ended."""
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker)

    def end(self) -> None:
        """End the process and take the folder away."""
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)

    def hooks(self) -> dict[str, Any]:
        """Return what gunicorn has to tell."""
        return {
            "child_exit": lambda _server, worker: self.forget(worker.pid),
            "on_exit": lambda _server: self.end(),
        }


class Waiting:
    """How many jobs wait, asked when somebody looks."""

    def __init__(self, database_url: str) -> None:
        """Remember where to ask."""
        self.database_url = database_url

    def describe(self) -> list[Metric]:
        """Return nothing: to be registered, it need not be asked."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the counts, and whether the database answers."""
        from prometheus_client.core import GaugeMetricFamily

        counted = count_waiting(self.database_url)
        yield GaugeMetricFamily("feedback_database_up", "Whether the database answers.", float(counted is not None))
        jobs = GaugeMetricFamily("feedback_jobs", "Jobs that wait, or were set aside after failing.", labels=["state"])
        for state, number in (counted or {}).items():
            jobs.add_metric([state], number)
        yield jobs
