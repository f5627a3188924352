"""What a wave's summary consists of: everything in it may be shown to anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from feedback_app.domain.disclosure.safe import SafeCount, SafeRelease
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.who_answered import WhoAnswered
from feedback_app.store.waves import WaveFacts


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
    """How many answered a run of ratings alike and in haste; they are kept.

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
    taken_on: date | None = None  # the day of the snapshot whose figures these are; None for figures as of now
    grouped: bool = True  # else, in a snapshot before a wave's end, there is what everybody was asked, of everybody

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain data for JSON."""
        return {
            **wave_facts(self.wave, self.instrument),
            "figures_of": self.taken_on.isoformat() if self.taken_on else None,
            "responses": self.number.as_total(),
            "invited": self.invited.as_dict() if self.invited else None,
            "items": self.release.as_dict(),
            "scales": [scale.as_dict() for scale in self.release.scales],
            "weighting": self.weighting.as_dict(),
            "who_answered": self.who.as_dict(),
            "quality": self.quality.as_dict() if self.quality else None,
        }


def wave_facts(wave: WaveFacts, instrument: Instrument) -> dict[str, Any]:
    """Return what is told of a wave beside its figures, as plain data for JSON."""
    return {
        "wave": wave.slug,
        "survey": instrument.name,
        "version": instrument.version,
        "opens_on": wave.opens_on.isoformat(),
        "closed_from": wave.closed_from.isoformat() if wave.closed_from else None,
        "demonstration": wave.demonstration,
    }
