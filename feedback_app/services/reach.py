"""How far talks reach: how many were held against the plan, and what may be told of those who came and asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.safe import SafeCount, SafeTable
from feedback_app.domain.disclosure.totals import count_safe
from feedback_app.domain.errors import NothingShownYet
from feedback_app.domain.instrument import Item
from feedback_app.domain.place import Place
from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.programme import Programme
from feedback_app.domain.talks.reach import (
    Block,
    Counts,
    People,
    Quarter,
    block_of,
    blocks_of,
    people_of,
    told_quarters,
)
from feedback_app.domain.talks.talk import TalkFacts, TalkState
from feedback_app.services import summarising, voices
from feedback_app.services.wave_summary import WaveSummary
from feedback_app.store import reach, talks
from feedback_app.store.talks import TermFacts

QUARTERS = 4
SAID = ("csat5", "nps11")  # the kinds of items that stand for a talk as a whole


@dataclass(frozen=True)
class HeldIn:
    """Talks held in a quarter, exactly, with their places; people once they may be told of, and None before."""

    quarter: Quarter
    talks: int
    places: int
    so_far: bool
    people: People | None


@dataclass(frozen=True)
class HeldInTerm:
    """Talks held in a term, exactly."""

    term: TermFacts
    talks: int
    so_far: bool


@dataclass(frozen=True)
class Questions:
    """Questions that were asked ahead of the talks of a block: how many, and theme -> how many where enough are."""

    number: SafeCount
    themes: Mapping[str, SafeCount]


@dataclass(frozen=True)
class Reach:
    """All that is told of how far talks reach. Quarters and terms are the earliest first."""

    quarters: tuple[HeldIn, ...]
    terms: tuple[HeldInTerm, ...]
    topics: Mapping[str, int]  # of the talks held in these quarters
    districts: Mapping[int | None, int]
    block: Block | None
    questions: Questions | None

    @property
    def held(self) -> int:
        """Return how many talks were held in the whole quarters that are shown."""
        return sum(one.talks for one in self.quarters if not one.so_far)


@dataclass(frozen=True)
class Today:
    """The moment, and the time zone of the place."""

    now: datetime
    timezone: str

    @property
    def day(self) -> date:
        """Return the day."""
        return self.now.astimezone(ZoneInfo(self.timezone)).date()


def get_reach(
    db: Session, scope: Scope, programme: Programme, policy: Policy, districts: Sequence[int], today: Today
) -> Reach:
    """Return how far talks reach by today; what it tells of people changes once a quarter alone."""
    published = talks.list_talks(db, scope, states=[TalkState.PUBLISHED], to_day=today.day)
    held = [talk for talk in published if talk.ends_at(today.timezone) <= today.now]
    told = told_quarters(reach.list_finished(db, scope), programme.rules, today.day)
    quarters = _quarters(held, told, policy, today.day)
    first = quarters[0].quarter.first
    recent = [talk for talk in held if talk.day >= first]
    block = _block(told, programme, policy, districts)
    return Reach(
        quarters=quarters,
        terms=_terms(talks.list_terms(db, scope), held, programme, today.day),
        topics=dict(Counter(talk.topic for talk in recent).most_common()),
        districts=dict(Counter(talk.district for talk in recent).most_common()),
        block=block,
        questions=_questions(db, scope, block, policy) if block else None,
    )


def _quarters(
    held: Sequence[TalkFacts], told: Mapping[Quarter, Sequence[Counts]], policy: Policy, today: date
) -> tuple[HeldIn, ...]:
    """Return the last whole quarters and the present one, the earliest first."""
    quarters = [Quarter.of(today)]
    while len(quarters) <= QUARTERS:
        quarters.insert(0, quarters[0].before)
    found = []
    for quarter in quarters:
        within = [talk for talk in held if Quarter.of(talk.day) == quarter]
        places = sum(way.capacity for talk in within for way in talk.ways)
        people = people_of(told[quarter], policy) if quarter in told and within else None
        found.append(HeldIn(quarter, len(within), places, quarter == quarters[-1], people))
    return tuple(found)


def _terms(
    terms: Sequence[TermFacts], held: Sequence[TalkFacts], programme: Programme, today: date
) -> tuple[HeldInTerm, ...]:
    """Return the last terms that have begun, as many as make a year, and the present one."""
    begun = [term for term in terms if term.starts_on and term.ends_on and term.starts_on <= today]
    most = programme.target.terms + 1 if programme.target else QUARTERS
    numbers = Counter(talk.term_id for talk in held)
    return tuple(HeldInTerm(term, numbers[term.id], (term.ends_on or today) >= today) for term in begun[-most:])


def _block(
    told: Mapping[Quarter, Sequence[Counts]], programme: Programme, policy: Policy, districts: Sequence[int]
) -> Block | None:
    """Return what is told of the latest block of quarters, or None before there is one."""
    blocks = blocks_of(told, policy)
    if not blocks:
        return None
    first, last, counts = blocks[-1]
    return block_of(first, last, counts, districts, [need.key for need in programme.needs], policy)


def _questions(db: Session, scope: Scope, block: Block, policy: Policy) -> Questions:
    """Return what was asked ahead of the talks of a block, as people decided or the tagger suggests.

    As with all other voices, several may be one family's: these count questions, and none that are few.
    """
    asked = reach.list_questions(db, scope, block.first.first, block.last.last)
    told = [one for one in voices.list_told(db, scope) if one.comment_id in asked]
    least = policy.threshold_for(minors=True, sensitive=True)
    themes = Counter(theme for one in told for theme in one.coding.themes)
    enough = {theme: count_safe(number, least, policy) for theme, number in themes.most_common() if number >= least}
    return Questions(count_safe(len(told), least, policy), enough)


@dataclass(frozen=True)
class SaidAfter:
    """What people said after talks: the wave, and its questions that stand for a talk as a whole."""

    summary: WaveSummary
    answers: tuple[tuple[Item, SafeTable], ...]


def find_said_after(
    db: Session, scope: Scope, programme: Programme, place: Place, language: str, audience: Audience
) -> SaidAfter | None:
    """Return the protected figures of the latest survey after talks as an audience sees them, or None without any."""
    if not programme.feedback_survey:
        return None
    for line in summarising.list_summaries(db, scope, place.policy, language, audience):
        if line.instrument.slug != programme.feedback_survey or line.number is None:
            continue
        try:
            summary = summarising.summarise_wave(
                db, scope, line.wave.slug, place.policy, language, population=place.population, audience=audience
            )
        except NothingShownYet:
            continue
        items = summary.instrument.items
        whole = [(items[table.code], table) for table in summary.release if table.type in SAID]
        return SaidAfter(summary, tuple(whole))
    return None
