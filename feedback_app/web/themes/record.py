"""How often the program is right when it sorts comments, in plain words: for the SEND team."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db
from feedback_app.services.tagger_record import TaggerRecord, get_record
from feedback_app.web.access import scope, staff
from feedback_app.web.languages import in_page_language
from feedback_app.web.team import phrases
from feedback_app.web.themes.views import blueprint, get_codeframe

LEAST = 10  # looks of a person from which on a share is told: of fewer, one more or less changes too much
STEP = 5
LEARNT = "learnt"


@dataclass(frozen=True)
class RecordLine:
    """One theme of the record as it is shown."""

    name: str
    right: str
    looked_at: str
    missed: str
    how: str


@blueprint.get("/record")
@staff(Permission.MANAGE_READING)
def record() -> ResponseReturnValue:
    """Show how often the program was right where people have looked, theme by theme, and what it learnt from."""
    codeframe = get_codeframe()
    found = get_record(db.session, scope(), codeframe)
    names = {theme.code: in_page_language(theme.name) for theme in codeframe.themes}
    lines = [
        RecordLine(
            names[one.theme],
            _share(one.right, one.suggested),
            _about(one.suggested),
            _about(one.missed),
            _("learnt from people") if one.source == LEARNT else _("from the list of words"),
        )
        for one in found.themes
        if one.theme in names
    ]
    bands = [
        (_between(band.low, band.high), _about(band.suggested), _share(band.right, band.suggested))
        for band in found.bands
        if band.suggested
    ]
    return render_template("themes/record.html", sentences=record_sentences(found), lines=lines, bands=bands)


def _between(low: float, high: float) -> str:
    first, last = (phrases.percent(round(100 * end)) for end in (low, high))
    return _("%(low)s to %(high)s", low=first, high=last)


def _about(number: int) -> str:
    """Return a number of comments to the nearest 5: few of them are never told exactly."""
    if number < LEAST:
        return _("fewer than %(number)s", number=LEAST)
    return format_decimal(STEP * ((number + STEP // 2) // STEP))


def _share(right: int, looked_at: int) -> str:
    """Return how often something was right, or that too few have looked."""
    if looked_at < LEAST:
        return _("too few to say")
    return phrases.percent(round(100 * right / looked_at))


def record_sentences(found: TaggerRecord) -> list[str]:
    """Return the record in a few sentences that stand alone."""
    said = [_("The program suggests themes. People read the comments and decide. This page says how often they agree.")]
    if not found.checked:
        return [*said, _("No person has read a comment yet, so nobody knows how good the program is here.")]
    said.append(_("People have read and decided about %(number)s comments.", number=_about(found.checked)))
    if found.sure_of >= LEAST:
        said.append(_("When the program is sure, it is right %(share)s of the time.",
                      share=_share(found.sure_right, found.sure_of)))  # fmt: skip
    if found.review_of >= LEAST:
        said.append(_("When it asks a person to look, it is right %(share)s of the time.",
                      share=_share(found.review_right, found.review_of)))  # fmt: skip
    said.append(_("People found %(number)s themes that it had not seen.", number=_about(found.missed)))
    return [*said, _learnt(found)]


def _learnt(found: TaggerRecord) -> str:
    """Return what the program learnt from, and since when."""
    model = found.model
    if model is None or not model.in_use:
        return _("It has learnt nothing from people yet: it goes by a list of words for each theme.")
    return _(
        "It has learnt from %(number)s comments that people decided about, and uses that since %(day)s.",
        number=_about(model.examples),
        day=format_date(model.made_on),
    )
