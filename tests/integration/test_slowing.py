"""Nobody floods a mailbox with our messages: whoever books or changes again and again is slowed down, kindly."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState
from feedback_app.services import slowing
from feedback_app.store.talk_tables import Booking, TalkMessage
from tests.support.own_booking import Family
from tests.support.talks import add_talk

DATABASES = ("sqlite",)


@pytest.fixture
def families(app: Flask, db: Session) -> list[Family]:
    return [Family(app, db, name) for name in ("one", "two", "three")]


def test_changes_that_are_told_are_slowed_down_so_that_nobodys_mailbox_is_flooded(
    families: list[Family], db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slowing, "AT_ONCE", 3)
    one = families[0]
    talk, other = add_talk(db, ways={Way.IN_PERSON: 6, Way.ONLINE: 6}), add_talk(db, "other")
    one.book([talk])
    db.commit()
    for page, fields in (("places", {"places": "2"}), ("way", {"way": "online"}), ("places", {"places": "3"})):
        assert "There were many changes" not in one.send(page, 0, **fields)[1]
    for page, fields in (("places", {"places": "1"}), ("way", {"way": "in_person"})):
        assert "There were many changes in a short time. Nothing was changed now." in one.send(page, 0, **fields)[1]
    assert "There were many changes" in one.send("add", talk=other.slug, places="1")[1]
    assert (one.held().sign_up.places, one.held().sign_up.way) == (3, Way.ONLINE)
    assert "It is cancelled." in one.send("cancel", 0)[1]  # this is never refused
    sent = db.scalar(select(func.count()).select_from(TalkMessage).where(TalkMessage.kind == "changed"))
    assert sent == 3


def test_bookings_pointed_at_one_address_are_slowed_down(
    families: list[Family], db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slowing, "AT_ONCE", 2)
    talk = add_talk(db, ways={Way.IN_PERSON: 6})
    answers = []
    for family in families:
        family.book([talk])
        answers.append(family.send("contact", name="Sam", email="stranger@example.org", mobile="", language="en_GB"))
    assert [answer.status_code for answer, _words in answers] == [303, 303, 429]
    assert "Please wait" in answers[-1][1]
    assert 'value="stranger@example.org"' in answers[-1][0].text
    kept = db.scalars(select(Booking)).all()
    assert sorted(one.email or "" for one in kept) == ["stranger@example.org"] * 2 + ["three@example.org"]


def test_going_to_and_fro_between_offer_and_list_is_slowed_down(
    families: list[Family], db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slowing, "AT_ONCE", 1)
    one, two, _three = families
    talk = add_talk(db, ways={Way.IN_PERSON: 1})
    one.book([talk])
    two.book([talk])
    one.cancel()
    two.send("offer", 0, do="pass")
    assert "There are places for you now." in two.send("offer", 0, do="again")[1]
    two.send("offer", 0, do="pass")
    assert "There were many changes" in two.send("offer", 0, do="again")[1]
    assert two.held().sign_up.state is SignUpState.LAPSED
