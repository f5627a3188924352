"""How the reading room says things: feelings, languages, what is hidden, who wrote and where."""

from __future__ import annotations

from babel import Locale
from babel.core import UnknownLocaleError
from flask_babel import get_locale
from flask_babel import gettext as _

from feedback_app.domain.coding import Valence

VALENCES = (Valence.GOING_WELL, Valence.NEEDS_CHANGE, Valence.MIXED, Valence.NEUTRAL)
VALENCE_KEYS = {Valence.GOING_WELL: "G", Valence.NEEDS_CHANGE: "C", Valence.MIXED: "B", Valence.NEUTRAL: "N"}


def valence_words(valence: Valence) -> str:
    """Return a valence in plain words."""
    return {
        Valence.GOING_WELL: _("Going well"),
        Valence.NEEDS_CHANGE: _("Needs to change"),
        Valence.MIXED: _("Both"),
        Valence.NEUTRAL: _("Neither"),
    }[valence]


def hidden_words(kind: str) -> str:
    """Return what stands instead of words that are hidden."""
    known = {
        "name": _("name hidden"),
        "setting": _("school or setting hidden"),
        "phone": _("phone number hidden"),
        "email": _("e-mail hidden"),
        "postcode": _("postcode hidden"),
        "street": _("address hidden"),
        "address": _("web address hidden"),
        "account": _("account hidden"),
        "birth_date": _("date of birth hidden"),
        "nhs_number": _("NHS number hidden"),
    }
    return known.get(kind) or _("hidden")


def language_name(tag: str) -> str:
    """Return what a language is called in the language of the page; its tag where nobody knows it."""
    if tag in ("", "und"):
        return _("a language that we could not tell")
    try:
        found = Locale.parse(tag.replace("_", "-"), sep="-").get_language_name(str(get_locale()))
    except (UnknownLocaleError, ValueError):
        found = None
    return found or tag


def who_words(audience: str, young: bool) -> str:
    """Return who wrote in a survey that an audience answers, as a kind of person."""
    if young or audience == "young_person":
        return _("A young person")
    return {
        "parent_carer": _("A parent or carer"),
        "staff": _("A member of staff"),
    }.get(audience) or _("Somebody who answered")


def voice_words(kind: str) -> str:
    """Return what a voice is."""
    return {
        "focus_group": _("Notes of a focus group"),
        "interview": _("An interview"),
        "story": _("A personal story"),
        "compliment": _("A compliment"),
        "complaint": _("A complaint"),
        "helpline": _("A call to a helpline"),
    }.get(kind) or _("Words from elsewhere")


def teller_words(teller: str) -> str:
    """Return who told a voice, as a kind of person."""
    return {
        "parent_carer": _("A parent or carer"),
        "young_person": _("A young person"),
        "staff": _("A member of staff"),
    }.get(teller) or _("Somebody")


def about_so_many(number: int, step: int) -> str:
    """Return a number of comments rounded, so that nobody reads off how one more person answered."""
    if number == 0:
        return _("none")
    if number < step:
        return _("fewer than %(step)s", step=step)
    return _("about %(number)s", number=number // step * step)
