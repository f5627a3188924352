"""`feedback-app audit`: who did what, whether the log is as it was written, and the log as a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import click

from feedback_app.cli.running import (
    Failed,
    Refused,
    application,
    in_local_time,
    note,
    now,
    reading,
    scope,
    writing,
)
from feedback_app.domain.audit_chain import START, Broken, Link, Verified, read_link
from feedback_app.domain.audit_search import Sought
from feedback_app.services import auditing

DAY = click.DateTime(["%Y-%m-%d"])
WRONG = {
    "missing": "Entry {number} is missing.",
    "added": "Entry {number} was put in between later.",
    "moved": "Entry {number} does not follow the entry before it.",
    "changed": "Entry {number} has been changed since it was written.",
    "cut": "Entry {number} and those after it are missing: entry {noted} was noted earlier.",
    "rewritten": "Entry {number} is not the one that was noted.",
}

UNGUARDED = (
    "The database no longer protects the log: a trigger that refuses to change or remove entries is missing or off. "
    "Find out who took it away, and put it back as the migration 0005 has it."
)


@click.group("audit")
def audit() -> None:
    """Who saw, changed or took out what; whether the log is as it was written."""


@audit.command("list")
@click.option("--wave", "slug", help="Only what was done with this wave.")
def list_them(slug: str | None) -> None:
    """List who did what, when and why, the oldest first."""
    with application(), reading() as db:
        for entry, _kept in auditing.iterate_kept(db, scope(), Sought(wave=slug)):
            told = [entry.actor, entry.action, entry.subject, *([entry.reason] if entry.reason else [])]
            click.echo("\t".join([in_local_time(entry.at), *map(_in_one_line, told)]))


def _in_one_line(text: str) -> str:
    """Return text as a terminal may print it: no line breaks, tabs or other commands in it."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


@audit.command("verify")
@click.option("--from", "noted", metavar="NUMBER:HASH", help="What was noted earlier: is it still there?")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print it.")
@click.pass_context
def verify(ctx: click.Context, noted: str | None, form: str) -> None:
    """Say whether the log is as it was written. Note its last line elsewhere: --from proves later that it is there."""
    link = _read(noted)
    with application(), reading() as db:
        found, guarded = auditing.verify_log(db, scope(), link), auditing.is_guarded(db)
    if form == "json":
        click.echo(json.dumps({**_told(found, link), "guarded": guarded}, indent=2))
        ctx.exit(1 if found.broken or not guarded else 0)
    if not guarded:
        click.echo(UNGUARDED, err=True)
    if found.broken:
        raise Failed(f"{_sentence(found.broken, link)} Entries that hold before it: {found.entries:,}.")
    click.echo(f"Entries: {found.entries:,}. All are as they were written.")
    if noted:
        click.echo(f"Entry {link.number:,} is the one that was noted.")
    click.echo(f"Note the last one elsewhere: {found.last}")
    ctx.exit(0 if guarded else 1)


def _read(noted: str | None) -> Link:
    """Return what was noted; raise Refused when it is no such thing."""
    try:
        return START if noted is None else read_link(noted)
    except ValueError:
        raise Refused("--from: write the number, a colon and the 64 letters and figures, as verify printed.") from None


def _sentence(broken: Broken, noted: Link) -> str:
    return WRONG[broken.how].format(number=f"{broken.number:,}", noted=f"{noted.number:,}")


def _told(found: Verified, noted: Link) -> dict[str, object]:
    """Return what was found, for other programs."""
    broken = found.broken
    told = broken and {"number": broken.number, "how": broken.how, "said": _sentence(broken, noted)}
    return {
        "holds": broken is None,
        "entries": found.entries,
        "last": {"number": found.last.number, "hash": found.last.hash},
        "broken": told,
    }


@audit.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", help="JSON: one entry a line.")
@click.option("--wave", "slug", help="Only what was done with this wave.")
@click.option("--since", type=DAY, help="The first day, such as 2026-11-02.")
@click.option("--until", type=DAY, help="The last day.")
def export(form: str, slug: str | None, since: datetime | None, until: datetime | None) -> None:
    """Print the log as a file, the oldest entry first; the log itself says so."""
    with application():
        if since and until and until < since:
            raise Refused("--until is before --since.")
        with writing() as db:
            note(db, auditing.LOG_EXPORTED, auditing.LOG, f"of {slug}" if slug else "")
        sought = Sought(wave=slug, since=_midnight(since), until=_midnight(until, days=1))
        with reading() as db:
            kept = auditing.iterate_kept(db, scope(), sought)
            for line in auditing.csv_lines(kept) if form == "csv" else auditing.json_lines(kept):
                click.echo(line, nl=False)


def _midnight(day: datetime | None, days: int = 0) -> datetime | None:
    """Return when a day, or one some days later, begins where the partnership is."""
    if day is None:
        return None
    try:
        return (day + timedelta(days=days)).replace(tzinfo=now().tzinfo).astimezone(UTC)
    except OverflowError:
        raise Refused("That day is too far away.") from None
