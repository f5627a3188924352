"""What a wave's answers say: exact counts inside, protected tables for everybody."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.gate import total_safe
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeCount, SafeRelease
from feedback_app.domain.disclosure.totals import count_safe
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import Frame, Population
from feedback_app.domain.scope import Scope
from feedback_app.domain.scoring.quality import largest_shift
from feedback_app.domain.scoring.rounding import round_half_up
from feedback_app.domain.weighting.weighing import Weighting
from feedback_app.domain.who_answered import WhoAnswered, who_answered
from feedback_app.services.counting import Hurried, among_list, make_tables, protect_wave
from feedback_app.services.fielding import get_instrument, get_wave
from feedback_app.store import responses, waves
from feedback_app.store.waves import WaveFacts

STEP_OF_EFFECTIVE_N = 10  # finer, it would tell the groups' sizes better than their own rounded counts do


@dataclass(frozen=True)
class WaveLine:
    """A wave in a list: its facts, its questions, and how many answered, protected."""

    wave: WaveFacts
    instrument: Instrument
    number: SafeCount


@dataclass(frozen=True)
class WeightingFacts:
    """How a wave's answers are weighted, as anybody may know it; ``reasons`` says why there are no weighted figures.

    ``margins``: weighted on; ``unknown``: not in the frame; ``too_small``: in it, but with too few answers; ``merged``:
    margin -> groups of codes counted as one. ``people``: covered by the frame, about. ``effective_n`` to the nearest
    ten and ``design_effect`` to 1 decimal, None where too few answered. ``covers``: whom the frame counts, in words.
    """

    margins: tuple[str, ...]
    unknown: tuple[str, ...]
    too_small: tuple[str, ...]
    merged: Mapping[str, tuple[tuple[int, ...], ...]]
    reasons: tuple[str, ...]
    people: SafeCount
    effective_n: int | None
    design_effect: float | None
    covers: str | None

    @property
    def published(self) -> bool:
        """Return whether there are weighted figures."""
        return not self.reasons

    def as_dict(self) -> dict[str, Any]:
        """Return the facts as plain data for JSON."""
        facts = {name: getattr(self, name) for name in ("effective_n", "design_effect", "covers")}
        lists = {name: list(getattr(self, name)) for name in ("margins", "unknown", "too_small", "reasons")}
        merged = {margin: [list(group) for group in groups] for margin, groups in self.merged.items()}
        return {"published": self.published, "people": self.people.as_total(), **facts, **lists, "merged": merged}


@dataclass(frozen=True)
class Quality:
    """How many answered a run of ratings alike and in haste; they are kept (brief 3.14).

    ``largest_shift``: without them no core headline that is shown moves by more points than this; None where few
    answered or the number is hidden.
    """

    flagged: SafeCount
    largest_shift: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return the facts as plain data for JSON."""
        return {"flagged": self.flagged.as_plain(), "largest_shift": self.largest_shift}


@dataclass(frozen=True)
class InvitedList:
    """How many were on a list that everybody on was invited; ``percent`` of them answered, from rounded numbers.

    ``too_short``: more answered than stand on it, so it is wrong, and no range is corrected for it.
    """

    people: int
    answers: SafeCount
    percent: int | None
    too_short: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the facts as plain data for JSON."""
        return {"people": self.people, "percent_answered": self.percent, "too_short": self.too_short}


@dataclass(frozen=True)
class WaveSummary:
    """A wave as it may be shown to anybody: how many answered, a protected table for each item, and who was heard."""

    wave: WaveFacts
    instrument: Instrument
    number: SafeCount
    release: SafeRelease
    weighting: WeightingFacts
    who: WhoAnswered
    quality: Quality | None  # None where the survey has no run of ratings long enough to tell
    invited: InvitedList | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain data for JSON."""
        return {
            **_facts(self.wave, self.instrument),
            "responses": self.number.as_total(),
            "invited": self.invited.as_dict() if self.invited else None,
            "items": self.release.as_dict(),
            "scales": [scale.as_dict() for scale in self.release.scales],
            "weighting": self.weighting.as_dict(),
            "who_answered": self.who.as_dict(),
            "quality": self.quality.as_dict() if self.quality else None,
        }


@dataclass(frozen=True)
class ExactWave:
    """A wave's exact counts, for its operator alone: never for a page or a file of ours."""

    wave: WaveFacts
    instrument: Instrument
    responses: int
    tables: tuple[ItemTable, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the exact counts and unrounded figures as plain data for JSON."""
        items = [_exact_item(table) for table in self.tables]
        return {**_facts(self.wave, self.instrument), "exact": True, "responses": self.responses, "items": items}


def _facts(wave: WaveFacts, instrument: Instrument) -> dict[str, Any]:
    return {
        "wave": wave.slug,
        "survey": instrument.name,
        "version": instrument.version,
        "opens_on": wave.opens_on.isoformat(),
        "closed_from": wave.closed_from.isoformat() if wave.closed_from else None,
        "demonstration": wave.demonstration,
    }


def _exact_item(table: ItemTable) -> dict[str, Any]:
    base = table.counts.base
    shares = [
        {"code": code, "count": count, "percent": 100 * count / base if base else None}
        for code, count in sorted(table.counts.values.items())
    ]
    figures = [_exact_figure(spec.function(table.counts)) for spec in table.headlines]
    return {
        "code": table.code,
        "type": table.type,
        "base": base,
        "missing": dict(table.counts.missing),
        "distribution": shares,
        "headline": figures[0] if figures else None,
        "figures": figures,
    }


def _exact_figure(figure: Any) -> dict[str, Any]:
    return {name: getattr(figure, name) for name in ("name", "value", "low", "high", "base")}


def list_summaries(db: Session, scope: Scope, policy: Policy, language: str) -> list[WaveLine]:
    """Return all waves, the newest first, each with how many answered, protected."""
    numbers = responses.count_by_wave(db, scope)
    lines = []
    for wave in waves.list_waves(db, scope):
        instrument = get_instrument(db, wave.version_id, language)
        lines.append(WaveLine(wave, instrument, total_safe(numbers.get(wave.id, 0), policy, instrument.minors)))
    return lines


def count_waves_exactly(db: Session, scope: Scope) -> dict[str, int]:
    """Return wave slug -> exact number of responses: for the operator's own command."""
    numbers = responses.count_by_wave(db, scope)
    return {wave.slug: numbers.get(wave.id, 0) for wave in waves.list_waves(db, scope)}


def summarise_wave(
    db: Session,
    scope: Scope,
    slug: str,
    policy: Policy,
    language: str,
    population: Population | None = None,
) -> WaveSummary:
    """Return a wave's protected tables, its words in a language; raise SurveyUnknown.

    Answers are weighted to the ``population`` where that may be done.
    """
    wave = get_wave(db, scope, slug)
    instrument = get_instrument(db, wave.version_id, language)
    frame = population.frame if population else None
    exact = among_list(instrument, make_tables(db, wave, instrument, frame), wave.invited)
    release = protect_wave(wave, exact, policy)
    number = exact.counted.items.responses
    shown, hurried = total_safe(number, policy, instrument.minors), exact.counted.hurried
    return WaveSummary(
        wave=wave,
        instrument=instrument,
        number=shown,
        release=release,
        weighting=weighting_facts(exact.weighed.weighting, frame, policy, instrument),
        who=who_answered(instrument, release, frame),
        quality=_quality(hurried, number, release, policy, instrument) if hurried else None,
        invited=None if wave.invited is None else _list_of(wave.invited, number, shown),
    )


def _list_of(invited: int, number: int, shown: SafeCount) -> InvitedList:
    """Return what anybody may know of a list; a share only where it would not pass the whole."""
    percent = None if shown.value is None or number > invited else int(round_half_up(100 * shown.value / invited))
    return InvitedList(invited, shown, None if percent is None else min(percent, 100), number > invited)


def weighting_facts(
    weighting: Weighting, frame: Frame | None, policy: Policy, instrument: Instrument
) -> WeightingFacts:
    """Return what anybody may know of a weighting; its effect only where it is published or 100 people are covered."""
    told = weighting.margins and (weighting.publishable or weighting.people >= policy.exact_headline_base)
    ours = frame is not None and instrument.name in frame.surveys
    effective = STEP_OF_EFFECTIVE_N * int(round_half_up(weighting.effective_n / STEP_OF_EFFECTIVE_N))
    return WeightingFacts(
        margins=weighting.margins,
        unknown=weighting.unknown,
        too_small=weighting.too_small,
        merged=weighting.merged,
        reasons=weighting.reasons,
        people=total_safe(weighting.people, policy, instrument.minors),
        effective_n=effective if told else None,
        design_effect=round_half_up(weighting.design_effect, 1) if told else None,
        covers=frame.covers if frame and ours else None,
    )


def _quality(hurried: Hurried, number: int, release: SafeRelease, policy: Policy, instrument: Instrument) -> Quality:
    """Return how many answered in haste, and by how much at most they move what is shown."""
    flagged = count_safe(hurried.people, policy.threshold_for(instrument.minors, sensitive=False), policy)
    if number < policy.exact_headline_base or flagged.value is None:
        return Quality(flagged, None)
    shown = {table.code for table in release if table.headline and table.headline.value is not None}
    moved = largest_shift(
        {code: value for code, value in hurried.everybody.items() if code in shown},
        {code: value for code, value in hurried.without.items() if code in shown},
    )
    return Quality(flagged, None if moved is None else math.ceil(moved))


def count_wave_exactly(db: Session, scope: Scope, slug: str, language: str) -> ExactWave:
    """Return a wave's exact counts, for the operator's own command; raise SurveyUnknown."""
    wave = get_wave(db, scope, slug)
    instrument = get_instrument(db, wave.version_id, language)
    exact = make_tables(db, wave, instrument, None)
    return ExactWave(wave, instrument, exact.counted.items.responses, exact.tables)
