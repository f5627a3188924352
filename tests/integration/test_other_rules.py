"""Figures frozen by other rules than today's: what was shown stays, and nothing else is made of the same answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.errors import FiguresNotRemade
from feedback_app.domain.scope import Role
from feedback_app.reports.breakdown import By
from feedback_app.services import frozen
from feedback_app.services.breaking_down import WaveBreakdown, break_down
from feedback_app.services.remembering import Memory
from feedback_app.services.summarising import summarise_wave
from feedback_app.store.tables import Snapshot
from tests.support.grouped import add_grouped
from tests.support.snapshots import DAY, take, taking
from tests.support.summaries import SCOPE, signed_in

POLICY = Policy()
STRICTER, MILDER = Policy(small_group=40), Policy(same_answer_base=15)
ITEM = "TS02"
CROSSED = ("district", "provision")


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read what is stored each time: a process that has just started."""
    monkeypatch.setattr(frozen, "_summaries", Memory[Any](0))
    monkeypatch.setattr(frozen, "_breakdowns", Memory[Any](0))


@pytest.fixture
def frozen_wave(app: Flask, db: Session) -> None:
    """A wave with a snapshot and its breakdowns."""
    add_grouped(db, closed_from=None)
    assert take(app, db)
    made = taking(app).make_breakdowns(db, "autumn")
    assert made
    assert taking(app).keep_breakdowns(db, made)
    db.commit()


def seen(app: Flask, db: Session, by: By = ("district",), policy: Policy = POLICY, **changes: Any) -> WaveBreakdown:
    """Return a question by groups, as leads see it."""
    geography = app.config["PLACES"].only.geography.model_copy(update=changes)
    try:
        return break_down(
            db, SCOPE, "autumn", by, policy, language="en_GB", geography=geography, item=ITEM, audience=Audience.LEAD
        )
    finally:
        db.rollback()


def rewrite(db: Session, column: str, change: Any) -> None:
    """Change what is stored of the snapshot, as a program of another day would have stored it."""
    held = frozen.unpack(db.scalars(select(getattr(Snapshot, column))).one())
    db.execute(update(Snapshot).values({column: frozen.pack(change(held))}))
    db.commit()


def refused(app: Flask, db: Session, by: By = ("district",), policy: Policy = POLICY, **changes: Any) -> None:
    """Check that figures are refused because of the rules."""
    with pytest.raises(FiguresNotRemade) as error:
        seen(app, db, by, policy, **changes)
    assert (error.value.reason, error.value.taken_on) == ("rules", DAY)


@pytest.mark.usefixtures("frozen_wave")
def test_with_the_rules_of_that_day_all_is_shown(app: Flask, db: Session) -> None:
    assert seen(app, db).tables
    assert seen(app, db, CROSSED).tables


@pytest.mark.usefixtures("frozen_wave")
def test_with_another_policy_no_table_by_two_things_is_made_of_the_same_answers(app: Flask, db: Session) -> None:
    for policy in (MILDER, STRICTER):
        refused(app, db, CROSSED, policy)
    refused(app, db, CROSSED, source="Another map")
    assert seen(app, db, policy=MILDER).tables == seen(app, db).tables


@pytest.mark.usefixtures("frozen_wave")
def test_with_a_stricter_policy_frozen_groups_are_shown_no_more(app: Flask, db: Session) -> None:
    refused(app, db, policy=STRICTER)


@pytest.mark.usefixtures("frozen_wave")
def test_a_program_of_another_version_makes_no_table_by_two_things(app: Flask, db: Session) -> None:
    rewrite(db, "document", lambda held: {**held, "rules": {**held["rules"], "version": 0}})
    refused(app, db, CROSSED)
    assert seen(app, db).tables


@pytest.mark.usefixtures("frozen_wave")
def test_where_the_rules_of_that_day_cannot_be_read_there_are_no_groups(app: Flask, db: Session) -> None:
    db.execute(update(Snapshot).values(document=b"from another year"))
    db.commit()
    refused(app, db)
    refused(app, db, CROSSED)


@pytest.mark.usefixtures("frozen_wave")
@pytest.mark.parametrize("by", ["district", "locality"])
def test_a_dimension_that_was_not_frozen_is_refused_in_plain_words(app: Flask, db: Session, by: str) -> None:
    rewrite(db, "breakdowns", lambda held: {item: _without(tables, by) for item, tables in held.items()})
    refused(app, db, (by,))
    page = signed_in(app, db, Role.WORKSTREAM_LEAD).get(f"/team/waves/autumn/by/{by}/{ITEM}")
    assert page.status_code == 409
    assert "The rules that keep people private have changed since 21 Nov 2026." in page.text


@pytest.mark.usefixtures("frozen_wave")
def test_a_question_that_was_not_frozen_is_refused(app: Flask, db: Session) -> None:
    rewrite(db, "breakdowns", lambda held: _without(held, ITEM))
    refused(app, db)


def test_groups_that_were_not_frozen_yet_are_not_made_by_other_rules(app: Flask, db: Session) -> None:
    add_grouped(db, closed_from=None)
    assert take(app, db)
    assert seen(app, db).tables
    refused(app, db, policy=MILDER)
    rewrite(db, "document", lambda held: {**held, "rules": {**held["rules"], "version": 0}})
    assert taking(app).make_breakdowns(db, "autumn") is None


@pytest.mark.usefixtures("frozen_wave")
@pytest.mark.parametrize("part", ["weighting", "quality", "invited"])
def test_a_summary_with_other_parts_is_made_anew_of_the_same_answers(app: Flask, db: Session, part: str) -> None:
    before = summarise_wave(db, SCOPE, "autumn", POLICY, "en_GB", audience=Audience.LEAD).as_dict()
    rewrite(db, "document", lambda held: {**held, part: {"of_another": 1}})
    rewritten = summarise_wave(db, SCOPE, "autumn", POLICY, "en_GB", audience=Audience.LEAD).as_dict()
    assert rewritten == before


def test_a_new_snapshot_empties_those_before_it(app: Flask, db: Session) -> None:
    add_grouped(db, closed_from=None)
    assert take(app, db)
    db.execute(update(Snapshot).values(breakdowns=b"some"))
    add_more(db)
    assert take(app, db)
    rows = db.execute(select(Snapshot.sets, Snapshot.document, Snapshot.breakdowns).order_by(Snapshot.number)).all()
    assert tuple(rows[0]) == ({}, b"", None)
    assert rows[1].sets
    assert rows[1].document


def add_more(db: Session) -> None:
    """Add enough answers for another snapshot."""
    from feedback_app.services.fielding import get_wave
    from tests.support.grouped import grouped_answers, grouped_instrument
    from tests.support.summaries import add_answers

    wave = get_wave(db, SCOPE, "autumn")
    add_answers(db, wave, grouped_answers(seed=9, shares={5: 40}), instrument=grouped_instrument())


def _without(held: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in held.items() if key != name}
