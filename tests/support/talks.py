"""Venues and talks for tests, as rows: no rule of planning stands in their way."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import TalkFacts, TalkState
from feedback_app.store import talks
from feedback_app.store.talk_tables import Talk, TalkTerm, TalkWay, Venue
from tests.support.summaries import SCOPE

IN_PERSON: Mapping[Way, int] = {Way.IN_PERSON: 20}
BOTH: Mapping[Way, int] = {Way.IN_PERSON: 20, Way.ONLINE: 100}


def add_venue(db: Session, name: str = "The Library", scope: Scope = SCOPE, **told: Any) -> Venue:
    """Add a venue with a step-free way in and a hearing loop."""
    told = {"address": "1 Some Street, Sometown", "postcode": "ZZ1 1ZZ", "district": 1} | told
    venue = Venue(partnership=scope.partnership, name=name, **{"features": ["step_free", "hearing_loop"], **told})
    db.add(venue)
    db.flush()
    return venue


def add_term(db: Session, slug: str = "autumn", scope: Scope = SCOPE, **told: Any) -> TalkTerm:
    """Add a term that spans every day a test may use."""
    told = {"name": "Autumn", "starts_on": date(2020, 1, 1), "ends_on": date(2040, 12, 31)} | told
    term = TalkTerm(partnership=scope.partnership, slug=slug, **told)
    db.add(term)
    db.flush()
    return term


def add_talk(
    db: Session,
    slug: str = "waiting-well",
    *,
    ways: Mapping[Way, int] = IN_PERSON,
    scope: Scope = SCOPE,
    venue: Venue | None = None,
    **told: Any,
) -> TalkFacts:
    """Add a published talk on 10 December 2035, 10 to 11:30, unless told otherwise; commit it."""
    told = {
        "title": "Waiting for an assessment",
        "about": "Meet other parents.",
        "topic": "assessment",
        "day": date(2035, 12, 10),
        "starts": time(10),
        "ends": time(11, 30),
        "state": TalkState.PUBLISHED.value,
        "salt": secrets.token_hex(16),
    } | told
    talk = Talk(partnership=scope.partnership, slug=slug, venue_id=venue.id if venue else None, **told)
    db.add(talk)
    db.flush()
    db.add_all(TalkWay(talk_id=talk.id, way=way.value, capacity=capacity) for way, capacity in ways.items())
    db.commit()
    found = talks.find_talk(db, scope, slug)
    assert found is not None
    db.rollback()
    return found
