"""Venues, terms and series as their organisers keep them; and that two who plan at once do so one after the other."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.planning import is_called_alike, slug_of
from feedback_app.domain.talks.talk import VenueFacts
from feedback_app.store import talk_planning, talks
from feedback_app.store.talks import TermFacts


def take_turn(db: Session, scope: Scope) -> None:
    """Let no other organiser add talks, terms or venues until the end of the transaction: first of all that it does."""
    talk_planning.wait_for_turn(db, scope)


def keep_venue(db: Session, scope: Scope, venue: VenueFacts | None, told: Mapping[str, Any]) -> uuid.UUID:
    """Change a venue, or add one where there is none yet, and return its id."""
    if venue is None:
        return talk_planning.add_venue(db, scope, **told)
    talk_planning.update_venue(db, scope, venue.id, **told)
    return venue.id


def is_kept(db: Session, scope: Scope, told: Mapping[str, Any]) -> bool:
    """Return whether there is a venue in use that says all of this."""
    said = {**told, "features": tuple(told["features"])}
    return any(
        all(getattr(venue, name) == value for name, value in said.items() if name != "in_use")
        for venue in talks.list_venues(db, scope)
    )


def keep_term(db: Session, scope: Scope, term: TermFacts | None, name: str, starts: date, ends: date) -> None:
    """Change a term, or add one where there is none yet; its address stays as it was."""
    if term is not None:
        talk_planning.update_term(db, scope, term.id, name=name, starts_on=starts, ends_on=ends)
        return
    slug = free_slug(name, {one.slug for one in talks.list_terms(db, scope)})
    talk_planning.add_term(db, scope, slug, name, starts, ends)


def free_slug(name: str, taken: Collection[str]) -> str:
    """Return an address for what is called so that none of the others has."""
    wanted = slug = slug_of(name)
    number = 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def delete_term(db: Session, scope: Scope, term: TermFacts) -> bool:
    """Delete a term that no talk belongs to, and return whether it was."""
    return talk_planning.delete_term(db, scope, term.id)


def name_series(db: Session, scope: Scope, series: TermFacts, name: str) -> None:
    """Call a series something else, with all its talks; its address stays as it was told."""
    talk_planning.update_series(db, scope, series.id, name)


def delete_series(db: Session, scope: Scope, series: TermFacts) -> bool:
    """Delete a series that no talk belongs to, and return whether it was."""
    return talk_planning.delete_series(db, scope, series.id)


def get_series_called(db: Session, scope: Scope, name: str) -> uuid.UUID:
    """Return the series that is called so; where there is none yet it is added."""
    known = talks.list_series(db, scope)
    there = next((one.id for one in known if is_called_alike(one.name, name)), None)
    return there or talk_planning.add_series(db, scope, free_slug(name, {one.slug for one in known}), name)
