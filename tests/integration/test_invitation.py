"""An invitation: a link by e-mail that works once, for a week, is kept nowhere, and tells nobody who has an account."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Role, Scope
from feedback_app.services import inviting
from feedback_app.services.administering import Doer, Duties
from feedback_app.services.inviting import InvitationUnknown
from feedback_app.services.posting import INVITATION
from feedback_app.store.accounts import Invitation, User
from feedback_app.store.people import find_user
from feedback_app.store.tables import AuditEntry, OutboxJob
from tests.support.accounts import post, sign_in
from tests.support.people import (
    NEW,
    PEOPLE,
    Pocket,
    browser_of,
    change_user,
    count_of,
    log_of,
    place_of,
    runner_of,
    send,
    user_of,
)

BEGUN = "2026-11-02 09:00 +0000"
WORDS = "five other words that differ"
TWICE = {"password": WORDS, "password_confirm": WORDS}


@pytest.fixture
def scope(app: Flask) -> Scope:
    """Whose data the tests are about."""
    return place_of(app).scope


@pytest.fixture
def pocket() -> Pocket:
    """Where messages go."""
    return Pocket()


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    """A clock that stands still."""
    with time_machine.travel(BEGUN, tick=False):
        yield


@pytest.fixture(autouse=True)
def invited(app: Flask, db: Session, scope: Scope) -> None:
    """Somebody has been invited; the message has not gone out."""
    by = Doer("admin@example.org", datetime.fromtimestamp(0, UTC))
    inviting.invite(db, scope, NEW, Duties((Role.WORKSTREAM_LEAD,), ("P1",)), by)
    db.commit()


def sent(app: Flask, pocket: Pocket) -> str:
    """Let the message go out, and return the path of its link."""

    assert runner_of(app, pocket).run_due() == 1
    return pocket.link()


def test_the_link_leads_to_a_first_password_and_then_to_the_door(
    client: FlaskClient, app: Flask, db: Session, pocket: Pocket
) -> None:
    link = sent(app, pocket)
    to, subject, text = pocket.sent[0]
    assert (to, "Your account for" in subject) == (NEW, True)
    assert "It works once, until 9 Nov 2026" in text
    assert text.startswith("admin@example.org has given you an account for Lancashire SEND Partnership.")
    assert "Your role there: Workstream lead." in text
    assert "surveys ask families, young people and staff" in text
    assert f"{place_of(app).site_address}{link}" in text
    page = client.get(link)
    assert page.status_code == 200
    assert NEW in page.text
    assert sign_in(app.test_client(), email=NEW, password=WORDS).status_code == 422
    assert post(client, link, page, **TWICE).location == "/team/sign-in"
    door = client.get("/team/sign-in").text
    assert ("Your password is kept" in door, "set up your second step" in door) == (True, False)  # it is only offered
    assert client.get("/team").status_code == 302  # nobody is signed in by it
    assert sign_in(client, email=NEW, password=WORDS).status_code == 302
    assert log_of(db)[1:] == [(NEW, "invitation accepted", NEW, "")]


def test_the_link_works_once(client: FlaskClient, app: Flask, db: Session, pocket: Pocket) -> None:
    link = sent(app, pocket)
    page = client.get(link)
    assert post(client, link, page, **TWICE).status_code == 302
    again = post(client, link, page, password="x" * 20, password_confirm="x" * 20)
    assert again.status_code == 404
    assert client.get(link).status_code == 404
    assert count_of(db, Invitation) == 0
    assert sign_in(app.test_client(), email=NEW, password=WORDS).status_code == 302


def test_of_two_who_use_it_at_once_one_comes_in(app: Flask, db: Session, scope: Scope, pocket: Pocket) -> None:
    from feedback_app.extensions import db as extension

    token = sent(app, pocket).rpartition("/")[2]
    with app.app_context():
        engine = extension.engine
    came, gate = [], threading.Barrier(2)

    def come(hashed: str) -> None:
        with Session(engine) as own:
            gate.wait()
            try:
                inviting.accept(own, scope, token, hashed, datetime.now(UTC))
                own.commit()
                came.append(hashed)
            except InvitationUnknown:
                own.rollback()

    threads = [threading.Thread(target=come, args=(one,)) for one in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 1
    assert user_of(db, NEW).password == came[0]


def test_opening_the_link_uses_nothing_up(client: FlaskClient, app: Flask, db: Session, pocket: Pocket) -> None:
    link = sent(app, pocket)
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert client.post(link, data=TWICE).status_code == 400  # a form of no page of ours
    assert (count_of(db, Invitation), user_of(db, NEW).password) == (1, None)


def test_every_link_that_does_not_work_reads_the_same(
    client: FlaskClient, app: Flask, db: Session, pocket: Pocket
) -> None:
    link = sent(app, pocket)
    with time_machine.travel("2026-11-09 09:00:00 +0000", tick=False):
        expired = client.get(link)
    unknown = client.get("/team/invitation/never-was")
    with time_machine.travel("2026-11-09 08:59:59 +0000", tick=False):
        page = client.get(link)
        post(client, link, page, **TWICE)
    used = client.get(link)
    long, odd = client.get(f"/team/invitation/{'a' * 3000}"), client.get("/team/invitation/%00%ff")
    pages = [expired, unknown, used, long, odd]
    assert [one.status_code for one in pages] == [404] * 5
    assert {one.headers["Referrer-Policy"] for one in pages} == {"no-referrer, strict-origin"}
    assert len({one.text for one in pages}) == 1
    assert "Ask whoever invited you to send the invitation again" in expired.text
    assert NEW not in expired.text


def test_a_newer_link_ends_the_one_before(client: FlaskClient, app: Flask, db: Session, pocket: Pocket) -> None:
    admin = browser_of(app, db, Role.ADMINISTRATOR)
    old = sent(app, pocket)
    page = f"{PEOPLE}/{user_of(db, NEW).id}"
    assert "9 November 2026" in admin.get(page).text
    assert "Invited, not come yet" in admin.get(PEOPLE).text
    send(admin, page, f"{page}/invite-again")
    assert client.get(old).status_code == 200  # until the newer one is sent
    new = sent(app, pocket)
    assert [client.get(link).status_code for link in (old, new)] == [404, 200]
    assert log_of(db)[-1] == ("administrator@example.org", "invitation sent again", NEW, "")


def test_nothing_is_sent_to_somebody_who_has_come_or_is_off(
    app: Flask, db: Session, scope: Scope, pocket: Pocket
) -> None:

    change_user(db, NEW, active=False)
    runner_of(app, pocket).run_due()
    assert pocket.sent == []
    change_user(db, NEW, active=True, password="x")
    admin = browser_of(app, db, Role.ADMINISTRATOR)
    page = f"{PEOPLE}/{user_of(db, NEW).id}"
    assert "Send the invitation again" not in admin.get(page).text
    send(admin, page, f"{page}/invite-again")
    assert "has signed in already" in admin.get(page).text
    assert runner_of(app, pocket).run_due() == 0


def test_a_link_to_an_account_that_is_off_come_to_or_elsewhere_does_not_work(
    client: FlaskClient, app: Flask, db: Session, pocket: Pocket
) -> None:
    link = sent(app, pocket)
    page = client.get(link)
    as_it_was = {"active": True, "password": None, "sso_subject": None, "partnership": place_of(app).key}
    for change in ({"active": False}, {"password": "x"}, {"sso_subject": "s"}, {"partnership": "elsewhere"}):
        change_user(db, NEW, **(as_it_was | change))
        assert client.get(link).status_code == 404
        assert post(client, link, page, **TWICE).status_code == 404
        assert user_of(db, NEW).password == change.get("password")


def test_a_password_that_cannot_be_kept_is_told_and_the_link_works_on(
    client: FlaskClient, app: Flask, pocket: Pocket
) -> None:
    link = sent(app, pocket)
    for first, second, said in (
        ("", "", "Write your password"),
        ("short", "short", "Use at least 12"),
        ("NewPerson2026!", "NewPerson2026!", "This is easy to guess"),
        ("x" * 201, "x" * 201, "Use at least 12"),
        (WORDS, WORDS + "x", "The two passwords are not the same"),
        (WORDS, "", "The two passwords are not the same"),
    ):
        page = post(client, link, client.get(link), password=first, password_confirm=second)
        assert page.status_code == 422
        assert said in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer, strict-origin"
        assert not first or f'value="{first}"' not in page.text
    assert post(client, link, page, **TWICE).status_code == 302


def test_of_the_link_only_a_hash_is_kept(app: Flask, db: Session, pocket: Pocket) -> None:
    (job,) = [job for job in db.scalars(select(OutboxJob)) if job.kind == INVITATION]
    assert set(job.payload) == {"user", "by"}
    db.rollback()
    token = sent(app, pocket).rpartition("/")[2]
    assert len(token) >= 43  # 32 random bytes
    (kept,) = db.scalars(select(Invitation.token_hash))
    assert kept == hashlib.sha256(f"feedback/invitation/{token}".encode()).hexdigest()
    log = [f"{one.actor}{one.action}{one.subject}{one.reason}" for one in db.scalars(select(AuditEntry))]
    assert not any(token in line for line in log)
    assert count_of(db, OutboxJob) == 0


def test_a_message_that_does_not_go_out_is_sent_later_with_a_link_that_is_new(
    client: FlaskClient, app: Flask, db: Session, pocket: Pocket
) -> None:

    class Broken(Pocket):
        def send(self, to: str, subject: str, text: str) -> None:
            super().send(to, subject, text)
            raise OSError

    broken = Broken()
    assert runner_of(app, broken).run_due() == 0
    with time_machine.travel("2026-11-20 09:00 +0000", tick=False):
        link = sent(app, pocket)
        assert client.get(link).status_code == 200
        assert client.get(broken.link()).status_code == 404


def test_over_https_the_form_is_taken_from_a_page_that_names_its_site_only(app: Flask, pocket: Pocket) -> None:
    link, site = sent(app, pocket), "https://localhost"
    visitor = app.test_client()
    page = visitor.get(link, base_url=site)
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    given = {"csrf_token": token, **TWICE}
    assert visitor.post(link, base_url=site, data=given).status_code == 400
    assert visitor.post(link, base_url=site, data=given, headers={"Referer": f"{site}/"}).status_code == 302


def test_the_token_is_in_no_line_of_the_logs(
    client: FlaskClient, app: Flask, pocket: Pocket, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(0):
        link = sent(app, pocket)
        token = link.rpartition("/")[2]
        page = client.get(link)
        client.post(link, data={})
        post(client, link, page, password="short", password_confirm="short")
        post(client, link, page, **TWICE)
        client.get(link)
    written = capfd.readouterr()
    assert token not in caplog.text + written.out + written.err


def test_who_was_invited_cannot_be_found_at_the_door(client: FlaskClient, app: Flask) -> None:
    invited, unknown = (sign_in(client, email=one, password=WORDS) for one in (NEW, "nobody@example.org"))
    assert invited.status_code == unknown.status_code == 422
    words = [
        [line for line in page.text.replace(who, "-").splitlines() if "csrf_token" not in line]
        for page, who in ((invited, NEW), (unknown, "nobody@example.org"))
    ]
    assert words[0] == words[1]


def test_the_invited_are_found_only_in_their_own_partnership(db: Session, app: Flask, pocket: Pocket) -> None:
    token = sent(app, pocket).rpartition("/")[2]
    now = datetime.now(UTC)
    with pytest.raises(InvitationUnknown):
        inviting.find_invited(db, Scope("elsewhere"), token, now)
    with pytest.raises(InvitationUnknown):
        inviting.accept(db, Scope("elsewhere"), token, "x", now)
    assert find_user(db, Scope("elsewhere"), NEW) is None
    assert count_of(db, User) == 1
