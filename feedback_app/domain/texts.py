"""The words of an instrument: found for translation, replaced by translations, frozen with a checksum."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from feedback_app.domain.instrument import Frozen, Instrument
from feedback_app.domain.pseudo import PSEUDO, pseudo

_OF_ITEMS = ("text", "hint", "label", "low_label", "high_label")
_OF_THE_WHOLE = ("title", "lead", "before", "read_by", "purpose", "kept", "thanks", "next_steps", "button")
TEXT_FIELDS = frozenset({*_OF_ITEMS, *_OF_THE_WHOLE})

Texts = Mapping[str, Mapping[str, str]]  # context -> English -> translation


def _context_of(node: Mapping[str, Any], context: str) -> str:
    """Return the context that the texts inside `node` have: an item's id, else that of the whole."""
    return str(node["id"]) if "type" in node else context


def _mapped(node: Any, context: str, change: Callable[[str, str], str]) -> Any:
    """Return a copy of plain data with each text replaced by `change(context, text)`."""
    if isinstance(node, list | tuple):
        return [_mapped(part, context, change) for part in node]
    if not isinstance(node, Mapping):
        return node
    inside = _context_of(node, context)
    copy: dict[str, Any] = {}
    for key, value in node.items():
        if key in TEXT_FIELDS and isinstance(value, str):
            copy[key] = change(inside, value) if value else value
        elif key in TEXT_FIELDS and isinstance(value, list | tuple):
            copy[key] = [change(inside, text) for text in value]
        elif key in ("options", "apart"):
            copy[key] = _mapped(value, str(node.get("options_from") or inside), change)
        else:
            copy[key] = _mapped(value, inside, change)
    return copy


def texts_of(instrument: Instrument) -> Iterator[tuple[str, str]]:
    """Yield (context, English text) for every text of an instrument, in order, repeats included."""
    found: list[tuple[str, str]] = []

    def note(context: str, text: str) -> str:
        found.append((context, text))
        return text

    _mapped(as_data(instrument), instrument.code, note)
    yield from found


def translated(instrument: Instrument, texts: Texts) -> Instrument:
    """Return the instrument with each text in the other language; English stays where a translation is missing."""
    return _changed(instrument, lambda context, text: texts.get(context, {}).get(text) or text)


def _changed(instrument: Instrument, change: Callable[[str, str], str]) -> Instrument:
    return Instrument.model_validate(_mapped(as_data(instrument), instrument.code, change))


def as_data(instrument: Instrument) -> dict[str, Any]:
    """Return the instrument as plain data that JSON can hold, all written out: no later default changes its meaning."""
    return instrument.model_dump(mode="json", by_alias=True)


class FieldedDocument(Frozen):
    """What is frozen when a version is fielded: the instrument and all its languages in one document."""

    instrument: Instrument
    texts: Mapping[str, Mapping[str, Mapping[str, str]]] = {}  # language -> context -> English -> translation

    def data(self) -> dict[str, Any]:
        """Return the document as plain data that JSON can hold."""
        return {"instrument": as_data(self.instrument), "texts": self.texts}

    def in_language(self, language: str) -> Instrument:
        """Return the instrument in `language`, or as written when the document has no such language."""
        if language in PSEUDO:
            return _changed(self.instrument, lambda _context, text: pseudo(text, language))
        return translated(self.instrument, self.texts[language]) if language in self.texts else self.instrument


def checksum(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain data in canonical JSON, 64 hexadecimal digits; names without a value do not count.

    So a checksum stays the same when the program learns a new field whose default says nothing, and changes with any
    default that says something.
    """
    canonical = json.dumps(_with_values(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _with_values(node: Any) -> Any:
    """Return plain data without names that stand for nothing: null, false, no text, an empty list or mapping."""
    if isinstance(node, list | tuple):
        return [_with_values(part) for part in node]
    if not isinstance(node, Mapping):
        return node
    named = {key: _with_values(value) for key, value in node.items()}
    return {key: value for key, value in named.items() if (isinstance(value, int) and value is not False) or value}
