"""`feedback-app wave`: opening, closing and listing waves, and links to them."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import click
from flask import current_app
from sqlalchemy.orm import Session

from feedback_app.cli.running import (
    Refused,
    application,
    first_language,
    note,
    now,
    reading,
    scope,
    settings,
    shelf,
    writing,
)
from feedback_app.cli.surveys import line_for
from feedback_app.domain.disclosure import total_safe
from feedback_app.domain.texts import as_data, checksum
from feedback_app.domain.wave import is_open, last_day
from feedback_app.services import fielding, linking
from feedback_app.services.posting import notify_wave_closed
from feedback_app.store import responses
from feedback_app.store.waves import WaveFacts, count_responses, list_waves

DAY = click.DateTime(["%Y-%m-%d"])
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 80


@click.group("wave")
def waves() -> None:
    """Open and close waves of a survey."""


@waves.command("list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="How to print it.")
def list_them(form: str) -> None:
    """List all waves, the newest first."""
    with application(), reading() as db:
        counts = responses.count_by_wave(db, scope())
        rows = [_row(wave, counts.get(wave.id, 0)) for wave in list_waves(db, scope())]
    if form == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        marks = " (demonstration)" if row["demonstration"] else ""
        until = row["last_day"] or "no end"
        click.echo(f"{row['slug']}  {row['survey']}  {row['state']}  {row['opens_on']} to {until}{marks}")
    if not rows:
        click.echo("There are no waves yet.")


def _row(wave: WaveFacts, responses_there: int) -> dict[str, Any]:
    """Return what is told of a wave; the number of responses is exact, for the operator alone."""
    day = now().date()
    until = last_day(wave.closed_from)
    to_come = "to come" if day < wave.opens_on else "closed"
    return {
        "slug": wave.slug,
        "survey": wave.survey_slug,
        "state": "open" if is_open(wave.opens_on, wave.closed_from, day) else to_come,
        "opens_on": wave.opens_on.isoformat(),
        "last_day": until.isoformat() if until else None,
        "texts_open": wave.texts_open,
        "demonstration": wave.demonstration,
        "responses": responses_there,
    }


@waves.command("open")
@click.option("--survey", required=True, help="The survey's name; see them with: survey list")
@click.option("--slug", required=True, help="The wave's own name: small letters, figures and dashes.")
@click.option("--opens", type=DAY, help="The first day, such as 2026-11-02; today unless given.")
@click.option("--until", type=DAY, help="The last day; without one, it stays open until it is closed.")
@click.option("--texts-open", is_flag=True, help="Ask children's forms for their own words too; needs a named reader.")
def open_one(survey: str, slug: str, opens: datetime | None, until: datetime | None, texts_open: bool) -> None:
    """Open a wave: freeze the survey as it is now, with all its languages."""
    with application():
        today = now().date()
        opens_on = opens.date() if opens else today
        closed_from = until.date() + timedelta(days=1) if until else None
        if closed_from and closed_from <= opens_on:
            raise Refused("--until is before --opens.")
        check_slug(slug)
        _refuse_errors(survey)
        document = shelf().load_document(survey)
        with writing() as db:
            wave = fielding.field_wave(
                db,
                scope(),
                document,
                slug=slug,
                opens_on=opens_on,
                closed_from=closed_from,
                today=today,
                texts_open=texts_open,
            )
            note(db, "wave opened", slug)
        total = checksum(as_data(document.instrument))
        click.echo(f"{wave.slug} is there: {settings().site_address.rstrip('/')}/surveys/{wave.survey_slug}")
        click.echo(f"Version {document.instrument.version} is frozen. Its line for fielded.yaml:")
        click.echo(f"  {survey}: {{{document.instrument.version}: {total}}}")


def check_slug(slug: str) -> None:
    """Refuse a name that could not stand in an address."""
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise Refused(f"--slug: {slug!r} has something other than small letters, figures and single dashes in between.")


def _refuse_errors(survey: str) -> None:
    """Refuse a survey whose newest version has errors."""
    newest = max(shelf().check([survey]), key=lambda report: report.version)
    if newest.errors:
        shown = "\n".join(line_for(problem) for problem in newest.errors[:10])
        raise Refused(f"{survey} has {len(newest.errors)} to mend before it can be opened:\n{shown}")


@waves.command("close")
@click.option("--wave", "slug", required=True, help="The wave's name; see them with: wave list")
def close_one(slug: str) -> None:
    """Close a wave from today on. What was begun may be finished for seven more days."""
    with application(), writing() as db:
        before = fielding.get_wave(db, scope(), slug)
        wave = fielding.close_wave(db, scope(), slug, now().date())
        if before.closed_from == wave.closed_from:
            click.echo(f"{slug} was closed already.")
            return
        told = _tell_the_team(db, wave)
        note(db, "wave closed", slug)
        click.echo(f"{slug} is closed from {wave.closed_from} on. Messages to the SEND team: {told}.")


def _tell_the_team(db: Session, wave: WaveFacts) -> int:
    """Put a message to each member of the SEND team; it carries the protected number alone. Return how many."""
    instrument = fielding.get_instrument(db, wave.version_id, first_language())
    answered = total_safe(count_responses(db, wave.id), current_app.config["DISCLOSURE"], instrument.minors)
    return notify_wave_closed(db, scope(), slug=wave.slug, title=instrument.title, answered=answered)


@waves.command("link")
@click.option("--wave", "slug", required=True, help="The wave's name; see them with: wave list")
@click.option("--kind", type=click.Choice(linking.KINDS), required=True, help="Where the link is used.")
def link(slug: str, kind: str) -> None:
    """Make a link to a wave for one school, session, kiosk or batch of paper; it names none of them."""
    with application(), writing() as db:
        wave, collector = linking.add_link(db, scope(), slug, kind)
        title = fielding.get_instrument(db, wave.version_id, first_language()).title
        click.echo(f"{settings().site_address.rstrip('/')}/surveys/{wave.survey_slug}?via={collector}")
        click.echo(f"A {kind} link to “{title}”. Give it to one {kind} only, so that they can be counted.", err=True)
