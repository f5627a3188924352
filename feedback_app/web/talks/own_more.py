"""What a family tells of itself after it has booked: how to reach it, and a little more, all of it optional."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_app.domain.errors import TooManyBookings
from feedback_app.domain.talks.talk import LONGEST_NAME
from feedback_app.domain.words import tidy_words
from feedback_app.extensions import db
from feedback_app.services import keeping_booking
from feedback_app.services.contacting import ContactWrong, read_email, read_mobile
from feedback_app.web.access import place, public, scope
from feedback_app.web.talk_words import label_of, programme, talk_clock
from feedback_app.web.talks import blueprint
from feedback_app.web.talks.asking import can_text, contact_words, is_name, slow_words
from feedback_app.web.talks.own_finding import back_to_own, find_own, own_page

CONTACT = ("name", "email", "mobile", "language")
YES, NO = "yes", "no"
FIRST_TIME: Mapping[str, bool] = {YES: True, NO: False}


@blueprint.route("/booking/<token>/contact", methods=["GET", "POST"])
@public
def own_contact(token: str) -> ResponseReturnValue:
    """Let a family say its name and how to reach it from now on."""
    booking = find_own(token)
    if request.method != "POST":
        there = {"name": booking.name, "email": booking.email or "", "mobile": booking.mobile or ""}
        return _contact_page(token, there | {"language": booking.language}, {})
    typed = {name: tidy_words(request.form.get(name, "")) for name in CONTACT}
    wrong = dict[str, str]()
    name = " ".join(typed["name"].split())
    if not is_name(name):
        wrong["name"] = _("Write your name")
    elif len(name) > LONGEST_NAME:
        wrong["name"] = _("Make your name shorter: at most %(most)s letters", most=LONGEST_NAME)
    email, mobile = _read_contact(typed, wrong)
    if not can_text():
        mobile = booking.mobile  # was not asked for
        wrong.pop("mobile", None)
    reached = email or (mobile and can_text())
    if not reached and not wrong.keys() & {"email", "mobile"}:
        both = _("Write an email address or a mobile number, so that we can reach you")
        wrong["email"] = both if can_text() else _("Write an email address, so that we can reach you")
    if wrong:
        return _contact_page(token, typed, wrong), 422
    spoken = {language.locale for language in place().languages}
    language = typed["language"] if typed["language"] in spoken else booking.language
    now = talk_clock().now
    try:
        keeping_booking.change_contact(
            db.session, scope(), booking, name=name, email=email, mobile=mobile, language=language, now=now
        )
    except TooManyBookings as many:
        return _contact_page(token, typed, {"email" if email else "mobile": slow_words(many)}), 429
    return back_to_own(token, "contact")


def _read_contact(typed: Mapping[str, str], wrong: dict[str, str]) -> tuple[str | None, str | None]:
    """Return e-mail and mobile as they are kept; what is wrong with them goes into `wrong`."""
    email = mobile = None
    try:
        email = read_email(typed["email"])
    except ContactWrong as refused:
        wrong["email"] = contact_words(refused.reason)
    try:
        mobile = read_mobile(typed["mobile"])
    except ContactWrong as refused:
        wrong["mobile"] = contact_words(refused.reason)
    return email, mobile


def _contact_page(token: str, typed: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    languages = [(language.locale, language.name, language.tag, language.direction) for language in place().languages]
    return own_page("own_contact.html", token, wrong, {}, typed=typed, spoken=languages, can_text=can_text())


@blueprint.route("/booking/<token>/more", methods=["GET", "POST"])
@public
def own_more(token: str) -> ResponseReturnValue:
    """Let a family tell a little more, all of it optional: where it lives, its first time, how it heard, topics."""
    booking = find_own(token)
    if request.method != "POST":
        return own_page("own_more.html", token, {}, {}, booking=booking, **_choices())
    said = programme()
    district = request.form.get("district", "")
    heard = request.form.get("heard", "")
    chosen = set(request.form.getlist("topic"))
    keeping_booking.tell_more(
        db.session,
        scope(),
        booking,
        district=next((one.code for one in place().partnership.districts if one.key == district), None),
        first_time=FIRST_TIME.get(request.form.get("first_time", "")),
        heard=next((one.key for one in said.heard if one.key == heard), None),
        topics=[topic.key for topic in said.topics if topic.key in chosen],
        may_contact=request.form.get("may_contact") == YES,
    )
    return back_to_own(token, "more")


def _choices() -> dict[str, object]:
    """Return what can be chosen, in the language of the page."""
    said = programme()
    return {
        "districts": [(one.key, one.code, one.name) for one in place().partnership.districts],
        "heard": [(one.key, label_of(one)) for one in said.heard],
        "topics": [(one.key, label_of(one)) for one in said.topics],
        "organiser": said.organiser,
    }
