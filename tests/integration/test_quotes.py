"""Hiding names by hand, and clearing words to be quoted: to the letter, checked, taken back when words change."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.quotes import may_quote
from feedback_app.domain.disclosure.safe_quotes import SafeQuote
from feedback_app.domain.disclosure.totals import total_safe
from feedback_app.domain.scope import Role
from feedback_app.services.quoting import Cleared, list_quotes, note_beside
from feedback_app.store.comment_tables import HELD, Comment, Voice
from feedback_app.store.tables import AuditEntry, random_id
from feedback_app.store.waves import WaveFacts
from tests.support.accounts import post
from tests.support.commented import add_comment
from tests.support.people import words_on
from tests.support.summaries import SCOPE, TODAY, add_wave, signed_in

DATABASES = ("sqlite",)  # pages; test_samples.py asks the same questions of both kinds
WORDS = "Our worker Zebedee rings back.\nThe taxi is late and Zebedee knows."


@pytest.fixture
def wave(db: Session) -> WaveFacts:
    return add_wave(db)


@pytest.fixture
def comment(db: Session, wave: WaveFacts) -> uuid.UUID:
    return add_comment(db, wave, WORDS, {"CONTACT": 0.9}, hidden=[])


@pytest.fixture
def lead(app: Flask, db: Session) -> FlaskClient:
    return signed_in(app, db, Role.WORKSTREAM_LEAD)


def send(client: FlaskClient, comment: uuid.UUID, page: str, **data: object) -> TestResponse:
    address = f"/team/reading/comments/{comment}/{page}"
    return post(client, address, client.get(address), **data)


def clear(client: FlaskClient, comment: uuid.UUID, part: str) -> TestResponse:
    return send(client, comment, "quote", part=part, checked="1", check=["nobody", "fair", "safe"])


def quotes_of(db: Session, wave: uuid.UUID | None) -> list[Cleared]:
    found = list_quotes(db, SCOPE, wave)
    db.rollback()
    return found


def hidden_in(db: Session, comment: uuid.UUID) -> list[object] | None:
    found = db.scalar(select(Comment.hidden).where(Comment.id == comment))
    db.rollback()
    return found


def test_words_typed_are_hidden_wherever_they_stand(lead: FlaskClient, db: Session, comment: uuid.UUID) -> None:
    assert send(lead, comment, "hide", typed="zebedee\n\n").status_code == 302
    page = lead.get(f"/team/reading/comments/{comment}")
    assert "Zebedee" not in page.text
    assert words_on(page).count("[hidden]") == 2
    assert hidden_in(db, comment) == [[11, 18, "other"], [52, 59, "other"]]


def test_what_does_not_stand_there_is_said_and_nothing_typed_is_lost(
    lead: FlaskClient, db: Session, comment: uuid.UUID
) -> None:
    page = send(lead, comment, "hide", typed="Zebedee\nBadger")
    assert page.status_code == 422
    assert "“Badger” does not stand in the comment." in page.text
    assert "Zebedee\nBadger</textarea>" in page.text
    assert send(lead, comment, "hide", typed="x" * 5000).status_code == 422
    assert send(lead, comment, "hide", typed="x" * 300).status_code == 422
    assert hidden_in(db, comment) == []


def test_what_is_ticked_stays_hidden_and_the_rest_is_shown_again(
    lead: FlaskClient, db: Session, comment: uuid.UUID
) -> None:
    send(lead, comment, "hide", typed="Zebedee\nThe taxi")
    send(lead, comment, "hide", hide=["31-39", "5-9", "rubbish"])
    assert hidden_in(db, comment) == [[31, 39, "other"]]


def test_a_part_is_cleared_to_the_letter_after_each_check(
    lead: FlaskClient, db: Session, wave: WaveFacts, comment: uuid.UUID
) -> None:
    part = "The taxi is late"
    sure = send(lead, comment, "quote", part=f" {part} ")
    assert "Check these words before they are quoted" in sure.text
    assert quotes_of(db, wave.id) == []
    half = send(lead, comment, "quote", part=part, checked="1", check=["nobody"])
    assert half.status_code == 422
    assert "Tick each line once you have checked it." in half.text
    assert clear(lead, comment, part).status_code == 302
    (quote,) = quotes_of(db, wave.id)
    assert (quote.masked, quote.clearance.text, quote.clearance.by) == (part, part, "workstream_lead@example.org")
    assert isinstance(
        may_quote(quote.masked, quote.clearance, total_safe(60, Policy()), (), quote.shown_before), SafeQuote
    )


@pytest.mark.parametrize("part", ["The taxi was late", "", "x" * 3000, "Our worker The taxi"])
def test_words_that_are_no_part_of_the_comment_are_not_cleared(
    lead: FlaskClient, db: Session, wave: WaveFacts, comment: uuid.UUID, part: str
) -> None:
    page = clear(lead, comment, part)
    assert page.status_code == 422
    assert quotes_of(db, wave.id) == []


def test_hidden_words_cannot_be_quoted_and_a_quote_goes_when_hiding_changes_the_words(
    lead: FlaskClient, db: Session, wave: WaveFacts, comment: uuid.UUID
) -> None:
    clear(lead, comment, "Our worker Zebedee rings back.")
    page = send(lead, comment, "hide", typed="Zebedee")
    assert page.status_code == 302
    assert "was taken back" in lead.get(page.headers["Location"]).text
    assert quotes_of(db, wave.id) == []
    assert clear(lead, comment, "Our worker Zebedee rings back.").status_code == 422
    assert clear(lead, comment, "Our worker [hidden] rings back.").status_code == 302
    assert [quote.masked for quote in quotes_of(db, wave.id)] == ["Our worker [hidden] rings back."]


def test_a_quote_is_taken_back_by_hand_and_gone_while_its_comment_is_held(
    lead: FlaskClient, db: Session, wave: WaveFacts, comment: uuid.UUID
) -> None:
    clear(lead, comment, "The taxi is late")
    note_beside(db, SCOPE, comment, "district", 3)
    note_beside(db, SCOPE, comment, "age_band", 1)
    db.commit()
    assert quotes_of(db, wave.id)[0].shown_before == (("district", 3),)
    db.execute(update(Comment).values(standing=HELD))
    db.commit()
    assert quotes_of(db, wave.id) == []
    db.execute(update(Comment).values(standing="open"))
    db.commit()
    address = f"/team/reading/comments/{comment}/quote"
    assert post(lead, f"{address}/withdraw", lead.get(address)).status_code == 302
    assert quotes_of(db, wave.id) == []


def test_a_voice_that_is_only_counted_is_never_quoted(lead: FlaskClient, db: Session) -> None:
    voice, comment = random_id(), random_id()
    row = {"id": voice, "partnership": SCOPE.partnership, "kind": "story", "teller": "parent_carer", "month": TODAY}
    db.execute(insert(Voice).values(**row, consent="count", entered_by="a", entered_on=TODAY))
    own = {"id": comment, "partnership": SCOPE.partnership, "voice_id": voice, "language": "en_GB", "words": WORDS}
    db.execute(insert(Comment).values(**own, standing="open", hidden=[]))
    db.commit()
    assert "A personal story" in words_on(lead.get(f"/team/reading/comments/{comment}"))
    assert clear_without_form(lead, comment).status_code == 422
    db.execute(update(Voice).values(consent="quote"))
    db.commit()
    assert clear(lead, comment, "The taxi is late").status_code == 302
    assert len(quotes_of(db, None)) == 1
    db.execute(update(Voice).values(consent="count"))
    db.commit()
    assert quotes_of(db, None) == []


def clear_without_form(client: FlaskClient, comment: uuid.UUID) -> TestResponse:
    address = f"/team/reading/comments/{comment}"
    sent = {"part": "The taxi is late", "checked": "1", "check": ["nobody", "fair", "safe"]}
    return post(client, f"{address}/quote", client.get(address), **sent)


def test_the_log_names_who_and_the_survey_and_never_the_words(
    lead: FlaskClient, db: Session, comment: uuid.UUID
) -> None:
    clear(lead, comment, "The taxi is late")
    send(lead, comment, "hide", typed="Zebedee\nThe taxi")
    noted = [(one.action, one.subject, one.reason) for one in db.scalars(select(AuditEntry))]
    db.rollback()
    assert noted == [
        ("comments read", "autumn", ""),
        ("quote cleared", "autumn", ""),
        ("names hidden", "autumn", ""),
        ("quote withdrawn", "autumn", ""),
    ]


def test_those_who_only_read_neither_hide_nor_clear(app: Flask, db: Session, comment: uuid.UUID) -> None:
    reader = signed_in(app, db, Role.COMMENT_READER)
    page = reader.get(f"/team/reading/comments/{comment}")
    assert "Hide names" not in page.text
    for at in ("hide", "quote", "quote/withdraw"):
        assert post(reader, f"/team/reading/comments/{comment}/{at}", page).status_code == 403
