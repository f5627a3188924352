"""Samples of every kind of question, invented, for the page that shows the parts the pages are made of."""

from __future__ import annotations

from flask_babel import gettext as _

from feedback_app.domain.instrument import (
    Apart,
    FacesItem,
    MultiItem,
    NpsItem,
    Option,
    RatingItem,
    SingleItem,
    TextItem,
)
from feedback_app.domain.missing import Missing
from feedback_app.web.items import ItemView, view_of


def component_samples() -> dict[str, tuple[ItemView, ...]]:
    """Return the sample questions by name, in the language of the page; their answers go nowhere."""
    return {
        "plain": (_often("SA1"),),
        "chosen": (_often("SA2"),),
        "error": (_often("SA3"),),
        "list": (_area("SB1"),),
        "group": (
            _agree("SC1", _("My child gets the right help at the right time.")),
            _agree("SC2", _("I know where to go for help with SEND.")),
            _agree("SC3", _("I am kept up to date about my child’s support.")),
        ),
        "scale": (_likely("SD1"), _likely("SD2")),
        "many": (_needs("SE1"), _needs("SE2")),
        "words": (_change("SF1"), _change("SF2")),
        "faces": (_school("SG1"),),
        "three_faces": (_safe("SH1"), _safe("SH2")),
    }


def _options(*labels: str, first: int = 1, step: int = 1) -> tuple[Option, ...]:
    """Return options with codes from `first` on."""
    return tuple(Option(code=first + step * at, label=label) for at, label in enumerate(labels))


def _does_not_apply() -> tuple[Apart, ...]:
    return (Apart(code=Missing.DOES_NOT_APPLY, label=_("Does not apply")),)


def _do_not_know() -> tuple[Apart, ...]:
    return (Apart(code=Missing.DONT_KNOW, label=_("I do not know")),)


def _often(key: str) -> ItemView:
    labels = (_("Never"), _("Rarely"), _("Sometimes"), _("Often"), _("Always"))
    text, hint = _("How often does your child feel safe?"), _("Think about the last 3 months.")
    options, apart = _options(*labels), _does_not_apply()
    return view_of(RatingItem(id=key, type="freq5", text=text, hint=hint, options=options, apart=apart))


def _agree(key: str, text: str) -> ItemView:
    labels = (_("Strongly disagree"), _("Disagree"), _("Neither"), _("Agree"), _("Strongly agree"))
    return view_of(RatingItem(id=key, type="agree5", text=text, options=_options(*labels), apart=_does_not_apply()))


def _area(key: str) -> ItemView:
    labels = ["Alder", "Birch", "Cedar", "Elm", "Hazel", "Juniper", "Larch", "Maple", "Oak", "Rowan"]
    options = _options(*labels, _("Somewhere else"))
    text = _("Which area do you live in?")
    return view_of(SingleItem(id=key, type="single", text=text, options=options, required=True))


def _likely(key: str) -> ItemView:
    return view_of(
        NpsItem(
            id=key,
            type="nps11",
            text=_("How likely are you to tell another family about this?"),
            options=_options(*(str(number) for number in range(11)), first=0),
            low_label=_("Not at all likely"),
            high_label=_("Extremely likely"),
            apart=_do_not_know(),
        )
    )


def _needs(key: str) -> ItemView:
    labels = (_("Talking and understanding"), _("Learning"), _("Feelings"), _("Something else"), _("None of these"))
    text = _("What does your child need help with?")
    return view_of(MultiItem(id=key, type="multi", text=text, options=_options(*labels), at_most=3, alone=(5,)))


def _change(key: str) -> ItemView:
    text = _("What one change would help most?")
    return view_of(TextItem(id=key, type="text", text=text, longest=500))


def _school(key: str) -> ItemView:
    labels = (_("Great"), _("Good"), _("OK"), _("Not good"), _("Bad"))
    text, options = _("How is school?"), _options(*labels, first=5, step=-1)
    return view_of(FacesItem(id=key, type="smiley5", text=text, options=options, top=(4, 5), bottom=(1, 2)))


def _safe(key: str) -> ItemView:
    options = _options(_("Yes"), _("A bit"), _("No"), first=3, step=-1)
    return view_of(
        FacesItem(
            id=key,
            type="smiley3",
            text=_("Do you feel safe?"),
            options=options,
            top=(3,),
            bottom=(1,),
            apart=_do_not_know(),
            picture="topic-safe",
        )
    )
