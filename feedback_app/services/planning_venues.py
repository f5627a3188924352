"""Venues and terms as their organisers keep them; and that two who plan at once do so one after the other."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.planning import slug_of
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


def keep_term(db: Session, scope: Scope, term: TermFacts | None, name: str, starts: date, ends: date) -> None:
    """Change a term, or add one where there is none yet; its address stays as it was."""
    if term is not None:
        talk_planning.update_term(db, scope, term.id, name=name, starts_on=starts, ends_on=ends)
        return
    wanted = slug = slug_of(name)
    taken, number = {one.slug for one in talks.list_terms(db, scope)}, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    talk_planning.add_term(db, scope, slug, name, starts, ends)


def delete_term(db: Session, scope: Scope, term: TermFacts) -> bool:
    """Delete a term that no talk belongs to, and return whether it was."""
    return talk_planning.delete_term(db, scope, term.id)
