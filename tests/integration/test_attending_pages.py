"""Pages before and on the day: who comes, needs in one form, register, check-in, walk-ins, the waiting list."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.services.signing_up import NeedAsked
from feedback_app.store.sign_ups import SignUpFacts, find_sign_up, list_needs
from feedback_app.store.tables import AuditEntry
from feedback_app.store.talk_tables import TalkMessage, TalkWay
from tests.support.attended import book
from tests.support.summaries import SCOPE, signed_in
from tests.support.talks import BOTH, add_talk, add_venue

DATABASES = ("sqlite",)  # the queries are tested on both in test_attending.py
WHERE = "/team/talks/waiting-well"


@pytest.fixture
def forum(app: Flask, db: Session) -> FlaskClient:
    return signed_in(app, db, Role.FORUM_ORGANISER)


@pytest.fixture
def talk(app: Flask, db: Session) -> TalkFacts:
    return add_talk(db, ways=BOTH, venue=add_venue(db), provided=["captions"])


@pytest.fixture
def anna(app: Flask, db: Session, talk: TalkFacts) -> SignUpFacts:
    needs = [NeedAsked("step_free"), NeedAsked("interpreter", "Urdu <b>please</b>")]
    return book(app, db, talk, "Anna", 3, needs=needs)


def send(client: FlaskClient, address: str, **fields: object) -> tuple[int, str]:
    """Post a form with the proof that it is ours, follow where it leads, and return the first status and the page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(f"{WHERE}/check-in").text)
    assert found
    answer = client.post(address, data={"csrf_token": found.group(1), **fields})
    page = client.get(answer.location) if answer.status_code == 302 else answer
    return answer.status_code, page.text


def came(db: Session, sign_up: SignUpFacts) -> int | None:
    """Return how many of a family came."""
    found = find_sign_up(db, SCOPE, sign_up.id)
    db.rollback()
    assert found is not None
    return found.came


def test_who_comes_is_shown_with_how_to_reach_them_and_it_is_noted_who_looked(
    app: Flask, db: Session, forum: FlaskClient, anna: SignUpFacts, talk: TalkFacts
) -> None:
    book(app, db, talk, "Omar", 2, way=Way.ONLINE)
    for _twice in range(2):
        page = forum.get(f"{WHERE}/people").text
    for told in (
        "Anna",
        "mailto:anna@example.org",
        "3 places",
        "Interpreter for another language, Step-free way in",
        "Omar",
        "Online",
    ):
        assert told in page
    assert "Urdu" not in page  # their own words stand on the page of needs alone
    noted = db.scalars(select(AuditEntry).where(AuditEntry.action == "people of a talk seen")).all()
    assert [(one.subject, one.reason) for one in noted] == [("waiting-well", "")]


def test_every_page_stands_when_nobody_has_booked_and_is_not_there_for_another_talk(
    forum: FlaskClient, talk: TalkFacts
) -> None:
    for page in ("people", "needs", "register", "check-in", "waiting"):
        assert forum.get(f"{WHERE}/{page}").status_code == 200
        assert forum.get(f"/team/talks/no-such/{page}").status_code == 404


def test_many_needs_are_changed_in_one_form_and_the_families_told_without_the_need_being_named(
    db: Session, forum: FlaskClient, anna: SignUpFacts
) -> None:
    page = forum.get(f"{WHERE}/needs").text
    assert "0 of 2 arranged, 2 open" in page
    assert "Urdu &lt;b&gt;please&lt;/b&gt;" in page
    assert "This is there already" in page  # the venue has a step-free way in
    ids = {need.need: str(need.id) for need in list_needs(db, SCOPE, sign_up_ids=[anna.id])}
    db.rollback()
    fields: dict[str, str] = {}
    for key, state in (("step_free", "arranged"), ("interpreter", "cannot")):
        fields |= {f"was_state-{ids[key]}": "asked", f"state-{ids[key]}": state, f"owner-{ids[key]}": "  Sam \n B. "}
    status, page = send(forum, f"{WHERE}/needs", **fields, do="tell")
    assert status == 302
    assert "2 changes are kept." in page
    assert "1 family is sent a message." in page
    assert "1 of 2 arranged, 1 cannot" in page
    assert page.count('value="Sam B."') == 5  # two fields, two of what was before, one to choose from
    assert page.count("The family knows") == 2
    (message,) = db.scalars(select(TalkMessage).where(TalkMessage.kind == "need")).all()
    assert message.about == {}
    db.rollback()
    # The same page sent once more by somebody who saw it before: what they left alone stays as it is.
    stale = {f"was_state-{ids['step_free']}": "asked", f"state-{ids['step_free']}": "asked"}
    assert "Nothing was changed." in send(forum, f"{WHERE}/needs", **stale)[1]
    assert "There is no news for anybody." in send(forum, f"{WHERE}/needs", do="tell")[1]


def test_nobody_is_told_that_families_are_written_to_once_the_talk_has_begun(
    app: Flask, forum: FlaskClient, db: Session
) -> None:
    begun = add_talk(db, day=date(2026, 6, 3))
    book(app, db, begun, "Anna", needs=[NeedAsked("captions")], now=datetime(2026, 6, 1, 12, tzinfo=UTC))
    (need,) = list_needs(db, SCOPE, talk_id=begun.id)
    db.rollback()
    page = send(forum, f"{WHERE}/needs", do="tell", **{f"state-{need.id}": "arranged"})[1]
    assert "nobody is sent a message any more" in page
    assert "tell the families" not in page
    assert "Not told yet" in page


def test_a_mistake_in_the_needs_is_told_at_its_field_and_all_that_was_typed_stays(
    db: Session, forum: FlaskClient, anna: SignUpFacts
) -> None:
    first, second = (str(need.id) for need in list_needs(db, SCOPE, sign_up_ids=[anna.id]))
    db.rollback()
    status, page = send(
        forum, f"{WHERE}/needs", **{f"owner-{first}": "x" * 121, f"state-{first}": "odd", f"owner-{second}": "Kept"}
    )
    assert status == 422
    document = lxml_html.document_fromstring(page)
    links = document.xpath("//*[contains(@class, 'mend')]//a/@href")
    assert sorted(links) == sorted([f"#owner-{first}", f"#state-{first}"])
    assert document.xpath(f"string(//input[@id='owner-{second}']/@value)") == "Kept"


def test_a_code_asks_and_only_the_form_notes_and_a_wrong_tap_is_undone(
    db: Session, forum: FlaskClient, anna: SignUpFacts
) -> None:
    page = forum.get(f"{WHERE}/check-in?number={anna.check_in}").text
    assert "All 3 are here" in page
    assert "The talk has not been yet." in page
    assert came(db, anna) is None
    status, page = send(forum, f"{WHERE}/check-in", number=anna.check_in, came="2")
    assert status == 302
    assert "2 of 3 came" in page
    assert came(db, anna) == 2
    document = lxml_html.document_fromstring(page)
    undo = document.xpath("//button[normalize-space()='Undo this']/@value")
    assert undo == [""]
    send(forum, f"{WHERE}/check-in", number=anna.check_in, came=undo[0])
    assert came(db, anna) is None
    unknown = ("ZZZZZ", "1"), ("", "1"), ("\0\ufffd", "-1")
    for number, said in (*unknown, *((anna.check_in, said) for said in ("4", "many", "-1", "9" * 30, "\0"))):
        assert send(forum, f"{WHERE}/check-in", number=number, came=said)[0] == 422
    assert forum.get(f"{WHERE}/check-in?number=ZZZZZ").status_code == 422
    assert forum.get(f"{WHERE}/check-in?number=%00%ED%A0%80&done=x&before=99999999999").status_code == 422
    assert came(db, anna) is None


def test_walk_ins_and_heads_are_counted_for_each_way_and_taken_back_by_number(
    db: Session, forum: FlaskClient, anna: SignUpFacts
) -> None:
    note = {"note": str(uuid.uuid4()), "way": "in_person", "people": "2"}
    for _twice in range(2):
        page = send(forum, f"{WHERE}/walk-in", **note)[1]
    assert "Without a booking: 2 people." in page
    back = note | {"note": str(uuid.uuid4()), "people": "1", "do": "take"}
    assert "Without a booking: 1 person." in send(forum, f"{WHERE}/walk-in", **back)[1]
    count = {"do": "count", "way": "online", "people": "40"}
    assert "40 people altogether, as you counted" in send(forum, f"{WHERE}/check-in", **count)[1]
    rows = {row.way: (row.came, row.walked_in) for row in db.scalars(select(TalkWay))}
    assert rows == {"in_person": (None, 1), "online": (40, 0)}
    db.rollback()
    assert "Now those count whom you checked in" in send(forum, f"{WHERE}/check-in", **(count | {"people": ""}))[1]
    for odd in ({"people": "0"}, {"people": "501"}, {"people": "9" * 30}, {"way": "by_boat"}, {"note": "x"}):
        assert send(forum, f"{WHERE}/walk-in", **(back | odd))[0] == 422
    assert send(forum, f"{WHERE}/check-in", **(count | {"people": "lots"}))[0] == 422


def test_the_register_is_a_plain_form_that_sends_only_what_was_changed(
    app: Flask, db: Session, forum: FlaskClient, anna: SignUpFacts, talk: TalkFacts
) -> None:
    omar = book(app, db, talk, "Omar")
    page = forum.get(f"{WHERE}/register").text
    assert "@example.org</" not in page.replace("forum_organiser@example.org</", "")  # no contact details
    assert "Step-free" not in page
    shown = forum.get(f"{WHERE}/register?needs=yes").text
    assert "2 Interpreter for another language" in shown
    assert "Urdu" not in shown
    send(forum, f"{WHERE}/check-in", number=omar.check_in, came="1")
    fields = {f"was-{anna.id}": "", f"here-{anna.id}": "yes", f"many-{anna.id}": "3", f"was-{omar.id}": ""}
    status, page = send(forum, f"{WHERE}/register", **fields, **{"was-x": "1", f"was-{uuid.uuid4()}": "1"})
    assert status == 302
    assert "1 tick is kept." in page
    assert "1 family has no place any more." in page
    assert (came(db, anna), came(db, omar)) == (3, 1)
    crossing = {f"was-{omar.id}": "", f"here-{omar.id}": "yes"} | {
        f"was-{anna.id}": "2", f"here-{anna.id}": "yes", f"many-{anna.id}": "1"
    }  # fmt: skip
    page = send(forum, f"{WHERE}/register", **crossing)[1]
    assert "Two people noted different numbers" in page
    crossed = lxml_html.document_fromstring(page).xpath("//*[@id='crossed']//li")
    assert [one.text_content() for one in crossed] == ["Anna: 1 of 3"]


def test_the_waiting_list_names_nobody(app: Flask, db: Session, forum: FlaskClient) -> None:
    small = add_talk(db, ways={Way.IN_PERSON: 1})
    for name in ("Anna", "Omar", "Zoe"):
        book(app, db, small, name)
    page = forum.get(f"{WHERE}/waiting").text
    assert "2 families wait." in page
    assert "Tuesday 20 November" in page
    assert "Waits, now turn 2" in page
    assert not any(name in page for name in ("Anna", "Omar", "Zoe"))
    people = forum.get(f"{WHERE}/people").text
    assert "Waiting list, turn 2" in people


def test_the_worker_is_a_script_for_those_who_run_talks_alone(app: Flask, db: Session, forum: FlaskClient) -> None:
    got = forum.get("/team/talks/worker.js")
    assert (got.status_code, got.mimetype) == (200, "text/javascript")
    assert got.text.startswith("// Keeps one page")
    assert "sign-in" in app.test_client().get("/team/talks/worker.js").location
    assert db.scalar(select(func.count()).select_from(AuditEntry)) == 0
