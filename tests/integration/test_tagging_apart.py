"""Tagging in a process of its own, by the work behind the pages; its queries are tested on both databases elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.domain.coding import State, Tagged
from feedback_app.jobs.tagging import TaggingWork, look_at
from feedback_app.jobs.transactions import Transactions, WorkWentWrong
from feedback_app.services import tagging
from feedback_app.store.comment_tables import Tagging
from feedback_app.store.readings import taggeds_of
from feedback_app.theming.apart import Asking, Key
from tests.support.commented import add_comment
from tests.support.summaries import SCOPE, add_wave
from tests.support.themes import small_codeframe

DATABASES = ("sqlite",)


def test_the_work_behind_the_pages_tags_in_a_process_of_its_own(app: Flask, db: Session) -> None:
    """The process that serves pages never loads what tagging takes."""
    wave = add_wave(db)
    comments = [add_comment(db, wave, f"We waited {number} months") for number in range(3)]
    place = app.config["PLACES"].only
    here = SimpleNamespace(
        scope=place.scope, partnership=place.partnership, codeframe=small_codeframe(), screening=None
    )
    work = TaggingWork(Transactions(app), here)  # type: ignore[arg-type]
    assert work.tag_waiting() == 3
    assert work.tag_waiting() == 0
    db.rollback()
    assert {one.themes for one in taggeds_of(db, SCOPE, comments).values()} == {("WAIT",)}
    rows = set(db.scalars(select(Tagging.tagger_version)))
    assert rows == {tagging.prepare(db, SCOPE, small_codeframe(), tagging.languages_of(place)).version}


class Stumbling:
    """Tags what it is given, but never what speaks of a stone."""

    def look_at(self, asked: Iterable[tuple[Key, Asking]]) -> Iterator[tuple[Key, Tagged]]:
        for key, asking in asked:
            if "stone" in asking.words:
                raise ValueError(asking.words)
            yield key, Tagged("en", State.NONE)


def test_a_comment_that_the_tagger_stumbles_over_goes_to_a_person() -> None:
    """Tagging looks for what waits in one order: without this, all others would wait behind it for ever."""
    one, stone, last = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    waiting = {one: Asking("one"), stone: Asking("a stone"), last: Asking("last")}
    found = look_at(Stumbling(), waiting)  # type: ignore[arg-type] - it is asked alone, in this process
    assert [found[key].state for key in waiting] == [State.NONE, State.PERSON, State.NONE]
    with pytest.raises(WorkWentWrong, match="ValueError"):
        look_at(Stumbling(), {one: Asking("stone"), last: Asking("stone")})  # type: ignore[arg-type]
