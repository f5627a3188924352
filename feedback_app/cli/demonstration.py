"""`feedback-app demo`: invented data to look around with."""

from __future__ import annotations

import click

from feedback_app.cli.running import (
    Refused,
    application,
    first_language,
    note,
    now,
    scope,
    settings,
    shelf,
    taking,
    writing,
)
from feedback_app.services import demonstrating
from feedback_app.services.accounts import DEMONSTRATION_PASSWORD


@click.group("demo")
def demonstration() -> None:
    """Fill an empty program with invented answers."""


@demonstration.command("seed")
@click.option("--answers", type=click.IntRange(0, 100_000), help="How many answers each wave gets.")
def seed(answers: int | None) -> None:
    """Give every survey without a wave two of them, last year's and an open one, with invented answers."""
    with application():
        if settings().environment == "production":
            raise Refused("Invented answers have no place beside real ones: FEEDBACK_ENVIRONMENT is production.")
        documents = [shelf().load_document(name) for name in shelf().list_surveys()]
        planted = shelf().load_demonstration()
        with writing() as db:
            for document in documents:
                own = planted.of(document.instrument.name)
                for made in demonstrating.seed_survey(
                    db, scope(), document, now().date(), first_language(), answers, own
                ):
                    click.echo(f"{made.wave.slug}: {made.answers} invented answers")
                    taking().take_snapshot(db, made.wave.slug)
                    note(db, "demonstration seeded", made.wave.slug)
            staff = demonstrating.seed_staff(db, scope()) if settings().demonstration else ()
        click.echo("The demonstration data is there.")
        for address in staff:
            click.echo(f"Sign in as {address} with the password {DEMONSTRATION_PASSWORD}")
