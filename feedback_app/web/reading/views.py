"""The reading room: what there is to read, one comment at a time, and what one has read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Purpose
from feedback_app.domain.errors import CommentUnknown
from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db
from feedback_app.services import quoting, reading, sampling
from feedback_app.services.masking import masked_words
from feedback_app.services.reading import Opened
from feedback_app.web import clock
from feedback_app.web.access import may, place, scope, staff
from feedback_app.web.languages import in_page_language
from feedback_app.web.noting import note_seen
from feedback_app.web.reading import forms, overview, showing, words
from feedback_app.web.reading.asking import Wish, read_wish
from feedback_app.web.reading.forms import Typed

blueprint = Blueprint("reading", __name__, template_folder="templates", url_prefix="/team/reading")
READ = "comments read"  # in the audit log
LAST, BACK, KEYS_OFF = "reading_last", "reading_back", "reading_keys_off"  # in the browser's session
HELD_AT_MOST = 100  # themes of a reading taken back that the session keeps


def codeframe() -> Codeframe:
    """Return the themes that comments are read by; raise CommentUnknown where there are none, for none can be read."""
    found = place().codeframe
    if found is None:
        raise CommentUnknown
    return found


def reader() -> str:
    """Return who reads."""
    return str(current_user.email)


def wish() -> Wish:
    """Return what the address asks for."""
    return read_wish(request.args, codeframe())


def opened_for_me(comment_id: UUID) -> Opened:
    """Return a comment as whoever asks may read it; raise CommentUnknown."""
    settles = may(Permission.MANAGE_READING)
    return reading.open_comment(db.session, scope(), comment_id, reader(), settles=settles)


@blueprint.get("")
@staff(Permission.READ_COMMENTS)
def room() -> ResponseReturnValue:
    """Show what there is to read: the own workstream first, then surveys, themes, languages and samples."""
    if place().codeframe is None:
        return render_template("reading/no_themes.html")
    return render_template("reading/room.html", **overview.furnish(codeframe(), reader(), current_user.workstreams))


@blueprint.get("/next")
@staff(Permission.READ_COMMENTS)
def following() -> ResponseReturnValue:
    """Lead to the comment to read next, the least sure first; say so when there is none."""
    asked = wish()
    found = reading.next_comment(db.session, scope(), asked.asked, reader())
    if found is None:
        return render_template("reading/nothing.html", wish=asked, last=session.get(LAST))
    return redirect(url_for("reading.comment", comment_id=found, **asked.address))


@blueprint.get("/comments/<uuid:comment_id>")
@staff(Permission.READ_COMMENTS)
def comment(comment_id: UUID) -> ResponseReturnValue:
    """Show one comment with names hidden, what is suggested, and what to say of it."""
    opened = opened_for_me(comment_id)
    suggested = showing.suggested_in(opened, codeframe())
    typed = _taken_back(comment_id) or (
        forms.filled(opened.own, suggested) if opened.own else forms.begun(suggested, opened.tagged)
    )
    note_seen(READ, showing.subject_of(opened.comment))
    return _page(opened, typed, {})


def _taken_back(comment_id: UUID) -> Typed | None:
    """Return the form as it was when its reading was taken back in this browser, or None."""
    kept = session.get(BACK)
    return Typed(**kept["typed"]) if kept and kept["id"] == str(comment_id) else None


def _page(opened: Opened, typed: Typed, wrong: dict[str, str], status: int = 200) -> ResponseReturnValue:
    frame, asked = codeframe(), wish()
    suggested = showing.suggested_in(opened, frame)
    here, known = opened.comment, scope()
    page = render_template(
        "reading/comment.html",
        opened=opened,
        context=showing.context_of(here),
        pieces=showing.pieces_of(opened, frame),
        language=showing.language_of(opened),
        lines=showing.lines_of(opened, frame, typed),
        groups=showing.groups_to_add(frame, suggested),
        typed=typed,
        wrong=wrong,
        why=showing.why_words(opened),
        pair=showing.pair_lines(opened.pair, frame) if opened.pair else [],
        alike=reading.list_alike_comments(db.session, known, here),
        valences=[(one, words.valence_words(one), words.VALENCE_KEYS[one]) for one in words.VALENCES],
        hidden_words=words.hidden_words,
        blind=opened.purpose is Purpose.SECOND,
        may_clear=may(Permission.CLEAR_QUOTES),
        quote=quoting.find_quote(db.session, known, here.id),
        keys=not session.get(KEYS_OFF),
        last=session.get(LAST) if session.get(LAST) != str(here.id) else None,
        address=asked.address,
        own_today=reading.count_today(db.session, known, reader(), clock.today()),
    )
    return page, status


@blueprint.post("/comments/<uuid:comment_id>")
@staff(Permission.READ_COMMENTS)
def say(comment_id: UUID) -> ResponseReturnValue:
    """Keep what a reader says of a comment and lead to the next, or say what to mend; or switch the keys off or on."""
    opened, frame = opened_for_me(comment_id), codeframe()
    suggested = showing.suggested_in(opened, frame)
    typed = forms.read_form(request.form, suggested, frame)
    if request.form.get("do") == "keys":
        session[KEYS_OFF] = not session.get(KEYS_OFF)
        return _page(opened, typed, {})
    wrong = forms.mistakes(typed, suggested, {theme.code: in_page_language(theme.name) for theme in frame.themes})
    if wrong:
        return _page(opened, typed, wrong, 422)
    said = forms.reading_of(typed, suggested, reader(), opened.purpose)
    reading.keep_reading(db.session, scope(), opened, said, frame, clock.today())
    session[LAST] = str(comment_id)
    session.pop(BACK, None)
    return redirect(_after(opened))


def _after(opened: Opened) -> str:
    """Return where a reader goes on after a comment: in its sample, to the next third look, or in the queue."""
    if opened.purpose is Purpose.SECOND:
        return url_for("reading.sample_next", sample_id=opened.sample_id)
    if opened.purpose is Purpose.THIRD:
        return url_for("reading.third")
    return url_for("reading.following", **wish().address)


@blueprint.post("/comments/<uuid:comment_id>/take-back")
@staff(Permission.READ_COMMENTS)
def take_back(comment_id: UUID) -> ResponseReturnValue:
    """Take back what one said of a comment, and show its form as it was."""
    opened, frame = opened_for_me(comment_id), codeframe()
    said = reading.take_back(db.session, scope(), comment_id, reader())
    if said is not None:
        typed: dict[str, Any] = vars(forms.filled(said, showing.suggested_in(opened, frame)))
        typed["added"] = typed["added"][:HELD_AT_MOST]
        session[BACK] = {"id": str(comment_id), "typed": typed}
        flash(_("Taken back. Here is the comment as you left it."))
    if session.get(LAST) == str(comment_id):
        session.pop(LAST)
    return redirect(url_for("reading.comment", comment_id=comment_id, **wish().address))


@blueprint.get("/mine")
@staff(Permission.READ_COMMENTS)
def mine() -> ResponseReturnValue:
    """List the comments that one has read, the latest days first, 30 a page."""
    typed = request.args.get("page", "1")
    page = int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) < 5 else 1
    found, more = reading.list_own(db.session, scope(), reader(), max(1, page))
    frame = codeframe()
    lines = [
        {
            "own": one,
            "start": _start_of(masked_words(one.comment)),
            "themes": [frame.by_code[code] for code in frame.codes if code in one.reading.themes],
            "valence": words.valence_words(one.reading.valence) if one.reading.valence else "",
        }
        for one in found
    ]
    note_seen(READ, "own readings")
    return render_template("reading/mine.html", lines=lines, page=max(1, page), more=more)


def _start_of(text: str) -> str:
    """Return the first words of a comment, for a list."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 120 else f"{flat[:120].rsplit(' ', 1)[0]} …"


@blueprint.get("/third")
@staff(Permission.MANAGE_READING)
def third() -> ResponseReturnValue:
    """Lead to the next comment that two readers saw differently, for a third look; say so when there is none."""
    waiting = sampling.list_to_settle(db.session, scope(), reader())
    if not waiting:
        flash(_("There is no comment left that needs a third look from you."))
        return redirect(url_for("reading.samples"))
    return redirect(url_for("reading.comment", comment_id=waiting[0]))
