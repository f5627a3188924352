"""A comment as a safeguarding reader sees it: all its words, what raised the flag, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from feedback_app.domain.safeguarding import Outcome
from feedback_app.domain.screening import BY_A_READER, OTHER_LANGUAGE, OTHER_WRITING
from feedback_app.extensions import db
from feedback_app.services import fielding
from feedback_app.services.safeguarding import EntryFacts
from feedback_app.web.access import place
from feedback_app.web.languages import in_page_language, page_language
from feedback_app.web.reading.words import teller_words, voice_words, who_words


@dataclass(frozen=True)
class Piece:
    """A stretch of the words, marked when it raised the flag."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Context:
    """Who wrote it, what they were asked, in which survey."""

    who: str
    asked: str
    title: str


def context_of(entry: EntryFacts) -> Context:
    """Return where a comment comes from, in words."""
    if entry.version_id is None:
        return Context(teller_words(entry.voice_teller or ""), "", voice_words(entry.voice_kind or ""))
    instrument = fielding.get_instrument(db.session, entry.version_id, page_language().locale)
    item = instrument.items.get(entry.item)
    return Context(who_words(instrument.audience, entry.young), item.text if item else "", instrument.title)


def pieces_of(entry: EntryFacts) -> list[Piece]:
    """Return the words in order, cut where what raised the flag begins and ends."""
    words, pieces, at = entry.words, list[Piece](), 0
    for _category, first, last in sorted(entry.cues, key=lambda cue: cue[1]):
        start, end = max(first, at), min(last, len(words))
        if start < end:
            pieces += [Piece(words[at:start], marked=False), Piece(words[start:end], marked=True)]
            at = end
    return [piece for piece in (*pieces, Piece(words[at:], marked=False)) if piece.text]


def reasons_of(entry: EntryFacts) -> list[str]:
    """Return the kinds of danger that the words may speak of, each once."""
    screener = place().screener
    names = dict(screener.names) if screener else {}
    own = {
        OTHER_WRITING: _("In letters that the program cannot screen"),
        OTHER_LANGUAGE: _("In a language that the program cannot screen"),
        BY_A_READER: _("Flagged by a reader"),
    }
    keys = dict.fromkeys(category for category, _start, _end in entry.cues)
    return [own.get(key) or in_page_language(names.get(key, key)) for key in keys]


def due_words(entry: EntryFacts, today: date) -> str:
    """Return by when a comment must be read, in words."""
    if entry.due_on is None:
        return ""
    if entry.due_on < today:
        return _("Overdue: it was to be read by %(day)s", day=format_date(entry.due_on, "EEEE d MMMM"))
    if entry.due_on == today:
        return _("Read it today")
    return _("Read it by %(day)s", day=format_date(entry.due_on, "EEEE d MMMM"))


def outcome_words(outcome: str) -> str:
    """Return what was decided, in words."""
    return {
        Outcome.LET_THROUGH: _("No danger: let through"),
        Outcome.PASSED_ON: _("Passed on"),
        Outcome.KEPT_BACK: _("Kept back"),
        Outcome.READ: _("Read"),
    }[Outcome(outcome)]
