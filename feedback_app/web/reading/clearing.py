"""Hiding names in a comment, and clearing words of it to be quoted."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db
from feedback_app.services import auditing, masking, quoting, worrying
from feedback_app.services.reading import Opened
from feedback_app.web import clock
from feedback_app.web.access import place, scope, staff
from feedback_app.web.noting import note_seen
from feedback_app.web.reading import showing, words
from feedback_app.web.reading.views import READ, opened_for_me
from feedback_app.web.reading.views import blueprint as blueprint  # noqa: PLC0414 - the room's other views join it

HIDDEN, CLEARED, WITHDRAWN = "names hidden", "quote cleared", "quote withdrawn"  # in the audit log
WORRIED = "comment flagged by a reader"
LONGEST_TYPED = 4_000
CHECKS = ("nobody", "fair", "safe")


def _note(action: str, opened: Opened) -> None:
    """Write into the audit log that something was done with a comment of a wave; never which, and never its words."""
    subject = showing.subject_of(opened.comment)
    auditing.note_action(db.session, scope(), at=clock.now(), actor=current_user.email, action=action, subject=subject)


@blueprint.get("/comments/<uuid:comment_id>/hide")
@staff(Permission.CLEAR_QUOTES)
def hide(comment_id: UUID) -> ResponseReturnValue:
    """Show what is hidden of a comment and what may be, to tick or to type."""
    opened = opened_for_me(comment_id)
    hidden = {f"{start}-{end}" for start, end, _kind in masking.hidden_of(opened.comment)}
    note_seen(READ, showing.subject_of(opened.comment))
    return _hide_page(opened, hidden, "", "")


def _hide_page(opened: Opened, ticked: set[str], typed: str, wrong: str) -> str:
    comment = opened.comment
    return render_template(
        "reading/hide.html",
        comment=comment,
        language=showing.language_of(opened),
        found=[(f"{a}-{b}", comment.words[a:b], words.hidden_words(kind)) for a, b, kind in masking.found_in(comment)],
        ticked=ticked,
        typed=typed,
        wrong={"typed": wrong} if wrong else {},
        has_quote=quoting.find_quote(db.session, scope(), comment.id) is not None,
    )


@blueprint.post("/comments/<uuid:comment_id>/hide")
@staff(Permission.CLEAR_QUOTES)
def keep_hidden(comment_id: UUID) -> ResponseReturnValue:
    """Hide what was ticked and typed, or say what does not stand in the comment; a quote cut before is taken back."""
    opened = opened_for_me(comment_id)
    ticked, typed = request.form.getlist("hide"), request.form.get("typed", "")
    if len(typed) > LONGEST_TYPED:
        sentence = _("That is too long. Type only the words to hide, at most %(most)s letters.", most=LONGEST_TYPED)
        return _hide_page(opened, set(ticked), typed, sentence), 422
    try:
        spans = masking.read_hidden(opened.comment, ticked, typed)
    except masking.NotInTheComment as missing:
        sentence = _("“%(typed)s” does not stand in the comment. Type it exactly as it is written there.",
                     typed=missing.typed)  # fmt: skip
        return _hide_page(opened, set(ticked), typed, sentence), 422
    taken_back = masking.keep_hidden(db.session, scope(), opened.comment, spans)
    _note(HIDDEN, opened)
    if taken_back:
        _note(WITHDRAWN, opened)
        flash(_("Kept. The quote from this comment was taken back, because its words have changed."))
    else:
        flash(_("Kept. This is how others see the comment now."))
    return redirect(url_for("reading.comment", comment_id=comment_id))


@blueprint.get("/comments/<uuid:comment_id>/quote")
@staff(Permission.CLEAR_QUOTES)
def quote(comment_id: UUID) -> ResponseReturnValue:
    """Ask which words of a comment may be quoted, names hidden, or show those that are cleared."""
    opened = opened_for_me(comment_id)
    note_seen(READ, showing.subject_of(opened.comment))
    cleared = quoting.find_quote(db.session, scope(), comment_id)
    return _quote_page(opened, cleared.clearance.text if cleared else masking.masked_words(opened.comment), {})


def _quote_page(opened: Opened, part: str, wrong: dict[str, str]) -> str:
    return render_template(
        "reading/quote.html",
        opened=opened,
        language=showing.language_of(opened),
        masked=masking.masked_words(opened.comment),
        part=part,
        wrong=wrong,
        allowed=quoting.may_be_quoted(db.session, scope(), opened.comment),
        cleared=quoting.find_quote(db.session, scope(), opened.comment.id),
        nobody_looked=opened.comment.hidden is None,
    )


@blueprint.post("/comments/<uuid:comment_id>/quote")
@staff(Permission.CLEAR_QUOTES)
def clear(comment_id: UUID) -> ResponseReturnValue:
    """Show the words to quote with what to check, then clear them; or say why they cannot be quoted."""
    opened, typed = opened_for_me(comment_id), request.form.get("part", "")
    try:
        part = quoting.read_part(db.session, scope(), opened.comment, typed)
    except quoting.QuoteRefused as refused:
        # Without consent there is no field to lead to: the page says so itself.
        return _quote_page(opened, typed, {} if refused.reason == "consent" else {"part": _why_not(refused)}), 422
    if "checked" not in request.form:
        return _checks_page(opened, part, {})
    missing = [check for check in CHECKS if check not in request.form.getlist("check")]
    if missing:
        sentence = _("Tick each line once you have checked it. If one does not hold, do not clear these words.")
        return _checks_page(opened, part, {f"check-{missing[0]}": sentence}), 422
    quoting.clear_quote(db.session, scope(), opened.comment, part, current_user.email, clock.today())
    _note(CLEARED, opened)
    flash(_("These words may be quoted now. You can take that back at any time."))
    return redirect(url_for("reading.comment", comment_id=comment_id))


def _checks_page(opened: Opened, part: str, wrong: dict[str, str]) -> str:
    checks = {
        "nobody": _("Nobody can tell who wrote this or who it is about: no name, no place, no rare story."),
        "fair": _("These words say what the whole comment says. Nothing was cut that changes it."),
        "safe": _("It would not hurt whoever wrote it, or a child, to read these words in a report."),
    }
    ticked = request.form.getlist("check")
    return render_template(
        "reading/quote_sure.html",
        opened=opened,
        language=showing.language_of(opened),
        part=part,
        checks=[(key, said, key in ticked) for key, said in checks.items()],
        wrong=wrong,
    )


def _why_not(refused: quoting.QuoteRefused) -> str:
    if refused.reason == "nothing":
        return _("Leave at least a few words to quote.")
    return _("A quote is one part of the comment, to the letter. Cut words off at the start or the end; change none.")


@blueprint.post("/comments/<uuid:comment_id>/quote/withdraw")
@staff(Permission.CLEAR_QUOTES)
def withdraw(comment_id: UUID) -> ResponseReturnValue:
    """Take back that words of a comment may be quoted."""
    opened = opened_for_me(comment_id)
    if quoting.withdraw_quote(db.session, scope(), comment_id):
        _note(WITHDRAWN, opened)
        flash(_("Taken back. These words are not quoted any more."))
    return redirect(url_for("reading.comment", comment_id=comment_id))


@blueprint.get("/comments/<uuid:comment_id>/worried")
@staff(Permission.READ_COMMENTS)
def worried(comment_id: UUID) -> ResponseReturnValue:
    """Ask whether a comment is to go to a named safeguarding reader, and say whom to ring first."""
    opened = opened_for_me(comment_id)
    return render_template("reading/worried.html", opened=opened, able=place().screening is not None)


@blueprint.post("/comments/<uuid:comment_id>/worried")
@staff(Permission.READ_COMMENTS)
def hold_worried(comment_id: UUID) -> ResponseReturnValue:
    """Hold a comment at once for a named safeguarding reader; nobody else can read it until then."""
    opened, screening = opened_for_me(comment_id), place().screening
    if screening is None:
        return render_template("reading/worried.html", opened=opened, able=False), 422
    worrying.hold_again(db.session, scope(), screening, comment_id, today=clock.today())
    _note(WORRIED, opened)
    flash(_("Thank you. The comment waits for a safeguarding reader now. Nobody else can read it."))
    return redirect(url_for("reading.room"))
