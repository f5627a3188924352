"""The columns that each kind of item has in an export of rows: their names, their codes and what these mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch

from feedback_app.domain.answers import TEXT_GIVEN
from feedback_app.domain.instrument import (
    ChoiceItem,
    FacesItem,
    Instrument,
    Item,
    MultiItem,
    NpsItem,
    RatingItem,
    SingleItem,
    TextItem,
)
from feedback_app.domain.missing import Missing


@dataclass(frozen=True)
class RowWords:
    """What rows and codebook say in the reader's language, beside the words of the instrument itself."""

    missing: Mapping[str, str]  # kind -> label
    chosen: str
    not_chosen: str
    wrote: str
    facts: Mapping[str, str]  # column -> what it holds: week, language, form, mode, pace and the breakdown keys


@dataclass(frozen=True)
class Column:
    """One column: its name, code -> label of its own codes, and the option it is about (None: the item's answer)."""

    name: str
    labels: Mapping[int, str]
    option: int | None = None


@singledispatch
def columns_of(item: object, words: RowWords) -> tuple[Column, ...]:
    """Return an item's columns; TypeError for a kind of item that has no entry here."""
    raise TypeError(f"no columns are declared for {type(item).__name__}")


@columns_of.register(RatingItem)
@columns_of.register(NpsItem)
@columns_of.register(FacesItem)
@columns_of.register(SingleItem)
def _one_choice(item: ChoiceItem, words: RowWords) -> tuple[Column, ...]:
    """One column with the code chosen."""
    return (Column(item.id, {option.code: option.label for option in item.options} | _apart(item)),)


@columns_of.register
def _several_choices(item: MultiItem, words: RowWords) -> tuple[Column, ...]:
    """One column for each option: 1 chosen, 0 not."""
    labels = {1: words.chosen, 0: words.not_chosen} | _apart(item)
    return tuple(Column(f"{item.id}_{option.code}", labels, option.code) for option in item.options)


@columns_of.register
def _own_words(item: TextItem, words: RowWords) -> tuple[Column, ...]:
    """One column that says whether somebody wrote; the words themselves are never in it."""
    return (Column(item.id, {TEXT_GIVEN: words.wrote}),)


def _apart(item: ChoiceItem) -> dict[int, str]:
    return {int(answer.code): answer.label for answer in item.apart}


def all_labels(column: Column, words: RowWords) -> dict[int, str]:
    """Return code -> label of everything that can stand in a column, kinds of missing included."""
    return {kind.value: words.missing[kind.key] for kind in Missing} | dict(column.labels)


def breakdown_groups(instrument: Instrument) -> dict[str, dict[int, str]]:
    """Return breakdown -> group code -> label; options that are reported together stand together in the label."""
    found: dict[str, dict[int, list[str]]] = {}
    for field in instrument.context:
        for value, code in field.breakdown_codes.items() if field.breakdown else ():
            found.setdefault(str(field.breakdown), {}).setdefault(code, []).append(value)
    for item in instrument.items.values():
        if item.breakdown and not isinstance(item, TextItem):
            for option in item.options:
                code = option.code if option.reported_as is None else option.reported_as
                found.setdefault(item.breakdown, {}).setdefault(code, []).append(option.label)
    return {
        key: {code: " / ".join(dict.fromkeys(labels)) for code, labels in groups.items()}
        for key, groups in found.items()
    }


def items_with_columns(instrument: Instrument, words: RowWords) -> list[tuple[Item, tuple[Column, ...]]]:
    """Return each item with its columns, in the order asked."""
    return [(item, columns_of(item, words)) for item in instrument.items.values()]
