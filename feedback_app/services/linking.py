"""Ways in to a wave: links for schools, sessions, kiosks and paper, told apart without naming any."""

from __future__ import annotations

import secrets
from typing import Literal, get_args

from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.services.fielding import get_wave
from feedback_app.store import collectors
from feedback_app.store.waves import WaveFacts

Kind = Literal["school", "session", "kiosk", "paper"]
KINDS: tuple[str, ...] = get_args(Kind)
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"  # none that is misread
LENGTH = 8


def add_link(db: Session, scope: Scope, wave_slug: str, kind: str) -> tuple[WaveFacts, str]:
    """Add a way in to a wave; return the wave and the opaque id that its address carries. Raise SurveyUnknown."""
    wave = get_wave(db, scope, wave_slug)
    collector = "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))
    collectors.add_collector(db, collector, wave.id, kind)
    return wave, collector
