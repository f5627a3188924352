"""Pages of a wave's answers by group: all questions by one breakdown, one question by one or two; and their files."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import ServiceUnavailable

from feedback_app.domain.dimensions import WAVE, dimensions_of, may_cross
from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.errors import BreakdownRefused
from feedback_app.domain.instrument import Instrument
from feedback_app.extensions import db
from feedback_app.services import auditing, breaking_down, exporting
from feedback_app.services.breaking_down import WaveBreakdown
from feedback_app.services.showing import settle_and_release
from feedback_app.store.engine import turn_to_write
from feedback_app.web.access import scope
from feedback_app.web.languages import page_language
from feedback_app.web.noting import seen
from feedback_app.web.team import phrases
from feedback_app.web.team.group_words import (
    both_words,
    breakdown_file_words,
    by_words,
    geography,
    how_rounded,
    why_private,
)
from feedback_app.web.team.groups import (
    QuestionGroups,
    in_sections,
    question_by_group,
)
from feedback_app.web.team.hidden_words import counts_of, what_hidden
from feedback_app.web.team.views import (
    WORKBOOK,
    as_of,
    audience,
    blueprint,
    get_summary,
    policy,
    reads_figures,
    tables_file,
)

WITH = "with"
LEAST_WAVES = 2


def ways_of(instrument: Instrument) -> list[str]:
    """Return what a survey's answers can be broken down by, in the order shown."""
    return [one.name for one in dimensions_of(instrument, geography())]


def said_by(name: str, **_arguments: object) -> str:
    """Return by what a page shows groups, as the audit log has it."""
    other = request.args.get(WITH, "")
    return f"by {name} and {other}" if other and "item" in _arguments else f"by {name}"


@blueprint.get("/waves/<slug>/by/<name>")
@reads_figures
@seen(auditing.GROUPS_SEEN, said_by)
def by_group(slug: str, name: str) -> ResponseReturnValue:
    """Show all questions of a wave by one breakdown, each with its main figure."""
    found = broken_down(slug, _asked_by(slug, name))
    whole = tables_of(slug)
    shown = {table.code: question_by_group(found, table, whole.get(table.code)) for table in found.tables}
    return render_template(
        "team/by_group.html",
        found=found,
        heading=both_words(found.by),
        sections=in_sections(found, shown),
        other_links=[
            (by_words(other), url_for("team.by_group", slug=slug, name=other))
            for other in ways_of(found.instrument)
            if other != name
        ],
        as_of=_day_of(found),
        files=files_of("team.by_group", slug=slug, name=name),
        what_hidden=what_hidden(counts_of(found.tables)),
        **said(),
    )


@blueprint.get("/waves/<slug>/by/<name>/<item>")
@reads_figures
@seen(auditing.GROUPS_SEEN, said_by)
def question(slug: str, name: str, item: str) -> ResponseReturnValue:
    """Show one question of a wave by one breakdown, or with `?with=` by two."""
    other = request.args.get(WITH, "")
    found = broken_down(slug, _asked_by(slug, name, item), item)
    (table,) = found.tables
    shown = question_by_group(found, table, tables_of(slug).get(item))
    return render_template(
        "team/by_group_question.html",
        heading=shown.question,
        by=both_words(found.by),
        shown=shown,
        others=other_ways(slug, found.instrument, item, name),
        crossings=_crossings(found, name, other, item),
        wave=found.wave,
        as_of=_day_of(found),
        back={"url": url_for("team.by_group", slug=slug, name=name), "text": by_words(name)},
        compared=[],
        says_more=_says_more(found, shown),
        what_hidden=what_hidden(counts_of(found.tables)),
        files=files_of("team.question", slug=slug, name=name, item=item, **({WITH: other} if other else {})),
        **said(),
    )


def _day_of(found: WaveBreakdown) -> str:
    snapshot = found.seen.snapshot
    return as_of(snapshot.taken_on if snapshot else None)


def said(*, in_groups: bool = True) -> dict[str, Any]:
    """Return what every page of groups says of its figures; ``in_groups`` is False where all are of whole waves."""
    return {"caveat": phrases.caveat(), "why_private": why_private(), "how_rounded": how_rounded(in_groups=in_groups)}


def tables_of(slug: str) -> dict[str, SafeTable]:
    """Return item -> the table of everybody who answered a wave."""
    return {table.code: table for table in get_summary(slug).release}


def files_of(endpoint: str, **arguments: Any) -> list[tuple[str, str]]:
    """Return the links to a page's files."""
    return [
        (_("Workbook (XLSX)"), url_for(f"{endpoint}_workbook", **arguments)),
        (_("Plain table (CSV)"), url_for(f"{endpoint}_csv", **arguments)),
    ]


def other_ways(slug: str, instrument: Instrument, item: str, name: str) -> list[tuple[str, str]]:
    """Return the links to the same question by something else."""
    names = [other for other in ways_of(instrument) if other != name]
    if name != WAVE and len(breaking_down.list_waves_alike(db.session, scope(), slug, item, audience())) >= LEAST_WAVES:
        names.append(WAVE)
    return [(by_words(other), question_address(slug, other, item)) for other in names]


def question_address(slug: str, name: str, item: str, other: str = "") -> str:
    """Return where a question is shown by a breakdown, or by two."""
    more: dict[str, Any] = {WITH: other} if other else {}
    if name == WAVE:
        return url_for("team.question_by_wave", slug=slug, item=item, **more)
    return url_for("team.question", slug=slug, name=name, item=item, **more)


def _crossings(found: WaveBreakdown, name: str, other: str, item: str) -> list[tuple[str, str]]:
    """Return the links to the same question by this and something else at once, or back to this alone."""
    slug = found.wave.slug
    if other:
        return [(_("%(by)s alone", by=by_words(name)), question_address(slug, name, item))]
    first = next(one for one in found.dimensions if one.name == name)
    crossed = [one.name for one in found.dimensions if may_cross(first, one)]
    return [(by_words(one), question_address(slug, name, item, one)) for one in crossed]


def broken_down(slug: str, by: tuple[str, ...], item: str | None = None) -> WaveBreakdown:
    """Return a breakdown that may be shown now: one by two at once is written into the ledger before (R4)."""
    reader = audience()

    def settle() -> WaveBreakdown:
        return breaking_down.break_down(
            db.session,
            scope(),
            slug,
            by,
            policy(),
            language=page_language().locale,
            geography=geography(),
            item=item,
            audience=reader,
        )

    found = settle_and_release(db.session, scope(), reader, settle, turn_to_write)
    if found is None:
        raise ServiceUnavailable
    return found


@blueprint.get("/waves/<slug>/by/<name>/tables.csv", endpoint="by_group_csv")
@blueprint.get("/waves/<slug>/by/<name>/<item>/tables.csv", endpoint="question_csv")
@reads_figures
def breakdown_csv(slug: str, name: str, item: str | None = None) -> ResponseReturnValue:
    """Send the breakdowns of a page as CSV."""
    found = _asked_for(slug, name, item)
    content = exporting.export_breakdown_csv(found, breakdown_file_words(found))
    return tables_file(slug, content, _file_name(found, item, "csv"), "text/csv")


@blueprint.get("/waves/<slug>/by/<name>/tables.xlsx", endpoint="by_group_workbook")
@blueprint.get("/waves/<slug>/by/<name>/<item>/tables.xlsx", endpoint="question_workbook")
@reads_figures
def breakdown_workbook(slug: str, name: str, item: str | None = None) -> ResponseReturnValue:
    """Send the breakdowns of a page as a workbook."""
    found = _asked_for(slug, name, item)
    content = exporting.export_breakdown_workbook(found, breakdown_file_words(found))
    return tables_file(slug, content, _file_name(found, item, "xlsx"), WORKBOOK)


def _asked_for(slug: str, name: str, item: str | None) -> WaveBreakdown:
    return broken_down(slug, _asked_by(slug, name, item), item)


def _asked_by(slug: str, name: str, item: str | None = None) -> tuple[str, ...]:
    """Return by what an address asks, up to two things; raise BreakdownRefused for more, or two of all questions."""
    others = [other for other in request.args.getlist(WITH) if other]
    if len(others) > 1:
        raise BreakdownRefused(slug, (name, *others), "too_many")
    if others and item is None:
        raise BreakdownRefused(slug, (name, *others), "one_question")
    return (name, *others)


def _says_more(found: WaveBreakdown, shown: QuestionGroups) -> dict[str, str] | None:
    """Return the way to the same question by what a breakdown adds up to, where most of its groups show no share."""
    if not shown.mostly_hidden:
        return None
    parents = {one.name: one.parent for one in found.dimensions}
    first, *other = (parents[name] or name for name in found.by)
    if (first, *other) == found.by:
        return None
    address = question_address(found.wave.slug, first, shown.id, "".join(other))
    return {"url": address, "text": both_words((first, *other))}


def _file_name(found: WaveBreakdown, item: str | None, kind: str) -> str:
    return "-".join([found.wave.slug, *([item.lower()] if item else []), "by", *found.by]) + f".{kind}"
