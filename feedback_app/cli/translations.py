"""`feedback-app translations`: texts for translators."""

from __future__ import annotations

from pathlib import Path

import click

from feedback_app.cli.running import application, settings, shelf


@click.group("translations")
def translations() -> None:
    """Work with translations."""


@translations.command("collect")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the .pot file.")
def collect(output: Path | None) -> None:
    """Collect all texts of the pages and the surveys into one file for translators."""
    with application():
        path = output or settings().translations_dir / "messages.pot"
        number = shelf().write_texts(path)
    click.echo(f"{number} texts are in {path}.")
