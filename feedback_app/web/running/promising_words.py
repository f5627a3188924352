"""What the forms about promises and notes say, and what they offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import format_date
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField

from feedback_app.domain.codeframe import Theme
from feedback_app.domain.hiding import find_personal
from feedback_app.domain.talks.talk import PromiseState
from feedback_app.services.promising import LONGEST, LONGEST_WHO, YEARS_AHEAD, PromiseFacts, Wrong
from feedback_app.web.access import place
from feedback_app.web.languages import in_page_language

FIELDS = ("theme", "said", "will_do", "who", "by_when-day", "by_when-month", "by_when-year", "state", "outcome")
_FIRST_OF = {"by_when": "by_when-day", "state": "state-1"}  # fields of several boxes: a link leads to the first
Part = tuple[str, bool]  # words, and whether they may name somebody


class PromiseForm(FlaskForm):
    """What is told of a promise; `services.promising.read_promise` says what is wrong with it."""

    theme = StringField()
    said = StringField()
    will_do = StringField()
    who = StringField()
    day = StringField(name="by_when-day")
    month = StringField(name="by_when-month")
    year = StringField(name="by_when-year")
    state = StringField()
    outcome = StringField()
    step = StringField()

    @property
    def typed(self) -> dict[str, str]:
        """Return field -> what was typed or chosen."""
        return {field.name: field.data or "" for field in self if field.name in FIELDS}


@dataclass(frozen=True)
class Looked:
    """One thing that was typed, as it is looked at before it is kept: what it is, and its words in parts."""

    label: str
    parts: Sequence[Part]


def typed_of(promise: PromiseFacts) -> dict[str, str]:
    """Return field -> what would have been typed for a promise that is there."""
    day = promise.by_when
    return {
        "theme": promise.theme,
        "said": promise.said,
        "will_do": promise.will_do,
        "who": promise.who,
        "by_when-day": str(day.day) if day else "",
        "by_when-month": str(day.month) if day else "",
        "by_when-year": str(day.year) if day else "",
        "state": promise.state.value,
        "outcome": promise.outcome,
    }


def state_words(state: PromiseState) -> str:
    """Return what became of a promise."""
    return {
        PromiseState.OPEN: _("Not done yet"),
        PromiseState.DONE: _("Done"),
        PromiseState.CANNOT: _("Cannot be done"),
    }[state]


def states() -> list[tuple[str, str, str]]:
    """Return what may have become of a promise, to choose from."""
    return [(state.value, state_words(state), "") for state in PromiseState]


def date_words(promise: PromiseFacts) -> str:
    """Return by when something was promised; nothing where no day was named."""
    return format_date(promise.by_when, "d MMMM y") if promise.by_when else ""


def talk_date(promise: PromiseFacts) -> str:
    """Return the day of the talk at which something was promised, with its year: it may be long ago."""
    return format_date(promise.talk_day, "d MMMM y")


def field_words() -> dict[str, str]:
    """Return field -> its label, of the fields with words that everybody can read."""
    return {
        "said": _("What families said"),
        "will_do": _("What will be done"),
        "who": _("Who will do it"),
        "outcome": _("What came of it"),
    }


def wrong_lines(wrong: Mapping[str, Wrong]) -> dict[str, str]:
    """Return field -> how to mend it."""
    empty = {
        "said": _("Write what families said"),
        "will_do": _("Write what will be done"),
        "who": _("Write which service or role will do it"),
    }
    most = {"who": LONGEST_WHO}
    sentences = {
        Wrong.DAY: _("Write the day as three numbers, such as 31 1 2027, or leave all three empty"),
        Wrong.FAR: _("Write a day that is less than %(years)s years away", years=YEARS_AHEAD),
        Wrong.STATE: _("Choose what became of it"),
        Wrong.OUTCOME: _("Write what came of it, in one or two sentences"),
    }
    told = {}
    for field, why in wrong.items():
        if why is Wrong.EMPTY:
            told[field] = empty[field]
        elif why is Wrong.LONG:
            told[field] = _("Write at most %(most)s letters", most=most.get(field, LONGEST))
        else:
            told[field] = sentences[why]
    return told


def mend_lines(told: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return where to mend something, and how."""
    return [(f"#{_FIRST_OF.get(field, field)}", sentence) for field, sentence in told.items()]


def themes_by_code() -> Mapping[str, Theme]:
    """Return code -> theme, of all that there are."""
    codeframe = place().codeframe
    return codeframe.by_code if codeframe else {}


def theme_options(first: Sequence[str]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the themes to choose from as (code, name): those that come first, and the others."""
    known = themes_by_code()
    near = [code for code in first if code in known]
    named = {code: in_page_language(theme.short or theme.name) for code, theme in known.items()}
    return [(code, named[code]) for code in near], [(code, name) for code, name in named.items() if code not in near]


def theme_words(code: str) -> str:
    """Return what a theme is called; nothing for none."""
    theme = themes_by_code().get(code)
    return in_page_language(theme.short or theme.name) if theme else ""


def look_at(typed: Mapping[str, str]) -> list[Looked]:
    """Return what was typed and is not empty, each with the names in it marked."""
    return [Looked(label, parts_of(typed[name])) for name, label in field_words().items() if typed.get(name)]


def parts_of(told: str) -> list[Part]:
    """Return words cut where something that may name somebody begins and ends."""
    parts, at = list[Part](), 0
    for found in find_personal(told):
        parts += [(told[at : found.start], False), (told[found.start : found.end], True)]
        at = found.end
    return [part for part in [*parts, (told[at:], False)] if part[0]]
