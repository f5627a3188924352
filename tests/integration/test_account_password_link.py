"""A new password by e-mail: the link works once, for an hour, and tells nobody who has an account."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_security.forms import ResetPasswordForm
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback_app.jobs.handlers import make_handlers
from feedback_app.jobs.runner import JobRunner
from feedback_app.services import accounts, posting
from feedback_app.store.accounts import User
from feedback_app.store.tables import AuditEntry, OutboxJob
from tests.support.accounts import ADDRESS, PASSWORD, add_lead, post, sign_in, switch_off
from tests.support.client import CheckedClient

ASK = "/team/new-password"
NEW = "five other words that differ"


class Pocket:
    """A mailer that keeps what it is told to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def send(self, to: str, subject: str, text: str) -> None:
        """Keep one message."""
        self.sent.append((to, subject, text))


@pytest.fixture
def pocket() -> Pocket:
    """Where messages go."""
    return Pocket()


@pytest.fixture
def runner(app: Flask, pocket: Pocket) -> JobRunner:
    """A runner whose messages go there."""
    return JobRunner(app, make_handlers(app, pocket))


@pytest.fixture(autouse=True)
def lead(db: Session, app: Flask) -> Iterator[None]:
    """A workstream lead, at a standing clock."""
    add_lead(db, app.config["PLACES"].only.scope)
    with time_machine.travel("2026-11-02 09:00 +0000", tick=False):
        yield


def ask(client: CheckedClient, email: str = ADDRESS) -> int:
    """Ask for a link and return the status of the page that answers."""
    page = post(client, ASK, client.get(ASK), email=email)
    if page.status_code == 200:
        assert "If we know this address, a link is on its way" in page.text
    return page.status_code


def link_in(pocket: Pocket) -> str:
    """Return the path of the link in the last message."""
    found = re.search(r"https?://[^/\s]+(/team/new-password/\S+)", pocket.sent[-1][2])
    assert found, pocket.sent
    return found.group(1)


def test_the_link_leads_to_a_new_password_and_ends_every_session(
    client: CheckedClient, app: Flask, runner: JobRunner, pocket: Pocket
) -> None:
    sign_in(client)
    forgetful = app.test_client()
    assert ask(forgetful) == 200  # type: ignore[arg-type]
    assert runner.run_due() == 1
    to, subject, text = pocket.sent[0]
    assert to == ADDRESS
    assert "new password" in subject
    assert "within an hour" in text
    page = forgetful.get(link_in(pocket))
    assert "Use at least 12 letters, numbers and signs." in page.text
    done = post(forgetful, link_in(pocket), page, password=NEW, password_confirm=NEW)
    assert done.location == "/team/sign-in"
    assert "Your new password is kept" in forgetful.get("/team/sign-in").text
    assert client.get("/team").status_code == 302
    assert sign_in(app.test_client(), password=PASSWORD).status_code == 422
    assert sign_in(app.test_client(), password=NEW).status_code == 302
    assert runner.run_due() == 1
    assert pocket.sent[1][:2] == (ADDRESS, "Your password was changed")
    assert "/new-password/" not in pocket.sent[1][2]


def test_the_link_works_once(client: CheckedClient, runner: JobRunner, pocket: Pocket) -> None:
    ask(client)
    runner.run_due()
    link = link_in(pocket)
    page = client.get(link)
    post(client, link, page, password=NEW, password_confirm=NEW)
    again = post(client, link, client.get(ASK), password=NEW + "x", password_confirm=NEW + "x")
    assert again.location == ASK
    assert "This link does not work any more" in client.get(ASK).text
    assert client.get(link).location == ASK


def test_of_two_who_open_the_link_at_the_same_moment_one_chooses_the_password(
    client: CheckedClient, app: Flask, db: Session, runner: JobRunner, pocket: Pocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client)
    runner.run_due()
    link, look, both = link_in(pocket), ResetPasswordForm.validate, threading.Barrier(2)

    def look_together(form: ResetPasswordForm, **given: Any) -> bool:
        good = bool(look(form, **given))
        with suppress(threading.BrokenBarrierError):  # SQLite lets one in after the other
            both.wait(timeout=1)
        return good

    monkeypatch.setattr(ResetPasswordForm, "validate", look_together)
    app.test_client_class = FlaskClient  # the other watches what one thread writes at a time
    doors = [app.test_client(), app.test_client()]
    pages = [door.get(link) for door in doors]

    def choose(number: int) -> None:
        new = f"{NEW} {number}"
        post(doors[number], link, pages[number], password=new, password_confirm=new)

    threads = [threading.Thread(target=choose, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = list(db.scalars(select(AuditEntry.action)))
    db.rollback()
    assert done == ["password changed"]
    signed_in = [sign_in(app.test_client(), password=f"{NEW} {number}").status_code for number in range(2)]
    assert sorted(signed_in) == [302, 422]


def test_no_referer_carries_the_link_anywhere(client: CheckedClient, runner: JobRunner, pocket: Pocket) -> None:
    ask(client)
    runner.run_due()
    page = client.get(link_in(pocket))
    short = post(client, link_in(pocket), page, password="short", password_confirm="short")
    done = post(client, link_in(pocket), page, password=NEW, password_confirm=NEW)
    again = client.get(link_in(pocket))
    told = {reply.headers["Referrer-Policy"] for reply in (page, short, done, again)}
    assert told == {"no-referrer, strict-origin"}
    assert client.get(ASK).headers["Referrer-Policy"] == "same-origin"


def test_the_link_is_too_old_after_an_hour(client: CheckedClient, runner: JobRunner, pocket: Pocket) -> None:
    ask(client)
    runner.run_due()
    with time_machine.travel("2026-11-02 10:00:02 +0000", tick=False):
        assert client.get(link_in(pocket)).location == ASK
        assert "This link is too old" in client.get(ASK).text


def test_a_link_of_an_account_that_is_off_is_not_made(
    client: CheckedClient, app: Flask, db: Session, runner: JobRunner, pocket: Pocket
) -> None:
    switch_off(db, app.config["PLACES"].only.scope)
    db.commit()
    ask(client)
    runner.run_due()
    assert pocket.sent == []


def test_a_link_of_an_account_that_nobody_has_come_to_is_not_made(
    client: CheckedClient, db: Session, runner: JobRunner, pocket: Pocket
) -> None:
    db.execute(update(User).values(password=None))
    db.commit()
    ask(client)
    runner.run_due()
    assert pocket.sent == []


@pytest.mark.parametrize("token", ["x", "W10.aaaa.bbbb", "%00", "a" * 3000])
def test_an_invented_link_leads_nowhere(client: CheckedClient, token: str) -> None:
    assert client.get(f"{ASK}/{token}").location == ASK


def test_an_unknown_address_gets_the_same_page_and_no_message(
    client: CheckedClient, db: Session, runner: JobRunner, pocket: Pocket
) -> None:
    assert ask(client, "nobody@example.org") == ask(client, ADDRESS) == 200
    kinds = [(job.kind, set(job.payload)) for job in db.scalars(select(OutboxJob))]
    db.rollback()
    assert kinds == [(posting.PASSWORD_LINK, {"to"})] * 2
    runner.run_due()
    assert [to for to, _subject, _text in pocket.sent] == [ADDRESS]


def test_no_link_lies_in_the_database_and_none_ages_while_mail_is_away(
    client: CheckedClient, db: Session, runner: JobRunner, pocket: Pocket
) -> None:
    ask(client)
    (job,) = db.scalars(select(OutboxJob))
    assert job.payload == {"to": ADDRESS}
    db.rollback()
    with time_machine.travel("2026-11-02 15:00 +0000", tick=False):
        runner.run_due()
        assert client.get(link_in(pocket)).status_code == 200


def test_a_forged_host_does_not_reach_the_link(
    client: CheckedClient, app: Flask, runner: JobRunner, pocket: Pocket
) -> None:
    page = client.get(ASK)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token
    forged = {"Host": "localhost", "X-Forwarded-Host": "evil.example"}
    client.post(ASK, data={"csrf_token": token.group(1), "email": ADDRESS}, headers=forged)
    runner.run_due()
    assert f"{app.config['SETTINGS'].site_address}{ASK}/" in pocket.sent[0][2]


def test_somebody_elses_box_cannot_be_filled(client: CheckedClient, runner: JobRunner, pocket: Pocket) -> None:
    for _ in range(10):
        assert ask(client) == 200
    runner.run_due()
    assert len(pocket.sent) == posting.LINKS_AT_ONCE


@pytest.mark.parametrize("email", ["", "no address"])
def test_what_is_no_address_is_told(client: CheckedClient, email: str) -> None:
    assert ask(client, email) == 422


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("short", "short", "Use at least 12"),
        ("password1234", "password1234", "This is easy to guess"),
        (NEW, NEW + "x", "The two passwords are not the same"),
        ("", "", "Write your password"),
    ],
)
def test_a_password_that_cannot_be_kept_is_told(
    client: CheckedClient, runner: JobRunner, pocket: Pocket, first: str, second: str, said: str
) -> None:
    ask(client)
    runner.run_due()
    link = link_in(pocket)
    page = post(client, link, client.get(link), password=first, password_confirm=second)
    assert page.status_code == 422
    assert said in page.text
    assert sign_in(client).status_code == 302


def test_a_new_password_ends_the_slow_down(
    client: CheckedClient, app: Flask, runner: JobRunner, pocket: Pocket
) -> None:
    for _ in range(accounts.FREE_TRIES + 1):
        slowed = sign_in(client, password="wrong")
    assert slowed.status_code == 429
    ask(client)
    runner.run_due()
    post(client, link_in(pocket), client.get(link_in(pocket)), password=NEW, password_confirm=NEW)
    assert sign_in(client, password=NEW).status_code == 302
