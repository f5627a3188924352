"""What a wave's people wrote about, theme by theme: protected for whoever reads it, live or as it was frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.comparing import why_not
from feedback_app.domain.dimensions import dimensions_of
from feedback_app.domain.disclosure.changes import protect_changes
from feedback_app.domain.disclosure.grouped import Dimension
from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeChange, SafeCount, SafeTable
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown
from feedback_app.domain.errors import BreakdownUnknown, NothingShownYet
from feedback_app.domain.instrument import Instrument, TextItem
from feedback_app.domain.partnership import Geography
from feedback_app.domain.scope import Scope
from feedback_app.domain.theme_figures import (
    CHECKED,
    MANNER,
    PRIORITY,
    PROGRESS,
    READ,
    SHARE,
    named_table,
    rounded_throughout,
)
from feedback_app.services import frozen
from feedback_app.services.comparing import list_comparable
from feedback_app.services.fielding import get_fielded, get_instrument, get_wave
from feedback_app.services.frozen import Seen
from feedback_app.services.theme_counting import (
    ProtectedThemes,
    count_wave_themes,
    group_themes,
    protect_themes,
)
from feedback_app.services.theme_snapshot import EVERYBODY, FrozenThemes, find_frozen, lacking, sizes_of
from feedback_app.services.wave_summary import wave_facts
from feedback_app.store import waves
from feedback_app.store.waves import WaveFacts

MOST_EARLIER = 3  # waves that stand beside the latest
UNEVEN = 20  # points by which the shares of comments that a person has read may differ, to set waves side by side


@dataclass(frozen=True)
class ThemeSummary:
    """A wave's themes as they may be shown; ``made_on`` is the day they were frozen, None for figures as of now.

    ``sizes`` are the exact sizes they rest on, for comparing waves inside the gate alone: no page reads them.
    """

    wave: WaveFacts
    instrument: Instrument
    codeframe: Codeframe
    themes: ProtectedThemes
    seen: Seen
    made_on: date | None
    sizes: Mapping[str, Mapping[str, int]]

    @property
    def people(self) -> SafeCount:
        """Return how many people wrote something that is open."""
        return self.themes.people

    @property
    def progress(self) -> SafeTable:
        """Return of how many comments a person has read how many."""
        return self.themes.tables[PROGRESS]

    def named(self, code: str) -> SafeTable:
        """Return who names a theme; KeyError for one that the codeframe does not have."""
        return self.themes.tables[code]

    def of_priority(self, key: str) -> SafeTable:
        """Return who names a theme of a priority; KeyError for none of the codeframe's."""
        return self.themes.tables[PRIORITY + key]

    def manner(self, table: SafeTable) -> SafeTable:
        """Return how the people of such a table speak of it."""
        return self.themes.tables[table.code + MANNER]

    def checked(self, table: SafeTable) -> SafeTable:
        """Return for how many people of such a table a person has checked that the theme is there."""
        return self.themes.tables[table.code + CHECKED]

    def as_dict(self, priority: str | None = None) -> dict[str, Any]:
        """Return the summary, or one priority of it, as plain data for JSON."""
        keys = [one.key for one in self.codeframe.priorities if priority in (None, one.key)]
        groups = [
            {
                "priority": key,
                "name": next((one.name for one in self.codeframe.priorities if one.key == key), ""),
                **(self._part(self.of_priority(key)) if key else {}),
                "themes": [
                    {"theme": theme.code, "name": theme.name, **self._part(self.named(theme.code))}
                    for theme in self.codeframe.by_priority[key]
                ],
            }
            for key in (*keys, *([""] if priority is None else []))
        ]
        return {
            **wave_facts(self.wave, self.instrument),
            "codeframe": self.codeframe.name,
            "codeframe_version": self.codeframe.version,
            "figures_of": self.made_on.isoformat() if self.made_on else None,
            "wrote": self.people.as_total(),
            "comments_read": self.progress.as_dict(),
            "priorities": groups,
        }

    def _part(self, table: SafeTable) -> dict[str, Any]:
        tables = {"named": table, "manner": self.manner(table), "checked": self.checked(table)}
        return {name: one.as_dict() for name, one in tables.items()}


@dataclass(frozen=True)
class ThemeReader:
    """Who reads themes, by which rules, in which language."""

    db: Session
    scope: Scope
    codeframe: Codeframe
    policy: Policy
    geography: Geography
    language: str
    audience: Audience = Audience.SEND_TEAM

    def find_summary(self, slug: str) -> ThemeSummary | None:
        """Return a wave's themes; None where none are frozen yet for who sees no live figures.

        Raise SurveyUnknown, or NothingShownYet before the first snapshot.
        """
        wave = get_wave(self.db, self.scope, slug)
        instrument = get_instrument(self.db, wave.version_id, self.language)
        seen = frozen.get_seen(self.db, wave, self.audience)
        if seen.snapshot is not None:
            held = self._find_held(wave, seen)
            return (
                ThemeSummary(wave, instrument, self.codeframe, held.themes, seen, held.made_on, held.sets)
                if held
                else None
            )
        counted = count_wave_themes(self.db, self.scope, wave, self.codeframe)
        themes = protect_themes(self.codeframe, counted.counts, instrument, self.policy)
        return ThemeSummary(wave, instrument, self.codeframe, themes, seen, None, sizes_of(counted.counts))

    def _find_held(self, wave: WaveFacts, seen: Seen) -> FrozenThemes | None:
        """Return what was frozen, unless by other rules than today's or of another set of themes."""
        held = find_frozen(self.db, wave, seen.snapshot) if seen.snapshot else None
        if held is None or held.rules != frozen.rules_of(self.policy, self.geography):
            return None
        known = [*self.codeframe.codes, *(PRIORITY + one.key for one in self.codeframe.priorities)]
        return None if held.codeframe != self.codeframe.name or lacking(known, held) else held

    def dimensions(self, summary: ThemeSummary) -> tuple[Dimension, ...]:
        """Return what a wave's themes can be broken down by: nothing while its figures have no groups."""
        return dimensions_of(summary.instrument, self.geography) if summary.seen.grouped else ()

    def find_breakdown(self, summary: ThemeSummary, theme: str, name: str) -> SafeBreakdown | None:
        """Return who names a theme by the groups of one breakdown; None where too few do, or it is not frozen.

        Raise GroupsComeLater, BreakdownUnknown.
        """
        frozen.check_grouped(summary.wave, summary.seen)
        known = tuple(one.name for one in self.dimensions(summary))
        if name not in known:
            raise BreakdownUnknown(summary.wave.slug, name, known)
        if summary.seen.snapshot is not None:
            held = self._find_held(summary.wave, summary.seen)
            return held.by.get(theme, {}).get(name) if held else None
        if not summary.themes.has_groups(theme, self.policy):
            return None
        counted = count_wave_themes(self.db, self.scope, summary.wave, self.codeframe)
        instrument = summary.instrument
        grouped = group_themes(self.db, self.scope, summary.wave, instrument, counted, self.geography, self.policy)
        return grouped.protect(theme)[name]

    def list_earlier(self, summary: ThemeSummary, most: int = MOST_EARLIER) -> list[ThemeSummary]:
        """Return the themes of the latest earlier waves of the same survey that whoever asks sees, the newest first."""
        found = []
        for wave in list_comparable(self.db, self.scope, summary.wave.slug)[:most]:
            try:
                found.append(self.find_summary(wave.slug))
            except NothingShownYet:
                continue
        return [one for one in found if one is not None]

    def compare(self, before: ThemeSummary, after: ThemeSummary) -> Mapping[str, SafeChange] | str:
        """Return theme -> its change since an earlier wave, all as one family; or why that would not be honest.

        "wording": people were asked for their words in another way; "read_unevenly": a person has read a much larger
        part of one wave's comments, and people find themes that the program misses.
        """
        if not self._asked_alike(before, after):
            return "wording"
        shares = [_percent_read(one) for one in (before, after)]
        if abs(shares[0] - shares[1]) > UNEVEN:
            return "read_unevenly"
        codes = [code for code in self.codeframe.codes if code in before.sizes and code in after.sizes]
        first, second = (self._exact(one, codes) for one in (before, after))
        changes = protect_changes(first, second, [(code, SHARE) for code in codes], rounded_throughout(self.policy))
        return {change.code: change for change in changes}

    def _exact(self, summary: ThemeSummary, codes: list[str]) -> list[ItemTable]:
        wrote, minors = summary.sizes[EVERYBODY]["wrote"], summary.instrument.minors
        return [named_table(code, summary.sizes[code]["named"], wrote, minors=minors) for code in codes]

    def _asked_alike(self, before: ThemeSummary, after: ThemeSummary) -> bool:
        first, second = (get_fielded(self.db, one.wave.version_id).instrument for one in (before, after))
        asked = [{item.id for item in one.items.values() if isinstance(item, TextItem)} for one in (first, second)]
        return asked[0] == asked[1] and all(why_not(first, second, item) is None for item in asked[0])

    def list_with_words(self, may_read: Callable[[Instrument], bool]) -> list[tuple[WaveFacts, Instrument]]:
        """Return the waves that ask for people's own words and whose figures may be read, the newest first."""
        found = []
        for wave in waves.list_waves(self.db, self.scope):
            instrument = get_instrument(self.db, wave.version_id, self.language)
            if may_read(instrument) and any(isinstance(item, TextItem) for item in instrument.items.values()):
                found.append((wave, instrument))
        return found


def _percent_read(summary: ThemeSummary) -> int:
    """Return the whole percent of comments that a person has read, as far as it is shown: else 0 or 100."""
    shares = {share.code: share for share in summary.progress.distribution}
    read, unread = shares.get(READ), next((share for code, share in shares.items() if code != READ), None)
    if read is not None and read.percent is not None:
        return read.percent
    return 100 if unread is not None and read is not None and unread.count.value is None and read.count.value else 0
