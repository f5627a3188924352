"""A comment as the page shows it: its words in pieces, where it comes from, the suggestions with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from feedback_app.domain.codeframe import Codeframe, Theme
from feedback_app.domain.coding import Purpose, Reading, State
from feedback_app.domain.marking import Piece, cut_pieces
from feedback_app.extensions import db
from feedback_app.services import fielding
from feedback_app.services.masking import hidden_of, list_shown
from feedback_app.services.reading import Opened
from feedback_app.services.whereabouts import area_of
from feedback_app.store import readings
from feedback_app.store.readings import CommentFacts
from feedback_app.web.access import place, scope
from feedback_app.web.languages import in_page_language, page_language
from feedback_app.web.reading import words
from feedback_app.web.reading.forms import Typed


@dataclass(frozen=True)
class Context:
    """Where a comment comes from, and never more: what was asked of whom, in which survey, in which broad area."""

    who: str
    asked: str
    title: str
    area: str = ""


@dataclass(frozen=True)
class Line:
    """A suggested theme as the page shows it: its number, what it means, and why it is suggested."""

    number: int
    code: str
    name: str
    meaning: str
    chosen: str
    sure: bool
    heavy: tuple[str, ...] = ()


def context_of(comment: CommentFacts) -> Context:
    """Return where a comment comes from."""
    if comment.wave_id is None:
        voice = readings.find_voice(db.session, scope(), comment.voice_id) if comment.voice_id else None
        kind, teller = (voice.kind, voice.teller) if voice else ("", "")
        return Context(words.teller_words(teller), "", words.voice_words(kind))
    wave = fielding.get_wave_by_id(db.session, comment.wave_id)
    instrument = fielding.get_instrument(db.session, wave.version_id, page_language().locale)
    item = instrument.items.get(comment.item)
    area = area_of(db.session, scope(), comment, place().geography, place().policy)
    who = words.who_words(instrument.audience, comment.young)
    return Context(who, item.text if item else "", instrument.title, in_page_language(area))


def suggested_in(opened: Opened, codeframe: Codeframe) -> tuple[str, ...]:
    """Return the suggested themes that the codeframe knows still; for a third look all that either reader saw."""
    if opened.pair:
        seen = opened.pair[0].themes | opened.pair[1].themes
        return tuple(code for code in codeframe.codes if code in seen)
    if opened.tagged is None:
        return ()
    return tuple(theme for theme in opened.tagged.themes if theme in codeframe.by_code)


def lines_of(opened: Opened, codeframe: Codeframe, typed: Typed) -> list[Line]:
    """Return the suggestions with their numbers, in the order they are shown."""
    by_theme = {one.theme: one for one in opened.tagged.suggestions} if opened.tagged else {}
    lines = []
    for number, code in enumerate(suggested_in(opened, codeframe), 1):
        theme, found = codeframe.by_code[code], by_theme.get(code)
        heavy = list_shown(opened.comment, found.heavy_words)[:3] if found and not found.evidence else ()
        sure = found is not None and found.state is State.SURE
        name, meaning = in_page_language(theme.name), in_page_language(theme.definition)
        lines.append(Line(number, code, name, meaning, typed.said.get(code, ""), sure, heavy))
    return lines


def pieces_of(opened: Opened, codeframe: Codeframe) -> tuple[Piece, ...]:
    """Return the words of a comment in pieces, names hidden, evidence numbered as the suggestions are."""
    by_theme = {one.theme: one.evidence for one in opened.tagged.suggestions} if opened.tagged else {}
    evidence = {at: by_theme.get(code, ()) for at, code in enumerate(suggested_in(opened, codeframe), 1)}
    return cut_pieces(opened.comment.words, hidden_of(opened.comment), evidence)


def groups_to_add(codeframe: Codeframe, left_out: Sequence[str]) -> list[tuple[str, list[Theme]]]:
    """Return the themes that can be added, by priority, those that are suggested left out."""
    names = {priority.key: priority.name for priority in codeframe.priorities}
    groups = []
    for key, themes in codeframe.by_priority.items():
        rest = [theme for theme in themes if theme.code not in left_out]
        if rest:
            groups.append((in_page_language(names[key]) if key else _("Other themes"), rest))
    return groups


def pair_lines(pair: tuple[Reading, Reading], codeframe: Codeframe) -> list[str]:
    """Return what two readers said, without their names."""
    said = []
    for one in pair:
        names = [in_page_language(codeframe.by_code[code].name) for code in codeframe.codes if code in one.themes]
        feeling = words.valence_words(one.valence) if one.valence else _("not sure how they speak of it")
        themes = ", ".join(names) or (_("could not tell") if one.unsure else _("no theme"))
        said.append(_("%(themes)s. %(feeling)s.", themes=themes, feeling=feeling))
    return said


def why_words(opened: Opened) -> str:
    """Return why this comment is read in a way of its own, "" for the ordinary queue."""
    if opened.purpose is Purpose.SECOND:
        return _(
            "This comment is part of a sample. Somebody else reads it too. You do not see what the program "
            "suggests or what they say, so that we learn how far people agree."
        )
    if opened.purpose is Purpose.THIRD:
        return _("Two people read this comment and saw different things. What you say is what counts.")
    return ""


def language_of(opened: Opened) -> dict[str, Any]:
    """Return the tag of the language of the words, and its name where only a person can read it."""
    tag = opened.tagged.language if opened.tagged else ""
    person = opened.tagged is not None and opened.tagged.state is State.PERSON
    page = opened.comment.language.replace("_", "-")
    return {"tag": page if tag in ("", "und") else tag, "name": words.language_name(tag) if person else ""}


def subject_of(comment: CommentFacts) -> str:
    """Return what the audit log calls where a comment comes from: its wave, or voices."""
    return fielding.get_wave_by_id(db.session, comment.wave_id).slug if comment.wave_id else "voices"
