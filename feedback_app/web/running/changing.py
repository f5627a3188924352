"""Publishing, moving, cancelling, copying, deleting talks: each asks first, and what families are told can be undone.

Talks are told apart by their address; a talk that changed meanwhile is shown as it stands, with a sentence why.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from feedback_app.domain.errors import TalkUnknown
from feedback_app.domain.permissions import Permission
from feedback_app.domain.talks.planning import (
    LONGEST_BECAUSE,
    Place,
    Typed,
    When,
    Why,
    capacity_field,
    read_place,
    read_when,
)
from feedback_app.domain.talks.talk import MessageKind, TalkFacts, TalkState, provided
from feedback_app.extensions import db
from feedback_app.services import moving_talks, planning_talks, planning_venues
from feedback_app.services.planning_talks import NotNow
from feedback_app.store import talks
from feedback_app.web import talk_words
from feedback_app.web.access import scope, staff
from feedback_app.web.running import blueprint, words
from feedback_app.web.running.planning_forms import fields_of, known, mending, options, read_form
from feedback_app.web.running.views import fill_words, list_page, note_done

View = Callable[..., ResponseReturnValue]


def or_say_why(view: View) -> View:
    """Let a view that cannot do what was asked go back to the talk with a sentence why; nothing has changed then."""

    @wraps(view)
    def watched(slug: str) -> ResponseReturnValue:
        try:
            return view(slug)
        except NotNow as refused:
            db.session.rollback()
            flash(words.not_now(refused.reason))
            return redirect(url_for("running.talk", slug=refused.slug), 303)

    return watched


def _get(slug: str) -> TalkFacts:
    return planning_talks.get_talk(db.session, scope(), slug)


def _back(talk: TalkFacts) -> ResponseReturnValue:
    return redirect(url_for("running.talk", slug=talk.slug), 303)


def _asking(template: str, talk: TalkFacts, **more: Any) -> str:
    """Return a page that asks before something is done."""
    tally = planning_talks.get_tally(db.session, scope(), talk)
    minutes = talk_words.programme().rules.undo_minutes
    return render_template(
        f"running/{template}.html", talk=talk, tally=tally, minutes=minutes, said=talk_words, fill=fill_words, **more
    )


@blueprint.get("/<slug>/publish")
@staff(Permission.RUN_TALKS)
def publish(slug: str) -> ResponseReturnValue:
    """Show an organiser what families will see of a draft, what is missing and what would help them."""
    talk, now = _get(slug), talk_words.talk_clock()
    check = planning_talks.check_talk(db.session, scope(), talk, now)
    programme = talk_words.programme()
    met = provided(talk, programme)
    return _asking(
        "publish",
        talk,
        no_venue="venue" in check.needed,
        needed=[words.needed_words(key) for key in check.needed],
        helpful=[words.helpful_words(key, programme.rules.needs_days) for key in check.helpful],
        there=[talk_words.label_of(need) for need in programme.needs if need.key in met],
        district=talk_words.district_of(talk.district),
    )


@blueprint.post("/<slug>/publish")
@staff(Permission.RUN_TALKS)
@or_say_why
def do_publish(slug: str) -> ResponseReturnValue:
    """Let families see and book a talk."""
    talk = _get(slug)
    if planning_talks.publish(db.session, scope(), talk, talk_words.talk_clock()):
        note_done(planning_talks.PUBLISHED, talk)
    flash(_("The talk is published. Families can see it and book."))
    return _back(talk)


@blueprint.get("/<slug>/unpublish")
@staff(Permission.RUN_TALKS)
def unpublish(slug: str) -> ResponseReturnValue:
    """Ask whether a talk that nobody has signed up to is to be a draft again."""
    talk = _get(slug)
    if talk.state is not TalkState.PUBLISHED or talk.finished_on is not None:
        flash(words.not_now("as_it_was"))
        return _back(talk)
    if planning_talks.get_tally(db.session, scope(), talk).ever:
        flash(words.not_now("signed_up"))
        return _back(talk)
    return _asking("unpublish", talk)


@blueprint.post("/<slug>/unpublish")
@staff(Permission.RUN_TALKS)
@or_say_why
def do_unpublish(slug: str) -> ResponseReturnValue:
    """Make a talk a draft again; families see it no more."""
    talk = _get(slug)
    if planning_talks.unpublish(db.session, scope(), talk):
        note_done(planning_talks.UNPUBLISHED, talk)
    flash(_("It is a draft again. Families do not see it now."))
    return _back(talk)


@blueprint.get("/<slug>/move")
@staff(Permission.RUN_TALKS)
def move(slug: str) -> ResponseReturnValue:
    """Ask an organiser when, where and in which ways a published talk is to be held instead."""
    talk = _get(slug)
    if not _is_open(talk):
        flash(words.not_now("not_open"))
        return _back(talk)
    return _move_page(talk, Typed(fields_of(talk, None)))


@blueprint.post("/<slug>/move")
@staff(Permission.RUN_TALKS)
@or_say_why
def do_move(slug: str) -> ResponseReturnValue:
    """Show what moving a talk would change and how many families would be told; move it once that is confirmed."""
    talk, typed, now = _get(slug), read_form(), talk_words.talk_clock()
    for one in talk.ways:  # places of a way that stays are changed elsewhere
        typed.fields = {**typed.fields, capacity_field(one.way): [str(max(1, one.capacity))]}
    choices = known()
    when, where = read_when(typed, choices.timezone, now.now), read_place(typed, choices)
    if when is None or where is None:
        return _move_page(talk, typed), 422
    if request.form.get("step") != "move":
        return _look_page(talk, typed, when, where)
    change = moving_talks.move(db.session, scope(), talk, when, where, now)
    if not change.is_any:
        flash(_("Nothing has changed."))
        return _back(talk)
    note_done(planning_talks.MOVED, talk)
    flash(_("The talk is changed."))
    return _back(talk)


def _is_open(talk: TalkFacts) -> bool:
    now = talk_words.talk_clock()
    return talk.can_be_booked(now.now, now.timezone)


def _move_page(talk: TalkFacts, typed: Typed, refused: str = "") -> str:
    told = mending(typed)
    if refused:
        told["wrong"]["way"] = refused
        told["lines"].append(("#way-1", refused))
    kept = [way.way.value for way in talk.ways]
    return _asking("move", talk, typed=typed, kept=kept, **told, **options(typed.fields))


def _look_page(talk: TalkFacts, typed: Typed, when: When, where: Place) -> ResponseReturnValue:
    """Show what would change, or why it cannot."""
    if not _is_open(talk):
        raise NotNow(talk.slug, "not_open")
    try:
        change = moving_talks.look_at_move(db.session, scope(), talk, when, where)
    except NotNow as refused:
        return _move_page(talk, typed, words.not_now(refused.reason)), 422
    if not change.is_any:
        return _move_page(talk, typed, _("Nothing is different yet. Change the day, a time, the venue or a way.")), 422
    venues = {venue.id: venue for venue in talks.list_venues(db.session, scope(), in_use=False)}
    venue = venues.get(where.venue_id) if where.venue_id else None
    sent = [(name, value) for name in ("day", "starts", "ends", "venue", "way") for value in typed.many(name)]
    sent += [(capacity_field(way), str(where.ways[way])) for way in change.added]
    return _asking("moving", talk, change=change, when=when, venue=venue, sent=sent)


@blueprint.get("/<slug>/cancel")
@staff(Permission.RUN_TALKS)
def cancel(slug: str) -> ResponseReturnValue:
    """Ask an organiser whether a talk is really to be cancelled, and why: families read the reason."""
    talk = _get(slug)
    if not _is_open(talk):
        flash(words.not_now("not_open"))
        return _back(talk)
    return _asking("cancel", talk, because="", wrong={}, lines=[])


@blueprint.post("/<slug>/cancel")
@staff(Permission.RUN_TALKS)
@or_say_why
def do_cancel(slug: str) -> ResponseReturnValue:
    """Cancel a talk; its families are told some minutes later, until then it can be undone."""
    talk = _get(slug)
    because = read_form().line("because")
    if not because or len(because) > LONGEST_BECAUSE:
        sentence = (
            _("Shorten this to %(number)s letters at the most") % {"number": LONGEST_BECAUSE}
            if because
            else _("Write why the talk is cancelled, such as “The speaker is ill”")
        )
        return _asking(
            "cancel", talk, because=because, wrong={"because": sentence}, lines=[("#because", sentence)]
        ), 422
    if moving_talks.cancel(db.session, scope(), talk, because, talk_words.talk_clock()) is not None:
        note_done(planning_talks.CANCELLED, talk)
    flash(_("The talk is cancelled."))
    return _back(talk)


@blueprint.post("/<slug>/undo")
@staff(Permission.RUN_TALKS)
@or_say_why
def undo(slug: str) -> ResponseReturnValue:
    """Put a talk that was just moved or cancelled back as it was, before any family is told."""
    talk = _get(slug)
    kind = moving_talks.undo(db.session, scope(), talk, talk_words.talk_clock())
    note_done(planning_talks.UNDONE, talk)
    if kind is MessageKind.MOVED:
        flash(_("The talk is back where it was. Only families who booked after the move are told."))
    else:
        flash(_("The talk is on again, with every family as before. Nobody was told."))
    return _back(talk)


@blueprint.get("/<slug>/hold")
@staff(Permission.RUN_TALKS)
def hold(slug: str) -> ResponseReturnValue:
    """Ask whether a cancelled talk is to be held after all."""
    talk = _get(slug)
    if talk.state is not TalkState.CANCELLED:
        flash(words.not_now("as_it_was"))
        return _back(talk)
    return _asking("hold", talk)


@blueprint.post("/<slug>/hold")
@staff(Permission.RUN_TALKS)
@or_say_why
def do_hold(slug: str) -> ResponseReturnValue:
    """Hold a cancelled talk after all: families have their places again and are told."""
    talk = _get(slug)
    told = moving_talks.hold_after_all(db.session, scope(), talk, talk_words.talk_clock())
    if told is not None:
        note_done(planning_talks.HELD_AFTER_ALL, talk)
    flash(_("The talk is on again, with every family as before."))
    if told:
        flash(ngettext("%(num)s family is told.", "%(num)s families are told.", told))
    return _back(talk)


@blueprint.get("/<slug>/duplicate")
@staff(Permission.RUN_TALKS)
def duplicate(slug: str) -> ResponseReturnValue:
    """Ask for which day a talk is to be copied: a week later, unless another is chosen."""
    talk = _get(slug)
    today = talk_words.talk_clock().today
    day = talk.day + timedelta(weeks=1)
    if day < today:  # the next such day of the week that is still to come
        day += timedelta(weeks=-((day - today).days // 7))
    return _asking("duplicate", talk, day=day.isoformat(), wrong={}, lines=[])


@blueprint.post("/<slug>/duplicate")
@staff(Permission.RUN_TALKS)
def do_duplicate(slug: str) -> ResponseReturnValue:
    """Add a draft of the same talk on another day, or say what to mend; nothing of its families is copied."""
    planning_venues.take_turn(db.session, scope())
    talk, typed, now = _get(slug), read_form(), talk_words.talk_clock()
    times = {"starts": [f"{talk.starts:%H:%M}"], "ends": [f"{talk.ends:%H:%M}"]}
    chosen = Typed({"day": [typed.one("day")], **times})
    when = read_when(chosen, now.timezone, now.now)
    if when is None:
        sentence = words.why_words(next(iter(chosen.wrong.values()), Why.DAY))
        lines = [("#day", sentence)]
        return _asking("duplicate", talk, day=typed.one("day"), wrong={"day": sentence}, lines=lines), 422
    copy, is_new = planning_talks.duplicate(db.session, scope(), talk, when.day)
    if is_new:
        note_done(planning_talks.COPIED, copy)
    flash(_("This is the copy: a draft. Change what is different, and publish it when it is ready."))
    return _back(copy)


@blueprint.get("/<slug>/delete")
@staff(Permission.RUN_TALKS)
def delete(slug: str) -> ResponseReturnValue:
    """Ask whether a draft is really to be deleted."""
    return _asking("delete", _get(slug))


@blueprint.post("/<slug>/delete")
@staff(Permission.RUN_TALKS)
@or_say_why
def do_delete(slug: str) -> ResponseReturnValue:
    """Delete a draft to which nothing of a family belongs."""
    try:
        talk = _get(slug)
        planning_talks.delete_draft(db.session, scope(), talk)
        note_done(planning_talks.DELETED, talk)
        flash(_("The draft is deleted."))
    except TalkUnknown:  # the same press came twice, or somebody else was first
        flash(_("This draft is not there any more."))
        return list_page(), 404
    return redirect(url_for("running.talks"), 303)
