"""Two partnerships full of things that only some may read, each marked by a word that is found again wherever it gets.

Somebody of every role and somebody of none come to both sites, with a survey begun.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.instrument import Instrument
from feedback_app.domain.permissions import Permission, permissions_of
from feedback_app.domain.place import Place
from feedback_app.domain.scope import Role
from feedback_app.domain.texts import FieldedDocument
from feedback_app.services.accounts import hash_password
from feedback_app.services.auditing import note_action
from feedback_app.services.fielding import field_wave
from feedback_app.services.snapshots import Taking
from feedback_app.store import people
from feedback_app.store.accounts import Invitation, Passkey, User, user_role
from feedback_app.store.comment_tables import HELD, OPEN, Comment, Voice
from feedback_app.store.tables import CodeFailures, Draft, OutboxJob, Response, Wave
from tests.support.places import both, visitor_of
from tests.support.summaries import add_answers, make_instrument, some_answers
from tests.support.talk_world import Standing, stand

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
SURVEYS = {"family": ("parent_carer", "FA"), "young": ("young_person", "YO")}
READERS: dict[str, frozenset[Permission]] = {
    "figures": frozenset({Permission.READ_FIGURES}),
    "young": frozenset({Permission.READ_FIGURES, Permission.READ_YOUNG_FIGURES}),
    "colleague": frozenset({Permission.MANAGE_ACCOUNTS, Permission.READ_AUDIT}),
    "log": frozenset({Permission.READ_AUDIT}),
    "family": frozenset({Permission.RUN_TALKS}),
    "words": frozenset(),
    "draft": frozenset(),
    "secret": frozenset(),
}
OPEN_TO_ALL = "asked"  # the questions of a survey that is open: at their own site
FRESH_SECONDS = 240
KEPT: tuple[Any, ...] = (User.__table__, user_role, Passkey.__table__, Invitation.__table__, Draft.__table__)
Ids = dict[str, list[str]]


def marker(place: Place, what: str) -> str:
    """Return the word that marks what only some may read."""
    return f"zq{place.key}{what}qz"


@dataclass
class Somebody:
    """Who asks: a visitor of one site with the cookie of a browser that has been there."""

    name: str
    place: Place
    roles: tuple[Role, ...]
    uniquifier: str = ""
    cookie: str = ""
    token: str = ""

    @property
    def may_read(self) -> frozenset[str]:
        """Return the marks that may stand in what this visitor is sent by their own site."""
        own = permissions_of(self.roles)
        open_here = {marker(self.place, OPEN_TO_ALL)}
        return frozenset(open_here | {marker(self.place, what) for what, who in READERS.items() if own & who})


@dataclass
class World:
    """Both partnerships, who comes to them, and how everything stood before anybody did anything."""

    app: Flask
    db: Session
    everybody: list[Somebody] = field(default_factory=list)
    ids: dict[str, Ids] = field(default_factory=dict)
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    let_in: float = 0.0
    password: str = field(default_factory=lambda: hash_password("words that nobody here sends"))

    def __post_init__(self) -> None:
        """Fill both partnerships and let everybody in."""
        for place in both(self.app):
            self._fill(place)
        for place in both(self.app):
            self._begin_as_a_victim(place)
            self.everybody += [self._add(place, "nobody"), *(self._add(place, role.value, role) for role in Role)]
        self.everybody.append(self._add(both(self.app)[0], "everything", *Role))
        self.ids = {place.key: self._ids(place) for place in both(self.app)}
        self.let_everybody_in()
        self._remember()

    @property
    def markers(self) -> frozenset[str]:
        """Return every mark there is."""
        return frozenset(marker(place, what) for place in both(self.app) for what in (*READERS, OPEN_TO_ALL))

    def let_everybody_in(self) -> None:
        """Give everybody a fresh cookie: signed in just now, both surveys begun."""
        self.let_in = time.monotonic()
        for somebody in self.everybody:
            client = visitor_of(self.app, somebody.place.site_address)
            if somebody.roles:
                with client.session_transaction(base_url=somebody.place.site_address) as session:
                    session.update({"_user_id": somebody.uniquifier, "_fresh": True, "fs_paa": time.time()})
            for kind in SURVEYS:
                page = client.get(f"/surveys/{kind}")
                token = _token(page.text)
                assert client.post(f"/surveys/{kind}", data={"csrf_token": token}).status_code == 302
            somebody.token = _token(client.get("/come-back").text)
            cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"], domain=somebody.place.host)
            assert cookie
            somebody.cookie = f"{cookie.key}={cookie.value}"

    def put_back(self, *, everything: bool = False) -> None:
        """Give accounts and drafts back what they were; with ``everything`` forget tries and jobs too."""
        if everything:
            for place in both(self.app):
                self._talks(place)
            self.db.execute(delete(CodeFailures))
            self.db.execute(delete(OutboxJob).where(OutboxJob.kind != "kept"))
        for table in reversed(KEPT):
            self.db.execute(delete(table))
        for table in KEPT:
            if self.kept[table.name]:
                self.db.execute(insert(table), self.kept[table.name])
        self.db.commit()

    def keep_up(self) -> None:
        """Forget tries and jobs; let everybody in again before they would be asked for their password once more."""
        self.put_back(everything=True)
        if time.monotonic() - self.let_in > FRESH_SECONDS:
            self.let_everybody_in()
            self._remember()

    def _remember(self) -> None:
        for table in KEPT:
            self.kept[table.name] = [dict(row._mapping) for row in self.db.execute(select(table))]
        self.db.rollback()

    def _fill(self, place: Place) -> None:
        """Hold two surveys, each with a wave that is open, one before it, and one that nobody outside can see."""
        for kind, (audience, code) in SURVEYS.items():
            survey = make_instrument(name=f"{kind}_survey", slug=kind, audience=audience, code=code)
            asked = _marked(survey, marker(place, OPEN_TO_ALL))
            within = _marked(
                make_instrument(name=f"{kind}_within", slug=f"{kind}-within", audience=audience, code=code),
                marker(place, "figures" if kind == "family" else "young"),
            )
            waves = [("now", asked, False), ("within", within, True), ("before", asked, True)]
            for slug, instrument, over in waves[: 3 if kind == "family" else 2]:
                self._hold(place, f"{kind}-{slug}-{place.key}", instrument, over=over)
        self._voices(place)
        self._talks(place)
        self._staff(place)

    def _voices(self, place: Place) -> None:
        """Bring in what was said elsewhere: one voice that is open, and one that is held."""
        for standing, told_there in ((OPEN, "It helps."), (HELD, f"Somebody told {marker(place, 'words')}")):
            told = {"kind": "story", "teller": "staff", "month": date(2026, 5, 1), "consent": "publish"}
            entered = {"entered_by": f"send_team@{place.key}.example", "entered_on": date(2026, 6, 1)}
            voice = Voice(partnership=place.key, **told, **entered)
            self.db.add(voice)
            self.db.flush()
            said = {"words": told_there, "language": "en_GB", "standing": standing}
            self.db.add(Comment(partnership=place.key, voice_id=voice.id, **said))
        self.db.commit()

    def _talks(self, place: Place) -> Standing:
        """Let a talk stand, with a family that is known by its link and one that only organisers may know."""
        return stand(self.db, place.scope, marker(place, "family"))

    def _hold(self, place: Place, slug: str, instrument: Instrument, *, over: bool) -> None:
        """Hold a wave with figures for all readers; its own words are marked."""
        chosen: dict[str, Any] = {"opens_on": date(2026, 11, 2), "closed_from": None, "today": date(2026, 11, 16)}
        wave = field_wave(self.db, place.scope, FieldedDocument(instrument=instrument), slug=slug, **chosen)
        words = {0: f"Somebody said {marker(place, 'words')}"}
        add_answers(self.db, wave, some_answers(60), words, instrument)
        self.db.execute(update(Response).where(Response.wave_id == wave.id).values(partnership=place.key))
        if over:
            past = {"opens_on": date(2026, 2, 2), "closed_from": date(2026, 3, 2)}
            self.db.execute(update(Wave).where(Wave.id == wave.id).values(past))
        self.db.commit()
        snapshot = Taking(place.scope, place.policy, place.geography, None, date(2026, 11, 21))
        assert snapshot.take_snapshot(self.db, slug)
        if slug.startswith("family-before") and (made := snapshot.make_breakdowns(self.db, slug)):
            snapshot.keep_breakdowns(self.db, made)
        self.db.commit()

    def _staff(self, place: Place) -> None:
        """Add a colleague, an entry in the log, and a job that waits."""
        colleague = f"{marker(place, 'colleague')}@example.org"
        self._account(place, colleague, [Role.BOARD_MEMBER], tf_totp_secret=marker(place, "secret"))
        self._account(place, f"known@{place.key}.example", [Role.SEND_TEAM])
        told = {"actor": colleague, "action": "told", "subject": "somebody", "reason": marker(place, "log")}
        note_action(self.db, place.scope, at=datetime.now(UTC), **told)
        payload = {"to": f"{marker(place, 'secret')}@example.org"}
        self.db.add(OutboxJob(partnership=place.key, kind="kept", payload=payload))
        self.db.commit()

    def _account(self, place: Place, email: str, roles: Sequence[Role], **more: Any) -> str:
        """Add an account; return what its sessions are known by."""
        rows = [people.get_role(self.db, role) for role in roles]
        known_by = f"{place.key}-{email.partition('@')[0]}"
        given = {"password": self.password, "active": True, "fs_uniquifier": known_by} | more
        self.db.add(User(partnership=place.key, email=email, roles=rows, **given))
        self.db.commit()
        return known_by

    def _add(self, place: Place, name: str, *roles: Role) -> Somebody:
        if not roles:
            return Somebody(name, place, roles)
        return Somebody(name, place, roles, self._account(place, f"{name}@{place.key}.example", roles))

    def _begin_as_a_victim(self, place: Place) -> None:
        """Begin a survey, write something private into it, and never come back."""
        client = visitor_of(self.app, place.site_address)
        token = _token(client.get("/surveys/family").text)
        assert client.post("/surveys/family", data={"csrf_token": token}).status_code == 302
        sheet = f'{{"answers":{{"TS11":1}},"texts":{{"TS11":"{marker(place, "draft")}"}}}}'
        newest = self.db.execute(select(Draft.key_hash, Draft.sheet).join(Wave).where(Wave.partnership == place.key))
        keys = [key for key, known in newest if "zq" not in known]
        self.db.execute(update(Draft).where(Draft.key_hash.in_(keys)).values(sheet=sheet))
        self.db.commit()

    def _ids(self, place: Place) -> Ids:
        """Return what stands in the addresses of a partnership: its waves, accounts, and the address of one of them."""
        slugs = list(self.db.scalars(select(Wave.slug).where(Wave.partnership == place.key).order_by(Wave.slug)))
        users = self.db.scalars(select(User.id).where(User.partnership == place.key).order_by(User.id))
        numbers = [str(number) for number in users]
        self.db.rollback()
        own = select(Voice.id).where(Voice.partnership == place.key)
        voices = [str(voice) for voice in self.db.scalars(own)]
        said = select(Comment.id).where(Comment.partnership == place.key, Comment.voice_id.is_not(None))
        comments = [str(comment) for comment in self.db.scalars(said)]
        self.db.rollback()
        talk = {name: [str(value)] for name, value in self._talks(place).arguments().items() if name != "slug"}
        return {
            **talk,
            "slug": slugs,
            "number": numbers,
            "voice": voices,
            "comment": comments,
            "email": [f"known@{place.key}.example"],
        }


def _marked(instrument: Instrument, word: str) -> Instrument:
    """Return a survey whose questions and answers carry a mark."""
    text = instrument.model_dump_json(exclude_unset=True)
    for plain in ("What helped?", "How useful was it?", "Time"):
        assert plain in text
        text = text.replace(plain, f"{plain} {word}")
    return Instrument.model_validate_json(text)


def _token(page: str) -> str:
    found = TOKEN.search(page)
    assert found, page
    return found.group(1)
