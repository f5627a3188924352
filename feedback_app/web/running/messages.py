"""Messages to families: what was sent, what waits, what failed and what to do about it."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from feedback_app.domain.permissions import Permission
from feedback_app.domain.talks.talk import Channel, MessageKind, MessageState
from feedback_app.extensions import db
from feedback_app.services import auditing, mailbox, talk_messages
from feedback_app.services.talk_messages import Failed, Standing
from feedback_app.store.talk_messages import MessageFacts
from feedback_app.web import clock, talk_words
from feedback_app.web.access import scope, staff
from feedback_app.web.noting import note_seen
from feedback_app.web.running import blueprint

LOOKS_BACK = timedelta(days=60)
SEEN, TRIED = "messages that failed seen", "message tried again"


@dataclass(frozen=True)
class Line:
    """How the messages of one kind stand, in one sentence."""

    name: str
    told: str


@dataclass(frozen=True)
class Trouble:
    """A message that failed: what it is, what went wrong, what to do, whom to ring where only that helps."""

    id: uuid.UUID
    what: str
    problem: str
    act: str
    name: str
    mobile: str
    talk_title: str
    talk_slug: str


@blueprint.get("/messages", endpoint="messages")
@staff(Permission.RUN_TALKS)
def messages_list() -> ResponseReturnValue:
    """Show talk by talk how many messages were sent, wait or failed, and first what to do about those that failed."""
    failed = talk_messages.list_failed(db.session, scope())
    standing = talk_messages.list_standing(db.session, scope(), from_day=clock.today() - LOOKS_BACK)
    return render_template(
        "running/messages.html",
        troubles=_troubles(failed),
        talks=[(one.talk, summary_words(one)) for one in standing],
        talk_words=talk_words,
        shows_mailbox=current_app.config["SETTINGS"].shows_mailbox,
    )


@blueprint.get("/<slug>/messages", endpoint="talk_messages")
@staff(Permission.RUN_TALKS)
def talk_messages_of(slug: str) -> ResponseReturnValue:
    """Show how the messages about one talk stand, kind by kind, and what to do about those that failed."""
    found = talk_messages.get_standing(db.session, scope(), slug)
    failed = talk_messages.list_failed(db.session, scope(), found.talk.id)
    waiting = talk_messages.list_waiting(db.session, scope(), found.talk.id)
    return render_template(
        "running/talk_messages.html",
        talk=found.talk,
        troubles=_troubles(failed),
        lines=[Line(kind_words(kind), states_words(found, kind)) for kind in MessageKind if kind in found.counts],
        waiting=waiting_words(waiting, talk_words.talk_clock().timezone),
        talk_words=talk_words,
    )


@blueprint.post("/messages/<uuid:message_id>/again")
@staff(Permission.RUN_TALKS)
def try_again(message_id: uuid.UUID) -> ResponseReturnValue:
    """Let a message that failed go once more, if there is still reason for it."""
    if talk_messages.try_again(db.session, scope(), message_id, clock.now()):
        auditing.note_action(
            db.session, scope(), at=clock.now(), actor=current_user.email, action=TRIED, subject=f"message {message_id}"
        )
        flash(_("It is on its way again. If it fails once more, it will show here."))
    else:
        flash(_("There was nothing to try again: it is on its way already, or it is gone."))
    return redirect(url_for("running.messages"))


@blueprint.get("/mailbox", endpoint="mailbox")
@staff(Permission.RUN_TALKS)
def mailbox_page() -> ResponseReturnValue:
    """Show the messages to families as they would have come: on a development machine alone, 404 elsewhere."""
    settings = current_app.config["SETTINGS"]
    if not settings.shows_mailbox:
        abort(404)
    timezone = talk_words.talk_clock().timezone
    caught = [(one, talk_words.moment_words(one.at, timezone)) for one in mailbox.list_caught(settings.mailbox_dir)]
    return render_template("running/mailbox.html", caught=caught)


def _troubles(failed: list[Failed]) -> list[Trouble]:
    """Return what failed, in words; noted as seen where it names families."""
    if failed:
        note_seen(SEEN, "messages")
    return [
        Trouble(
            one.message.id,
            kind_words(one.message.kind),
            *problem_words(one),
            one.name,
            one.mobile,
            one.talk.title if one.talk else "",
            one.talk.slug if one.talk else "",
        )
        for one in failed
    ]


def kind_words(kind: MessageKind) -> str:
    """Return what a message says, for organisers."""
    return {
        MessageKind.BOOKED: _("You are booked, or on the waiting list"),
        MessageKind.REMINDER: _("Reminder"),
        MessageKind.MOVED: _("The talk has moved"),
        MessageKind.CALLED_OFF: _("The talk is cancelled"),
        MessageKind.BACK_ON: _("The talk takes place after all"),
        MessageKind.OFFER: _("There is a place for you"),
        MessageKind.LAPSED: _("Your place went to another family"),
        MessageKind.CHANGED: _("Your booking has changed"),
        MessageKind.CANCELLED: _("You have cancelled"),
        MessageKind.REPEATED: _("You have booked already"),
        MessageKind.NEED: _("News about what you asked for"),
        MessageKind.FEEDBACK: _("How was it?"),
    }[kind]


def problem_words(failed: Failed) -> tuple[str, str]:
    """Return what went wrong with a message, and what to do about it."""
    ring = _("Ring them.") if failed.mobile else _("If you can reach them in another way, please do.")
    if failed.message.problem == "no_texts":
        return _("This site cannot send texts, and the family gave no e-mail address."), ring
    if failed.message.problem == "gave_up":
        return _("It could not be sent for three days."), _("Try again.") + " " + ring
    if failed.message.channel is Channel.TEXT:
        return _("This number takes no messages."), ring
    return _("This e-mail address takes no messages."), ring


def count_words(state: MessageState, number: int) -> str:
    """Return how many messages stand so."""
    return {
        MessageState.SENT: ngettext("%(num)s sent", "%(num)s sent", number),
        MessageState.WAITING: ngettext("%(num)s waits", "%(num)s wait", number),
        MessageState.FAILED: ngettext("%(num)s failed", "%(num)s failed", number),
        MessageState.DROPPED: ngettext("%(num)s not needed any more", "%(num)s not needed any more", number),
    }[state]


SHOWN = (MessageState.FAILED, MessageState.WAITING, MessageState.SENT, MessageState.DROPPED)


def summary_words(standing: Standing) -> str:
    """Return how all messages about a talk stand."""
    told = [count_words(state, standing.of(state)) for state in SHOWN if standing.of(state)]
    return ", ".join(told) or _("No messages yet")


def states_words(standing: Standing, kind: MessageKind) -> str:
    """Return how the messages of a kind stand."""
    by_state = standing.counts[kind]
    return ", ".join(count_words(state, by_state[state]) for state in SHOWN if by_state.get(state))


def waiting_words(waiting: list[MessageFacts], timezone: str) -> list[Line]:
    """Return what waits, with when it goes, the next first."""
    now = clock.now()
    found: Counter[tuple[datetime, MessageKind]] = Counter(
        (one.due_at.replace(second=0, microsecond=0), one.kind) for one in waiting
    )
    return [
        Line(
            ngettext("%(what)s (%(num)s)", "%(what)s (%(num)s)", number, what=kind_words(kind)),
            _("Goes %(when)s", when=talk_words.moment_words(due, timezone))
            if due > now
            else _("Is being sent. If it cannot be sent at once, it is tried again and again."),
        )
        for (due, kind), number in sorted(found.items())
    ]
