"""A codeframe: the themes that people's words are coded by, as data, and how themes roll up to the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from pydantic import Field

from feedback_app.domain.instrument import Frozen

CODE = r"^[A-Z][A-Z0-9_]{1,23}$"
NAME = r"^[a-z][a-z0-9_]{1,39}$"


class Theme(Frozen):
    """One theme: its code, never reused; what it means, for readers; and the cues that suggest it.

    ``cues`` are written as `domain.cue_syntax` says, in small letters; ``case_sensitive_cues`` match as written.
    ``exclude`` cancels a cue that lies inside such a phrase. ``cues_by_language``: language tag -> cues.
    """

    code: str = Field(pattern=CODE)
    name: str = Field(min_length=1)
    short: str = ""  # for narrow places; the name where there is none
    young_name: str = ""
    priority: str | None = None  # the key of a priority of the plan; none for what belongs to no one of them
    also_priorities: tuple[str, ...] = ()
    plan_references: tuple[str, ...] = ()
    cross_cutting: bool = False
    definition: str = Field(min_length=1)
    include: tuple[str, ...] = ()
    exclude_meaning: tuple[str, ...] = ()  # for readers: what belongs elsewhere
    examples: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    young_cues: tuple[str, ...] = ()
    case_sensitive_cues: tuple[str, ...] = ()
    cues_by_language: Mapping[str, tuple[str, ...]] = {}
    exclude: tuple[str, ...] = ()


class Priority(Frozen):
    """A priority that themes roll up to: its key (the workstream's, such as P1), and what it is called."""

    key: str = Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$")
    name: str = Field(min_length=1)


class Codeframe(Frozen):
    """A codeframe in one version. Themes keep their order: readers see them in it."""

    name: str = Field(pattern=NAME)
    version: int = Field(ge=1)
    title: str = Field(min_length=1)
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$")
    status: str = ""
    source: str = ""
    priorities: tuple[Priority, ...] = ()
    themes: tuple[Theme, ...] = Field(min_length=1)
    ready_cut: float = Field(default=0.8, gt=0.5, lt=1)  # sure enough to be suggested as accepted
    review_cut: float = Field(default=0.35, gt=0, lt=0.8)  # suggested to a reader from here on

    @cached_property
    def by_code(self) -> Mapping[str, Theme]:
        """Return theme code -> theme, in order."""
        return {theme.code: theme for theme in self.themes}

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of all themes, in order."""
        return tuple(self.by_code)

    @cached_property
    def by_priority(self) -> Mapping[str, tuple[Theme, ...]]:
        """Return priority key -> the themes of which it is the main priority; "" for those of none."""
        keys = [priority.key for priority in self.priorities] + [""]
        return {key: tuple(theme for theme in self.themes if (theme.priority or "") == key) for key in keys}

    def priorities_of(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Return the main priorities of some themes, in order, each once; codes that are not here count for nothing."""
        found = {theme.priority for code in codes if (theme := self.by_code.get(code)) and theme.priority}
        return tuple(priority.key for priority in self.priorities if priority.key in found)


def texts_of_codeframe(codeframe: Codeframe) -> Iterator[str]:
    """Yield what readers see in the language of a page: names, meanings and what belongs where."""
    for priority in codeframe.priorities:
        yield priority.name
    for theme in codeframe.themes:
        yield from filter(None, (theme.name, theme.short, theme.young_name, theme.definition))
        yield from theme.include
        yield from theme.exclude_meaning
