"""After a talk: who was there, finishing it, what was said, what was promised."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import StringField

from feedback_app.domain.errors import TalkUnknown
from feedback_app.domain.hiding import find_personal
from feedback_app.domain.permissions import Permission
from feedback_app.domain.talks.programme import Way
from feedback_app.domain.talks.talk import LONGEST_WORDS, TalkFacts, TalkState
from feedback_app.domain.words import tidy_words
from feedback_app.extensions import db
from feedback_app.services import auditing, finishing_talks, promising, talk_voices
from feedback_app.services.finishing_talks import MOST_IN_A_ROOM
from feedback_app.store import talks
from feedback_app.store.attending import WayNumbers
from feedback_app.web import clock, talk_words
from feedback_app.web.access import place, scope, staff
from feedback_app.web.noting import note_seen
from feedback_app.web.running import blueprint, promising_words
from feedback_app.web.running.promising_words import PromiseForm
from feedback_app.web.typed import read_number

FINISHED, OPENED_AGAIN, NOTE_ADDED = "talk finished", "talk opened again", "talk note added"
SEEN = "what was said at a talk seen"
KEEP, CHANGE = "keep", "change"


class NoteForm(FlaskForm):
    """Something that was said at a talk."""

    note = StringField()
    note_theme = StringField()
    step = StringField()


def published_talk(slug: str) -> TalkFacts:
    """Return a talk that takes place, or took place; raise TalkUnknown."""
    found = talks.find_talk(db.session, scope(), slug)
    if found is None or found.state is not TalkState.PUBLISHED:
        raise TalkUnknown(slug)
    return found


def note_done(action: str, subject: str) -> None:
    """Note what whoever asks does, in the transaction that does it."""
    auditing.note_action(db.session, scope(), at=clock.now(), actor=current_user.email, action=action, subject=subject)


@blueprint.get("/<slug>/after")
@staff(Permission.RUN_TALKS)
def after(slug: str) -> ResponseReturnValue:
    """Say who was there and finish the talk; write down what was said and what was promised."""
    talk = published_talk(slug)
    page = _page(talk)
    note_seen(SEEN, f"talk {talk.slug}")
    return page


@blueprint.post("/<slug>/after")
@staff(Permission.RUN_TALKS)
def change_after(slug: str) -> ResponseReturnValue:
    """Finish the talk or open it again; keep what was said or promised, after a look where it may name somebody."""
    talk = published_talk(slug)
    wanted = request.form.get("do", "")
    acts = {"finish": _finish, "again": _open_again, "note": _note, "promise": _promise}
    if wanted not in acts:
        return redirect(url_for("running.after", slug=talk.slug), 303)
    return acts[wanted](talk)


def _page(talk: TalkFacts, typed: Mapping[str, str] | None = None, wrong: Mapping[str, str] | None = None) -> str:
    """Return the page; `typed` and `wrong` by field, of whichever of its forms was sent."""
    timing, session = talk_words.talk_clock(), db.session
    programme = talk_words.programme()
    rooms = finishing_talks.list_rooms(session, scope(), talk)
    asking = finishing_talks.find_asking(session, scope(), timing.timezone, talk, timing.now)
    open_now = finishing_talks.find_feedback_path(session, scope(), programme, talk.topic, clock.today())
    return render_template(
        "running/after.html",
        talk=talk,
        begun=talk.has_begun(timing.now, timing.timezone),
        rooms=[(way.value, talk_words.way_words(way), room) for way, room in rooms.items()],
        asking=asking,
        asked_at="" if asking is None else talk_words.moment_words(asking.due_at, timing.timezone),
        asks=bool(programme.feedback_survey),
        survey_open=open_now is not None,
        notes=talk_voices.list_notes(session, scope(), talk),
        promises=promising.list_promises(session, scope(), talk),
        themes=promising_words.theme_options(talk.themes),
        typed=typed or {},
        wrong=wrong or {},
        lines=promising_words.mend_lines(wrong or {}),
        longest=LONGEST_WORDS,
        today=clock.today(),
        said=talk_words,
        words=promising_words,
    )


def _to_page(talk: TalkFacts, part: str = "") -> ResponseReturnValue:
    return redirect(url_for("running.after", slug=talk.slug, _anchor=part or None), 303)


def _finish(talk: TalkFacts) -> ResponseReturnValue:
    """Finish a talk by the numbers of the form, or say what to mend in them."""
    typed = {name: request.form.get(name, "") for way in talk.ways for name in (f"came-{way.way}", f"walked-{way.way}")}
    rooms, wrong = _read_rooms(talk, typed)
    timing = talk_words.talk_clock()
    if not talk.has_begun(timing.now, timing.timezone):
        return _page(talk, typed), 422
    if wrong:
        return _page(talk, typed, wrong), 422
    asked = finishing_talks.finish(
        db.session, scope(), talk_words.programme(), timing.timezone, talk, timing.now, rooms
    )
    if asked is None:  # the same press came twice, or somebody else was first
        flash(_("The talk is finished already. These are the numbers that were kept."))
        return _to_page(talk)
    note_done(FINISHED, f"talk {talk.slug}")
    told = ngettext("%(num)s family gets the feedback link.", "%(num)s families get the feedback link.", asked)
    flash(f"{_('The talk is finished.')} {told if asked else ''}".strip())
    return _to_page(talk)


def _read_rooms(talk: TalkFacts, typed: Mapping[str, str]) -> tuple[dict[Way, WayNumbers], dict[str, str]]:
    """Return how many were there in each way, and field -> what is wrong with it."""
    rooms, wrong = dict[Way, WayNumbers](), dict[str, str]()
    for one in talk.ways:
        came, walked = (_number(typed[f"{what}-{one.way}"]) for what in ("came", "walked"))
        if came is None:
            wrong[f"came-{one.way}"] = _("Write how many people were there as a number, such as 12 or 0")
        elif walked is None and typed[f"walked-{one.way}"].strip():
            wrong[f"walked-{one.way}"] = _("Write how many came without a booking as a number, such as 3 or 0")
        elif (walked or 0) > came:
            wrong[f"walked-{one.way}"] = _("No more people can have come without a booking than were there in all")
        rooms[one.way] = WayNumbers(came, walked or 0)
    return rooms, wrong


def _number(typed: str) -> int | None:
    number = read_number(typed)
    return None if number is None or number > MOST_IN_A_ROOM else number


def _open_again(talk: TalkFacts) -> ResponseReturnValue:
    timing = talk_words.talk_clock()
    opened = finishing_talks.open_again(db.session, scope(), timing.timezone, talk, timing.now)
    if opened:
        note_done(OPENED_AGAIN, f"talk {talk.slug}")
    if opened is False:
        flash(_("Families have been asked how it was, so the talk stays finished."))
    else:
        flash(_("The talk is open again. Nobody was written to. You can put the numbers right."))
    return _to_page(talk)


def _note(talk: TalkFacts) -> ResponseReturnValue:
    """Keep what was said, after a look at it where somebody could be known by it."""
    form = NoteForm()
    typed = {"note": tidy_words(form.note.data or ""), "note_theme": form.note_theme.data or ""}
    step, wrong = form.step.data or "", {}
    if not typed["note"]:
        wrong["note"] = _("Write what was said")
    elif len(typed["note"]) > LONGEST_WORDS:
        wrong["note"] = _("Write at most %(most)s letters. Split it into two notes if it is longer", most=LONGEST_WORDS)
    if wrong or step == CHANGE:
        return _page(talk, typed, wrong), 422 if wrong else 200
    if step != KEEP and find_personal(typed["note"]):
        looked = [promising_words.Looked(_("What was said"), promising_words.parts_of(typed["note"]))]
        return look_page(looked, {"do": "note", **typed}, url_for("running.after", slug=talk.slug), public=False)
    theme = typed["note_theme"] if typed["note_theme"] in promising_words.themes_by_code() else ""
    here = place()
    by, language = str(current_user.email), here.first_locale
    can_be_read = talk_voices.add_note(
        db.session,
        scope(),
        here.screening,
        talk,
        typed["note"],
        theme=theme,
        by=by,
        language=language,
        today=clock.today(),
    )
    note_done(NOTE_ADDED, f"talk {talk.slug}")
    waits = _("It is kept. A safeguarding reader reads it first. Until then nobody else sees the words.")
    flash(_("It is kept.") if can_be_read else waits)
    return _to_page(talk, "said-there")


def look_page(
    looked: list[promising_words.Looked], typed: Mapping[str, str], address: str, *, public: bool, danger: bool = False
) -> str:
    """Return a page that shows what was typed with the names in it, before it is kept."""
    names = sum(personal for one in looked for _words, personal in one.parts)
    return render_template(
        "running/after_look.html",
        looked=looked,
        typed=typed,
        address=address,
        public=public,
        names=names,
        danger=danger,
    )


def _promise(talk: TalkFacts) -> ResponseReturnValue:
    """Keep what was promised, after a look at it where it may name somebody or tell of danger."""
    form = PromiseForm()
    typed, step = form.typed | {"state": "open", "outcome": ""}, form.step.data or ""
    new, wrong = promising.read_promise(typed, promising_words.themes_by_code(), clock.today())
    if wrong or step == CHANGE:
        return _page(talk, typed, promising_words.wrong_lines(wrong)), 422 if wrong else 200
    doubt = promising.find_doubt(new, place().screening)
    if doubt and step != KEEP:
        address = url_for("running.after", slug=talk.slug)
        return look_page(
            promising_words.look_at(typed), {"do": "promise", **typed}, address, public=True, danger=doubt.danger
        )
    promise_id, is_new = promising.add_promise(db.session, scope(), talk, new)
    if is_new:
        note_done(promising.ADDED, f"promise {promise_id}")
    flash(_("It is kept. Families can read it now. You can change it at any time."))
    return _to_page(talk, "promised")
