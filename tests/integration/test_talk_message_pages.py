"""What organisers see of messages: how many, what failed and what to do; and the mailbox of a development machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.adapters.mail import make_mailer, make_texter
from feedback_app.domain.scope import Role
from feedback_app.domain.sending import NeverSendable
from feedback_app.store import talk_messages
from tests.support.accounts import post as post_form
from tests.support.application import running_application
from tests.support.letters import Phones, Post
from tests.support.summaries import SCOPE, signed_in
from tests.support.talks import add_talk

DATABASES = ("sqlite",)
MOBILE, NOT_THERE = "+447700900123", "+447700900999"


class Choosy(Phones):
    """Refuses one number."""

    def send(self, to: str, text: str, *, reference: str, again: bool = False) -> None:
        """Keep a text, unless it is to that number."""
        if to == NOT_THERE:
            raise NeverSendable("400")
        super().send(to, text, reference=reference, again=again)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    with running_application(database_url, environment="development", mailbox_dir=tmp_path / "mailbox") as application:
        yield application


@pytest.fixture
def now() -> datetime:
    """At noon, when texts may go."""
    return datetime.now(UTC).replace(hour=12)


def test_what_failed_comes_first_with_whom_to_ring_and_can_be_tried_again(
    app: Flask, db: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = now.date() + timedelta(days=30)
    monkeypatch.setattr("feedback_app.services.sending_talks.quiet_ends", lambda *_told: None)  # at whatever hour
    talk = add_talk(db, day=day)
    post = Post(app, db, None, Choosy())
    post.book(now, talk, mobile=NOT_THERE, name="not-there")
    post.book(now, talk, mobile=MOBILE, name="there")
    post.minute()
    team = signed_in(app, db, Role.FORUM_ORGANISER)
    for address in ("/team/talks/messages", f"/team/talks/{talk.slug}/messages"):
        page = team.get(address).text
        assert "1 message could not be sent" in page
        assert "This number takes no messages." in page
        assert NOT_THERE in page
        assert page.count("Sam Example") == 1  # whoever needs a call, and nobody else
        assert MOBILE not in page
    assert "1 failed, 1 sent" in page
    (failed,) = talk_messages.list_failed(db, SCOPE)
    db.rollback()
    again = post_form(team, f"/team/talks/messages/{failed.id}/again", team.get("/team/talks/messages"))
    assert again.status_code == 302
    assert "could not be sent" not in team.get("/team/talks/messages").text
    post.minute()
    assert "1 message could not be sent" in team.get("/team/talks/messages").text


def test_the_mailbox_shows_letters_to_families_alone_with_links_that_work(
    app: Flask, db: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback_app.services.sending_talks.quiet_ends", lambda *_told: None)
    talk = add_talk(db, day=now.date() + timedelta(days=30), title="Sleep & <b>rest</b>")
    settings = app.config["SETTINGS"]
    mailer = make_mailer(settings)
    mailer.send("admin@example.org", "A new password", "http://127.0.0.1:8000/team/secret")
    post = Post(app, db, mailer, make_texter(settings))
    secret = post.book(now, talk)
    post.book(now, talk, mobile=MOBILE)
    post.minute()
    team = signed_in(app, db, Role.FORUM_ORGANISER)
    page = team.get("/team/talks/mailbox").text
    assert "You are booked: Sleep &amp; &lt;b&gt;rest&lt;/b&gt;" in page
    assert MOBILE in page
    assert "A new password" not in page
    links = re.findall(r'href="http://127\.0\.0\.1:8000(/talks/booking/[^"]+)"', page)
    assert f"/talks/booking/{secret}" in links
    assert len(links) == 2
    assert [team.get(link).status_code for link in links] == [200, 200]


@pytest.mark.parametrize("about", [{"environment": "testing"}, {"environment": "development", "mail_server": "mail"}])
def test_elsewhere_there_is_no_mailbox(database_url: str, db: Session, about: dict[str, str]) -> None:
    with running_application(database_url, **about) as application:
        team = signed_in(application, db, Role.FORUM_ORGANISER)
        assert team.get("/team/talks/mailbox").status_code == 404
        assert "/team/talks/mailbox" not in team.get("/team/talks/messages").text
        assert team.get("/team/talks/not-there/messages").status_code == 404
