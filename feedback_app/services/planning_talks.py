"""Planning talks: drafting, publishing, copying, and changing what costs no family anything. See also moving_talks.

Where places or states change, the talk's ways are locked first; see store.talks.lock_ways.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.errors import FeedbackError, TalkUnknown
from feedback_app.domain.scope import Scope
from feedback_app.domain.talks.planning import Place, Said, When, slug_of
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import TalkFacts, TalkState
from feedback_app.services.planning_venues import get_series_called
from feedback_app.services.waiting_list import Clock, offer_free_places
from feedback_app.store import talk_planning, talks
from feedback_app.store.talk_planning import Tally

SALT_BYTES = 16
# What is done with a talk, as the audit log says it.
PLANNED, CHANGED, PUBLISHED, UNPUBLISHED = "talk planned", "talk changed", "talk published", "talk made a draft"
MOVED, CANCELLED, UNDONE, HELD_AFTER_ALL = "talk moved", "talk cancelled", "talk change undone", "talk held after all"
COPIED, DELETED = "talk copied", "draft of a talk deleted"


@dataclass
class NotNow(FeedbackError):
    """What was asked for cannot be done with a talk as it stands; the reason is a key of web.running.words.NOT_NOW."""

    slug: str
    reason: str


@dataclass(frozen=True)
class Check:
    """What is to be seen to before families see a talk: keys of things that have to be there, and that would help."""

    needed: tuple[str, ...]
    helpful: tuple[str, ...]


@dataclass(frozen=True)
class Overview:
    """The talks as their organisers look at them: what is next, what is not finished yet, drafts, and the rest."""

    ahead: tuple[TalkFacts, ...]
    to_finish: tuple[TalkFacts, ...]
    drafts: tuple[TalkFacts, ...]
    cancelled: tuple[TalkFacts, ...]
    finished: tuple[TalkFacts, ...]
    tallies: Mapping[uuid.UUID, Tally]


def look_over(db: Session, scope: Scope, clock: Clock) -> Overview:
    """Return all talks in the order of their days, those that are behind us the latest first."""
    found = talks.list_talks(db, scope)
    published = [talk for talk in found if talk.state is TalkState.PUBLISHED]
    over = [talk for talk in published if talk.ends_at(clock.timezone) <= clock.now]
    ahead = [talk for talk in published if talk not in over and talk.finished_on is None]
    return Overview(
        ahead=tuple(ahead),
        to_finish=tuple(talk for talk in over if talk.finished_on is None),
        drafts=tuple(talk for talk in found if talk.state is TalkState.DRAFT),
        cancelled=tuple(talk for talk in found if talk.state is TalkState.CANCELLED and talk.day >= clock.today),
        finished=tuple(reversed([talk for talk in published if talk.finished_on is not None])),
        tallies=talk_planning.list_tallies(db, scope, [talk.id for talk in found]),
    )


def get_talk(db: Session, scope: Scope, slug: str) -> TalkFacts:
    """Return a talk of whatever state; raise TalkUnknown."""
    found = talks.find_talk(db, scope, slug)
    if found is None:
        raise TalkUnknown(slug)
    return found


def get_tally(db: Session, scope: Scope, talk: TalkFacts) -> Tally:
    """Return what is counted of a talk."""
    return talk_planning.list_tallies(db, scope, [talk.id])[talk.id]


def lock_talk(db: Session, scope: Scope, talk: TalkFacts) -> TalkFacts:
    """Lock a talk and its ways until the end of the transaction, and return it as it stands now; raise TalkUnknown."""
    talks.lock_ways(db, [talk.id])
    talk_planning.lock_talk(db, scope, talk.id)
    db.expire_all()  # what was read before the lock is read again
    found = talks.find_talk_by_id(db, scope, talk.id)
    if found is None:
        raise TalkUnknown(talk.slug)
    return found


def plan_talk(db: Session, scope: Scope, said: Said, when: When, place: Place) -> tuple[TalkFacts, bool]:
    """Add the draft of a talk, which organisers alone see, and return it with whether it is new.

    The same form sent twice is one draft: a button was pressed twice.
    """
    told = _columns(db, scope, said) | _columns_of_when(when) | {"venue_id": place.venue_id}
    return _draft(db, scope, told, place.ways)


def _draft(
    db: Session, scope: Scope, told: Mapping[str, Any], ways: Mapping[Way, int], but: uuid.UUID | None = None
) -> tuple[TalkFacts, bool]:
    """Return the draft that says all of this, other than `but`, with whether it is new.

    The caller has the turn of those who plan.
    """
    for talk_id in talk_planning.list_saying(db, scope, {**told, "state": TalkState.DRAFT.value}):
        there = talks.find_talk_by_id(db, scope, talk_id) if talk_id != but else None
        if there is not None and {one.way: one.capacity for one in there.ways} == ways:
            return there, False
    slug = _free_slug(db, scope, told["title"], told["day"])
    talk_id = talk_planning.add_talk(db, scope, slug=slug, salt=secrets.token_hex(SALT_BYTES), **told)
    talk_planning.update_ways(db, scope, talk_id, ways)
    return get_talk(db, scope, slug), True


def change_draft(
    db: Session, scope: Scope, talk: TalkFacts, said: Said, when: When, place: Place
) -> tuple[TalkFacts, bool]:
    """Change all of a draft, and return it with whether anything is different; raise NotNow when it is one no more.

    Its address follows until it was published once.
    """
    now_there = lock_talk(db, scope, talk)
    if now_there.state is not TalkState.DRAFT:
        raise NotNow(talk.slug, "no_draft")
    slug = now_there.slug
    if not now_there.sequence and (said.title, when.day) != (now_there.title, now_there.day):
        slug = _free_slug(db, scope, said.title, when.day, but=talk.id)
    told = _columns(db, scope, said) | _columns_of_when(when) | {"venue_id": place.venue_id}
    is_other = _is_other(db, scope, now_there, told, place.ways)
    talk_planning.update_talk(db, scope, talk.id, slug=slug, **told)
    talk_planning.update_ways(db, scope, talk.id, place.ways)
    return get_talk(db, scope, slug), is_other


def _is_other(db: Session, scope: Scope, talk: TalkFacts, told: Mapping[str, Any], ways: Mapping[Way, int]) -> bool:
    """Return whether anything of a talk would be different then."""
    is_said = talk.id in talk_planning.list_saying(db, scope, told)
    return not is_said or {one.way: one.capacity for one in talk.ways} != ways


def change_details(
    db: Session, scope: Scope, talk: TalkFacts, said: Said, capacities: Mapping[Way, int], clock: Clock
) -> int | None:
    """Change what moves nobody, of a talk that is no draft; what becomes free is offered in turn: return how often.

    None: nothing is different. With fewer places than are held nobody loses one: the talk is full until enough have
    been given back.
    """
    now_there = lock_talk(db, scope, talk)
    if now_there.state is TalkState.DRAFT:
        raise NotNow(talk.slug, "is_draft")
    if now_there.finished_on is not None:
        raise NotNow(talk.slug, "finished")
    told = _columns(db, scope, said)
    ways = {one.way: capacities.get(one.way, one.capacity) for one in now_there.ways}
    if not _is_other(db, scope, now_there, told, ways):
        return None
    talk_planning.update_talk(db, scope, talk.id, **told)
    talk_planning.update_ways(db, scope, talk.id, ways)
    return offer_free_places(db, scope, talk.id, clock)


def check_talk(db: Session, scope: Scope, talk: TalkFacts, clock: Clock) -> Check:
    """Return what has to be there before a talk is published, and what would help families."""
    online, in_person = talk.way(Way.ONLINE), talk.way(Way.IN_PERSON)
    needed = {
        "past": talk.has_begun(clock.now, clock.timezone),
        "ways": not talk.ways,
        "venue": in_person is not None and talk.venue is None,
    }
    helpful = {
        "about": not talk.about,
        "link": online is not None and not talks.find_joining_link(db, scope, talk.id),
        "hosts": not talk.hosts,
        "step_free": in_person is not None and talk.venue is not None and "step_free" not in talk.venue.features,
        "soon": 0 <= (talk.day - clock.today).days < clock.rules.needs_days,
    }
    return Check(*(tuple(key for key, is_so in one.items() if is_so) for one in (needed, helpful)))


def publish(db: Session, scope: Scope, talk: TalkFacts, clock: Clock) -> bool:
    """Let families see and book a draft; raise NotNow. Publishing twice is publishing once: return whether this was."""
    now_there = lock_talk(db, scope, talk)
    if now_there.state is TalkState.PUBLISHED:
        return False
    if now_there.state is not TalkState.DRAFT or check_talk(db, scope, now_there, clock).needed:
        raise NotNow(talk.slug, "not_ready")
    talk_planning.update_talk(db, scope, talk.id, state=TalkState.PUBLISHED.value)
    return True


def unpublish(db: Session, scope: Scope, talk: TalkFacts) -> bool:
    """Make a talk a draft again that nobody ever signed up to, and return whether this did; raise NotNow.

    Its address stays as it was told.
    """
    now_there = lock_talk(db, scope, talk)
    if now_there.state is TalkState.DRAFT:
        return False
    if get_tally(db, scope, now_there).ever or now_there.finished_on is not None:
        raise NotNow(talk.slug, "signed_up")
    told = {"state": TalkState.DRAFT.value, "sequence": now_there.sequence + 1, "cancelled_because": ""}
    talk_planning.update_talk(db, scope, talk.id, **told, moved_from=None)
    return True


def delete_draft(db: Session, scope: Scope, talk: TalkFacts) -> None:
    """Delete a draft that nobody ever signed up to, asked something ahead of or promised something at; raise NotNow."""
    now_there = lock_talk(db, scope, talk)
    tally = get_tally(db, scope, now_there)
    if now_there.state is not TalkState.DRAFT or tally.ever or tally.has_words or tally.promises:
        raise NotNow(talk.slug, "not_deleted")
    talk_planning.update_ways(db, scope, talk.id, {})
    talk_planning.delete_talk(db, scope, talk.id)


def duplicate(db: Session, scope: Scope, talk: TalkFacts, day: date) -> tuple[TalkFacts, bool]:
    """Add a draft of the same talk on another day, and return it with whether it is new.

    Nothing of its families, its joining link or what was said there is copied.
    """
    terms = talks.list_terms(db, scope)
    term = next((one for one in terms if one.starts_on and one.ends_on and one.starts_on <= day <= one.ends_on), None)
    told = {
        "title": talk.title,
        "about": talk.about,
        "topic": talk.topic,
        "priorities": list(talk.priorities),
        "themes": list(talk.themes),
        "day": day,
        "starts": talk.starts,
        "ends": talk.ends,
        "term_id": term.id if term else None,
        "series_id": talk.series_id,
        "venue_id": talk.venue.id if talk.venue else None,
        "district": talk.district,
        "hosts": talk.hosts,
        "provided": list(talk.provided),
        "joining_link": None,
    }
    return _draft(db, scope, told, {one.way: one.capacity for one in talk.ways}, but=talk.id)


def _columns(db: Session, scope: Scope, said: Said) -> dict[str, Any]:
    """Return the columns that say what a talk is; a new series is added, or the one that is called so is taken."""
    series_id = get_series_called(db, scope, said.new_series) if said.new_series else said.series_id
    return {
        "title": said.title,
        "about": said.about,
        "topic": said.topic,
        "priorities": list(said.priorities),
        "themes": list(said.themes),
        "term_id": said.term_id,
        "series_id": series_id,
        "district": said.district,
        "hosts": said.hosts,
        "provided": list(said.provided),
        "joining_link": said.joining_link,
    }


def _columns_of_when(when: When) -> dict[str, Any]:
    return {"day": when.day, "starts": when.starts, "ends": when.ends}


def _free_slug(db: Session, scope: Scope, title: str, day: date, but: uuid.UUID | None = None) -> str:
    """Return an address that no other talk has."""
    wanted = slug = slug_of(title, day)
    number = 1
    while talk_planning.is_slug_taken(db, scope, slug, but=but):
        number += 1
        slug = f"{wanted}-{number}"
    return slug
