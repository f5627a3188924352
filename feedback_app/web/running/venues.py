"""Venues: where talks are held, what they have, and how to get in."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_app.domain.permissions import Permission
from feedback_app.domain.talks.planning import LONGEST_ACCESS, LONGEST_ADDRESS, LONGEST_POSTCODE, Typed
from feedback_app.domain.talks.talk import LONGEST_NAME, VenueFacts
from feedback_app.extensions import db
from feedback_app.services import planning_venues
from feedback_app.store import talks
from feedback_app.web import talk_words
from feedback_app.web.access import place, scope, staff
from feedback_app.web.running import blueprint
from feedback_app.web.running.planning_forms import read_form


@blueprint.get("/venues")
@staff(Permission.RUN_TALKS)
def venues() -> ResponseReturnValue:
    """Show the venues, those in use first, with what each has."""
    in_use = {venue.id for venue in talks.list_venues(db.session, scope())}
    found = talks.list_venues(db.session, scope(), in_use=False)
    features = talk_words.programme().features_by_key
    return render_template(
        "running/venues.html",
        venues=sorted(found, key=lambda venue: venue.id not in in_use),
        in_use=in_use,
        features={
            venue.id: [talk_words.label_of(features[key]) for key in venue.features if key in features]
            for venue in found
        },
        said=talk_words,
    )


@blueprint.get("/venues/new")
@staff(Permission.RUN_TALKS)
def new_venue() -> ResponseReturnValue:
    """Ask for a venue: where it is, what it has, how to get in."""
    return _page(Typed({"in_use": ["yes"]}), {}, None)


@blueprint.post("/venues/new")
@staff(Permission.RUN_TALKS)
def add_venue() -> ResponseReturnValue:
    """Add a venue, or say what to mend."""
    return _keep(None)


@blueprint.get("/venues/<uuid:venue_id>")
@staff(Permission.RUN_TALKS)
def venue(venue_id: uuid.UUID) -> ResponseReturnValue:
    """Show a venue's form with what is known of it."""
    found = _find(venue_id)
    in_use = any(one.id == venue_id for one in talks.list_venues(db.session, scope()))
    fields = {
        "name": [found.name],
        "address": [found.address],
        "postcode": [found.postcode],
        "district": ["" if found.district is None else str(found.district)],
        "features": list(found.features),
        "access": [found.access],
        "in_use": ["yes"] if in_use else [],
    }
    return _page(Typed(fields), {}, found)


@blueprint.post("/venues/<uuid:venue_id>")
@staff(Permission.RUN_TALKS)
def change_venue(venue_id: uuid.UUID) -> ResponseReturnValue:
    """Change a venue, or say what to mend."""
    return _keep(_find(venue_id))


def _find(venue_id: uuid.UUID) -> VenueFacts:
    found = talks.list_venues(db.session, scope(), in_use=False)
    return next((one for one in found if one.id == venue_id), None) or abort(404)


def _keep(found: VenueFacts | None) -> ResponseReturnValue:
    planning_venues.take_turn(db.session, scope())
    typed = read_form()
    features = [feature.key for feature in talk_words.programme().features if feature.key in typed.many("features")]
    told: dict[str, Any] = {
        "name": typed.line("name"),
        "address": typed.line("address"),
        "postcode": typed.line("postcode").upper(),
        "district": next((code for code in _districts() if str(code) == typed.one("district")), None),
        "features": features,
        "access": typed.one("access"),
        "in_use": found is None or "yes" in typed.many("in_use"),
    }
    if found is None and planning_venues.is_kept(db.session, scope(), told):  # the same press came twice
        flash(_("The venue is kept."))
        return redirect(url_for("running.venues"), 303)
    wrong = _wrong(typed, found)
    if wrong:
        return _page(typed, wrong, found), 422
    planning_venues.keep_venue(db.session, scope(), found, told)
    flash(_("The venue is kept."))
    return redirect(url_for("running.venues"), 303)


def _districts() -> list[int]:
    return [district.code for district in place().partnership.districts]


def _wrong(typed: Typed, found: VenueFacts | None) -> dict[str, str]:
    """Return field -> how to mend it."""
    wrong, name = {}, typed.line("name")
    others = [one for one in talks.list_venues(db.session, scope(), in_use=False) if not found or one.id != found.id]
    too_long = _("Shorten this to %(number)s letters at the most")
    if not name:
        wrong["name"] = _("Write what the venue is called")
    elif len(name) > LONGEST_NAME:
        wrong["name"] = too_long % {"number": LONGEST_NAME}
    elif any(one.name.casefold() == name.casefold() for one in others):
        wrong["name"] = _("There is a venue called so already. Change that one, or give this one another name")
    if not typed.line("address"):
        wrong["address"] = _("Write the address, so that families find it")
    for field, most in (("address", LONGEST_ADDRESS), ("postcode", LONGEST_POSTCODE), ("access", LONGEST_ACCESS)):
        if len(typed.one(field)) > most:
            wrong[field] = too_long % {"number": most}
    return wrong


def _page(typed: Typed, wrong: dict[str, str], found: VenueFacts | None) -> str:
    programme = talk_words.programme()
    return render_template(
        "running/venue.html",
        venue=found,
        typed=typed,
        wrong=wrong,
        lines=[(f"#{name}", sentence) for name, sentence in wrong.items()],
        features=[(feature.key, talk_words.label_of(feature)) for feature in programme.features],
        districts=[(district.code, district.name) for district in place().partnership.districts],
    )
