"""`feedback-app responses import`: an earlier wave, or another tool's export."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

import click

from feedback_app.cli.running import (
    FAILED,
    Refused,
    application,
    first_language,
    note,
    now,
    place,
    reading,
    scope,
    shelf,
    writing,
)
from feedback_app.domain.import_rows import HANDED_OVER, TOO_LITTLE
from feedback_app.services import fielding
from feedback_app.services.importing import ImportReport, Incoming, apply_import, check_import, import_key

WHY = {
    TOO_LITTLE: "too few answers to count as a response",
    HANDED_OVER: "somebody answered in another's place",
}


@click.group("responses")
def responses() -> None:
    """Bring in responses from files."""


@responses.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--survey", required=True, help="The survey's name; see them with: survey list")
@click.option("--wave", "slug", required=True, help="The wave to bring them into; see them with: wave list")
@click.option(
    "--map",
    "map_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A YAML file: which column answers which question, and which label is which code.",
)
@click.option("--apply", "really", is_flag=True, help="Write them. Without this, the file is only checked.")
@click.option("--another-file", is_flag=True, help="Write, though nothing of the file is known to a wave with imports.")
@click.pass_context
def import_them(
    ctx: click.Context, file: Path, survey: str, slug: str, map_file: Path, really: bool, another_file: bool
) -> None:
    """Check a CSV file, and with --apply bring all of it in, or nothing. The same file twice changes nothing."""
    with application(), tempfile.TemporaryFile() as spool:
        incoming, report = _check(file, survey, slug, map_file, spool if really else None)
        _tell(report)
        if report.problem_count:
            click.echo("Nothing was written.")
            ctx.exit(FAILED)
        if not really:
            click.echo("Nothing was written: this was the check. Run it again with --apply.")
            return
        if report.looks_like_the_same_again and not another_file:
            raise Refused(_same_again(report))
        if not report.new:
            click.echo("There is nothing to write.")
            return
        with writing() as db, _bar(report.new + report.known, "Writing") as bar:
            added = apply_import(db, scope(), incoming, spool, lambda done: bar.update(done - bar.pos))
            note(db, "responses imported", slug)
        click.echo(f"Responses added to {slug}: {added:,}.")


def _check(file: Path, survey: str, slug: str, map_file: Path, spool: BinaryIO | None) -> tuple[Incoming, ImportReport]:
    """Read the whole file, with a bar that shows how far, and return what it holds."""
    plan = shelf().load_map(map_file)
    with reading() as db, file.open("rb") as opened:
        wave = fielding.get_wave(db, scope(), slug)
        instrument = fielding.get_instrument(db, wave.version_id, first_language())
        if instrument.name != survey:
            raise Refused(f"{slug} is a wave of {instrument.name}, not of {survey}.")
        key = import_key(db, wave)
        incoming = Incoming(opened, plan, wave, instrument, first_language(), now().date(), key, place().screening)
        with _bar(file.stat().st_size, "Checking") as bar:
            report = check_import(db, incoming, spool, lambda read: bar.update(read - bar.pos))
    return incoming, report


def _bar(length: int, label: str) -> Any:
    """Return a bar that shows how far a command is, where somebody is watching."""
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


def _tell(report: ImportReport) -> None:
    """Say what a file holds, problems first."""
    for problem in report.problems:
        click.echo(problem, err=True)
    if report.problem_count > len(report.problems):
        click.echo(f"... and {report.problem_count - len(report.problems):,} problems more", err=True)
    click.echo(f"Rows: {report.rows:,}. New: {report.new:,}. In the wave already: {report.known:,}.")
    for why, rows in sorted(report.left_out.items()):
        click.echo(f"Rows left out, {WHY[why]}: {rows:,}.")
    if report.off_path:
        click.echo(
            f"Answers left out: {report.off_path:,}. This survey would not have asked those questions. "
            "Say routes: theirs in the map to keep them."
        )
    if report.looks_like_the_same_again and not report.problem_count:
        click.echo(_same_again(report))


def _same_again(report: ImportReport) -> str:
    """Return the warning that a file may be in the wave already, read by another map."""
    return (
        f"The wave has {report.imported_before:,} imported responses, and none of this file's rows is among them. "
        "If it is the same file read by a changed map, its answers would count twice. If it is another one, "
        "say --another-file."
    )
