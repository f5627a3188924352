"""Invented answers for the demonstration: drawn from known shares, so that what an analysis finds can be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from statistics import NormalDist

from feedback_app.domain.answers import TEXT_GIVEN, Answer, AnswerSheet
from feedback_app.domain.conditions import holds
from feedback_app.domain.demonstration import Spreads
from feedback_app.domain.instrument import (
    ChoiceItem,
    ContextField,
    FacesItem,
    Instrument,
    Item,
    MultiItem,
    NpsItem,
    RatingItem,
    TextItem,
)
from feedback_app.domain.missing import Missing
from feedback_app.domain.routing import is_handed_over
from feedback_app.domain.scoring.figures import NPS_DETRACTORS, NPS_PROMOTERS
from feedback_app.services.demonstration_words import COMMENTS

# The planted differences, this year less last year, in percentage points of the favourable share (favourable up, the
# unfavourable share down by the same), by the type of item. For nps11: of promoters, so that the NPS moves by twice it.
PLANTED: Mapping[str, float] = {"csat5": 8, "freq5": 5, "smiley3": 6, "nps11": 5, "ease5": -6, "agree5": 0, "sat5": 0}
TOGETHER = 0.6  # how strongly a person's answers go together: the loading of each on one common attitude
SKIPS, OFF_SCALE, COMMENTS_GIVEN = 0.04, 0.03, 0.35
KNOWN_FROM_LINK = 0.9
_NORMAL = NormalDist()
Shares = Sequence[tuple[int, float]]  # option codes from the least favourable on, with shares that add up to 1


def invent_sheet(
    instrument: Instrument, draw: Random, week: date, this_year: bool, spreads: Spreads | None = None
) -> AnswerSheet:
    """Return one invented person's answers to every item, none of whom answered in another's place.

    `spreads` says how answers to some of the items are spread; the others are drawn as their type has it.
    """
    while True:
        attitude = draw.gauss(0, 1)
        answers: dict[str, Answer] = {}
        texts: dict[str, str] = {}
        context = {field.id: value for field in instrument.context if (value := _known(field, draw, week))}
        for item in instrument.items.values():
            if isinstance(item, TextItem):
                _write(item, draw, answers, texts)
            elif spread := _spread_of(instrument, item, spreads or {}, AnswerSheet(answers, texts, context)):
                answers[item.id] = draw.choices(list(spread), list(spread.values()))[0]
            else:
                answers[item.id] = _choose(instrument, item, draw, attitude, this_year)
        sheet = AnswerSheet(answers, texts, context)
        if not is_handed_over(instrument, sheet):
            return sheet


def _spread_of(
    instrument: Instrument, item: ChoiceItem, spreads: Spreads, sofar: AnswerSheet
) -> Mapping[int, float] | None:
    """Return option code -> weight for somebody with these answers so far, or None where nothing is said."""
    named = instrument.conditions
    fitting = (one for one in spreads.get(item.id, ()) if holds(one.when, sofar.answers, sofar.context, named))
    return next((one.weights for one in fitting), None)


def _write(item: TextItem, draw: Random, answers: dict[str, Answer], texts: dict[str, str]) -> None:
    """Note an invented comment, or that there is none."""
    if draw.random() < COMMENTS_GIVEN:
        answers[item.id], texts[item.id] = TEXT_GIVEN, draw.choice(COMMENTS[item.valence])[: item.longest]
    else:
        answers[item.id] = int(Missing.SKIPPED)


def _choose(instrument: Instrument, item: ChoiceItem, draw: Random, attitude: float, this_year: bool) -> Answer:
    """Return an invented answer to an item with options."""
    if not item.required and draw.random() < SKIPS:
        return int(Missing.SKIPPED)
    if item.apart and draw.random() < OFF_SCALE:
        return int(draw.choice(item.apart).code)
    if isinstance(item, MultiItem):
        offered = [option.code for option in item.valid_options if option.code not in item.alone]
        return tuple(sorted(draw.sample(offered, min(len(offered), draw.choice((1, 1, 2)), item.at_most or 2))))
    if isinstance(item, RatingItem | FacesItem | NpsItem):
        return _scaled(shares_of(instrument, item, this_year), draw, attitude, item)
    weights = [0.3 if option.missing else 3.0 / (place + 2) for place, option in enumerate(item.options)]
    return draw.choices([option.code for option in item.options], weights)[0]


def _scaled(shares: Shares, draw: Random, attitude: float, item: Item) -> int:
    """Return a code drawn from shares; a person's answers go together, reversed ones the other way round."""
    latent = TOGETHER * attitude + (1 - TOGETHER**2) ** 0.5 * draw.gauss(0, 1)
    place = _NORMAL.cdf(-latent if getattr(item, "reverse_coded", False) else latent)
    for code, share in shares:
        place -= share
        if place <= 0:
            return code
    return shares[-1][0]


def shares_of(instrument: Instrument, item: RatingItem | FacesItem | NpsItem, this_year: bool) -> Shares:
    """Return the true share of each option in a year, from the lowest code on: what samples scatter about."""
    level = Random(f"{instrument.name}/{item.id}").random()  # noqa: S311 - a level for each item, nothing secret
    if isinstance(item, NpsItem):
        top, bottom = sorted(NPS_PROMOTERS), sorted(NPS_DETRACTORS)
    else:
        top, bottom = sorted(item.top), sorted(item.bottom)
        if getattr(item, "reverse_coded", False):
            top, bottom = bottom, top
    middle = [option.code for option in item.valid_options if option.code not in {*top, *bottom}]
    favourable = 0.35 + 0.3 * level
    unfavourable = (1 - favourable) * 0.55
    planted = PLANTED.get(item.type, 0) / 100 if this_year else 0.0
    shares = _spread(bottom, unfavourable - planted) | _spread(top, favourable + planted)
    shares |= _spread(middle, 1 - favourable - unfavourable)
    return sorted(shares.items())


def _spread(codes: Sequence[int], share: float) -> dict[int, float]:
    """Return a share spread evenly over codes."""
    return {code: share / len(codes) for code in codes}


def _known(field: ContextField, draw: Random, week: date) -> str | None:
    """Return what an invented link tells, or None for the link that tells nothing."""
    if draw.random() > KNOWN_FROM_LINK:
        return None
    if field.values:
        return draw.choice(field.values)
    month = f"{week:%Y-%m}"
    return month if field.pattern and re.fullmatch(field.pattern, month) else None
