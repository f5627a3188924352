"""What families need at a talk: whose job each thing is, how far it is, and whether the family knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from feedback_app.domain.permissions import Permission
from feedback_app.domain.talks.talk import NeedState, TalkFacts, provided
from feedback_app.domain.words import tidy_words
from feedback_app.extensions import db
from feedback_app.services import attending, auditing
from feedback_app.services.attending import Coming, NeedChange
from feedback_app.store.sign_ups import NeedFacts
from feedback_app.web import clock
from feedback_app.web.access import scope, staff
from feedback_app.web.languages import in_page_language
from feedback_app.web.noting import note_seen
from feedback_app.web.running import blueprint
from feedback_app.web.running.the_day import about, coming_to, need_label, talk_of
from feedback_app.web.running.the_day_words import far_words, state_words
from feedback_app.web.talk_words import label_of, programme, talk_clock

LONGEST_OWNER = 120
TELL = "tell"  # what a button of the form asks for besides keeping


@dataclass(frozen=True)
class Line:
    """A need as the form shows it: as it stands, or as it was typed, with what has to be mended about it."""

    need: NeedFacts
    family: Coming
    state: str
    owner: str
    wrong: str = ""
    wrong_state: str = ""


@blueprint.get("/<slug>/needs")
@staff(Permission.RUN_TALKS)
def needs(slug: str) -> ResponseReturnValue:
    """Show what families need at a talk, in their own words too, who sees to it and how far it is."""
    talk = talk_of(slug)
    lines = _lines(coming_to(talk))
    if lines:
        note_seen(attending.NEEDS_SEEN, talk.slug)
    return _page(talk, lines)


@blueprint.post("/<slug>/needs")
@staff(Permission.RUN_TALKS)
def change_needs(slug: str) -> ResponseReturnValue:
    """Say of several needs at once how far they are and who sees to them; if asked for, tell the families."""
    talk = talk_of(slug)
    lines = [_typed(line) for line in _lines(coming_to(talk))]
    if any(line.wrong or line.wrong_state for line in lines):
        return _page(talk, lines), 422
    changes = [NeedChange(line.need.id, NeedState(line.state), line.owner) for line in lines]
    changed = attending.change_needs(db.session, scope(), talk, changes)
    if changed:
        _note(attending.NEEDS_CHANGED, talk)
        flash(ngettext("%(num)s change is kept.", "%(num)s changes are kept.", changed))
    if request.form.get("do") == TELL:
        _tell(talk)
    elif not changed:
        flash(_("Nothing was changed."))
    return redirect(url_for("running.needs", slug=slug))


def _has_begun(talk: TalkFacts) -> bool:
    now = talk_clock()
    return talk.has_begun(now.now, now.timezone)


def _tell(talk: TalkFacts) -> None:
    if _has_begun(talk):
        flash(_("The talk has begun, so nobody is sent a message any more."))
        return
    told = attending.tell_families(db.session, scope(), talk, clock.now())
    if not told:
        flash(_("There is no news for anybody. Nobody was sent a message."))
        return
    _note(attending.FAMILIES_TOLD, talk)
    flash(
        ngettext(
            "%(num)s family is sent a message. It has a link to what we can do, and names no need.",
            "%(num)s families are sent a message. It has a link to what we can do, and names no need.",
            told,
        )
    )


def _note(action: str, talk: TalkFacts) -> None:
    at, actor = clock.now(), current_user.email
    auditing.note_action(db.session, scope(), at=at, actor=actor, action=action, subject=talk.slug)


def _lines(coming: Sequence[Coming]) -> list[Line]:
    """Return the needs of all families as they stand, in the order of the programme."""
    order = [need.key for need in programme().needs]
    lines = [Line(need, one, need.state.value, need.owner) for one in coming for need in one.needs]
    return sorted(lines, key=lambda line: order.index(line.need.need))


def _typed(line: Line) -> Line:
    """Return a line as it was typed: a field that was left as the page showed it keeps what stands there by now."""
    key = str(line.need.id)
    state = _changed(f"state-{key}", f"was_state-{key}", line.state)
    owner = " ".join(tidy_words(_changed(f"owner-{key}", f"was_owner-{key}", line.owner)).split())
    wrong, wrong_state = "", ""
    if len(owner) > LONGEST_OWNER:
        wrong = _("Make this shorter: a first name or a role, up to %(number)s letters", number=LONGEST_OWNER)
    if state not in list(NeedState):
        wrong_state = _("Choose how far “%(need)s” is", need=need_label(line.need.need))
    return replace(line, state=state, owner=owner, wrong=wrong, wrong_state=wrong_state)


def _changed(field: str, before: str, stands: str) -> str:
    """Return what was typed into a field; what stands where it was not on the page, or was left as it had been."""
    typed = request.form.get(field)
    return stands if typed is None or typed == request.form.get(before) else typed


def _page(talk: TalkFacts, lines: Sequence[Line]) -> str:
    venue = talk.venue
    features = [programme().features_by_key.get(key) for key in venue.features] if venue else []
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.need.need, []).append(line)
    far = attending.how_far([line.need for line in lines])
    return render_template(
        "running/needs.html",
        **about(talk),
        groups=groups,
        met=provided(talk, programme()),
        venue_has=[label_of(feature) for feature in features if feature],
        talk_has=[need_label(key) for key in talk.provided if need_label(key)],
        far=far,
        far_words=far_words(far),
        begun=_has_begun(talk),
        states=[(state.value, state_words(state)) for state in NeedState],
        owners=sorted({line.need.owner for line in lines if line.need.owner}, key=str.casefold),
        detail_of=_detail_of,
        mend_lines=[*_to_mend(lines)],
    )


def _detail_of(key: str) -> str:
    need = programme().needs_by_key.get(key)
    return in_page_language(need.detail) if need and need.detail else ""


def _to_mend(lines: Sequence[Line]) -> list[tuple[str, str]]:
    found = [(f"#state-{line.need.id}", line.wrong_state) for line in lines if line.wrong_state]
    return found + [(f"#owner-{line.need.id}", line.wrong) for line in lines if line.wrong]
