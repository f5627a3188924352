"""`feedback-app summary`: a wave's figures, and what changed since an earlier wave."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from feedback_app.cli import breakdown_lines, figure_lines, wave_lines
from feedback_app.cli.running import (
    Failed,
    Refused,
    application,
    first_language,
    own_up_to_exact_figures,
    place,
    policy,
    reading,
    scope,
    shelf,
    writing_between,
)
from feedback_app.cli.wave_lines import InWave
from feedback_app.domain.dimensions import WAVE
from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.domain.instrument import TextItem
from feedback_app.domain.partnership import Geography
from feedback_app.reports.summary_csv import Changes, summary_csv
from feedback_app.services import breaking_down, comparing, exporting, summarising
from feedback_app.services.breaking_down import WaveBreakdown
from feedback_app.services.comparing import WaveComparison
from feedback_app.services.showing import settle_and_release
from feedback_app.services.summarising import ExactWave
from feedback_app.services.wave_summary import WaveSummary

EXACT_ALONE = "Exact figures are of one wave, unweighted, as table or json: leave out --compare, --weighted and csv."

ONE_EACH = "Name one thing after each --by: {}"
WHAT_BY = "Say what to break {item} down by: summary --wave {slug} --by district --item {item}"
WAVES_OF_ONE = "Waves stand side by side for one question at a time: name it with --item."
WAVES_ALONE = "--by wave stands alone. Groups of an earlier wave: name that wave with --wave."
LEAST_WAVES = 2
BY_ALONE = (
    "Groups are of one wave, protected and unweighted: name them with --by, without --compare, --weighted, --exact."
)


@click.command("summary")
@click.option("--wave", "slug", required=True, help="The wave's name; see them with: wave list")
@click.option("--compare", "earlier", help="An earlier wave of the same survey: also say what changed since then.")
@click.option(
    "--by",
    multiple=True,
    help="Break the answers down: by district, help plan (provision) ..., two at most; or by wave.",
)
@click.option("--item", help="With --by: one question alone, such as PC06.")
@click.option("--weighted", is_flag=True, help="Also print weighted figures, and compare by them, where that may be.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", help="How to print it.")
@click.option("--exact", is_flag=True, help="Unprotected counts, for the operator alone; goes into the audit log.")
@click.option("--reason", default="", help="Why exact figures are needed, for the audit log.")
def summary(
    slug: str,
    earlier: str | None,
    by: tuple[str, ...],
    item: str | None,
    weighted: bool,
    form: str,
    exact: bool,
    reason: str,
) -> None:
    """Sum up a wave, or break it down by group; protected, so that its figures point to nobody."""
    if by or item:
        if exact or earlier or weighted:
            raise Refused(BY_ALONE)
        _check_by(slug, by, item)
        with application():
            (_print_by_wave if by == (WAVE,) else _print_by_group)(slug, by, item, form)
        return
    if exact and (earlier or weighted or form == "csv"):
        raise Refused(EXACT_ALONE)
    with application():
        if exact:
            _print_exactly(slug, form, reason)
            return
        found, compared = _found(slug, earlier, weighted=weighted)
        titles = place().scale_titles
    if weighted:
        _say_what_is_not_weighted(found, compared)
    if form == "json":
        comparison = {"comparison": compared.as_dict()} if compared else {}
        _print_json(found.as_dict() | comparison)
    elif form == "csv":
        click.echo(_as_csv(found, compared, titles, weighted=weighted), nl=False)
    else:
        for line in figure_lines.summary_lines(found, titles, weighted=weighted):
            click.echo(line)
        for line in ("", *figure_lines.comparison_lines(compared, titles)) if compared else ():
            click.echo(line)


def _check_by(slug: str, by: tuple[str, ...], item: str | None) -> None:
    """Raise Refused with what to type instead where --by and --item do not go together."""
    if not by:
        raise Refused(WHAT_BY.format(slug=slug, item=item))
    if any("," in name for name in by):
        names = (name.strip() for one in by for name in one.split(","))
        raise Refused(ONE_EACH.format(" ".join(f"--by {name}" for name in names if name)))
    if WAVE in by and len(by) > 1:
        raise Refused(WAVES_ALONE)
    if WAVE in by and not item:
        raise Refused(WAVES_OF_ONE)


def _print_by_wave(slug: str, _by: tuple[str, ...], code: str | None, form: str) -> None:
    """Print one question beside the earlier waves that asked it alike."""
    population, language = place().population, first_language()
    with reading() as db:
        waves = breaking_down.list_waves_alike(db, scope(), slug, code or "")
        if len(waves) < LEAST_WAVES:
            raise Refused(f"No earlier wave asked {code} alike, so there is nothing to set beside {slug}.")
        every = [summarising.summarise_wave(db, scope(), one.slug, policy(), language, population) for one in waves]
    tables = [next(table for table in found.release if table.code == code) for found in every]
    beside = [InWave(found, table) for found, table in zip(every, tables, strict=True)]
    item = every[-1].instrument.items[code or ""]
    if isinstance(item, TextItem):
        raise Refused(f"{slug} has no question {code} whose answers are broken down.")
    if form == "json":
        _print_json(wave_lines.waves_as_dict(item, beside))
    elif form == "csv":
        click.echo(wave_lines.waves_csv(item, beside, every[-1].instrument.title), nl=False)
    else:
        for line in wave_lines.wave_lines(item, beside):
            click.echo(line)


def _print_by_group(slug: str, by: tuple[str, ...], item: str | None, form: str) -> None:
    """Print the answers by group; the ledger has what two at once show before it is printed."""
    geography = place().geography
    found = _released(slug, by, item, geography)
    if form == "json":
        _print_json(found.as_dict())
        return
    names = breakdown_lines.group_names(found, shelf().load_scales().breakdowns, geography)
    if form == "csv":
        words = breakdown_lines.breakdown_words(found, names)
        click.echo(exporting.export_breakdown_csv(found, words).decode("utf-8-sig"), nl=False)
        return
    for line in breakdown_lines.breakdown_lines(found, names, policy().rounding):
        click.echo(line)


def _released(slug: str, by: tuple[str, ...], item: str | None, geography: Geography) -> WaveBreakdown:
    with reading() as db:

        def settle() -> WaveBreakdown:
            return breaking_down.break_down(
                db, scope(), slug, by, policy(), language=first_language(), geography=geography, item=item
            )

        found = settle_and_release(db, scope(), Audience.SEND_TEAM, settle, writing_between)
    if found is None:
        raise Failed("Others looked at the same groups just now. Nothing was shown; run the command again.")
    return found


def _found(slug: str, earlier: str | None, *, weighted: bool) -> tuple[WaveSummary, WaveComparison | None]:
    """Return a wave summed up and, where an earlier one is named, what changed since then."""
    population, language = place().population, first_language()
    with reading() as db:
        found = summarising.summarise_wave(db, scope(), slug, policy(), language, population)
        if earlier is None:
            return found, None
        return found, comparing.compare_waves(
            db, scope(), slug, earlier, policy(), population=population, weighted=weighted, language=language
        )


def _say_what_is_not_weighted(found: WaveSummary, compared: WaveComparison | None) -> None:
    """Say why there are no weighted figures, or why changes are compared by unweighted ones."""
    if not found.weighting.published:
        why = figure_lines.why_unweighted(found.weighting)
        click.echo(f"{found.wave.slug} has no weighted figures: {why}. Its figures are unweighted.", err=True)
    if compared and not compared.weighted and not compared.before.weighting.published:
        why = figure_lines.why_unweighted(compared.before.weighting)
        click.echo(f"{compared.before.wave.slug} has no weighted figures: {why}.", err=True)
    if compared and not compared.weighted:
        click.echo("The waves are compared by unweighted figures.", err=True)


def _as_csv(found: WaveSummary, compared: WaveComparison | None, titles: Mapping[str, str], *, weighted: bool) -> str:
    """Return the figures as CSV, with what changed beside them; scale -> title."""
    asked = {code: item.text for code, item in found.instrument.items.items()}
    changes = None
    if compared:
        asked = {code: item.text for code, item in compared.before.instrument.items.items()} | asked
        families = [(family.name, family.m, family.changes) for family in compared.families]
        changes = Changes(families, compared.refused)
    return summary_csv(
        found.wave.slug, {**titles, **asked}, found.number, found.release, weighted=weighted, changes=changes
    )


def _print_exactly(slug: str, form: str, reason: str) -> None:
    """Print exact counts and unrounded figures; the audit log says who asked."""
    with reading() as db:
        found = summarising.count_wave_exactly(db, scope(), slug, first_language())
    own_up_to_exact_figures(slug, reason)
    if form == "json":
        _print_json(found.as_dict())
        return
    click.echo(f"{found.wave.slug}: {found.instrument.title}")
    click.echo(f"Responses: {found.responses}")
    for line in _exact_lines(found):
        click.echo(line)


def _exact_lines(found: ExactWave) -> list[str]:
    """Return one line an item: its exact base, headline and question."""
    lines = []
    for item in found.as_dict()["items"]:
        shown, headline = "no headline", item["headline"]
        if headline and headline["value"] is not None:
            ends = "" if headline["low"] is None else f" ({headline['low']:.1f} to {headline['high']:.1f})"
            shown = f"{headline['name'].replace('_', ' ')} {headline['value']:.1f}{ends}"
        text = found.instrument.items[item["code"]].text
        lines.append(f"{item['code']:8} {shown:36} base {item['base']:<8} {text}")
    return lines


def _print_json(data: dict[str, Any]) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
