"""`feedback-app themes tag`: tag any file of comments; and `themes tag-waiting`: tag what has come in."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import click
from sqlalchemy.exc import DBAPIError

from feedback_app.cli.running import Failed, Refused, application, named_places, place, reading, scope, shelf
from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import State, Valence
from feedback_app.services.tagging import find_model, languages_of
from feedback_app.services.tagging_file import (
    COLUMNS,
    HELD,
    SAFEGUARDING,
    Layout,
    Looked,
    Looking,
    Writing,
    look_at,
    read_comments,
    read_layout,
)
from feedback_app.theming.apart import Asking, Recipe, taggers

FEW = 300  # comments that are tagged sooner than other processes have started
MOST_PROCESSES = 8
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NO_CODEFRAME = "There is no codeframe.yaml. Name one: --codeframe FILE"
NO_SCREENING = (
    "There is no screening.yaml, so nobody looks for comments that tell of danger first. Put one there, or say "
    "--tag-flagged if you may work with comments that nobody has screened."
)
STATES = {
    State.SURE: "with themes, all of them sure",
    State.REVIEW: "with themes that a reader should look at",
    State.NONE: "without a theme",
    State.PERSON: "in a language for a person to read",
}


@click.command("tag")
@click.argument("file", type=FILE)
@click.option("--column", required=True, help="The heading of the comments.")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The new CSV file.")
@click.option("--codeframe", "codeframe_file", type=FILE, help="Another codeframe than the partnership's.")
@click.option(
    "--asked",
    type=click.Choice([Valence.GOING_WELL.value, Valence.NEEDS_CHANGE.value]),
    help="What the question asked for, if all comments answer one question.",
)
@click.option("--tag-flagged", is_flag=True, help="Tag also what a safeguarding reader should read first.")
@click.option("--processes", type=click.IntRange(1, MOST_PROCESSES), help="One a processor, if you do not say.")
@click.option("--force", is_flag=True, help="Write over an output that is there already.")
def tag(
    file: Path,
    column: str,
    output: Path,
    codeframe_file: Path | None,
    asked: str | None,
    tag_flagged: bool,
    processes: int | None,
    force: bool,
) -> None:
    """Tag the comments of a CSV FILE: every row comes out again, with columns added.

    Comments that may tell of danger get no theme: their state is "held", and a safeguarding reader should read them.
    """
    _check_output(file, output, force)
    with application():
        recipe = _recipe(codeframe_file)
        looking = Looking(place().screener, tag_flagged)
        if looking.screener is None and not tag_flagged:
            raise Refused(NO_SCREENING)
        question = Valence(asked) if asked else None
        number = processes or min(MOST_PROCESSES, os.cpu_count() or 1)
        with file.open("rb") as opened:
            layout = read_layout(opened, column)
            with _written_whole(output, layout) as written:
                counted = _tag(
                    opened, layout, Writing(written, layout, recipe.codeframe), recipe, looking, question, number
                )
    _tell(layout, counted, output)


@click.command("tag-waiting")
def tag_waiting() -> None:
    """Tag the comments that have come in and wait. The jobs do this by themselves every minute."""
    with application() as app:
        runner = app.extensions["jobs"].only(named_places())
        done = 0
        while now := runner.tag_waiting():
            done += now
        click.echo(f"Comments tagged: {done:,}.")


def _tag(
    opened: BinaryIO,
    layout: Layout,
    writing: Writing,
    recipe: Recipe,
    looking: Looking,
    asked: Valence | None,
    processes: int,
) -> dict[str, int]:
    """Tag row by row and write each; return how many of each state and flag there are."""
    counted: dict[str, int] = {}
    rows = (((cells, words), Asking(words, asked)) for cells, words in read_comments(opened, layout))
    with _looker(recipe, looking, processes, layout.rows) as look, _bar(layout.rows) as bar:
        for (cells, words), looked in look(rows):
            writing.write(cells, words, looked)
            for name in (looked.tagged.state.value if looked.tagged else HELD, *looked.flags):
                counted[name] = counted.get(name, 0) + 1
            bar.update(1)
    return counted


@contextmanager
def _looker(recipe: Recipe, looking: Looking, processes: int, rows: int) -> Iterator[Any]:
    """Yield what looks at (key, asking) one after another: in processes of its own where there is much to do."""
    if rows > FEW:
        try:
            with taggers(recipe, look_at, looking, processes) as apart:
                yield apart.look_at
        except BrokenProcessPool as broken:
            raise Failed(
                "A process that tags came to an end, perhaps for want of memory. Try --processes 1"
            ) from broken
        return
    tagger = recipe.tagger()

    def look(comments: Any) -> Iterator[tuple[Any, Looked]]:
        for key, asking in comments:
            yield key, look_at(tagger, asking, looking)

    yield look


def _recipe(codeframe_file: Path | None) -> Recipe:
    """Return what the tagger is made of: the codeframe, and what was learnt of it here where something is in use."""
    codeframe = shelf().load_codeframe(codeframe_file.resolve() if codeframe_file else None)
    if codeframe is None:
        raise Refused(NO_CODEFRAME)
    return Recipe(codeframe, _model(codeframe), languages_of(place()))


def _model(codeframe: Codeframe) -> Any:
    """Return what was learnt and is in use; a file can be tagged where there is no database, by cues alone."""
    try:
        with reading() as db:
            return find_model(db, scope(), codeframe)
    except DBAPIError:
        click.echo("The database cannot be read: themes are found by their cues alone.", err=True)
        return None


def _check_output(file: Path, output: Path, force: bool) -> None:
    """Raise Refused rather than lose a file."""
    if output.exists() and output.samefile(file):
        raise Refused("The output would take the place of the file itself. Name another with --output.")
    if output.exists() and not force:
        raise Refused(f"{output} is there already. Name another, or say --force to write over it.")
    if not output.absolute().parent.is_dir():
        raise Refused(f"There is no folder {output.parent}.")


@contextmanager
def _written_whole(output: Path, layout: Layout) -> Iterator[TextIO]:
    """Yield a file that takes its place only when all of it is written."""
    encoding = "utf-8-sig" if layout.has_bom else "utf-8"
    with tempfile.TemporaryDirectory(dir=output.absolute().parent, prefix=".tagging-") as folder:
        whole = Path(folder) / "whole.csv"
        with whole.open("w", encoding=encoding, errors="replace", newline="") as written:
            yield written
        whole.replace(output)


def _bar(length: int) -> Any:
    return click.progressbar(length=length, label="Tagging", file=sys.stderr, hidden=not sys.stderr.isatty())


def _tell(layout: Layout, counted: dict[str, int], output: Path) -> None:
    """Say what was found, and what is to be done about it."""
    click.echo(
        f"Rows in: {layout.rows:,}. Rows out, in {output}: {layout.rows:,}. Columns added: {', '.join(COLUMNS)}."
    )
    for state, words in STATES.items():
        click.echo(f"  {counted.get(state, 0):,} {words}")
    if counted.get(HELD):
        click.echo(f"  {counted[HELD]:,} held back: a safeguarding reader should read them now")
    elif counted.get(SAFEGUARDING):
        click.echo(f"  {counted[SAFEGUARDING]:,} flagged: a safeguarding reader should read them now")
