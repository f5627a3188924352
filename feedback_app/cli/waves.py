"""`feedback-app wave`: opening, closing and listing waves, and links to them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import click
from sqlalchemy.orm import Session

from feedback_app.cli import running
from feedback_app.cli.running import (
    Refused,
    application,
    first_language,
    note,
    now,
    own_up_to_exact_figures,
    place,
    policy,
    reading,
    scope,
    shelf,
    taking,
    theme_freezing,
    writing,
)
from feedback_app.cli.surveys import line_for
from feedback_app.domain.disclosure.gate import total_safe
from feedback_app.domain.texts import as_data, checksum
from feedback_app.domain.wave import is_open, last_day, overlap
from feedback_app.services import closing, fielding, linking, summarising, telling
from feedback_app.services.auditing import ALL_WAVES
from feedback_app.services.summarising import WaveLine

DAY = click.DateTime(["%Y-%m-%d"])
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 80
WAITS = (
    "Too few new answers have come in: the first figures need enough of them, and no group that is shown may change "
    "by a few people."
)


NOBODY_READS = (
    "Comments wait for a safeguarding reader, and nobody with that role can sign in. Nobody is told of them. Invite "
    "somebody today: People, in the pages for administrators."
)


@click.group("wave")
def waves() -> None:
    """Open and close waves of a survey."""


@waves.command("list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="How to print it.")
@click.option("--exact", is_flag=True, help="Exact numbers, for the operator alone; goes into the audit log.")
@click.option("--reason", default="", help="Why exact figures are needed, for the audit log.")
def list_them(form: str, exact: bool, reason: str) -> None:
    """List all waves, the newest first, with about how many answered."""
    with application():
        with reading() as db:
            lines = summarising.list_summaries(db, scope(), policy(), first_language())
            numbers = summarising.count_waves_exactly(db, scope()) if exact else {}
            nobody_reads = telling.lacks_reader(db, scope())
        if exact:
            own_up_to_exact_figures(ALL_WAVES, reason)
        rows = [
            _row(line, numbers[line.wave.slug] if exact else line.number.as_total()) for line in lines if line.number
        ]
    if nobody_reads:
        click.echo(NOBODY_READS, err=True)
    if form == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(_line(row, exact))
    if not rows:
        click.echo("There are no waves yet.")


def _line(row: dict[str, Any], exact: bool) -> str:
    """Return a wave as one line."""
    number, until = row["responses"], row["last_day"] or "no end"
    shown = f"fewer than {number['fewer_than']}" if isinstance(number, dict) else f"{'' if exact else 'about '}{number}"
    marks = " (demonstration)" if row["demonstration"] else ""
    return f"{row['slug']}  {row['survey']}  {row['state']}  {row['opens_on']} to {until}  {shown} answers{marks}"


def _row(line: WaveLine, number: int | dict[str, int]) -> dict[str, Any]:
    """Return what is told of a wave; the number of responses is protected unless exact ones were asked for."""
    wave, day = line.wave, now().date()
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
        "responses": number,
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
        if texts_open and document.instrument.text_switch and place().screening is None:
            raise Refused("--texts-open: there is no screening.yaml, so nothing would screen what children write.")
        with writing() as db:
            _refuse_beside(db, slug, document.instrument.slug, opens_on, closed_from)
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
        click.echo(f"{wave.slug} is there: {place().site_address.rstrip('/')}/surveys/{wave.survey_slug}")
        click.echo(f"Version {document.instrument.version} is frozen. Its line for fielded.yaml:")
        click.echo(f"  {survey}: {{{document.instrument.version}: {total}}}")


def _refuse_beside(db: Session, slug: str, survey_slug: str, opens_on: date, closed_from: date | None) -> None:
    """Raise Refused when another wave of the survey is open on some of the same days: people can only be led to one."""
    for other in fielding.list_waves(db, scope()):
        same = other.survey_slug == survey_slug and other.slug != slug
        if same and overlap(other.opens_on, other.closed_from, opens_on, closed_from):
            until = f"until {other.closed_from - timedelta(days=1)}" if other.closed_from else "until it is closed"
            why = f"{other.slug} of the same survey is open from {other.opens_on} {until}."
            raise Refused(f"{why} Close it first (wave close --wave {other.slug}), or choose other days.")


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
    """Close a wave from today on and tell the SEND team. What was begun may still be finished for some days."""
    with application(), writing() as db:
        closed = closing.close_wave(db, scope(), slug, now().date(), policy(), first_language())
        if not closed.changed:
            click.echo(f"{slug} was closed already.")
            return
        note(db, "wave closed", slug)
        click.echo(f"{slug} is closed from {closed.wave.closed_from} on. Messages to the SEND team: {closed.told}.")


@waves.command("invited")
@click.option("--wave", "slug", required=True, help="The wave's name; see them with: wave list")
@click.option("--people", type=click.IntRange(min=1), help="How many people are on the list.")
@click.option("--no-list", is_flag=True, help="There is no list, or not everybody on it was invited.")
def invited(slug: str, people: int | None, no_list: bool) -> None:
    """Say how many were invited, when everybody on a list was: ranges then shrink with the share that answered.

    Never for a link that anybody can pass on.
    """
    if (people is None) != no_list:
        raise Refused("Say --people with a number, or --no-list.")
    with application(), writing() as db:
        wave = fielding.set_invited(db, scope(), slug, people)
        note(db, "wave's list of invited set", slug, str(people or "no list"))
        said = f"{wave.invited} people were invited" if wave.invited else "there is no list of people invited"
        click.echo(f"{slug}: {said}.")


@waves.command("snapshot")
@click.option("--wave", "slug", required=True, help="The wave's name; see them with: wave list")
def snapshot(slug: str) -> None:
    """Bring the figures that workstream leads see up to date now, if no few people can be told from the change.

    The jobs do the same at night, less often while answers come in, so that fewer have to wait in the end.
    """
    with application():
        taken = taking().bring_up_to_date(slug, _apart)
        themes = theme_freezing()
        if themes and themes.bring_up_to_date(slug, _apart):
            click.echo(f"{slug}: workstream leads now see what people say as of today, too.")
        if taken is None:
            click.echo(f"{slug}: nothing new. {WAITS}")
            return
        with writing() as db:
            note(db, "wave snapshot taken", slug)
            wave = fielding.get_wave(db, scope(), slug)
            minors = fielding.get_instrument(db, wave.version_id, first_language()).minors
        answers = total_safe(taken.responses, policy(), minors).as_total()
        click.echo(f"{slug}: workstream leads now see the figures of {taken.taken_on}, of about {answers} answers.")


def _apart(step: Callable[[Session], Any], *, reading: bool = False) -> Any:
    """Return what a step does, in a transaction of its own."""
    with running.reading() if reading else writing() as db:
        return step(db)


@waves.command("link")
@click.option("--wave", "slug", required=True, help="The wave's name; see them with: wave list")
@click.option("--kind", type=click.Choice(linking.KINDS), required=True, help="Where the link is used.")
def link(slug: str, kind: str) -> None:
    """Make a link to a wave for one school, session, kiosk or batch of paper; it names none of them."""
    with application(), writing() as db:
        wave, collector = linking.add_link(db, scope(), slug, kind)
        note(db, "wave link made", slug, kind)
        title = fielding.get_instrument(db, wave.version_id, first_language()).title
        click.echo(f"{place().site_address.rstrip('/')}/surveys/{wave.survey_slug}?via={collector}")
        click.echo(f"A {kind} link to “{title}”. Give it to one {kind} only, so that they can be counted.", err=True)
