"""People's own words (R6): who wrote few words among few people can be known by them.

A quote comes from a base of 20 or more. A named person clears it as it stands after masking. At most one attribute
stands beside it, ever, and only where that group has 30 people or more.

Bases are taken as they are shown: 20 people are sure where the printed base cannot stand for fewer. So a quote, or its
absence, tells nothing about how many answered that the printed base does not.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from feedback_app.domain.disclosure.safe import SafeCount
from feedback_app.domain.disclosure.safe_quotes import SafeQuote
from feedback_app.domain.disclosure.sealing import SEAL

QUOTE_BASE = 20  # people who answered in words
QUOTE_GROUP = 30  # people of the group named beside a quote
MOST_ATTRIBUTES = 1
WhyNotQuoted = Literal[
    "not_cleared", "changed_since_cleared", "too_few_wrote", "more_than_one_attribute", "group_small"
]


@dataclass(frozen=True)
class Clearance:
    """A named person's decision that words may be quoted: ``text`` is what they read and cleared, after masking."""

    text: str
    by: str

    def __post_init__(self) -> None:
        """Raise ValueError when nobody is named, or nothing was there to read."""
        if not self.by.strip():
            raise ValueError("a quote is cleared by a named person")
        if not self.text.strip():
            raise ValueError("there are no words to clear")


@dataclass(frozen=True)
class Attribute:
    """What is told about whoever wrote a quote: a group of one breakdown, with its base as it is shown."""

    by: str
    group: int
    base: SafeCount

    @property
    def name(self) -> tuple[str, int]:
        """Return the breakdown and the group, which tell one attribute from another."""
        return self.by, self.group


@dataclass(frozen=True)
class Refused:
    """Why words are not quoted; ``rule`` is the one that readers are told."""

    reason: WhyNotQuoted
    rule: Literal["R6"] = "R6"


def may_quote(
    masked: str,
    clearance: Clearance | None,
    base: SafeCount,
    beside: Collection[Attribute] = (),
    shown_before: Collection[tuple[str, int]] = (),
) -> SafeQuote | Refused:
    """Return words as they may be quoted, or why they may not be (R6).

    ``masked`` is the text as it stands after masking, ``base`` the printed number of people who answered in words.
    ``shown_before`` names the attributes that the same words stood beside earlier: the same words beside a district
    here and beside an age there would tell both.
    """
    if clearance is None:
        return Refused("not_cleared")
    if clearance.text != masked:
        return Refused("changed_since_cleared")
    if base.low < QUOTE_BASE:
        return Refused("too_few_wrote")
    if len({*(attribute.name for attribute in beside), *shown_before}) > MOST_ATTRIBUTES:
        return Refused("more_than_one_attribute")
    if any(attribute.base.low < QUOTE_GROUP for attribute in beside):
        return Refused("group_small")
    one = next(iter(beside), None)
    return SafeQuote(SEAL, masked, one.by, one.group) if one else SafeQuote(SEAL, masked)
