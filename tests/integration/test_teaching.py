"""Learning from what people decided: kept with its record, used when somebody says so, and written into the log."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Purpose, Reading, Said, Valence
from feedback_app.domain.errors import ModelRefused, NothingToLearn, NotLearnt
from feedback_app.extensions import db as extension
from feedback_app.services import tagging, teaching
from feedback_app.services.auditing import iterate_kept
from feedback_app.services.tagger_record import get_record
from feedback_app.store.comment_tables import HELD, Comment
from feedback_app.store.learnt_models import ModelFacts
from feedback_app.store.readings import keep_reading
from feedback_app.store.waves import WaveFacts
from tests.support.commands import CommandLine
from tests.support.commented import add_comment
from tests.support.summaries import SCOPE, add_wave
from tests.support.teaching import taught
from tests.support.themes import SMALL, small_codeframe

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
WHO = {"at": AT, "actor": "somebody@example.org"}


def read(db: Session, comment: uuid.UUID, themes: frozenset[str], *, unsure: bool = False) -> None:
    """Let somebody read a comment and see some themes in it."""
    decisions = tuple((theme, Said.ADDED) for theme in sorted(themes))
    reading = Reading("reader@example.org", Purpose.QUEUE, decisions, Valence.NEEDS_CHANGE, unsure)
    keep_reading(db, SCOPE, comment, reading, sample_id=None, codeframe_version=1, day=date(2026, 11, 20))


def teach(db: Session) -> list[uuid.UUID]:
    """Add comments with what a reader sees in them, and return their ids; the PLAN ones first."""
    wave: WaveFacts = add_wave(db)
    examples = sorted(taught()[:40], key=lambda example: "PLAN" not in example.themes)
    comments = [add_comment(db, wave, example.words, {"WAIT": 0.9}) for example in examples]
    for comment, example in zip(comments, examples, strict=True):
        read(db, comment, example.themes)
    db.commit()
    return comments


def learn_themes(db: Session, codeframe: Codeframe) -> ModelFacts:
    """Learn from what people decided, as the command does: looked up, learnt, and only then kept."""
    lesson = teaching.learn_themes(codeframe, teaching.list_examples(db, SCOPE, codeframe))
    return teaching.keep_lesson(db, SCOPE, codeframe, lesson, **WHO)


def test_what_is_learnt_is_kept_and_used_only_when_somebody_says_so(db: Session) -> None:
    teach(db)
    codeframe = small_codeframe()
    facts = learn_themes(db, codeframe)
    assert (facts.number, facts.examples, facts.in_use) == (1, 40, False)
    assert facts.record["themes"]["PLAN"]["won"]
    assert tagging.find_model(db, SCOPE, codeframe) is None
    before = tagging.prepare(db, SCOPE, codeframe).version
    teaching.use_learnt(db, SCOPE, codeframe, 1, **WHO)
    model = tagging.find_model(db, SCOPE, codeframe)
    assert model is not None
    assert tagging.prepare(db, SCOPE, codeframe).version != before
    teaching.use_learnt(db, SCOPE, codeframe, None, **WHO)
    assert tagging.find_model(db, SCOPE, codeframe) is None
    actions = [entry.action for entry, _hash in iterate_kept(db, SCOPE)]
    assert actions[-3:] == [teaching.LEARNT, teaching.PUT_IN_USE, teaching.TAKEN_OUT]


def test_held_comments_and_unsure_readings_are_not_learnt_from(db: Session) -> None:
    comments = teach(db)
    db.execute(update(Comment).where(Comment.id == comments[0]).values(standing=HELD))
    read(db, comments[1], frozenset(), unsure=True)
    assert len(teaching.list_examples(db, SCOPE, small_codeframe())) == 38


def test_names_are_hidden_from_what_is_learnt(db: Session) -> None:
    comments = teach(db)
    words = "write to somebody@example.org about it"
    db.execute(update(Comment).where(Comment.id == comments[0]).values(words=words))
    examples = teaching.list_examples(db, SCOPE, small_codeframe())
    assert not any("somebody@example.org" in example.words for example in examples)


def test_too_few_readings_teach_nothing(db: Session) -> None:
    with pytest.raises(NothingToLearn):
        learn_themes(db, small_codeframe())


def test_another_version_or_an_unknown_number_is_refused(db: Session) -> None:
    teach(db)
    learn_themes(db, small_codeframe())
    later = small_codeframe().model_copy(update={"version": 2})
    with pytest.raises(ModelRefused, match="version 1"):
        teaching.use_learnt(db, SCOPE, later, 1, **WHO)
    with pytest.raises(NotLearnt):
        teaching.use_learnt(db, SCOPE, small_codeframe(), 7, **WHO)


def test_the_record_tells_how_often_people_found_suggestions_right(db: Session) -> None:
    """Each comment was suggested WAIT as sure; ten of forty are about waiting, and ten plans were missed."""
    teach(db)
    record = get_record(db, SCOPE, small_codeframe())
    assert (record.checked, record.sure_right, record.sure_of, record.missed) == (40, 10, 40, 10)
    plan = next(one for one in record.themes if one.theme == "PLAN")
    assert (plan.confirmed, plan.suggested, plan.missed, plan.source, plan.f1) == (10, 0, 10, "cues", None)
    assert sum(band.suggested for band in record.bands) == 40
    assert record.model is None


def test_the_commands_say_what_is_wrong_in_sentences(database_url: str, tmp_path: Path) -> None:
    run = CommandLine(database_url)
    refused = run("themes", "learn")
    assert refused.exit_code == 2
    assert "0 comments" in refused.output
    assert "Say which" in run("themes", "use", "first").output
    assert "Nothing was learnt under number 3" in run("themes", "use", "3").output
    assert "people have read 0 comments" in run.must("themes", "record")
    gold = tmp_path / "gold.csv"
    gold.write_text("comment,themes,valence\nWe waited,WAIT;NOPE,\nNobody listens,LISTEN,cross\n", encoding="utf-8")
    found = run("themes", "evaluate", "--gold", str(gold), "--codeframe", str(SMALL))
    assert found.exit_code == 2
    assert "row 2: there is no theme 'NOPE' in small" in found.output
    assert "row 3: 'cross' is no valence" in found.output
    gold.write_text("comment,labels\nWe waited,WAIT\n", encoding="utf-8")
    assert "no column called themes" in run("themes", "evaluate", "--gold", str(gold)).output


def test_nobody_waits_for_the_database_while_something_is_learnt(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has one writer at a time, and learning takes minutes: no family could send its answers meanwhile."""

    def look(codeframe: Codeframe, examples: list[object]) -> None:
        assert not extension.session.in_transaction()
        raise NothingToLearn(len(examples), teaching.FEWEST)

    monkeypatch.setattr(teaching, "learn_themes", look)
    assert CommandLine(database_url)("themes", "learn").exit_code == 2


def test_evaluating_prints_the_figures_of_a_file(database_url: str, tmp_path: Path) -> None:
    gold = tmp_path / "gold.csv"
    rows = [f"We waited {number} weeks,WAIT,What would you change?" for number in range(4)]
    gold.write_text("\n".join(["comment,themes,question", *rows, "Nobody listens,,"]), encoding="utf-8")
    printed = CommandLine(database_url).must("themes", "evaluate", "--gold", str(gold), "--codeframe", str(SMALL))
    assert "WAIT                     F1 1.00: in 4, suggested for 4, right 4" in printed
    assert "F1, every label alike (micro): 0.889" in printed
