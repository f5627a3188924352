"""The last seat: all want it at the same moment and press twice; it is given once, and every family has one booking."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from feedback_app.domain.talks.programme import Way
from tests.benchmarks.served import PROGRAM, Database, served
from tests.support import unlocked
from tests.support.last_seat import rush
from tests.support.talks import add_talk

FAMILIES, PLACES = 24, 8
ROUNDS = 2
TRIES = 30  # without the lock: chance decides when two look at the same moment


def test_the_last_places_are_given_once_and_a_form_sent_twice_is_one_booking(db: Session, database_url: str) -> None:
    with served(Database("under test", database_url), program=PROGRAM) as server:
        for number in range(ROUNDS):
            talk = add_talk(db, f"talk-{number}", ways={Way.IN_PERSON: PLACES})
            seen = rush(server.port, db, talk, FAMILIES, f"family-{number}")
            assert seen.is_right, seen


def test_without_the_lock_places_are_given_away_that_there_are_not(
    db: Session, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(unlocked.ROOT)
    with served(Database("under test", database_url), program=unlocked.PROGRAM) as server:
        for number in range(TRIES):
            talk = add_talk(db, f"talk-{number}", ways={Way.IN_PERSON: PLACES})
            if rush(server.port, db, talk, FAMILIES, f"family-{number}").overbooked:
                return
    pytest.fail("The test would not see a lock that is missing.")
