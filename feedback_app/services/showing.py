"""A table by two things at once is shown only once the ledger has it, and by what waves can be set side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from feedback_app.domain.dimensions import dimensions_of
from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.domain.partnership import Geography
from feedback_app.domain.scope import Scope
from feedback_app.services.breaking_down import WaveBreakdown, is_released, release
from feedback_app.services.fielding import get_fielded
from feedback_app.services.frozen import get_seen
from feedback_app.store.waves import WaveFacts

AGAIN = 5  # how often a table is settled anew when others are released meanwhile


def settle_and_release(
    db: Session,
    scope: Scope,
    audience: Audience,
    settle: Callable[[], WaveBreakdown],
    turn: Callable[[Session], AbstractContextManager[None]],
) -> WaveBreakdown | None:
    """Return a breakdown that may be shown now: what two things at once show is in the ledger before (R4).

    ``settle`` makes it, which takes long and only reads; ``turn`` lets the session write in between and keeps what was
    written at its end. None where others released tables of the same wave each time, so that nothing may be shown.
    """
    for _ in range(AGAIN):
        found = settle()
        if is_released(db, found):
            return found
        with turn(db):
            written = release(db, scope, found, audience)
        if written:
            return found
    return None


def waves_by_breakdown(
    db: Session, waves: Iterable[WaveFacts], geography: Geography, audience: Audience
) -> dict[str, list[WaveFacts]]:
    """Return breakdown -> those of the waves, in their order, whose groups by it an audience sees.

    A wave's own questions decide: an earlier version may not have asked what tells the groups. Raise NothingShownYet.
    """
    found: dict[str, list[WaveFacts]] = {}
    for wave in waves:
        if get_seen(db, wave, audience).grouped:
            for dimension in dimensions_of(get_fielded(db, wave.version_id).instrument, geography):
                found.setdefault(dimension.name, []).append(wave)
    return found
