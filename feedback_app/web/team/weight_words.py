"""Weighted figures in words: how answers are weighted, what that changes, and why there may be none."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.instrument import Item
from feedback_app.domain.weighting.weighing import (
    CHILDREN,
    DESIGN_EFFECT,
    LEAST_PEOPLE,
    NO_FRAME,
    NO_MARGIN,
    NOT_CONVERGED,
    OTHER_SURVEY,
    SMALL_CELL,
    TOO_FEW,
)
from feedback_app.services.wave_summary import WeightingFacts
from feedback_app.web.languages import in_page_language
from feedback_app.web.team import phrases
from feedback_app.web.team.methods import Step

MUCH = 5  # points between weighted and plain figure, over which the page speaks of it


def dimension_name(breakdown: str) -> str:
    """Return what people are told apart by, as it stands within a sentence."""
    return {
        "provision": _("help plan"),
        "age_band": _("age"),
        "district": _("home district"),
        "helped": _("alone or with help"),
        "setting": _("place of learning"),
    }[breakdown]


def weighted_sentence(table: SafeTable) -> str:
    """Return what stands beside a headline that weights move by more than 5 points; nothing for any other."""
    apart = _points_apart(table)
    if apart is None or apart <= MUCH:
        return ""
    value = phrases.figure_value(table.weighted[0])
    return _("With weights: %(value)s. That is about %(points)s points away: look at who answered.",
             value=value, points=format_decimal(apart))  # fmt: skip


def weight_step(item: Item, table: SafeTable, facts: WeightingFacts) -> Step:
    """Return the weighted figures of an item with their ranges, or why there are none."""
    about = _("Weights")
    if facts.reasons:
        return Step(about, tuple(why_no_weights(facts.reasons)))
    if not table.weighted:
        return Step(about, (_("Shares of single answers are never weighted."),))
    said = [
        _("%(name)s: %(value)s with weights (%(range)s), from %(answers)s.",
          name=phrases.figure_name(item, figure.name), value=phrases.figure_value(figure),
          range=phrases.range_of(figure), answers=phrases.answers_in_all(figure.base))
        for figure in table.weighted
        if figure.value is not None and figure.low is not None
    ]  # fmt: skip
    held = dict.fromkeys(figure.reason for figure in table.weighted if figure.reason)
    said += [_("Not shown with weights: %(reason)s.", reason=phrases.reason(reason)) for reason in held]
    apart = _points_apart(table)
    if apart is not None:
        said.append(_apart(apart))
    return Step(about, (*said, *_covers(facts)))


def _apart(points: int) -> str:
    number = format_decimal(points)
    said = ngettext(
        "Plain and weighted figure are about %(number)s point apart.",
        "Plain and weighted figure are about %(number)s points apart.",
        points,
        number=number,
    )
    return f"{said} {_('Look at who answered.')}" if points > MUCH else said


def _points_apart(table: SafeTable) -> int | None:
    """Return how far the shown headline and its weighted figure lie apart, None where one is not shown."""
    plain, weighted = table.headline, table.weighted[0] if table.weighted else None
    if plain is None or weighted is None or plain.value is None or weighted.value is None:
        return None
    return abs(plain.value - weighted.value)


def _covers(facts: WeightingFacts) -> list[str]:
    if not facts.covers:
        return []
    return [_("Weighted figures are of these alone: %(covers)s.", covers=in_page_language(facts.covers))]


def weighting_step(facts: WeightingFacts) -> Step:
    """Return how a whole wave is weighted, or why it is not."""
    about = _("Weights")
    if facts.reasons:
        return Step(about, (*why_no_weights(facts.reasons), *_unknown(facts)))
    names = ", ".join(dimension_name(margin) for margin in facts.margins)
    said = [
        _("Groups that were heard less count for more, so that their shares match (raking). We match: %(names)s.",
          names=names),
        *_covers(facts),
        *_unknown(facts),
    ]  # fmt: skip
    if facts.merged:
        joined = ", ".join(dimension_name(margin) for margin in facts.merged)
        said.append(_("Small groups were put together first: %(names)s.", names=joined))
    if facts.effective_n is not None and facts.design_effect is not None:
        said.append(
            _(
                "Weights make figures less sure: as sure as from about %(number)s answers (design effect %(effect)s).",
                number=format_decimal(facts.effective_n),
                effect=format_decimal(facts.design_effect),
            )
        )
    return Step(about, tuple(said))


def _unknown(facts: WeightingFacts) -> list[str]:
    if not facts.unknown or not facts.covers:
        return []
    names = ", ".join(dimension_name(margin) for margin in facts.unknown)
    return [_("We cannot match these, as nobody has told us the numbers: %(names)s.", names=names)]


def why_no_weights(reasons: Sequence[str]) -> list[str]:
    """Return why a wave has no weighted figures, a sentence each."""
    words = {
        CHILDREN: _("Answers of children and young people are never weighted."),
        NO_FRAME: _("We do not know how many families there are of each kind, so we do not weight."),
        OTHER_SURVEY: _("We have no numbers of families to weight this survey to."),
        NO_MARGIN: _("We do not know how many families there are of each kind, so we do not weight."),
        TOO_FEW: _("No weighted figures: they need %(number)s answers from the families we can count.",
                   number=format_decimal(LEAST_PEOPLE)),
        SMALL_CELL: _("No weighted figures: too few answered from one of the groups."),
        NOT_CONVERGED: _("No weighted figures: no weights fit all the numbers at once."),
        DESIGN_EFFECT: _("No weighted figures: a few answers would count for too much."),
    }  # fmt: skip
    return list(dict.fromkeys(words[reason] for reason in reasons))
