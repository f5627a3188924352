"""Teaching the tagger: learning from what people decided, and choosing which of what was learnt is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.errors import NothingToLearn, NotLearnt
from feedback_app.domain.scope import Scope
from feedback_app.services.auditing import note_action
from feedback_app.services.judging import list_codings_with_words
from feedback_app.services.tagging import asked_of
from feedback_app.store import learnt_models
from feedback_app.store.learnt_models import ModelFacts

if TYPE_CHECKING:  # the learning libraries are loaded only where something is learnt
    from feedback_app.theming.examples import Example

LEARNT = "themes learnt"
PUT_IN_USE = "learnt themes put in use"
TAKEN_OUT = "learnt themes taken out of use"
FEWEST = 30  # comments that people decided, before anything is learnt


def list_examples(db: Session, scope: Scope, codeframe: Codeframe) -> list[Example]:
    """Return the comments that people have read and were sure of, names hidden, with what they decided."""
    from feedback_app.theming.examples import Example

    known = frozenset(codeframe.codes)
    checked = [(one, words) for one, words in list_codings_with_words(db, scope) if one.coding.checked]
    contexts = learnt_models.list_contexts(db, scope, [one.comment_id for one, _words in checked])
    return [
        Example(
            words,
            one.coding.themes & known,
            one.coding.valence,
            asked_of(db, contexts[one.comment_id]) if one.comment_id in contexts else None,
        )
        for one, words in sorted(checked, key=lambda pair: pair[0].comment_id)
    ]


@dataclass(frozen=True)
class Lesson:
    """What was learnt and is not kept yet: of how many comments, how well it did, and its packed weights."""

    examples: int
    record: dict[str, Any]
    weights: bytes


def learn_themes(codeframe: Codeframe, examples: Sequence[Example]) -> Lesson:
    """Learn from what people decided; raise NothingToLearn for too little.

    It takes minutes and no database: nobody's answers should wait for it.
    """
    from feedback_app.theming.learning import learn

    if len(examples) < FEWEST:
        raise NothingToLearn(len(examples), FEWEST)
    learnt = learn(codeframe, examples)
    record: dict[str, Any] = {theme: asdict(told) for theme, told in learnt.themes.items()}
    return Lesson(len(examples), {"themes": record, "valences": list(learnt.model.valences)}, learnt.model.pack())


def keep_lesson(
    db: Session, scope: Scope, codeframe: Codeframe, lesson: Lesson, *, at: datetime, actor: str
) -> ModelFacts:
    """Keep what was learnt with its record, not in use, and return what is known of it."""
    values = {"codeframe_version": codeframe.version, "made_on": at.date(), **vars(lesson)}
    number = learnt_models.add_model(db, scope, codeframe, values)
    note_action(db, scope, at=at, actor=actor, action=LEARNT, subject=_subject(codeframe, number))
    return get_learnt(db, scope, codeframe, number)


def use_learnt(
    db: Session, scope: Scope, codeframe: Codeframe, number: int | None, *, at: datetime, actor: str
) -> None:
    """Let the tagger use what was learnt under a number, or cues alone where it is None.

    Raise NotLearnt for a number that is not there, ModelRefused for what was learnt of another version.
    """
    from feedback_app.theming.model import model_for

    if number is not None:
        get_learnt(db, scope, codeframe, number)
        model_for(learnt_models.get_weights(db, scope, codeframe, number), codeframe)
    learnt_models.put_in_use(db, scope, codeframe, number)
    action = TAKEN_OUT if number is None else PUT_IN_USE
    note_action(db, scope, at=at, actor=actor, action=action, subject=_subject(codeframe, number))


def get_learnt(db: Session, scope: Scope, codeframe: Codeframe, number: int) -> ModelFacts:
    """Return what was learnt under a number; raise NotLearnt where there is nothing."""
    found = learnt_models.find_model(db, scope, codeframe, number)
    if found is None:
        raise NotLearnt(number)
    return found


def list_learnt(db: Session, scope: Scope, codeframe: Codeframe) -> list[ModelFacts]:
    """Return all that was learnt of a codeframe, the newest first."""
    return learnt_models.list_models(db, scope, codeframe)


def find_in_use(db: Session, scope: Scope, codeframe: Codeframe) -> ModelFacts | None:
    """Return what the tagger uses of what was learnt, or None; nothing of another version of the codeframe is used."""
    ours = (one for one in list_learnt(db, scope, codeframe) if one.codeframe_version == codeframe.version)
    return next((one for one in ours if one.in_use), None)


def last_learnt(db: Session, scope: Scope, codeframe: Codeframe) -> date | None:
    """Return the day on which something was learnt last, or None."""
    return max((one.made_on for one in list_learnt(db, scope, codeframe)), default=None)


def _subject(codeframe: Codeframe, number: int | None) -> str:
    return f"{codeframe.name} version {codeframe.version}" + (f", number {number}" if number is not None else "")
