"""`feedback-app summary`: a wave's figures."""

from __future__ import annotations

import json
from typing import Any

import click

from feedback_app.cli.running import application, first_language, own_up_to_exact_figures, policy, reading, scope
from feedback_app.services import summarising


@click.command("summary")
@click.option("--wave", "slug", required=True, help="The wave's name; see them with: wave list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="How to print it.")
@click.option("--exact", is_flag=True, help="Unprotected counts, for the operator alone; goes into the audit log.")
@click.option("--reason", default="", help="Why exact figures are needed, for the audit log.")
def summary(slug: str, form: str, exact: bool, reason: str) -> None:
    """Sum up a wave; protected, so that its figures point to nobody."""
    with application():
        with reading() as db:
            found = (
                summarising.count_wave_exactly(db, scope(), slug, first_language())
                if exact
                else summarising.summarise_wave(db, scope(), slug, policy(), first_language())
            )
        if exact:
            own_up_to_exact_figures(slug, reason)
    data, instrument = found.as_dict(), found.instrument
    if form == "json":
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    click.echo(f"{data['wave']}: {instrument.title}")
    click.echo(f"Responses: {_said(data['responses'])}")
    for item in data["items"]:
        click.echo(line_for(item, instrument.items[item["code"]].text))


def line_for(item: dict[str, Any], text: str) -> str:
    """Return one item as a line: its id, base, headline and question."""
    headline = item.get("headline")
    shown = "no headline"
    if isinstance(headline, dict):
        low, high = headline.get("low"), headline.get("high")
        interval = f" ({_figure(low)} to {_figure(high)})" if low is not None and high is not None else ""
        shown = f"{_said(headline['name'])} {_figure(headline.get('value'))}{interval}"
    elif headline:
        shown = str(headline)
    if item.get("withheld"):
        shown = f"withheld ({_said(item['withheld'])})"
    return f"{item['code']:8} {shown:44} base {_said(item['base']):10} {text}"


def _figure(value: Any) -> str:
    """Return a figure with one decimal at most."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, int | float) else _said(value)


def _said(value: Any) -> str:
    """Return a value that may be a number, words or nothing as it is printed."""
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_said(part)}" for name, part in value.items() if part is not None)
    return "not shown" if value is None else str(value).replace("_", " ")
