"""What instruments share: response scales, lists of options, scales made of items, breakdowns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from pydantic import Field

from feedback_app.domain.instrument import APART_CODES, Apart, Frozen, Option


class ResponseScale(Frozen):
    """A set of answers with fixed codes that many items use; `for_voice` names the wording for another voice."""

    options: tuple[Option, ...] = Field(min_length=2)
    apart: tuple[Apart, ...] = ()
    top: tuple[int, ...] = ()
    bottom: tuple[int, ...] = ()
    low_label: str = ""
    high_label: str = ""
    for_voice: Mapping[str, str] = {}


class Breakdown(Frozen):
    """A way of splitting results: the groups reported, by code."""

    title: str
    groups: Mapping[int, str]


class Scales(Frozen):
    """All that is shared by the instruments of a partnership, by name."""

    response_scales: Mapping[str, ResponseScale]
    same_as: Mapping[str, str] = {}  # a type whose answers are those of another, such as csat5 of sat5
    item_scales: Mapping[str, str] = {}  # name -> title of what several items are summed up in, from 0 to 100
    breakdowns: Mapping[str, Breakdown] = {}
    values: Mapping[str, Mapping[str, int]] = {}  # list name -> context value -> code, such as districts by key


def disagreements(scales: Scales) -> Iterator[tuple[str, str]]:
    """Yield (response scale or list, what is wrong with it): codes used twice, or spoken of and not there."""
    for name, scale in scales.response_scales.items():
        codes = [option.code for option in scale.options] + [int(answer.code) for answer in scale.apart]
        for code in [code for code, count in Counter(codes).items() if count > 1]:
            yield name, f"the answer code {code} stands twice in {name}; every answer has its own"
        for answer in scale.apart:
            if answer.code not in APART_CODES:
                allowed = ", ".join(str(int(code)) for code in APART_CODES)
                yield name, f"an answer off the scale has one of the codes {allowed}, not {int(answer.code)}"
        for code in sorted({*scale.top, *scale.bottom} - set(codes)):
            yield name, f"{name} counts the answer code {code} as top or bottom, but does not have it"
