"""`feedback-app demo`: invented data to look around with."""

from __future__ import annotations

from collections.abc import Iterator

import click
from sqlalchemy.orm import Session

from feedback_app.cli.running import (
    Refused,
    application,
    first_language,
    note,
    now,
    place,
    scope,
    settings,
    shelf,
    taking,
    writing,
)
from feedback_app.services import demonstrating, demonstrating_talks
from feedback_app.services import demonstrating_comments as comments
from feedback_app.services.accounts import DEMONSTRATION_PASSWORD
from feedback_app.services.demonstrating import Seeded
from feedback_app.services.fielding import list_waves
from feedback_app.services.tagging import languages_of


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
        with writing() as db:
            # First those who read: children are asked for their own words only where somebody reads them.
            staff = demonstrating.seed_staff(db, scope(), list(shelf().load_workstreams())) if _is_shown() else ()
            made = list(_seed_surveys(db, answers))
            if made and _is_shown() and all(wave.demonstration for wave in list_waves(db, scope())):
                for line in _seed_comments(db):
                    click.echo(line)
        click.echo("The demonstration data is there.")
        for address in staff:
            click.echo(f"Sign in as {address} with the password {DEMONSTRATION_PASSWORD}")


def _is_shown() -> bool:
    """Return whether this is a demonstration, with accounts for everybody who looks around."""
    return settings().demonstration


def _seed_surveys(db: Session, answers: int | None) -> Iterator[Seeded]:
    """Make each survey's waves, and yield them."""
    planted, today = shelf().load_demonstration(), now().date()
    for document in [shelf().load_document(name) for name in shelf().list_surveys()]:
        own = planted.of(document.instrument.name)
        for made in demonstrating.seed_survey(
            db, scope(), document, today, first_language(), answers, own, place().screening, young_words=_is_shown()
        ):
            click.echo(f"{made.wave.slug}: {made.answers} invented answers")
            taking().take_snapshot(db, made.wave.slug)
            note(db, "demonstration seeded", made.wave.slug)
            yield made


def _seed_comments(db: Session) -> Iterator[str]:
    """Bring in other voices, hold talks, then do with all comments what is done with them; yield what was done."""
    here, today = place(), now().date()
    districts = [district.code for district in here.partnership.districts]
    number = comments.seed_voices(db, scope(), here.screening, today, here.first_locale, districts)
    yield f"Other voices: {number} invented ones"
    yield f"Let's Talk: {demonstrating_talks.seed_talks(db, here, now())} invented talks"
    codeframe = here.codeframe
    if codeframe is None:
        return
    comments.read_children(db, scope(), today)
    tagged = comments.tag_all(db, scope(), codeframe, languages_of(here))
    read = comments.read_some(db, scope(), codeframe, today)
    cleared = comments.clear_some(db, scope(), today)
    yield f"Invented comments: {tagged} tagged, {read} of them read, {cleared} cleared to be quoted"
