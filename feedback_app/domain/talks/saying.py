"""How times and titles are said in pages and messages alike. Pure: languages are told, not looked up."""

from __future__ import annotations

import unicodedata
from datetime import time

_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, half characters, line and paragraph separators
_TURNING = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)  # that turn the direction of what follows
_ISOLATE, _END, _RIGHT_TO_LEFT = "\u2068", "\u2069", "\u200f"
_CUT = "..."  # three letters that every phone has; the one that means the same makes a text message twice as dear
_LINKS = ("https://", "http://")


def say_time(at: time, *, english: bool, noon: str = "12 noon") -> str:
    """Return a wall time as people say it: "10am", "1:30pm", noon in words; in other languages 24 hours."""
    if not english:
        return f"{at:%H:%M}"
    if (at.hour, at.minute) == (12, 0):
        return noon
    hour = at.hour % 12 or 12
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{hour}{minutes}{'am' if at.hour < 12 else 'pm'}"


def one_line(text: str) -> str:
    """Return a text on one line, with nothing in it that breaks a line or turns the direction of what follows."""
    kept = (" " if unicodedata.category(letter) in _BREAKING else letter for letter in text if letter not in _TURNING)
    return " ".join("".join(kept).split())


def clip(text: str, most: int) -> str:
    """Return a text of at most so many letters, cut between words where that can be, with a sign that it was cut."""
    if len(text) <= most:
        return text
    cut = text[: most - len(_CUT)]
    whole = cut.rpartition(" ")[0].rstrip(",;:")
    return f"{whole if len(whole) >= most // 2 else cut}{_CUT}"


def set_apart(text: str, *, right_to_left: bool) -> str:
    """Return a text that stands in a sentence of a language written from right to left without disturbing it."""
    return f"{_ISOLATE}{text}{_END}" if right_to_left and text else text


def lead_lines(text: str, *, right_to_left: bool) -> str:
    """Return plain text each of whose lines begins at the right, in a language written so; links stay as they are."""
    if not right_to_left:
        return text
    lines = text.split("\n")
    return "\n".join(line if not line or line.startswith(_LINKS) else _RIGHT_TO_LEFT + line for line in lines)
