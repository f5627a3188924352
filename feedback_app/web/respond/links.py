"""What a link tells of its own accord: declared, coarse context and an opaque collector; anything else is dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping

from feedback_app.domain.instrument import ContextField, Instrument

COLLECTOR = "via"
_COLLECTOR = re.compile(r"[a-z0-9]{4,16}")


def read_context(instrument: Instrument, given: Mapping[str, str]) -> dict[str, str]:
    """Return the declared context fields among the parameters of a link, those with a known value."""
    return {
        field.id: given[field.id] for field in instrument.context if field.id in given and _fits(field, given[field.id])
    }


def _fits(field: ContextField, value: str) -> bool:
    return value in field.values or (field.pattern is not None and re.fullmatch(field.pattern, value) is not None)


def read_collector(given: Mapping[str, str]) -> str | None:
    """Return the collector of a link, or None when it has none or none that could be ours."""
    value = given.get(COLLECTOR, "")
    return value if _COLLECTOR.fullmatch(value) else None
