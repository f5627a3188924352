"""Why something is not shown, and how a printed table is to be read, in plain words."""

from __future__ import annotations

import re

from feedback_app.reports.cross_tables.printed import Method, Note

FEWER = "fewer_than_"
KEPT_PRIVATE = "kept_private"
SMALL_COUNT = "small_count"
WHY = "Why not shown"  # the heading of a column of reasons
LEGEND_BEGINS = "Protected by feedback-app:"
SENTENCES = {
    KEPT_PRIVATE: "Kept private, so that no small number can be worked out.",
    SMALL_COUNT: "A small count, kept private.",
    "too_close": "Kept private: too close to a figure already shown.",
    "not_asked": "Nobody in this group was asked.",
    "fewer_than_3_places": "Fewer than 3 schools or sessions.",
}
_LEGEND = re.compile(
    r"c is (\d{1,4}) to (\d{1,4}); other counts are rounded to (\d{1,4}); groups of fewer than (\d{1,4})"
)
HELD = "counts and totals are held, so that none tells a hidden one"


def sentence(note: Note) -> str:
    """Return the sentence for something that is not shown."""
    if note.reason.startswith(FEWER) and note.reason.removeprefix(FEWER).isdecimal():
        return f"Fewer than {note.reason.removeprefix(FEWER)} people."
    return SENTENCES.get(note.reason, SENTENCES[KEPT_PRIVATE])


def legend(method: Method, untold: str | None) -> str:
    """Return the line under a printed table that says how it is to be read; ``method_in`` reads it again."""
    words = (
        f"{LEGEND_BEGINS} c is {method.hidden_from} to {method.threshold - 1}; other counts are rounded to "
        f"{method.rounding}; groups of fewer than {method.minimum_base} people are not shown; {HELD}"
    )
    return f'{words}; people of "{untold}" did not tell, and are in the totals.' if untold else f"{words}."


def method_in(line: str) -> Method | None:
    """Return how a printed table was protected by the line under it, None where it does not say."""
    if not (found := _LEGEND.search(line)):
        return None
    low, high, rounding, base = map(int, found.groups())
    return Method(high + 1, rounding, base, low, held=HELD in line) if high >= low and rounding else None
