"""Every way in goes through screening: what is flagged is held, what a child wrote must be read, the rest is open."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.domain.answers import TEXT_GIVEN, AnswerSheet
from feedback_app.domain.errors import NoSafeguardingReader
from feedback_app.domain.place import Place
from feedback_app.domain.texts import FieldedDocument
from feedback_app.services.bulk_adding import Taking, add_ready, make_ready
from feedback_app.services.commenting import NewComment, admit, screen_waiting
from feedback_app.services.fielding import field_wave
from feedback_app.services.responding import save_page, start_draft, submit_response
from feedback_app.store.comment_tables import Comment, SafeguardingEntry
from tests.support.summaries import SCOPE, add_answers, add_wave, make_instrument, some_answers
from tests.support.surveys import name_reader

FRIDAY = date(2026, 11, 20)
DANGER, FINE = "My daughter says she wants to die.", "The quiet room helps a lot."


@pytest.fixture
def here(app: Flask) -> Place:
    place: Place = app.config["PLACES"].only
    return place


def kept(db: Session) -> dict[str, str]:
    """Return words -> standing of every comment."""
    return dict(db.execute(select(Comment.words, Comment.standing)).all())


def entries(db: Session) -> dict[str, tuple[bool, date | None]]:
    """Return words -> (flagged, due) of what a safeguarding reader must read."""
    rows = select(Comment.words, SafeguardingEntry.flagged, SafeguardingEntry.due_on)
    joined = rows.join(SafeguardingEntry, SafeguardingEntry.comment_id == Comment.id)
    return {words: (flagged, due) for words, flagged, due in db.execute(joined)}


def test_what_is_flagged_is_held_and_due_on_the_next_working_day(here: Place, db: Session) -> None:
    wave = add_wave(db)
    instrument = make_instrument()
    ready = [
        make_ready(instrument, AnswerSheet({"TS11": TEXT_GIVEN}, {"TS11": said}), week=FRIDAY, language="en_GB")
        for said in (DANGER, FINE)
    ]
    assert add_ready(db, SCOPE, Taking(wave, instrument, "online", here.screening, FRIDAY), ready) == 2
    assert kept(db) == {DANGER: "held", FINE: "open"}
    assert entries(db) == {DANGER: (True, date(2026, 11, 23))}


def test_every_comment_of_a_child_must_be_read(here: Place, db: Session) -> None:
    instrument = make_instrument(minors=True, slug="young", name="young_survey", audience="young_person")
    wave = add_wave(db, instrument)
    ready = [make_ready(instrument, AnswerSheet({}, {"TS11": FINE}), week=FRIDAY, language="en_GB")]
    add_ready(db, SCOPE, Taking(wave, instrument, "online", here.screening, FRIDAY), ready)
    assert kept(db) == {FINE: "open"}
    assert entries(db) == {FINE: (False, date(2026, 11, 23))}
    assert db.scalar(select(Comment.young))


def test_what_somebody_sends_is_screened_in_the_same_transaction(here: Place, db: Session) -> None:
    wave, now = add_wave(db), datetime(2026, 11, 20, 10, tzinfo=UTC)
    code = start_draft(db, wave, context={}, collector=None, language="en_GB", now=now)
    sheet = some_answers(1)[0]
    for page in make_instrument().pages:
        texts = {"TS11": DANGER}
        save_page(db, SCOPE, code, page, {**sheet, "TS11": TEXT_GIVEN}, texts, today=now.date(), language="en_GB")
    submit_response(db, SCOPE, code, now=now, language="en_GB", screening=here.screening)
    assert kept(db) == {DANGER: "held"}
    db.rollback()
    assert kept(db) == entries(db) == {}


def test_without_cues_nothing_is_open_and_what_waits_is_screened_later(here: Place, db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(2), {0: DANGER, 1: FINE})
    assert set(kept(db).values()) == {"unscreened"}
    assert here.screening is not None
    assert screen_waiting(db, SCOPE, here.screening, today=FRIDAY).held == 1
    assert kept(db) == {DANGER: "held", FINE: "open"}
    assert list(entries(db)) == [DANGER]
    assert screen_waiting(db, SCOPE, here.screening, today=FRIDAY).comments == 0


def test_no_screening_means_unscreened_not_open(db: Session) -> None:
    wave = add_wave(db)
    add_answers(db, wave, some_answers(1), {0: FINE})
    response = db.scalar(select(Comment.response_id))
    admit(db, SCOPE, None, [NewComment(FINE, "en_GB", False, response, wave.id, item="TS12")], today=FRIDAY)
    assert set(db.scalars(select(Comment.standing))) == {"unscreened"}


def test_children_are_asked_for_no_words_while_nobody_is_named_to_read_them(db: Session) -> None:
    document = FieldedDocument(instrument=make_instrument(minors=True, text_switch=True))

    def open_wave(slug: str, *, texts_open: bool) -> None:
        field_wave(
            db, SCOPE, document, slug=slug, opens_on=FRIDAY, closed_from=None, today=FRIDAY, texts_open=texts_open
        )

    with pytest.raises(NoSafeguardingReader):
        open_wave("one", texts_open=True)
    open_wave("two", texts_open=False)
    name_reader(db)
    open_wave("three", texts_open=True)


def test_words_go_with_their_time_but_for_a_flag_that_nobody_has_read(here: Place, db: Session) -> None:
    from feedback_app.store.retention import count_unread_flags, delete_words

    wave = add_wave(db)
    add_answers(db, wave, some_answers(2), {0: DANGER, 1: FINE})
    assert here.screening is not None
    screen_waiting(db, SCOPE, here.screening, today=FRIDAY)
    later = date(2028, 1, 1)
    assert delete_words(db, SCOPE, later) == 1
    assert list(kept(db)) == [DANGER]
    assert count_unread_flags(db, SCOPE, later) == 1
    read = {"read_on": FRIDAY, "outcome": "passed_on", "due_on": None}
    db.execute(update(SafeguardingEntry).values(**read))
    assert delete_words(db, SCOPE, later) == 1
    assert entries(db) == kept(db) == {}
