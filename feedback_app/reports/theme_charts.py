"""Where the marks of a chart stand that sets "going well" against "needs to change", theme by theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from feedback_app.reports.charts import LETTERS, LINE, MIDDLE, Chart, Label, Mark

BAR = 20
HALF = 30.0  # per cent of the width that stands for 100% on each side; the rest holds the numbers
GAP = 14
HIDDEN = 4.0  # of a part that is kept back: always the same, for its length must say nothing


@dataclass(frozen=True)
class Against:
    """One theme: the whole percent of each side, None where it is kept back, and both in words."""

    label: str
    well: int | None
    change: int | None
    well_said: str
    change_said: str
    small_group: bool = False


def against_chart(title: str, description: str, lanes: Sequence[Against], heads: tuple[str, str]) -> Chart:
    """Return a lane a theme: what goes well to the left of the middle, what needs to change to the right."""
    marks: list[Mark] = []
    labels = [
        Label(MIDDLE, 16, heads[0], "t s", "end", -8),
        Label(MIDDLE, 16, heads[1], "t s", "start", 8),
    ]
    y = 24
    for lane in lanes:
        for line in wrap(lane.label, LETTERS):
            y += LINE
            labels.append(Label(0, y - 4, line, "t halo"))
        marks += [_side(lane.well, y, -1, "l4", lane), _side(lane.change, y, 1, "l2", lane)]
        left, right = MIDDLE - _width(lane.well), MIDDLE + _width(lane.change)
        labels.append(Label(round(left, 2), y + 15, lane.well_said, "t", "end", -6))
        labels.append(Label(round(right, 2), y + 15, lane.change_said, "t", "start", 6))
        y += BAR + GAP
    zero = Mark(MIDDLE, 22, 0, max(1, y - 22 - GAP), "zero")
    return Chart(title, description, max(y, 1), (*marks, zero), tuple(labels))


def _width(percent: int | None) -> float:
    return HIDDEN if percent is None else HALF * percent / 100


def _side(percent: int | None, y: int, direction: int, css: str, lane: Against) -> Mark:
    width = _width(percent)
    x = MIDDLE if direction > 0 else MIDDLE - width
    shown = "hatched" if percent is None else f"{css} hollow" if lane.small_group else css
    return Mark(round(x, 2), y, round(width, 2), BAR, shown)
