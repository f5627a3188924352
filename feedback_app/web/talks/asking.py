"""The booking form: what is asked, what was typed, and what there is to mend."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.errors import TooManyBookings
from feedback_app.domain.talks.programme import Need
from feedback_app.domain.talks.talk import LONGEST_NAME, LONGEST_WORDS, TalkFacts, provided
from feedback_app.domain.words import tidy_words
from feedback_app.services.contacting import ContactWrong, WhyWrong, read_email, read_mobile
from feedback_app.services.signing_up import NeedAsked
from feedback_app.web import talk_words
from feedback_app.web.typed import read_number

REQUEST_BYTES = 16
LONGEST_DETAIL = 300
_REQUEST = re.compile(r"[A-Za-z0-9_-]{16,64}")
_LONGEST_SHOWN = 5_000  # of what was typed into a line, should it come back to be mended


@dataclass(frozen=True)
class Typed:
    """What a booking form holds, as it was typed; `request` is the key by which a form sent twice is known."""

    request: str
    way: str = ""
    places: str = "1"
    name: str = ""
    email: str = ""
    mobile: str = ""
    booker: str = ""
    needs: frozenset[str] = frozenset()
    details: Mapping[str, str] | None = None
    question: str = ""
    seen: frozenset[str] = frozenset()  # when, where and how each talk was to be when the form was opened
    talks: frozenset[str] | None = None  # of those that are booked together: None before any was chosen

    def detail(self, key: str) -> str:
        """Return what stands in the box beside a need."""
        return (self.details or {}).get(key, "")


@dataclass(frozen=True)
class Person:
    """Who books, and what they need, fit to be kept."""

    name: str
    email: str | None
    mobile: str | None
    booker: str
    places: int
    needs: tuple[NeedAsked, ...]


def new_form() -> Typed:
    """Return an empty form with a key of its own."""
    return Typed(secrets.token_urlsafe(REQUEST_BYTES), booker=talk_words.programme().bookers[0].key)


def typed_form() -> Typed:
    """Return what was sent; a key that is none of ours is replaced."""
    sent = request.form
    key = sent.get("request", "")

    def line(name: str) -> str:
        return " ".join(tidy_words(sent.get(name, ""))[:_LONGEST_SHOWN].split())

    known = talk_words.programme().needs_by_key
    return Typed(
        request=key if _REQUEST.fullmatch(key) else secrets.token_urlsafe(REQUEST_BYTES),
        way=line("way"),
        places=line("places"),
        name=line("name"),
        email=line("email"),
        mobile=line("mobile"),
        booker=line("booker"),
        needs=frozenset(key for key in sent.getlist("need") if key in known),
        details={key: line(f"need_{key}") for key in known if f"need_{key}" in sent},
        question=tidy_words(sent.get("question", "")),
        seen=frozenset(sent.getlist("seen")),
        talks=frozenset(tidy_words(slug) for slug in sent.getlist("talk")),
    )


def mark_of(talk: TalkFacts) -> str:
    """Return in one mark when, where and how a talk is: a form that was opened before that changed has another."""
    told = [
        talk.day.isoformat(),
        f"{talk.starts:%H:%M}",
        f"{talk.ends:%H:%M}",
        str(talk.venue.id) if talk.venue else "",
    ]
    return " ".join([talk.slug, *told, *(one.way.value for one in talk.ways)])


def changed_words(marks: Iterable[str], talks: Sequence[TalkFacts]) -> str:
    """Return that a talk has changed since its form was opened, so that nobody books another day than they read."""
    seen = {mark.partition(" ")[0]: mark for mark in marks}
    if all(seen.get(talk.slug, mark_of(talk)) == mark_of(talk) for talk in talks):
        return ""
    return _(
        "Something about this has changed since you opened it. Look at when and where it is now. Then press again."
    )


def can_text() -> bool:
    """Return whether this installation can send text messages: else nobody is asked for a mobile."""
    return bool(current_app.config.get("CAN_TEXT", False))


def needs_asked(talks: Sequence[TalkFacts]) -> list[Need]:
    """Return what may be asked for at some of these talks: what fits its ways and is not there anyway."""
    programme = talk_words.programme()
    asked: set[str] = set()
    for talk in talks:
        fitting = {need.key for one in talk.ways for need in programme.needs_for(one.way)}
        asked |= fitting - provided(talk, programme)
    return [need for need in programme.needs if need.key in asked]


def read_person(typed: Typed, needs: Sequence[Need]) -> tuple[Person | None, dict[str, str]]:
    """Return who books, or None and, in the order of the page, field -> what to mend."""
    programme = talk_words.programme()
    wrong: dict[str, str] = {}
    places, most = read_number(typed.places), programme.rules.most_places
    if places is None or not 1 <= places <= most:
        wrong["places"] = ngettext("Choose %(num)s place", "Choose from 1 to %(num)s places", most)
    if not is_name(typed.name):
        wrong["name"] = _("Write your name. A first name is enough")
    elif len(typed.name) > LONGEST_NAME:
        wrong["name"] = _("Write a shorter name, with at most %(number)s letters", number=LONGEST_NAME)
    email, mobile = _read_contact(typed, wrong)
    if typed.booker not in {one.key for one in programme.bookers}:
        wrong["booker"] = _("Choose who you are")
    asked, wrong_needs = read_needs(typed, needs)
    wrong |= wrong_needs
    if wrong or places is None:
        return None, wrong
    return Person(typed.name, email, mobile, typed.booker, places, asked), {}


def is_name(typed: str) -> bool:
    """Return whether there is a letter in what was typed as a name: signs that nobody sees are none."""
    return any(sign.isalnum() for sign in typed)


def _read_contact(typed: Typed, wrong: dict[str, str]) -> tuple[str | None, str | None]:
    """Return e-mail and mobile; note what is to be mended."""
    email = mobile = None
    try:
        email = read_email(typed.email)
    except ContactWrong as why:
        wrong["email"] = contact_words(why.reason)
    try:
        mobile = read_mobile(typed.mobile) if can_text() else None
    except ContactWrong as why:
        wrong["mobile"] = contact_words(why.reason)
    if not (email or mobile or "email" in wrong or "mobile" in wrong):
        both = can_text()
        wrong["email"] = _("Write your email address or your mobile number") if both else _("Write your email address")
    return email, mobile


def contact_words(reason: WhyWrong) -> str:
    """Return how an e-mail address or a mobile number is mended."""
    return {
        "email": _("Check the email address. It looks like name@example.org"),
        "letters": _("Write the email address with the letters a to z only"),
        "mobile": _("Check the mobile number. It looks like 07700 900123"),
        "abroad": _("We can only text UK mobiles. Write a UK mobile number, or use an email address"),
        "not_mobile": _("We cannot text this number. Write a mobile number, or use an email address"),
    }[reason]


def slow_words(many: TooManyBookings) -> str:
    """Return that there were many bookings or changes with one contact."""
    return ngettext(
        "There were many bookings with this contact. Please wait %(num)s minute, then press the button again",
        "There were many bookings with this contact. Please wait %(num)s minutes, then press the button again",
        many.minutes,
    )


def read_needs(typed: Typed, needs: Sequence[Need]) -> tuple[tuple[NeedAsked, ...], dict[str, str]]:
    """Return what is asked for among what may be, and field -> what to mend; a box counts where its need is ticked."""
    asked, wrong = list[NeedAsked](), dict[str, str]()
    for need in needs:
        if need.key not in typed.needs:
            continue
        detail = typed.detail(need.key) if need.detail else ""
        if need.detail and not detail:
            wrong[f"need_{need.key}"] = _(
                "You ticked “%(need)s”. Please tell us a little more in the box, or take the tick away",
                need=talk_words.label_of(need),
            )
        elif len(detail) > LONGEST_DETAIL:
            wrong[f"need_{need.key}"] = _("Make this shorter: at most %(number)s letters", number=LONGEST_DETAIL)
        asked.append(NeedAsked(need.key, detail))
    return tuple(asked), wrong


def read_question(typed: Typed) -> dict[str, str]:
    """Return what to mend about a question in advance."""
    if len(typed.question) > LONGEST_WORDS:
        return {"question": _("Make your question shorter: at most %(number)s letters", number=LONGEST_WORDS)}
    return {}


def lines_of(wrong: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the links of an error summary; of several buttons the first is led to."""
    several = ("way", "talk")
    return [(f"#{name}-1" if name in several else f"#{name}", sentence) for name, sentence in wrong.items()]
