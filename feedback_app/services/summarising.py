"""What a wave's answers say: exact counts inside, protected tables for everybody."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.gate import protect, total_safe
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeCount, SafeRelease
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Scope
from feedback_app.reports.counting import ItemCounts, count_items
from feedback_app.reports.item_tables import item_table
from feedback_app.services.fielding import get_instrument, get_wave
from feedback_app.store import responses, waves
from feedback_app.store.waves import WaveFacts

REMEMBERED = 64  # waves whose counts a process keeps; a count is a few kilobytes


@dataclass(frozen=True)
class WaveLine:
    """A wave in a list: its facts, its questions, and how many answered, protected."""

    wave: WaveFacts
    instrument: Instrument
    number: SafeCount


@dataclass(frozen=True)
class WaveSummary:
    """A wave as it may be shown to anybody: how many answered, and a protected table for each item."""

    wave: WaveFacts
    instrument: Instrument
    number: SafeCount
    release: SafeRelease

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as plain data for JSON."""
        return {
            **_facts(self.wave, self.instrument),
            "responses": self.number.as_total(),
            "items": self.release.as_dict(),
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


def summarise_wave(db: Session, scope: Scope, slug: str, policy: Policy, language: str) -> WaveSummary:
    """Return a wave's protected tables, its words in a language; raise SurveyUnknown."""
    exact = count_wave_exactly(db, scope, slug, language)
    number = total_safe(exact.responses, policy, exact.instrument.minors)
    return WaveSummary(exact.wave, exact.instrument, number, protect(exact.tables, policy))


def count_wave_exactly(db: Session, scope: Scope, slug: str, language: str) -> ExactWave:
    """Return a wave's exact counts: for protecting them, and for the operator's own command; raise SurveyUnknown.

    Questions to practise with are left out: they say how answering works, not what anybody thinks.
    """
    wave = get_wave(db, scope, slug)
    instrument = get_instrument(db, wave.version_id, language)
    counted = _count(db, wave, instrument)
    shown = (item for item in instrument.items.values() if not item.practice)
    tables = tuple(item_table(instrument, item, counted.by_item[item.id]) for item in shown)
    return ExactWave(wave, instrument, counted.responses, tables)


@lru_cache(maxsize=REMEMBERED)
def _remembered(_wave_id: uuid.UUID) -> dict[tuple[int, int], ItemCounts]:
    """Return the place where this process keeps a wave's counts, by its number of responses and of erasures."""
    return {}


def _count(db: Session, wave: WaveFacts, instrument: Instrument) -> ItemCounts:
    """Return a wave's counts, from memory while no response has come or gone since."""
    kept = _remembered(wave.id)
    state = (waves.count_responses(db, wave.id), wave.erasures)
    if found := kept.get(state):
        return found
    counted = count_items(instrument, responses.iterate_answers(db, wave.id))
    if counted.responses == state[0]:  # else an answer came in between: counted anew next time
        kept.clear()
        kept[state] = counted
    return counted
