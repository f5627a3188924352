"""Home, help, languages, and what the law asks to be said: privacy, accessibility, cookies, whom to write to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from feedback_app.domain.wave import last_day
from feedback_app.extensions import db
from feedback_app.services import fielding, noticing, talk_programme
from feedback_app.services.fielding import OpenSurvey
from feedback_app.web import clock, talk_words
from feedback_app.web.access import place, public, scope
from feedback_app.web.languages import language_links, page_language

NEXT_TALKS = 2

blueprint = Blueprint("public", __name__, template_folder="templates")


def _entry(survey: OpenSurvey) -> dict[str, Any]:
    """Return what the home page says of an open survey."""
    instrument = survey.instrument
    return {
        "slug": instrument.slug,
        "title": instrument.title,
        "minutes": fielding.get_minutes(db.session, survey.wave)[1],
        "closes_on": last_day(survey.wave.closed_from),
        "audience": instrument.audience,
        "voice": instrument.voice,
        "picture": instrument.picture,
        "url": url_for("respond.start", slug=instrument.slug),
    }


def _next_talks() -> list[dict[str, Any]]:
    """Return what the home page says of the next talks; nothing where the partnership holds none."""
    if place().programme is None:
        return []
    timezone = place().partnership.timezone
    return [
        {
            "title": talk.title,
            "picture": talk_words.programme().topics_by_key[talk.topic].picture,
            "when": f"{talk_words.day_words(talk.day)}, {talk_words.time_words(talk.starts)}",
            "where": talk.venue.name if talk.venue else talk_words.way_words(talk.ways[0].way),
            "url": url_for("talks.talk", slug=talk.slug),
        }
        for talk in talk_programme.list_next(db.session, scope(), clock.now(), timezone, NEXT_TALKS)
    ]


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """List what is open, and the next talks."""
    found = fielding.list_open(db.session, scope(), clock.today(), page_language().locale)
    entries = [_entry(survey) for survey in found]
    primary = next((entry for entry in entries if entry["audience"] == "parent_carer"), entries[0] if entries else None)
    return render_template(
        "public/home.html",
        open_surveys=entries,
        primary=primary,
        talks=_next_talks(),
        thrown_away=session.pop("thrown_away", False),
    )


@blueprint.get("/help")
@public
def help() -> ResponseReturnValue:  # noqa: A001 - the page's own name
    """Say whom to turn to."""
    return render_template("public/help.html")


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Say what is kept of answers and of bookings, for how long, and what never is; lead to each survey's notice."""
    found = fielding.list_open(db.session, scope(), clock.today(), page_language().locale)
    surveys = [survey.instrument for survey in found]
    return render_template("public/privacy.html", surveys=surveys, programme=place().programme)


@blueprint.get("/surveys/<slug>/privacy")
@public
def survey_privacy(slug: str) -> ResponseReturnValue:
    """Say of one survey what is asked and kept, why, who reads it, and what people may ask for."""
    notice = noticing.get_notice(db.session, scope(), slug, clock.today(), page_language().locale)
    young = notice.instrument.voice != "family"
    template = "public/notice_young.html" if young else "public/notice.html"
    return render_template(template, notice=notice, instrument=notice.instrument)


@blueprint.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """Say how far the pages can be used by everybody: the statement that the law asks for."""
    return render_template("public/accessibility.html")


@blueprint.get("/cookies")
@public
def cookies() -> ResponseReturnValue:
    """Say what the one cookie holds and for how long."""
    return render_template("public/cookies.html", name=current_app.config["SESSION_COOKIE_NAME"])


@blueprint.get("/contact")
@public
def contact() -> ResponseReturnValue:
    """Say whom to write to."""
    return render_template("public/contact.html")


@blueprint.get("/.well-known/security.txt")
@public
def security() -> ResponseReturnValue:
    """Say where a weakness of the site is reported (RFC 9116); 404 as long as nobody is named."""
    said = place().partnership.duties.security
    if not said.contact or said.expires is None:
        abort(404)
    site = place().site_address.rstrip("/")
    lines = (
        f"Contact: {said.contact}",
        f"Expires: {said.expires.isoformat()}T00:00:00Z",
        f"Preferred-Languages: {', '.join(language.tag for language in place().partnership.languages)}",
        f"Canonical: {site}/.well-known/security.txt",
        f"Policy: {site}/contact#weakness",
    )
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/languages")
@public
def languages() -> ResponseReturnValue:
    """List the languages the pages can be read in."""
    links = language_links()
    for link in links:
        link["url"] = link["url"].removesuffix("/languages") + "/"
    return render_template("public/languages.html", links=links)


@blueprint.get("/healthz")
@public
def health() -> ResponseReturnValue:
    """Say that the program answers."""
    return {"status": "ok"}


@blueprint.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    """Point to the mark."""
    return redirect(url_for("static", filename="mark.svg"))
