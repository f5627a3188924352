"""What a family changes in its own booking: each step asks first, is done once, and is told in plain words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from lxml import html as lxml_html
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState
from feedback_app.store.talk_tables import AccessNeed, Booking, SignUp, Talk, TalkMessage, TalkOffer
from tests.support.own_booking import Family, words_of
from tests.support.talks import BOTH, add_talk, add_venue

DATABASES = ("sqlite",)


@pytest.fixture
def families(app: Flask, db: Session) -> list[Family]:
    return [Family(app, db, name) for name in ("one", "two", "three")]


def test_places_are_changed_all_or_none_and_what_was_typed_stays(families: list[Family], db: Session) -> None:
    one, two, _three = families
    talk = add_talk(db, ways={Way.IN_PERSON: 4})
    one.book([talk], 2)
    two.book([talk], 1)
    answer, told = one.send("places", 0, places="4")
    assert answer.status_code == 422
    assert "There is only 1 more place. You still have your 2 places. You can have up to 3" in told
    assert lxml_html.document_fromstring(answer.text).xpath("//input[@checked]/@value") == ["4"]
    answer, told = one.send("places", 0, places="3")
    assert (answer.status_code, "Booked 3 places" in told) == (303, True)
    assert "This is how it stands now." in one.send("places", 0, places="3")[1]  # pressed twice
    answer, told = one.send("places", 0, places="6")
    assert "There are no more places at the moment. You still have your 3 places" in told
    for bad in ("", "0", "-1", "7", "9" * 400, "٣", "one", "1\0"):
        answer, told = one.send("places", 0, places=bad)
        assert answer.status_code == (303 if bad == "1\0" else 422), bad
    assert one.held().sign_up.places == 1


def test_joining_is_switched_where_the_other_way_has_room(families: list[Family], db: Session) -> None:
    one, two, _three = families
    talk = add_talk(db, ways={Way.IN_PERSON: 2, Way.ONLINE: 2}, venue=add_venue(db))
    one.book([talk], 2, needs={"bsl": "", "travel": "From Sometown"})
    two.book([talk], 1)
    answer, told = one.send("way", 0, way="online")
    assert (answer.status_code, "Booked 2 places · Online" in told) == (303, True)
    assert "Help with travel" not in told  # nobody travels to a talk online
    assert two.held().sign_up.state is SignUpState.OFFERED
    assert one.send("way", 0, way="online")[0].status_code == 303
    two.send("offer", 0, do="take")
    answer, told = two.send("way", 0, way="online")
    assert answer.status_code == 422
    assert "There are no places that way at the moment. Your places are kept as they are" in told
    for bad in ("", "by boat", "\ud800"):
        assert two.send("way", 0, way=bad.encode("utf-8", "surrogatepass").decode("latin-1"))[0].status_code == 422


def test_cancelling_asks_first_is_done_once_and_passes_the_places_on(families: list[Family], db: Session) -> None:
    one, _two, three = families
    talk = add_talk(db, ways={Way.IN_PERSON: 1})
    for family in families:
        family.book([talk])
    assert "Cancel my place" in one.look("cancel", 0)
    assert "Leave the waiting list?" in three.look("cancel", 0)
    assert one.held().sign_up.state is SignUpState.BOOKED
    for _press in range(2):
        assert "It is cancelled. Thank you for telling us." in one.send("cancel", 0)[1]
    assert "You are off the waiting list." in three.send("cancel", 0)[1]
    assert [family.held().sign_up.state for family in families] == ["cancelled", "offered", "cancelled"]
    assert db.scalar(select(func.count()).select_from(TalkMessage).where(TalkMessage.kind == "cancelled")) == 2


def test_held_places_are_taken_once_or_passed_on_once(families: list[Family], db: Session) -> None:
    one, two, three = families
    talk = add_talk(db, ways={Way.IN_PERSON: 1})
    for family in families:
        family.book([talk])
    one.cancel()
    assert "Take my place" in two.look("offer", 0)
    for _press in range(2):
        assert "The places go to the next family." in two.send("offer", 0, do="pass")[1]
    for _press in range(2):
        assert "The places are yours." in three.send("offer", 0, do="take")[1]
    assert "These places are not held for you any more." in two.send("offer", 0, do="take")[1]
    for _press in range(2):
        assert "You are on the waiting list again" in two.send("offer", 0, do="again")[1]
    assert [family.held().sign_up.state for family in families] == ["cancelled", "waiting", "booked"]
    assert two.send("offer", 0, do="nonsense")[0].status_code == 303
    assert two.client.get(two.address("offer", 0)).status_code == 303


def test_places_that_nobody_took_in_time_are_gone_and_the_way_back_stands_open(
    families: list[Family], db: Session
) -> None:
    one, two, _three = families
    talk = add_talk(db, ways={Way.IN_PERSON: 1})
    one.book([talk])
    two.book([talk])
    one.cancel()
    db.execute(update(TalkOffer).values(until=datetime.now(UTC) - timedelta(minutes=1)))
    db.commit()
    assert "The time to take these places ended on" in two.look()
    assert "These places are not held for you any more." in two.send("offer", 0, do="take")[1]
    assert "There are places for you now." in two.send("offer", 0, do="again")[1]  # nobody noted yet that it ran out
    assert two.held().sign_up.state is SignUpState.OFFERED  # nobody else waits: they are held for them again


def test_what_has_begun_or_was_called_off_cannot_be_changed(families: list[Family], db: Session) -> None:
    one = families[0]
    one.book([add_talk(db, ways=BOTH)])
    for told in ({"day": date(2026, 1, 5)}, {"day": date(2035, 12, 10), "state": "cancelled"}):
        db.execute(update(Talk).values(**told))
        db.commit()
        for page, fields in (("places", {"places": "2"}), ("way", {"way": "online"}), ("move", {"do": "keep"})):
            assert "This cannot be changed any more." in one.send(page, 0, **fields)[1]
        assert one.client.get(one.address("cancel", 0)).status_code == 303
    assert one.held().sign_up.state is SignUpState.BOOKED


def test_needs_are_asked_once_and_each_says_how_far_it_is(families: list[Family], db: Session) -> None:
    one = families[0]
    talks = [add_talk(db, "first", venue=add_venue(db)), add_talk(db, "second", day=date(2035, 12, 12), ways=BOTH)]
    one.book(talks, needs={"bsl": "", "easy_read": ""})
    db.execute(update(AccessNeed).where(AccessNeed.sign_up_id == one.held(0).sign_up.id).values(state="arranged"))
    db.commit()
    told = one.look("needs")
    assert "Already there, without asking: Step-free way in, Hearing loop" in told
    assert "BSL interpreter Monday 10 December: Arranged Wednesday 12 December: Asked for" in told
    answer, told = one.send("needs", need=["bsl", "childcare"], need_childcare="")
    assert answer.status_code == 422
    assert "You ticked “Help with childcare”." in told
    fields: dict[str, Any] = {
        "need": ["bsl", "childcare", "nonsense"],
        "need_childcare": "Two\0, 3 and 6",
        "need_other": "unticked",
    }
    for _press in range(2):
        assert "We have changed what you need." in one.send("needs", **fields)[1]
    assert [(need.need, need.detail, need.state.value) for need in one.held(0).needs] == [
        ("bsl", "", "arranged"), ("childcare", "Two, 3 and 6", "asked"),
    ]  # fmt: skip
    assert "We cannot do this" not in one.look()
    db.execute(update(AccessNeed).values(state="cannot"))
    db.commit()
    assert "We are sorry about what we cannot do." in one.look()


def test_how_to_reach_a_family_is_changed_and_mended(families: list[Family], db: Session) -> None:
    one = families[0]
    one.book([add_talk(db)])
    answer, _told = one.send("contact", name=" ", email="nobody", mobile="12", language="xx")
    assert answer.status_code == 422
    assert lxml_html.document_fromstring(answer.text).xpath("//*[@class='mend']//a/@href")[:2] == ["#name", "#email"]
    assert 'value="nobody"' in answer.text
    assert one.send("contact", name="One", email="", mobile="")[0].status_code == 422
    new: dict[str, Any] = {"name": "One\0 More", "email": "Other@Example.org", "mobile": "", "language": "xx"}
    assert "From now on we write to you there." in one.send("contact", **new)[1]
    row = db.execute(select(Booking.name, Booking.email, Booking.language)).one()
    assert tuple(row) == ("One More", "other@example.org", "en_GB")


def test_a_little_more_is_kept_as_far_as_it_is_told(families: list[Family], db: Session) -> None:
    one = families[0]
    one.book([add_talk(db)])
    page = lxml_html.document_fromstring(one.client.get(one.address("more")).text)
    assert page.xpath("//input[@type='checkbox'][@checked]") == []
    key, number = next((place.key, place.code) for place in one.app.config["PLACES"].only.geography.districts)
    told: dict[str, Any] = {
        "district": key,
        "first_time": "no",
        "heard": "friend",
        "topic": ["school", "rubbish", "transport"],
    }
    one.send("more", **told, may_contact="yes")
    columns = (Booking.district, Booking.first_time, Booking.heard, Booking.topics, Booking.may_contact)
    assert tuple(db.execute(select(*columns)).one()) == (number, False, "friend", ["school", "transport"], True)
    db.rollback()
    one.send("more", district="nowhere", heard="x" * 10_000, first_time="2")
    assert tuple(db.execute(select(*columns)).one()) == (None, None, None, [], False)


def test_more_talks_are_added_with_what_was_said_before(families: list[Family], db: Session) -> None:
    one, two, _three = families
    one.book([add_talk(db, "first")], needs={"interpreter": "Polish"})
    second = add_talk(db, "second", ways=BOTH, day=date(2035, 12, 12))
    full = add_talk(db, "full", ways={Way.IN_PERSON: 1}, day=date(2035, 12, 13))
    add_talk(db, "hidden", state="draft")
    two.book([full])
    answer, told = one.send("add", places="0")
    assert (answer.status_code, "Choose at least one talk" in told) == (422, True)
    fields: dict[str, Any] = {"talk": ["second", "full"], "places": "1", "way_second": "online"}
    for _press in range(2):
        assert "We have added what you chose." in one.send("add", **fields)[1]
    assert [(one.held(at).sign_up.state.value, one.held(at).sign_up.way.value) for at in range(3)] == [
        ("booked", "in_person"), ("booked", "online"), ("waiting", "in_person"),
    ]  # fmt: skip
    assert [need.detail for at in range(3) for need in one.held(at).needs] == ["Polish"] * 3
    for gone in ("hidden", "nothing", "\0"):
        answer, told = one.send("add", talk=gone, places="1")
        assert answer.status_code == 422
    db.execute(update(Talk).where(Talk.id == second.id).values(state="cancelled"))
    db.commit()
    assert "There is no other talk to book at the moment." in one.look("add")


def test_a_talk_that_was_cancelled_can_be_booked_again_and_stands_on_the_page_once(
    families: list[Family], db: Session
) -> None:
    one = families[0]
    one.book([add_talk(db)])
    for _time in range(2):
        one.send("cancel", 0)
        one.client.get(one.address())
        one.send("add", talk="waiting-well", places="2")
        for at in range(2):
            if one.held(at).sign_up.state is SignUpState.BOOKED:
                break
        one.send("cancel", at)
    page = one.client.get(one.address()).text
    assert page.count('id="talk-waiting-well"') == 1


def test_a_family_can_delete_all_that_is_known_of_it(families: list[Family], db: Session) -> None:
    one, two, _three = families
    talk = add_talk(db, ways={Way.IN_PERSON: 1})
    one.book([talk], needs={"interpreter": "Polish"})
    two.book([talk])
    proof, sign_up = one.proof(), one.held().sign_up.id
    assert "These are cancelled" in one.look("erase")
    for _press in range(2):
        answer = one.client.post(one.address("erase"), data={"csrf_token": proof})
        assert (answer.status_code, answer.location) == (303, "/talks/booking/erased")
    assert "We have deleted it" in words_of(one.client.get("/talks/booking/erased").text)
    columns = (SignUp.booking_id, SignUp.contact_mark, SignUp.check_in, SignUp.state)
    assert tuple(db.execute(select(*columns).where(SignUp.id == sign_up)).one()) == (None, None, None, "cancelled")
    assert db.scalars(select(AccessNeed)).all() == []
    assert len(db.scalars(select(Booking)).all()) == 1
    db.rollback()
    assert two.held().sign_up.state is SignUpState.OFFERED


def test_a_form_without_its_proof_changes_nothing(families: list[Family], db: Session) -> None:
    one = families[0]
    one.book([add_talk(db)])
    one.app.config["WTF_CSRF_ENABLED"] = True
    for page in ("cancel", "places"):
        assert one.client.post(one.address(page, 0), data={"places": "2"}).status_code == 400
    assert one.client.post(one.address("erase")).status_code == 400
    assert (one.held().sign_up.state, one.held().sign_up.places) == (SignUpState.BOOKED, 1)


@pytest.mark.parametrize("nasty", [b"%00", b"%ED%A0%80", b"9" * 5000, "<b>\u202e’😀".encode(), b"-1"])
def test_whatever_is_sent_is_answered_with_a_page(families: list[Family], db: Session, nasty: bytes) -> None:
    one, two, _three = families
    talk = add_talk(db, ways={Way.IN_PERSON: 1, Way.ONLINE: 1})
    add_talk(db, "other", ways=BOTH, day=date(2035, 12, 12))
    two.book([talk])
    one.book([talk], needs={"bsl": ""})
    names = ("places", "way", "do", "need", "need_other", "name", "email", "mobile", "language", "district", "heard",
             "first_time", "topic", "may_contact", "talk", "way_other")  # fmt: skip
    form = b"&".join([b"csrf_token=" + one.proof().encode(), *(name.encode() + b"=" + nasty for name in names)])
    pages = [one.address(page) for page in ("needs", "contact", "more", "add")]
    pages += [one.address(page, 0) for page in ("places", "way", "offer", "move")]
    for address in pages:
        answer = one.client.post(address, data=form, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (303, 422), address
    assert one.held().sign_up.state is SignUpState.WAITING


def test_looking_at_a_page_in_short_is_looking_at_it(families: list[Family], db: Session) -> None:
    one = families[0]
    one.book([add_talk(db, ways=BOTH)], needs={"bsl": ""})
    pages = [*(one.address(page, 0) for page in ("places", "way", "cancel")), *map(one.address, ("needs", "erase"))]
    for address in [*pages, *map(one.address, ("contact", "more", "add"))]:  # as mail scanners do
        assert one.client.head(address).status_code == 200, address
    assert (one.held().sign_up.state, len(one.held().needs)) == (SignUpState.BOOKED, 1)


def test_saying_yes_to_a_day_that_has_changed_meanwhile_is_no_yes(families: list[Family], db: Session) -> None:
    one = families[0]
    one.book([add_talk(db)])
    was = {"day": "2035-12-01", "starts": "10:00", "ends": "11:30", "venue": ""}
    db.execute(update(Talk).values(sequence=2, moved_from=was | {"sequence": "2"}))
    db.commit()
    page = lxml_html.document_fromstring(one.client.get(one.address()).text)
    seen = page.xpath("string(//form[.//button[@value='keep']]//input[@name='seen']/@value)")
    db.execute(update(Talk).values(sequence=3, moved_from=was | {"sequence": "3"}))
    db.commit()
    told = one.send("move", 0, do="keep", seen=seen)[1]
    assert "This talk has changed once more." in told
    assert "Can you still come?" in told
    assert "Thank you. Your place is kept." in one.send("move", 0, do="keep", seen="3")[1]


def test_adding_a_talk_that_has_changed_since_the_page_was_opened_asks_once_more(
    families: list[Family], db: Session
) -> None:
    one = families[0]
    one.book([add_talk(db)])
    other = add_talk(db, "other")
    page = lxml_html.document_fromstring(one.client.get(one.address("add")).text)
    fields = {"talk": "other", "places": "1", "seen": page.xpath("//input[@name='seen']/@value")}
    db.execute(update(Talk).where(Talk.id == other.id).values(day=date(2036, 1, 8)))
    db.commit()
    answer, told = one.send("add", **fields)
    assert (answer.status_code, "Something about this has changed" in told) == (422, True)
    now_seen = lxml_html.document_fromstring(answer.text).xpath("//input[@name='seen']/@value")
    assert "We have added what you chose." in one.send("add", **fields | {"seen": now_seen})[1]


def test_of_several_talks_one_that_has_closed_is_not_left_out_unsaid(families: list[Family], db: Session) -> None:
    one = families[0]
    one.book([add_talk(db)])
    for slug in ("open", "closed"):
        add_talk(db, slug)
    db.execute(update(Talk).where(Talk.slug == "closed").values(state="cancelled"))
    db.commit()
    answer, told = one.send("add", talk=["open", "closed"], places="1")
    assert (answer.status_code, "cannot be booked any more. We took it out" in told) == (422, True)
    assert "We have added what you chose." in one.send("add", talk=["open"], places="1")[1]
