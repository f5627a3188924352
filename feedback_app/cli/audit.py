"""`feedback-app audit`: who did what with answers."""

from __future__ import annotations

import click

from feedback_app.cli.running import application, in_local_time, reading, scope
from feedback_app.services import auditing


@click.command("audit")
@click.option("--wave", "slug", help="Only what was done with this wave.")
def audit(slug: str | None) -> None:
    """List who opened and closed waves, brought answers in, took rows out or saw exact figures: when, and why."""
    with application(), reading() as db:
        for entry in auditing.list_actions(db, scope(), slug):
            reason = f"\t{entry.reason}" if entry.reason else ""
            click.echo(f"{in_local_time(entry.at)}\t{entry.actor}\t{entry.action}\t{entry.subject}{reason}")
