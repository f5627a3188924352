"""Booking: one talk on one page, or several in one go. What was typed is kept until it is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.errors import TooManyBookings, TooManyPlaces
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.extensions import db
from feedback_app.services import talk_programme
from feedback_app.services.booking_talks import Question, tell_again
from feedback_app.services.booking_talks import book as book_talks
from feedback_app.services.signing_up import Booked, NewBooking, Outcome, Wanted
from feedback_app.store.engine import looking_first
from feedback_app.web import clock, talk_words
from feedback_app.web.access import place, public, scope
from feedback_app.web.languages import page_language
from feedback_app.web.talks import asking, blueprint, telling
from feedback_app.web.talks.asking import Person, Typed
from feedback_app.web.talks.talk_page import talk_page, told_of


@blueprint.get("/<slug>/book")
@public
def book(slug: str) -> ResponseReturnValue:
    """Ask what is needed to book a talk: places, a name, how to be reached, what the family needs."""
    found = talk_programme.get_public(db.session, scope(), slug)
    if not telling.can_be_booked(found):
        return redirect(url_for("talks.talk", slug=slug))
    return _book_page(found, asking.new_form(), {})


@blueprint.post("/<slug>/book")
@public
def book_it(slug: str) -> ResponseReturnValue:
    """Book a talk, or join its waiting list; or say what to mend, with all that was typed."""
    with looking_first(db.session):
        found = talk_programme.get_public(db.session, scope(), slug)
        if not telling.can_be_booked(found):
            return talk_page(found), 409
        typed = asking.typed_form()
        way = _read_way(found, typed)
        if notice := asking.changed_words(typed.seen, [found]):
            return _book_page(found, typed, {}, notice), 409
        person, wrong = asking.read_person(typed, asking.needs_asked([found]))
        if way is None:
            wrong = {"way": _("Choose how you take part")} | wrong
        elif person and person.places > room_at(found, way):
            wrong["places"] = room_words(found, room_at(found, way))
        wrong |= asking.read_question(typed)
        if person is None or way is None or wrong:
            return _book_page(found, typed, wrong), 422
        again = _find_again(typed, person, [Wanted(found.id, way, person.places)])
        if again is not None:
            return after_booking(again)
    here = place()
    question = Question(found, typed.question, here.screening, clock.today()) if typed.question else None
    try:
        booked = keep(typed, person, [Wanted(found.id, way, person.places)], question)
    except TooManyBookings as many:
        return _book_page(found, typed, {contact_field(typed): asking.slow_words(many)}), 429
    except TooManyPlaces as small:  # the room has become smaller while we looked
        db.session.rollback()
        return _book_page(found, typed, {"places": room_words(found, small.most)}), 422
    if booked.secret is None and booked.outcomes[found.id] is Outcome.CLOSED:
        return talk_page(found, just_closed=True), 409
    return after_booking(booked)


def _read_way(talk: TalkFacts, typed: Typed) -> Way | None:
    """Return how a family takes part: the only way there is, or the one that was chosen."""
    if len(talk.ways) == 1:
        return talk.ways[0].way
    return next((one.way for one in talk.ways if one.way == typed.way), None)


def _book_page(found: TalkFacts, typed: Typed, wrong: Mapping[str, str], notice: str = "") -> str:
    needs = asking.needs_asked([found])
    until = telling.needs_until(found)
    return render_template(
        "talks/book.html",
        met=telling.met_at([found], needs),
        until=talk_words.day_words(until) if until else "",
        **told_of(found),
        **form_parts(typed, wrong, [found]),
        needs=needs,
        notice=notice,
    )


def book_again(slug: str, notice: str) -> str | None:
    """Return the form that was sent, filled in, to be sent once more; None where the talk cannot be booked."""
    found = talk_programme.get_public(db.session, scope(), slug)
    return _book_page(found, asking.typed_form(), {}, notice) if telling.can_be_booked(found) else None


def form_parts(typed: Typed, wrong: Mapping[str, str], talks: Sequence[TalkFacts]) -> dict[str, object]:
    """Return what every booking form shows."""
    programme = talk_words.programme()
    most = programme.rules.most_places
    return {
        "typed": typed,
        "wrong": wrong,
        "seen": [asking.mark_of(talk) for talk in talks],
        "lines": asking.lines_of(wrong),
        "places": [(str(one), ngettext("%(num)s place", "%(num)s places", one)) for one in range(1, most + 1)],
        "bookers": [(one.key, talk_words.label_of(one)) for one in programme.bookers],
        "can_text": asking.can_text(),
        "days": programme.rules.contact_days,
        "organiser": programme.organiser,
        "hybrid": any(len(talk.ways) > 1 for talk in talks),
    }


def keep(typed: Typed, person: Person, wanted: Sequence[Wanted], question: Question | None = None) -> Booked:
    """Book; raise TooManyBookings."""
    timezone, new = place().partnership.timezone, _new_booking(typed, person, wanted)
    return book_talks(db.session, scope(), talk_words.programme(), timezone, new, clock.now(), question)


def _find_again(typed: Typed, person: Person, wanted: Sequence[Wanted]) -> Booked | None:
    """Return what became of the same form, sent before; None where it is new."""
    timezone, new = place().partnership.timezone, _new_booking(typed, person, wanted)
    return tell_again(db.session, scope(), talk_words.programme(), timezone, new, clock.now())


def _new_booking(typed: Typed, person: Person, wanted: Sequence[Wanted]) -> NewBooking:
    return NewBooking(
        request=typed.request,
        name=person.name,
        email=person.email,
        mobile=person.mobile,
        language=page_language().locale,
        booker=person.booker,
        wanted=wanted,
        needs=person.needs,
    )


def room_at(talk: TalkFacts, way: Way) -> int:
    """Return how many can come to a talk in one way at all: a larger family could wait for ever."""
    found = talk.way(way)
    return max(1, found.capacity) if found else 1


def room_words(talk: TalkFacts, room: int) -> str:
    """Return that a family is larger than the room."""
    return ngettext(
        "“%(title)s” has room for %(num)s only. Choose fewer places",
        "“%(title)s” has room for %(num)s at the most. Choose fewer places",
        room,
        title=telling.isolated(talk.title),
    )


def contact_field(typed: Typed) -> str:
    """Return the field in which the contact was typed."""
    return "email" if typed.email or not asking.can_text() else "mobile"


def after_booking(booked: Booked) -> ResponseReturnValue:
    """Go on to the family's own page; or say that there was nothing to book twice."""
    if booked.secret is None:
        return redirect(url_for("talks.already"), 303)
    return redirect(url_for("talks.own", token=booked.secret, new="yes"), 303)


@blueprint.get("/already")
@public
def already() -> ResponseReturnValue:
    """Say that a contact that has booked a talk already is not booked twice, and gets its link again."""
    return render_template("talks/already.html", can_text=asking.can_text())
