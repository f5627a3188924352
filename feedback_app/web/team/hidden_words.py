"""What a hidden number of people can be, in words: the same on pages and in files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from flask_babel import format_decimal
from flask_babel import gettext as _

from feedback_app.domain.disclosure.safe import SafeCount, SafeRelease, SafeTable
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown
from feedback_app.web.access import place


def counts_of(tables: Iterable[SafeBreakdown]) -> list[SafeCount]:
    """Return the people in all columns of all groups that are shown."""
    return [count for table in tables for group in table.groups for count in group.counts]


def wave_counts(table: SafeTable) -> list[SafeCount]:
    """Return the people that a whole wave's line shows: those of its figures, else those of each answer."""
    figures = [figure.people for figure in table.figures if figure.people]
    return figures if table.figures else [share.count for share in table.distribution]


def what_hidden(counts: Iterable[SafeCount]) -> str:
    """Return, in a sentence, which numbers a hidden count of these may stand for; nothing where none is hidden."""
    most = most_hidden(counts)
    return _("A hidden number of people can be any %(numbers)s.", numbers=_from_nobody(most)) if most else ""


def most_hidden(counts: Iterable[SafeCount]) -> list[int]:
    """Return the largest numbers that hidden counts may stand for, the smallest of them first."""
    return sorted({count.high for count in counts if count.value is None})


def _from_nobody(most: Sequence[int]) -> str:
    least, last = format_decimal(most[0]), format_decimal(most[-1])
    if len(most) == 1:
        return _("from 0 to %(most)s", most=least)
    return _("from 0 to %(most)s, in some questions to %(last)s", most=least, last=last)


def what_c_means(counts: Iterable[SafeCount]) -> str:
    """Return what "c" stands for in a file that holds these counts."""
    numbers = _from_nobody(most_hidden(counts) or [place().policy.threshold - 1])
    return _(
        "A number %(numbers)s. Hidden so that no family can be picked out. Do not read it as zero.", numbers=numbers
    )


def hidden_count(count: SafeCount) -> str:
    """Return what a hidden number in a file can be, or nothing for one that is shown."""
    return _("From 0 to %(most)s people", most=format_decimal(count.high)) if count.value is None else ""


def counts_in(release: SafeRelease) -> Iterator[SafeCount]:
    """Yield the people that a whole wave's file tells of: each answer, kind of missing, and who has no score."""
    for table in release:
        yield from (share.count for share in table.distribution)
        yield from table.missing.values()
    yield from (scale.without for scale in release.scales if scale.without is not None)
