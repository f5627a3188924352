"""The answers of a wave as columns of whole numbers: what every count, breakdown and scale score is made from.

A hundred thousand responses to fifty items are about ten megabytes. A frame holds no words and no key of a response.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback_app.domain.answers import TEXT_GIVEN, Answer
from feedback_app.domain.instrument import Instrument, Item, MultiItem, TextItem
from feedback_app.domain.missing import MISSING_KEYS, Missing

if TYPE_CHECKING:
    from numpy import bool_, int16, intp
    from numpy.typing import NDArray

UNKNOWN = -1  # the group of a response that tells of none
CHOSE = 0  # the code of a person who made any valid choice among several; the choices themselves lie in `choices`
QUICK = "quick"


@dataclass(frozen=True)
class Batch:
    """Some responses: bands of pace, breakdown -> group codes, and answers in the order of the instrument's items.

    ``collectors`` are the links, settings or sessions that answers came through, None for none; empty: nobody knows.
    """

    pace: Sequence[str | None]
    groups: Mapping[str, Sequence[int | None]]
    answers: Sequence[Sequence[Answer]]
    collectors: Sequence[str | None] = ()


@dataclass(frozen=True)
class AnswerFrame:
    """Columns over the same people, in no meaningful order.

    ``codes`` by item id are codes as stored, kinds of missing below zero; of an item with several choices CHOSE or the
    kind of missing. ``choices`` of such an item are people x options, in the order of `option_codes`. ``breakdowns``
    are group codes, UNKNOWN where there is none. ``quick`` marks those far quicker than the questions need.
    ``collectors`` are numbers of the settings or sessions that answers came through, UNKNOWN where there is none.
    """

    responses: int
    codes: Mapping[str, NDArray[int16]]
    choices: Mapping[str, NDArray[bool_]]
    breakdowns: Mapping[str, NDArray[int16]]
    quick: NDArray[bool_]
    collectors: NDArray[intp]


def option_codes(item: Item) -> tuple[int, ...]:
    """Return the codes of an item that are values, in ascending order; own words have the one for "wrote"."""
    return (TEXT_GIVEN,) if isinstance(item, TextItem) else tuple(sorted(option.code for option in item.valid_options))


def make_frame(instrument: Instrument, batches: Iterable[Batch]) -> AnswerFrame:
    """Return the frame of all responses in the batches; ValueError for a code that an item does not have."""
    import numpy as np

    items = tuple(instrument.items.values())
    numbers: dict[str, dict[Answer, int]] = {item.id: {} for item in items if isinstance(item, MultiItem)}
    found: dict[str, list[NDArray[Any]]] = {item.id: [] for item in items}
    groups: dict[str, list[NDArray[Any]]] = {}
    quick = [np.empty(0, np.bool_)]
    links: dict[str | None, int] = {None: UNKNOWN}
    ways = [np.empty(0, np.intp)]
    for batch in batches:
        for item, answers in zip(items, zip(*batch.answers, strict=True), strict=bool(batch.answers)):
            found[item.id].append(_column(item, answers, numbers.get(item.id)))
        for name, keys in batch.groups.items():
            known = (UNKNOWN if key is None else key for key in keys)
            groups.setdefault(name, []).append(np.fromiter(known, np.int16, len(keys)))
        quick.append(np.fromiter((pace == QUICK for pace in batch.pace), np.bool_, len(batch.pace)))
        ways.append(_numbered(batch.collectors or [None] * len(batch.pace), links))
    codes, choices = {}, {}
    for item in items:
        column = _joined(found[item.id])
        if isinstance(item, MultiItem):
            codes[item.id], choices[item.id] = _choices(item, column, numbers[item.id])
        else:
            codes[item.id] = _known(item, column)
    marks = np.concatenate(quick)
    breakdowns = {name: _joined(parts) for name, parts in groups.items()}
    return AnswerFrame(len(marks), codes, choices, breakdowns, marks, np.concatenate(ways))


def frame_of_sheets(instrument: Instrument, sheets: Iterable[Mapping[str, Answer]]) -> AnswerFrame:
    """Return the frame of answer sheets, item id -> code or codes; an item that a sheet lacks was not reached."""
    unseen = int(Missing.NOT_REACHED)
    answers = [tuple(sheet.get(item, unseen) for item in instrument.items) for sheet in sheets]
    return make_frame(instrument, [Batch([None] * len(answers), {}, answers)])


def _numbered(collectors: Sequence[str | None], links: dict[str | None, int]) -> NDArray[intp]:
    """Return the number of each answer's collector, the next free one for a collector met first."""
    import numpy as np

    return np.fromiter((links.setdefault(one, len(links) - 1) for one in collectors), np.intp, len(collectors))


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    import numpy as np

    return np.concatenate(parts) if parts else np.empty(0, np.int16)


def _column(item: Item, answers: Sequence[Any], numbers: dict[Answer, int] | None) -> NDArray[Any]:
    """Return the answers to one item as numbers: their codes, or with ``numbers`` a number for each distinct answer."""
    import numpy as np

    if numbers is not None:
        for answer in set(answers) - numbers.keys():
            numbers[answer] = len(numbers)
        return np.fromiter(map(numbers.__getitem__, answers), np.intp, len(answers))
    try:
        return np.fromiter(answers, np.int16, len(answers))
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{item.id}: an answer is no code that the question has") from None


def _choices(
    item: MultiItem, column: NDArray[Any], numbers: Mapping[Answer, int]
) -> tuple[NDArray[int16], NDArray[bool_]]:
    """Return each person's CHOSE or kind of missing, and who chose what: people x options.

    Somebody with any valid choice is not missing; of several kinds of missing the first in their order counts.
    """
    import numpy as np

    options = option_codes(item)
    codes, chosen = np.empty(len(numbers), np.int16), np.zeros((len(numbers), len(options)), np.bool_)
    for answer, number in numbers.items():
        given = set(answer) if isinstance(answer, tuple) else {answer}
        kinds = [_kind(item, code) for code in given.difference(options)] or [Missing.SKIPPED]
        chosen[number] = [option in given for option in options]
        codes[number] = CHOSE if chosen[number].any() else min(kinds, key=lambda kind: MISSING_KEYS.index(kind.key))
    return codes[column], chosen[column]


def _kind(item: MultiItem, code: int) -> Missing:
    """Return the kind of missing that a code counts as; ValueError when the item does not have it."""
    if code in item.missing_options:
        return Missing.from_key(item.missing_options[code])
    if code not in tuple(Missing):
        raise _undeclared(item, code)
    return Missing(code)


def _undeclared(item: Item, code: int) -> ValueError:
    return ValueError(f"{item.id}: the answers hold the code {code}, which the question does not have")


def _known(item: Item, column: NDArray[int16]) -> NDArray[int16]:
    """Return a column all of whose codes are options of the item or kinds of missing; ValueError for another."""
    import numpy as np

    known = {*Missing, *option_codes(item), *(() if isinstance(item, TextItem) else item.missing_options)}
    lowest, highest = min(known), max(known)
    for end in (int(column.min()), int(column.max())) if len(column) else ():
        if not lowest <= end <= highest:
            raise _undeclared(item, end)
    there = np.flatnonzero(np.bincount(column - np.int16(lowest))) + lowest
    if strange := set(there.tolist()) - known:
        raise _undeclared(item, min(strange))
    return column
