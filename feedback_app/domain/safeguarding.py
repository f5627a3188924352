"""What a safeguarding reader decides of a comment, and what becomes of it."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What a reader decided. Of an outcome the comment's standing follows."""

    LET_THROUGH = "let_through"  # no danger: it may be worked with
    PASSED_ON = "passed_on"  # to somebody named in the note; it stays held
    KEPT_BACK = "kept_back"  # it stays held
    READ = "read"  # a child's comment that raised no flag was read

    @property
    def opens(self) -> bool:
        """Return whether the comment may be worked with."""
        return self in (Outcome.LET_THROUGH, Outcome.READ)


FOR_FLAGGED = (Outcome.LET_THROUGH, Outcome.PASSED_ON, Outcome.KEPT_BACK)
LONGEST_NOTE = 1_000  # characters
