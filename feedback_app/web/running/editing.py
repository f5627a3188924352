"""Planning a talk and changing what it says; see changing.py for publishing, moving and cancelling."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.errors import TalkUnknown
from feedback_app.domain.permissions import Permission
from feedback_app.domain.talks.planning import (
    Typed,
    capacity_field,
    read_capacities,
    read_place,
    read_said,
    read_when,
)
from feedback_app.domain.talks.talk import TalkFacts, TalkState
from feedback_app.extensions import db
from feedback_app.services import planning_talks, planning_venues
from feedback_app.store import talks
from feedback_app.web import talk_words
from feedback_app.web.access import scope, staff
from feedback_app.web.running import blueprint, words
from feedback_app.web.running.changing import or_say_why
from feedback_app.web.running.planning_forms import Fields, fields_of, known, mending, options, read_form
from feedback_app.web.running.views import note_done
from feedback_app.web.typed import read_id

FIRST_CAPACITY = 20


@blueprint.get("/new")
@staff(Permission.RUN_TALKS)
def new() -> ResponseReturnValue:
    """Ask an organiser for all that a new talk needs."""
    fields: Fields = {"starts": ["10:00"], "ends": ["11:30"], "places_in_person": [str(FIRST_CAPACITY)]}
    return _form_page(Typed(fields), None)


@blueprint.post("/new")
@staff(Permission.RUN_TALKS)
def plan() -> ResponseReturnValue:
    """Keep a new talk as a draft, which only organisers see, or say what to mend."""
    planning_venues.take_turn(db.session, scope())
    typed, choices, now = read_form(), known(), talk_words.talk_clock()
    said = read_said(typed, choices)
    when, where = read_when(typed, choices.timezone, now.now), read_place(typed, choices, draft=True)
    if said is None or when is None or where is None or typed.wrong:
        return _form_page(typed, None), 422
    talk, is_new = planning_talks.plan_talk(db.session, scope(), said, when, where)
    if is_new:
        note_done(planning_talks.PLANNED, talk)
    flash(_("The draft is kept. Look at what families will see, and publish it when it is ready."))
    return redirect(url_for("running.publish", slug=talk.slug), 303)


@blueprint.get("/<slug>/edit")
@staff(Permission.RUN_TALKS)
def edit(slug: str) -> ResponseReturnValue:
    """Ask an organiser what is to change: of a draft everything, of a published talk what moves nobody."""
    talk = planning_talks.get_talk(db.session, scope(), slug)
    if talk.finished_on is not None:
        flash(words.not_now("finished"))
        return redirect(url_for("running.talk", slug=slug), 303)
    link = talks.find_joining_link(db.session, scope(), talk.id)
    return _form_page(Typed(fields_of(talk, link)), talk)


@blueprint.post("/<slug>/edit")
@staff(Permission.RUN_TALKS)
@or_say_why
def change(slug: str) -> ResponseReturnValue:
    """Keep what was changed of a talk, and offer new places to those who wait; or say what to mend."""
    planning_venues.take_turn(db.session, scope())
    talk = _get_edited(slug)
    return _change_draft(talk) if talk.state is TalkState.DRAFT else _change_details(talk)


def _get_edited(slug: str) -> TalkFacts:
    """Return the talk of an address, or that of the form: sent before, it may have given the draft another address."""
    try:
        return planning_talks.get_talk(db.session, scope(), slug)
    except TalkUnknown:
        talk_id = read_id(request.form.get("talk", ""))
        talk = talks.find_talk_by_id(db.session, scope(), talk_id) if talk_id else None
        if talk is None:
            raise
        return talk


def _change_draft(talk: TalkFacts) -> ResponseReturnValue:
    typed, choices, now = read_form(), known(), talk_words.talk_clock()
    said = read_said(typed, choices)
    when, where = read_when(typed, choices.timezone, now.now), read_place(typed, choices, draft=True)
    if said is None or when is None or where is None or typed.wrong:
        return _form_page(typed, talk), 422
    changed, is_other = planning_talks.change_draft(db.session, scope(), talk, said, when, where)
    if is_other:
        note_done(planning_talks.CHANGED, changed)
    flash(_("Your changes are kept."))
    return redirect(url_for("running.publish", slug=changed.slug), 303)


def _change_details(talk: TalkFacts) -> ResponseReturnValue:
    typed = read_form()
    said = read_said(typed, known())
    capacities = read_capacities(typed, [way.way for way in talk.ways])
    if said is None or typed.wrong:
        return _form_page(typed, talk), 422
    offered = planning_talks.change_details(db.session, scope(), talk, said, capacities, talk_words.talk_clock())
    if offered is not None:
        note_done(planning_talks.CHANGED, talk)
    flash(_("Your changes are kept. Families see them now."))
    if offered:
        flash(
            ngettext(
                "A place was offered to %(num)s family that waited.",
                "Places were offered to %(num)s families that waited.",
                offered,
            )
        )
    if any(capacities[way.way] < way.held for way in talk.ways):
        flash(_("There are fewer places now than families hold. Nobody loses a place; nobody new gets one."))
    return redirect(url_for("running.talk", slug=talk.slug), 303)


def _form_page(typed: Typed, talk: TalkFacts | None) -> str:
    return render_template(
        "running/plan.html",
        talk=talk,
        whole=talk is None or talk.state is TalkState.DRAFT,
        typed=typed,
        capacities=[(way, capacity_field(way.way)) for way in talk.ways] if talk else [],
        said=talk_words,
        **mending(typed),
        **options(typed.fields),
    )
