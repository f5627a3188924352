"""Home, help, privacy, accessibility, languages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from feedback_app.domain.wave import last_day
from feedback_app.extensions import db
from feedback_app.services import fielding
from feedback_app.services.fielding import OpenSurvey
from feedback_app.web import clock
from feedback_app.web.access import public, scope
from feedback_app.web.languages import language_links, page_language

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


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    """List what is open."""
    found = fielding.list_open(db.session, scope(), clock.today(), page_language().locale)
    entries = [_entry(survey) for survey in found]
    primary = next((entry for entry in entries if entry["audience"] == "parent_carer"), entries[0] if entries else None)
    return render_template(
        "public/home.html", open_surveys=entries, primary=primary, thrown_away=session.pop("thrown_away", False)
    )


@blueprint.get("/help")
@public
def help() -> ResponseReturnValue:  # noqa: A001 - the page's own name
    """Say whom to turn to."""
    return render_template("public/help.html")


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Say what is kept, for how long, and what never is."""
    return render_template("public/privacy.html")


@blueprint.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """Say how far the pages can be used by everybody."""
    return render_template("public/accessibility.html")


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
