"""Words that wait for a safeguarding reader are nowhere else: no page, file, message, command, log or other table.

A word that stands nowhere else is planted in what is held. Then jobs run, everybody goes everywhere, and it is looked
for. So that the looking is known to find something, another word stands in a comment that may be read.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html as lxml_html
from sqlalchemy import MetaData, insert, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from feedback_app.domain.coding import Purpose, Reading, Valence
from feedback_app.domain.scope import Role
from feedback_app.services import quoting
from feedback_app.store import readings
from feedback_app.store.comment_tables import HELD, OPEN, UNSCREENED, Comment, SafeguardingEntry, Voice
from feedback_app.store.tables import Response, Wave, random_id
from feedback_app.store.talk_tables import TalkNote, TalkQuestion
from tests.support.access_matrix import add_surveys
from tests.support.application import migrate, running_application
from tests.support.commands import CommandLine
from tests.support.databases import sqlite_url
from tests.support.summaries import SCOPE, signed_in
from tests.support.talks import add_talk

ASKED, HIDDEN, SEEN = "plimwickle", "zorbatine", "quorvish"  # looked for; never found but by its readers; to be found
DANGER = f"{ASKED.title()} {HIDDEN} hurts himself and says he wants to die."
READ = f"{SEEN.title()} is what helps us most."
TODAY = date(2026, 11, 16)
MOST_FURTHER = 40  # pages that one visitor looks at besides the addresses that there are
LEFT_ALONE = frozenset({"static", "security.logout", "respond.quick_exit", "account.sign_out_everywhere"})
TALK = "waiting-well"
QUEUE = "/team/safeguarding"  # where safeguarding readers read, and nobody else
# Commands that answer nothing about words, or never end; and how those are called that have to be told something.
NOT_ASKED = frozenset(
    {"serve", "jobs run", "db upgrade", "keys rotate", "keys new", "demo seed", "translations collect"}
    | {"survey check", "survey list", "themes check", "population show", "population check"}  # read files alone
)
TOLD: Mapping[str, tuple[str, ...]] = {
    "summary": ("--wave", "family-now"),
    "wave snapshot": ("family-now",),
    "audit export": ("--format", "csv"),
    "themes summary": ("--wave", "family-now"),
}
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"', re.IGNORECASE)
ANY = "00000000-0000-4000-8000-000000000000"


@dataclass
class Planted:
    """The world with its words: which comments and voices there are, and which messages were sent."""

    app: Flask
    db: Session
    url: str
    comments: list[uuid.UUID] = field(default_factory=list)
    voices: list[uuid.UUID] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def send(self, *message: str, **_more: Any) -> None:
        """Take a message as the mail server would."""
        self.sent.append("\n".join(message))

    def plant(self) -> None:
        """Plant held words in answers and in a voice, unscreened ones, and words that may be read and are quoted."""
        waves = {wave.slug: wave for wave in self.db.scalars(select(Wave))}
        ready = [(slug, standing) for slug in ("family-now", "young-now") for standing in (HELD, UNSCREENED)]
        for slug, standing in ready:
            self._add(waves[slug], DANGER, standing, young=slug == "young-now")
        self._add(waves["family-now"], READ, OPEN)
        for words, standing in ((DANGER, HELD), (READ, OPEN)):
            told = {"kind": "story", "teller": "parent_carer", "month": date(2026, 5, 1), "consent": "publish"}
            who = {"entered_by": "forum_organiser@example.org", "entered_on": TODAY}
            voice = Voice(partnership=SCOPE.partnership, **told, **who)
            self.db.add(voice)
            self.db.flush()
            self.voices.append(voice.id)
            self._keep(words, standing, voice_id=voice.id)
        self._say_at_a_talk()
        self.db.commit()
        self._read_and_clear()

    def _say_at_a_talk(self) -> None:
        """Plant held words, and words that may be read, among questions ahead of a talk and what was said at it."""
        talk = add_talk(self.db, TALK, day=date(2026, 5, 20))
        for kind, row in (("talk_question", TalkQuestion), ("talk_note", TalkNote)):
            for words, standing in ((DANGER, HELD), (READ, OPEN), (DANGER, UNSCREENED)):
                told = {"kind": kind, "teller": "parent_carer", "month": date(2026, 5, 1), "consent": "publish"}
                voice = Voice(partnership=SCOPE.partnership, entered_by="talks", entered_on=TODAY, **told)
                self.db.add(voice)
                self.db.flush()
                self.db.add(row(voice_id=voice.id, talk_id=talk.id))
                self._keep(words, standing, voice_id=voice.id)

    def _add(self, wave: Wave, words: str, standing: str, *, young: bool = False) -> None:
        taken = select(Comment.response_id).where(Comment.response_id.is_not(None))
        free = select(Response.id).where(Response.wave_id == wave.id, Response.id.not_in(taken)).limit(1)
        response = self.db.scalars(free).one()
        self._keep(words, standing, response_id=response, wave_id=wave.id, item="TS11", young=young)

    def _keep(self, words: str, standing: str, **of: object) -> None:
        comment, held = random_id(), standing == HELD
        row = {
            "id": comment,
            "partnership": SCOPE.partnership,
            "language": "en_GB",
            "words": words,
            "standing": standing,
        }
        self.db.execute(insert(Comment).values(**row, **{"item": "", "young": False, **of}))
        if held:
            about = {"partnership": SCOPE.partnership, "flagged": True, "cues": [["self_harm", 0, 10]], "due_on": TODAY}
            self.db.execute(insert(SafeguardingEntry).values(comment_id=comment, **about))
        self.comments.append(comment)

    def _read_and_clear(self) -> None:
        """Read what may be read, and clear it to be quoted."""
        for comment in self.comments:
            facts = readings.find_comment(self.db, SCOPE, comment)
            if facts is not None:
                said = Reading("lead@example.org", Purpose.QUEUE, (), Valence.GOING_WELL)
                readings.keep_reading(self.db, SCOPE, comment, said, sample_id=None, codeframe_version=1, day=TODAY)
                quoting.clear_quote(self.db, SCOPE, facts, facts.words, "lead@example.org", TODAY)
        self.db.commit()

    def run_jobs(self) -> None:
        """Do what is done as it comes and once a day, then what came of it."""
        from feedback_app.jobs.handlers import make_handlers
        from feedback_app.jobs.runner import JobRunner

        runner = JobRunner(self.app, make_handlers(self.app, self))
        for _round in range(2):
            runner.run_due()
            runner.do_daily()
        runner.run_due()


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    """The world, with its jobs done."""
    from feedback_app.extensions import db as extension

    url = sqlite_url(tmp_path_factory.mktemp("held") / "held.sqlite")
    migrate(url)
    with running_application(url, site_address="http://localhost") as app:
        app.test_client_class = FlaskClient
        with app.app_context():
            engine = extension.engine
        with Session(engine) as db:
            add_surveys(app, db)
            world = Planted(app, db, url)
            world.plant()
            signed_in(app, db, Role.SAFEGUARDING_READER)
            world.run_jobs()
            yield world


def unpacked(data: bytes) -> str:
    """Return what a reply holds as text: of a workbook or another packed file, everything in it."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            data = b"\n".join(packed.read(name) for name in packed.namelist())
    return data.decode("utf-8", "replace").casefold()


@dataclass
class Visit:
    """One visitor on their way through every address, link and search form."""

    world: Planted
    client: FlaskClient
    role: Role | None
    seen: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    readable: bool = False
    token: str = ""
    cookie: str = ""  # of the session that the token belongs to
    endpoints: dict[str, str] = field(default_factory=dict)  # of the addresses there are
    refused: set[str] = field(default_factory=set)  # endpoints, whatever is asked of them: by whoever asks

    def values(self, name: str, endpoint: str) -> list[object]:
        """Return what may stand for an argument of an address."""
        if name == "slug" and endpoint.partition(".")[0] in ("talks", "running"):
            return [TALK]
        known: dict[str, list[object]] = {
            "slug": ["family-now", "young-now", "family", "young"],
            "voice_id": list(self.world.voices),
            "comment_id": list(self.world.comments),
            "earlier": ["family-before"],
            "name": ["provision"],
            "item": ["TS11", "TS02"],
            "filename": ["mark.svg"],
            "token": ["x" * 43],
        }
        return known.get(name, [ANY if name.endswith("_id") and name != "page_id" else 1])

    def addresses(self, method: str) -> Iterator[str]:
        """Yield every address that takes a method, with each value of its first id that there is."""
        with self.world.app.test_request_context():
            for rule in self.world.app.url_map.iter_rules():
                if method in (rule.methods or ()) and rule.endpoint not in LEFT_ALONE:
                    yield from self._built(rule)

    def _built(self, rule: Rule) -> Iterator[str]:
        known = {name: self.values(name, rule.endpoint) for name in rule.arguments}
        for at in range(max(map(len, known.values()), default=1)):
            built = rule.build({name: values[at % len(values)] for name, values in known.items()})
            if built:
                self.endpoints[built[1]] = rule.endpoint
                yield built[1]

    def look(self, address: str, method: str = "GET", **sent: str) -> str:
        """Ask for an address and note where held words stand; return the page."""
        data = {"csrf_token": self.token, **sent} if method == "POST" else None
        cookie = self.world.app.config["SESSION_COOKIE_NAME"]
        if self.cookie:  # whatever the address before did: there are some that sign out
            self.client.set_cookie(cookie, self.cookie)
        reply = self.client.open(address, method=method, data=data)
        page = unpacked(reply.get_data())
        reply.close()
        if reply.status_code == 403 or "/team/sign-in?next=" in reply.headers.get("Location", ""):
            self.refused.add(self.endpoints.get(address, ""))
        where = address.partition("?")[0]
        if HIDDEN in page + str(reply.headers).casefold() and not (
            self.role is Role.SAFEGUARDING_READER and where.startswith(QUEUE)
        ):
            self.found.add(f"{method} {address}")
        self.readable = self.readable or SEEN in page
        found, kept = _TOKEN.search(page), self.client.get_cookie(cookie)
        if found and kept and not self.token:
            self.token, self.cookie = reply.get_data(as_text=True)[found.start(1) : found.end(1)], kept.value
        return reply.get_data(as_text=True) if reply.mimetype == "text/html" and reply.status_code < 400 else ""

    def go_everywhere(self) -> None:
        """Go to each address there is, follow each link, and look for the planted word in each search form."""
        waiting = ["/team", *self.addresses("GET")]
        most = len(waiting) + MOST_FURTHER
        while waiting and len(self.seen) < most:
            address = waiting.pop(0)
            if address in self.seen or "/sign-out" in address or "/leave" in address or self._is_refused(address):
                continue
            self.seen.add(address)
            page = self.look(address)
            waiting += [further for further in _ways_on(page) if further not in self.seen] if page else []

    def _is_refused(self, address: str) -> bool:
        return self.endpoints.get(address) in self.refused

    def press_everything(self) -> None:
        """Send every form's address with nothing but the planted word in it."""
        for address in self.addresses("POST"):
            if "/team" in address and not self._is_refused(address):
                self.look(address, "POST", words=ASKED, quote=ASKED, hide=ASKED, reason=ASKED, step="look")


def _ways_on(page: str) -> list[str]:
    """Return where a page leads to: its links, and its search forms with the planted word filled in."""
    document = lxml_html.document_fromstring(page)
    links = [str(link) for link in document.xpath("//a/@href") if str(link).startswith("/")]
    forms = []
    for form in document.xpath("//form[@method='get' or not(@method)]"):
        names = form.xpath(".//input[not(@type) or @type='text' or @type='search']/@name")
        if names:
            forms.append(f"{form.get('action')}?" + "&".join(f"{name}={ASKED}" for name in names))
    return [*forms, *(link.partition("#")[0] for link in links if not link.startswith("/static"))]


def test_nobody_sees_held_words_anywhere_but_their_readers(planted: Planted) -> None:
    visits = [_visit(planted, role) for role in (None, *Role)]
    for visit in visits:
        visit.go_everywhere()
    read = {str(visit.role) for visit in visits if visit.readable}
    for visit in visits:  # when all have looked: those who may change something, change it
        if visit.role is not Role.SAFEGUARDING_READER:  # who may let words through
            visit.press_everything()
        assert visit.role is None or visit.look("/team"), f"{visit.role} was signed out: the rest says nothing"
    found = {str(visit.role): visit.found for visit in visits if visit.found}
    assert found == {}
    assert {Role.SEND_TEAM, Role.COMMENT_READER} <= read, "the looking finds nothing at all"
    assert Role.FORUM_ORGANISER in read, "the looking does not come to what was said at talks"
    assert not read & {"None", Role.ADMINISTRATOR, Role.AUDITOR}


def _visit(planted: Planted, role: Role | None) -> Visit:
    if role is Role.SAFEGUARDING_READER:
        client = planted.app.test_client()
        _let_in(client, "safeguarding_reader")
        return Visit(planted, client, role)
    return Visit(planted, signed_in(planted.app, planted.db, role) if role else planted.app.test_client(), role)


def _let_in(client: FlaskClient, name: str) -> None:
    import time

    with client.session_transaction() as session:
        session.update({"_user_id": name, "_fresh": True, "fs_paa": time.time()})


def test_no_message_and_no_other_table_holds_held_words(planted: Planted) -> None:
    assert not [message for message in planted.sent if HIDDEN in message.casefold()]
    tables = MetaData()
    tables.reflect(planted.db.get_bind())
    holding = {
        name
        for name, table in tables.tables.items()
        if HIDDEN in str([tuple(row) for row in planted.db.execute(select(table))]).casefold()
    }
    planted.db.rollback()
    assert holding == {"comment"}


def _leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with the words it is called by."""
    if not isinstance(command, click.Group):
        yield " ".join(path), command
        return
    for name, inner in command.commands.items():
        yield from _leaves(inner, (*path, name))


def test_no_command_prints_or_writes_held_words(planted: Planted, tmp_path: Path) -> None:
    from feedback_app.cli import main

    planted.db.rollback()
    run, printed = CommandLine(planted.url), dict[str, str]()
    for name, _command in _leaves(main):
        if name not in NOT_ASKED:
            asked = run(*name.split(), *TOLD.get(name, ()))
            printed[name] = asked.stdout + asked.stderr
    assert not [name for name, said in printed.items() if HIDDEN in said.casefold()]
    assert printed["wave list"]
    assert printed["summary"]
