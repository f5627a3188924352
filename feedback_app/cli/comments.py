"""`feedback-app comments`: screening people's own words, and how many wait for whom. Never the words themselves."""

from __future__ import annotations

from pathlib import Path

import click

from feedback_app.cli.running import Refused, application, note, now, place, reading, scope, today, writing
from feedback_app.services import safeguarding
from feedback_app.services.commenting import Admitted, count_unscreened, screen_waiting

NOBODY = "NONE. Nobody is told of anything. Invite somebody today."
ALL = "all comments"  # the subject in the audit log


@click.group("comments")
def comments() -> None:
    """Screen what people wrote, and see how much waits to be read."""


@comments.command("screen")
def screen() -> None:
    """Screen the comments that came in before there was screening; those that raise a flag are held."""
    with application():
        screening = place().screening
        if screening is None:
            raise Refused("There is no screening.yaml: nothing can be screened, and no comment is open.")
        done = Admitted()
        while True:
            with writing() as db:
                admitted = screen_waiting(db, scope(), screening, today=today())
                if not admitted.comments:
                    break
                note(db, "comments screened", ALL)
            done += admitted
    click.echo(f"Screened: {done.comments:,}. Held: {done.held:,}. To be read: {done.to_read:,}.")


@comments.command("waiting")
def waiting() -> None:
    """Say how many comments wait for a safeguarding reader, and whether anybody with that role can sign in."""
    with application(), reading() as db:
        unscreened = count_unscreened(db, scope())
        found = safeguarding.count_waiting(db, scope(), now().date())
        readers = safeguarding.list_readers(db, scope())
    click.echo(f"Flagged: {found.flagged:,}. Children's without a flag: {found.others:,}. Late: {found.overdue:,}.")
    if unscreened:
        click.echo(f"Not screened yet: {unscreened:,}. Screen them with: feedback-app comments screen")
    click.echo(f"Safeguarding readers: {', '.join(readers) or NOBODY}")


@comments.command("check")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path | None) -> None:
    """Check the cues of screening: the partnership's own, or those in FILE."""
    with application():
        found = place().shelf.load_screening(file)
    if found is None:
        raise Refused("There is no screening.yaml: nothing is screened, and no comment is open.")
    click.echo(f"The cues are sound: version {found.screener.version}, {len(found.screener.names)} kinds of danger.")
