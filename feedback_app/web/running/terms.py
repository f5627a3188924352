"""Terms of talks, parts of the year with a programme of their own; and series, made when a talk is planned."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_app.domain.permissions import Permission
from feedback_app.domain.talks.planning import Typed, read_day, slug_of
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
    """Add, change or delete a term, or say what to mend."""
    planning_venues.take_turn(db.session, scope())
    typed = read_form()
    known = {str(term.id): term for term in talks.list_terms(db.session, scope())}
    term = known.get(typed.one("term"))
    if request.form.get("step") == "delete" and term is not None:
        gone = planning_venues.delete_term(db.session, scope(), term)
        flash(_("The term is deleted.") if gone else _("Talks belong to this term, so it stays. Change it instead."))
        return redirect(url_for("running.terms"), 303)
    wrong = _wrong(typed, term, list(known.values()))
    if wrong:
        return _page(typed, wrong), 422
    starts, ends = read_day(typed.one("starts_on")), read_day(typed.one("ends_on"))
    if starts and ends:
        planning_venues.keep_term(db.session, scope(), term, typed.line("name"), starts, ends)
        flash(_("The term is kept."))
    return redirect(url_for("running.terms"), 303)


def _wrong(typed: Typed, term: TermFacts | None, known: list[TermFacts]) -> dict[str, str]:
    """Return field -> how to mend it."""
    wrong, name = {}, typed.line("name")
    starts, ends = read_day(typed.one("starts_on")), read_day(typed.one("ends_on"))
    if not name or len(name) > LONGEST:
        wrong["name"] = _("Write what the term is called, such as “Spring 2027”, in %(most)s letters", most=LONGEST)
    elif any(slug_of(name) == one.slug or name == one.name for one in known if term is None or one.id != term.id):
        wrong["name"] = _("There is a term called so already. Give this one another name")
    if starts is None:
        wrong["starts_on"] = _("Choose the first day, such as 05/01/2027")
    if ends is None:
        wrong["ends_on"] = _("Choose the last day, such as 26/03/2027")
    elif starts and ends < starts:
        wrong["ends_on"] = _("The last day has to come after the first. Check both")
    return wrong


def _page(typed: Typed, wrong: dict[str, str]) -> str:
    """Return the page; what was typed stands in the form that it was typed into."""
    session = db.session
    found = talks.list_terms(session, scope())
    chosen = next((str(term.id) for term in found if str(term.id) == typed.one("term")), NEW)
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
        series=talks.list_series(session, scope()),
        said=talk_words,
    )


def _fields(typed: Typed) -> Fields:
    return {name: [typed.one(name)] for name in ("name", "starts_on", "ends_on")}


def _fields_of(term: TermFacts) -> Fields:
    days = {"starts_on": term.starts_on, "ends_on": term.ends_on}
    return {"name": [term.name]} | {name: [day.isoformat() if day else ""] for name, day in days.items()}
