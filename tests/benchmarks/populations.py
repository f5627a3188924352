"""Invented populations whose true shares are known, and the waves of people who choose to answer in them.

A population is told in cells: provision x age band x district. Each cell has its people, its rate of answering and its
true share of favourable answers to each item. Whoever answers draws from the shares of their own cell, and a person's
answers go together through one common attitude.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from feedback_app.domain.population import MARGINS, Frame

PLAN, SUPPORT = 1, 2
PROVISION = {PLAN: 10_155, SUPPORT: 24_473}  # school census, January 2025
AGES = {1: 0.10, 2: 0.44, 3: 0.38, 4: 0.08}
DISTRICTS = {1: 9.2, 2: 8.6, 3: 6.1, 4: 8.0, 5: 11.6, 6: 9.0, 7: 13.1, 8: 4.0, 9: 6.3, 10: 8.4, 11: 8.2, 12: 7.5}
LOCALITIES = {1: 3, 2: 2, 3: 1, 4: 3, 5: 1, 6: 3, 7: 2, 8: 3, 9: 3, 10: 2, 11: 2, 12: 1}
ITEMS = 25
LEVELS = np.linspace(0.25, 0.75, ITEMS)  # the items' favourable shares
NPS_LEVELS = ((0.35, 0.40), (0.20, 0.55), (0.55, 0.20))  # promoters and detractors of the items asked from 0 to 10
TOGETHER = 0.6
SKIPS = 0.04
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Leaning:
    """How far the favourable share of a group lies from the others', on 0 to 1, by what explains answers."""

    provision: float = 0.0  # with a plan less with SEN support
    age: float = 0.0  # oldest less youngest
    district: float = 0.0  # last less first


@dataclass(frozen=True)
class Answering:
    """What share of families answers, by provision, and how who answers differs in what no frame knows."""

    plan: float = 0.041
    support: float = 0.011
    uneven: float = 0.15  # by how much, relatively, the last district answers more than the average, the first less
    contentment: float = 0.0  # standard deviations by which those who answer are more content than their cell


@dataclass(frozen=True)
class World:
    """A population in cells: people, group codes and true favourable shares (items x cells, 0 to 1)."""

    people: Floats
    provision: NDArray[np.int64]
    age: NDArray[np.int64]
    district: NDArray[np.int64]
    shares: Floats
    recommends: Floats  # items x 2 x cells: promoters and detractors

    @property
    def true_shares(self) -> Floats:
        """Return each item's true favourable share in the whole population, 0 to 100."""
        return np.asarray(100 * self.shares @ self.people / self.people.sum())

    @property
    def true_nps(self) -> Floats:
        """Return each recommending item's true NPS in the whole population, -100 to 100."""
        net = self.recommends[:, 0] - self.recommends[:, 1]
        return np.asarray(100 * net @ self.people / self.people.sum())


def make_world(leaning: Leaning, changes: Sequence[float] = (), nps_change: float = 0.0) -> World:
    """Return a population; `changes` are points by which items lie above the usual, `nps_change` those of every NPS."""
    provision, age, district = (
        grid.ravel() for grid in np.meshgrid(list(PROVISION), list(AGES), list(DISTRICTS), indexing="ij")
    )
    older = (age - 2.5) / 3  # from -1/2 to 1/2
    further = (district - 6.5) / 11
    ages = np.array(list(AGES.values()))[age - 1] * np.exp(np.where(provision == PLAN, 0.5, -0.2) * older)
    places = np.array(list(DISTRICTS.values()))[district - 1] * np.exp(np.where(provision == PLAN, 0.2, -0.1) * further)
    people = ages * places
    for code, number in PROVISION.items():
        people[provision == code] *= number / people[provision == code].sum()
    lean = leaning.provision * np.where(provision == PLAN, 0.5, -0.5) + leaning.age * older + leaning.district * further
    moved = np.zeros(ITEMS) if not len(changes) else np.asarray(changes) / 100
    shares = np.clip(LEVELS[:, None] + moved[:, None] + lean, 0.02, 0.98)
    up, down = np.array(NPS_LEVELS).T
    half = nps_change / 200
    recommends = np.stack([up[:, None] + half + lean / 2, down[:, None] - half - lean / 2], axis=1)
    return World(people, provision, age, district, shares, np.clip(recommends, 0.02, 0.96))


def make_frame(world: World, known: Sequence[str] = MARGINS) -> Frame:
    """Return what is known about a population: the margins named, as a partnership's file would give them."""
    groups: dict[str, dict[str, int]] = {}
    margins: dict[str, dict[str, int]] = {}
    for name in known:
        column = world.age if name == "age_band" else getattr(world, name)
        groups[name] = {f"group_{code}": int(code) for code in np.unique(column)}
        margins[name] = {key: round(world.people[column == code].sum()) for key, code in groups[name].items()}
    return Frame(
        source="invented", date="2026", place="home", covers="invented families", surveys=("send_parents",),
        groups=groups, margins=margins, localities=LOCALITIES,
    )  # fmt: skip


@dataclass(frozen=True)
class Wave:
    """Those who answered: group codes by breakdown, and answers as people x items."""

    breakdowns: dict[str, NDArray[np.int64]]
    favourable: NDArray[np.bool_]
    promoters: NDArray[np.bool_]
    detractors: NDArray[np.bool_]
    given: NDArray[np.bool_]  # people x (items, then recommending items): not skipped
    people: int = field(init=False)

    def __post_init__(self) -> None:
        """Count the people."""
        object.__setattr__(self, "people", len(self.favourable))


def draw_wave(world: World, answering: Answering, random: np.random.Generator) -> Wave:
    """Return one wave: who happens to answer, and what they happen to say."""
    rate = np.where(world.provision == PLAN, answering.plan, answering.support)
    rate = rate * (1 + answering.uneven * 2 * (world.district - 6.5) / 11)
    cell = np.repeat(np.arange(world.people.size), random.poisson(world.people * rate))
    n, recommending = cell.size, len(NPS_LEVELS)
    attitude = random.standard_normal(n) - answering.contentment
    latent = TOGETHER * attitude[:, None] + np.sqrt(1 - TOGETHER**2) * random.standard_normal((n, ITEMS + recommending))
    bar, up, down = _bars(world)
    asked = latent[:, ITEMS:]
    return Wave(
        {"provision": world.provision[cell], "age_band": world.age[cell], "district": world.district[cell]},
        latent[:, :ITEMS] < bar[cell],
        asked < up[cell],
        asked > down[cell],
        random.random((n, ITEMS + recommending)) >= SKIPS,
    )


def _bars(world: World) -> tuple[Floats, Floats, Floats]:
    """Return cells x items: the place on a normal curve below which an answer is favourable, a promoter's, or above."""
    from scipy.special import ndtri

    return ndtri(world.shares.T), ndtri(world.recommends[:, 0].T), ndtri(1 - world.recommends[:, 1].T)
