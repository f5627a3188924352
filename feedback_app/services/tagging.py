"""Tagging the comments that wait: those that are open, and have nothing from this version of the tagger."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Tagged, Valence
from feedback_app.domain.errors import ModelRefused
from feedback_app.domain.instrument import TextItem
from feedback_app.domain.place import Place
from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import OTHER_LANGUAGE
from feedback_app.domain.voices import VoiceKind
from feedback_app.services import fielding
from feedback_app.store import taggings, worries
from feedback_app.theming.apart import Asking, Recipe
from feedback_app.theming.languages import COMMON
from feedback_app.theming.tagger import Learnt, Tagger, version_of

A_BATCH = 200  # comments kept in one transaction
_TOLD = {VoiceKind.COMPLIMENT: Valence.GOING_WELL, VoiceKind.COMPLAINT: Valence.NEEDS_CHANGE}


@dataclass(frozen=True)
class Work:
    """What tagging a partnership's comments takes: what the tagger is made of, and its version.

    ``screened``: the languages that screening has cues of, and ``due_on``: by when a safeguarding reader has to read
    what is in none of them; None where nobody screens.
    """

    recipe: Recipe
    version: str
    screened: frozenset[str] = frozenset()
    due_on: date | None = None

    @property
    def codeframe(self) -> Codeframe:
        """Return the codeframe by which comments are tagged."""
        return self.recipe.codeframe


def languages_of(place: Place) -> tuple[str, ...]:
    """Return the tags of the languages that a partnership offers, or is going to, and of common ones beside them."""
    known = place.partnership
    return tuple(sorted({*COMMON, *(language.tag for language in (*known.languages, *known.later_languages))}))


def prepare(
    db: Session,
    scope: Scope,
    codeframe: Codeframe,
    languages: Iterable[str] = COMMON,
    screened: frozenset[str] = frozenset(),
    due_on: date | None = None,
) -> Work:
    """Return what tagging takes today: this codeframe, what was learnt of it and is in use, and these languages."""
    recipe = Recipe(codeframe, find_model(db, scope, codeframe), tuple(languages))
    return Work(recipe, version_of(recipe.codeframe, recipe.model, recipe.languages), screened, due_on)


def find_model(db: Session, scope: Scope, codeframe: Codeframe) -> Learnt | None:
    """Return what was learnt of a codeframe and is in use, or None; None also for what cannot be read any more."""
    weights = taggings.find_weights(db, scope, codeframe)
    if weights is None:
        return None
    from feedback_app.theming.model import model_for

    try:
        return model_for(weights, codeframe)
    except ModelRefused:
        return None


def list_waiting(db: Session, scope: Scope, work: Work, most: int = A_BATCH) -> dict[uuid.UUID, Asking]:
    """Return the next comments that wait, with what each was asked: open ones alone, never one that is held."""
    waiting = taggings.list_waiting(db, scope, work.version, most)
    return {one.id: Asking(one.words, asked_of(db, one), one.language) for one in waiting}


def keep_tagged(db: Session, scope: Scope, work: Work, tagged: Mapping[uuid.UUID, Tagged]) -> int:
    """Keep what the tagger said, and return of how many comments; those that are held by now are passed over.

    No cue of screening could read what is in another language, or in none that is sure: it is held for a safeguarding
    reader, once.
    """
    unread = [comment for comment, said in tagged.items() if said.language not in work.screened]
    held = worries.hold_unread(db, scope, unread, [[OTHER_LANGUAGE, 0, 0]], work.due_on) if work.due_on else set()
    for comment in held:
        drop_tagging(db, scope, comment)
    rest = {comment: said for comment, said in tagged.items() if comment not in held}
    return taggings.keep_taggings(db, scope, work.codeframe, work.version, rest) + len(held)


def tag_waiting(db: Session, scope: Scope, work: Work, tagger: Tagger, most: int = A_BATCH) -> int:
    """Tag the next comments that wait, at most so many, in this process; return how many. Again and again does no harm.

    For commands and tests, where a tagger may be loaded; `jobs.tagging` does the same with one in a process of its own.
    """
    waiting = list_waiting(db, scope, work, most)
    found = {
        comment: tagger.tag(asking.words, question_valence=asking.asked, language_hint=asking.language)
        for comment, asking in waiting.items()
    }
    return keep_tagged(db, scope, work, found)


def drop_tagging(db: Session, scope: Scope, comment_id: uuid.UUID) -> None:
    """Take back all that was suggested for a comment, as when it is held again. Nothing is suggested for held ones."""
    taggings.delete_tagging(db, scope, comment_id)


def asked_of(db: Session, waiting: taggings.Waiting) -> Valence | None:
    """Return what somebody was asked for: what goes well, what should change, or None where it was left open."""
    if waiting.voice_kind is not None:
        return _TOLD.get(VoiceKind(waiting.voice_kind))
    if waiting.version_id is None:
        return None
    item = fielding.get_fielded(db, waiting.version_id).instrument.items.get(waiting.item)
    return Valence(item.valence) if isinstance(item, TextItem) and item.valence else None
