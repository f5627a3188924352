"""Comments that wait are tagged: open ones alone, again by each new version, and never over what people read."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from feedback_app.domain.coding import State, Tagged, Valence
from feedback_app.domain.scope import Scope
from feedback_app.jobs.tagging import Minutely, TaggingWork
from feedback_app.jobs.transactions import Transactions
from feedback_app.services import tagging
from feedback_app.services.tagging import Work
from feedback_app.store import taggings
from feedback_app.store.comment_tables import (
    HELD,
    OPEN,
    UNSCREENED,
    Comment,
    LearntModel,
    SafeguardingEntry,
    Tagging,
    Voice,
)
from feedback_app.store.readings import taggeds_of
from feedback_app.store.tables import random_id
from feedback_app.store.waves import WaveFacts
from tests.support.commented import add_comment
from tests.support.summaries import SCOPE, add_wave
from tests.support.themes import small_codeframe, small_tagger


@pytest.fixture
def wave(db: Session) -> WaveFacts:
    return add_wave(db)


def add_untagged(db: Session, wave: WaveFacts, words: str, **more: object) -> uuid.UUID:
    """Add a comment that the tagger has not seen, and return its id."""
    comment = add_comment(db, wave, words, **more)  # type: ignore[arg-type]
    tagging.drop_tagging(db, SCOPE, comment)
    db.commit()
    return comment


def add_voice(db: Session, kind: str, words: str) -> uuid.UUID:
    """Add words from elsewhere, and return the comment's id."""
    voice, comment = random_id(), random_id()
    told = {"kind": kind, "teller": "staff", "month": date(2026, 5, 1), "consent": "quote"}
    entered = {"entered_by": "somebody@example.org", "entered_on": date(2026, 6, 1)}
    db.execute(insert(Voice).values(id=voice, partnership=SCOPE.partnership, **told, **entered))
    said = {"words": words, "language": "en_GB", "standing": OPEN}
    db.execute(insert(Comment).values(id=comment, partnership=SCOPE.partnership, voice_id=voice, **said))
    db.commit()
    return comment


def work_of(db: Session) -> Work:
    """Return what tagging by the small codeframe takes."""
    return tagging.prepare(db, SCOPE, small_codeframe())


def tag_all(db: Session) -> int:
    """Tag all that waits, and return how many."""
    done, work = 0, work_of(db)
    while now := tagging.tag_waiting(db, SCOPE, work, small_tagger(), 2):
        done += now
        db.commit()
    return done


def test_open_comments_are_tagged_once_with_their_evidence(db: Session, wave: WaveFacts) -> None:
    """In batches; a second time nothing is left to do."""
    words = [f"We waited for plan {number}, and nobody listens to us." for number in range(5)]
    comments = [add_untagged(db, wave, each) for each in words]
    assert tag_all(db) == 5
    assert tag_all(db) == 0
    tagged = taggeds_of(db, SCOPE, comments)[comments[0]]
    assert {one.theme for one in tagged.suggestions} == {"WAIT", "LISTEN"}
    evidence = {one.theme: [words[0][span.start : span.end] for span in one.evidence] for one in tagged.suggestions}
    assert evidence == {"WAIT": ["waited"], "LISTEN": ["nobody listens to"]}
    row = db.get_one(Tagging, comments[0])
    version = (row.codeframe, row.codeframe_version, row.tagger_version)
    assert version == ("small", 1, small_tagger().version)


@pytest.mark.parametrize("standing", [HELD, UNSCREENED])
def test_what_is_not_open_is_never_tagged(db: Session, wave: WaveFacts, standing: str) -> None:
    """Not when it waits, and not when it is held while the tagger is at work on it."""
    shut = add_untagged(db, wave, "We waited", standing=standing)
    caught = add_untagged(db, wave, "We waited longer")
    waiting = tagging.list_waiting(db, SCOPE, work_of(db))
    assert list(waiting) == [caught]
    db.execute(update(Comment).where(Comment.id == caught).values(standing=standing))
    db.commit()
    found = {comment: small_tagger().tag("We waited") for comment in (shut, caught)}
    assert tagging.keep_tagged(db, SCOPE, work_of(db), found) == 0
    assert taggeds_of(db, SCOPE, [shut, caught]) == {}


def test_a_comment_that_is_held_again_loses_its_suggestions(db: Session, wave: WaveFacts) -> None:
    """All of them, and nobody else's; another partnership cannot take them."""
    comment, other = (add_comment(db, wave, "We waited", {"WAIT": 0.6}) for _ in range(2))
    tagging.drop_tagging(db, Scope("elsewhere"), comment)
    assert comment in taggeds_of(db, SCOPE, [comment])
    tagging.drop_tagging(db, SCOPE, comment)
    assert list(taggeds_of(db, SCOPE, [comment, other])) == [other]


def test_a_new_version_tags_again_but_not_what_somebody_has_read(db: Session, wave: WaveFacts) -> None:
    """Readers' work is judged by what they saw; nothing that they decided changes."""
    from feedback_app.domain.coding import Purpose, Reading, Said
    from feedback_app.store.readings import keep_reading, readings_of

    unread, read = (add_comment(db, wave, "We waited and waited", {"MOVE": 0.5}) for _ in range(2))
    said = Reading("reader@example.org", Purpose.QUEUE, (("MOVE", Said.NO),), Valence.NEUTRAL)
    keep_reading(db, SCOPE, read, said, sample_id=None, codeframe_version=1, day=date(2026, 11, 10))
    db.commit()
    assert tag_all(db) == 1
    found = taggeds_of(db, SCOPE, [unread, read])
    assert (found[unread].themes, found[read].themes) == (("WAIT",), ("MOVE",))
    assert readings_of(db, SCOPE, [read])[read] == (said,)


def test_the_question_and_the_kind_of_voice_tell_how_words_are_meant(db: Session) -> None:
    """A bare "nothing" is read by what was asked; a complaint is no praise."""
    from tests.support.summaries import make_instrument

    asked = make_instrument()
    sections = [
        section.model_copy(
            update={
                "items": tuple(
                    item.model_copy(update={"valence": "going_well"}) if item.id == "TS11" else item
                    for item in section.items
                )
            }
        )
        for section in asked.sections
    ]
    wave = add_wave(db, make_instrument(sections=[section.model_dump(by_alias=True) for section in sections]))
    nothing, complaint = add_untagged(db, wave, "Nothing"), add_voice(db, "complaint", "The taxi")
    story = add_voice(db, "story", "The taxi")
    tag_all(db)
    found = taggeds_of(db, SCOPE, [nothing, complaint, story])
    feelings = [found[one].feeling for one in (nothing, complaint, story)]
    told = [feeling.valence for feeling in feelings if feeling]
    assert told == [Valence.NEEDS_CHANGE, Valence.NEEDS_CHANGE, Valence.NEUTRAL]


def test_another_language_is_kept_for_a_person(db: Session, wave: WaveFacts) -> None:
    """Marked with its language, without a theme or a valence."""
    comment = add_untagged(db, wave, "Czekamy bardzo długo na wizytę u lekarza")
    tag_all(db)
    tagged = taggeds_of(db, SCOPE, [comment])[comment]
    assert (tagged.language, tagged.state, tagged.suggestions, tagged.feeling) == ("pl", State.PERSON, (), None)


def test_words_that_no_cue_could_screen_are_held_until_a_safeguarding_reader_has_read_them(
    db: Session, wave: WaveFacts
) -> None:
    comment = add_untagged(db, wave, "Nous attendons depuis deux ans et personne ne nous répond jamais")
    known = add_untagged(db, wave, "Czekamy bardzo długo na wizytę u lekarza")
    work = replace(work_of(db), screened=frozenset({"en", "pl"}), due_on=date(2026, 11, 23))
    found = {one: Tagged("fr" if one == comment else "pl", State.PERSON) for one in (comment, known)}
    assert tagging.keep_tagged(db, SCOPE, work, found) == 2
    entry = db.get_one(SafeguardingEntry, comment)
    assert (db.get_one(Comment, comment).standing, entry.flagged, entry.due_on) == (HELD, True, work.due_on)
    assert (db.get_one(Comment, known).standing, db.get(Tagging, comment)) == (OPEN, None)
    db.execute(update(Comment).where(Comment.id == comment).values(standing=OPEN))
    read = {"read_on": date(2026, 11, 23), "read_by": "reader@example.org", "outcome": "let_through"}
    db.execute(update(SafeguardingEntry).where(SafeguardingEntry.comment_id == comment).values(**read))
    tagging.keep_tagged(db, SCOPE, work, found)
    db.expire_all()
    assert (db.get_one(Comment, comment).standing, db.get_one(Tagging, comment).state) == (OPEN, "person")


def test_what_was_learnt_of_another_version_is_not_used(db: Session) -> None:
    """Nor what cannot be read any more: the rules alone go on."""
    before = work_of(db).version
    told = {"partnership": SCOPE.partnership, "codeframe": "small", "made_on": date(2026, 11, 10), "in_use": True}
    for number, version in enumerate((1, 2), 1):
        row = {**told, "codeframe_version": version, "number": number, "examples": 9, "record": {}}
        db.execute(insert(LearntModel).values(id=random_id(), weights=b"no model", **row))
    assert taggings.find_weights(db, SCOPE, small_codeframe()) == b"no model"
    assert work_of(db).version == before


def test_without_a_codeframe_nothing_is_tagged_and_the_minute_is_kept(app: Flask, db: Session, wave: WaveFacts) -> None:
    """A partnership may have none yet."""
    add_untagged(db, wave, "We waited")
    place = app.config["PLACES"].only
    here = SimpleNamespace(scope=place.scope, partnership=place.partnership, codeframe=None)
    assert TaggingWork(Transactions(app), here).tag_waiting() == 0  # type: ignore[arg-type]
    assert not Minutely().is_due()
    assert Minutely(0.0).is_due()
