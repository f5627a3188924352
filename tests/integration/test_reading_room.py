"""The reading room: one comment at a time with names hidden, for those alone who may; what a reader says is kept."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.domain.coding import Purpose, Said, Valence
from feedback_app.domain.scope import Role, Scope
from feedback_app.services.judging import list_all_codings, list_codings, list_codings_with_words
from feedback_app.store.accounts import User
from feedback_app.store.comment_tables import HELD, UNSCREENED, Comment, SafeguardingEntry, ThemeSuggestion
from feedback_app.store.readings import readings_of
from feedback_app.store.waves import WaveFacts
from tests.support.accounts import post
from tests.support.commented import add_comment, chosen_on, wait_for_named_reader
from tests.support.people import words_on
from tests.support.summaries import SCOPE, add_wave, make_instrument, signed_in

DATABASES = ("sqlite",)  # pages; test_samples.py asks the same questions of both kinds
ROOM = "/team/reading"
NOBODY_ASKED = "Nobody told us that the taxi was stopping."


@pytest.fixture
def wave(db: Session) -> WaveFacts:
    return add_wave(db)


@pytest.fixture
def reader(app: Flask, db: Session) -> FlaskClient:
    return signed_in(app, db, Role.COMMENT_READER)


def where(comment: uuid.UUID) -> str:
    return f"{ROOM}/comments/{comment}"


def send(client: FlaskClient, comment: uuid.UUID, **data: object) -> TestResponse:
    """Open a comment and send its form."""
    return post(client, where(comment), client.get(where(comment)), **data)


def said_of(db: Session, comment: uuid.UUID) -> list[tuple[str, dict[str, str], str | None, bool]]:
    """Return who said what of a comment."""
    found = readings_of(db, SCOPE, [comment]).get(comment, ())
    db.rollback()
    return [(one.reader, dict(one.decisions), one.valence, one.unsure) for one in found]


def test_a_reader_sees_one_comment_with_its_context_and_says_what_it_is_about(
    reader: FlaskClient, db: Session, wave: WaveFacts
) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"TRANSPORT": 0.9, "INFO": 0.5}, evidence=[(24, 28)])
    answer = reader.get(f"{ROOM}/next")
    assert answer.headers["Location"] == where(comment)
    page = reader.get(where(comment))
    assert "A parent or carer was asked: What is going well?" in words_on(page)
    assert '<mark data-speaks="1 2">taxi<sup>1</sup><sup>2</sup></mark>' in page.text
    assert chosen_on(page) == {"said-TRANSPORT": ["yes"]}  # the sure one is accepted until the reader says otherwise
    data = {"said-TRANSPORT": "yes", "said-INFO": "no", "added": ["CONTACT"], "valence": "needs_change"}
    kept = send(reader, comment, **data)
    assert (kept.status_code, kept.headers["Location"]) == (302, f"{ROOM}/next")
    told = {"TRANSPORT": Said.YES, "INFO": Said.NO, "CONTACT": Said.ADDED}
    assert said_of(db, comment) == [("comment_reader@example.org", told, Valence.NEEDS_CHANGE, False)]
    assert "Nothing more to read here" in reader.get(f"{ROOM}/next").text


def test_what_is_missing_is_said_beside_its_field_and_nothing_typed_is_lost(
    reader: FlaskClient, db: Session, wave: WaveFacts
) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"TRANSPORT": 0.5, "INFO": 0.5})
    page = send(reader, comment, **{"said-INFO": "unsure", "added": ["CONTACT"]})
    assert page.status_code == 422
    assert "Say whether" in page.text
    assert "Say how they speak of it" in page.text
    assert chosen_on(page) == {"said-INFO": ["unsure"], "added": ["CONTACT"]}
    both = send(reader, comment, none="1", added=["CONTACT"], valence="mixed")
    assert "Take one of them back" in both.text
    assert said_of(db, comment) == []


def test_no_theme_fits_says_no_to_all_that_is_suggested(reader: FlaskClient, db: Session, wave: WaveFacts) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"TRANSPORT": 0.5})
    assert send(reader, comment, none="1", valence="neutral").status_code == 302
    assert said_of(db, comment)[0][1:] == ({"TRANSPORT": Said.NO}, Valence.NEUTRAL, False)
    bare = add_comment(db, wave, "Hm.")
    assert "If none fits" in send(reader, bare, valence="neutral").text


def test_whoever_cannot_tell_need_say_no_more_and_decides_nothing(
    reader: FlaskClient, db: Session, wave: WaveFacts
) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"TRANSPORT": 0.9})
    assert send(reader, comment, unsure="1").status_code == 302
    assert said_of(db, comment)[0][3]
    (judged,) = list_codings(db, SCOPE, wave.id)
    assert (judged.coding.themes, judged.coding.checked) == ({"TRANSPORT"}, False)


def test_the_last_reading_can_be_undone_and_its_form_stands_as_it_was(
    reader: FlaskClient, db: Session, wave: WaveFacts
) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"TRANSPORT": 0.5})
    send(reader, comment, **{"said-TRANSPORT": "no", "added": ["INFO"], "valence": "mixed"})
    page = reader.get(f"{ROOM}/next")
    assert "Undo the last one" in page.text
    back = post(reader, f"{where(comment)}/take-back", page)
    assert said_of(db, comment) == []
    shown = reader.get(back.headers["Location"])
    assert chosen_on(shown) == {"said-TRANSPORT": ["no"], "added": ["INFO"], "valence": ["mixed"]}
    assert post(reader, f"{where(comment)}/take-back", shown).status_code == 302  # twice does no harm


def test_one_goes_back_to_what_one_has_read_and_changes_it(
    app: Flask, reader: FlaskClient, db: Session, wave: WaveFacts
) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"TRANSPORT": 0.5})
    send(reader, comment, **{"said-TRANSPORT": "yes", "valence": "mixed"})
    assert "Nobody told us" in reader.get(f"{ROOM}/mine").text
    assert chosen_on(reader.get(where(comment)))["valence"] == ["mixed"]
    send(reader, comment, **{"said-TRANSPORT": "no", "valence": "needs_change"})
    assert [one[1:3] for one in said_of(db, comment)] == [({"TRANSPORT": Said.NO}, Valence.NEEDS_CHANGE)]
    other = signed_in(app, db, Role.SEND_TEAM)
    assert "There is nothing here yet." in other.get(f"{ROOM}/mine").text


def test_the_least_sure_comes_first_and_two_readers_never_hold_the_same(
    app: Flask, reader: FlaskClient, db: Session, wave: WaveFacts
) -> None:
    add_comment(db, wave, "Sure of this one.", {"INFO": 0.95})
    doubtful = add_comment(db, wave, "Not sure at all.", {"INFO": 0.51})
    assert str(doubtful) in reader.get(f"{ROOM}/next").headers["Location"]
    for at in range(12):
        add_comment(db, wave, f"Number {at}.", {"INFO": 0.6})
    other = signed_in(app, db, Role.SEND_TEAM)
    assert reader.get(f"{ROOM}/next").headers["Location"] != other.get(f"{ROOM}/next").headers["Location"]


def test_one_chooses_by_survey_theme_workstream_and_language(reader: FlaskClient, db: Session, wave: WaveFacts) -> None:
    second = add_wave(db, make_instrument(name="other", slug="other", code="OT"), "spring")
    info = add_comment(db, wave, NOBODY_ASKED, {"INFO": 0.5})
    taxi = add_comment(db, second, "The bus never comes.", {"TRANSPORT": 0.5})
    polish = add_comment(db, wave, "Nikt nam nie pomaga.", language="pl")
    add_comment(db, wave, "Nimeni nu ne ajută.", language="ro")
    wanted = {
        "wave=autumn": info,
        "wave=spring": taxi,
        "about=INFO": info,
        "about=TRANSPORT": taxi,
        "language=pl": polish,
    }
    for query, comment in wanted.items():
        assert reader.get(f"{ROOM}/next?{query}").headers["Location"] == f"{where(comment)}?{query}"
    page = reader.get(f"{where(polish)}?language=pl").text
    assert "This looks like Polish." in page
    assert 'lang="pl"' in page
    kept = post(reader, f"{where(info)}?about=INFO", reader.get(where(info)), unsure="1")
    assert kept.headers["Location"] == f"{ROOM}/next?about=INFO"
    page = reader.get(ROOM).text
    assert "Polish" in page
    assert "Romanian" in page
    assert "fewer than 5" in page


def test_a_lead_begins_with_their_own_workstream(app: Flask, db: Session, wave: WaveFacts) -> None:
    add_comment(db, wave, NOBODY_ASKED, {"EHC_TIME": 0.5})
    lead = signed_in(app, db, Role.WORKSTREAM_LEAD)
    assert "Read for your workstream" not in lead.get(ROOM).text
    db.execute(update(User).values(workstreams=["P2"]))
    db.commit()
    page = lead.get(ROOM).text
    assert "Read for your workstream: EHCPs and annual reviews" in page
    assert f'href="{ROOM}/next?about=P2"' in page


@pytest.mark.parametrize("standing", [HELD, UNSCREENED])
def test_what_is_held_is_never_there(reader: FlaskClient, db: Session, wave: WaveFacts, standing: str) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"INFO": 0.5}, standing=standing)
    assert reader.get(where(comment)).status_code == 404
    assert "Nothing more to read here" in reader.get(f"{ROOM}/next").text
    assert list(list_all_codings(db, SCOPE)) == []
    db.rollback()


def test_a_childs_comment_comes_after_its_named_reader(reader: FlaskClient, db: Session, wave: WaveFacts) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"INFO": 0.5}, young=True)
    wait_for_named_reader(db, comment)
    assert reader.get(where(comment)).status_code == 404
    assert "Nothing more to read here" in reader.get(f"{ROOM}/next").text
    read = {"read_on": wave.opens_on, "read_by": "named@example.org", "outcome": "no_danger", "due_on": None}
    db.execute(update(SafeguardingEntry).values(**read))
    db.commit()
    assert "A young person was asked" in words_on(reader.get(where(comment)))


def test_a_comment_held_while_somebody_reads_it_takes_no_reading(
    reader: FlaskClient, db: Session, wave: WaveFacts
) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"INFO": 0.5})
    page = reader.get(where(comment))
    db.execute(update(Comment).values(standing=HELD))
    db.commit()
    assert post(reader, where(comment), page, unsure="1").status_code == 404
    assert said_of(db, comment) == []


def test_names_are_hidden_wherever_words_are_shown(reader: FlaskClient, db: Session, wave: WaveFacts) -> None:
    words = "Mrs Larkspur rang about the taxi to school each morning."
    comment = add_comment(db, wave, words, {"TRANSPORT": 0.5}, hidden=[[0, 12, "name"]])
    twin = add_comment(
        db, wave, "Mrs Larkspur said the taxi to school stops.", {"TRANSPORT": 0.5}, hidden=[[0, 12, "name"]]
    )
    learnt = {"evidence": [], "heavy_words": ["larkspur", "mrs larkspur", "taxi"]}
    db.execute(update(ThemeSuggestion).where(ThemeSuggestion.comment_id == comment).values(learnt))
    db.commit()
    page = reader.get(where(comment))
    assert "larkspur" not in page.text.lower()
    assert "because of: taxi" in words_on(page)
    assert "[name hidden]" in words_on(page)
    assert "1 comment like this" in words_on(page)
    send(reader, twin, unsure="1")
    assert "Larkspur" not in reader.get(f"{ROOM}/mine").text
    assert "Larkspur" not in "".join(words for _judged, words in list_codings_with_words(db, SCOPE))
    db.rollback()


def test_the_broad_area_is_told_only_where_many_answered_and_never_of_the_young(
    app: Flask, reader: FlaskClient, db: Session, wave: WaveFacts
) -> None:
    geography = app.config["PLACES"].only.geography
    district = geography.districts[0]
    name = next(one.name for one in geography.localities if one.key == district.locality)
    told = {"response": {"district": district.code}}
    comment = add_comment(db, wave, NOBODY_ASKED, **told)
    assert name not in words_on(reader.get(where(comment)))
    for at in range(34):
        last = add_comment(db, wave, f"Number {at}", young=at == 33, **told)
    assert name in words_on(reader.get(where(comment)))
    assert name not in words_on(reader.get(where(last)))


def test_another_partnerships_comment_is_not_there(reader: FlaskClient, db: Session, wave: WaveFacts) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"INFO": 0.5}, partnership="elsewhere")
    assert reader.get(where(comment)).status_code == 404
    assert list(list_all_codings(db, SCOPE)) == []
    assert len(list(list_all_codings(db, Scope("elsewhere")))) == 1
    db.rollback()


def test_odd_forms_and_addresses_are_taken_for_what_they_say(reader: FlaskClient, db: Session, wave: WaveFacts) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"INFO": 0.5})
    odd = {"said-INFO": "perhaps", "said-NOTHING": "yes", "added": ["NOTHING", "\x00"], "valence": "x" * 5000}
    assert send(reader, comment, **odd).status_code == 422
    assert reader.get(f"{ROOM}/comments/{uuid.uuid4()}").status_code == 404
    assert reader.get(f"{ROOM}/comments/nothing").status_code == 404
    for query in ("wave=%00", "about=NOTHING", "language=%22", "page=x", "wave=" + "x" * 500):
        assert reader.get(f"{ROOM}/next?{query}").status_code in (200, 302)
        assert reader.get(f"{ROOM}/mine?{query}").status_code == 200


def test_a_theme_that_is_no_more_is_passed_over(reader: FlaskClient, db: Session, wave: WaveFacts) -> None:
    comment = add_comment(db, wave, "Other words.", {"GONE": 0.9})
    page = reader.get(where(comment))
    assert chosen_on(page) == {}
    assert "What is it about?" in page.text


def test_single_keys_can_be_switched_off_and_nothing_chosen_is_lost(
    reader: FlaskClient, db: Session, wave: WaveFacts
) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"INFO": 0.5})
    assert "data-keys" in reader.get(where(comment)).text
    page = send(reader, comment, do="keys", valence="mixed", added=["CONTACT"])
    assert "data-keys" not in page.text
    assert chosen_on(page) == {"valence": ["mixed"], "added": ["CONTACT"]}
    assert "Switch the keys on" in reader.get(where(comment)).text
    assert said_of(db, comment) == []


def test_what_holds_is_settled_from_suggestions_and_readings(reader: FlaskClient, db: Session, wave: WaveFacts) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"TRANSPORT": 0.9, "INFO": 0.5})
    (before,) = list_codings(db, SCOPE, wave.id)
    db.rollback()
    assert (before.coding.themes, before.coding.checked) == ({"TRANSPORT"}, False)
    send(reader, comment, **{"said-TRANSPORT": "no", "said-INFO": "yes", "valence": "mixed"})
    (after,) = list_codings(db, SCOPE, wave.id)
    assert (after.coding.themes, after.coding.checked, after.coding.valence) == ({"INFO"}, True, Valence.MIXED)
    assert after.coding.readers == ("comment_reader@example.org",)
    assert readings_of(db, SCOPE, [comment])[comment][0].purpose is Purpose.QUEUE
    db.rollback()


def test_the_log_says_that_comments_were_read_and_never_which(
    reader: FlaskClient, db: Session, wave: WaveFacts
) -> None:
    from feedback_app.store.tables import AuditEntry

    comment = add_comment(db, wave, NOBODY_ASKED, {"INFO": 0.5})
    send(reader, comment, unsure="1")
    noted = [(one.action, one.subject, one.reason) for one in db.scalars(select(AuditEntry))]
    assert noted == [("comments read", "autumn", "")]
    db.rollback()


def test_whoever_worries_about_somebody_holds_the_comment_for_a_named_reader(
    reader: FlaskClient, db: Session, wave: WaveFacts
) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"INFO": 0.5})
    address = f"{where(comment)}/worried"
    page = reader.get(address)
    assert "999" in page.text
    assert post(reader, address, page).headers["Location"] == ROOM
    assert reader.get(where(comment)).status_code == 404
    entry = db.scalars(select(SafeguardingEntry)).one()
    assert (entry.comment_id, entry.flagged, entry.read_on, entry.due_on is None) == (comment, True, None, False)
    assert db.scalar(select(Comment.standing)) == HELD
    db.rollback()


def test_the_room_is_for_those_who_read_comments(app: Flask, db: Session, wave: WaveFacts) -> None:
    comment = add_comment(db, wave, NOBODY_ASKED, {"INFO": 0.5})
    board = signed_in(app, db, Role.BOARD_MEMBER, Role.SAFEGUARDING_READER, Role.ADMINISTRATOR, Role.POWAR_WORKER)
    for address in (ROOM, f"{ROOM}/next", where(comment), f"{ROOM}/mine", f"{ROOM}/samples"):
        assert board.get(address).status_code == 403
    assert app.test_client().get(where(comment)).status_code == 302
