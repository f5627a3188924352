"""Two partnerships in one installation, on one database: neither reads, changes or notices anything of the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.place import Place
from feedback_app.domain.scope import Role
from feedback_app.domain.texts import FieldedDocument
from feedback_app.jobs.handlers import make_handlers
from feedback_app.jobs.runner import JobRunner
from feedback_app.services import accounts, posting
from feedback_app.services.auditing import note_action
from feedback_app.services.fielding import field_wave
from feedback_app.store.tables import AuditEntry, Draft, OutboxJob, Response
from feedback_app.store.waves import WaveFacts
from tests.support.accounts import ADDRESS, PASSWORD, sign_in
from tests.support.application import running_application
from tests.support.commands import CommandLine
from tests.support.journeys import CODE, answer, answer_helpline, begin, post, send
from tests.support.people import Pocket
from tests.support.places import BOTH, HERE, THERE, PlacedClient, both, visitor_of, write_two
from tests.support.summaries import add_answers, make_instrument, some_answers
from tests.support.surveys import real_survey
from tests.support.talk_world import stand

TODAY = datetime.now(UTC).date()
EVERYBODY = tuple(Role)
OTHER_PASSWORD = "four other words again"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of both partnerships."""
    return write_two(tmp_path_factory.mktemp("surveys"))


@pytest.fixture
def app(database_url: str, folder: Path) -> Iterator[Flask]:
    """An application for both."""
    with running_application(database_url, surveys_dir=folder, partnerships=BOTH) as application:
        yield application


@pytest.fixture
def run(database_url: str, folder: Path) -> CommandLine:
    """The command line of the installation of both."""
    return CommandLine(database_url, surveys_dir=str(folder), partnerships=BOTH)


def open_wave(db: Session, place: Place, survey: str = "helpline", closes: date | None = None) -> WaveFacts:
    """Open a wave whose slug names its partnership."""
    document = FieldedDocument(instrument=real_survey(survey))
    chosen = {"opens_on": TODAY - timedelta(days=30), "closed_from": closes, "today": TODAY}
    wave = field_wave(db, place.scope, document, slug=f"{place.key}-{survey.replace('_', '-')}", **chosen)
    db.commit()
    return wave


def member(app: Flask, db: Session, place: Place, *roles: Role, password: str = PASSWORD) -> PlacedClient:
    """Return somebody signed in at a partnership's site, with every role unless some are named."""
    accounts.add_user(db, place.scope, ADDRESS, password, roles or EVERYBODY)
    db.commit()
    client = visitor_of(app, place.site_address)
    reply = sign_in(client, password=password)
    assert reply.status_code == 302, reply.text
    return client


def test_the_host_tells_whose_site_it_is(app: Flask, db: Session) -> None:
    here, there = both(app)
    open_wave(db, here, "helpline")
    open_wave(db, there, "training")
    ours, theirs = visitor_of(app, HERE), visitor_of(app, f"{THERE.upper().replace('HTTP', 'http')}:8443")
    assert "Lancashire SEND Partnership" in ours.get("/").text
    assert "Northshire" not in ours.get("/").text
    assert "Northshire SEND Partnership" in theirs.get("/").text
    assert "Lancashire SEND" not in theirs.get("/").text
    assert "/surveys/training" not in ours.get("/").text
    assert "/surveys/helpline" not in theirs.get("/").text
    assert [client.get("/surveys/helpline").status_code for client in (ours, theirs)] == [200, 404]
    assert [client.get("/surveys/training").status_code for client in (ours, theirs)] == [404, 200]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "example", "lancashire.example.attacker.example", "[::1]"])
def test_a_host_that_is_nobodys_has_one_page_that_names_nobody(app: Flask, host: str) -> None:
    stranger = visitor_of(app, f"http://{host}")
    for address in ("/", "/team", "/team/sign-in", "/surveys/helpline", "/pl/", "/nothing", "/privacy"):
        for reply in (stranger.get(address), stranger.post(address, data={"email": ADDRESS})):
            assert reply.status_code == 404
            assert "There is no site at this address" in reply.text
            assert not re.search("lancashire|northshire", reply.text, re.IGNORECASE)
            assert "Set-Cookie" not in reply.headers
    assert stranger.get("/healthz").status_code == 200


def test_a_language_is_read_where_the_partnership_offers_it(app: Flask) -> None:
    ours, theirs = visitor_of(app, HERE), visitor_of(app, THERE)
    assert [client.get("/pl/help").status_code for client in (ours, theirs)] == [404, 200]
    assert 'lang="pl"' in theirs.get("/pl/help").text
    assert "Polski" in theirs.get("/").text
    assert "Polski" not in ours.get("/").text


def test_nothing_of_the_other_is_at_any_address(app: Flask, db: Session) -> None:
    here, there = both(app)
    open_wave(db, here, "helpline")
    open_wave(db, there, "training")
    stranger = accounts.add_user(db, here.scope, "somebody@example.org", PASSWORD, [Role.SEND_TEAM]).id
    db.commit()
    theirs = member(app, db, there)
    app.config["WTF_CSRF_ENABLED"] = False  # else a form without its token is refused before its address is looked at
    given = {"earlier": "northshire-training", "name": "district", "item": "HL1", "child": 1, "page_id": "hl1"}
    given |= {"key": "P1", "code": "JOINT", "kind": "term"}
    given |= stand(db, here.scope).arguments()
    asked = 0
    for rule in app.url_map.iter_rules():
        if not {"slug", "number"} & rule.arguments:
            continue
        slug = "lancashire-helpline" if rule.rule.startswith("/team") else "helpline"
        if rule.endpoint.startswith(("talks.", "running.")):
            slug = "a-term" if "kind" in rule.arguments else "a-talk"
        with app.test_request_context(base_url=THERE):
            address, nowhere = (
                app.url_for(rule.endpoint, **{name: named[name] for name in rule.arguments})
                for named in (given | {"slug": slug, "number": stranger}, given | {"slug": "nowhere", "number": 10_000})
            )
        for method in rule.methods & {"GET", "POST"}:
            reply, unknown = theirs.open(address, method=method), theirs.open(nowhere, method=method)
            assert reply.status_code == unknown.status_code, (method, address)
            assert reply.status_code in ({404} if address.startswith("/team") else {302, 404}), (method, address)
            assert not re.search("lancashire|somebody@example", reply.text.replace(address, ""), re.IGNORECASE)
            asked += 1
    assert asked > 30
    compared = theirs.get("/team/waves/northshire-training/compared-with/lancashire-helpline")
    assert compared.status_code == 404


def test_staff_see_their_own_partnership_alone(app: Flask, db: Session) -> None:
    here, there = both(app)
    open_wave(db, here, "helpline")
    open_wave(db, there, "training")
    accounts.add_user(db, here.scope, "somebody@example.org", PASSWORD, [Role.SEND_TEAM])
    note_action(db, here.scope, at=datetime.now(UTC), actor="somebody@example.org", action="told", subject="secret")
    db.commit()
    theirs = member(app, db, there)
    for address in ("/team", "/team/people", "/team/audit", "/team/roles", "/team/account", "/team/audit/entries.csv"):
        reply = theirs.get(address)
        assert reply.status_code == 200, address
        assert not re.search("lancashire|somebody@example.org|secret", reply.text), address
    assert "northshire-training" in theirs.get("/team").text
    entries = db.execute(select(AuditEntry.partnership, AuditEntry.number).order_by(AuditEntry.number)).all()
    assert {partnership for partnership, _number in entries} == {"lancashire", "northshire"}
    for key in ("lancashire", "northshire"):  # each has its own chain, from 1 on
        numbers = [number for partnership, number in entries if partnership == key]
        assert numbers == list(range(1, len(numbers) + 1))


def test_one_address_may_have_an_account_in_each_and_a_session_is_worth_nothing_at_the_other(
    app: Flask, db: Session
) -> None:
    here, there = both(app)
    ours = member(app, db, here)
    theirs = member(app, db, there, Role.BOARD_MEMBER, password=OTHER_PASSWORD)
    assert [client.get("/team").status_code for client in (ours, theirs)] == [200, 200]
    assert sign_in(visitor_of(app, THERE), password=PASSWORD).status_code == 422
    assert sign_in(visitor_of(app, HERE), password=OTHER_PASSWORD).status_code == 422
    cookie = ours.get_cookie("feedback", domain="lancashire.example")
    assert cookie
    thief = visitor_of(app, THERE)
    thief.set_cookie("feedback", cookie.value, domain="northshire.example")
    assert thief.get("/team").location.startswith("/team/sign-in")
    assert thief.get("/team/people").location.startswith("/team/sign-in")
    names = [user.fs_uniquifier for user in accounts.list_users(db, here.scope)]
    db.rollback()
    with app.test_request_context(base_url=THERE):  # also where the cookie could be read, the account is not found
        from feedback_app.extensions import security

        assert [security.datastore.find_user(fs_uniquifier=name) for name in names] == [None]
        assert security.datastore.find_user(case_insensitive=True, email=ADDRESS).fs_uniquifier not in names


def test_wrong_passwords_and_codes_at_one_slow_nobody_down_at_the_other(app: Flask, db: Session) -> None:
    here, there = both(app)
    for place in (here, there):
        accounts.add_user(db, place.scope, ADDRESS, PASSWORD, [Role.SEND_TEAM])
    open_wave(db, there)
    ours, theirs = visitor_of(app, HERE), visitor_of(app, THERE)
    assert [sign_in(ours, password="wrong").status_code for _ in range(8)][-1] == 429
    assert sign_in(theirs).status_code == 302
    form = ours.get("/come-back")
    assert [post(ours, "/come-back", form, code="K7F2 2MQ0 9XTA").status_code for _ in range(40)][-1] == 429
    other = visitor_of(app, THERE)
    assert post(other, "/come-back", other.get("/come-back"), code="K7F2 2MQ0 9XTA").status_code == 422


def test_codes_of_one_are_unknown_to_the_other_and_delete_nothing_there(app: Flask, db: Session) -> None:
    here, there = both(app)
    open_wave(db, here)
    open_wave(db, there)
    ours, theirs = visitor_of(app, HERE), visitor_of(app, THERE)
    saved = ours.get(answer(ours, begin(ours, "helpline"), HL1="5", do="save"))
    code = CODE.search(saved.text).group(1)  # type: ignore[union-attr]
    assert post(theirs, "/come-back", theirs.get("/come-back"), code=code).status_code == 422
    cookie = ours.get_cookie("feedback", domain="lancashire.example")
    theirs.set_cookie("feedback", cookie.value, domain="northshire.example")  # type: ignore[union-attr]
    assert theirs.get("/surveys/helpline/1/hl2").status_code == 404
    sent = visitor_of(app, HERE)
    receipt = CODE.search(send(sent, answer_helpline(sent)).text).group(1)  # type: ignore[union-attr]
    for_deleting = theirs.get("/delete-my-answers")
    assert post(theirs, "/delete-my-answers", for_deleting, code=receipt).status_code == 422
    post(theirs, "/delete-my-answers", for_deleting, code=receipt, sure="yes")
    assert db.scalar(select(func.count()).select_from(Response)) == 1
    assert db.scalar(select(func.count()).select_from(Draft)) == 1


def test_a_link_in_an_email_leads_to_its_own_site_and_opens_there_alone(app: Flask, db: Session) -> None:
    here, there = both(app)
    pocket = Pocket()
    runner = JobRunner(app, make_handlers(app, pocket))
    for place in (here, there):
        accounts.add_user(db, place.scope, ADDRESS, PASSWORD, [Role.SEND_TEAM])
        posting.put_password_link(db, place.scope, ADDRESS, datetime.now(UTC))
    db.commit()
    assert runner.run_due() == 2
    links = {}
    for place, (_to, subject, text) in zip((here, there), pocket.sent, strict=True):
        (link,) = re.findall(r"http://\S+", text)
        assert link.startswith(f"{place.site_address}/team/new-password/")
        assert place.partnership.name in subject
        links[place.key] = link.removeprefix(place.site_address)
    theirs = visitor_of(app, THERE)
    assert theirs.get(links["lancashire"]).status_code == 302  # to asking for a new link
    assert theirs.get(links["northshire"]).status_code == 200


def test_what_is_daily_is_done_for_each_by_its_own_rules(app: Flask, db: Session, run: CommandLine) -> None:
    here, there = both(app)
    for place in (here, there):
        open_wave(db, place)
        accounts.add_user(db, place.scope, f"{place.key}@example.org", PASSWORD, [Role.SEND_TEAM])
        db.commit()
        begin(visitor_of(app, place.site_address), "helpline")
    db.execute(update(Draft).values(touched_on=TODAY - timedelta(days=5)))  # kept for 14 days here, for 3 there
    open_wave(db, there, "training", closes=TODAY - timedelta(days=1))
    runner: JobRunner = app.extensions["jobs"]
    assert runner.only([here]).sweep().drafts == 0
    assert runner.sweep().drafts == 1
    assert runner.only([here]).tell_closed() == 0
    assert runner.tell_closed() == 1
    assert [(job.partnership, job.payload["to"]) for job in db.scalars(select(OutboxJob))] == [
        ("northshire", "northshire@example.org")
    ]
    db.rollback()
    assert '"waiting": 1' in run.must("jobs", "status")
    assert '"waiting": 1' in run.must("--partnership", "northshire", "jobs", "status")
    assert '"waiting": 0' in run.must("--partnership", "lancashire", "jobs", "status")


def test_figures_of_waves_with_one_slug_stay_apart_also_in_memory(app: Flask, db: Session) -> None:
    for place, people in zip(both(app), (400, 900), strict=True):
        document = FieldedDocument(instrument=make_instrument())
        chosen = {"opens_on": TODAY - timedelta(days=9), "closed_from": None, "today": TODAY}
        wave = field_wave(db, place.scope, document, slug="autumn", **chosen)
        add_answers(db, wave, some_answers(people))
        db.execute(update(Response).where(Response.wave_id == wave.id).values(partnership=place.key))
        db.commit()
    ours, theirs = (member(app, db, place, Role.SEND_TEAM) for place in both(app))
    for _ in range(2):
        for client, own, other in ((ours, "400", "900"), (theirs, "900", "400")):
            text = " ".join(client.get("/team/waves/autumn").text.split())
            assert re.search(rf"\b{own}\b", text)
            assert not re.search(rf"\b{other}\b", text)


def test_a_command_says_which_partnership_it_is_about_where_there_are_several(
    app: Flask, db: Session, run: CommandLine
) -> None:
    here, _there = both(app)
    open_wave(db, here, "helpline")
    refused = run("wave", "list")
    assert refused.exit_code == 2
    assert "There are several partnerships: lancashire, northshire." in refused.output
    assert "feedback-app --partnership lancashire" in refused.output
    assert "lancashire-helpline" in run.must("--partnership", "lancashire", "wave", "list")
    assert "lancashire-helpline" not in run.must("--partnership", "northshire", "wave", "list")
    unknown = run("--partnership", "southshire", "wave", "list")
    assert unknown.exit_code == 2
    assert "There is no partnership 'southshire' here" in unknown.output
    assert "up to date" in run.must("db", "upgrade")
    assert run("--partnership", "northshire", "wave", "close", "--wave", "lancashire-helpline").exit_code != 0
    link = ("wave", "link", "--wave", "lancashire-helpline", "--kind", "school")
    assert f"{HERE}/surveys/helpline?via=" in run.must("--partnership", "lancashire", *link)


def test_one_partnership_never_has_to_be_named(database_url: str) -> None:
    alone = CommandLine(database_url)
    assert alone("wave", "list").exit_code == 0
    assert alone("--partnership", "lancashire", "wave", "list").exit_code == 0
    assert "There is lancashire." in alone("--partnership", "northshire", "wave", "list").output
