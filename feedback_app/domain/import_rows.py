"""One row of another tool's file, read by a map: answers, words and context, or what is wrong in which column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from feedback_app.domain.answers import TEXT_GIVEN, Answer, AnswerSheet, count_content, is_value, needed_content
from feedback_app.domain.import_map import ColumnRule, ImportMap, code_for, tidy
from feedback_app.domain.instrument import ContextField, Instrument, Item, MultiItem, TextItem
from feedback_app.domain.missing import Missing
from feedback_app.domain.routing import is_handed_over, items_asked
from feedback_app.domain.wave import week_of
from feedback_app.domain.words import tidy_words

SHOWN = 40  # characters of a cell that a message repeats


class CellProblem(ValueError):
    """A cell cannot be read; the message says why."""


@dataclass
class ReadRow:
    """What a row says, and (column, message) for each cell that could not be read."""

    answers: dict[str, Answer] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    context: dict[str, str] = field(default_factory=dict)
    week: date | None = None
    language: str = ""
    problems: list[tuple[str, str]] = field(default_factory=list)


Cell = Callable[[str, ReadRow], None]


class RowReader:
    """Reads rows by a map. `columns` are the file's, `language` is that of a file that does not say."""

    def __init__(self, plan: ImportMap, instrument: Instrument, columns: Sequence[str], language: str, today: date):
        """Prepare one small reader for each column that the map uses."""
        self._places = {name: number for number, name in enumerate(columns)}
        self._language = plan.language or language
        self._plan, self._today = plan, today
        self._cells: list[tuple[str, int, Cell]] = []
        fields = {known.id: known for known in instrument.context}
        for name, rule in plan.columns.items():
            reader = _context_cell(rule, fields) if rule.context else _cell(rule, instrument.items[rule.item or ""])
            self._cells.append((name, self._places[name], reader))
        boxed = {rule.item: rule.blank for rule in plan.columns.values() if rule.item and rule.option is not None}
        self._last: list[tuple[str, Callable[[Sequence[str], ReadRow], None]]] = [
            (item, self._box_item(instrument.items[item], int(Missing.from_key(blank))))
            for item, blank in boxed.items()
        ]
        self._last.append((plan.date.column if plan.date else "week", self._when))
        if plan.language_column:
            self._last.append((plan.language_column.column, self._spoken))

    def read(self, cells: Sequence[str]) -> ReadRow:
        """Return what one row says."""
        row = ReadRow(language=self._language)
        for name, place, reader in self._cells:
            try:
                reader(cells[place], row)
            except CellProblem as wrong:
                row.problems.append((name, str(wrong)))
        for name, step in self._last:
            try:
                step(cells, row)
            except CellProblem as wrong:
                row.problems.append((name, str(wrong)))
        return row

    def _box_item(self, item: Item, blank: int) -> Callable[[Sequence[str], ReadRow], None]:
        """Return the step that makes one answer of the boxes of an item, all of them read by then."""

        def finish(_cells: Sequence[str], row: ReadRow) -> None:
            row.answers[item.id] = _go_together(item, row.answers.get(item.id, blank))

        return finish

    def _when(self, cells: Sequence[str], row: ReadRow) -> None:
        """Note the week of answering."""
        said = cells[self._places[self._plan.date.column]].strip() if self._plan.date else ""
        if not said:
            if self._plan.week is None:
                raise CellProblem("the date is blank, and the map gives no week for all")
            row.week = week_of(self._plan.week)
            return
        assert self._plan.date is not None  # noqa: S101 - something was said, so there is a column that said it
        try:
            day = datetime.strptime(said, self._plan.date.format).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            raise CellProblem(f"{_shown(said)} is not a date as {self._plan.date.format} has it") from None
        if day > self._today:
            raise CellProblem(f"{day.isoformat()} is still to come")
        row.week = week_of(day)

    def _spoken(self, cells: Sequence[str], row: ReadRow) -> None:
        """Note the language of answering."""
        if self._plan.language_column is None:
            return
        said = cells[self._places[self._plan.language_column.column]]
        labels = {tidy(label): locale for label, locale in self._plan.language_column.labels.items()}
        if tidy(said) not in labels:
            raise CellProblem(f"{_shown(said)} is not among the map's languages")
        row.language = labels[tidy(said)]


def _shown(cell: str) -> str:
    """Return a cell as a message repeats it: one line, cut short, nothing in it that a terminal would obey."""
    flat = " ".join("".join(sign if sign.isprintable() else " " for sign in cell).split())
    return f"“{flat[:SHOWN]}{'…' if len(flat) > SHOWN else ''}”"


def _context_cell(rule: ColumnRule, fields: Mapping[str, ContextField]) -> Cell:
    """Return the reader of a column with a context value; other values than the declared ones are problems."""
    known = fields[rule.context or ""]
    labels = {tidy(label): str(value) for label, value in rule.labels.items()}

    def read(cell: str, row: ReadRow) -> None:
        said = labels.get(tidy(cell), cell.strip())
        if not said:
            return
        if said not in known.values and not (known.pattern and re.fullmatch(known.pattern, said)):
            raise CellProblem(f"{_shown(cell)} is not a value of {known.id}")
        row.context[known.id] = said

    return read


def _cell(rule: ColumnRule, item: Item) -> Cell:
    """Return the reader of a column that answers an item."""
    blank = int(Missing.from_key(rule.blank))
    if isinstance(item, TextItem):
        return _words(item, blank, {tidy(label): code_for(item, said) for label, said in rule.labels.items()})
    codes = _codes(rule, item)
    if rule.option is not None:
        return _box(item.id, rule.option, codes if rule.labels else {})

    def one(cell: str) -> int:
        code = codes.get(cell)
        if code is None:
            code = codes.get(tidy(cell))
        if code is None:
            kind = "of the map" if rule.labels else f"of {item.id}"
            raise CellProblem(f"{_shown(cell)} is not among the labels {kind}")
        return code

    if not isinstance(item, MultiItem):

        def read(cell: str, row: ReadRow) -> None:
            row.answers[item.id] = one(cell) if cell in codes or cell.strip() else blank

        return read

    def read_many(cell: str, row: ReadRow) -> None:
        parts = [part for part in (cell.split(rule.separator) if rule.separator else [cell]) if part.strip()]
        given = sorted({one(part) for part in parts})
        row.answers[item.id] = _go_together(item, tuple(given)) if given else codes.get("", blank)

    return read_many


def _codes(rule: ColumnRule, item: Item) -> dict[str, int]:
    """Return label -> code as the map has them; without labels in the map, the item's own codes and labels."""
    if rule.labels:
        return {tidy(label): code_for(item, said) for label, said in rule.labels.items()}
    if isinstance(item, TextItem):
        return {}
    return {tidy(item.label_of(code)): code for code in item.codes} | {str(code): code for code in item.codes}


def _box(item: str, option: int, labels: Mapping[str, int]) -> Cell:
    """Return the reader of a column that is one box; with labels, only those that stand for the option tick it."""

    def read(cell: str, row: ReadRow) -> None:
        said = tidy(cell)
        if not said:
            return
        if labels and said not in labels:
            raise CellProblem(f"{_shown(cell)} is not among the labels of the map")
        if not labels or labels[said] == option:
            before = row.answers.get(item, ())
            row.answers[item] = tuple(sorted({*before, option})) if isinstance(before, tuple) else (option,)

    return read


def _go_together(item: Item, given: Answer) -> Answer:
    """Return several answers when they go together; an answer off the scale, or one declared alone, stands alone."""
    if not isinstance(item, MultiItem) or not isinstance(given, tuple):
        return given
    if len(given) > 1 and (given[0] < 0 or set(given) & set(item.alone)):
        raise CellProblem("these answers do not go together: one of them stands alone")
    if item.at_most is not None and len(given) > item.at_most:
        raise CellProblem(f"{len(given)} answers are too many; {item.at_most} is the most")
    return given[0] if given[0] < 0 else given


def _words(item: TextItem, blank: int, labels: Mapping[str, int]) -> Cell:
    """Return the reader of a column with words; labels name what stands there in place of an answer."""

    def read(cell: str, row: ReadRow) -> None:
        words = tidy_words(cell)
        if not words or tidy(words) in labels:
            row.answers[item.id] = labels.get(tidy(words), blank)
            return
        if len(words) > item.longest:
            raise CellProblem(f"the text has {len(words):,} characters; {item.longest:,} is the most")
        row.answers[item.id], row.texts[item.id] = TEXT_GIVEN, words

    return read


@dataclass(frozen=True)
class Kept:
    """What a row becomes: the sheet to keep, how many answers were off this survey's path, and whether it counts."""

    sheet: AnswerSheet
    off_path: int = 0
    why_not: str | None = None


TOO_LITTLE, HANDED_OVER = "too_little", "handed_over"


def keep_row(plan: ImportMap, instrument: Instrument, row: ReadRow, texts_open: bool) -> Kept:
    """Return what is kept of a row, by the rules that hold for answers given here.

    An item that the file has no column for was not shown. Too few content answers make a break-off, not a response.
    """
    sheet = AnswerSheet(row.answers, row.texts, row.context)
    if is_handed_over(instrument, sheet):
        return Kept(sheet, 0, HANDED_OVER)
    if plan.routes == "ours":
        asked = items_asked(instrument, sheet, texts_open)
    else:
        texts_off = instrument.text_switch and not texts_open
        asked = tuple(item for item in instrument.items.values() if not (texts_off and isinstance(item, TextItem)))
    asked = tuple(item for item in asked if item.id in row.answers)
    wanted = {item.id for item in asked}
    not_shown = int(Missing.NOT_SHOWN)
    answers = {item: row.answers[item] if item in wanted else not_shown for item in instrument.items}
    texts = {item: words for item, words in row.texts.items() if item in wanted}
    final = AnswerSheet(answers, texts, row.context)
    return Kept(final, _off_path(instrument, sheet, wanted), _too_little(instrument, sheet, asked))


def _off_path(instrument: Instrument, sheet: AnswerSheet, wanted: Collection[str]) -> int:
    """Return how many values stand at items that are not asked."""
    return sum(
        item not in wanted and is_value(instrument.items[item], answer) for item, answer in sheet.answers.items()
    )


def _too_little(instrument: Instrument, sheet: AnswerSheet, asked: Sequence[Item]) -> str | None:
    """Return why a sheet is a break-off, or None when it is a response."""
    return TOO_LITTLE if count_content(asked, sheet) < needed_content(asked, instrument) else None
