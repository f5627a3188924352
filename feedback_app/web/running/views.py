"""Where running talks begins: what is next, and one talk with everything that is to be done for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from feedback_app.domain.permissions import Permission
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import TalkFacts, TalkState
from feedback_app.extensions import db
from feedback_app.services import auditing, moving_talks, planning_talks
from feedback_app.services.waiting_list import Clock
from feedback_app.store import talks
from feedback_app.store.talk_planning import Tally
from feedback_app.web import clock, talk_words
from feedback_app.web.access import may, scope, staff
from feedback_app.web.running import blueprint, words

SHOWN_FINISHED = 10


@dataclass(frozen=True)
class Task:
    """Something to do for a talk: where, what, how much of it there is; `urgent` when somebody waits for it."""

    url: str
    name: str
    told: str = ""
    urgent: bool = False


def note_done(action: str, talk: TalkFacts) -> None:
    """Note what whoever asks does with a talk, in the transaction that does it: its address and nothing of a family."""
    auditing.note_action(
        db.session, scope(), at=clock.now(), actor=current_user.email, action=action, subject=f"talk {talk.slug}"
    )


@blueprint.get("", endpoint="talks")
@staff(Permission.RUN_TALKS, Permission.KEEP_PROMISES, Permission.READ_REACH)
def talks_list() -> ResponseReturnValue:
    """Show organisers what is next and what waits for them; others find the ways to promises and to reach."""
    return list_page()


def list_page() -> str:
    """Return the page of all talks."""
    now = talk_words.talk_clock()
    runs = may(Permission.RUN_TALKS)
    found = planning_talks.look_over(db.session, scope(), now) if runs else None
    finished = found.finished if found else ()
    shown = finished if request.args.get("all") else finished[:SHOWN_FINISHED]
    return render_template(
        "running/talks.html",
        runs=runs,
        found=found,
        finished=shown,
        more_finished=len(finished) - len(shown),
        tools=_tools(),
        said=talk_words,
        fill=fill_words,
    )


def _tools() -> list[tuple[str, str]]:
    """Return where else whoever asks can go from here."""
    offered = [
        ("running.messages", _("Messages"), Permission.RUN_TALKS),
        ("running.promises", _("Promises"), Permission.KEEP_PROMISES),
        ("running.reach", _("Whom the talks reach"), Permission.READ_REACH),
        ("running.venues", _("Venues"), Permission.RUN_TALKS),
        ("running.terms", _("Terms and series"), Permission.RUN_TALKS),
    ]
    found = [(url_for(endpoint), name) for endpoint, name, permission in offered if may(permission)]
    return [*found, (url_for("talks.programme"), _("What families see"))]


def fill_words(talk: TalkFacts) -> list[str]:
    """Return for each way of attending how full it is, in words."""
    lines = []
    for way in talk.ways:
        line = _(
            "%(way)s: %(held)s of %(capacity)s places taken",
            way=talk_words.way_words(way.way),
            held=way.held,
            capacity=way.capacity,
        )
        if way.waiting:
            waiting = ngettext("%(num)s family waits", "%(num)s families wait", way.waiting)
            line = _("%(line)s, %(more)s", line=line, more=waiting)
        lines.append(line)
    return lines


@blueprint.get("/<slug>")
@staff(Permission.RUN_TALKS)
def talk(slug: str) -> ResponseReturnValue:
    """Show how one talk stands, and everything that can be done for it in the order of time."""
    found = planning_talks.get_talk(db.session, scope(), slug)
    now = talk_words.talk_clock()
    tally = planning_talks.get_tally(db.session, scope(), found)
    is_online = found.way(Way.ONLINE) is not None
    return render_template(
        "running/talk.html",
        talk=found,
        tally=tally,
        standing=words.standing(found, tally, now),
        undo=moving_talks.find_undo(db.session, scope(), found, now),
        begun=found.has_begun(now.now, now.timezone),
        stages=list(_stages(found, tally, now)),
        link_missing=is_online and not talks.find_joining_link(db.session, scope(), found.id),
        said=talk_words,
        fill=fill_words,
        local=lambda moment: moment.astimezone(ZoneInfo(now.timezone)),
        changes=list(_changes(found, tally, begun=found.has_begun(now.now, now.timezone))),
    )


def _changes(found: TalkFacts, tally: Tally, *, begun: bool) -> Iterator[tuple[str, str, str]]:
    """Yield each change that a talk allows as it stands: where, what, and what it does."""
    slug, is_draft = found.slug, found.state is TalkState.DRAFT
    if found.state is not TalkState.CANCELLED and found.finished_on is None:
        told = _("Everything") if is_draft else _("Words, number of places, joining link")
        yield url_for("running.edit", slug=slug), _("Change what it says"), told
    if found.state is TalkState.PUBLISHED and not begun:
        yield url_for("running.move", slug=slug), _("Move it"), _("Another day, time, venue or way to come")
    yield url_for("running.duplicate", slug=slug), _("Copy it"), _("A draft of the same talk on another day")
    if found.state is TalkState.PUBLISHED and not begun:
        yield url_for("running.cancel", slug=slug), _("Cancel it"), _("Families are told, with your reason")
    if not is_draft and not tally.ever and found.finished_on is None and not begun:
        yield url_for("running.unpublish", slug=slug), _("Make it a draft again"), _("Nobody has signed up yet")
    if is_draft and not tally.ever:
        yield url_for("running.delete", slug=slug), _("Delete it"), _("Only a draft can be deleted")


def _stages(found: TalkFacts, tally: Tally, now: Clock) -> Iterator[tuple[str, list[Task]]]:
    """Yield what is to be done before, on the day and afterwards; for a draft nothing of it."""
    if found.state is TalkState.DRAFT and not tally.ever:
        return
    begun = found.has_begun(now.now, now.timezone)
    before, on_the_day = _before(found, tally, begun=begun), _on_the_day(found, tally)
    is_over = found.ends_at(now.timezone) <= now.now
    stages = [(_("Before"), before), (_("On the day"), on_the_day)]
    if found.state is TalkState.PUBLISHED and begun:  # what is to be done now comes first
        stages.insert(0 if is_over else 2, (_("Afterwards"), _afterwards(found, tally)))
        stages.append(stages.pop(stages.index((_("Before"), before))))
    elif found.state is TalkState.CANCELLED:
        stages.pop()
    yield from stages


def _before(found: TalkFacts, tally: Tally, *, begun: bool) -> list[Task]:
    slug = found.slug
    needs = ngettext("%(num)s need is still open", "%(num)s needs are still open", tally.needs_open)
    questions = ngettext("%(num)s question", "%(num)s questions", tally.questions)
    failed = ngettext("%(num)s message failed", "%(num)s messages failed", tally.failed)
    waiting = ngettext("%(num)s family waits", "%(num)s families wait", tally.waiting)
    families = ngettext("%(num)s family", "%(num)s families", tally.families)
    return [
        Task(url_for("running.people", slug=slug), _("Who comes"), families if tally.families else _("Nobody yet")),
        Task(
            url_for("running.needs", slug=slug),
            _("What they need"),
            needs if tally.needs_open else _("Nothing is open"),
            bool(tally.needs_open),
        ),
        Task(
            url_for("running.questions", slug=slug),
            _("Questions asked ahead"),
            questions if tally.questions else _("None yet"),
        ),
        Task(
            url_for("running.talk_messages", slug=slug),
            _("Messages"),
            failed if tally.failed else _("What was sent"),
            bool(tally.failed),
        ),
        Task(url_for("running.waiting", slug=slug), _("Waiting list"), waiting if tally.waiting else _("Nobody waits")),
        *(() if begun else _to_tell(found)),
    ]


def _to_tell(found: TalkFacts) -> list[Task]:
    if found.state is not TalkState.PUBLISHED:
        return []
    return [
        Task(url_for("talks.talk_poster", slug=found.slug), _("Poster"), _("To print, with a QR code")),
        Task(url_for("talks.talk_calendar", slug=found.slug), _("Calendar file"), _("For your own calendar")),
        Task(url_for("talks.talk", slug=found.slug), _("What families see"), _("The page on which they book")),
    ]


def _on_the_day(found: TalkFacts, tally: Tally) -> list[Task]:
    checked = ngettext("%(num)s family looked after", "%(num)s families looked after", tally.checked)
    return [
        Task(url_for("running.register", slug=found.slug), _("Register"), _("To print, or to keep on your phone")),
        Task(
            url_for("running.check_in", slug=found.slug),
            _("Check people in"),
            checked if tally.checked else _("At the door"),
        ),
    ]


def _afterwards(found: TalkFacts, tally: Tally) -> list[Task]:
    promises = ngettext("%(num)s promise is open", "%(num)s promises are open", tally.promises)
    return [
        Task(
            url_for("running.after", slug=found.slug),
            _("Notes and promises") if found.finished_on else _("Finish it, notes and promises"),
            promises if tally.promises else _("What was said, and what was promised"),
            found.finished_on is None,
        )
    ]
