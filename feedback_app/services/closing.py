"""Telling the team that a wave has closed: once a wave, whether its last day went by or somebody closed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.gate import total_safe
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.scope import Scope
from feedback_app.services.fielding import end_wave, get_instrument, get_wave
from feedback_app.services.posting import notify_wave_closed
from feedback_app.store import closings
from feedback_app.store.waves import WaveFacts, count_responses


@dataclass(frozen=True)
class Closed:
    """A wave as it is after closing it, whether that changed anything, and how many messages say so."""

    wave: WaveFacts
    changed: bool
    told: int


def close_wave(db: Session, scope: Scope, slug: str, today: date, policy: Policy, language: str) -> Closed:
    """Close a wave from today on and tell the team; raise SurveyUnknown. Twice, it changes nothing and tells nobody.

    A wave that has not opened closes on the day it would have opened, and is told then.
    """
    before = get_wave(db, scope, slug)
    wave = end_wave(db, scope, slug, today)
    closed = wave.closed_from is not None and wave.closed_from <= today
    told = tell_closed(db, scope, wave, policy, language) if closed else 0
    return Closed(wave, before.closed_from != wave.closed_from, told)


def list_untold(db: Session, scope: Scope, today: date) -> list[WaveFacts]:
    """Return the waves that are closed today and of which the team has not heard yet."""
    return closings.list_untold(db, scope, today)


def tell_closed(db: Session, scope: Scope, wave: WaveFacts, policy: Policy, language: str) -> int:
    """Put a message to each member of the SEND team that a wave has closed; return how many, 0 when it is told already.

    A message carries the protected number of answers alone, and the survey's title in `language` (a locale).
    Of a demonstration's wave, whose answers are made up, nobody is told.
    """
    if not closings.mark_told(db, wave.id):
        return 0
    if wave.demonstration:
        return 0
    instrument = get_instrument(db, wave.version_id, language)
    answered = total_safe(count_responses(db, wave.id), policy, instrument.minors)
    return notify_wave_closed(db, scope, slug=wave.slug, title=instrument.title, answered=answered)
