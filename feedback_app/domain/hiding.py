"""Hiding what may tell who somebody is: a mark by its kind stands instead, which never tells how long it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from feedback_app.domain.personal import Personal as Personal  # noqa: PLC0414 - callers take all from here
from feedback_app.domain.personal import find_personal as find_personal  # noqa: PLC0414

OTHER = "other"
MARKS: Mapping[str, str] = {
    "name": "[name hidden]",
    "setting": "[school or setting hidden]",
    "phone": "[phone number hidden]",
    "email": "[e-mail hidden]",
    "postcode": "[postcode hidden]",
    "street": "[address hidden]",
    "address": "[web address hidden]",
    "account": "[account hidden]",
    "birth_date": "[date of birth hidden]",
    "nhs_number": "[NHS number hidden]",
    OTHER: "[hidden]",
}


def hide(words: str, spans: Iterable[Sequence[int | str]], marks: Mapping[str, str] = MARKS) -> str:
    """Return words with a mark instead of each span (start, end, kind); spans that touch or overlap become one.

    Of several kinds in one, the first names it. Spans may come in any order, reach too far or be empty.
    """
    parts: list[str] = []
    at = 0
    for start, end, kind in _joined(words, spans):
        parts += [words[at:start], marks.get(kind, marks.get(OTHER, MARKS[OTHER]))]
        at = end
    return "".join([*parts, words[at:]])


def _joined(words: str, spans: Iterable[Sequence[int | str]]) -> list[tuple[int, int, str]]:
    """Return spans in order, inside the words, none touching another."""
    inside = sorted((max(0, int(start)), min(len(words), int(end)), str(kind)) for start, end, kind in spans)
    found: list[tuple[int, int, str]] = []
    for start, end, kind in inside:
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            before = found[-1]
            found[-1] = (before[0], max(before[1], end), before[2])
        else:
            found.append((start, end, kind))
    return found
