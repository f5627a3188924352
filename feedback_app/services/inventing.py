"""Invented answers for the demonstration: drawn from known shares, so that what an analysis finds can be compared."""

from __future__ import annotations

import re
from datetime import date
from random import Random
from statistics import NormalDist

from feedback_app.domain.answers import TEXT_GIVEN, Answer, AnswerSheet
from feedback_app.domain.conditions import Condition, holds
from feedback_app.domain.demonstration import Planted, ScaledItem, Shares, Spread, true_shares
from feedback_app.domain.instrument import ChoiceItem, ContextField, Instrument, Item, MultiItem, TextItem
from feedback_app.domain.missing import Missing
from feedback_app.domain.routing import is_handed_over
from feedback_app.services.demonstration_words import compose_comment

TOGETHER = 0.6  # how strongly a person's answers go together: the loading of each on one common attitude
SKIPS, OFF_SCALE, COMMENTS_GIVEN = 0.04, 0.03, 0.35
KNOWN_FROM_LINK = 0.9
_NORMAL = NormalDist()
_NOTHING_PLANTED = Planted()


def invent_sheet(
    instrument: Instrument, draw: Random, week: date, this_year: bool, planted: Planted = _NOTHING_PLANTED
) -> AnswerSheet:
    """Return one invented person's answers to every item, none of whom answered in another's place.

    `planted` says how answers are spread, which groups lean which way, and what has changed since last year.
    """
    while True:
        attitude = draw.gauss(0, 1)
        answers: dict[str, Answer] = {}
        texts: dict[str, str] = {}
        context = {field.id: value for field in instrument.context if (value := _known(field, draw, week))}
        sofar = AnswerSheet(answers, texts, context)
        for item in instrument.items.values():
            if isinstance(item, TextItem):
                _write(item, draw, answers, texts, instrument.audience, attitude)
            elif spread := _spread_of(instrument, item, planted, sofar):
                weights = spread.weights_in(this_year)
                answers[item.id] = draw.choices(list(weights), list(weights.values()))[0]
            else:
                points = points_for(instrument, planted, item, sofar, this_year)
                answers[item.id] = _choose(instrument, item, draw, attitude, points)
        sheet = AnswerSheet(answers, texts, context)
        if not is_handed_over(instrument, sheet):
            return sheet


def points_for(
    instrument: Instrument, planted: Planted, item: ChoiceItem, sofar: AnswerSheet, this_year: bool
) -> float:
    """Return how many points more favourable than the item's level somebody with these answers so far is drawn from."""
    if not isinstance(item, ScaledItem):
        return 0.0
    leans = (one.points for one in planted.leanings if _holds(instrument, one.when, sofar))
    return next(leans, 0.0) + (planted.change_of(item) if this_year else 0.0)


def _spread_of(instrument: Instrument, item: ChoiceItem, planted: Planted, sofar: AnswerSheet) -> Spread | None:
    """Return the spread for somebody with these answers so far, or None where nothing is said."""
    return next((one for one in planted.spreads.get(item.id, ()) if _holds(instrument, one.when, sofar)), None)


def _holds(instrument: Instrument, condition: Condition | None, sofar: AnswerSheet) -> bool:
    return holds(condition, sofar.answers, sofar.context, instrument.conditions)


def _write(
    item: TextItem, draw: Random, answers: dict[str, Answer], texts: dict[str, str], audience: str, mood: float
) -> None:
    """Note an invented comment, or that there is none."""
    if draw.random() < COMMENTS_GIVEN:
        # Drawn apart, so that other comments make no other answers: those of the demonstration were chosen with care.
        own = Random(f"{item.id}/{draw.randrange(12)}/{mood}")  # noqa: S311 - an invented comment, nothing secret
        answers[item.id] = TEXT_GIVEN
        texts[item.id] = compose_comment(own, audience, item.valence, mood)[: item.longest]
    else:
        answers[item.id] = int(Missing.SKIPPED)


def _choose(instrument: Instrument, item: ChoiceItem, draw: Random, attitude: float, points: float) -> Answer:
    """Return an invented answer to an item with options."""
    if not item.required and draw.random() < SKIPS:
        return int(Missing.SKIPPED)
    if item.apart and draw.random() < OFF_SCALE:
        return int(draw.choice(item.apart).code)
    if isinstance(item, MultiItem):
        offered = [option.code for option in item.valid_options if option.code not in item.alone]
        return tuple(sorted(draw.sample(offered, min(len(offered), draw.choice((1, 1, 2)), item.at_most or 2))))
    if isinstance(item, ScaledItem):
        return _scaled(true_shares(instrument, item, points), draw, attitude, item)
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


def _known(field: ContextField, draw: Random, week: date) -> str | None:
    """Return what an invented link tells, or None for the link that tells nothing."""
    if draw.random() > KNOWN_FROM_LINK:
        return None
    if field.values:
        return draw.choice(field.values)
    month = f"{week:%Y-%m}"
    return month if field.pattern and re.fullmatch(field.pattern, month) else None
