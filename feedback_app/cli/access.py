"""`feedback-app access`: who may open what."""

from __future__ import annotations

import json

import click
from flask import current_app

from feedback_app.cli.running import application
from feedback_app.domain.scope import Role
from feedback_app.services.access_table import Door, Way, documents_of, list_doors, markdown_of


@click.group("access")
def access() -> None:
    """Say who may do what."""


@access.command("table")
@click.option("--markdown", "form", flag_value="markdown", help="As the tables of docs/access.md.")
@click.option("--json", "form", flag_value="json", help="For programs.")
def table(form: str | None) -> None:
    """List every address of the program with who may open it, as the program itself enforces it. Needs no database."""
    with application():
        doors = list_doors(current_app.url_map.iter_rules(), current_app.view_functions)
    if form == "markdown":
        click.echo(markdown_of(doors), nl=False)
    elif form == "json":
        click.echo(json.dumps(documents_of(doors), indent=2, ensure_ascii=False))
    else:
        for door in doors:
            click.echo(f"{', '.join(door.methods)}\t{door.address}\t{_who(door)}")


def _who(door: Door) -> str:
    """Return for whom an address is, in a few words."""
    if door.anybody:
        return "anybody"
    ways = {role: door.way_of([role]) for role in Role}
    if all(way is Way.OPEN for way in ways.values()):
        return "all staff"
    said = {Way.OPEN: "", Way.YOUNG: " (young people's surveys)"}
    return ", ".join(f"{role.value}{said[way]}" for role, way in ways.items() if way is not Way.SHUT)
