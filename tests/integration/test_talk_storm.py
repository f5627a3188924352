"""Bookings, cancellations, changes, offers and expiries, mixed, at once: no place is given twice, no turn is lost."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.domain.talks.programme import Way
from tests.support.talk_storm import Storm, add_talks, faults
from tests.support.unlocked import switch_off

THREADS, STEPS = 6, 25


def storm_over(app: Flask, db: Session, seed: int) -> Storm:
    """Return a storm over talks of two ways, none of it begun."""
    from feedback_app.extensions import db as extension

    found = add_talks(db, f"talk-{seed}", [{Way.IN_PERSON: 6, Way.ONLINE: 4}] * 2)
    programme = app.config["PLACES"].only.programme
    assert programme is not None
    with app.app_context():
        return Storm(extension.engine, programme, found, seed)


def test_no_place_is_given_twice_and_no_turn_is_lost(app: Flask, db: Session) -> None:
    storm = storm_over(app, db, 1)
    storm.blow(THREADS, STEPS)
    assert storm.errors == []
    assert storm.most_over <= 0
    assert faults(db, storm.talks) == []
    assert storm.looks > 0
    assert set(storm.done) == {"book", "cancel", "change", "switch", "answer", "add", "expire"}
    assert min(storm.done.values()) > 0


def test_without_the_lock_the_same_storm_gives_places_twice(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_off(monkeypatch.setattr)
    for seed in range(20):
        storm = storm_over(app, db, seed)
        storm.blow(THREADS, STEPS)
        if storm.most_over > 0:
            return
    pytest.fail("The storm would not see a lock that is missing.")
