"""Samples that two people read blind: what each sees, how far they agree, and the third look where they differ."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy import update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.domain.coding import Purpose, Reading, Valence
from feedback_app.domain.errors import CommentUnknown
from feedback_app.domain.scope import Role
from feedback_app.domain.screening import Cues, Screener, Screening
from feedback_app.domain.working_days import WorkingDays
from feedback_app.services.judging import list_codings
from feedback_app.services.masking import keep_hidden
from feedback_app.services.quoting import QuoteRefused, clear_quote
from feedback_app.services.reading import keep_reading, open_comment
from feedback_app.services.sampling import list_samples
from feedback_app.services.worrying import hold_again
from feedback_app.store.comment_tables import HELD, Comment
from feedback_app.store.reading_samples import list_sampled
from feedback_app.store.waves import WaveFacts
from tests.support.accounts import post
from tests.support.commented import add_comment, chosen_on
from tests.support.people import log_of, words_on
from tests.support.summaries import SCOPE, TODAY, add_wave, signed_in
from tests.support.themed import CODEFRAME as THEMED

ROOM = "/team/reading"
CUES = {"version": 1, "categories": {"danger": {"name": "Danger", "cues": {"en": ["hit me"]}}}}
ONE, OTHER = "comment_reader@example.org", "workstream_lead@example.org"


@pytest.fixture
def wave(db: Session) -> WaveFacts:
    """A wave with 12 comments of which the program has something to say."""
    wave = add_wave(db)
    for at in range(12):
        add_comment(db, wave, f"Number {at}: the taxi never came.", {"TRANSPORT": 0.9})
    return wave


@pytest.fixture
def team(app: Flask, db: Session, wave: WaveFacts) -> FlaskClient:
    return signed_in(app, db, Role.SEND_TEAM)


@pytest.fixture
def pair(app: Flask, db: Session, team: FlaskClient) -> tuple[FlaskClient, FlaskClient]:
    """Two readers with a sample drawn for them."""
    both = signed_in(app, db, Role.COMMENT_READER), signed_in(app, db, Role.WORKSTREAM_LEAD)
    assert draw(team).status_code == 302
    return both


def draw(team: FlaskClient, **data: str) -> TestResponse:
    given = {"wave": "autumn", "first": ONE, "second": OTHER} | data
    return post(team, f"{ROOM}/samples", team.get(f"{ROOM}/samples"), **given)


def sample_of(db: Session) -> uuid.UUID:
    found = list_samples(db, SCOPE)[0].sample.id
    db.rollback()
    return found


def sampled(db: Session) -> list[uuid.UUID]:
    found = list_sampled(db, SCOPE, sample_of(db))
    db.rollback()
    return found


def say(client: FlaskClient, comment: uuid.UUID, **data: object) -> TestResponse:
    address = f"{ROOM}/comments/{comment}"
    return post(client, address, client.get(address), **{"valence": "needs_change", **data})


def test_each_reader_of_a_sample_sees_neither_suggestions_nor_what_the_other_says(
    pair: tuple[FlaskClient, FlaskClient], db: Session
) -> None:
    one, other = pair
    assert "Read the sample: 12 comments left" in one.get(ROOM).text
    first = sampled(db)[0]
    kept = say(one, first, added=["TRANSPORT"])
    assert kept.headers["Location"] == f"{ROOM}/samples/{sample_of(db)}/next"
    page = other.get(f"{ROOM}/comments/{first}")
    assert "<mark" not in page.text
    assert chosen_on(page) == {}
    assert "Somebody else reads it too." in page.text
    assert "11 comments left" in one.get(ROOM).text
    assert "12 comments left" in other.get(ROOM).text


def test_a_sample_is_kept_out_of_the_queue_and_from_everybody_else(
    app: Flask, pair: tuple[FlaskClient, FlaskClient], team: FlaskClient, db: Session
) -> None:
    first, sample = sampled(db)[0], sample_of(db)
    assert "Nothing more to read here" in team.get(f"{ROOM}/next").text
    assert team.get(f"{ROOM}/comments/{first}").status_code == 404
    assert team.get(f"{ROOM}/samples/{sample}/next").status_code == 404
    assert pair[0].get(f"{ROOM}/samples/{sample}").status_code == 403


def test_how_far_two_agree_is_told_by_theme_in_plain_words(
    pair: tuple[FlaskClient, FlaskClient], team: FlaskClient, db: Session
) -> None:
    address = f"{ROOM}/samples/{sample_of(db)}"
    assert "There is no comment yet that both have read" in team.get(address).text
    for at, comment in enumerate(sampled(db)):
        say(pair[0], comment, added=["TRANSPORT"] if at < 6 else ["INFO"])
        if at == 11:
            say(pair[1], comment, unsure="1")
        else:
            say(pair[1], comment, added=["TRANSPORT"] if at < 6 else ["CONTACT"])
    shown = team.get(address)
    page = words_on(shown)
    assert "Both have read 11 of 12 comments and were sure. They saw the very same themes in 6" in page
    assert "1 more is left out" in page
    rows = lxml_html.document_fromstring(shown.text).xpath("//tbody/tr")
    cells = {row[0].text_content(): [cell.text_content() for cell in row[1:6]] for row in rows}
    assert cells["Travel to school and college"] == ["6", "6", "6", "100%", "1.00"]
    assert sorted(cells.values())[:2] == [["0", "5", "0", "55%", "not known"], ["5", "0", "0", "55%", "not known"]]
    assert "You have read the whole sample." in pair[0].get(f"{address}/next", follow_redirects=True).text


def test_a_comment_that_is_held_between_look_and_send_takes_nothing(db: Session, wave: WaveFacts) -> None:
    comment = add_comment(db, wave, "The taxi never came.", {"TRANSPORT": 0.9})
    opened = open_comment(db, SCOPE, comment, ONE, settles=False)
    db.execute(update(Comment).where(Comment.id == comment).values(standing=HELD))
    screening = Screening(Screener(Cues.model_validate(CUES)), WorkingDays())
    with pytest.raises(CommentUnknown):
        keep_reading(db, SCOPE, opened, Reading(ONE, Purpose.QUEUE), THEMED, TODAY)
    with pytest.raises(CommentUnknown):
        clear_quote(db, SCOPE, opened.comment, "The taxi", OTHER, TODAY)
    with pytest.raises(CommentUnknown):
        hold_again(db, SCOPE, screening, comment, today=TODAY)


def test_a_quote_is_cut_from_the_words_as_they_stand_when_it_is_cleared(db: Session, wave: WaveFacts) -> None:
    comment = add_comment(db, wave, "Zebedee never came.", hidden=[])
    opened = open_comment(db, SCOPE, comment, ONE, settles=False)
    keep_hidden(db, SCOPE, opened.comment, [(0, 7, "name")])  # by somebody else, meanwhile
    with pytest.raises(QuoteRefused):
        clear_quote(db, SCOPE, opened.comment, "Zebedee never came.", OTHER, TODAY)


def test_where_two_differ_a_third_looks_and_their_word_holds(
    pair: tuple[FlaskClient, FlaskClient], team: FlaskClient, db: Session, wave: WaveFacts
) -> None:
    first, second = sampled(db)[:2]
    for comment in (first, second):
        say(pair[0], comment, added=["TRANSPORT", "INFO"])
    say(pair[1], first, added=["TRANSPORT"])
    say(pair[1], second, added=["TRANSPORT", "INFO"])
    disputed = {one.comment_id for one in list_codings(db, SCOPE, wave.id) if one.coding.disputed}
    db.rollback()
    assert disputed == {first}
    assert "Look a third time: 1 comment" in team.get(f"{ROOM}/samples").text
    assert team.get(f"{ROOM}/third").headers["Location"] == f"{ROOM}/comments/{first}"
    page = team.get(f"{ROOM}/comments/{first}")
    assert ONE not in page.text
    assert OTHER not in page.text
    assert "One reader said:" in page.text
    assert pair[0].get(f"{ROOM}/third").status_code == 403
    say(team, first, **{"said-TRANSPORT": "yes", "said-INFO": "no"})
    found = next(one.coding for one in list_codings(db, SCOPE, wave.id) if one.comment_id == first)
    db.rollback()
    assert (found.themes, found.valence, found.checked) == ({"TRANSPORT"}, Valence.NEEDS_CHANGE, True)
    assert "There is no comment left that needs a third look" in team.get(f"{ROOM}/third", follow_redirects=True).text


def test_a_sample_that_cannot_be_drawn_is_answered_with_a_sentence_and_kept(
    pair: tuple[FlaskClient, FlaskClient], team: FlaskClient, db: Session
) -> None:
    assert "Choose two different people." in draw(team, second=ONE).text
    assert "Choose two people who may read comments." in draw(team, first="nobody@example.org").text
    assert "Choose a survey." in draw(team, wave="x" * 500).text
    few = draw(team)  # all are in the first sample
    assert few.status_code == 422
    assert "Too few comments are left" in few.text
    assert f'<option value="{ONE}" selected>' in few.text
    assert ("send_team@example.org", "reading sample made", "autumn", "12 comments") in log_of(db)
