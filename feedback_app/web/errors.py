"""Typed error -> page, status and wording, in this one place."""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, redirect, render_template, request, url_for
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from feedback_app.domain import errors
from feedback_app.store.engine import reading_only
from feedback_app.store.sealed import CannotBeOpened
from feedback_app.web import coming
from feedback_app.web.access import permissions
from feedback_app.web.places import find_place
from feedback_app.web.respond import expired
from feedback_app.web.respond.finding import list_unfinished
from feedback_app.web.talks.expired import form_again

log = structlog.get_logger(__name__)


def show_error(heading: str, sentences: list[str], status: int, actions: list[dict[str, str]] | None = None) -> Any:
    """Return an error page and its status; plain text where the host is none of ours: a page has links.

    A host that is no partnership's has a page of its own, which names none.
    """
    if request_ctx.url_adapter is None:
        return f"{heading}. {' '.join(sentences)}", 400, {"Content-Type": "text/plain; charset=utf-8"}
    if find_place() is None:
        return render_template("nowhere.html"), 404
    shown = {"heading": heading, "sentences": sentences, "ours": status >= 500}
    if status < 500 and _is_among_staff():
        with reading_only():
            surveys = {"text": _("Go to Surveys"), "url": url_for("team.waves")}
            return render_template("error_team.html", **shown, actions=actions or [surveys]), status
    home = {"text": _("Go to the first page"), "url": url_for("public.home")}
    return render_template("error.html", **shown, actions=actions or [home]), status


def _is_among_staff() -> bool:
    """Return whether a member of this partnership's staff, signed in, asked for a page for staff."""
    if request.path != "/team" and not request.path.startswith("/team/"):
        return False
    try:
        with reading_only():
            return bool(permissions())
    except SQLAlchemyError:  # the page about it needs no database
        return False


def unknown(_error: Exception) -> ResponseReturnValue:
    """404: there is no such page."""
    sentences = [_("Check the address, or go to the first page to see what is open.")]
    return show_error(_("We cannot find this page"), sentences, 404)


def closed(error: errors.WaveClosed) -> ResponseReturnValue:
    """The survey is not open."""
    since = None if error.closed_since is None else format_date(error.closed_since, "d MMMM y")
    slug = (request.view_args or {}).get("slug")
    with reading_only():
        begun = list_unfinished(slug) if slug and request.endpoint == "respond.start" else []
    page = render_template(
        "respond/closed.html",
        title=error.title,
        closed_since=since,
        finish_url=begun[0]["url"] if begun else None,
        finish_by=begun[0]["until"] if begun else None,
        code_url=url_for("respond.come_back"),
    )
    return page, 410


def not_comparable(error: errors.WavesNotComparable) -> ResponseReturnValue:
    """400: two waves that cannot stand beside each other, with a way to where they can."""
    sentence = {
        "same_wave": _("These are one and the same wave. Choose an earlier one to compare it with."),
        "other_survey": _("These waves asked different surveys. Only waves of one survey can be compared."),
        "demonstration": _("One wave is a demonstration with made-up answers. We do not compare it with a real one."),
        "same_day": _("Both waves opened on the same day, so neither is the earlier one."),
        "not_earlier": _("The wave to compare with has to be the earlier one."),
    }[error.reason]
    actions = [{"text": _("Go to the wave"), "url": url_for("team.wave", slug=error.slug)}]
    if error.reason == "not_earlier":
        turned = url_for("team.compared", slug=error.earlier, earlier=error.slug)
        actions.insert(0, {"text": _("Compare them the other way round"), "url": turned})
    return show_error(_("We cannot compare these waves"), [sentence], 400, actions)


def not_broken_down(error: errors.BreakdownRefused) -> ResponseReturnValue:
    """400: breakdowns that are not made together, with a way to those that are."""
    sentence = {
        "too_many": _("Answers can be looked at by two things at once at the most. More could point to a person."),
        "same_people": _("These two tell the same people apart. Choose two different ones."),
        "one_question": _("Two things at once are shown for one question at a time. Choose a question first."),
    }[error.reason]
    actions = [{"text": _("Go to the wave"), "url": url_for("team.wave", slug=error.slug)}]
    return show_error(_("We cannot show these groups together"), [sentence], 400, actions)


def nothing_shown_yet(_error: errors.NothingShownYet) -> ResponseReturnValue:
    """404: too few have answered for the first figures."""
    sentences = [_("Figures come once enough people have answered. Until then nobody could be kept private.")]
    actions = [{"text": _("All waves"), "url": url_for("team.waves")}]
    return show_error(_("There are no figures of this wave yet"), sentences, 404, actions)


def groups_later(error: errors.GroupsComeLater) -> ResponseReturnValue:
    """404: figures by group are not shown before a wave's end."""
    actions = [{"text": _("Go to the wave"), "url": url_for("team.wave", slug=error.slug)}]
    heading = _("There are no figures by group yet")
    return show_error(heading, [coming.groups_later(error.closed_from)], 404, actions)


def not_remade(error: errors.FiguresNotRemade) -> ResponseReturnValue:
    """409: answers that shown figures count have been deleted since, or the rules are others: no more can be made."""
    day = format_date(error.taken_on)
    said = {
        "deleted": _("Some answers have been deleted since %(day)s, as people may ask.", day=day),
        "rules": _("The rules that keep people private have changed since %(day)s.", day=day),
    }[error.reason]
    then = _("Until there are new figures we can show only those made on that day.")
    actions = [{"text": _("Go to the wave"), "url": url_for("team.wave", slug=error.slug)}]
    return show_error(_("We cannot make these figures now"), [f"{said} {then}"], 409, actions)


def draft_gone(_error: errors.DraftGone) -> ResponseReturnValue:
    """This browser has no unfinished survey here."""
    sentences = [
        _("They may have been sent already, or the days for which they were kept are over."),
        _("If you wrote down a code, you can go on with it."),
    ]
    actions = [{"text": _("Go on with my code"), "url": url_for("respond.come_back")}]
    slug = (request.view_args or {}).get("slug")
    if slug:
        actions.append({"text": _("Start this survey"), "url": url_for("respond.start", slug=slug)})
    return show_error(_("We cannot find your answers"), sentences, 404, actions)


def not_signed_in(_error: Exception) -> ResponseReturnValue:
    """401: staff sign in first."""
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def forbidden(_error: Exception) -> ResponseReturnValue:
    """403: signed in, but this page is for other roles."""
    return show_error(_("This page is not for your role"), [_("Ask your administrator if you need it.")], 403)


def unsafe_form(error: CSRFError) -> ResponseReturnValue:
    """The form is too old or came without its cookie: show it again with all that was typed."""
    page = expired.page_again(
        _("This page was open for a long time. Your answers are still here. Please press the button again.")
    )
    page = page or form_again(_("This page was open for a long time. Nothing is lost. Please press the button again."))
    if page is not None:
        return page, 400
    sentences = [
        _("It was open for a long time, or your browser does not keep our one cookie."),
        _("Go back, load the page again, and try once more."),
    ]
    return show_error(_("We could not take this form"), sentences, 400)


def too_large(_error: Exception) -> ResponseReturnValue:
    """413: more than any of our forms can hold."""
    return show_error(_("That was too much at once"), [_("Go back and make it shorter. Then send it again.")], 413)


def database_away(error: SQLAlchemyError) -> ResponseReturnValue:
    """503: the database cannot be reached or written; nothing was saved, so nothing is said to be."""
    log.error("database_away", kind=type(getattr(error, "orig", error)).__name__)
    again = expired.page_again(
        _("We cannot save just now. Your answers are still here. Wait a minute and press the button again.")
    )
    if again is not None:
        return again, 503, {"Retry-After": "30"}
    sentences = [
        _("Your last answer is not saved yet."),
        _("Wait a minute, go back, and press the button again."),
    ]
    page, status = show_error(_("We cannot save just now"), sentences, 503)
    return page, status, {"Retry-After": "30"}


def cannot_be_opened(_error: CannotBeOpened) -> ResponseReturnValue:
    """503: a key is missing that something was sealed with; the log says so, for whoever runs the site."""
    log.error("cannot be opened", endpoint=request.endpoint, hint="see feedback-app keys status")
    sentences = [
        _("Something that this page needs cannot be opened at the moment."),
        _("It is not your fault. Tell the person who looks after this site, and try again later."),
    ]
    return show_error(_("We cannot do this just now"), sentences, 503)


def talk_finished(error: errors.TalkFinished) -> ResponseReturnValue:
    """409: what came of a talk is counted; who came cannot be changed any more."""
    sentences = [_("Its numbers are counted. Who came cannot be changed any more, so nothing was changed.")]
    actions = [{"text": _("Go to the talk"), "url": url_for("running.check_in", slug=error.slug)}]
    return show_error(_("This talk is finished"), sentences, 409, actions)


def booking_unknown(_error: errors.BookingUnknown) -> ResponseReturnValue:
    """404: the link leads to no booking; whether it ever did is not said."""
    sentences = [
        _("Part of the link may be missing. Open it once more from the message we sent you."),
        _("Bookings are deleted some weeks after the last talk."),
        _("Is your talk still to come? Book it again with the same contact details. We then send you your link again."),
    ]
    actions = [{"text": _("All talks"), "url": url_for("talks.programme")}]
    return show_error(_("We cannot find this booking"), sentences, 404, actions)


def our_mistake(status: int) -> Any:
    """5xx: ours, not theirs."""
    return show_error(_("Something went wrong with us"), [_("It is not your fault. Please try again soon.")], status)


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Any other HTTP error, in plain words."""
    status = error.code or 500
    if status < 400:
        return error  # a redirect
    if status >= 500:
        return our_mistake(status)
    return show_error(_("We did not understand this"), [_("Go back and try once more.")], status)


def unexpected(error: Exception) -> ResponseReturnValue:
    """500: our mistake; its kind is logged, nothing of what was sent."""
    log.error("unexpected", endpoint=request.endpoint, kind=type(error).__name__, exc_info=error)
    return our_mistake(500)


def init_errors(app: Flask) -> None:
    """Register the pages for errors."""
    app.register_error_handler(404, unknown)
    app.register_error_handler(errors.SurveyUnknown, unknown)
    app.register_error_handler(errors.PageUnknown, unknown)
    app.register_error_handler(errors.VoiceUnknown, unknown)
    app.register_error_handler(errors.BreakdownUnknown, unknown)
    app.register_error_handler(errors.QuestionUnknown, unknown)
    app.register_error_handler(errors.CommentUnknown, unknown)
    app.register_error_handler(errors.EntryUnknown, unknown)
    app.register_error_handler(errors.SampleUnknown, unknown)
    app.register_error_handler(errors.TalkUnknown, unknown)
    app.register_error_handler(errors.BookingUnknown, booking_unknown)
    app.register_error_handler(errors.PromiseUnknown, unknown)
    app.register_error_handler(errors.TalkFinished, talk_finished)
    app.register_error_handler(errors.BreakdownRefused, not_broken_down)
    app.register_error_handler(errors.NothingShownYet, nothing_shown_yet)
    app.register_error_handler(errors.GroupsComeLater, groups_later)
    app.register_error_handler(errors.FiguresNotRemade, not_remade)
    app.register_error_handler(errors.WaveClosed, closed)
    app.register_error_handler(errors.WavesNotComparable, not_comparable)
    app.register_error_handler(errors.DraftGone, draft_gone)
    app.register_error_handler(401, not_signed_in)
    app.register_error_handler(403, forbidden)
    app.register_error_handler(413, too_large)
    app.register_error_handler(CSRFError, unsafe_form)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, database_away)
    app.register_error_handler(CannotBeOpened, cannot_be_opened)
    app.register_error_handler(HTTPException, http_error)
    if not app.testing:
        app.register_error_handler(Exception, unexpected)
