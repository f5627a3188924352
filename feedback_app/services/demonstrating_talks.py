"""The demonstration's talks: some that were held, some to come, with invented families. They name nobody real.

Nobody is written to: no message is put for what happened before anybody looked.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from sqlalchemy.orm import Session

from feedback_app.domain.place import Place
from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Programme, Way
from feedback_app.domain.talks.talk import PromiseState, SignUpState, TalkFacts, TalkState
from feedback_app.domain.voices import VoiceKind
from feedback_app.services import finishing_talks, promising
from feedback_app.services.promising import NewPromise
from feedback_app.services.signing_up import hash_secret, make_check_in, mark_contact
from feedback_app.services.talk_voices import add_talk_voice
from feedback_app.store import sign_ups, talk_planning, talks
from feedback_app.store.talk_messages import delete_messages

FORUM = "forum@example.org"
VENUES = (
    ("Mill Lane Community Centre", "Mill Lane", ("step_free", "toilet", "parking", "hearing_loop", "quiet_room")),
    ("The Old School House", "Church Street", ("step_free", "toilet", "bus", "drinks")),
    ("Riverside Family Hub", "Bridge Road", ("step_free", "toilet", "changing_place", "quiet_room", "drinks")),
)  # what is not there in truth: nobody shall travel to them
BOTH: Mapping[Way, int] = {Way.IN_PERSON: 20, Way.ONLINE: 60}
ROOM: Mapping[Way, int] = {Way.IN_PERSON: 16}
ONLINE: Mapping[Way, int] = {Way.ONLINE: 60}
HALL: Mapping[Way, int] = {Way.IN_PERSON: 50, Way.ONLINE: 60}


@dataclass(frozen=True)
class _Plan:
    """One invented talk: how many days from today it is, what it is about, how, and how many families want to come."""

    days: int
    topic: str
    title: str
    about: str
    ways: Mapping[Way, int]
    families: int
    starts: time = time(10)
    state: TalkState = TalkState.PUBLISHED


PLANS = (
    _Plan(-250, "ehc_plans", "What is in an EHC plan", "We read a made-up plan together, part by part.", HALL, 34),
    _Plan(-160, "transport", "Getting to school", "How decisions on transport are made, and how to ask.", HALL, 31),
    _Plan(-70, "school", "Help in school", "What schools give before there is a plan.", HALL, 38, time(18, 30)),
    _Plan(-9, "assessment", "Waiting well", "What helps while you wait for an assessment.", ROOM, 11),
    _Plan(11, "assessment", "Waiting for an assessment", "Meet other parents, and the people who run the pathway. "
          "Ask anything. Bring someone with you if you like.", BOTH, 9),
    _Plan(18, "adult_life", "Life after school", "Colleges, jobs, money. Young people are welcome.", ROOM, 12),
    _Plan(25, "mental_health", "Worries and big feelings", "What helps, and where to turn.", ONLINE, 7, time(19)),
    _Plan(39, "short_breaks", "Short breaks near you", "Clubs and days out, and how to get a place.", ROOM, 3),
    _Plan(46, "ehc_plans", "Your annual review", "How to get ready, and what to say.", BOTH, 0, state=TalkState.DRAFT),
)  # fmt: skip
QUESTIONS = (
    "How do I find out where we are on the list?",
    "Who tells the school what the assessment said?",
    "Can we still get help while we wait?",
    "What happens when we move to another district?",
)
PROMISES = (
    (
        "Families hear nothing while they wait.",
        "Write to every family on the list twice a year.",
        PromiseState.OPEN,
        "",
    ),
    (
        "Nobody knew whom to ring.",
        "One number on every letter.",
        PromiseState.DONE,
        "It is on all letters since March.",
    ),
    ("The form is hard to read.", "An Easy Read form, made with parents.", PromiseState.OPEN, ""),
)


def seed_talks(db: Session, place: Place, now: datetime) -> int:
    """Hold invented talks unless there are any, and return how many."""
    programme, scope = place.programme, place.scope
    if programme is None or talks.list_talks(db, scope):
        return 0
    draw = Random("demonstration talks")  # noqa: S311 - invented families, nothing secret
    inventing = _Inventing(db, place, programme, now, draw)
    inventing.hold_all()
    delete_messages(db, scope)
    return len(PLANS)


@dataclass(frozen=True)
class _Inventing:
    db: Session
    place: Place
    programme: Programme
    now: datetime
    draw: Random

    @property
    def scope(self) -> Scope:
        """Return whose talks they are."""
        return self.place.scope

    def hold_all(self) -> None:
        """Add terms, venues and talks, with all that belongs to them."""
        venues = self._venues()
        terms = self._terms()
        for number, plan in enumerate(PLANS):
            day = _weekday(self.now.date() + timedelta(days=plan.days))
            talk = self._talk(plan, day, venues[number % len(venues)], next(key for key, last in terms if day <= last))
            self._families(talk, plan, number)
            self._questions(talk, number)
            if plan.days < 0:
                self._finish(talk, number)

    def _venues(self) -> list[tuple[uuid.UUID, int | None]]:
        """Add the venues; return each with its district."""
        districts = self.place.partnership.districts
        found: list[tuple[uuid.UUID, int | None]] = []
        for number, (name, street, features) in enumerate(VENUES):
            district = districts[number * 5 % len(districts)]
            known = [key for key in features if key in self.programme.features_by_key]
            told = {"name": name, "address": f"{street}, {district.name} (made up)", "postcode": ""}
            told |= {"access": "The door opens by itself. Come in and somebody will meet you."}
            venue = talk_planning.add_venue(self.db, self.scope, **told, district=district.code, features=known)
            found.append((venue, district.code))
        return found

    def _terms(self) -> list[tuple[uuid.UUID, date]]:
        """Add the terms of last year, this year and the next; return each with its last day, in order."""
        found = []
        for year in range(self.now.year - 1, self.now.year + 2):
            for slug, name, first, last in (
                ("spring", "Spring", (1, 1), (4, 15)),
                ("summer", "Summer", (4, 16), (8, 31)),
                ("autumn", "Autumn", (9, 1), (12, 31)),
            ):
                days = date(year, *first), date(year, *last)
                key = talk_planning.add_term(self.db, self.scope, f"{slug}-{year}", f"{name} {year}", *days)
                found.append((key, days[1]))
        return found

    def _talk(self, plan: _Plan, day: date, venue: tuple[uuid.UUID, int | None], term_id: uuid.UUID) -> TalkFacts:
        topic = self.programme.topics_by_key[plan.topic]
        in_person = Way.IN_PERSON in plan.ways
        slug = f"{'-'.join(plan.title.lower().split())}-{day:%d-%m-%Y}"
        talk_id = talk_planning.add_talk(
            self.db,
            self.scope,
            slug=slug,
            title=plan.title,
            about=plan.about,
            topic=plan.topic,
            priorities=list(topic.priorities),
            themes=list(topic.themes),
            day=day,
            starts=plan.starts,
            ends=time(plan.starts.hour + 1, (plan.starts.minute + 30) % 60) if not plan.starts.minute else time(20),
            state=plan.state.value,
            term_id=term_id,
            venue_id=venue[0] if in_person else None,
            district=venue[1] if in_person else None,
            hosts="The parent carer forum, and people of the service",
            provided=["captions"] if Way.ONLINE in plan.ways else [],
            joining_link="https://meeting.example/made-up" if Way.ONLINE in plan.ways else None,
            salt=secrets.token_hex(16),
            demonstration=True,
        )
        talk_planning.update_ways(self.db, self.scope, talk_id, plan.ways)
        found = talks.find_talk_by_id(self.db, self.scope, talk_id)
        assert found is not None  # noqa: S101 - added just now
        return found

    def _families(self, talk: TalkFacts, plan: _Plan, number: int) -> None:
        """Let families book, one after another: who comes when it is full waits."""
        held = dict.fromkeys(plan.ways, 0)
        queue = 0
        asked_at = min(self.now, talk.starts_at(self.place.partnership.timezone)) - timedelta(days=6)
        for family in range(plan.families):
            way, places = self.draw.choice(list(plan.ways)), self.draw.choice((1, 1, 2, 2, 3))
            fits = not queue and held[way] + places <= plan.ways[way]
            held[way] += places if fits else 0
            queue += 0 if fits else 1
            state = SignUpState.BOOKED if fits else SignUpState.WAITING
            booking_id, contact = self._booking(number, family, asked_at)
            mark = mark_contact(talks.find_salt(self.db, self.scope, talk.id), contact)
            sign_up_id = sign_ups.add_sign_up(
                self.db,
                self.scope,
                talk_id=talk.id,
                booking_id=booking_id,
                contact_mark=mark,
                way=way.value,
                places=places,
                state=state.value,
                queue=None if fits else queue,
                asked_at=(asked_at + timedelta(hours=family)).astimezone(UTC),
                check_in=make_check_in(self.db, talk.id),
                came=places if plan.days < 0 and fits and self.draw.random() < 0.85 else None,
            )
            self._needs(sign_up_id, way, past=plan.days < 0)

    def _booking(self, number: int, family: int, asked_at: datetime) -> tuple[uuid.UUID, str]:
        """Add a family's booking; return its id and contact."""
        secret, email = secrets.token_urlsafe(16), f"family{number}.{family}@example.org"
        first = self.draw.random()
        booking_id = sign_ups.add_booking(
            self.db,
            self.scope,
            secret=secret,
            secret_hash=hash_secret(self.scope, secret),
            request_hash=hash_secret(self.scope, f"request/{secret}"),
            name=f"Example family {number * 20 + family + 1}",
            email=email,
            mobile=None,
            language=self.place.first_locale,
            booker="parent_carer",
            district=self.draw.choice(self.place.partnership.districts).code,
            first_time=None if first < 0.2 else first < 0.6,
            heard=self.draw.choice([one.key for one in self.programme.heard]),
            topics=[self.draw.choice(self.programme.topics).key],
            may_contact=False,
            made_at=asked_at.astimezone(UTC),
        )
        assert booking_id is not None  # noqa: S101 - nobody has sent this form before
        return booking_id, email

    def _needs(self, sign_up_id: uuid.UUID, way: Way, *, past: bool) -> None:
        """Let some families need something; of talks that were held, most of it was arranged."""
        if self.draw.random() > 0.45:
            return
        need = self.draw.choice([need for need in self.programme.needs_for(way) if not need.detail])
        need_id = sign_ups.add_need(self.db, sign_up_id, need.key, "", asked_late=False)
        if past or self.draw.random() < 0.4:
            told = {
                "state": "cannot" if self.draw.random() < 0.1 else "arranged",
                "owner": "Forum volunteer",
                "told": past,
            }
            sign_ups.update_need(self.db, self.scope, need_id, **told)

    def _questions(self, talk: TalkFacts, number: int) -> None:
        """Let somebody have asked something ahead."""
        asked: Sequence[str] = QUESTIONS[number % 2 :: 2] if talk.state is TalkState.PUBLISHED else ()
        for words in asked:
            self._say(talk, words, VoiceKind.TALK_QUESTION, "")

    def _finish(self, talk: TalkFacts, number: int) -> None:
        """Finish a talk that was held, with what was said and promised."""
        said, will_do, state, outcome = PROMISES[number % len(PROMISES)]
        self._say(talk, said, VoiceKind.TALK_NOTE, FORUM)
        timezone, theme = self.place.partnership.timezone, next(iter(talk.themes), "")
        after = talk.ends_at(timezone) + timedelta(hours=2)
        new = NewPromise(theme, said, will_do, "The service", talk.day + timedelta(days=90), PromiseState.OPEN)
        key, _is_new = promising.add_promise(self.db, self.scope, talk, new)
        if state is not PromiseState.OPEN:
            kept = NewPromise(theme, said, will_do, "The service", talk.day + timedelta(days=90), state, outcome)
            there = promising.get_promise(self.db, self.scope, key)
            promising.change_promise(self.db, self.scope, there, kept, self.now.date())
        finishing_talks.finish(self.db, self.scope, self.programme, timezone, talk, after)

    def _say(self, talk: TalkFacts, words: str, kind: VoiceKind, by: str) -> None:
        screening, today = self.place.screening, self.now.date()
        language = self.place.first_locale
        add_talk_voice(self.db, self.scope, screening, talk, words, kind=kind, by=by, language=language, today=today)


def _weekday(day: date) -> date:
    """Return a day, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
