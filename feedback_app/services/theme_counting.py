"""Themes of a wave counted, exactly: its open comments settled, and each theme by groups of people."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import settle
from feedback_app.domain.disclosure.breaking_down import protect_question
from feedback_app.domain.disclosure.gate import protect, total_safe
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.safe import SafeCount, SafeTable
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.partnership import Geography
from feedback_app.domain.scope import Scope
from feedback_app.domain.theme_figures import (
    NAMED,
    NOT_NAMED,
    ThemeCounts,
    Written,
    count_themes,
    rounded_throughout,
    theme_tables,
)
from feedback_app.reports.breakdown import count_places
from feedback_app.reports.theme_split import SILENT, frame_of_groups, theme_question
from feedback_app.services.breaking_down import Grouped, group_answers
from feedback_app.store import theme_counts
from feedback_app.store.theme_counts import OpenComment, WavePerson
from feedback_app.store.waves import WaveFacts


@dataclass(frozen=True)
class CountedThemes:
    """A wave's open comments with what holds of each, and the exact counts of them; never to be shown."""

    comments: tuple[OpenComment, ...]
    counts: ThemeCounts
    codes: Mapping[uuid.UUID, frozenset[str]]  # comment -> its themes
    wrote: frozenset[uuid.UUID]  # responses with words that are open

    def naming(self, theme: str) -> frozenset[uuid.UUID]:
        """Return the responses that name a theme."""
        return frozenset(one.response_id for one in self.comments if theme in self.codes[one.comment_id])


def count_wave_themes(
    db: Session, scope: Scope, wave: WaveFacts, codeframe: Codeframe, upto: int | None = None
) -> CountedThemes:
    """Return a wave's themes counted in all open comments, or in those that a snapshot counts."""
    comments = tuple(theme_counts.list_open(db, scope, wave.id, upto))
    settled = {one.comment_id: settle(one.readings, one.tagged) for one in comments}
    written = [Written(one.response_id, settled[one.comment_id], bool(one.readings)) for one in comments]
    codes = {comment: coding.themes for comment, coding in settled.items()}
    wrote = frozenset(one.response_id for one in comments)
    return CountedThemes(comments, count_themes(codeframe, written), codes, wrote)


@dataclass(frozen=True)
class ProtectedThemes:
    """A wave's themes as they may be shown: how many wrote, and the table of each part by its code."""

    people: SafeCount
    tables: Mapping[str, SafeTable]

    def has_groups(self, theme: str, policy: Policy) -> bool:
        """Return whether enough people name a theme to tell groups of them apart, as its printed number says."""
        figures = self.tables[theme].figures
        people = figures[0].people if figures and figures[0].value is not None else None
        return people is not None and (people.value or 0) >= policy.small_group


def protect_themes(
    codeframe: Codeframe, counts: ThemeCounts, instrument: Instrument, policy: Policy
) -> ProtectedThemes:
    """Return a wave's themes as they may be shown."""
    minors = instrument.minors
    rounding = rounded_throughout(policy)
    release = protect(theme_tables(codeframe, counts, rounding, minors=minors), rounding)
    return ProtectedThemes(total_safe(counts.people, policy, minors), {table.code: table for table in release})


@dataclass(frozen=True)
class GroupedThemes:
    """A wave's people in their groups, and who of them wrote what: what breakdowns of themes are made from."""

    people: tuple[WavePerson, ...]
    grouped: Grouped
    counted: CountedThemes
    policy: Policy

    def protect(self, theme: str) -> dict[str, SafeBreakdown]:
        """Return breakdown -> who names a theme by its groups, protected; all are settled together (R3)."""
        naming, wrote = self.counted.naming(theme), self.counted.wrote
        answers = [
            NAMED if one.response_id in naming else NOT_NAMED if one.response_id in wrote else SILENT
            for one in self.people
        ]
        splits, minors = self.grouped.splits, self.grouped.instrument.minors
        question = theme_question(theme, answers, splits, self._places(), minors=minors)
        found = protect_question(question, self.grouped.sizes, rounded_throughout(self.policy))
        return {split.by[0]: table for split, table in zip(splits, found, strict=True)}

    def _places(self) -> dict[tuple[str, ...], dict[tuple[int, ...], int]]:
        """Return how many settings or sessions each group came through, where children's places are told apart."""
        if not self.grouped.instrument.minors:
            return {}
        geographical = {one.name for one in self.grouped.dimensions if one.geographical}
        found = [split for split in self.grouped.splits if geographical.intersection(split.by)]
        return {split.by: count_places(self.grouped.answers, split) for split in found}


def group_themes(
    db: Session,
    scope: Scope,
    wave: WaveFacts,
    instrument: Instrument,
    counted: CountedThemes,
    geography: Geography,
    policy: Policy,
    upto: int | None = None,
) -> GroupedThemes:
    """Return a wave's people in their groups beside what they wrote, of all or of those that a snapshot counts."""
    people = tuple(theme_counts.iterate_people(db, scope, wave.id, upto))
    names = people[0].groups if people else {}
    groups = {name: [one.groups[name] for one in people] for name in names}
    frame = frame_of_groups(instrument, [one.collector for one in people], groups)
    grouped = group_answers(instrument, frame, geography, policy)
    return GroupedThemes(people, grouped, counted, policy)
