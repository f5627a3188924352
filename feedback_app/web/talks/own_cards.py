"""One talk of a family's booking as its page shows it: how it stands, what is there, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from urllib.parse import urlsplit

from flask import request, url_for
from markupsafe import Markup

from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import SignUpState, TalkFacts, TalkState
from feedback_app.extensions import db
from feedback_app.services import promising
from feedback_app.services.keeping_booking import Held
from feedback_app.services.promising import PromiseFacts
from feedback_app.store import talks
from feedback_app.web import talk_words
from feedback_app.web.access import place, scope
from feedback_app.web.talk_words import day_words, label_of, moment_words, programme, talk_clock, times_words
from feedback_app.web.talks.own_standing import Standing, find_standing

ON_THE_LIST = (SignUpState.WAITING.value, SignUpState.OFFERED.value)
OVER, OFF = "over", "off"  # of a card, besides the states of a sign-up: the talk is over; it does not take place


@dataclass(frozen=True)
class NeedLine:
    """Something that a family needs at a talk, in words: what, its details, how far we are, and that for the look."""

    label: str
    detail: str
    state: str
    look: str


@dataclass(frozen=True)
class Card:
    """One talk of a booking, in words."""

    held: Held
    stage: str  # the state of the sign-up, or OVER or OFF
    when: str
    times: str
    way: str
    there: tuple[str, ...]  # what is there for everybody, at the venue or from the organisers
    needs: tuple[NeedLine, ...]
    is_open: bool  # the talk takes place and has not begun
    begun: bool
    can_change: bool
    other_way: Way | None
    standing: Standing | None
    until: str  # until when places are held
    too_late: bool  # to answer an offer
    before: tuple[str, ...]  # how it was before it was moved, where the family has not said whether it can come
    join: str  # the address at which it is joined online
    drawn: Markup | None  # the check-in code as a square picture

    @property
    def slug(self) -> str:
        """Return the talk's address."""
        return self.held.talk.slug

    @property
    def asks(self) -> bool:
        """Return whether we wait for a word of the family."""
        return bool(self.before) or (self.stage == SignUpState.OFFERED.value and not self.too_late)


def make_card(held: Held) -> Card:
    """Return one talk of a booking as its page shows it."""
    clock, talk, sign_up = talk_clock(), held.talk, held.sign_up
    stage = stage_of(held, clock.now, clock.timezone)
    is_open = talk.can_be_booked(clock.now, clock.timezone)
    live = is_open and sign_up.state.is_live
    until = sign_up.offer_until
    booked = stage == SignUpState.BOOKED.value
    return Card(
        held=held,
        stage=stage,
        when=day_words(talk.day),
        times=times_words(talk.starts, talk.ends),
        way=talk_words.way_words(sign_up.way),
        there=list_there(talk, sign_up.way),
        needs=list_needs(held),
        is_open=is_open,
        begun=talk.has_begun(clock.now, clock.timezone),
        can_change=live,
        other_way=next((one.way for one in talk.ways if one.way is not sign_up.way), None) if live else None,
        standing=find_standing(held) if live and stage in ON_THE_LIST else None,
        until=moment_words(until, clock.timezone) if until else "",
        too_late=until is not None and until <= clock.now,
        before=list_before(held) if live else (),
        join=_join_of(talk) if booked and sign_up.way is Way.ONLINE else "",
        drawn=_draw_check_in(held) if booked and sign_up.way is Way.IN_PERSON and sign_up.check_in else None,
    )


def stage_of(held: Held, now: datetime, timezone: str) -> str:
    """Return how a talk of a booking stands: a talk that does not take place, or is over, comes before the rest."""
    if held.talk.state is TalkState.CANCELLED or held.sign_up.state is SignUpState.CALLED_OFF:
        return OFF
    return OVER if held.talk.ends_at(timezone) <= now else held.sign_up.state.value


def list_there(talk: TalkFacts, way: Way) -> tuple[str, ...]:
    """Return what a talk has for everybody who attends in this way: nobody has to ask for it."""
    said = programme()
    provided = [label_of(said.needs_by_key[key]) for key in talk.provided if key in said.needs_by_key]
    if way is Way.ONLINE or talk.venue is None:
        return tuple(provided)
    features = [label_of(said.features_by_key[key]) for key in talk.venue.features if key in said.features_by_key]
    return tuple(dict.fromkeys([*features, *provided]))


def list_needs(held: Held) -> tuple[NeedLine, ...]:
    """Return what a family needs at a talk and how far it is, in the order of the programme."""
    there = {need.need: need for need in held.needs}
    return tuple(
        NeedLine(
            label_of(known),
            there[known.key].detail,
            talk_words.need_words(there[known.key].state),
            there[known.key].state.value,
        )
        for known in programme().needs_for(held.sign_up.way)
        if known.key in there
    )


def has_moved(held: Held) -> bool:
    """Return whether a talk was moved, and the family has not said yet whether it can come."""
    return bool(held.talk.moved_from) and held.sign_up.moved_seen < _moved_at(held.talk)


def _moved_at(talk: TalkFacts) -> int:
    told = str((talk.moved_from or {}).get("sequence", ""))
    return int(told) if told.isascii() and told.isdigit() else talk.sequence


def list_before(held: Held) -> tuple[str, ...]:
    """Return how a talk was before it was moved, in words; nothing where the family knows, or it is not about them."""
    if not has_moved(held):
        return ()
    talk, told = held.talk, held.talk.moved_from or {}
    when = [part for part in (_day_before(told), _times_before(told)) if part]
    venue = str(told.get("venue") or "") if held.sign_up.way is Way.IN_PERSON else ""
    elsewhere = venue and venue != (talk.venue.name if talk.venue else "")
    if not elsewhere and when == [day_words(talk.day), times_words(talk.starts, talk.ends)]:
        return ()  # another room, for somebody at home; or back where it was
    return (*when, venue) if elsewhere else tuple(when)


def _day_before(told: Mapping[str, str]) -> str:
    try:
        return day_words(date.fromisoformat(str(told.get("day"))))
    except ValueError:
        return ""


def _times_before(told: Mapping[str, str]) -> str:
    try:
        return times_words(time.fromisoformat(str(told.get("starts"))), time.fromisoformat(str(told.get("ends"))))
    except ValueError:
        return ""


def _join_of(talk: TalkFacts) -> str:
    """Return where a talk is joined online; nothing where the organisers have not said, or what is no web address."""
    link = talks.find_joining_link(db.session, scope(), talk.id) or ""
    return link if urlsplit(link).scheme in ("http", "https") else ""


def check_in_address(held: Held) -> str:
    """Return the address that staff reach by scanning a family's code; in no language, for the staff have their own."""
    path = url_for("running.check_in", slug=held.talk.slug, number=held.sign_up.check_in)
    return place().site_address.rstrip("/") + path.removeprefix(request.environ.get("SCRIPT_NAME", ""))


def _draw_check_in(held: Held) -> Markup:
    """Return the check-in code as a picture to be scanned; its maker writes the marks, we write the address."""
    import segno

    drawn = segno.make(check_in_address(held), error="m", micro=False)
    picture = drawn.svg_inline(omitsize=True, border=4, svgclass=None, lineclass=None, dark="#000", light="#fff")
    return Markup(picture.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - segno's own


def list_promised(cards: Sequence[Card]) -> dict[str, list[PromiseFacts]]:
    """Return address of a talk that is over -> what was promised there."""
    return {card.slug: promising.list_promises(db.session, scope(), card.held.talk) for card in cards}
