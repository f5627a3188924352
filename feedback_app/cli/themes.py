"""`feedback-app themes`: the themes that people's words are coded by, and what is done with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from feedback_app.cli.running import Refused, application, shelf
from feedback_app.domain.codeframe import Codeframe, Theme

NOTHING = "There is no codeframe.yaml: comments are kept and read, and nobody codes them by theme."
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("themes")
def themes() -> None:
    """Look at the themes of what people say, and code comments by them."""


@themes.command("check")
@click.argument("file", required=False, type=FILE)
@click.option("--quiet", is_flag=True, help="Show what is wrong and nothing else.")
def check(file: Path | None, quiet: bool) -> None:
    """Check the partnership's codeframe, or any codeframe FILE: its themes, cues and references to the plan.

    A FILE with a plan.yaml beside it is checked against that plan, any other against its own priorities.
    """
    with application():
        found = shelf().load_codeframe(file)
    if found is None:
        raise Refused(NOTHING)
    if not quiet:
        for line in codeframe_lines(found):
            click.echo(line)


def codeframe_lines(codeframe: Codeframe) -> Iterator[str]:
    """Yield the codeframe in lines: what it is, and each theme under its priority with its cues and references."""
    number = sum(_cues_of(theme) for theme in codeframe.themes)
    yield f"{codeframe.title}, {codeframe.name} version {codeframe.version}. {codeframe.status}".strip()
    yield f"{len(codeframe.themes)} themes, {len(codeframe.priorities)} priorities, {number:,} cues. Nothing is wrong."
    names = {priority.key: priority.name for priority in codeframe.priorities}
    for key, under in codeframe.by_priority.items():
        if under:
            yield ""
            yield f"{key} {names[key]}" if key else "Of no one priority"
            yield from (_theme_line(theme) for theme in under)


def _theme_line(theme: Theme) -> str:
    cues = _cues_of(theme)
    told = f"{cues} {'cue' if cues == 1 else 'cues'}" if cues else "no cue suggests it"
    also = f"; also {', '.join(theme.also_priorities)}" if theme.also_priorities else ""
    plan = f"; plan {', '.join(theme.plan_references)}" if theme.plan_references else ""
    return f"  {theme.code}: {theme.name}. {told}{also}{plan}"


def _cues_of(theme: Theme) -> int:
    return len(theme.cues) + len(theme.young_cues) + len(theme.case_sensitive_cues)
