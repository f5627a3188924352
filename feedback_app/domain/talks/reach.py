"""How far talks reach: which periods are told of, and what of the people in them may be told. Pure.

Talks themselves are public: how many, where, about what. Whoever came is not. What is told of them rests on periods
that never change again and never overlap, so that no two figures can be subtracted: whole quarters, and blocks of
whole quarters. A family that books a whole term is counted at each talk, so a count of six may be one family: a count
is told only where it holds enough families at one single talk. What is too small is told together with the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.safe import SafeCount
from feedback_app.domain.disclosure.totals import count_safe, total_safe
from feedback_app.domain.scoring.rounding import round_half_up
from feedback_app.domain.talks.programme import Rules, Way

SETTLING_DAYS = 7  # after the last talk of a quarter is finished by itself, until its figures are told
Counts = Mapping[str, int]  # as a talk was counted when it was finished
REST = "rest"
BOOKED, CAME, PLACES = "families_booked", "families_came", "places_booked"
FIRST_TIME, UNSAID = ("first_time:yes", "first_time:no"), "first_time:unsaid"
MET, UNMET = "needing:met", "needing:unmet"


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of a year, from 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter that a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first(self) -> date:
        """Return its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Return its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Quarter:
        """Return the quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> Quarter:
        """Return the quarter before it."""
        return Quarter.of(self.first - timedelta(days=1))

    def counted_until(self, rules: Rules) -> date:
        """Return the last day on which a talk of it is finished in time: a later one is never counted."""
        return self.last + timedelta(days=rules.finish_after_days + SETTLING_DAYS)

    def is_told(self, rules: Rules, today: date) -> bool:
        """Return whether people who came in it are told of: not while what was finished last can be opened again."""
        return today >= self.last + timedelta(days=days_until_told(rules))


def days_until_told(rules: Rules) -> int:
    """Return how many days after its end a quarter is told: what was finished last can be opened again for a day."""
    return rules.finish_after_days + SETTLING_DAYS + 2


@dataclass(frozen=True)
class FinishedTalk:
    """A talk that is finished, and what was counted then."""

    day: date
    finished_on: date
    counts: Counts


@dataclass(frozen=True)
class Part:
    """One part of people: its key, or REST for all that are told together, how many, and whole percent of all parts."""

    key: str
    number: SafeCount
    percent: int | None


@dataclass(frozen=True)
class People:
    """What is told of the people in one quarter; a rate is whole percent of the bookings in ``rate_of``."""

    bookings: SafeCount
    places: SafeCount
    came: SafeCount
    rate: int | None
    rate_of: SafeCount


@dataclass(frozen=True)
class Block:
    """What is told of the people in a block of whole quarters, from the first to the last of them."""

    first: Quarter
    last: Quarter
    bookings: SafeCount
    districts: tuple[Part, ...]
    first_time: tuple[Part, ...]
    ways: tuple[Part, ...]
    needing: SafeCount
    needs: tuple[Part, ...]
    met: tuple[Part, ...]


def told_quarters(talks: Iterable[FinishedTalk], rules: Rules, today: date) -> dict[Quarter, list[Counts]]:
    """Return each quarter that may be told of by now, from the first with a talk on, with the counts of its talks."""
    by_quarter: dict[Quarter, list[Counts]] = {}
    for talk in talks:
        quarter = Quarter.of(talk.day)
        if talk.finished_on <= quarter.counted_until(rules) and quarter.is_told(rules, today):
            by_quarter.setdefault(quarter, []).append(talk.counts)
    if not by_quarter:
        return {}
    found, quarter = {}, min(by_quarter)
    while quarter.is_told(rules, today):
        found[quarter] = by_quarter.get(quarter, [])
        quarter = quarter.next
    return found


def blocks_of(
    quarters: Mapping[Quarter, Sequence[Counts]], policy: Policy
) -> list[tuple[Quarter, Quarter, list[Counts]]]:
    """Return the blocks of quarters, the earliest first: each ends once it holds as many bookings as no small group.

    Where one ends is settled by what came before it alone, so a block that was told of stays as it is.
    """
    found: list[tuple[Quarter, Quarter, list[Counts]]] = []
    first: Quarter | None = None
    gathered: list[Counts] = []
    for quarter in sorted(quarters):
        first = first or quarter
        gathered = [*gathered, *quarters[quarter]]
        if sum(talk.get(BOOKED, 0) for talk in gathered) >= policy.small_group:
            found.append((first, quarter, gathered))
            first, gathered = None, []
    return found


def people_of(talks: Sequence[Counts], policy: Policy) -> People:
    """Return what is told of the people in a quarter."""
    registered = [talk for talk in talks if CAME in talk]
    came = [{CAME: talk[CAME], "away": max(0, talk.get(BOOKED, 0) - talk[CAME])} for talk in registered]
    rate_of = _total(registered, [BOOKED], policy)
    parts = told_together(came, [CAME], ["away"], policy.threshold, policy)
    rate = parts[0].percent if parts and rate_of.value else None
    ways = [f"came:{way.value}" for way in Way]
    return People(
        _total(talks, [BOOKED], policy), _total(talks, [PLACES], policy), _total(talks, ways, policy), rate, rate_of
    )


def block_of(
    first: Quarter,
    last: Quarter,
    talks: Sequence[Counts],
    districts: Sequence[int],
    needs: Sequence[str],
    policy: Policy,
) -> Block:
    """Return what is told of the people in a block of quarters."""
    at_places = [f"district:{code}" for code in districts]
    private = policy.threshold_for(minors=False, sensitive=True)
    return Block(
        first,
        last,
        bookings=_total(talks, [BOOKED], policy),
        districts=told_together(talks, at_places, ["district:unsaid"], policy.threshold, policy),
        first_time=_first_time(talks, policy),
        ways=told_together(talks, [f"came:{Way.IN_PERSON}"], [f"came:{Way.ONLINE}"], policy.minimum_base, policy),
        needing=_total(talks, [MET, UNMET], policy),
        needs=_needs(talks, needs, private, policy),
        met=told_together(talks, [MET], [UNMET], policy.threshold, policy),
    )


def _first_time(talks: Sequence[Counts], policy: Policy) -> tuple[Part, ...]:
    """Return who came for the first time, and if it can be told who had been before.

    Where both can be told, and how many did not say as well, shares are of those who said.
    """
    new, before = FIRST_TIME
    parts = told_together(talks, FIRST_TIME, [UNSAID], policy.threshold, policy)
    if {new, before} < {part.key for part in parts}:
        said = sum(part.number.value or 0 for part in parts[:-1])
        return (
            *(replace(part, percent=_share(part.number, said, policy)) for part in parts[:-1]),
            replace(parts[-1], percent=None),
        )
    return parts


def _needs(talks: Sequence[Counts], needs: Sequence[str], least: int, policy: Policy) -> tuple[Part, ...]:
    """Return how often each need was asked for; one that nearly everybody asked for is told with the rest.

    A family may ask for several things, so how many families are behind the rest is known of its commonest need alone.
    """
    if _in_one(talks, [MET, UNMET]) < least:
        return ()
    every = [f"need:{key}:asked" for key in needs]
    apart = [key for key in every if _most(talk.get(BOOKED, 0) - talk.get(key, 0) for talk in talks) >= least]
    return told_together(talks, apart, [key for key in every if key not in apart], least, policy, several=True)


def told_together(
    talks: Sequence[Counts],
    keys: Collection[str],
    rest: Collection[str],
    least: int,
    policy: Policy,
    *,
    several: bool = False,
) -> tuple[Part, ...]:
    """Return those parts that hold ``least`` families at one talk, then the rest, which does so too; or nothing.

    Where the rest is too small the last part joins it: which one that is must not depend on how large the others are,
    or it would tell of them. So no part is hidden, nothing is left to be worked out from
    the others, and how people are spread within the rest cannot be told. ``several``: a family may be in several parts.
    """
    behind = _in_several if several else _in_one
    shown = [key for key in keys if behind(talks, [key]) >= least]
    together = [*rest, *(key for key in keys if key not in shown)]
    if shown and behind(talks, together) < least:
        together.append(shown.pop())
    if not shown or behind(talks, together) < least:
        return ()
    numbers = [count_safe(_sum(talks, [key]), least, policy) for key in shown]
    numbers.append(count_safe(_sum(talks, together), least, policy))
    base = sum(number.value or 0 for number in numbers)
    percents = [_share(number, base, policy) for number in numbers]
    return tuple(Part(key, number, share) for key, number, share in zip([*shown, REST], numbers, percents, strict=True))


def _share(number: SafeCount, base: int, policy: Policy) -> int | None:
    """Return a whole percent of printed numbers; none of a small base (R2)."""
    return int(round_half_up(100 * (number.value or 0) / base)) if base >= policy.share_base else None


def _total(talks: Sequence[Counts], keys: Collection[str], policy: Policy) -> SafeCount:
    """Return how many in all, as it may be told: too few where no single talk has enough."""
    enough = _in_one(talks, keys) >= policy.minimum_base
    return total_safe(_sum(talks, keys) if enough else 0, policy)


def _sum(talks: Sequence[Counts], keys: Collection[str]) -> int:
    return sum(talk.get(key, 0) for talk in talks for key in keys)


def _most(numbers: Iterable[int]) -> int:
    return max(numbers, default=0)


def _in_one(talks: Sequence[Counts], keys: Collection[str]) -> int:
    """Return of how many families at least parts are, where each family is in one of them at each talk."""
    return _most(sum(talk.get(key, 0) for key in keys) for talk in talks)


def _in_several(talks: Sequence[Counts], keys: Collection[str]) -> int:
    """Return of how many families at least parts are, where a family may be in several of them."""
    return _most(talk.get(key, 0) for talk in talks for key in keys)
