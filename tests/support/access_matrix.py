"""Every address asked by everybody: what stands in each address, who asks, how far they get, what was promised."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from feedback_app.domain.permission_words import ROLE_WORDS
from feedback_app.domain.scope import Role
from feedback_app.store import comment_tables
from feedback_app.store.accounts import User
from feedback_app.store.comment_tables import Comment, Voice
from feedback_app.store.tables import Wave
from tests.support.snapshots import take
from tests.support.summaries import SCOPE, add_answers, add_wave, make_instrument, signed_in, some_answers
from tests.support.talk_world import stand

NOBODY = "nobody"
YES, YOUNG, NO = "yes", "young", "–"
BEST = (NO, YOUNG, YES)
OPEN, REFUSED, SIGN_IN = "open", "refused", "asked to sign in"
TAKEN = frozenset({200, 302, 303, 422})
# Open, but with nothing behind it here: a link that was never sent, a passkey that nobody added.
# Or what was brought in by somebody else: see test_voices.py.
NOTHING_BEHIND: Mapping[str, frozenset[int]] = {
    "reading.agreement": frozenset({404}),  # no sample was drawn
    "reading.sample_next": frozenset({404}),
    "themes.themes_csv": frozenset({404}),  # nobody wrote anything here
    "themes.themes_workbook": frozenset({404}),
    "voices.ask_to_take_back": frozenset({404}),
    "voices.change_consent": frozenset({404}),
    "voices.take_back": frozenset({404}),
    "voices.voice": frozenset({404}),
    "safeguarding.comment": frozenset({404}),  # no reader has to read a comment here
    "safeguarding.decide": frozenset({404}),
    "safeguarding.flag": frozenset({404}),
    "safeguarding.undo": frozenset({404}),
    "account.app_picture": frozenset({404}),
    "account.remove_passkey": frozenset({404}),
    "administering.accept_invitation": frozenset({404}),
    "administering.invitation": frozenset({404}),
    "public.security": frozenset({404}),
    "running.mailbox": frozenset({404}),  # on a development machine alone
}
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_SURVEYS = {
    "family": ("test_survey", "test-survey", "parent_carer"),
    "young": ("young_survey", "young", "young_person"),
}
Cells = dict[tuple[str, str, str], str]


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks: without roles nobody in particular."""

    name: str
    roles: tuple[Role, ...] = ()

    @classmethod
    def of(cls, *roles: Role) -> Visitor:
        """Return a member of staff with these roles."""
        return cls("+".join(role.value for role in roles), roles)


EVERYBODY = (
    Visitor(NOBODY),
    *(Visitor.of(role) for role in Role),
    Visitor.of(Role.POWAR_WORKER, Role.AUDITOR),
    Visitor.of(Role.ADMINISTRATOR, Role.WORKSTREAM_LEAD),
)


def documented(path: Path) -> Cells:
    """Return (address, method, visitor) -> yes, young or –, as the tables of docs/access.md say."""
    keys = {words: role.value for role, words in ROLE_WORDS.items()} | {"Nobody": NOBODY}
    cells: Cells = {}
    for part in path.read_text(encoding="utf-8").split("\n## "):
        head, _rule, *rows = [_cells(line) for line in part.splitlines() if line.startswith("|")] or [[], []]
        if head[:1] != ["Address"]:
            continue
        for address, methods, _does, *marks in rows:
            said = {keys[name]: mark for name, mark in zip(head[3:], marks, strict=True)}
            for method in methods.split(", "):
                for name in (NOBODY, *(role.value for role in Role)):
                    cells[address.strip("`"), method, name] = said[name] if said else YES
    return cells


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]


def promised(cells: Cells, address: str, method: str, visitor: Visitor) -> str:
    """Return how far somebody gets by the document: with two roles as far as the better of them, HEAD as GET."""
    method = "GET" if method == "HEAD" else method
    names = [role.value for role in visitor.roles] or [NOBODY]
    return max((cells.get((address, method, name), "not in the table") for name in names), key=_rank)


def _rank(mark: str) -> int:
    return BEST.index(mark) if mark in BEST else len(BEST)


def add_surveys(app: Flask, db: Session) -> None:
    """Hold a survey of parents and one of young people: an earlier wave and one that is open, with figures to read."""
    for kind, (name, slug, audience) in _SURVEYS.items():
        instrument = make_instrument(name=name, slug=slug, audience=audience, code=kind[:2].upper())
        for wave in (f"{kind}-before", f"{kind}-now"):
            add_answers(db, add_wave(db, instrument, wave, None), some_answers(60), instrument=instrument)
        past = {"opens_on": date(2026, 2, 2), "closed_from": date(2026, 3, 2)}
        db.execute(update(Wave).where(Wave.slug == f"{kind}-before").values(past))
        db.commit()
        for wave in (f"{kind}-before", f"{kind}-now"):
            assert take(app, db, wave)


def add_voice(db: Session, known: uuid.UUID | None = None) -> uuid.UUID:
    """Bring in a voice that can be read, unless this one is there still; return which it is."""
    readable = (Comment.voice_id == known, Comment.standing == comment_tables.OPEN)  # it may have been held meanwhile
    there = known and db.scalar(select(Comment.id).where(*readable))
    db.rollback()
    if known and there:
        return known
    told = {"kind": "story", "teller": "staff", "month": date(2026, 5, 1), "consent": "quote"}
    entered = {"entered_by": "somebody@example.org", "entered_on": date(2026, 6, 1)}
    voice = Voice(partnership=SCOPE.partnership, **told, **entered)
    db.add(voice)
    db.flush()
    said = {"words": "It helps.", "language": "en_GB", "standing": comment_tables.OPEN}
    db.add(Comment(partnership=SCOPE.partnership, voice_id=voice.id, **said))
    made = voice.id
    db.commit()
    return made


@dataclass
class Walk:
    """Everybody on their way through all addresses, each as they were before the last step."""

    app: Flask
    db: Session
    visitors: Iterable[Visitor] = EVERYBODY
    clients: dict[str, FlaskClient] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Let everybody in, and an account come to be that nobody here has."""
        signed_in(self.app, self.db, Role.BOARD_MEMBER, Role.FORUM_ORGANISER)
        self.spare = self.db.scalars(select(User.id)).unique().one()
        self.voice = add_voice(self.db)
        self.standing = stand(self.db, SCOPE)
        self.cookie = self.app.config["SESSION_COOKIE_NAME"]
        for visitor in self.visitors:
            client = signed_in(self.app, self.db, *visitor.roles) if visitor.roles else self.app.test_client()
            page = client.get("/team" if visitor.roles else "/team/sign-in")
            found = _TOKEN.search(page.text)
            assert found, page.text
            self.clients[visitor.name], self.tokens[visitor.name] = client, found.group(1)
            self._keep(visitor)

    def arguments(self, rule: Rule, kind: str) -> dict[str, object]:
        """Return something plausible for each argument of an address; AssertionError for one that nobody told of."""
        plausible: dict[str, object] = {
            "slug": f"{kind}-now" if rule.rule.startswith("/team") else _SURVEYS[kind][1],
            "earlier": f"{kind}-before",
            "name": "provision",
            "item": "TS02",
            "key": "P1",
            "code": "JOINT",
            "child": 1,
            "page_id": "ts01",
            "filename": "mark.svg",
            "token": "x" * 43,
            "user_id": self.spare,
            "number": 1,
            "voice_id": self.voice,
            "comment_id": self._comment(),
            "sample_id": uuid.UUID(int=1),
        }
        if rule.endpoint.startswith(("talks.", "running.")):
            plausible |= {"kind": "term"} | self.standing.arguments()
            plausible |= {"slug": "a-term"} if "kind" in rule.arguments else {}
        unknown = sorted(rule.arguments - set(plausible))
        assert not unknown, f"Say in {__name__} what {', '.join(unknown)} of {rule.rule} is plausibly: {rule.endpoint}."
        return {name: plausible[name] for name in rule.arguments}

    def ask(
        self, visitor: Visitor, rule: Rule, method: str, kind: str = "family", *, token: bool = True
    ) -> TestResponse:
        """Send one request as somebody, in a browser with a survey begun, and put back what it may have changed."""
        with self.app.test_request_context():
            address = rule.build(self.arguments(rule, kind))
        assert address, rule
        client, changes = self.clients[visitor.name], method not in {"GET", "HEAD", "OPTIONS"}
        if rule.endpoint.startswith("respond.") and visitor.name not in self.begun:
            self._begin(visitor)
        sent = {"csrf_token": self.tokens[visitor.name]} if changes and token else None
        checked = method not in {"HEAD", "OPTIONS"} and len(visitor.roles) != 1  # nobody and pairs see every page
        reads_page = type(client) if checked else FlaskClient
        answer = reads_page.open(client, address[1], method=method, data=sent)
        answer.close()
        client.set_cookie(self.cookie, self.cookies[visitor.name])
        if changes:
            self.begun.discard(visitor.name)
            self._put_back(talks=rule.endpoint.startswith(("talks.", "running.")))
        return answer

    def _comment(self) -> uuid.UUID:
        """Return the comment with the words of the voice that can be read."""
        found = self.db.scalar(select(Comment.id).where(Comment.voice_id == self.voice))
        self.db.rollback()
        return found or uuid.uuid4()

    def _begin(self, visitor: Visitor) -> None:
        """Begin both surveys, so that there is a draft behind the addresses of its pages."""
        client = self.clients[visitor.name]
        for _name, slug, _audience in _SURVEYS.values():
            assert client.post(f"/surveys/{slug}", data={"csrf_token": self.tokens[visitor.name]}).status_code == 302
        self._keep(visitor)
        self.begun.add(visitor.name)

    def _keep(self, visitor: Visitor) -> None:
        found = self.clients[visitor.name].get_cookie(self.cookie)
        assert found
        self.cookies[visitor.name] = found.value

    def _put_back(self, *, talks: bool) -> None:
        """Give every account its roles, its switch and its sessions back, and bring back what was taken back."""
        self.voice = add_voice(self.db, self.voice)
        if talks:
            self.standing = stand(self.db, SCOPE)
        for user in self.db.scalars(select(User)).unique():
            user.active, user.fs_uniquifier = True, user.email.partition("@")[0]
        self.db.commit()


def far(answer: TestResponse, endpoint: str) -> str:
    """Return how far a request got: open, refused, asked to sign in; or its status, where it is none of those."""
    if answer.status_code == 403:
        return REFUSED
    if answer.status_code == 302 and re.search(r"/team/sign-in\?next=", answer.location):
        return SIGN_IN
    fine = TAKEN | NOTHING_BEHIND.get(endpoint, frozenset())
    return OPEN if answer.status_code in fine else f"status {answer.status_code}"


def steps(app: Flask, methods: Iterable[str]) -> Iterator[tuple[Rule, str]]:
    """Yield every address with each of these methods that it takes, in order."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        for method in methods:
            if method in (rule.methods or ()):
                yield rule, method


def cell(walk: Walk, visitor: Visitor, rule: Rule, method: str, said: str) -> str:
    """Return how far somebody really gets, in the words of the table; where it is neither, what happened."""
    found = far(walk.ask(visitor, rule, method), rule.endpoint)
    if found == (REFUSED if visitor.roles else SIGN_IN):
        if said != YOUNG:
            return NO
        young = far(walk.ask(visitor, rule, method, "young"), rule.endpoint)
        return YOUNG if young == OPEN else f"{found}, of young people's: {young}"
    return YES if found == OPEN else found
