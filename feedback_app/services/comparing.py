"""What changed between two waves of one survey: protected, in families that are settled before a result is seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain import comparing
from feedback_app.domain.disclosure.changes import protect_changes, protect_scale_changes
from feedback_app.domain.disclosure.gate import total_safe
from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.safe import SafeChange, SafeCount
from feedback_app.domain.errors import WavesNotComparable, WhyNotWaves
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import Frame, Population
from feedback_app.domain.scope import Scope
from feedback_app.domain.scoring.changes import detectable_change
from feedback_app.domain.who_answered import WhoAnswered, who_answered
from feedback_app.reports.item_tables import headlines_of
from feedback_app.reports.scale_tables import scales_of
from feedback_app.services import frozen
from feedback_app.services.counting import ExactTables, make_tables, of_everybody, protect_wave
from feedback_app.services.fielding import get_fielded, get_instrument, get_wave
from feedback_app.services.summarising import weighting_facts
from feedback_app.services.wave_summary import WeightingFacts
from feedback_app.store import waves
from feedback_app.store.waves import WaveFacts


@dataclass(frozen=True)
class ComparedWave:
    """One of the two waves: its facts, its questions in the reader's language, and how many answered, protected."""

    wave: WaveFacts
    instrument: Instrument
    number: SafeCount
    weighting: WeightingFacts


@dataclass(frozen=True)
class Family:
    """Changes that were looked at together, in the order asked; each verdict allows for all ``m`` of them.

    Those that are kept back for what their answers say count among them, though they are not here.
    """

    name: comparing.Family
    m: int
    changes: tuple[SafeChange, ...]

    @property
    def detectable(self) -> float | None:
        """Return the change that a share in this family would most likely show, as one of m; None for other figures.

        In points, rounded up to the next half, from the protected bases in the middle of the family's.
        """
        shares = [change for change in self.changes if change.before and change.after and not change.weighted]
        if not shares or self.name == "scales":
            return None
        before = median(change.before.base.value or 0 for change in shares if change.before)
        after = median(change.after.base.value or 0 for change in shares if change.after)
        points = detectable_change(before, after, together=self.m)
        return None if points is None else math.ceil(2 * points) / 2


@dataclass(frozen=True)
class WaveComparison:
    """What changed since an earlier wave, as it may be shown.

    ``refused``: item or scale -> why it is not compared. ``weighted`` tells whether the figures are weighted, which
    they are only when that was asked for and both waves' weighted figures may be published. ``detectable``: the
    smallest change, in points rounded up to the next half, that so many answers would most likely show.
    """

    before: ComparedWave
    after: ComparedWave
    families: tuple[Family, ...]
    refused: Mapping[str, str]
    weighted: bool
    detectable: float | None
    who_before: WhoAnswered
    who_after: WhoAnswered

    @property
    def may_be_weighted(self) -> bool:
        """Return whether both waves have weighted figures."""
        return self.before.weighting.published and self.after.weighting.published

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as plain data for JSON."""
        families = [
            {
                "family": family.name,
                "m": family.m,
                "detectable_change": family.detectable,
                "changes": [change.as_dict() for change in family.changes],
            }
            for family in self.families
        ]
        return {
            "survey": self.after.instrument.name,
            "before": _wave_as_dict(self.before, self.who_before),
            "after": _wave_as_dict(self.after, self.who_after),
            "weighted": self.weighted,
            "detectable_change": self.detectable,
            "families": families,
            "not_compared": dict(self.refused),
        }


def _wave_as_dict(compared: ComparedWave, who: WhoAnswered) -> dict[str, Any]:
    return {
        "wave": compared.wave.slug,
        "version": compared.instrument.version,
        "opens_on": compared.wave.opens_on.isoformat(),
        "demonstration": compared.wave.demonstration,
        "responses": compared.number.as_total(),
        "weighting": compared.weighting.as_dict(),
        "who_answered": who.as_dict(),
    }


@dataclass(frozen=True)
class _Side:
    """A wave with its exact tables, on their way into the gate; ``original`` are its questions as first written.

    ``not_yet`` names the questions and scales that its figures have only after its end.
    """

    shown: ComparedWave
    original: Instrument
    exact: ExactTables
    who: WhoAnswered
    not_yet: frozenset[str]


def list_comparable(db: Session, scope: Scope, slug: str) -> list[WaveFacts]:
    """Return the waves that a wave may be compared with, the newest first; raise SurveyUnknown."""
    later = get_wave(db, scope, slug)
    return [wave for wave in waves.list_waves_of(db, scope, later.survey_slug) if _why_not(later, wave) is None]


def compare_waves(
    db: Session,
    scope: Scope,
    slug: str,
    earlier_slug: str,
    policy: Policy,
    *,
    language: str,
    population: Population | None = None,
    weighted: bool = False,
    audience: Audience = Audience.SEND_TEAM,
) -> WaveComparison:
    """Return what changed in a wave since an earlier one; raise SurveyUnknown, WavesNotComparable.

    Each item's headline and each scale's mean score is compared, or refused with a reason. Weighted where that is
    asked for and may be done, else unweighted. For who sees no live figures (R5), of the answers that the waves' latest
    snapshots count: raise NothingShownYet before the first, FiguresNotRemade when one of those answers is gone.
    """
    later, earlier = get_wave(db, scope, slug), get_wave(db, scope, earlier_slug)
    if reason := _why_not(later, earlier):
        raise WavesNotComparable(slug, earlier_slug, reason)
    frame = population.frame if population else None
    before, after = (_side(db, wave, policy, language, frame, audience) for wave in (earlier, later))
    return _comparison(before, after, policy, weighted=weighted)


def _comparison(before: _Side, after: _Side, policy: Policy, *, weighted: bool) -> WaveComparison:
    """Return what changed, weighted only where both waves may be."""
    weighted = weighted and before.shown.weighting.published and after.shown.weighting.published
    found = _families(before, after, policy, weighted=weighted)
    return WaveComparison(
        before=before.shown,
        after=after.shown,
        families=tuple(_made(name, changes) for name, changes in found.items()),
        refused={change.code: change.refused for changes in found.values() for change in changes if change.refused},
        weighted=weighted,
        detectable=_detectable(before.shown, after.shown, weighted=weighted),
        who_before=before.who,
        who_after=after.who,
    )


def _why_not(later: WaveFacts, earlier: WaveFacts) -> WhyNotWaves | None:
    """Return why two waves are not compared at all, or None: of one survey, both real or both made up, in order."""
    if later.id == earlier.id:
        return "same_wave"
    if later.survey_slug != earlier.survey_slug:
        return "other_survey"
    if later.demonstration != earlier.demonstration:
        return "demonstration"
    if earlier.opens_on == later.opens_on:
        return "same_day"
    return "not_earlier" if earlier.opens_on > later.opens_on else None


def _made(name: comparing.Family, changes: Sequence[SafeChange]) -> Family:
    """Return a family with the changes that were made."""
    made = tuple(change for change in changes if not change.refused)
    return Family(name, made[0].m if made else 0, made)


def _side(
    db: Session, wave: WaveFacts, policy: Policy, language: str, frame: Frame | None, audience: Audience
) -> _Side:
    instrument = get_instrument(db, wave.version_id, language)
    seen = frozen.get_seen(db, wave, audience)
    frozen.check_remade(db, wave, seen)
    whole = make_tables(db, wave, instrument, frame, seen.upto)
    exact = whole if seen.grouped else of_everybody(instrument, whole)
    number = total_safe(exact.counted.items.responses, policy, instrument.minors)
    facts = weighting_facts(exact.weighed.weighting, frame, policy, instrument)
    who = who_answered(instrument, protect_wave(wave, exact, policy), frame)
    original = get_fielded(db, wave.version_id).instrument
    return _Side(ComparedWave(wave, instrument, number, facts), original, exact, who, _codes(whole) - _codes(exact))


def _codes(exact: ExactTables) -> frozenset[str]:
    return frozenset([*(table.code for table in exact.tables), *(scale.code for scale in exact.scales)])


def _families(
    before: _Side, after: _Side, policy: Policy, *, weighted: bool
) -> dict[comparing.Family, tuple[SafeChange, ...]]:
    """Return family -> its changes, made and refused, in the order asked."""
    modes = comparing.why_not_modes(before.exact.counted.modes, after.exact.counted.modes)
    items = [
        found
        for found in comparing.compare_items(before.original, after.original).values()
        if headlines_of(after.original.items.get(found.item) or before.original.items[found.item])
    ]
    refused = {found.item: str(found.reason or modes) for found in items if found.reason or modes}
    families: dict[comparing.Family, tuple[SafeChange, ...]] = {}
    tables = before.exact.tables, after.exact.tables
    not_yet = before.not_yet | after.not_yet
    for name in ("core", "modules"):
        wanted = [(found.item, None) for found in items if found.family == name and found.item not in not_yet]
        families[name] = protect_changes(*tables, wanted, policy, refused=refused, weighted=weighted)
    both = dict.fromkeys([*scales_of(after.original), *scales_of(before.original)])
    scales = [scale for scale in both if scale not in not_yet]
    why = {scale: comparing.why_not_scale(before.original, after.original, scale) or modes for scale in scales}
    families["scales"] = protect_scale_changes(
        before.exact.scales,
        after.exact.scales,
        scales,
        policy,
        refused={scale: str(reason) for scale, reason in why.items() if reason},
        weighted=weighted,
    )
    return families


def _detectable(before: ComparedWave, after: ComparedWave, *, weighted: bool) -> float | None:
    """Return the change that would most likely be noticed, from protected numbers alone; None where one is hidden."""
    numbers = [side.weighting.effective_n if weighted else side.number.value for side in (before, after)]
    if None in numbers:
        return None
    points = detectable_change(*(float(number or 0) for number in numbers))
    return None if points is None else math.ceil(2 * points) / 2
