"""What a wave's answers say: exact counts inside, protected tables for everybody."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.freezing import NotFrozen
from feedback_app.domain.disclosure.gate import total_safe
from feedback_app.domain.disclosure.ledger import Audience
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
from feedback_app.domain.who_answered import who_answered
from feedback_app.services import frozen
from feedback_app.services.counting import Hurried, among_list, make_tables, of_everybody, protect_wave
from feedback_app.services.fielding import get_instrument, get_wave
from feedback_app.services.frozen import Seen
from feedback_app.services.wave_summary import InvitedList, Quality, WaveSummary, WeightingFacts, wave_facts
from feedback_app.store import responses, snapshots, waves
from feedback_app.store.waves import WaveFacts

STEP_OF_EFFECTIVE_N = 10  # finer, it would tell the groups' sizes better than their own rounded counts do


@dataclass(frozen=True)
class WaveLine:
    """A wave in a list: its facts, its questions, and how many answered, protected.

    For readers of snapshots the number is that of the day ``taken_on``, and None before the first.
    """

    wave: WaveFacts
    instrument: Instrument
    number: SafeCount | None
    taken_on: date | None = None


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
        return {**wave_facts(self.wave, self.instrument), "exact": True, "responses": self.responses, "items": items}


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


def list_summaries(
    db: Session, scope: Scope, policy: Policy, language: str, audience: Audience = Audience.SEND_TEAM
) -> list[WaveLine]:
    """Return all waves, the newest first, each with how many answered as an audience may know it."""
    numbers = responses.count_by_wave(db, scope) if audience.sees_live else {}
    taken = {} if audience.sees_live else snapshots.find_latest_of_all(db, scope)
    lines = []
    for wave in waves.list_waves(db, scope):
        instrument = get_instrument(db, wave.version_id, language)
        snapshot = taken.get(wave.id)
        people = numbers.get(wave.id, 0) if audience.sees_live else snapshot.responses if snapshot else None
        number = None if people is None else total_safe(people, policy, instrument.minors)
        lines.append(WaveLine(wave, instrument, number, snapshot.taken_on if snapshot else None))
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
    audience: Audience = Audience.SEND_TEAM,
) -> WaveSummary:
    """Return a wave's protected tables as an audience sees them, its words in a language.

    Answers are weighted to the ``population`` where that may be done. Who sees no live figures gets those of the latest
    snapshot (R5). Raise SurveyUnknown, or NothingShownYet before the first.
    """
    wave = get_wave(db, scope, slug)
    instrument = get_instrument(db, wave.version_id, language)
    frame = population.frame if population else None
    seen = frozen.get_seen(db, wave, audience)
    if seen.snapshot is None:
        return summarise_answers(db, wave, instrument, policy, frame)
    try:
        return frozen.get_summary(db, wave, instrument, frame, seen.snapshot)
    except NotFrozen:  # it was frozen by another version of the program: the same answers make the same figures
        frozen.check_remade(db, wave, seen)
        made = summarise_answers(db, wave, instrument, policy, frame, seen)
        return replace(made, taken_on=seen.snapshot.taken_on, grouped=seen.grouped)


def summarise_answers(
    db: Session,
    wave: WaveFacts,
    instrument: Instrument,
    policy: Policy,
    frame: Frame | None,
    seen: Seen | None = None,
) -> WaveSummary:
    """Return a wave's protected tables of all answers that came in, or of those ``seen``."""
    exact = make_tables(db, wave, instrument, frame, seen.upto if seen else None)
    if seen and not seen.grouped:
        exact = of_everybody(instrument, exact)
    exact = among_list(instrument, exact, wave.invited)
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
