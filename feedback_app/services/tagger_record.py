"""The tagger's record: how often people who read a comment found its suggestions right. It tells of nobody's words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import State
from feedback_app.domain.scope import Scope
from feedback_app.services.judging import Judged, list_all_codings
from feedback_app.services.teaching import find_in_use

ENDS = (0.0, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class ThemeRecord:
    """One theme in comments that people have read: how many have it, were suggested it, both; how many were missed.

    ``source``: "cues" or "learnt". ``f1``: 0 to 1 in cross-validation, None where nothing was learnt.
    """

    theme: str
    confirmed: int
    suggested: int
    right: int
    missed: int
    source: str
    f1: float | None


@dataclass(frozen=True)
class LearntFacts:
    """What was learnt and is in use: its number, its day, and from how many comments."""

    number: int
    made_on: date
    examples: int
    in_use: bool


@dataclass(frozen=True)
class Band:
    """Suggestions as likely as ``low`` to ``high`` (0 to 1): how many, and how many people found right."""

    low: float
    high: float
    suggested: int
    right: int


@dataclass(frozen=True)
class TaggerRecord:
    """The record in comments that people have read and were sure of; exact numbers about the tagger alone."""

    codeframe: str
    codeframe_version: int
    checked: int
    sure_right: int
    sure_of: int
    review_right: int
    review_of: int
    missed: int
    themes: tuple[ThemeRecord, ...]
    model: LearntFacts | None
    bands: tuple[Band, ...]


def get_record(db: Session, scope: Scope, codeframe: Codeframe) -> TaggerRecord:
    """Return how right the tagger was in what people have read of a partnership's comments."""
    counted: Counter[tuple[str, ...]] = Counter()
    in_bands: Counter[tuple[int, bool]] = Counter()
    checked = 0
    for judged in list_all_codings(db, scope):
        if judged.coding.checked and judged.tagged is not None:
            checked += 1
            _count(judged, codeframe, counted, in_bands)
    model = find_in_use(db, scope, codeframe)
    told = dict(model.record.get("themes", {})) if model else {}
    sure, review = State.SURE.value, State.REVIEW.value
    return TaggerRecord(
        codeframe=codeframe.name,
        codeframe_version=codeframe.version,
        checked=checked,
        sure_right=counted["right", sure],
        sure_of=counted["of", sure],
        review_right=counted["right", review],
        review_of=counted["of", review],
        missed=counted["missed", ""],
        themes=tuple(_theme(code, counted, told.get(code)) for code in codeframe.codes),
        model=LearntFacts(model.number, model.made_on, model.examples, model.in_use) if model else None,
        bands=tuple(
            Band(low, high, in_bands[place, True] + in_bands[place, False], in_bands[place, True])
            for place, (low, high) in enumerate(pairwise(ENDS))
        ),
    )


def _count(
    judged: Judged, codeframe: Codeframe, counted: Counter[tuple[str, ...]], in_bands: Counter[tuple[int, bool]]
) -> None:
    """Count what was suggested for a comment, by what people decided."""
    themes = judged.coding.themes & frozenset(codeframe.codes)
    suggestions = {one.theme: one for one in judged.tagged.suggestions} if judged.tagged else {}
    for theme in themes:
        counted["theme", theme, "confirmed"] += 1
        if theme not in suggestions:
            counted["theme", theme, "missed"] += 1
            counted["missed", ""] += 1
    for theme, one in suggestions.items():
        right = theme in themes
        counted["of", one.state.value] += 1
        counted["right", one.state.value] += right
        counted["theme", theme, "suggested"] += 1
        counted["theme", theme, "right"] += right
        place = sum(one.probability >= end for end in ENDS[1:-1])
        in_bands[place, right] += 1


def _theme(code: str, counted: Counter[tuple[str, ...]], told: dict[str, object] | None) -> ThemeRecord:
    won = bool(told and told.get("won"))
    figure = told.get("learnt_f1" if won else "cues_f1") if told else None
    return ThemeRecord(
        theme=code,
        confirmed=counted["theme", code, "confirmed"],
        suggested=counted["theme", code, "suggested"],
        right=counted["theme", code, "right"],
        missed=counted["theme", code, "missed"],
        source="learnt" if won else "cues",
        f1=figure if isinstance(figure, float) else None,
    )
