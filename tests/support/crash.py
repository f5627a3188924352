"""The real server as a process of its own, killed without warning while many people are answering."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.settings import SECRET
from tests.support.walker import Stuck, Visitor, walk_survey

START_SECONDS = 60.0


class Served:
    """`feedback-app serve` in a process group of its own."""

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        """Remember what to serve; `environment` overrides settings."""
        self.port = free_port()
        self.folder = folder
        self.site = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("FEEDBACK_")},
            "FEEDBACK_ENVIRONMENT": "testing",
            "FEEDBACK_SECRET_KEY": SECRET,
            "FEEDBACK_DATABASE_URL": database_url,
            "FEEDBACK_SITE_ADDRESS": self.site,
            "FEEDBACK_JOBS_EMBEDDED": "false",
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start the server and return after how many seconds it answered; raise RuntimeError with its words if not."""
        began = time.monotonic()
        program = "from feedback_app.cli import main; main()"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", program, "serve", "--port", str(self.port), "--workers", "2"],
                cwd=self.folder,
                env={**self.environment, "PYTHONPATH": str(Path(__file__).resolve().parent.parent.parent)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while time.monotonic() - began < START_SECONDS and self.process.poll() is None:
            if self.answers():
                return time.monotonic() - began
            time.sleep(0.05)
        raise RuntimeError(f"The server did not start:\n{self.log.read_text(errors='replace')}")

    @property
    def log(self) -> Path:
        """Where the server's output goes."""
        return self.folder / "server.log"

    def workers(self) -> list[str]:
        """Return the process ids of the server's workers."""
        assert self.process is not None
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()

    def answers(self) -> bool:
        """Return whether the server answers now."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill(self) -> None:
        """Kill the server and all its workers at once, as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> int:
        """Ask the server to end and return how it ended."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


@contextmanager
def served(database_url: str, folder: Path, **environment: str) -> Iterator[Served]:
    """Yield a started server; whatever is left of it at the end is killed."""
    server = Served(database_url, folder, **environment)
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Crowd:
    """People answering at the same time, each as often as they can, until told to stop."""

    site: str
    start: str
    words: str
    receipts: list[str] = field(default_factory=list)
    broken: int = 0  # walks that ended because the server was gone
    wrong: list[str] = field(default_factory=list)  # walks that ended in front of a page they should not have seen
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self, people: int, walks: int) -> None:
        """Let so many people begin, who together send at most `walks` surveys."""
        share = [walks // people + (at < walks % people) for at in range(people)]
        self._threads = [threading.Thread(target=self._answer, args=(own,), daemon=True) for own in share]
        for thread in self._threads:
            thread.start()

    def _answer(self, walks: int) -> None:
        for _ in range(walks):
            if self._stop.is_set():
                return
            visitor = Visitor(self.site)
            try:
                receipt = walk_survey(visitor, self.start, words=self.words)
            except (OSError, http.client.HTTPException):
                with self._lock:
                    self.broken += 1
                return
            except Stuck as stuck:
                with self._lock:
                    self.wrong.append(str(stuck))
                return
            finally:
                visitor.close()
            with self._lock:
                self.receipts.append(receipt)

    def wait_for(self, receipts: int, seconds: float = 120.0) -> None:
        """Return when so many receipts have been shown, or all people are done; raise TimeoutError."""
        end = time.monotonic() + seconds
        while len(self.receipts) < receipts and any(thread.is_alive() for thread in self._threads):
            if time.monotonic() > end:
                raise TimeoutError(f"Only {len(self.receipts)} receipts after {seconds} s.")
            time.sleep(0.01)

    def join(self) -> None:
        """Wait until nobody answers any more."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def finish(self) -> None:
        """Wait until everybody has sent all they meant to."""
        for thread in self._threads:
            thread.join(timeout=300)
