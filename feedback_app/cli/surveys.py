"""`feedback-app survey`: the surveys as files, before they are opened."""

from __future__ import annotations

from pathlib import Path

import click

from feedback_app.cli.running import FAILED, application, shelf, today
from feedback_app.domain.shelf import FileProblem, SurveyReport


@click.group("survey")
def surveys() -> None:
    """Look at the surveys' files."""


@surveys.command("list")
def list_them() -> None:
    """List the surveys there are, with their versions."""
    with application():
        for name in shelf().list_surveys():
            versions = ", ".join(f"v{version}" for version in shelf().list_versions(name))
            document = shelf().load_document(name)
            click.echo(f"{name}  {versions}  /surveys/{document.instrument.slug}  {document.instrument.title}")


@surveys.command("check")
@click.argument("names", nargs=-1)
@click.option("--quiet", is_flag=True, help="Show what is wrong and nothing else.")
@click.pass_context
def check(ctx: click.Context, names: tuple[str, ...], quiet: bool) -> None:
    """Check surveys (all of them, or those named): what is wrong, how long they take, how hard they read.

    The check of all of them also says what the law asks you to say in public and partnership.yaml does not say yet.
    """
    with application():
        reports = shelf().check(names)
        lacking = [] if names else shelf().find_lacking(today())
    for report in reports:
        for problem in (*report.problems, *report.findings):
            click.echo(line_for(problem))
        if not quiet:
            click.echo(summary_of(report))
    for problem in lacking:
        click.echo(line_for(problem))
    wrong = sum(len(report.errors) for report in reports)
    if wrong:
        click.echo(f"{wrong} must be mended before these surveys can be opened.", err=True)
        ctx.exit(FAILED)


def line_for(problem: FileProblem) -> str:
    """Return a problem as one line, its file told from where the command runs."""
    line = str(problem).removeprefix(f"{Path.cwd().as_posix()}/")
    return line if problem.level == "error" else f"{line} (warning)"


def summary_of(report: SurveyReport) -> str:
    """Return one line: length and time of the longest way, the shortest way, reading age."""
    name = f"{report.name} v{report.version}"
    if report.paths is None:
        return f"{name}: {len(report.errors)} to mend"
    ways = report.paths
    return (
        f"{name}: longest way {ways.longest} questions on {ways.pages} pages, about {report.minutes} min; "
        f"shortest {ways.shortest} questions, about {max(1, -(-ways.seconds_shortest // 60))} min; "
        f"reading age {report.reading_age:.1f}"
    )
