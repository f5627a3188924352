"""What stands beside the figures of a theme: cleared quotes, and how many other voices speak of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback_app.domain.coding import Valence, settle
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.quotes import may_quote
from feedback_app.domain.disclosure.safe_quotes import SafeQuote
from feedback_app.domain.scope import Scope
from feedback_app.domain.voices import VoiceKind
from feedback_app.services import quoting, voices
from feedback_app.services.theme_summary import ThemeSummary
from feedback_app.services.voices import KindCount
from feedback_app.store import theme_counts

MOST_CLEARED = 500  # quotes of a wave that are looked through


@dataclass(frozen=True)
class Quoted:
    """Words that may be shown, with nothing told of who wrote them, and how they speak of their themes."""

    quote: SafeQuote
    themes: frozenset[str]
    valence: Valence | None


def list_theme_quotes(db: Session, scope: Scope, summary: ThemeSummary) -> list[Quoted]:
    """Return the cleared quotes of a wave that may be shown beside its themes (R6), the newest cleared first.

    For readers of snapshots they are of the people whom the snapshot counts.
    """
    wave = summary.wave.id
    cleared = sorted(quoting.list_quotes(db, scope, wave), key=lambda one: one.cleared_on, reverse=True)
    ids = [one.comment_id for one in cleared][:MOST_CLEARED]
    codings = {
        one.comment_id: settle(one.readings, one.tagged)
        for one in theme_counts.list_open(db, scope, wave, summary.seen.upto, ids)
    }
    found = []
    for one in cleared:
        coding = codings.get(one.comment_id)
        quote = may_quote(one.masked, one.clearance, summary.people, (), one.shown_before) if coding else None
        if coding and isinstance(quote, SafeQuote):
            found.append(Quoted(quote, coding.themes, coding.valence))
    return found


def count_theme_voices(db: Session, scope: Scope, theme: str, policy: Policy) -> Mapping[VoiceKind, KindCount]:
    """Return kind -> how many other voices speak of a theme, as it may be shown."""
    told = [one for one in voices.list_told(db, scope) if theme in one.coding.themes]
    return voices.count_kinds(told, policy)
