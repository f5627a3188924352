"""What can go wrong, named for it. Wording and status live in web/errors.py and in cli/."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Literal

WhyNotBreakdown = Literal["too_many", "same_people", "one_question"]
WhyNotRemade = Literal["deleted", "rules"]
WhyNotWaves = Literal["same_wave", "other_survey", "demonstration", "same_day", "not_earlier"]


class FeedbackError(Exception):
    """The common kind of everything below."""


@dataclass
class SurveyUnknown(FeedbackError):
    """No survey or wave has this address."""

    slug: str


@dataclass
class WaveClosed(FeedbackError):
    """The survey has no open wave; `closed_since` is the first day on which the latest one was closed."""

    title: str
    closed_since: date | None


@dataclass
class WaveExists(FeedbackError):
    """A wave of this address is there already."""

    slug: str


@dataclass
class DraftGone(FeedbackError):
    """There is no unfinished survey behind this key: sent, expired or thrown away."""


@dataclass
class PageUnknown(FeedbackError):
    """The survey has no page of this address."""

    page: str


@dataclass
class NotComplete(FeedbackError):
    """Required items are open, or fewer content items than `min_content` have values."""

    required: tuple[str, ...]
    answered: int
    needed: int


@dataclass
class HandedOver(FeedbackError):
    """Somebody answers in another's place: these answers are not kept."""


@dataclass
class CodesSlowedDown(FeedbackError):
    """Too many codes were tried in vain of late."""

    seconds: int


@dataclass
class InstrumentChanged(FeedbackError):
    """A version that has been fielded differs from its file."""

    name: str
    version: int


@dataclass
class ListTooShort(FeedbackError):
    """More people answered than stand on the list of those invited: the list is wrong."""

    slug: str
    people: int


@dataclass
class WavesNotComparable(FeedbackError):
    """Two waves cannot stand beside each other; "same_day" and "not_earlier" are about their first days.

    "demonstration": the answers of only one of them are made up.
    """

    slug: str
    earlier: str
    reason: WhyNotWaves


@dataclass
class BreakdownUnknown(FeedbackError):
    """The answers of a wave are not broken down by this; `known` names what they can be broken down by."""

    slug: str
    name: str
    known: tuple[str, ...]


@dataclass
class QuestionUnknown(FeedbackError):
    """A wave has no question of this id whose answers are broken down."""

    slug: str
    item: str


@dataclass
class BreakdownRefused(FeedbackError):
    """These breakdowns are not made together.

    "too_many": more than two; "same_people": one adds up to the other, or is the other; "one_question": two at once are
    made for one question at a time.
    """

    slug: str
    by: tuple[str, ...]
    reason: WhyNotBreakdown


@dataclass
class NothingShownYet(FeedbackError):
    """Too few have answered a wave for the first figures that readers outside the SEND team see."""

    slug: str


@dataclass
class GroupsComeLater(FeedbackError):
    """The figures of a wave are still those of a day before its end, and have no groups."""

    slug: str
    closed_from: date | None


@dataclass
class FiguresNotRemade(FeedbackError):
    """No others can be made of the answers that the figures of a day count.

    "deleted": somebody has deleted some of them; "rules": the day's figures were made by other rules than today's, and
    who has both could set them side by side.
    """

    slug: str
    taken_on: date
    reason: WhyNotRemade = "deleted"


@dataclass
class VoiceUnknown(FeedbackError):
    """There is no such voice, or it is not for whoever asks."""

    voice_id: uuid.UUID


@dataclass
class ImportRefused(FeedbackError):
    """A file could not be brought in; each problem names row and column."""

    problems: tuple[str, ...]


@dataclass
class CommentUnknown(FeedbackError):
    """No comment of this address may be read by whoever asks: none is there, it is held, or a sample's."""


@dataclass
class EntryUnknown(FeedbackError):
    """No safeguarding reader has to read a comment of this address."""


@dataclass
class DecidedBefore(FeedbackError):
    """A safeguarding reader has decided otherwise of a comment before: that holds until it is taken back."""


@dataclass
class NoSafeguardingReader(FeedbackError):
    """Children cannot be asked for words of their own while nobody is named who reads them."""

    slug: str


@dataclass
class SampleUnknown(FeedbackError):
    """No sample has this address."""


@dataclass
class NothingToLearn(FeedbackError):
    """People have decided too few comments for anything to be learnt from them."""

    checked: int
    needed: int


@dataclass
class NotLearnt(FeedbackError):
    """Nothing was learnt under this number."""

    number: int


class ModelRefused(FeedbackError):
    """What was learnt cannot be used here; the message is a sentence that says why and what to do."""


@dataclass
class TalkUnknown(FeedbackError):
    """There is no talk of this address, or none that whoever asks may see."""

    slug: str


@dataclass
class BookingUnknown(FeedbackError):
    """The link leads to no booking: it never did, or the booking was deleted some weeks after the talk."""


@dataclass
class TalkClosed(FeedbackError):
    """The talk cannot be booked or changed by families any more: it has begun, or was cancelled, or is a draft."""

    slug: str


@dataclass
class NotEnoughPlaces(FeedbackError):
    """Fewer places are left than were asked for, or others wait for them: a family gets all of its places or none."""

    left: int


@dataclass
class TooManyPlaces(FeedbackError):
    """One family can have at most so many places in one talk."""

    most: int


@dataclass
class OfferGone(FeedbackError):
    """The places are not held any more: the offer ended, was answered, or never was."""


@dataclass
class TooManyBookings(FeedbackError):
    """One contact has booked many times of late; it can book once more in so many minutes."""

    minutes: int


@dataclass
class TalkFinished(FeedbackError):
    """The talk has been finished and its numbers are counted: who came cannot be changed any more."""

    slug: str


@dataclass
class PromiseUnknown(FeedbackError):
    """There is no promise of this id, or none of this partnership's."""

    promise_id: uuid.UUID
