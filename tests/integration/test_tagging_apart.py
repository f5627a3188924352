"""Tagging in a process of its own, by the work behind the pages; its queries are tested on both databases elsewhere."""

from __future__ import annotations

from types import SimpleNamespace

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.jobs.tagging import TaggingWork
from feedback_app.jobs.transactions import Transactions
from feedback_app.services import tagging
from feedback_app.store.comment_tables import Tagging
from feedback_app.store.readings import taggeds_of
from tests.support.commented import add_comment
from tests.support.summaries import SCOPE, add_wave
from tests.support.themes import small_codeframe

DATABASES = ("sqlite",)


def test_the_work_behind_the_pages_tags_in_a_process_of_its_own(app: Flask, db: Session) -> None:
    """The process that serves pages never loads what tagging takes."""
    wave = add_wave(db)
    comments = [add_comment(db, wave, f"We waited {number} months") for number in range(3)]
    place = app.config["PLACES"].only
    here = SimpleNamespace(scope=place.scope, partnership=place.partnership, codeframe=small_codeframe())
    work = TaggingWork(Transactions(app), here)  # type: ignore[arg-type]
    assert work.tag_waiting() == 3
    assert work.tag_waiting() == 0
    db.rollback()
    assert {one.themes for one in taggeds_of(db, SCOPE, comments).values()} == {("WAIT",)}
    rows = set(db.scalars(select(Tagging.tagger_version)))
    assert rows == {tagging.prepare(db, SCOPE, small_codeframe(), tagging.languages_of(place)).version}
