"""The map of an import: which column of another tool's file answers which question, and which label is which code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from feedback_app.domain.instrument import Frozen, Instrument, Item, MultiItem, TextItem
from feedback_app.domain.missing import MISSING_KEYS, Missing


def _keys_as_text(given: object) -> object:
    """Return a mapping with its keys as text, for `1: 5` is written as often as `"1": 5`."""
    return (
        {"" if key is None else str(key): value for key, value in given.items()} if isinstance(given, dict) else given
    )


def _as_text(given: object) -> object:
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


Day = date  # the map itself has a field called date
Labels = Annotated[Mapping[str, int | str], BeforeValidator(_keys_as_text)]
IMPORTED = "import"  # the mode of a response from a file, followed by how it was collected where that is known
Blank = Literal["skipped", "not_reached", "not_shown", "dont_know", "does_not_apply", "prefer_not_to_say"]
CollectedBy = Literal["online", "paper", "phone", "in_person"]


def tidy(cell: str) -> str:
    """Return a label as it is compared: case, outer space and the width of inner space do not count."""
    return " ".join(cell.split()).casefold()


class ColumnRule(Frozen):
    """What one column is: an item's answers (`labels` to codes), one box of a multi item, words, or context."""

    item: str | None = None
    context: str | None = None
    labels: Labels = Field(default_factory=dict)
    text: bool = False
    separator: str = ""  # stands between the answers in a cell of a multi item
    option: int | None = None  # this column is one box of a multi item; a cell that is not blank ticks it
    blank: Blank = "skipped"

    @model_validator(mode="after")
    def _one_thing(self) -> ColumnRule:
        if (self.item is None) == (self.context is None):
            raise ValueError("a column says either which item or which context it holds")
        if sum((self.text, bool(self.separator), self.option is not None)) > 1:
            raise ValueError("a column has only one of text, separator and option")
        twice = [label for label, count in Counter(map(tidy, self.labels)).items() if count > 1]
        if twice:
            raise ValueError(f"the label {twice[0]!r} stands twice, but for case and spaces")
        return self


class DateColumn(Frozen):
    """The column with the day of answering, of which only the week is kept; `format` as Python's strptime has it."""

    column: str
    format: str = "%Y-%m-%d"


class LanguageColumn(Frozen):
    """The column with the language of answering: its labels -> locales such as en_GB."""

    column: str
    labels: Annotated[Mapping[str, str], BeforeValidator(_keys_as_text)] = Field(min_length=1)


class ImportMap(Frozen):
    """How another tool's export, or an earlier wave, is read.

    `source` names the export: two files that are not one the extension of the other need names of their own, or
    equal rows in both would count once. `routes: ours` keeps only what this survey would have asked; `theirs` all.
    `mode` says how people answered: without it the wave is not compared with any other.
    """

    source: str = Field(min_length=1, max_length=80)
    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    week: Day | None = None  # for all rows, or for those whose date is blank
    date: DateColumn | None = None
    language: str | None = None
    language_column: LanguageColumn | None = None
    form: Literal["standard", "easy_read", "pictures"] | None = None
    mode: CollectedBy | None = None
    routes: Literal["ours", "theirs"] = "ours"
    columns: Annotated[Mapping[str, ColumnRule], BeforeValidator(_keys_as_text)] = Field(min_length=1)
    ignore: tuple[Annotated[str, BeforeValidator(_as_text)], ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> ImportMap:
        if self.week is None and self.date is None:
            raise ValueError("say when people answered: week: 2025-03-03 for all, or date: {column: ...}")
        used = [*self.columns, *self.ignore]
        used += [other.column for other in (self.date, self.language_column) if other]
        twice = [name for name, count in Counter(used).items() if count > 1]
        if twice:
            raise ValueError(f"the column {twice[0]!r} is spoken of twice")
        return self

    @property
    def response_mode(self) -> str:
        """Return the mode that the responses get: "import", or "import_paper" and the like where the map says how."""
        return f"{IMPORTED}_{self.mode}" if self.mode else IMPORTED

    def used_columns(self) -> tuple[str, ...]:
        """Return the names of the columns that are read, in order of the alphabet."""
        others = (other.column for other in (self.date, self.language_column) if other)
        return tuple(sorted({*self.columns, *others}))


def code_for(item: Item, said: int | str) -> int:
    """Return the code that a map's value means for an item; raise ValueError with a sentence."""
    if isinstance(said, str):
        if said not in MISSING_KEYS:
            raise ValueError(f"{said!r} is neither a code nor a kind of missing: {', '.join(MISSING_KEYS)}")
        declared = {} if isinstance(item, TextItem) else {kind: code for code, kind in item.missing_options.items()}
        return declared.get(said, int(Missing.from_key(said)))
    if isinstance(item, TextItem) or (said not in item.codes and said not in set(Missing)):
        raise ValueError(f"{item.id} has no answer with the code {said}")
    return said


def disagreements(plan: ImportMap, instrument: Instrument) -> list[str]:
    """Return, in plain words, what a map says that the instrument does not have."""
    found = [problem for name, rule in plan.columns.items() for problem in _wrong(name, rule, instrument)]
    whole = [rule.item for rule in plan.columns.values() if rule.item and rule.option is None]
    boxes = [(rule.item, rule.option) for rule in plan.columns.values() if rule.option is not None]
    found += [f"two columns answer {item}" for item, count in Counter(whole).items() if count > 1]
    found += [f"two columns are the box {option} of {item}" for (item, option), n in Counter(boxes).items() if n > 1]
    mixed = {item for item, _option in boxes} & set(whole)
    return found + [
        f"{item} is answered both by a whole column and by single boxes" for item in sorted(map(str, mixed))
    ]


def _wrong(name: str, rule: ColumnRule, instrument: Instrument) -> Iterator[str]:
    """Yield what is wrong with one column's rule."""
    where = f"column {name!r}"
    if rule.context is not None:
        if rule.context not in {field.id for field in instrument.context}:
            yield f"{where}: {instrument.name} has no context field {rule.context}"
        return
    item = instrument.items.get(rule.item or "")
    if item is None:
        yield f"{where}: {instrument.name} has no item {rule.item}"
        return
    if rule.text != isinstance(item, TextItem):
        how = "not answered in words" if rule.text else "answered in words: say text: true"
        yield f"{where}: {item.id} is {how}"
        return
    if (rule.separator or rule.option is not None) and not isinstance(item, MultiItem):
        yield f"{where}: {item.id} takes one answer only, so it has no separator and no option"
    for said in [*rule.labels.values(), *([] if rule.option is None else [rule.option])]:
        try:
            code_for(item, said)
        except ValueError as wrong:
            yield f"{where}: {wrong}"
