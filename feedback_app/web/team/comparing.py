"""The page that says what changed between two waves of one survey, and what cannot be said."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _

from feedback_app.extensions import db
from feedback_app.reports.change_charts import HEIGHT, axis_labels, reach
from feedback_app.services import auditing
from feedback_app.services.comparing import Family, WaveComparison, compare_waves
from feedback_app.web.access import place, scope
from feedback_app.web.languages import in_page_language, page_language
from feedback_app.web.noting import seen
from feedback_app.web.team import changed, phrases, verdicts
from feedback_app.web.team.changed import FamilyView, Waves
from feedback_app.web.team.views import audience, blueprint, policy, reads_figures
from feedback_app.web.team.weight_words import why_no_weights

YES = "1"
SCALES = "scales"


@blueprint.get("/waves/<slug>/compared-with/<earlier>")
@reads_figures
@seen(auditing.COMPARISON_SEEN, lambda earlier, **_others: f"with {earlier}")
def compared(slug: str, earlier: str) -> ResponseReturnValue:
    """Show what changed since an earlier wave; with `?weighted=1` by weighted figures, where both waves have them."""
    weighted = request.args.get("weighted") == YES
    comparison = _compared(slug, earlier, weighted=weighted)
    other = _compared(slug, earlier, weighted=not weighted) if comparison.may_be_weighted else None
    return render_template("team/compared.html", **page_of(comparison, other))


def _compared(slug: str, earlier: str, *, weighted: bool) -> WaveComparison:
    """Return the comparison of two waves in the language of the page; raise SurveyUnknown, WavesNotComparable."""
    return compare_waves(
        db.session,
        scope(),
        slug,
        earlier,
        policy(),
        language=page_language().locale,
        population=place().population,
        weighted=weighted,
        audience=audience(),
    )


def page_of(comparison: WaveComparison, other: WaveComparison | None) -> dict[str, Any]:
    """Return all that the page shows of a comparison, in the language of the page; `other` counts the other way."""
    waves = _named(comparison)
    made = [change for family in comparison.families for change in family.changes]
    span = reach(made)
    return {
        "comparison": comparison,
        "waves": waves,
        "findings": [*changed.findings(made, waves), *(_the_other_way(comparison, other) if other else [])],
        "caveat": phrases.caveat(),
        "answered": [
            (waves.then, comparison.before, phrases.answers_in_all(comparison.before.number)),
            (waves.now, comparison.after, phrases.answers_in_all(comparison.after.number)),
        ],
        "detectable": _detectable(comparison),
        "weights": _weights(comparison, waves),
        "weights_link": _weights_link(comparison),
        "families": [_family(family, waves, span) for family in comparison.families if family.m],
        "axis_labels": axis_labels(span, {points: verdicts.side(points) for points in (-span, 0, span)}),
        "lane_height": HEIGHT,
        "refusals": changed.refusals(comparison.refused, waves),
        "mixes": changed.mixes(comparison.who_before, comparison.who_after),
    }


def _named(comparison: WaveComparison) -> Waves:
    """Call both waves by the month they opened in, by the day where the month is the same."""
    days = comparison.before.wave.opens_on, comparison.after.wave.opens_on
    pattern = "d MMMM y" if days[0].replace(day=1) == days[1].replace(day=1) else "MMMM y"
    then, now = (format_date(day, pattern) for day in days)
    return Waves(then, now, comparison.before.instrument, comparison.after.instrument)


def _the_other_way(shown: WaveComparison, other: WaveComparison) -> list[str]:
    """Return how many changes are clear when counted the other way, and how many of them are clear both ways."""
    clear, there = (
        {change.code for family in found.families for change in family.changes if change.verdict in changed.CLEAR}
        for found in (shown, other)
    )
    if not clear and not there:
        return []
    if not there:
        none = _("With weights no change is clear.") if other.weighted else _("Without weights no change is clear.")
        return [f"{none} {_('Say so when you speak of these.')}"]
    numbers = {"there": format_decimal(len(there)), "both": format_decimal(len(clear & there))}
    if other.weighted:
        return [_("Clear changes with weights: %(there)s. Clear with and without: %(both)s. Speak of both.", **numbers)]
    return [_("Clear changes without weights: %(there)s. Clear with and without: %(both)s. Speak of both.", **numbers)]


def _family(family: Family, waves: Waves, span: int) -> FamilyView:
    return FamilyView(
        name=family.name,
        title=family_title(family.name),
        at_once=verdicts.counted_at_once(family.m, scores=family.name == SCALES),
        detectable=_in_family(family),
        measures=tuple(changed.measure_of(change, waves, span) for change in changed.clear_first(family.changes)),
    )


def _in_family(family: Family) -> str:
    """Return the change that a question of a family would most likely show beside the others, or nothing."""
    if family.detectable is None or family.m == 1:
        return ""
    return _(
        "Beside the others, a question here with the usual number of answers would most likely show a change of "
        "%(points)s points or more.",
        points=format_decimal(family.detectable),
    )


def family_title(name: str) -> str:
    """Return the heading of a family of comparisons; KeyError for one unknown here."""
    return {
        "core": _("Questions that everybody is asked"),
        "modules": _("Questions that some are asked"),
        SCALES: _("Scores made of several questions"),
    }[name]


def _detectable(comparison: WaveComparison) -> str:
    """Return the smallest change that these numbers of answers would most likely show, or nothing when unknown."""
    if comparison.detectable is None or not any(family.changes for family in comparison.families):
        return ""
    points = format_decimal(comparison.detectable)
    effective = comparison.before.weighting.effective_n, comparison.after.weighting.effective_n
    if comparison.weighted and None not in effective:
        then, now = (format_decimal(number) for number in effective)
        return _(
            "Weights make figures less sure: as sure as about %(then)s answers then and %(now)s now would be. With "
            "so many one question, looked at alone, would most likely show a change of %(points)s points or more. A "
            "smaller one we could easily miss.",
            then=then,
            now=now,
            points=points,
        )
    return _(
        "With %(before)s then and %(after)s now, one question that everybody answered, looked at alone, would most "
        "likely show a change of %(points)s points or more. A smaller one we could easily miss.",
        before=phrases.answers_in_all(comparison.before.number),
        after=phrases.answers_in_all(comparison.after.number),
        points=points,
    )


def _weights(comparison: WaveComparison, waves: Waves) -> list[str]:
    """Return whether the figures are weighted, and why they cannot be where a wave has no weighted figures."""
    if comparison.weighted:
        return [
            _("These figures are weighted: groups that were heard less count for more."),
            *_weighted_unlike(comparison),
            *(
                _("Weighted figures are of these alone: %(covers)s.", covers=in_page_language(covers))
                for covers in dict.fromkeys([comparison.before.weighting.covers, comparison.after.weighting.covers])
                if covers
            ),
        ]
    if comparison.may_be_weighted:
        return [_("These figures are not weighted.")]
    sides = {waves.then: comparison.before.weighting.reasons, waves.now: comparison.after.weighting.reasons}
    if len(set(sides.values())) == 1:
        return [_("These figures are not weighted."), *why_no_weights(comparison.after.weighting.reasons)]
    told = [(wave, reason) for wave, reasons in sides.items() for reason in why_no_weights(reasons)]
    return [
        _("These figures are not weighted."),
        *(_("%(wave)s: %(reason)s", wave=wave, reason=reason) for wave, reason in told),
    ]


def _weighted_unlike(comparison: WaveComparison) -> list[str]:
    """Return that the waves are weighted in different ways, where small groups had to be put together in one only."""
    ways = [(side.weighting.margins, dict(side.weighting.merged)) for side in (comparison.before, comparison.after)]
    if ways[0] == ways[1]:
        return []
    return [_("The waves are weighted by different groups, because one of them had too few answers in some.")]


def _weights_link(comparison: WaveComparison) -> dict[str, str] | None:
    """Return the link to the other way of counting, where there are both."""
    if not comparison.may_be_weighted:
        return None
    plain = url_for("team.compared", slug=comparison.after.wave.slug, earlier=comparison.before.wave.slug)
    if comparison.weighted:
        return {"url": plain, "text": _("Show the figures without weights")}
    return {"url": f"{plain}?weighted={YES}", "text": _("Show the weighted figures")}
