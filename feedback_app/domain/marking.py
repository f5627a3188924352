"""A comment cut into pieces to be shown: what is hidden is left out, what speaks for a theme carries its number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from feedback_app.domain.coding import Span

Hidden = tuple[int, int, str]  # start, end (exclusive), kind of what is hidden


@dataclass(frozen=True)
class Piece:
    """Some words of a comment: ``hidden`` is the kind of what stood there instead of words, "" where they are shown.

    ``numbers`` are those of the suggestions that the words speak for; ``ends`` those whose words end with this piece.
    """

    text: str
    hidden: str = ""
    numbers: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()


def join_hidden(length: int, spans: Iterable[Sequence[object]]) -> list[Hidden]:
    """Return spans to hide in order, cut to the length of the words; those that touch are one, of the first kind."""
    inside: list[Hidden] = []
    for start, end, kind in spans:
        first, last = max(0, int(str(start))), min(length, int(str(end)))
        if first < last:
            inside.append((first, last, str(kind)))
    joined: list[Hidden] = []
    for start, end, kind in sorted(inside):
        if joined and start <= joined[-1][1]:
            before = joined[-1]
            joined[-1] = (before[0], max(before[1], end), before[2])
        else:
            joined.append((start, end, kind))
    return joined


def cut_pieces(words: str, hidden: Sequence[Hidden], evidence: Mapping[int, Sequence[Span]]) -> tuple[Piece, ...]:
    """Return the pieces of a comment; ``hidden`` as `join_hidden` gives it, ``evidence`` number -> its spans."""
    runs = {number: _merge(spans, len(words)) for number, spans in evidence.items()}
    edges = {0, len(words)} | {edge for start, end, _kind in hidden for edge in (start, end)}
    edges |= {edge for spans in runs.values() for span in spans for edge in span}
    pieces: list[Piece] = []
    marks = sorted(edges)
    for start, end in pairwise(marks):
        cover = next((one for one in hidden if one[0] <= start < one[1]), None)
        if cover and cover[0] != start:
            continue
        numbers = tuple(
            number for number, spans in runs.items() if any(first <= start and end <= last for first, last in spans)
        )
        ends = tuple(number for number in numbers if any(last == end for _first, last in runs[number]))
        pieces.append(Piece("", cover[2]) if cover else Piece(words[start:end], "", numbers, ends))
    return tuple(pieces)


def _merge(spans: Iterable[Span], length: int) -> list[tuple[int, int]]:
    """Return spans in order, cut to the length, those that touch or overlap made one."""
    merged: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        start, end = max(0, span.start), min(length, span.end)
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
