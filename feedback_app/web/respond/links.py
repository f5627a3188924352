"""What a link tells of its own accord: declared, coarse context and an opaque way in; anything else is dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping

from feedback_app.domain.instrument import ContextField, Instrument

COLLECTOR = "via"
_COLLECTOR = re.compile(r"[a-z0-9]{4,16}")


def read_link(instrument: Instrument, given: Mapping[str, str]) -> dict[str, str]:
    """Return the declared context fields among the parameters of a link, and its way in, those that could be ours."""
    return read_context(instrument, given) | ({COLLECTOR: via} if (via := read_collector(given)) else {})


def read_context(instrument: Instrument, given: Mapping[str, str]) -> dict[str, str]:
    """Return the declared context fields among the parameters of a link, those with a known value."""
    return {
        field.id: given[field.id] for field in instrument.context if field.id in given and _fits(field, given[field.id])
    }


def _fits(field: ContextField, value: str) -> bool:
    return value in field.values or (field.pattern is not None and re.fullmatch(field.pattern, value) is not None)


def read_collector(given: Mapping[str, str]) -> str | None:
    """Return the way in that a link names, or None; whether the wave has it is looked up when a survey is begun."""
    value = given.get(COLLECTOR, "")
    return value if _COLLECTOR.fullmatch(value) else None
