"""`feedback-app population`: the people whom answers are compared with and weighted to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from feedback_app.cli.running import Refused, application, shelf
from feedback_app.domain.population import MARGINS, PLACES, Fact, Frame, Population
from feedback_app.domain.scales import Breakdown

NOTHING = "There is no population.yaml: answers are compared with nobody and not weighted."
NO_FRAME = "There is no frame: answers are not weighted, and nobody knows who was not heard."


@click.group("population")
def population() -> None:
    """Look at what answers are compared with, and bring in better numbers."""


@population.command("show")
def show() -> None:
    """Show what is known about the people here, with source and date, and what is not."""
    with application():
        found, breakdowns = shelf().load_population(), shelf().load_scales().breakdowns
    if found is None:
        click.echo(NOTHING)
        return
    for line in (*_frame_lines(found.frame, breakdowns), "", *_fact_lines(found)):
        click.echo(line)


@population.command("check")
@click.argument("table", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(table: Path | None) -> None:
    """Check the population's file; or a TABLE of people (CSV: district,age_band,provision,people) to bring in."""
    with application():
        shelf().check_population()
        found, breakdowns = shelf().load_population(), shelf().load_scales().breakdowns
        if table is None:
            click.echo("The population's file is sound." if found else NOTHING)
            return
        counted = shelf().load_table(table)
    if found is None or found.frame is None:
        raise Refused(NO_FRAME)
    rows, districts = len(counted.people), len(counted.margins["district"])
    click.echo(f"{table.name} is sound: {rows} rows, {districts} districts, {counted.total:,} people.")
    for name in MARGINS:
        click.echo(_margin_line(name, counted.margins[name], found.frame, breakdowns))
    click.echo("Published totals to hold it against:")
    for fact in found.facts:
        if fact.value is not None:
            click.echo(f"  {fact.value:,} {_said(fact)}")
    click.echo(
        f"To use it, put it beside population.yaml and say there: table: {table.name} (instead of margins and "
        "taken_from), with its source, date and place."
    )


def _frame_lines(frame: Frame | None, breakdowns: Mapping[str, Breakdown]) -> list[str]:
    """Return what is known of the people whom answers are weighted to."""
    if frame is None:
        return [NO_FRAME]
    people = "how many is not known" if frame.people is None else f"{frame.people:,} people"
    lines = [
        f"Answers to {', '.join(frame.surveys)} are weighted to: {frame.covers}, {people}",
        f"Source: {frame.source} ({frame.date}), counted {PLACES[frame.place]}",
    ]
    lines += [_margin_line(name, frame.margins[name], frame, breakdowns) for name in MARGINS if name in frame.margins]
    if frame.unknown:
        names = ", ".join(_title(name, breakdowns) for name in frame.unknown)
        lines.append(f"Not known, so not weighted on: {names}")
    return lines


def _margin_line(name: str, people: Mapping[str, int], frame: Frame, breakdowns: Mapping[str, Breakdown]) -> str:
    """Return one margin: its groups with people and percent."""
    whole = sum(people.values())
    told = [
        f"{_group(name, code, key, breakdowns)} {people[key]:,} ({100 * people[key] / whole if whole else 0:.0f}%)"
        for key, code in frame.groups[name].items()
    ]
    return f"  {_title(name, breakdowns)}: {', '.join(told)}"


def _fact_lines(found: Population) -> list[str]:
    """Return the facts with their parts, source and date, and the notes."""
    lines = [f"Facts about {found.area}:"]
    for fact in found.facts:
        lines.append(f"  {_number(fact.value, fact.percent)}{_said(fact)}")
        lines += [f"    {_number(part.value, part.percent)}{part.what}" for part in fact.parts]
    return [*lines, *(f"Note: {note}" for note in found.notes)]


def _said(fact: Fact) -> str:
    return f"{fact.what} ({fact.source}, {fact.date}; counted {fact.place})"


def _number(value: int | None, percent: float | None) -> str:
    if value is not None:
        return f"{value:,} "
    return "" if percent is None else f"{percent:g}% "


def _title(name: str, breakdowns: Mapping[str, Breakdown]) -> str:
    return breakdowns[name].title if name in breakdowns else name


def _group(name: str, code: int, key: str, breakdowns: Mapping[str, Breakdown]) -> str:
    return breakdowns[name].groups.get(code, key) if name in breakdowns else key
