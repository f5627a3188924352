"""What a response is told apart by, kept coarse: codes of reporting groups, and a band of pace."""

from __future__ import annotations

from collections.abc import Iterable

from feedback_app.domain.answers import AnswerSheet
from feedback_app.domain.instrument import Instrument, Item, TextItem
from feedback_app.domain.routing import seconds_for

QUICK = 1 / 3  # of the expected time
LONG = 4.0


def breakdown_keys(instrument: Instrument, sheet: AnswerSheet) -> dict[str, int]:
    """Return breakdown -> code of the reporting group, for each breakdown an item or the link tells of."""
    keys: dict[str, int] = {}
    for field in instrument.context:
        value = sheet.context.get(field.id)
        if field.breakdown and value is not None and value in field.breakdown_codes:
            keys[field.breakdown] = field.breakdown_codes[value]
    for item in instrument.items.values():
        answer = sheet.answers.get(item.id)
        if item.breakdown and isinstance(answer, int) and answer >= 0:
            keys[item.breakdown] = _group_of(item, answer)
    return keys


def _group_of(item: Item, code: int) -> int:
    """Return the code an option is reported as."""
    if isinstance(item, TextItem):
        return code
    found = next(option for option in item.options if option.code == code)
    return code if found.reported_as is None else found.reported_as


def pace_band(items: Iterable[Item], minutes: int) -> str:
    """Return "quick", "usual" or "long": the minutes taken beside what the items asked usually need."""
    expected = max(1.0, seconds_for(item for item in items if not isinstance(item, TextItem)) / 60)
    if minutes < expected * QUICK:
        return "quick"
    return "long" if minutes > expected * LONG else "usual"
