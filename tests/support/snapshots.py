"""Snapshots in tests: taken on a day, by the usual policy, compared with no population."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.services.snapshots import Taking
from feedback_app.store.snapshots import SnapshotFacts
from tests.support.summaries import SCOPE

DAY = date(2026, 11, 21)


def taking(app: Flask, day: date = DAY) -> Taking:
    """Return how snapshots are taken on a day."""
    return Taking(SCOPE, Policy(), app.config["PLACES"].only.geography, None, day)


def take(app: Flask, db: Session, slug: str = "autumn", day: date = DAY) -> SnapshotFacts | None:
    """Take a snapshot, without breakdowns, and commit it; None where R5 does not allow one."""
    taken = taking(app, day).take_snapshot(db, slug)
    db.commit()
    return taken
