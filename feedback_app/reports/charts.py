"""Where the marks of a chart stand. Charts are drawn from protected tables and from nothing else.

Widths and places along are in per cent, heights in pixels: a chart fits any width with its letters at their own size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Literal

from feedback_app.domain.disclosure.safe import SafeFigure, SafeShare, SafeTable
from feedback_app.domain.missing import Missing

NOT_KNOWN = int(Missing.DONT_KNOW)
Anchor = Literal["start", "middle", "end"]
LINE = 20  # pixels from one line of words to the next
LANE = 84.0  # per cent of the width that stands for 100% in a list of bars; the rest holds the value
LETTERS = 36  # in one line of a label: the most that fits the narrowest screen
SIDE_LETTERS = 17
MIDDLE = 50.0  # where agreement begins
HIDDEN_WIDTH = 5.0  # of a part that is kept back: always the same, for its length must say nothing
BAR = 22
ROOM_INSIDE = 4.0  # per cent of the width that two digits need on a wide screen


@dataclass(frozen=True)
class Mark:
    """A rectangle, or a round mark where `round`: place and width in per cent, height in pixels, and its class."""

    x: float
    y: float
    width: float
    height: float
    css: str
    round: bool = False


@dataclass(frozen=True)
class Label:
    """Words in a chart: place along in per cent, `dx` and base line in pixels, class and anchor."""

    x: float
    y: float
    text: str
    css: str = "t"
    anchor: Anchor = "start"
    dx: int = 0


@dataclass(frozen=True)
class Chart:
    """A chart: height in pixels, marks in the order they are drawn, words in it and words for who cannot see it."""

    title: str
    description: str
    height: int
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class ChartWords:
    """The words of a chart: labels by option code, values by option code ("43%", "fewer than 5"), figures by name."""

    title: str
    description: str
    answers: Mapping[int, str]
    values: Mapping[int, str]
    figures: Mapping[str, str] = field(default_factory=dict)
    sides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lane:
    """A bar with its label above and its value behind: whole percent or None where it is kept back, and its range."""

    label: str
    percent: int | None
    value: str
    css: str = "bar"
    low: int | None = None
    high: int | None = None
    small_group: bool = False
    label_css: str = "t"


def lane_of(figure: SafeFigure, label: str, value: str, css: str = "bar", *, small_group: bool = False) -> Lane:
    """Return the bar of a figure that is a share, with its range beneath."""
    return Lane(label, figure.value, value, css, figure.low, figure.high, small_group)


def bars_chart(table: SafeTable, words: ChartWords, tones: Mapping[int, str], order: Sequence[int]) -> Chart:
    """Return one bar an answer, its label above and its value behind, in `order` of codes; 100% is LANE wide."""
    shares = {share.code: share for share in table.distribution}
    lanes = [
        Lane(words.answers[code], shares[code].percent, words.values[code], tones.get(code, "bar"),
             small_group=table.small_group)
        for code in order
    ]  # fmt: skip
    return lanes_chart(words.title, words.description, lanes)


def faces_chart(
    table: SafeTable,
    words: ChartWords,
    tones: Mapping[int, str],
    order: Sequence[int],
    named: Mapping[int, str],
    not_known: int | None = None,
) -> Chart:
    """Return one bar a face, and one for those who do not know (`not_known` per cent) where the words have that code.

    `named` are the faces that have a figure of their own, which is shown with its range.
    """
    shares = {share.code: share.percent for share in table.distribution}
    figures = {figure.name: figure for figure in table.figures}
    own = {code: figures[name] for code, name in named.items() if figures[name].value is not None}
    small = table.small_group
    lanes = [
        lane_of(own[code], words.answers[code], words.values[code], tones[code], small_group=small)
        if code in own
        else Lane(words.answers[code], shares[code], words.values[code], tones[code], small_group=small)
        for code in order
    ]
    if NOT_KNOWN in words.answers:
        label, value = words.answers[NOT_KNOWN], words.values[NOT_KNOWN]
        lanes.append(Lane(label, not_known, value, "apart", small_group=small))
    return lanes_chart(words.title, words.description, lanes)


def figures_chart(table: SafeTable, words: ChartWords, names: Sequence[tuple[str, str]]) -> Chart:
    """Return one bar a figure (a share), with its range beneath; `names` are figure and class, from above."""
    figures = {figure.name: figure for figure in table.figures}
    lanes = [
        lane_of(figures[name], words.sides[name], words.figures[name], css, small_group=table.small_group)
        for name, css in names
    ]
    return lanes_chart(words.title, words.description, lanes)


def lanes_chart(title: str, description: str, lanes: Sequence[Lane]) -> Chart:
    """Return the bars one under the other, all on one scale: 100% is LANE wide."""
    marks: list[Mark] = []
    labels: list[Label] = []
    y = 0
    for lane in lanes:
        for line in wrap(lane.label, LETTERS):
            y += LINE
            labels.append(Label(0, y - 4, line, lane.label_css))
        marks += _bar(lane, y + 2)
        place = 0 if lane.percent is None else LANE * lane.percent / 100
        labels.append(Label(round(place, 2), y + 19, lane.value, "t halo" if lane.percent is None else "t b", dx=8))
        y += BAR + 14
    return Chart(title, description, max(y, 1), tuple(marks), tuple(labels))


def _bar(lane: Lane, y: int) -> list[Mark]:
    if lane.percent is None:
        return [Mark(0, y, LANE, BAR, "hatched")]
    css = f"{lane.css} hollow" if lane.small_group else lane.css
    marks = [Mark(0, y, LANE, BAR, "track"), Mark(0, y, round(LANE * lane.percent / 100, 2), BAR, css)]
    if lane.low is not None and lane.high is not None:
        low, high = LANE * lane.low / 100, LANE * lane.high / 100
        marks.append(Mark(round(low, 2), y + BAR + 2, round(high - low, 2), 5, "rng"))
    return marks


@dataclass(frozen=True)
class Sides:
    """How the answers of a rating part: codes to each side, mildest first, those between, and the favourable side."""

    left: tuple[int, ...]
    middle: tuple[int, ...]
    right: tuple[int, ...]
    favours_left: bool = False


def sides_chart(table: SafeTable, words: ChartWords, sides: Sides, tones: Mapping[int, str]) -> Chart:
    """Return disagreement to the left, agreement to the right, neither apart below, in one unit of length.

    100% is half the width. The range of the headline lies beneath the side that it counts.
    """
    shares = {share.code: share for share in table.distribution}
    labels, y = _heads(words)
    marks: list[Mark] = []
    for codes, direction in ((sides.left, -1), (sides.right, 1)):
        run = _run([shares[code] for code in codes], y, 28, direction, tones)
        labels += _inside(run, [shares[code] for code in codes], y + 19)
        marks += run
    marks += _range(table, y + 38, -1 if sides.favours_left else 1)
    low = y + 48
    for code in sides.middle:
        lines = wrap(words.answers[code], SIDE_LETTERS)
        marks += _run([shares[code]], low, 20, 1, tones)
        labels += [Label(MIDDLE, low + 15 + LINE * at, line, "t s", "end", -8) for at, line in enumerate(lines)]
        labels.append(Label(MIDDLE + _width(shares[code]), low + 15, words.values[code], "t", dx=8))
        low += max(28, LINE * len(lines) + 8)
    zero = Mark(MIDDLE, y - 4, 0, low - y, "zero")
    return Chart(words.title, words.description, low, (*marks, zero), tuple(labels))


def _heads(words: ChartWords) -> tuple[list[Label], int]:
    """Return the words above the two sides, total first, and where the bar begins."""
    labels: list[Label] = []
    deepest = 0
    ends: tuple[tuple[str, Anchor, int], ...] = (("left", "end", -8), ("right", "start", 8))
    for name, anchor, dx in ends:
        labels.append(Label(MIDDLE, 16, words.figures[name], "t big", anchor, dx))
        lines = wrap(words.sides[name], SIDE_LETTERS)
        deepest = max(deepest, len(lines))
        labels += [Label(MIDDLE, 36 + LINE * at, line, "t s", anchor, dx) for at, line in enumerate(lines)]
    return labels, 26 + LINE * deepest


def _width(share: SafeShare) -> float:
    """Return the width of a part in per cent of the chart: half its share, or the same for all that are hidden."""
    return HIDDEN_WIDTH if share.percent is None else share.percent / 2


def _run(shares: Sequence[SafeShare], y: int, height: int, direction: int, tones: Mapping[int, str]) -> list[Mark]:
    """Return the parts of one side, outwards from the middle."""
    marks: list[Mark] = []
    place = MIDDLE
    for share in shares:
        width = _width(share)
        css = "hatched" if share.percent is None else tones[share.code]
        marks.append(Mark(round(place if direction > 0 else place - width, 2), y, width, height, css))
        place += direction * width
    return marks


def _inside(run: Sequence[Mark], shares: Sequence[SafeShare], y: int) -> list[Label]:
    """Return the value of each part that has room for it; the style sheet shows them on wide screens and in print."""
    return [
        Label(mark.x + mark.width / 2, y, str(share.percent), f"t seg on-{mark.css}", "middle")
        for mark, share in zip(run, shares, strict=True)
        if share.percent and mark.width >= ROOM_INSIDE
    ]


def _range(table: SafeTable, y: int, direction: int) -> list[Mark]:
    """Return the pale band of the headline's range and the mark at its value."""
    figure = table.headline
    if figure is None or figure.value is None or figure.low is None or figure.high is None:
        return []
    start = figure.low if direction > 0 else -figure.high
    band = Mark(MIDDLE + start / 2, y - 3, (figure.high - figure.low) / 2, 6, "rng")
    css = "dot hollow" if table.small_group else "dot"
    return [band, Mark(MIDDLE + direction * figure.value / 2, y, 0, 6, css, round=True)]
