"""A family's own booking by its link: what the page shows in each state, and that nobody else finds it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
import segno
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState
from feedback_app.services.waiting_list import decline_offer
from feedback_app.store.talk_tables import AccessNeed, Booking, SignUp, Talk, TalkMessage, TalkOffer, TalkPromise
from tests.support.application import running_application
from tests.support.own_booking import Family, words_of
from tests.support.summaries import SCOPE
from tests.support.talks import BOTH, add_talk, add_venue

DATABASES = ("sqlite",)
PAGES = ("", "needs", "contact", "more", "add", "erase")
TALK_PAGES = ("places", "way", "cancel", "offer")


@pytest.fixture
def families(app: Flask, db: Session) -> list[Family]:
    return [Family(app, db, name) for name in ("plimwick", "two", "three")]


def rows(db: Session) -> dict[str, int]:
    """Return how many rows each table of bookings has."""
    tables = (Booking, SignUp, AccessNeed, TalkMessage, TalkOffer)
    found = {one.__tablename__: db.scalar(select(func.count()).select_from(one)) or 0 for one in tables}
    db.rollback()
    return found


def test_after_booking_the_page_says_what_was_booked_and_not_to_whom_it_was_sent(
    families: list[Family], db: Session
) -> None:
    one = families[0]
    one.book([add_talk(db, ways=BOTH, venue=add_venue(db))], 2, needs={"bsl": "", "interpreter": "Polish"})
    answer = one.client.get(one.address() + "?new=yes")
    told = words_of(answer.text)
    for words in ("You have 2 places.", "We have sent all of it to the email address you gave.",
                  "Monday 10 December", "10am to 11:30am", "The Library", "Step-free way in, Hearing loop",
                  "Interpreter for another language: Polish Asked for", "Keep this link"):  # fmt: skip
        assert words in told
    assert "plimwick" not in answer.text  # neither the name nor the address
    assert "You have 2 places" not in one.look()
    assert answer.headers["Referrer-Policy"] == "no-referrer, strict-origin"


def test_the_code_for_the_door_is_an_address_for_staff_in_no_language(families: list[Family], db: Session) -> None:
    one = families[0]
    one.book([add_talk(db)])
    letters = one.held().sign_up.check_in
    page = one.client.get(one.address()).text
    assert f'<b class="door" dir="ltr">{letters}</b>' in page
    wanted = segno.make(
        f"http://127.0.0.1:8000/team/talks/waiting-well/check-in?number={letters}", error="m", micro=False
    )
    drawn = re.search(
        r'<path stroke="#000" d="([^"]+)"', wanted.svg_inline(border=4, svgclass=None, lineclass=None, dark="#000")
    )
    assert drawn
    assert drawn.group(1) in page


def test_only_whoever_is_booked_online_is_told_where_to_join(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways={Way.IN_PERSON: 5, Way.ONLINE: 1}, joining_link="https://example.org/join?x=1")
    online, here, waiting = families
    online.book([talk], way=Way.ONLINE)
    here.book([talk])
    waiting.book([talk], way=Way.ONLINE)
    assert 'href="https://example.org/join?x=1" rel="noreferrer"' in online.client.get(online.address()).text
    for other in (here, waiting):
        assert "example.org" not in other.client.get(other.address()).text
    db.execute(update(Talk).values(joining_link="javascript:alert(1)"))
    db.commit()
    assert "The link to join comes here before the talk." in online.look()


def test_whoever_waits_sees_their_turn_why_they_wait_and_the_order_without_names(
    families: list[Family], db: Session
) -> None:
    one, two, three = families
    talk = add_talk(db, ways={Way.IN_PERSON: 3})
    for family, places in ((one, 2), (two, 2), (three, 1)):
        family.book([talk], places)
    told = three.look()
    assert "You are number 2. 1 family is before you." in told
    assert "1 place is free. The families before you are asked first" in told
    assert "Waiting, in this order 2 places 1 place (this is you)" in told
    told = two.look()
    assert "You are the first on the list." in told
    assert "1 place is free. You asked for 2 places. If you need fewer, change your number" in told
    assert "plimwick" not in told + three.look()
    two.send("places", 0, places="1")
    assert "1 place is held for you. Please tell us by" in two.look()
    assert "Asked now 1 place, held until" in three.look()
    two.send("offer", 0, do="take")
    assert "Asked before 1 place: Taken" in three.look()


def test_each_talk_that_is_no_more_says_so_and_what_can_be_done(families: list[Family], db: Session) -> None:
    one, two, _three = families
    lapsed = add_talk(db, "lapsed", ways={Way.IN_PERSON: 1}, day=date(2035, 12, 1))
    called_off = add_talk(db, "off", day=date(2035, 12, 2))
    cancelled = add_talk(db, "cancelled", day=date(2035, 12, 3))
    over = add_talk(db, "over", title="Past and gone", day=date(2026, 9, 1))
    two.book([lapsed], now=datetime(2026, 8, 1, tzinfo=UTC))
    one.book([lapsed, called_off, cancelled, over], now=datetime(2026, 8, 2, tzinfo=UTC))
    two.cancel()
    sign_ups = {one.held(at).talk.slug: one.held(at).sign_up for at in range(4)}
    decline_offer(db, SCOPE, sign_ups["lapsed"], one.clock())
    db.execute(update(Talk).where(Talk.slug == "off").values(state="cancelled", cancelled_because="Snow."))
    db.execute(update(SignUp).where(SignUp.id == sign_ups["over"].id).values(came=1))
    db.add(
        TalkPromise(partnership=SCOPE.partnership, talk_id=over.id, said="-", will_do="Print the times", who="Trust")
    )
    db.commit()
    one.send("cancel", 3)
    told = one.look()
    for words in ("Off the waiting list", "Go back on the waiting list", "This talk is cancelled Snow. We are sorry.",
                  "Cancelled by you", "Book it again", "Past and gone Tuesday 1 September. Thank you for coming.",
                  "Print the times (Trust)"):  # fmt: skip
        assert words in told
    assert "You have 0" not in told


def test_a_talk_that_moved_shows_both_and_asks_once_and_silence_keeps_the_place(
    families: list[Family], db: Session
) -> None:
    one, two, _three = families
    talk = add_talk(db, venue=add_venue(db))
    one.book([talk])
    was = {"day": "2035-12-03", "starts": "14:00", "ends": "15:30", "venue": "The Old Hall", "sequence": "1"}
    db.execute(update(Talk).values(moved_from=was, sequence=2))
    db.commit()
    assert "It was: Monday 3 December, 2pm to 3:30pm, The Old Hall." in one.look()
    answer, told = one.send("move", 0, do="keep")
    assert answer.status_code == 303
    assert "Your place is kept." in told
    assert "The Old Hall" not in told
    assert one.held().sign_up.state is SignUpState.BOOKED
    two.book([talk])
    assert "This talk has moved." not in two.look()  # they booked it as it is now
    db.execute(update(Talk).values(moved_from={"day": "half", "starts": None}, sequence=3))
    db.commit()
    assert two.client.get(two.address()).status_code == 200


def test_whoever_joins_online_is_not_asked_about_another_room(families: list[Family], db: Session) -> None:
    talk = add_talk(db, ways=BOTH, venue=add_venue(db))
    here, at_home, _three = families
    here.book([talk])
    at_home.book([talk], way=Way.ONLINE)
    was = {"day": "2035-12-10", "starts": "10:00", "ends": "11:30", "venue": "The Old Hall", "sequence": "1"}
    db.execute(update(Talk).values(moved_from=was, sequence=1))
    db.commit()
    assert "The Old Hall" in here.look()
    assert "The Old Hall" not in at_home.look()


def test_a_link_that_leads_nowhere_says_how_to_get_it_again_and_never_whether_it_was_one(
    families: list[Family], db: Session, app: Flask
) -> None:
    one, two, _three = families
    talk = add_talk(db)
    one.book([talk])
    two.book([talk])
    theirs = two.held().sign_up.id
    unknown = one.client.get("/talks/booking/AAAAAAAAAAAAAAAAAAAAAA")
    assert unknown.status_code == 404
    assert "We then send you your link again." in words_of(unknown.text)
    for page in TALK_PAGES:
        assert one.client.get(one.address(page, theirs)).status_code == 404
        assert one.client.post(one.address(page, theirs), data={"csrf_token": one.proof()}).status_code == 404
    one.send("erase")
    gone = one.client.get(one.address())
    assert (gone.status_code, words_of(gone.text)) == (404, words_of(unknown.text))
    for strange in ("%00", "%ED%A0%80", "x" * 5000, "..%2f..", "%F0%9F%98%80"):
        assert one.client.get(f"/talks/booking/{strange}").status_code in (404, 308)


def test_another_partnerships_link_is_none_here(families: list[Family], db: Session) -> None:
    one = families[0]
    one.book([add_talk(db)])
    db.execute(update(Booking).values(partnership="elsewhere"))
    db.commit()
    assert [one.client.get(one.address(page)).status_code for page in PAGES] == [404] * len(PAGES)


def test_looking_at_every_page_changes_nothing_and_its_name_and_address_tell_nobody(
    families: list[Family], db: Session
) -> None:
    one, two, _three = families
    talk = add_talk(db, ways={Way.IN_PERSON: 1, Way.ONLINE: 5})
    two.book([talk])
    one.book([talk], needs={"bsl": ""})
    two.cancel()  # so that places are held for the first family
    before, states = rows(db), [one.held().sign_up, two.held().sign_up]
    for address in [one.address(page) for page in PAGES] + [one.address(page, 0) for page in TALK_PAGES]:
        answer = one.client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Referrer-Policy"] == "no-referrer, strict-origin"
        title = re.search("<title>(.*)</title>", answer.text)
        assert title
        assert "plimwick" not in title.group(1) + address
    assert (rows(db), [one.held().sign_up, two.held().sign_up]) == (before, states)
    with one.client.session_transaction() as kept:
        assert set(kept) <= {"csrf_token", "_fresh", "_permanent"}


def test_what_a_family_needs_is_in_no_calendar(families: list[Family], db: Session) -> None:
    one = families[0]
    one.book([add_talk(db)], needs={"bsl": "", "interpreter": "Plimwickish"})
    file = one.client.get(one.address("calendar.ics", 0))
    assert file.status_code == 200
    assert file.text.startswith("BEGIN:VCALENDAR")
    assert not {"BSL", "Plimwickish", "Interpreter", "example.org"} & set(re.findall(r"[\w.]+", file.text))


def test_every_word_of_the_pages_goes_through_the_translations(database_url: str) -> None:
    with running_application(database_url, pseudo_languages=True) as app:
        from feedback_app.extensions import db as extension

        with app.app_context():
            engine = extension.engine
        with Session(engine) as db:
            one, two = Family(app, db, "1"), Family(app, db, "2")
            talk = add_talk(db, title="1", about="2", ways={Way.IN_PERSON: 1, Way.ONLINE: 5})
            add_talk(db, "other", title="3", about="4", ways=BOTH)
            two.book([talk])
            one.book([talk], needs={"bsl": ""})
            two.cancel()
            pages = [one.address(page) for page in PAGES] + [one.address(page, 0) for page in TALK_PAGES]
            for address in [*pages, "/talks/booking/erased", "/talks/booking/nothing"]:
                page = one.client.get(f"/ar-xb{address}").text
                main = re.sub(r"(?s)^.*<main|</main>.*$|<option[^>]*lang=.*?</option>", "", page)
                said = re.findall(r"[A-Za-z]{3,}", words_of(f"<p{main}</p>").replace(one.secret, ""))
                districts = {word for name in place_names(app) for word in name.split()}
                assert set(said) - districts - {one.held().sign_up.check_in} == set(), address


def place_names(app: Flask) -> list[str]:
    """Return the names of the districts, which are the same in every language."""
    return [one.name for one in app.config["PLACES"].only.geography.districts]
