"""What runs later or on a schedule: the outbox, and deleting what has been kept long enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback_app.jobs.handlers import make_handlers
from feedback_app.jobs.runner import JobRunner

if TYPE_CHECKING:
    from flask import Flask

    from feedback_app.domain.ports import Mailer, Texter


def init_jobs(app: Flask, mailer: Mailer, texter: Texter | None = None) -> None:
    """Give the application its runner of jobs, as app.extensions["jobs"]; it starts nothing by itself."""
    app.extensions["jobs"] = JobRunner(app, make_handlers(app, mailer, texter))
