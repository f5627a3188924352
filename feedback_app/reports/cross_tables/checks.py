"""What every reader of tables shares: problems collected with their lines, and plain checks of names and lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import Any

from feedback_app.reports.cross_tables.shapes import LONGEST_LABEL, Document, Place, TablesRefused

MOST_PROBLEMS = 20
_KINDS = {
    dict: "names with values in { }",
    list: "a list in [ ]",
    str: "text in quotation marks",
    bool: "true or false",
}


class Problems:
    """What is wrong in a document, as far as it is read."""

    def __init__(self, document: Document) -> None:
        """Begin with nothing wrong."""
        self.document = document
        self.found: list[str] = []

    def note(self, place: Place, message: str) -> None:
        """Note something wrong at a place."""
        if len(self.found) <= MOST_PROBLEMS:
            self.found.append(f"{self.document.name}:{self.document.line_of(place)}: {message}")

    def stop_if_any(self) -> None:
        """Raise TablesRefused with what was noted, if anything was."""
        if self.found:
            more = ["... and more of the kind"] if len(self.found) > MOST_PROBLEMS else []
            raise TablesRefused([*self.found[:MOST_PROBLEMS], *more])

    def of_kind(self, value: Any, kind: type, place: Place, what: str) -> bool:
        """Return whether a value is of a kind of JSON, and note it otherwise."""
        if isinstance(value, kind):
            return True
        self.note(place, f"{what} should be {_KINDS[kind]}, not {said(value)}")
        return False

    def keys(self, value: dict[str, Any], allowed: Collection[str], needed: Sequence[str], place: Place) -> bool:
        """Return whether a mapping has the names it needs and no others, and note those."""
        for name in value:
            if name not in allowed:
                close = get_close_matches(name, allowed, 1)
                hint = f'; is "{close[0]}" meant?' if close else f"; there are: {', '.join(sorted(allowed))}"
                self.note((*place, name), f'there is no "{name[:60]}" here{hint}')
        gone = [name for name in needed if name not in value]
        for name in gone:
            self.note(place, f'"{name}" is missing here')
        return not gone

    def flag(self, value: dict[str, Any], name: str, place: Place, otherwise: bool = False) -> bool:
        """Return true or false as a mapping says, ``otherwise`` where it says nothing."""
        if name in value and self.of_kind(value[name], bool, (*place, name), f'"{name}"'):
            return bool(value[name])
        return otherwise

    def label(self, value: Any, place: Place, what: str) -> str | None:
        """Return a name with its spaces put right, or None after noting what is wrong with it."""
        if not self.of_kind(value, str, place, what):
            return None
        if not (words := tidy(value)):
            self.note(place, f"{what} is empty; give it a name")
        elif len(words) > LONGEST_LABEL:
            self.note(place, f"{what} is longer than {LONGEST_LABEL} characters")
        else:
            return words
        return None

    def labels(self, value: Any, place: Place, what: str, most: int) -> tuple[str, ...]:
        """Return a list of different names; what is wrong in it is noted."""
        if not self.of_kind(value, list, place, what):
            return ()
        if len(value) > most:
            self.note(place, f"{what}: {len(value):,} are too many, {most} is the most; put small ones together")
            return ()
        found = [self.label(one, (*place, number), f"{what}: a name") for number, one in enumerate(value)]
        names = [name for name in found if name]
        seen: dict[str, str] = {}
        for name in names:
            if name.casefold() in seen:
                self.note(place, f"{what}: {name!r} stands twice; put the two together or give them other names")
            seen[name.casefold()] = name
        return tuple(names)


def tidy(text: str) -> str:
    """Return a label without outer and double spaces and without signs that nobody sees."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def said(value: Any) -> str:
    """Return a value as a message shows it, not longer than a line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return _KINDS[type(value)]
    if isinstance(value, int) and abs(value) >= 10**20:
        return "a number of more than 20 digits"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else f'{text[:38]}..."'
