"""`feedback-app themes summary`: what people wrote about in a wave, protected, as the SEND team sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click

from feedback_app.cli.running import Refused, application, first_language, place, policy, reading, scope
from feedback_app.domain.disclosure.safe import SafeCount, SafeTable
from feedback_app.domain.theme_figures import READ, UNREAD
from feedback_app.services.theme_summary import ThemeReader, ThemeSummary

NOTHING = "There is no codeframe.yaml, so that nothing is sorted by theme."
WELL, CHANGE = 1, 2
WIDTH = 46  # letters of a theme's name


@click.command("summary")
@click.option("--wave", "slug", required=True, help="The wave's name; see them with: wave list")
@click.option("--priority", help="One priority alone, such as P1.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def summary(slug: str, priority: str | None, as_json: bool) -> None:
    """Say what people wrote about in a wave: each theme with its share, going well against needs to change."""
    with application():
        codeframe = place().codeframe
        if codeframe is None:
            raise Refused(NOTHING)
        keys = [one.key for one in codeframe.priorities]
        if priority is not None and priority not in keys:
            raise Refused(f"There is no priority {priority!r}. There are: {', '.join(keys)}.")
        with reading() as db:
            reader = ThemeReader(db, scope(), codeframe, policy(), place().geography, first_language())
            found = reader.find_summary(slug)
    if found is None:
        raise Refused(f"{slug}: there are no themes yet.")
    if as_json:
        click.echo(json.dumps(found.as_dict(priority), ensure_ascii=False, indent=2))
        return
    for line in summary_lines(found, priority):
        click.echo(line)


def summary_lines(found: ThemeSummary, priority: str | None = None) -> Iterator[str]:
    """Yield a wave's themes in lines, priority by priority; all of it is protected."""
    yield f"{found.instrument.formal_title}, {found.wave.slug}: {people(found.people)} wrote something."
    yield progress_line(found.progress)
    yield "Shares are of those who wrote. One person can write about several themes."
    wanted = [one for one in found.codeframe.priorities if priority in (None, one.key)]
    for one in wanted:
        yield ""
        yield _line(f"{one.key} {one.name}", found, found.of_priority(one.key))
        for theme in found.codeframe.by_priority[one.key]:
            yield _line(f"  {theme.name}", found, found.named(theme.code))
    others = found.codeframe.by_priority[""] if priority is None else ()
    if others:
        yield ""
        yield "Other themes"
        for theme in others:
            yield _line(f"  {theme.name}", found, found.named(theme.code))


def people(count: SafeCount) -> str:
    """Return a protected number of people: "about 150 people" or "fewer than 10 people"."""
    return f"fewer than {count.high + 1} people" if count.value is None else f"about {count.value} people"


def progress_line(progress: SafeTable) -> str:
    """Return how many comments a person has read, in a sentence."""
    counts = {share.code: share.count for share in progress.distribution}
    if READ not in counts or UNREAD not in counts:
        return "How many comments a person has read is not shown: there are few."
    read, whole = counts[READ].as_plain(), progress.base.as_total()
    said = f"fewer than {counts[READ].high + 1}" if counts[READ].value is None else f"about {read}"
    return f"A person has read {said} of about {whole} comments; the program alone sorted the others."


def _line(name: str, found: ThemeSummary, table: SafeTable) -> str:
    figure = table.figures[0]
    if figure.value is None:
        too_few = (figure.reason or "").startswith("fewer_than_")
        return f"{name:<{WIDTH}} {'too few wrote' if too_few else 'kept private'}"
    number = figure.people.as_plain() if figure.people else ""
    share = f"{figure.value:>3}% ({figure.low} to {figure.high}), about {number} people"
    return f"{name:<{WIDTH}} {share}{_manner(found.manner(table))}"


def _manner(manner: SafeTable) -> str:
    percents = {share.code: share.percent for share in manner.distribution}
    parts = [(percents.get(WELL), "going well"), (percents.get(CHANGE), "needs to change")]
    told = [f"{percent}% {words}" for percent, words in parts if percent is not None]
    return f"; {', '.join(told)}" if told else ""
