"""A partnership that holds no talks: it has no file of them, and nothing of them is to be seen, or breaks anything."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, url_for
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role
from feedback_app.jobs.daily import DailyWork
from feedback_app.jobs.transactions import Transactions
from feedback_app.services.keeping import Swept
from tests.support.application import running_application
from tests.support.settings import make_settings
from tests.support.summaries import SCOPE, signed_in
from tests.support.talk_world import stand

DATABASES = ("sqlite",)
MORE = {"kind": "term"}


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application with all files of the partnership but the one of talks."""
    surveys = tmp_path / "surveys"
    shutil.copytree(make_settings(database_url).surveys_dir, surveys, ignore=shutil.ignore_patterns("talks.yaml"))
    with running_application(database_url, surveys_dir=surveys) as application:
        yield application


def test_no_page_of_talks_is_there_and_no_page_leads_to_one(app: Flask, db: Session) -> None:
    told = {**stand(db, SCOPE).arguments(), **MORE}  # what was kept while there were talks
    db.commit()
    staff = signed_in(app, db, Role.FORUM_ORGANISER)
    found = {}
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint.partition(".")[0] in ("talks", "running"):
                address = url_for(rule.endpoint, **{name: told[name] for name in rule.arguments})
                found |= {(method, address): 0 for method in (rule.methods or set()) & {"GET", "POST"}}
    assert len(found) > 80
    for method, address in found:
        found[method, address] = staff.open(address, method=method).status_code
    assert {asked: status for asked, status in found.items() if status not in (400, 404)} == {}
    for address in ("/", "/privacy", "/team/roles"):
        page = staff.get(address, follow_redirects=True)
        assert (page.status_code, re.findall(r"href=\S*/talks\S*", page.text)) == (200, [])


def test_the_work_behind_the_pages_goes_on(app: Flask, db: Session) -> None:
    stand(db, SCOPE)
    db.commit()
    runner = app.extensions["jobs"]
    assert runner.look_after_talks() == 0
    assert DailyWork(Transactions(app), app.config["PLACES"].only).sweep() == Swept()
