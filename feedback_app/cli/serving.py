"""`feedback-app serve` and `feedback-app jobs`: the web server, and the work behind it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

import click
import structlog

from feedback_app.cli import measuring
from feedback_app.cli.logs import set_up_logs
from feedback_app.cli.production import check_in_a_copy, refuse_unsafe
from feedback_app.cli.running import Failed, Refused, application, named_places, reading
from feedback_app.settings import Settings, load_settings

if TYPE_CHECKING:
    from flask import Flask

ELECTION_SECONDS = 2.0
LEAVING_SECONDS = 10.0
GLANCE_SECONDS = 0.05
MOST_GIVEN_SECONDS = 10.0
NO_MAIL = "FEEDBACK_MAIL_SERVER is not set: e-mail waits in the outbox, and is sent once a mail server is named."

log = structlog.get_logger(__name__)


class JobsEnded(Exception):
    """The work behind the pages came to an end that nobody asked for."""


class EmbeddedJobs:
    """Does the jobs in a thread of one worker: of all that ask for the lock, the one that gets it.

    A process of its own would cost as much memory as a worker; a thread in each would poll twice. When the worker ends,
    however it ends, the system frees the lock and another worker's thread goes on within seconds. While requests wait
    for a thread, the jobs wait: a rush for a talk puts hundreds of messages, and whoever presses comes first.
    """

    def __init__(self) -> None:
        """Make the lock, before any worker is there: a file without a name, which nobody has to tidy up."""
        self.lock: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the server
        self.stop = threading.Event()
        self.thread: threading.Thread | None = None
        self.is_busy: Callable[[], bool] = lambda: False
        self.given = 0.0  # seconds that were given way since it was last calm

    def start(self, app: Flask, is_busy: Callable[[], bool] = lambda: False) -> None:
        """Start this worker's thread; it gives way to requests while `is_busy` says so."""
        self.is_busy = is_busy
        app.extensions["jobs"].give_way = self.give_way
        self.thread = threading.Thread(target=self._work, args=(app,), name="jobs", daemon=True)
        self.thread.start()

    def _work(self, app: Flask) -> None:
        while not self.stop.is_set():
            try:
                with suppress(OSError):  # another worker's thread has the lock
                    fcntl.lockf(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self._work_alone(app)
            except JobsEnded as ended:
                log.error("jobs_ended", cause=type(ended.__cause__).__name__)
            self.stop.wait(ELECTION_SECONDS)

    def _work_alone(self, app: Flask) -> None:
        """Do the jobs, and let go of the lock however that ends; raise JobsEnded for what nobody foresaw."""
        try:
            app.extensions["jobs"].run_forever(self.stop)
        except Exception as cause:
            raise JobsEnded from cause
        finally:
            fcntl.lockf(self.lock, fcntl.LOCK_UN)

    def give_way(self) -> None:
        """Wait while requests wait; where they do so without a break, jobs go on beside them after a while."""
        while (busy := self.is_busy()) and self.given < MOST_GIVEN_SECONDS and not self.stop.wait(GLANCE_SECONDS):
            self.given += GLANCE_SECONDS
        if not busy:
            self.given = 0.0

    def leave(self) -> None:
        """Let the job at hand be finished, within reason, and end."""
        self.stop.set()
        if self.thread is not None:
            self.thread.join(LEAVING_SECONDS)


def server_options(settings: Settings, host: str, port: int, workers: int, threads: int) -> dict[str, Any]:
    """Return gunicorn's options: threads, no log of requests, no proxy header believed (ProxyFix sees to that)."""
    from feedback_app.cli.receiving import refuse_to_drain

    return {
        "bind": f"{host}:{port}",
        "workers": workers,
        "threads": threads,
        "worker_class": "feedback_app.cli.receiving.PatientWorker",
        "worker_connections": 1000,
        "limit_request_line": 4094,
        "limit_request_fields": 64,
        "limit_request_field_size": 8190,
        "pre_request": refuse_to_drain,
        "preload_app": False,  # each worker opens its own connections, and the parent stays small
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "error",  # its warnings name the address of whoever sent a malformed request
        "keepalive": 15,
        "timeout": 60,
        "graceful_timeout": 30,
        "forwarded_allow_ips": "",
        "secure_scheme_headers": {},
        "forwarder_headers": "",
        "control_socket_disable": True,
        "proc_name": "feedback-app",
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108 - gunicorn's own file
        "when_ready": lambda _server: announce(settings, host, port),
    }


def announce(settings: Settings, host: str, port: int) -> None:
    """Say where the program answers, and how to sign in to a demonstration."""
    everywhere = host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
    click.echo(f"Open http://{'127.0.0.1' if everywhere else host}:{port}")
    if settings.demonstration:
        from feedback_app.services.accounts import DEMONSTRATION_PASSWORD, DEMONSTRATION_STAFF

        for address in DEMONSTRATION_STAFF:
            click.echo(f"For staff: /team/sign-in as {address} with the password {DEMONSTRATION_PASSWORD}")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads of each process.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the pages, and do the work behind them unless FEEDBACK_JOBS_EMBEDDED is false."""
    settings = load_settings()
    set_up_logs()
    warn_of_no_mail(settings)
    check_port(host, port)
    if settings.metrics_port:
        check_port(measuring.HOST, settings.metrics_port, "FEEDBACK_METRICS_PORT")
    check_in_a_copy(settings)
    options = server_options(settings, host, port, workers, threads)
    if settings.metrics_port:
        options |= measuring.Measuring(settings).hooks()
    run_server(settings, options)


def check_port(host: str, port: int, named_by: str = "--port") -> None:
    """Raise Refused when something else listens at the port already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as busy:
            raise Refused(
                f"Port {port} of {host} cannot be used: {busy.strerror}. Choose another with {named_by}."
            ) from busy


def warn_of_no_mail(settings: Settings) -> None:
    """Say so when messages are going to wait."""
    if settings.mail_waits:
        click.echo(NO_MAIL, err=True)


def run_server(settings: Settings, options: dict[str, Any]) -> None:
    """Run gunicorn with the application until it is told to end."""
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    class Server(BaseApplication):
        """The application under gunicorn, without files of settings or arguments of its own."""

        def load_config(self) -> None:
            """Hand over the options."""
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            """Return the application, made in the worker."""
            from feedback_app.app import create_app

            return create_app(settings)

    if settings.jobs_embedded:
        jobs = EmbeddedJobs()
        options |= {
            "post_worker_init": lambda worker: jobs.start(worker.wsgi, worker.is_busy),
            "worker_exit": lambda _server, _worker: jobs.leave(),
        }
    Server().run()


@click.group("jobs")
def jobs() -> None:
    """What runs beside the pages: e-mail, and deleting what has been kept long enough."""


@jobs.command("run")
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
def run(once: bool) -> None:
    """Do the jobs in this process, until it is told to end. Any number of these may run."""
    set_up_logs()
    refuse_unsafe(load_settings())
    with application() as app:
        warn_of_no_mail(app.config["SETTINGS"])
        runner = app.extensions["jobs"]
        if once:
            click.echo(f"{runner.run_due()} done.")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        click.echo("Doing jobs. End with Ctrl+C.")
        runner.run_forever(stop)


@jobs.command("status")
def status() -> None:
    """Say how many jobs wait, and how many are set aside after failing for days."""
    from feedback_app.store import outbox

    with application(), reading() as db:
        counted = [outbox.count_jobs(db, place.scope) for place in named_places()]
        click.echo(json.dumps({name: sum(one[name] for one in counted) for name in counted[0]}))


@jobs.command("sweep")
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
def sweep(dry_run: bool) -> None:
    """Delete what has been kept long enough: drafts, people's own words, failed jobs. Tell who has to know what closed.

    The jobs do this by themselves once a day.
    """
    set_up_logs()
    with application() as app:
        runner = app.extensions["jobs"]
        runner = runner.only(named_places())
        swept = runner.sweep(dry_run=dry_run)
        told = {} if dry_run else {"messages": runner.tell_closed()}
        click.echo(json.dumps({"would_delete" if dry_run else "deleted": swept.as_dict(), **told}))
        if swept.went_wrong:
            raise Failed(f"{swept.went_wrong} could not be deleted; the log says which kind of error it was.")
