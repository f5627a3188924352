"""Who wrote about which theme, and how: exact counts of people on their way into the disclosure gate.

People are counted, not comments: whoever names a theme in two comments counts for it once. Each theme is a question,
"is it in what you wrote", answered by everybody with words that are open, so it passes the gate like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Coding, Valence
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import SAFE_WIDTH
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import HeadlineSpec, share_headline

NAMED, NOT_NAMED = 1, 2  # the answers to "is this theme in what you wrote"
READ, UNREAD = 1, 2  # by a person
NOT_SAID = 5  # how somebody speaks of a theme is not known
VALENCES: Mapping[Valence, int] = {
    Valence.GOING_WELL: 1,
    Valence.NEEDS_CHANGE: 2,
    Valence.MIXED: 3,
    Valence.NEUTRAL: 4,
}
TYPE = "theme"
NEVER = 1_000_000_000  # people, from which on a share of a theme would be exact
PROGRESS = "progress"  # of all comments: how many a person has read
SHARE = "named"  # the name of a theme's headline: the share of those who wrote
PRIORITY, MANNER, CHECKED = "priority:", "/manner", "/checked"


@dataclass(frozen=True)
class Written:
    """One open comment: whose it is, what holds of it, and whether a person has read it."""

    person: Hashable
    coding: Coding
    read: bool = False


@dataclass(frozen=True)
class Mentions:
    """The people who name one theme, or one priority's themes: who, how each speaks of it, and who was checked."""

    manners: Mapping[Hashable, Valence | None] = field(default_factory=dict)
    checked: frozenset[Hashable] = frozenset()

    @property
    def people(self) -> int:
        """Return how many people name it."""
        return len(self.manners)

    @property
    def by_manner(self) -> dict[int, int]:
        """Return code of a manner of speaking -> people."""
        found = Counter(NOT_SAID if manner is None else VALENCES[manner] for manner in self.manners.values())
        return {code: found[code] for code in (*VALENCES.values(), NOT_SAID)}


@dataclass(frozen=True)
class ThemeCounts:
    """Exact counts of what a wave's open comments are about; never to be shown.

    ``people`` wrote something that is open. ``comments`` of theirs are there, of which a person has read ``read``.
    """

    people: int
    comments: int
    read: int
    themes: Mapping[str, Mentions]
    priorities: Mapping[str, Mentions]


def count_themes(codeframe: Codeframe, written: Iterable[Written]) -> ThemeCounts:
    """Return the exact counts of some comments; themes that the codeframe does not have count for nothing."""
    found = list(written)
    by_theme: dict[str, list[Written]] = {code: [] for code in codeframe.codes}
    by_priority: dict[str, list[Written]] = {priority.key: [] for priority in codeframe.priorities}
    for one in found:
        for code in one.coding.themes & by_theme.keys():
            by_theme[code].append(one)
        for key in codeframe.priorities_of(one.coding.themes):
            by_priority[key].append(one)
    return ThemeCounts(
        people=len({one.person for one in found}),
        comments=len(found),
        read=sum(one.read for one in found),
        themes={code: _mentions(some) for code, some in by_theme.items()},
        priorities={key: _mentions(some) for key, some in by_priority.items()},
    )


def _mentions(written: Iterable[Written]) -> Mentions:
    manners: dict[Hashable, list[Valence | None]] = {}
    unchecked = set()
    for one in written:
        manners.setdefault(one.person, []).append(one.coding.valence)
        if not one.coding.checked:
            unchecked.add(one.person)
    together = {person: manner_of(some) for person, some in manners.items()}
    return Mentions(together, frozenset(together.keys() - unchecked))


def manner_of(valences: Iterable[Valence | None]) -> Valence | None:
    """Return how one person speaks of something in several comments: both well and not so well is mixed."""
    found = {valence for valence in valences if valence is not None}
    if Valence.MIXED in found or {Valence.GOING_WELL, Valence.NEEDS_CHANGE} <= found:
        return Valence.MIXED
    for plain in (Valence.GOING_WELL, Valence.NEEDS_CHANGE, Valence.NEUTRAL):
        if plain in found:
            return plain
    return None


def rounded_throughout(policy: Policy) -> Policy:
    """Return the thresholds for themes: no share of them is made from exact counts, however many people wrote.

    The people who name a theme are told again as the base of how they speak of it. An exact share would tell that base
    exactly, and with it hidden counts there.
    """
    return policy.model_copy(update={"exact_headline_base": NEVER})


def named_headline() -> HeadlineSpec:
    """Return the headline of a theme: the share of those who wrote that name it."""
    return share_headline(SHARE, (NAMED,))


def named_table(code: str, people: int, base: int, *, minors: bool) -> ItemTable:
    """Return the exact table of one theme or priority: who names it, of all ``base`` people who wrote."""
    counts = Counts({NAMED: people, NOT_NAMED: base - people})
    return ItemTable(code, TYPE, counts, (named_headline(),), minors, kinds=frozenset())


def theme_tables(codeframe: Codeframe, counts: ThemeCounts, policy: Policy, *, minors: bool) -> tuple[ItemTable, ...]:
    """Return all exact tables of a summary: progress, then of each priority and theme who names it, how, and checked.

    Priorities are held where the hidden counts of their themes keep room (`held_priority`).
    """
    tables = [_parts(PROGRESS, {READ: counts.read, UNREAD: counts.comments - counts.read}, minors=minors)]
    for key, mentions in counts.priorities.items():
        held = held_priority(codeframe, counts, key, policy, minors=minors)
        tables.append(named_table(PRIORITY + key, held, counts.people, minors=minors))
        tables += _of_mentions(PRIORITY + key, mentions, minors=minors, held=held)
    for code, mentions in counts.themes.items():
        tables.append(named_table(code, mentions.people, counts.people, minors=minors))
        tables += _of_mentions(code, mentions, minors=minors)
    return tuple(tables)


def _of_mentions(code: str, mentions: Mentions, *, minors: bool, held: int | None = None) -> list[ItemTable]:
    """Return how people speak of something and for how many it is checked; of as many people as are ``held`` to be."""
    checked = {READ: len(mentions.checked), UNREAD: mentions.people - len(mentions.checked)}
    fewer = 0 if held is None else mentions.people - held
    manners, checks = (_less(values, fewer) for values in (mentions.by_manner, checked))
    return [_parts(code + MANNER, manners, minors=minors), _parts(code + CHECKED, checks, minors=minors)]


def _less(values: Mapping[int, int], fewer: int) -> Mapping[int, int]:
    """Return counts that add up to some people fewer: they are taken from the largest."""
    largest = max(values, key=lambda code: values[code])
    return {**values, largest: max(0, values[largest] - fewer)}


def _parts(code: str, values: Mapping[int, int], *, minors: bool) -> ItemTable:
    """Return people by what holds of them, without a headline: every share comes from rounded counts."""
    return ItemTable(code, TYPE, Counts(values), (), minors, kinds=frozenset())


def held_priority(codeframe: Codeframe, counts: ThemeCounts, key: str, policy: Policy, *, minors: bool) -> int:
    """Return how many people are held to name a priority: as many as do, or a few less where that would tell.

    All who name it name one of its themes. Less those whose themes are shown, they would leave the hidden themes so
    many that each of these could be worked out to one or two numbers. So each keeps SAFE_WIDTH numbers below the most.
    """
    most = policy.threshold_for(minors, sensitive=False) - 1
    people = [counts.themes[theme.code].people for theme in codeframe.by_priority.get(key, ())]
    hidden = [number for number in people if number <= most]
    true = counts.priorities[key].people
    if not hidden:
        return true
    shown = sum(number for number in people if number > most)
    return min(true, shown + most * len(hidden) - SAFE_WIDTH)
