"""Other voices: what families said elsewhere than in a survey, marked as what it is, never in percentages."""

from __future__ import annotations

from enum import StrEnum


class VoiceKind(StrEnum):
    """Where the words come from."""

    FOCUS_GROUP = "focus_group"
    INTERVIEW = "interview"
    STORY = "story"
    COMPLIMENT = "compliment"
    COMPLAINT = "complaint"
    HELPLINE = "helpline"


class Consent(StrEnum):
    """How far somebody agreed that their words go."""

    COUNT = "count"  # counted under its themes; its words are never shown outside the reading room
    QUOTE = "quote"  # may be quoted, unnamed, once cleared
    PUBLISH = "publish"  # may be published whole, unnamed, once cleared


class Teller(StrEnum):
    """Who said it."""

    PARENT_CARER = "parent_carer"
    YOUNG_PERSON = "young_person"
    STAFF = "staff"
    OTHER = "other"
