"""What answers are compared with: figures about who lives and learns here, each with its source and date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from feedback_app.domain.instrument import Frozen

Place = tuple[str | int, ...]  # where in the file


class Part(Frozen):
    """A part of a fact: how many people, or what percentage of the whole."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    what: str = Field(min_length=1)
    value: int | None = Field(default=None, ge=0)
    percent: float | None = Field(default=None, ge=0, le=100)


class Fact(Part):
    """A published figure, where it was counted, and its parts; `parts_are` says that their keys are districts."""

    source: str = Field(min_length=1)
    date: str = Field(pattern=r"^\d{4}(-\d{2}){0,2}$")
    place: str = Field(min_length=1)
    parts: tuple[Part, ...] = ()
    parts_are: Literal["districts"] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.value is None and self.percent is None and not self.parts:
            raise ValueError("a fact has a value, a percent or parts")
        if any(part.value is None and part.percent is None for part in self.parts):
            raise ValueError("each part has a value or a percent")
        return self


class Population(Frozen):
    """All facts about the people of an area, whose districts may be listed by key."""

    area: str = Field(min_length=1)
    districts: tuple[str, ...] = ()
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
