"""Counts and durations for whoever runs the program, by page and never by survey: see `cli/measuring.py`."""

from __future__ import annotations

import time

from flask import Flask, Response, request
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import event

from feedback_app.extensions import db
from feedback_app.web.request_numbers import BEGAN

SENDING = "respond.send"
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Counter("feedback_requests", "Replies, by page and class of status.", ["endpoint", "status"])
SECONDS = Histogram("feedback_request_seconds", "How long replies took, by page.", ["endpoint"], buckets=BUCKETS)
RESPONSES = Counter("feedback_responses_stored", "Answers sent in, in all surveys together.")
IN_USE = Gauge("feedback_database_connections_in_use", "Connections at work.", multiprocess_mode="livesum")
POOL = Gauge("feedback_database_connections_open", "Connections kept open.", multiprocess_mode="livesum")


def init_metering(app: Flask) -> None:
    """Count every reply of the app, and its connections to the database."""
    app.after_request(measured)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "checkout", lambda *_: IN_USE.inc())
    event.listen(engine, "checkin", lambda *_: IN_USE.dec())
    event.listen(engine, "connect", lambda *_: POOL.inc())
    event.listen(engine, "close", lambda *_: POOL.dec())


def measured(reply: Response) -> Response:
    """Count a reply under the name of its view: never its address, which names a survey."""
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, f"{reply.status_code // 100}xx").inc()
    began = request.environ.get(BEGAN)
    if began is not None:
        SECONDS.labels(endpoint).observe(time.perf_counter() - began)
    if endpoint == SENDING and reply.status_code == 302 and reply.location and reply.location.endswith("/sent"):
        RESPONSES.inc()
    return reply
