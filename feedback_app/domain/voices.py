"""Other voices: what families said elsewhere than in a survey, marked as what it is, never in percentages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

N_: Callable[[str], str] = str  # marks a text for translators, as gettext's tools know it; pages translate it

LONGEST_WORDS = 20_000  # characters: the notes of a whole focus group
LONGEST_FROM = 200
FIRST_YEAR = 2000


class VoiceKind(StrEnum):
    """Where the words come from."""

    FOCUS_GROUP = "focus_group"
    INTERVIEW = "interview"
    STORY = "story"
    COMPLIMENT = "compliment"
    COMPLAINT = "complaint"
    HELPLINE = "helpline"
    TALK_QUESTION = "talk_question"  # asked ahead of a talk, by somebody who booked; who it was is not kept
    TALK_NOTE = "talk_note"  # said at a talk, as the organisers wrote it down


class Consent(StrEnum):
    """How far somebody agreed that their words go, the least first."""

    WITHDRAWN = "withdrawn"  # nowhere; the words go as soon as a safeguarding reader has seen them
    COUNT = "count"  # counted under its themes; its words are never shown outside the reading room
    QUOTE = "quote"  # may be quoted, unnamed, once cleared
    PUBLISH = "publish"  # may be published whole, unnamed, once cleared

    @property
    def may_be_quoted(self) -> bool:
        """Return whether words of it may be shown outside the reading room, once they are cleared."""
        return self in (Consent.QUOTE, Consent.PUBLISH)

    def reaches(self, other: Consent) -> bool:
        """Return whether this goes at least as far as another."""
        order = list(Consent)
        return order.index(self) >= order.index(other)


class Teller(StrEnum):
    """Who said it."""

    PARENT_CARER = "parent_carer"
    YOUNG_PERSON = "young_person"
    STAFF = "staff"
    OTHER = "other"


class Standing(StrEnum):
    """Where a voice stands, as whoever brought it in is told."""

    WAITS = "waits"  # for a safeguarding reader
    KEPT = "kept"  # back, by a safeguarding reader
    READ = "read"  # among what may be read, counted and, with consent, quoted
    CLEARED = "cleared"  # somebody cleared it to be shown
    GOING = "going"  # withdrawn, and gone once a safeguarding reader has seen it


class WhyNot(StrEnum):
    """What is wrong with a voice that somebody brings in."""

    KIND = "kind"
    WORDS = "words"
    LONG = "long"
    TELLER = "teller"
    MONTH = "month"
    LATER = "later"
    DISTRICT = "district"
    CONSENT = "consent"
    CAME_FROM = "came_from"


KIND_WORDS: Mapping[VoiceKind, str] = MappingProxyType(
    {
        VoiceKind.FOCUS_GROUP: N_("Focus group"),
        VoiceKind.INTERVIEW: N_("Interview"),
        VoiceKind.STORY: N_("Personal story"),
        VoiceKind.COMPLIMENT: N_("Compliment"),
        VoiceKind.COMPLAINT: N_("Complaint"),
        VoiceKind.HELPLINE: N_("Helpline call"),
        VoiceKind.TALK_QUESTION: N_("Question ahead of a talk"),
        VoiceKind.TALK_NOTE: N_("Said at a talk"),
    }
)
# Those that somebody brings in by the form or a table; the others come from the pages of talks.
BROUGHT_IN: Mapping[VoiceKind, str] = MappingProxyType(
    {kind: words for kind, words in KIND_WORDS.items() if kind not in (VoiceKind.TALK_QUESTION, VoiceKind.TALK_NOTE)}
)
TELLER_WORDS: Mapping[Teller, str] = MappingProxyType(
    {
        Teller.PARENT_CARER: N_("A parent or carer"),
        Teller.YOUNG_PERSON: N_("A child or young person"),
        Teller.STAFF: N_("A member of staff"),
        Teller.OTHER: N_("Somebody else, or several"),
    }
)
CONSENT_WORDS: Mapping[Consent, str] = MappingProxyType(
    {
        Consent.WITHDRAWN: N_("Taken back"),
        Consent.COUNT: N_("Count only"),
        Consent.QUOTE: N_("Quote without a name"),
        Consent.PUBLISH: N_("Show it whole, without a name"),
    }
)
CONSENT_MEANS: Mapping[Consent, str] = MappingProxyType(
    {
        Consent.COUNT: N_("We count what it is about. Only those who read comments see the words. We never quote it."),
        Consent.QUOTE: N_("We may quote a part, without a name, once somebody has checked that part."),
        Consent.PUBLISH: N_("We may show all of it to staff, without a name, once somebody has checked it."),
    }
)
STANDING_WORDS: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.WAITS: N_("Waits for a safeguarding reader"),
        Standing.KEPT: N_("Stays with the safeguarding readers"),
        Standing.READ: N_("Can be read and counted"),
        Standing.CLEARED: N_("Cleared to be shown"),
        Standing.GOING: N_("Taken back. It is deleted as soon as a safeguarding reader has seen it"),
    }
)
WHY_NOT_WORDS: Mapping[WhyNot, str] = MappingProxyType(
    {
        WhyNot.KIND: N_("Choose what it is, such as a focus group or a complaint"),
        WhyNot.WORDS: N_("Write what was said"),
        WhyNot.LONG: N_("Write at most 20,000 letters. Split it into parts if it is longer"),
        WhyNot.TELLER: N_("Choose who said it"),
        WhyNot.MONTH: N_("Write the month as year and month, such as 2026-05"),
        WhyNot.LATER: N_("This month is still to come. Write a month that has begun"),
        WhyNot.DISTRICT: N_("Choose a district from the list, or leave it empty"),
        WhyNot.CONSENT: N_("Choose how far the words may go"),
        WhyNot.CAME_FROM: N_("Write at most 200 letters on one line"),
    }
)


@dataclass(frozen=True)
class NewVoice:
    """A voice as it is brought in; ``month`` is the first day of the month in which it was said."""

    kind: VoiceKind
    words: str
    teller: Teller
    month: date
    consent: Consent
    district: int | None = None
    came_from: str = ""
    again: int = 0  # how many just like it came before, where the same was said more than once

    @property
    def young(self) -> bool:
        """Return whether somebody under 18 may have said it: its words go to a safeguarding reader."""
        return self.teller is Teller.YOUNG_PERSON

    @property
    def mark(self) -> bytes:
        """Return the 32 bytes by which the same row is known again, so that it comes in once."""
        about = "\x1f".join((self.kind, f"{self.month:%Y-%m}", " ".join(self.words.split()).casefold()))
        return hashlib.sha256(f"feedback/voice/{self.again}/{about}".encode()).digest()


def may_change(now: Consent, wanted: Consent) -> bool:
    """Return whether a consent may be changed to another: what was taken back stays so."""
    return now is not Consent.WITHDRAWN and wanted is not now
