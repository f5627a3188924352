"""Terms of talks, parts of the year with a programme of their own; and series, made when a talk is planned.

One page has a form for each of them; what was sent stands in the form that it was typed into.
"""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from feedback_app.domain.permissions import Permission
from feedback_app.domain.talks.planning import LONGEST_SERIES, Typed, is_called_alike, read_day
from feedback_app.extensions import db
from feedback_app.services import planning_venues
from feedback_app.store import talks
from feedback_app.store.talks import TermFacts
from feedback_app.web import talk_words
from feedback_app.web.access import scope, staff
from feedback_app.web.running import blueprint
from feedback_app.web.running.planning_forms import Fields, read_form

LONGEST = 120
NEW = "new"


@blueprint.get("/terms")
@staff(Permission.RUN_TALKS)
def terms() -> ResponseReturnValue:
    """Show the terms and series, and ask for a new term."""
    return _page(Typed({}), {})


@blueprint.post("/terms")
@staff(Permission.RUN_TALKS)
def keep_term() -> ResponseReturnValue:
    """Add, change or delete a term; call a series something else or delete it; or say what to mend."""
    planning_venues.take_turn(db.session, scope())
    typed = read_form()
    if typed.one("series"):
        return _keep_series(typed)
    known = {str(term.id): term for term in talks.list_terms(db.session, scope())}
    term = known.get(typed.one("term"))
    if term is None and typed.one("term") not in ("", NEW):
        flash(_("This term is not there any more."))
        return redirect(url_for("running.terms"), 303)
    if request.form.get("step") == "delete" and term is not None:
        gone = planning_venues.delete_term(db.session, scope(), term)
        flash(_gone_words(term) if gone else _("Talks belong to this term, so it stays. Change it instead."))
        return redirect(url_for("running.terms"), 303)
    starts, ends = read_day(typed.one("starts_on")), read_day(typed.one("ends_on"))
    said = (typed.line("name"), starts, ends)
    is_kept = term is None and said in [(one.name, one.starts_on, one.ends_on) for one in known.values()]
    wrong = {} if is_kept else _wrong(typed, term, list(known.values()))
    if wrong:
        return _page(typed, wrong), 422
    if is_kept:  # the same press came twice
        flash(_("The term is kept."))
    elif starts and ends:
        planning_venues.keep_term(db.session, scope(), term, typed.line("name"), starts, ends)
        flash(_("The term is kept."))
    return redirect(url_for("running.terms"), 303)


def _gone_words(term: TermFacts) -> str:
    """Return that a term is deleted, with all that it takes to add it again."""
    told = {"name": term.name, "first": _day(term.starts_on), "last": _day(term.ends_on)}
    return _("“%(name)s”, %(first)s to %(last)s, is deleted. Was that a mistake? Add it again below.", **told)


def _keep_series(typed: Typed) -> ResponseReturnValue:
    known = talks.list_series(db.session, scope())
    series = next((one for one in known if str(one.id) == typed.one("series")), None)
    if series is None:
        flash(_("This series is not there any more."))
        return redirect(url_for("running.terms"), 303)
    if request.form.get("step") == "delete":
        gone = planning_venues.delete_series(db.session, scope(), series)
        name = series.name
        deleted = _("“%(name)s” is deleted. To have it again, write its name when you plan a talk.", name=name)
        flash(deleted if gone else _("Talks belong to this series, so it stays."))
        return redirect(url_for("running.terms"), 303)
    name = typed.line("name")
    others = [one for one in known if one.id != series.id]
    if not name or len(name) > LONGEST_SERIES:
        sentence = _("Write what the series is called, in %(most)s letters at the most", most=LONGEST_SERIES)
    elif any(is_called_alike(name, one.name) for one in others):
        sentence = _("There is a series called so already. Give this one another name")
    else:
        planning_venues.name_series(db.session, scope(), series, name)
        flash(_("The series is kept. All its talks show the new name."))
        return redirect(url_for("running.terms"), 303)
    return _page(typed, {"name": sentence}), 422


def _wrong(typed: Typed, term: TermFacts | None, known: list[TermFacts]) -> dict[str, str]:
    """Return field -> how to mend it."""
    wrong, name = {}, typed.line("name")
    others = [one for one in known if term is None or one.id != term.id]
    starts, ends = read_day(typed.one("starts_on")), read_day(typed.one("ends_on"))
    if not name or len(name) > LONGEST:
        wrong["name"] = _("Write what the term is called, such as “Spring 2027”, in %(most)s letters", most=LONGEST)
    elif any(is_called_alike(name, one.name) for one in others):
        wrong["name"] = _("There is a term called so already. Give this one another name")
    if starts is None:
        wrong["starts_on"] = _("Choose the first day, such as 05/01/2027")
    if ends is None:
        wrong["ends_on"] = _("Choose the last day, such as 26/03/2027")
    elif starts and ends < starts:
        wrong["ends_on"] = _("The last day has to come after the first. Check both")
    if starts and ends and not wrong:
        wrong |= _overlap(starts, ends, others)
    return wrong


def _day(day: date | None) -> str:
    return format_date(day, "d MMMM y") if day else ""


def _overlap(starts: date, ends: date, others: list[TermFacts]) -> dict[str, str]:
    """Return what to mend where a day would be in two terms: nobody could say to which a talk on it belongs."""
    for one in others:
        if one.starts_on and one.ends_on and one.starts_on <= ends and starts <= one.ends_on:
            told = {"name": one.name, "first": _day(one.starts_on), "last": _day(one.ends_on)}
            sentence = _(
                "“%(name)s” goes from %(first)s to %(last)s. A talk on the same day could belong to either. Choose "
                "days that are not in it, or change that term first",
                **told,
            )
            return {"starts_on" if one.starts_on <= starts <= one.ends_on else "ends_on": sentence}
    return {}


def _page(typed: Typed, wrong: dict[str, str]) -> str:
    """Return the page; what was typed stands in the form that it was typed into."""
    session = db.session
    found, series = talks.list_terms(session, scope()), talks.list_series(session, scope())
    sent = typed.one("series") or typed.one("term")
    chosen = next((str(one.id) for one in [*found, *series] if str(one.id) == sent), NEW)
    forms: list[tuple[str, TermFacts | None, Fields]] = [
        (str(term.id), term, _fields(typed) if str(term.id) == chosen and wrong else _fields_of(term)) for term in found
    ]
    forms.append((NEW, None, _fields(typed if chosen == NEW else Typed({}))))
    return render_template(
        "running/terms.html",
        forms=[(key, term, {name: values[0] for name, values in fields.items()}) for key, term, fields in forms],
        chosen=chosen,
        wrong=wrong,
        lines=[(f"#{name}-{chosen}", sentence) for name, sentence in wrong.items()],
        series=[(str(one.id), one.name, typed.one("name") if str(one.id) == chosen else one.name) for one in series],
        said=talk_words,
    )


def _fields(typed: Typed) -> Fields:
    return {name: [typed.one(name)] for name in ("name", "starts_on", "ends_on")}


def _fields_of(term: TermFacts) -> Fields:
    days = {"starts_on": term.starts_on, "ends_on": term.ends_on}
    return {"name": [term.name]} | {name: [day.isoformat() if day else ""] for name, day in days.items()}
