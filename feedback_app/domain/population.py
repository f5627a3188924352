"""What answers are compared with: figures about who lives and learns here, each with its source and date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from feedback_app.domain.instrument import Frozen

Place = tuple[str | int, ...]  # where in the file
CountedBy = Literal["home", "school"]
MARGINS = ("provision", "age_band", "district")  # what answers are weighted on, where it is known
TABLE_COLUMNS = ("district", "age_band", "provision")
PLACES: Mapping[CountedBy, str] = {
    "home": "where the child or young person lives",
    "school": "where the school is",
}


class Part(Frozen):
    """A part of a fact: how many people, or what percentage of the whole."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    what: str = Field(min_length=1)
    value: int | None = Field(default=None, ge=0)
    percent: float | None = Field(default=None, ge=0, le=100)


class Fact(Part):
    """A published figure, where it was counted, and its parts; `parts_are` says that their keys are districts.

    ``place`` says in words where it was counted; ``counted_by`` says it so that a frame can be held against it.
    """

    source: str = Field(min_length=1)
    date: str = Field(pattern=r"^\d{4}(-\d{2}){0,2}$")
    place: str = Field(min_length=1)
    counted_by: CountedBy | None = None
    parts: tuple[Part, ...] = ()
    parts_are: Literal["districts"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.value is None and self.percent is None and not self.parts:
            raise ValueError("a fact has a value, a percent or parts")
        if any(part.value is None and part.percent is None for part in self.parts):
            raise ValueError("each part has a value or a percent")
        return self


class Frame(Frozen):
    """The people whom answers are weighted to: who they are, where counted, how many in each group.

    ``groups``: breakdown -> group key -> the code it is reported as; answers in another group are not covered.
    ``margins``: breakdown -> group key -> people, from the file itself or from the ``table`` beside it.
    ``taken_from``: breakdown -> key of the fact whose parts a margin repeats. ``localities``: district code -> locality
    code, known from the partnership, never from the file. ``unsure``: breakdown -> codes of those who do not know.
    """

    source: str = Field(min_length=1)
    date: str = Field(pattern=r"^\d{4}(-\d{2}){0,2}$")
    place: CountedBy
    covers: str = Field(min_length=1)
    surveys: tuple[str, ...] = Field(min_length=1)
    district_is: CountedBy = "home"  # what the surveys' own question about the area asks
    groups: Mapping[str, Mapping[str, int]] = {}
    margins: Mapping[str, Mapping[str, Annotated[int, Field(ge=0)]]] = {}
    taken_from: Mapping[str, str] = {}
    table: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]+\.csv$")
    unsure: Mapping[str, tuple[int, ...]] = {}
    localities: Mapping[int, int] = {}

    @cached_property
    def by_code(self) -> Mapping[str, Mapping[int, int]]:
        """Return breakdown -> code of the group -> people, in the order of the groups."""
        return {
            name: {code: people[key] for key, code in self.groups[name].items()}
            for name, people in self.margins.items()
        }

    @cached_property
    def people(self) -> int | None:
        """Return how many people the frame counts, None where no margin is known."""
        return next((sum(groups.values()) for groups in self.margins.values()), None)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the breakdowns that answers cannot be weighted on, because nobody has told the numbers."""
        return tuple(name for name in MARGINS if name not in self.margins)


@dataclass(frozen=True)
class PopulationTable:
    """People by district, age band and provision (group keys): every combination once."""

    people: Mapping[tuple[str, str, str], int]

    @property
    def total(self) -> int:
        """Return how many people the table counts."""
        return sum(self.people.values())

    @property
    def margins(self) -> dict[str, dict[str, int]]:
        """Return breakdown -> group key -> people, summed over the other two."""
        sums: dict[str, dict[str, int]] = {name: {} for name in TABLE_COLUMNS}
        for keys, number in self.people.items():
            for name, key in zip(TABLE_COLUMNS, keys, strict=True):
                sums[name][key] = sums[name].get(key, 0) + number
        return sums


class Population(Frozen):
    """All facts about the people of an area, whose districts may be listed by key, and the frame for weighting."""

    area: str = Field(min_length=1)
    districts: tuple[str, ...] = ()
    frame: Frame | None = None
    facts: tuple[Fact, ...] = Field(min_length=1)
    notes: tuple[str, ...] = ()


def disagreements(population: Population, districts: Collection[str]) -> Iterator[tuple[Place, str]]:
    """Yield where and what does not fit together, or is not about the partnership's districts (their keys)."""
    if population.districts:
        for key in sorted(set(population.districts) ^ set(districts)):
            missing = "is not listed" if key in districts else "is none of the partnership's districts"
            yield ("districts",), f"{key} {missing}"
    yield from _repeats([fact.key for fact in population.facts], ("facts",), "fact")
    for number, fact in enumerate(population.facts):
        where: Place = ("facts", number, "parts")
        yield from _repeats([part.key for part in fact.parts], where, "part")
        for place, part in enumerate(fact.parts):
            if fact.parts_are == "districts" and part.key not in districts:
                yield (*where, place), f"{part.key} is none of the partnership's districts"
        together = sum(part.value or 0 for part in fact.parts)
        if fact.value is not None and together > fact.value:
            yield where, f"the parts of {fact.key} are {together} together, more than the whole, {fact.value}"


def _repeats(keys: list[str], where: Place, what: str) -> Iterator[tuple[Place, str]]:
    for key, count in Counter(keys).items():
        if count > 1:
            last = max(number for number, other in enumerate(keys) if other == key)
            yield (*where, last), f"the {what} {key} stands twice"


def frame_disagreements(
    population: Population, breakdowns: Mapping[str, Collection[int]], *, of_table: bool = False
) -> Iterator[tuple[Place, str]]:
    """Yield where and what does not hold in a population's frame, given breakdown -> codes of its groups.

    ``of_table``: its margins are the sums of its table, not the file's own.
    """
    frame = population.frame
    if frame is None:
        return
    yield from _wrong_groups(frame, breakdowns)
    if frame.table and frame.margins and not of_table:
        yield ("frame", "margins"), "the frame has either margins or a table, whose sums are the margins"
    for name, people in frame.margins.items():
        yield from _wrong_margin(frame, name, people)
    wholes = {name: sum(people.values()) for name, people in frame.margins.items()}
    if len(set(wholes.values())) > 1:
        told = ", ".join(f"{name} {whole:,}" for name, whole in wholes.items())
        yield ("frame", "margins"), f"the margins do not count the same people: {told} together"
    yield from _wrong_places(population, frame)


def _wrong_groups(frame: Frame, breakdowns: Mapping[str, Collection[int]]) -> Iterator[tuple[Place, str]]:
    for name, groups in frame.groups.items():
        where: Place = ("frame", "groups", name)
        if name not in breakdowns:
            yield where, f"there is no breakdown called {name}"
            continue
        for key, code in groups.items():
            if code not in breakdowns[name]:
                yield (*where, key), f"{name} has no group with the code {code}"
        for code, count in Counter(groups.values()).items():
            if count > 1:
                yield where, f"two groups of {name} have the code {code}"


def _wrong_margin(frame: Frame, name: str, people: Mapping[str, int]) -> Iterator[tuple[Place, str]]:
    where: Place = ("frame", "margins", name)
    if name not in MARGINS:
        yield where, f"answers are weighted on {', '.join(MARGINS)}, not on {name}"
        return
    if name not in frame.groups:
        yield where, f"the groups of {name} are not declared under groups"
        return
    for key in people.keys() - frame.groups[name].keys():
        yield (*where, key), f"{key} is no group of {name}; there are: {', '.join(frame.groups[name])}"
    for key in frame.groups[name].keys() - people.keys():
        yield where, f"{key} is not listed; every group of {name} has its number"
    if not sum(people.values()):
        yield where, f"{name} counts nobody"


def _wrong_places(population: Population, frame: Frame) -> Iterator[tuple[Place, str]]:
    """Yield what is counted by one place and used as if counted by the other, and margins unlike their facts."""
    if "district" in frame.margins and frame.place != frame.district_is:
        told = f"the districts are counted {PLACES[frame.place]}, and families are asked {PLACES[frame.district_is]}"
        yield ("frame", "place"), f"{told}: such a frame must not weight on district"
    facts = {fact.key: fact for fact in population.facts}
    for name, key in frame.taken_from.items():
        if name not in frame.margins or key not in facts:
            missing = f"margin called {name}" if name not in frame.margins else f"fact called {key}"
            yield ("frame", "taken_from", name), f"there is no {missing}"
        else:
            yield from _unlike(frame, name, facts[key])


def _unlike(frame: Frame, name: str, fact: Fact) -> Iterator[tuple[Place, str]]:
    """Yield where a margin is not that of the fact which it is taken from."""
    if fact.counted_by not in (None, frame.place):
        told = f"{fact.key} is counted {fact.place}, and the frame {PLACES[frame.place]}"
        yield ("frame", "taken_from", name), f"{told}: the two must not be mixed"
    parts = {part.key: part.value for part in fact.parts}
    for key, people in frame.margins[name].items():
        if key in frame.groups.get(name, {}) and people != parts.get(key):
            known = "no such part" if parts.get(key) is None else f"{parts[key]:,}"
            yield ("frame", "margins", name, key), f"{key} is {people:,} here, and {fact.key} has {known}"
