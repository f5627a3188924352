"""Attacks that happened elsewhere, tried here. Those that other tests try already are listed in docs/attacks.md."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from passlib.context import CryptContext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Role
from feedback_app.domain.words import tidy_words
from feedback_app.store.accounts import User
from feedback_app.store.tables import Draft, OutboxJob, Response, Wave
from tests.support.accounts import ADDRESS, add_lead, sign_in
from tests.support.client import CheckedClient
from tests.support.fuzzing_values import NAUGHTY, RUNS_IN_A_PAGE, SCRIPTS
from tests.support.imports import AMINA, command, run_with_a_wave, write
from tests.support.journeys import HELPLINE, answer, begin, post, send
from tests.support.summaries import add_answers, add_wave, make_instrument, signed_in, some_answers
from tests.support.surveys import field, real_survey

SQL = (
    "' OR 1=1 --",
    "1; DROP TABLE wave",
    "' UNION SELECT email FROM staff_user --",
    "x') OR ('1'='1",
    "1 OR 1=1",
    "%",
    "_%",
)
ADDRESSES = (
    "/surveys/{}", "/{}/surveys/helpline", "/surveys/helpline/1/{}", "/surveys/helpline/{}/hl1", "/team/waves/{}",
    "/team/waves/helpline-wave/by/{}", "/team/waves/helpline-wave/by/district/{}", "/team/people/{}",
    "/team/waves/helpline-wave/compared-with/{}", "/team/invitation/{}",
)  # fmt: skip
RUNS = f"{SCRIPTS[1]}{SCRIPTS[0]}"
ITEM = "HL6"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def helpline(app: Flask) -> Any:
    """A wave of the helpline's short survey."""
    return field(app, real_survey("helpline"))


def scripted() -> Instrument:
    """Return a survey with something that runs in its title, a section, a question, an answer and the thanks."""
    text = make_instrument().model_dump_json(exclude_unset=True)
    for plain in ("How is it?", "About you", "How useful was it?", "Money", "Thank you.", "We read it.", "A plan"):
        assert f'"{plain}"' in text
        text = text.replace(f'"{plain}"', json.dumps(f"{plain} {RUNS}"))
    return Instrument.model_validate_json(text)


def read(client: FlaskClient, address: str) -> str:
    """Return a page that opens, with nothing in it that runs; problems of its markup are errors of the client."""
    reply = client.get(address)
    assert reply.status_code == 200, (address, reply.status_code)
    assert [sign for sign in RUNS_IN_A_PAGE if sign in reply.text] == [], address
    return reply.text


def test_a_script_in_any_text_of_a_survey_is_shown_and_never_run(
    app: Flask, db: Session, client: CheckedClient
) -> None:
    survey = scripted()
    add_answers(db, add_wave(db, survey, closed_from=None), some_answers(60), instrument=survey)
    team = signed_in(app, db, Role.SEND_TEAM)
    pages = [read(client, "/"), read(client, "/surveys/test-survey"), read(client, "/surveys/test-survey/privacy")]
    first = begin(client, "test-survey")
    pages += [read(client, first), read(client, first.rpartition("/")[0] + "/check")]
    by = "/team/waves/autumn/by/provision"
    pages += [read(team, page) for page in ("/team", "/team/waves/autumn", "/team/waves/autumn/rows", by, f"{by}/TS08")]
    assert sum("&lt;script&gt;" in page for page in pages) >= 8


@pytest.mark.parametrize("given", SQL)
def test_sql_in_an_id_a_token_or_a_language_finds_nothing_and_changes_nothing(
    app: Flask, db: Session, helpline: Any, given: str
) -> None:
    client = signed_in(app, db, Role.SEND_TEAM, Role.ADMINISTRATOR)
    begin(client, "helpline")  # type: ignore[arg-type]
    before = count_of_all(db)
    for address in ADDRESSES:
        assert client.get(address.format(given)).status_code == 404, address
    assert client.get(f"/team/new-password/{given}").status_code in (302, 404)
    for query in ({"via": given}, {"lang": given}, {"next": given}):
        assert client.get(HELPLINE, query_string=query).status_code == 200
    assert sign_in(app.test_client(), email=given).status_code == 422
    for page in ("/come-back", "/delete-my-answers"):
        assert post(client, page, client.get(page), code=given, sure="yes").status_code == 422  # type: ignore[arg-type]
    assert count_of_all(db) == before


def count_of_all(db: Session) -> list[int | None]:
    """Return how many waves, drafts, answers and accounts there are."""
    found = [db.scalar(select(func.count()).select_from(table)) for table in (Wave, Draft, Response, User)]
    db.rollback()
    return found


@contextmanager
def counting_hashes() -> Iterator[list[str]]:
    """Yield a list that gets a line whenever a password is hashed, to keep it or to compare it."""
    found: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for work in ("verify", "hash"):
            usual = getattr(CryptContext, work)

            def counted(*given: Any, usual: Any = usual, **more: Any) -> Any:
                found.append(usual.__name__)
                return usual(*given, **more)

            patch.setattr(CryptContext, work, counted)
        yield found


def test_an_unknown_address_costs_as_much_work_as_a_known_one(app: Flask, db: Session) -> None:
    add_lead(db, app.config["PLACES"].only.scope)
    costs = []
    for address in (ADDRESS, "nobody@example.org"):
        with counting_hashes() as hashes:
            assert sign_in(app.test_client(), email=address, password="wrong").status_code == 422
        costs.append(len(hashes))
    assert costs == [1, 1]


def test_asking_for_a_link_does_the_same_work_whoever_is_named(app: Flask, db: Session) -> None:
    add_lead(db, app.config["PLACES"].only.scope)
    pages = []
    for address in (ADDRESS, "nobody@example.org"):
        client = app.test_client()
        page = post(client, "/team/new-password", client.get("/team/new-password"), email=address)  # type: ignore[arg-type]
        pages.append((page.status_code, re.sub(r'value="[^"]*"', "", page.text).replace(address, "-")))
    strip = re.compile(r"Reference.*|request.*?<", re.IGNORECASE)
    assert pages[0][0] == pages[1][0]
    assert strip.sub("", pages[0][1]) == strip.sub("", pages[1][1])
    assert len({job.kind for job in db.scalars(select(OutboxJob))}) == 1
    assert db.scalar(select(func.count()).select_from(OutboxJob)) == 2
    db.rollback()


def test_nobody_writes_into_a_draft_whose_code_is_in_another_browser(
    app: Flask, client: CheckedClient, db: Session, helpline: Any
) -> None:
    mine = begin(client, "helpline")
    answer(client, mine, HL1="5")
    before = dict(db.execute(select(Draft.key_hash, Draft.sheet)).all())
    db.rollback()
    stranger = app.test_client()
    assert isinstance(stranger, CheckedClient)
    form = stranger.get("/come-back")
    for do in ("next", "save", "skip", "back"):
        assert post(stranger, mine, form, do=do, HL1="1").status_code in (302, 404)
    for address in (f"{HELPLINE}/1/check", f"{HELPLINE}/1/throw-away"):
        assert post(stranger, address, form, sure="yes").status_code in (302, 404)
    db.expire_all()
    after = dict(db.execute(select(Draft.key_hash, Draft.sheet)).all())
    db.rollback()
    assert {key: after.get(key) for key in before} == before


def test_a_mail_scanner_that_opens_every_link_changes_nothing(
    app: Flask, client: CheckedClient, db: Session, helpline: Any
) -> None:
    """What can be undone, thrown away, sent or switched off is so by a form alone."""
    begin(client, "helpline")
    send_it = app.test_client()
    assert isinstance(send_it, CheckedClient)
    address = begin(send_it, "helpline")
    while not address.endswith("/check"):
        address = answer(send_it, address, **{address.rpartition("/")[2].upper(): "4"})
    send(send_it, address)
    administrator = signed_in(app, db, Role.ADMINISTRATOR)
    (number,) = db.scalars(select(User.id))
    before = count_of_all(db)
    for scanner, links in (
        (
            client,
            ("/leave", f"{HELPLINE}/1/throw-away", f"{HELPLINE}/1/check", f"{HELPLINE}/1/stop", f"{HELPLINE}/1/sent"),
        ),
        (send_it, ("/delete-my-answers", "/delete-my-answers?code=x&sure=yes", "/delete-my-answers/done")),
        (administrator, tuple(f"/team/people/{number}/{end}" for end in ("switch-off", "sign-out", "second-step"))),
        (administrator, ("/team/sign-out", "/team/account/sign-out-everywhere")),
    ):
        for link in links:
            assert scanner.get(link).status_code in (200, 302, 404, 405), link
    assert count_of_all(db) == before
    assert administrator.get("/team").status_code == 200


def test_every_naughty_string_is_kept_whole_or_refused_in_a_sentence(client: CheckedClient, helpline: Any) -> None:
    begin(client, "helpline")
    address = f"{HELPLINE}/1/hl6"
    kept = 0
    for given in NAUGHTY:
        sent = given.encode("utf-8", "surrogatepass")
        form = client.get(address)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form.text)
        assert token
        reply = client.post(
            address, data=as_form(csrf_token=token.group(1).encode(), do=b"save", HL6=sent), content_type=FORM
        )
        assert reply.status_code in (302, 422), (given[:40], reply.status_code)
        if reply.status_code == 422:
            assert "<title>Error: " in reply.text
            continue
        kept += 1
        assert shown(client.get(address).text) == tidy_words(sent.decode(errors="werkzeug.url_quote")), given[:40]
    assert kept > len(NAUGHTY) - 10


def as_form(**fields: bytes) -> bytes:
    """Return a form's body, whatever the bytes."""
    return "&".join(f"{name}={quote_plus(value)}" for name, value in fields.items()).encode()


def shown(page: str) -> str:
    """Return what stands in the field for words."""
    (area,) = lxml_html.document_fromstring(page).xpath(f"//textarea[@name='{ITEM}']")
    return str(area.text or "").removeprefix("\n")  # the line end that a browser leaves out


def test_no_file_of_an_import_speaks_to_the_terminal(database_url: str, tmp_path: Path) -> None:
    """A label with commands for a terminal, or with markup, comes back as letters in a sentence."""
    run, file = run_with_a_wave(database_url), tmp_path / "export.csv"
    write(file, [*AMINA[:5], "\x1b[2J\x1b]0;owned\x07<script>fuzzed(1)</script>\x9b31m", *AMINA[6:]])
    done = run(*command(file))
    assert done.exit_code == 1
    assert "is not among the labels" in done.stderr
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", done.output + done.stderr)


def test_rows_do_not_come_in_the_order_in_which_people_answered(app: Flask, db: Session) -> None:
    arrived = [5] * 20 + [8] * 20
    add_answers(db, add_wave(db), [{"TS05": code} for code in arrived])
    client, address = signed_in(app, db, Role.SEND_TEAM), "/team/waves/autumn/rows"
    page = client.get(address)
    reply = post(client, address, page, reason="To look at the order of rows")  # type: ignore[arg-type]
    with zipfile.ZipFile(BytesIO(reply.data)) as packed:
        rows = csv.DictReader(StringIO(packed.read("rows.csv").decode("utf-8-sig"), newline=""))
        sent = [int(row["TS05"]) for row in rows]
    assert sorted(sent) == arrived
    assert sent != arrived


@pytest.mark.parametrize("head", ['form-data; name="\\"', "form-data", 'form-data; filename="a"', "x"])
@pytest.mark.parametrize("address", ["/come-back", "/team/sign-in", "/leave"])
def test_a_part_without_a_name_is_refused(client: CheckedClient, address: str, head: str) -> None:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/come-back").text)
    assert token
    body = f'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token.group(1)}\r\n'
    body += f"--b\r\nContent-Disposition: {head}\r\n\r\nwords\r\n--b--\r\n"
    reply = client.post(address, data=body.encode(), content_type="multipart/form-data; boundary=b")
    assert reply.status_code == 400
