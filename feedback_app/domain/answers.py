"""An answer sheet: what one person has said so far, by item, kinds of missing included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from feedback_app.domain.instrument import Instrument, Item, MultiItem, TextItem
from feedback_app.domain.missing import Missing

Answer = int | tuple[int, ...]


@dataclass(frozen=True)
class AnswerSheet:
    """Codes by item id, own words by item id, and what is known from the link. An item not in it was not reached."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)

    def with_page(self, answers: Mapping[str, Answer], texts: Mapping[str, str]) -> AnswerSheet:
        """Return the sheet with one page's answers laid over it; other pages stay as they are."""
        kept = {item: text for item, text in self.texts.items() if item not in answers}
        return replace(self, answers={**self.answers, **answers}, texts={**kept, **texts})

    def reached(self, item_id: str) -> bool:
        """Return whether the page with this item has been answered or skipped."""
        return item_id in self.answers


def is_value(item: Item, answer: Answer | None) -> bool:
    """Return whether an answer is a value: not skipped, not apart, not an option declared missing."""
    if answer is None:
        return False
    if isinstance(item, TextItem):
        return answer == TEXT_GIVEN
    if isinstance(answer, tuple):
        return any(is_value(item, code) for code in answer)
    return answer >= 0 and answer not in item.missing_options


TEXT_GIVEN = 1  # the code of a text item that was answered; the words themselves lie elsewhere


def count_content(items: Iterable[Item], sheet: AnswerSheet) -> int:
    """Return how many content items have values (fewer than `min_content` is a break-off)."""
    return sum(item.content and is_value(item, sheet.answers.get(item.id)) for item in items)


def needed_content(asked: Iterable[Item], instrument: Instrument) -> int:
    """Return how many content items must have values: `min_content`, or all there are when fewer are asked."""
    return min(instrument.min_content, sum(item.content for item in asked))


def accepts(item: Item, answer: Answer) -> bool:
    """Return whether an answer's codes belong to the item, kinds of missing included."""
    if isinstance(item, TextItem):
        return answer in (TEXT_GIVEN, Missing.SKIPPED)
    if isinstance(answer, tuple):
        many = isinstance(item, MultiItem) and bool(answer) and len(set(answer)) == len(answer)
        return many and all(code in item.codes for code in answer)
    return (
        answer == Missing.SKIPPED
        or (answer in item.codes and not isinstance(item, MultiItem))
        or (isinstance(item, MultiItem) and answer < 0 and answer in item.codes)
    )


def unknown_answers(instrument: Instrument, sheet: AnswerSheet) -> list[str]:
    """Return the ids in a sheet whose item or code the instrument does not have."""
    items = instrument.items
    return [item for item, answer in sheet.answers.items() if item not in items or not accepts(items[item], answer)]
