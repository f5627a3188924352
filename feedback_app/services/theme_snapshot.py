"""Themes frozen with a wave's snapshot (R5): what readers outside the SEND team see of them until the next.

The figures of a snapshot are of the people whom it counts. What people decide about their words later changes
themes by a few: so they are made anew only once four weeks have passed, and each theme only where nobody or a group
large enough to be shown comes or goes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.disclosure.freezing import NotFrozen
from feedback_app.domain.disclosure.ledger import is_a_few
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown
from feedback_app.domain.partnership import Geography
from feedback_app.domain.scope import Scope
from feedback_app.domain.theme_figures import PRIORITY, PROGRESS, ThemeCounts
from feedback_app.services.fielding import get_fielded, get_wave
from feedback_app.services.frozen import Rules, pack, rules_of, same_rules, unpack
from feedback_app.services.snapshots import Apart
from feedback_app.services.theme_counting import (
    CountedThemes,
    ProtectedThemes,
    count_wave_themes,
    group_themes,
    protect_themes,
)
from feedback_app.store import responses, snapshots, theme_snapshots, waves
from feedback_app.store.snapshots import SnapshotFacts, lock_wave
from feedback_app.store.waves import WaveFacts

AGAIN_AFTER = timedelta(days=28)
EVERYBODY = "everybody"
By = Mapping[str, Mapping[str, SafeBreakdown]]  # theme -> breakdown -> who names it by its groups


@dataclass(frozen=True)
class FrozenThemes:
    """A wave's themes as they were frozen; ``sets`` are exact sizes, to judge a change by, and never shown."""

    codeframe: str
    version: int
    made_on: date
    rules: Rules
    themes: ProtectedThemes
    by: By
    sets: Mapping[str, Mapping[str, int]]
    number: int = 0  # of the snapshot that they were frozen with

    def packed(self) -> bytes:
        """Return what is stored."""
        fields = {name: getattr(self, name) for name in ("codeframe", "version", "made_on", "rules", "by", "sets")}
        return pack(fields | {"people": self.themes.people, "tables": self.themes.tables})


def find_frozen(db: Session, wave: WaveFacts, snapshot: SnapshotFacts) -> FrozenThemes | None:
    """Return the themes frozen with a snapshot, or while it has none with the one before it.

    None where there are none that this program can read.
    """
    kept = theme_snapshots.find_themes(db, wave.id, snapshot.number)
    if kept is None:
        return None
    number, document = kept
    try:
        held = dict(unpack(document))
        return FrozenThemes(themes=ProtectedThemes(held.pop("people"), held.pop("tables")), **held, number=number)
    except (NotFrozen, TypeError, KeyError, ValueError):
        return None


@dataclass(frozen=True)
class ThemeFreezing:
    """How a partnership freezes themes, and on which day."""

    scope: Scope
    policy: Policy
    geography: Geography
    codeframe: Codeframe
    today: date

    def bring_up_to_date(self, slug: str, apart: Apart) -> bool:
        """Freeze a wave's themes where they are due, each step in a transaction of its own; return whether it did."""
        made = apart(partial(self.make, slug=slug), reading=True)
        return bool(made and apart(partial(self.keep, made=made)))

    def freeze(self, db: Session, slug: str) -> bool:
        """Freeze a wave's themes where they are due, in one transaction; return whether it did; raise SurveyUnknown."""
        made = self.make(db, slug)
        return bool(made and self.keep(db, made))

    def list_waves(self, db: Session) -> list[str]:
        """Return the slugs of waves that have a snapshot, whose themes may be due."""
        taken = snapshots.find_latest_of_all(db, self.scope)
        return [wave.slug for wave in waves.list_waves(db, self.scope) if wave.id in taken]

    def make(self, db: Session, slug: str) -> tuple[SnapshotFacts, bytes] | None:
        """Return a wave's latest snapshot with its themes, packed; None where it has them and none are due.

        None too where somebody deleted an answer since, or the rules of disclosure are others by now, or nobody wrote.
        """
        wave = get_wave(db, self.scope, slug)
        latest = snapshots.find_latest(db, wave.id)
        if latest is None or not same_rules(db, latest, self.policy, self.geography):
            return None
        before = find_frozen(db, wave, latest)
        before = before if before and before.number == latest.number else None
        if before and self.today - before.made_on < AGAIN_AFTER:
            return None
        if responses.count_in_snapshot(db, wave.id, latest.number) != latest.responses:
            return None
        counted = count_wave_themes(db, self.scope, wave, self.codeframe, latest.number)
        if not counted.comments:
            return None
        stays = self._staying(before, counted.counts, minors=get_fielded(db, wave.version_id).instrument.minors)
        if stays is None:  # said before the groups are made: that takes a while, and an old wave comes here each day
            return None
        made = self._made(db, wave, latest, counted)
        return latest, (_with_old(before, made, stays) if before and stays else made).packed()

    def _made(self, db: Session, wave: WaveFacts, snapshot: SnapshotFacts, counted: CountedThemes) -> FrozenThemes:
        instrument = get_fielded(db, wave.version_id).instrument
        themes = protect_themes(self.codeframe, counted.counts, instrument, self.policy)
        by: dict[str, dict[str, SafeBreakdown]] = {}
        if snapshot.grouped:
            grouped = group_themes(
                db, self.scope, wave, instrument, counted, self.geography, self.policy, snapshot.number
            )
            wanted = [theme for theme in self.codeframe.codes if themes.has_groups(theme, self.policy)]
            by = {theme: grouped.protect(theme) for theme in wanted}
        return FrozenThemes(
            codeframe=self.codeframe.name,
            version=self.codeframe.version,
            made_on=self.today,
            rules=rules_of(self.policy, self.geography),
            themes=themes,
            by=by,
            sets=sizes_of(counted.counts),
        )

    def _staying(self, before: FrozenThemes | None, counts: ThemeCounts, *, minors: bool) -> set[str] | None:
        """Return the themes and priorities whose figures stay, too few people having changed; None where all stay."""
        if before is None or (before.codeframe, before.version) != (self.codeframe.name, self.codeframe.version):
            return set()
        sets, least = sizes_of(counts), self.policy.base_for(minors)
        stays = {code for code in sets if _changed_by_a_few(before.sets.get(code, {}), sets[code], least)}
        if EVERYBODY in stays or dict(before.sets) == sets:
            return None
        return stays | {
            PRIORITY + key
            for key, themes in self.codeframe.by_priority.items()
            if stays.intersection(theme.code for theme in themes)
        }

    def keep(self, db: Session, made: tuple[SnapshotFacts, bytes]) -> bool:
        """Keep the themes of a snapshot, unless somebody has deleted an answer meanwhile; return whether kept."""
        facts, document = made
        lock_wave(db, facts.wave_id)
        if responses.count_in_snapshot(db, facts.wave_id, facts.number) != facts.responses:
            return False
        theme_snapshots.set_themes(db, facts.wave_id, facts.number, document)
        return True


def _with_old(before: FrozenThemes, made: FrozenThemes, stays: Collection[str]) -> FrozenThemes:
    """Return new figures, but the old ones of what stays."""
    tables = {code: before.themes.tables[code] if root_of(code) in stays else table
              for code, table in made.themes.tables.items()}  # fmt: skip
    by = {code: before.by.get(code, {}) if code in stays else tables for code, tables in made.by.items()}
    sets = {code: before.sets[code] if code in stays else found for code, found in made.sets.items()}
    return replace(made, themes=ProtectedThemes(made.themes.people, tables), by=by, sets=sets)


def root_of(code: str) -> str:
    """Return the theme or priority that a table is of: "INFO" for "INFO/manner"."""
    return code.partition("/")[0]


def sizes_of(counts: ThemeCounts) -> dict[str, dict[str, int]]:
    """Return how many people wrote, and of each theme and priority how many name it and in which manner."""
    found: dict[str, dict[str, int]] = {EVERYBODY: {"wrote": counts.people}}
    parts: dict[str, Any] = {PRIORITY + key: some for key, some in counts.priorities.items()} | dict(counts.themes)
    for code, mentions in parts.items():
        manners = {str(manner): people for manner, people in mentions.by_manner.items()}
        found[code] = {"named": mentions.people, **manners}
    return found


def _changed_by_a_few(before: Mapping[str, int], after: Mapping[str, int], least: int) -> bool:
    return any(is_a_few(abs(after.get(name, 0) - before.get(name, 0)), least) for name in {*before, *after})


def lacking(codes: Collection[str], frozen: FrozenThemes) -> bool:
    """Return whether frozen themes lack one that is asked for: the codeframe has another version by now."""
    return PROGRESS not in frozen.themes.tables or any(code not in frozen.themes.tables for code in codes)
