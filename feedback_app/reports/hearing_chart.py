"""Who was heard beside their share, on a scale on which half and twice lie equally far from the middle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from feedback_app.domain.weighting.hearing import OVER_HEARD, UNDER_HEARD
from feedback_app.reports.charts import LETTERS, LINE, MIDDLE, Chart, Label, Mark

DOUBLING = 25.0  # per cent of the width from "half" to "about right", and from there to "twice"
EDGE = 3.0  # a ratio too far out for the scale stands here
TOP = 24  # pixels that the words of the axis take
DOT = 8


@dataclass(frozen=True)
class HeardLane:
    """One group: its name, its share over the share expected (None when unknown), its words, and if heard less."""

    label: str
    ratio: float | None
    value: str
    less: bool = False


@dataclass(frozen=True)
class HearingWords:
    """The words of the chart: title, description for who cannot see it, and the three places of the axis."""

    title: str
    description: str
    half: str
    even: str
    twice: str


def place_of(ratio: float) -> float:
    """Return the place of a ratio in per cent of the width: each doubling is as far as the one before."""
    if ratio <= 0:
        return EDGE
    return min(max(MIDDLE + DOUBLING * math.log2(ratio), EDGE), 100 - EDGE)


def hearing_chart(lanes: Sequence[HeardLane], words: HearingWords) -> Chart:
    """Return one lane a group: a mark at its ratio, hollow where it was heard less; hatched where that is not known."""
    marks: list[Mark] = []
    labels: list[Label] = []
    y = TOP
    for lane in lanes:
        named = [(line, "t b halo") for line in wrap(lane.label, LETTERS)]
        for line, css in [*named, *((line, "t halo") for line in wrap(lane.value, LETTERS))]:
            y += LINE
            labels.append(Label(0, y - 1, line, css))
        marks += _lane_marks(lane, y + 16)
        y += 34
    low, high = place_of(UNDER_HEARD), place_of(OVER_HEARD)
    ground = [
        Mark(round(low, 2), TOP, round(high - low, 2), y - TOP, "okband"),
        Mark(MIDDLE - DOUBLING, TOP, 0, y - TOP, "grid"),
        Mark(MIDDLE, TOP, 0, y - TOP, "even"),
        Mark(MIDDLE + DOUBLING, TOP, 0, y - TOP, "grid"),
    ]
    axis = (
        Label(MIDDLE - DOUBLING, 15, words.half, "t s", "middle"),
        Label(MIDDLE, 15, words.even, "t s", "middle"),
        Label(MIDDLE + DOUBLING, 15, words.twice, "t s", "middle"),
    )
    return Chart(words.title, words.description, y, (*ground, *marks), (*axis, *labels))


def _lane_marks(lane: HeardLane, y: int) -> list[Mark]:
    if lane.ratio is None:
        return [Mark(0, y - 9, 100, 20, "hatched")]
    place = round(place_of(lane.ratio), 2)
    css = "dot hollow" if lane.less else "dot"
    start, width = min(place, MIDDLE), round(abs(place - MIDDLE), 2)
    bridge = [Mark(start, y - 1, width, 2, "bridge")] if width else []
    return [*bridge, Mark(place, y, 0, DOT, css, round=True)]
