"""Organisers plan a talk from nothing to published, change it, and find every task on its page."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.clock import now_in
from feedback_app.domain.scope import Role
from feedback_app.domain.talks.programme import Way
from feedback_app.services import auditing, planning_talks, planning_venues
from feedback_app.store import sign_ups, talks
from feedback_app.store.talk_tables import Talk, TalkTerm, Venue
from tests.support.summaries import SCOPE, signed_in
from tests.support.talks import BOTH, add_talk, add_term, add_venue

DATABASES = ("sqlite",)
WHERE = "/team/talks"
DAY = now_in("Europe/London").date() + timedelta(days=30)
GOOD = {
    "title": "Waiting for an assessment",
    "about": "Meet other parents.",
    "topic": "assessment",
    "day": DAY.isoformat(),
    "starts": "10:00",
    "ends": "11:30",
    "way": "online",
    "places_online": "30",
    "joining_link": "https://meet.example.org/abc",
}


@pytest.fixture
def forum(app: Flask, db: Session) -> FlaskClient:
    return signed_in(app, db, Role.FORUM_ORGANISER)


def send(client: FlaskClient, where: str, /, **fields: str | list[str]) -> tuple[int, str]:
    """Post a form with the proof that it is ours, follow where it leads; return the first status and the page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(f"{WHERE}/new").text)
    assert found
    answer = client.post(where, data={"csrf_token": found.group(1), **fields})
    page = client.get(answer.location) if answer.status_code in (302, 303) else answer
    return answer.status_code, page.text


def links_of(page: str, within: str) -> list[str]:
    return [
        str(link) for link in lxml_html.document_fromstring(page).xpath(f"//*[contains(@class, '{within}')]//a/@href")
    ]


def venue_of(db: Session, slug: str) -> str:
    found = talks.find_talk(db, SCOPE, slug)
    db.rollback()
    assert found is not None
    assert found.venue is not None
    return found.venue.name


def test_an_organiser_without_any_talk_is_told_how_to_begin(forum: FlaskClient) -> None:
    page = forum.get(WHERE).text
    assert "This is how to begin:" in page
    assert f'href="{WHERE}/new"' in page


def test_a_talk_is_planned_checked_published_and_has_every_task_on_its_page(forum: FlaskClient, db: Session) -> None:
    status, page = send(forum, f"{WHERE}/new", **GOOD, new_series="Good starts")
    assert status == 303
    assert "What families will see" in page
    address = f"{WHERE}/waiting-for-an-assessment-{DAY}"
    assert "Only organisers see it." in forum.get(address).text
    status, page = send(forum, f"{address}/publish")
    assert status == 303
    assert "Families can book. Nobody has yet." in page
    assert "This is missing" not in page
    tasks = {link.removeprefix(address) for link in links_of(page, "tasks")}
    assert {"/people", "/needs", "/questions", "/messages", "/waiting", "/register", "/check-in", "/edit", "/move",
            "/duplicate", "/cancel", "/unpublish"} <= tasks  # fmt: skip
    talk = db.scalars(select(Talk)).one()
    assert (talk.state, talk.themes, len(talk.salt), talk.joining_link) == (
        "published", ["ND_WAIT", "ND_REFERRAL", "ND_SUPPORT", "WAIT_HEALTH"], 32, "https://meet.example.org/abc",
    )  # fmt: skip
    assert [one.name for one in talks.list_series(db, SCOPE)] == ["Good starts"]
    assert auditing.words_lately(db, SCOPE) == sorted([planning_talks.PLANNED, planning_talks.PUBLISHED])


def test_each_mistake_is_told_at_its_field_and_nothing_typed_is_lost(forum: FlaskClient, db: Session) -> None:
    wrong: dict[str, str | list[str]] = {
        "title": " \x00 ", "topic": "gossip", "day": "31/02/2031", "starts": "soon", "ends": "",
        "way": ["in_person", "online"], "places_in_person": "9" * 5000, "places_online": "0", "term": "none of ours",
        "joining_link": "http://meet.example.org", "hosts": "x" * 301, "new_series": "Ours & <b>yours</b>",
    }  # fmt: skip
    status, page = send(forum, f"{WHERE}/new", **wrong)
    assert status == 422
    document = lxml_html.document_fromstring(page)
    links = [str(link).removeprefix("#") for link in document.xpath("//*[@class='mend']//a/@href")]
    assert sorted(links) == ["day", "ends", "hosts", "joining_link", "places_in_person", "places_online", "starts",
                             "term", "title", "topic-1"]  # fmt: skip
    assert all(document.xpath("//*[@id=$id]", id=link) for link in links)
    assert document.xpath("string(//input[@id='day']/@value)") == "31/02/2031"
    assert document.xpath("string(//input[@id='new_series']/@value)") == "Ours & <b>yours</b>"
    assert db.scalars(select(Talk)).all() == []


def test_a_draft_in_person_waits_for_its_venue_before_it_is_published(forum: FlaskClient, db: Session) -> None:
    _status, page = send(forum, f"{WHERE}/new", **(GOOD | {"way": "in_person", "places_in_person": "9"}))
    assert "Choose where it is held." in page
    assert "Publish it" not in page
    slug = db.scalars(select(Talk.slug)).one()
    db.rollback()
    _status, page = send(forum, f"{WHERE}/{slug}/publish")
    assert "Something is missing before families can see this talk." in page
    assert db.scalars(select(Talk.state)).one() == "draft"


def test_what_a_venue_has_is_there_only_for_those_who_come_to_it(forum: FlaskClient, db: Session) -> None:
    venue = add_venue(db)
    for slug, ways, is_said in (("room", {Way.IN_PERSON: 9}, True), ("screen", {Way.ONLINE: 9}, False)):
        add_talk(db, slug, ways=ways, venue=venue, day=DAY, state="draft")
        page = forum.get(f"{WHERE}/{slug}/publish").text
        assert ("Nobody has to ask for this, it is there: Hearing loop" in page) is is_said


def test_moving_shows_what_changes_before_it_does_and_offers_to_undo(forum: FlaskClient, db: Session) -> None:
    venue = add_venue(db)
    other = add_venue(db, "The Hall")
    talk = add_talk(db, ways=BOTH, venue=venue, day=DAY)
    address, hall, library = f"{WHERE}/{talk.slug}", str(other.id), str(venue.id)
    db.rollback()
    fields: dict[str, str | list[str]] = {"day": DAY.isoformat(), "starts": "10:00", "ends": "11:30",
                                          "way": ["in_person", "online"], "venue": hall}  # fmt: skip
    assert "Look at what changes" in forum.get(f"{address}/move").text
    status, page = send(forum, f"{address}/move", **fields)
    assert (status, "The Hall" in page, "Nobody has signed up whom it concerns" in page) == (200, True, True)
    assert venue_of(db, talk.slug) == "The Library"
    status, page = send(forum, f"{address}/move", **fields, step="move")
    assert "Undo: put it back as it was" in page
    status, page = send(forum, f"{address}/undo")
    assert "The talk is back where it was." in page
    assert venue_of(db, talk.slug) == "The Library"
    status, _page = send(forum, f"{address}/move", **(fields | {"venue": library}))
    assert status == 422  # nothing is different


def test_cancelling_asks_for_a_reason_and_can_be_undone(forum: FlaskClient, db: Session) -> None:
    talk = add_talk(db, day=DAY)
    address = f"{WHERE}/{talk.slug}"
    assert "Why is it cancelled?" in forum.get(f"{address}/cancel").text
    assert forum.get(f"{address}/hold").location == address  # it is not cancelled: there is nothing to ask
    status, page = send(forum, f"{address}/cancel", because=" ")
    assert (status, "Write why the talk is cancelled" in page) == (422, True)
    _status, page = send(forum, f"{address}/cancel", because="The speaker is ill")
    assert "This talk is cancelled." in page
    assert "Yes, hold it" in forum.get(f"{address}/hold").text
    _status, page = send(forum, f"{address}/undo")
    assert "The talk is on again" in page
    _status, page = send(forum, f"{address}/undo")
    assert "There is nothing to undo. The talk stands as you see it here." in page  # a button pressed twice
    assert "Nobody has signed up" in forum.get(f"{address}/unpublish").text
    sign_ups.add_sign_up(db, SCOPE, talk_id=talk.id, booking_id=None, way="in_person", places=1, state="cancelled")
    db.commit()
    assert forum.get(f"{address}/unpublish").location == address  # the page would say what is not so


def test_what_moves_nobody_is_changed_at_once_and_a_copy_is_a_draft(forum: FlaskClient, db: Session) -> None:
    talk = add_talk(db, ways={Way.ONLINE: 5}, day=DAY, joining_link="https://meet.example.org/old")
    address = f"{WHERE}/{talk.slug}"
    changed = GOOD | {"title": "Waiting well", "places_online": "50", "day": "2020-01-01"}
    status, page = send(forum, f"{address}/edit", **changed)
    assert (status, "Online: 0 of 50 places taken" in page) == (303, True)
    found = talks.find_talk(db, SCOPE, talk.slug)
    assert found is not None
    assert (found.title, found.day) == ("Waiting well", DAY)  # the day is changed by moving the talk alone
    db.rollback()
    status, page = send(forum, f"{address}/duplicate", day="32/13/2030")
    assert status == 422
    status, page = send(forum, f"{address}/duplicate", day=(DAY + timedelta(days=7)).isoformat())
    assert "This is the copy: a draft." in page
    copy = db.scalars(select(Talk).where(Talk.state == "draft")).one()
    assert (copy.title, copy.joining_link, copy.slug) == ("Waiting well", None, f"waiting-well-{copy.day}")
    slug = copy.slug
    db.rollback()
    status, page = send(forum, f"{WHERE}/{slug}/delete")
    assert "The draft is deleted." in page
    assert forum.get(f"{WHERE}/{slug}").status_code == 404


def test_what_a_finished_talk_says_stays_as_it_was_counted(forum: FlaskClient, db: Session) -> None:
    talk = add_talk(db, ways={Way.ONLINE: 5}, day=DAY - timedelta(days=60), finished_on=DAY - timedelta(days=50))
    status, page = send(forum, f"{WHERE}/{talk.slug}/edit", **(GOOD | {"places_online": "50"}))
    assert (status, "what was counted of it stays as it is" in page) == (303, True)
    assert "Online: 0 of 5 places taken" in page
    assert "/edit" not in forum.get(f"{WHERE}/{talk.slug}").text


def test_venues_and_terms_are_kept_and_what_is_wrong_is_told(forum: FlaskClient, db: Session) -> None:
    status, page = send(forum, f"{WHERE}/venues/new", name="", address="", access="x" * 1001)
    assert (status, sorted(links_of(page, "mend"))) == (422, ["#access", "#address", "#name"])
    for _press in range(2):
        told = {"name": "The Hall", "address": "1 Road", "features": ["step_free", "moat"]}
        assert send(forum, f"{WHERE}/venues/new", **told)[0] == 303
    venue = db.scalars(select(Venue)).one()
    assert (venue.features, venue.in_use) == (["step_free"], True)
    address = f"{WHERE}/venues/{venue.id}"
    db.rollback()
    send(forum, address, name="The Hall", address="2 Road")
    assert "Not in use" in forum.get(f"{WHERE}/venues").text
    assert forum.get(address).status_code == 200
    status, page = send(
        forum, f"{WHERE}/terms", name="Spring", starts_on="2031-04-01", ends_on="2031-01-05", term="new"
    )
    assert (status, links_of(page, "mend")) == (422, ["#ends_on-new"])
    send(forum, f"{WHERE}/terms", name="Spring", starts_on="05/01/2031", ends_on="2031-04-01", term="new")
    term = db.scalars(select(TalkTerm)).one()
    assert (term.name, term.slug, term.starts_on.isoformat()) == ("Spring", "spring", "2031-01-05")
    term_id = str(term.id)
    db.rollback()
    send(forum, f"{WHERE}/terms", term=term_id, step="delete")
    assert db.scalars(select(TalkTerm)).all() == []


def test_a_button_pressed_twice_is_one_act_and_one_entry_of_the_log(forum: FlaskClient, db: Session) -> None:
    first, draft = GOOD | {"title": "Waiting"}, GOOD | {"title": "Waiting well"}
    talk, other = f"{WHERE}/waiting-well-{DAY}", DAY + timedelta(days=7)
    presses: list[tuple[str, dict[str, str], str]] = [
        (f"{WHERE}/new", first, planning_talks.PLANNED),
        (f"{WHERE}/waiting-{DAY}/edit", draft, planning_talks.CHANGED),
        (f"{talk}/edit", draft | {"hosts": "The SEND team"}, planning_talks.CHANGED),
        (f"{talk}/publish", {}, planning_talks.PUBLISHED),
        (f"{talk}/edit", draft | {"about": "Come and ask."}, planning_talks.CHANGED),
        (f"{talk}/cancel", {"because": "The speaker is ill"}, planning_talks.CANCELLED),
        (f"{talk}/hold", {}, planning_talks.HELD_AFTER_ALL),
        (f"{talk}/move", {**draft, "starts": "09:30", "step": "move"}, planning_talks.MOVED),
        (f"{talk}/undo", {}, planning_talks.UNDONE),
        (f"{talk}/unpublish", {}, planning_talks.UNPUBLISHED),
        (f"{talk}/duplicate", {"day": other.isoformat()}, planning_talks.COPIED),
        (f"{talk}/delete", {}, planning_talks.DELETED),
    ]
    for where, fields, _action in presses:
        sent = fields | {"talk": str(next((one.id for one in talks.list_talks(db, SCOPE)), ""))}  # as its form has it
        db.rollback()
        pages = [send(forum, where, **sent) for _press in range(2)]
        assert [status for status, _page in pages] == [303, 404 if where.endswith("/delete") else 303], where
    assert [one.action for one, _hash in auditing.iterate_kept(db, SCOPE)] == [action for _w, _f, action in presses]
    assert [one.day for one in talks.list_talks(db, SCOPE)] == [other]
    assert "This draft is not there any more." in pages[1][1]
    db.rollback()
    send(forum, f"{WHERE}/new", **(draft | {"day": other.isoformat(), "about": "Quite another talk."}))
    _one, second = talks.list_talks(db, SCOPE)  # only what says all the same is the same
    db.rollback()
    send(forum, f"{WHERE}/{second.slug}/duplicate", day=other.isoformat())
    assert len(talks.list_talks(db, SCOPE)) == 3  # a copy on its own day is a copy, and not itself


def test_a_series_gets_another_name_with_all_its_talks_and_its_address_stays(forum: FlaskClient, db: Session) -> None:
    first, second = (planning_venues.get_series_called(db, SCOPE, name) for name in ("Good starts", "زندگی"))
    assert planning_venues.get_series_called(db, SCOPE, "good  Starts!") == first
    assert planning_venues.get_series_called(db, SCOPE, "کام") not in (first, second)  # no letter of it is Latin
    add_talk(db, "one", series_id=first)
    terms = f"{WHERE}/terms"
    for name in (" ", "x" * 121, "زندگی"):
        status, page = send(forum, terms, series=str(first), name=name)
        assert (status, links_of(page, "mend")) == (422, [f"#name-{first}"]), name
        assert name == " " or f'value="{name}"' in page
    assert "All its talks show the new name." in send(forum, terms, series=str(first), name="Ready for more")[1]
    assert "Talks belong to this series" in send(forum, terms, series=str(first), step="delete")[1]
    assert "is deleted" in send(forum, terms, series=str(second), step="delete")[1]
    assert "This series is not there any more." in send(forum, terms, series=str(second), name="Once more")[1]
    assert "Ready for more" in forum.get("/talks/together/series/good-starts").text
    again = planning_venues.get_series_called(db, SCOPE, "Good starts")
    assert again != first  # whoever plans a series that is called as this one was gets one of its own
    assert [one.slug for one in talks.list_series(db, SCOPE) if one.id == again] == ["good-starts-2"]


def test_two_terms_never_have_a_day_in_common(forum: FlaskClient, db: Session) -> None:
    term = str(add_term(db, starts_on=date(2031, 1, 5), ends_on=date(2031, 3, 28)).id)
    db.commit()
    for starts, ends, field in (
        ("2031-03-28", "2031-07-01", "starts_on"),
        ("2030-09-01", "2031-01-05", "ends_on"),
        ("2030-09-01", "2031-07-01", "ends_on"),
    ):
        status, page = send(forum, f"{WHERE}/terms", name="Summer", starts_on=starts, ends_on=ends, term="new")
        assert (status, links_of(page, "mend")) == (422, [f"#{field}-new"]), (starts, ends)
        assert "“Autumn” goes from 5 January 2031 to 28 March 2031." in page
    for name, ends in (("Spring", "2031-03-29"), ("Summer", "2031-07-01")):
        key = term if name == "Spring" else "new"
        starts = "2031-01-05" if name == "Spring" else "2031-03-30"
        told = {"name": name, "starts_on": starts, "ends_on": ends, "term": key}
        assert [send(forum, f"{WHERE}/terms", **told)[0] for _press in range(2)] == [303, 303]
    spring, summer = talks.list_terms(db, SCOPE)
    assert (spring.name, summer.name) == ("Spring", "Summer")
    db.rollback()
    for step in ("delete", "delete", "keep"):  # pressed twice, and in a page that was still open
        told = {"name": "Summer", "starts_on": "2031-03-30", "ends_on": "2031-07-01", "term": str(summer.id)}
        assert send(forum, f"{WHERE}/terms", step=step, **told)[0] == 303
        assert talks.list_terms(db, SCOPE) == [spring]
        db.rollback()


def test_who_only_looks_at_reach_or_promises_sees_no_talk(app: Flask, db: Session) -> None:
    add_talk(db, day=DAY)
    add_term(db)
    db.commit()
    board = signed_in(app, db, Role.BOARD_MEMBER)
    page = board.get(WHERE).text
    assert "Waiting for an assessment" not in page
    assert "Plan a talk" not in page
    assert board.get(f"{WHERE}/waiting-well").status_code == 403
