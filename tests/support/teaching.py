"""Invented comments with the themes that people would give them, for tests of learning."""

from __future__ import annotations

from feedback_app.domain.coding import Valence
from feedback_app.theming.examples import Example

ABOUT = ("the nurse", "the bus", "the office", "our school", "the clinic", "the helper", "the form", "the lady",
         "a taxi", "the team", "the garden", "the lift", "the letter", "my friend", "the hall", "the door")  # fmt: skip


def taught() -> list[Example]:
    """Return examples in which PLAN hangs on words that no cue of the small codeframe knows, and WAIT on its cues."""
    found = []
    for number, who in enumerate(ABOUT):
        found += [
            _one(f"{who} spoke of the purple folder again", {"PLAN"}, Valence.NEEDS_CHANGE),
            _one(f"we waited for {who}", {"WAIT"}, Valence.NEEDS_CHANGE),
            _one(f"{who} was lovely and we are happy", set(), Valence.GOING_WELL),
            _one(f"{who} is near number {number}", set(), None),
        ]
    return found


def _one(words: str, themes: set[str], valence: Valence | None) -> Example:
    return Example(words, frozenset(themes), valence)
