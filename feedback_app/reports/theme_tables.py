"""A wave's protected themes as rows of one flat list, for files: the same figures as on the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.disclosure.safe import SafeCount, SafeTable
from feedback_app.domain.theme_figures import CHECKED, MANNER, PRIORITY, PROGRESS
from feedback_app.reports.tables import total_cell

NAMED_CODE = 1  # of the one answer of a theme's table that is told; the other is the rest


@dataclass(frozen=True)
class ThemeWords:
    """The words of a file of themes in the reader's language."""

    title: str
    wrote: str
    named: str
    progress: Mapping[int, str]  # read by a person, and not
    manners: Mapping[int, str]
    checked: Mapping[int, str]
    name: Callable[[str], str]  # of one of the codeframe's own texts
    small_group: str
    withheld: Callable[[str], str]
    hidden: Callable[[SafeCount], str]
    read_me: tuple[tuple[str, str], ...]
    sheets: tuple[str, str]


@dataclass(frozen=True)
class ThemeRow:
    """One line; ``people`` is rounded, "c" or "<10" where hidden; shares are whole per cent with their range."""

    priority: str
    theme: str
    name: str
    part: str
    answer: str
    people: int | str | None = None
    percent: int | None = None
    low: int | None = None
    high: int | None = None
    base: int | str | None = None
    small_group: str = ""
    withheld: str = ""
    figures_of: str = ""

    def cells(self) -> tuple[str | int | float | None, ...]:
        """Return the line's cells in the order of THEME_COLUMNS."""
        return astuple(self)


THEME_COLUMNS = tuple(field.name for field in fields(ThemeRow))


def theme_rows(
    codeframe: Codeframe, people: SafeCount, tables: Mapping[str, SafeTable], words: ThemeWords, day: str = ""
) -> Iterator[ThemeRow]:
    """Yield how many wrote and how much is read, then each priority and its themes; ``day``: of frozen figures."""
    wrote = total_cell(people)
    yield ThemeRow("", "", "", "wrote", words.wrote, people=wrote, base=wrote, figures_of=day)
    yield from _parts(("", "", ""), "comments_read", tables[PROGRESS], words.progress, words, day)
    for priority in codeframe.priorities:
        name = words.name(priority.name)
        yield from _of((priority.key, "", name), PRIORITY + priority.key, tables, words, day)
    for key in (*(priority.key for priority in codeframe.priorities), ""):
        for theme in codeframe.by_priority[key]:
            yield from _of((key, theme.code, words.name(theme.name)), theme.code, tables, words, day)


def _of(
    head: tuple[str, str, str], code: str, tables: Mapping[str, SafeTable], words: ThemeWords, day: str
) -> Iterator[ThemeRow]:
    yield _named_row(head, tables[code], words, day)
    yield from _parts(head, "manner", tables[code + MANNER], words.manners, words, day)
    yield from _parts(head, "checked", tables[code + CHECKED], words.checked, words, day)


def _named_row(head: tuple[str, str, str], table: SafeTable, words: ThemeWords, day: str) -> ThemeRow:
    small, base = words.small_group if table.small_group else "", total_cell(table.base)
    share = next((one for one in table.distribution if one.code == NAMED_CODE), None)
    if table.reason or share is None:
        held = words.withheld(table.reason or "")
        return ThemeRow(*head, "named", words.named, base=base, small_group=small, withheld=held, figures_of=day)
    figure = table.figures[0]
    low, high = (figure.low, figure.high) if figure.value is not None else (None, None)
    held = words.hidden(share.count) or (words.withheld(figure.reason) if figure.reason else "")
    people = share.count.as_plain()
    return ThemeRow(*head, "named", words.named, people, figure.value, low, high, base, small, held, day)


def _parts(
    head: tuple[str, str, str],
    part: str,
    table: SafeTable,
    answers: Mapping[int, str],
    words: ThemeWords,
    day: str,
) -> Iterator[ThemeRow]:
    small, base = words.small_group if table.small_group else "", total_cell(table.base)
    if table.reason:
        held = words.withheld(table.reason)
        yield ThemeRow(*head, part, "", base=base, small_group=small, withheld=held, figures_of=day)
        return
    for share in table.distribution:
        can_be = words.hidden(share.count)
        said, people = answers[share.code], share.count.as_plain()
        yield ThemeRow(*head, part, said, people, share.percent, None, None, base, small, can_be, day)
