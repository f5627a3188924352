"""Groups as bars with their words beside them; many that show nothing are put together into one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from feedback_app.web.team.group_lines import GroupLine

FOLDED_FROM = 3  # bars that show nothing: one or two say why where they stand


@dataclass(frozen=True)
class Bar:
    """A group's bar in whole percent, None where none is shown, with its range; ``why`` it has none, in full."""

    label: str
    said: str
    why: str
    percent: int | None = None
    low: int | None = None
    high: int | None = None
    small: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Fold:
    """Groups without a bar put together: a sentence of how many and why, and each with its reason."""

    sentence: str
    groups: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Bars:
    """The bars of one figure or column on one scale, and those of its groups that are put together."""

    title: str
    bars: tuple[Bar, ...]
    fold: Fold | None = None


@dataclass(frozen=True)
class Drawn:
    """All bars of a question, and the groups that have none in any of them."""

    lists: tuple[Bars, ...] = ()
    fold: Fold | None = None


def drawn_of(named: str, columns: Sequence[str], lines: Sequence[GroupLine]) -> Drawn:
    """Return the bars of the figure, or where it is no share those of each column; nothing where no group has one."""
    if any(line.bar for line in lines):
        every = [(named, [_figure_bar(line) for line in lines])]
    else:
        every = [(column, [_cell_bar(line, at) for line in lines]) for at, column in enumerate(columns)]
    shown = [any(bars[place].percent is not None for _, bars in every) for place in range(len(lines))]
    if not any(shown):
        return Drawn()
    gone = [bar for bar, kept in zip(every[0][1], shown, strict=True) if not kept]
    if len(gone) < FOLDED_FROM:
        gone, shown = [], [True] * len(lines)
    lists = tuple(_bars(title, [bar for bar, kept in zip(bars, shown, strict=True) if kept]) for title, bars in every)
    return Drawn(lists, _fold(gone) if gone else None)


def _bars(title: str, bars: Sequence[Bar]) -> Bars:
    hidden = [bar for bar in bars if bar.percent is None]
    if len(hidden) < FOLDED_FROM:
        return Bars(title, tuple(bars))
    return Bars(title, tuple(bar for bar in bars if bar.percent is not None), _fold(hidden))


def _fold(hidden: Sequence[Bar]) -> Fold:
    reasons = Counter(bar.why for bar in hidden).most_common()
    told = [_("%(number)s: %(why)s", number=format_decimal(number), why=_begun(why)) for why, number in reasons]
    if len(reasons) == 1:
        told = [_begun(reasons[0][0])]
    sentence = ngettext(
        "%(number)s group has no bar here (%(reasons)s).",
        "%(number)s groups have no bar here (%(reasons)s).",
        len(hidden),
        number=format_decimal(len(hidden)),
        reasons="; ".join(told),
    )
    return Fold(sentence, tuple((bar.label, bar.why) for bar in hidden))


def _begun(words: str) -> str:
    """Return words as they stand within a sentence."""
    return words[:1].lower() + words[1:]


def _figure_bar(line: GroupLine) -> Bar:
    bar = line.bar
    if bar is None:
        return Bar(line.label, line.said, line.held or line.value, small=line.small, whole=line.whole)
    return Bar(line.label, line.said, "", bar.value, bar.low, bar.high, line.small, line.whole)


def _cell_bar(line: GroupLine, at: int) -> Bar:
    cell = line.cells[at] if len(line.cells) > at else None
    if cell is None:
        return Bar(line.label, line.said, line.held or line.value, small=line.small, whole=line.whole)
    why = "" if cell.share else (line.value if not line.has_numbers else cell.people)
    return Bar(line.label, cell.said, why, cell.percent, small=line.small, whole=line.whole)


def mostly_hidden(lines: Sequence[GroupLine]) -> bool:
    """Return whether three quarters or more of the groups show no share."""
    own = [line for line in lines if not line.whole]
    return bool(own) and 4 * sum(not line.has_numbers for line in own) >= 3 * len(own)
