"""The reader who knows the program: tries every world there could be, and keeps those that print exactly the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.attack.equations import ROOM

World = Mapping[object, int]


@dataclass(frozen=True)
class Told:
    """A number that all worlds with one print agree on, to within one person."""

    name: object
    values: tuple[int, ...]
    printed: Hashable
    world: World


def whole_numbers(total: int, places: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to share ``total`` people among some places."""
    if places == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in whole_numbers(total - first, places - 1):
            yield (first, *rest)


def learnt(
    worlds: Iterable[tuple[World, Hashable]],
    attacked: Callable[[World], Iterable[object]],
    complete: Callable[[Hashable], bool] = lambda _: True,
) -> tuple[int, list[Told]]:
    """Return how many numbers were attacked, and those that their print gives away; one of each kind of print.

    ``worlds`` come each with what is printed of it. ``attacked`` names the numbers of a world that are to stay hidden,
    ``complete`` says whether all worlds with a print were among those tried.
    """
    together: dict[Hashable, list[World]] = {}
    for world, printed in worlds:
        together.setdefault(printed, []).append(world)
    number, found = 0, []
    for shown, alike in together.items():
        if complete(shown):
            names = {name for world in alike for name in attacked(world)}
            number += len(names)
            found += [Told(name, values, shown, alike[0]) for name in names if (values := _near(name, alike))]
    return number, found


def _near(name: object, alike: list[World]) -> tuple[int, ...] | None:
    values = {world[name] for world in alike}
    return tuple(sorted(values)) if max(values) - min(values) < ROOM else None
