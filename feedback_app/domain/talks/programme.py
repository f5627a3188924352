"""A partnership's programme as data: topics, access needs, what venues have, and the rules of booking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import time
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from pydantic import Field, model_validator

from feedback_app.domain.instrument import Frozen

KEY = r"^[a-z][a-z0-9_]{0,19}$"
OTHER = "other"


class Way(StrEnum):
    """A way of attending a talk; each has a capacity and a waiting list of its own."""

    IN_PERSON = "in_person"
    ONLINE = "online"


class Choice(Frozen):
    """One of a list that people choose from: its key, its code that is stored and never reused, its words."""

    key: str = Field(pattern=KEY)
    code: int = Field(ge=1, le=99)
    label: str = Field(min_length=1)


class Topic(Choice):
    """What a talk can be about, tied to priorities of the plan and to themes of the codeframe."""

    picture: str = ""
    priorities: tuple[int, ...] = ()
    themes: tuple[str, ...] = ()


class Need(Choice):
    """Something that somebody needs so that they can take part; ``detail`` is the question of a box beside it."""

    detail: str = ""
    ways: tuple[Way, ...] = tuple(Way)


class Feature(Choice):
    """Something that a venue has; ``meets`` is the key of the need that nobody has to ask for there."""

    meets: str = ""


class Target(Frozen):
    """How often the plan promises talks: so many a year (quarterly), and so many terms of a year with one (termly)."""

    action: str
    a_year: int = Field(ge=1)
    terms: int = Field(ge=1)


class ReminderRule(Frozen):
    """When a reminder goes: some days before, at a local time; or some hours before."""

    days_before: int | None = Field(default=None, ge=1, le=30)
    at: time = time(10)
    hours_before: int | None = Field(default=None, ge=1, le=12)

    @model_validator(mode="after")
    def _one_of_both(self) -> ReminderRule:
        if (self.days_before is None) == (self.hours_before is None):
            raise ValueError("say days_before or hours_before, and not both")
        return self


class Rules(Frozen):
    """The rules of booking. Days and hours are whole numbers; times are local."""

    most_places: int = Field(default=6, ge=1, le=20)
    offer_hours: int = Field(default=48, ge=1, le=336)
    offer_hours_late: int = Field(default=6, ge=1, le=48)
    needs_days: int = Field(default=7, ge=0, le=60)
    undo_minutes: int = Field(default=10, ge=0, le=60)
    reminders: tuple[ReminderRule, ...] = (ReminderRule(days_before=2), ReminderRule(hours_before=2))
    quiet_from: time = time(20)
    quiet_until: time = time(8)
    finish_after_days: int = Field(default=14, ge=1, le=60)
    contact_days: int = Field(default=90, ge=1, le=365)
    need_days: int = Field(default=30, ge=1, le=365)

    @model_validator(mode="after")
    def _quiet_at_night(self) -> Rules:
        if self.quiet_from <= self.quiet_until:
            raise ValueError("quiet_from is in the evening and quiet_until in the morning after")
        return self


One = TypeVar("One", bound=Choice)


class Programme(Frozen):
    """All that a partnership says of its talks."""

    organiser: str = Field(min_length=1)
    target: Target | None = None
    topics: tuple[Topic, ...] = Field(min_length=1)
    needs: tuple[Need, ...] = ()
    features: tuple[Feature, ...] = ()
    bookers: tuple[Choice, ...] = Field(min_length=1)
    heard: tuple[Choice, ...] = ()
    feedback_survey: str = Field(default="", pattern=r"^[a-z0-9-]{0,80}$")  # slug of the survey after a talk
    rules: Rules = Rules()

    @model_validator(mode="after")
    def _told_apart(self) -> Programme:
        for what in ("topics", "needs", "features", "bookers", "heard"):
            choices: Sequence[Choice] = getattr(self, what)
            for part in ("key", "code"):
                twice = [value for value, count in Counter(getattr(one, part) for one in choices).items() if count > 1]
                if twice:
                    raise ValueError(f"{what}: the {part} {twice[0]} is used twice")
        unknown = [
            feature.meets for feature in self.features if feature.meets and feature.meets not in self.needs_by_key
        ]
        if unknown:
            raise ValueError(f"features: there is no need called {unknown[0]}")
        return self

    @cached_property
    def topics_by_key(self) -> dict[str, Topic]:
        """Return key -> topic."""
        return _by_key(self.topics)

    @cached_property
    def needs_by_key(self) -> dict[str, Need]:
        """Return key -> need."""
        return _by_key(self.needs)

    @cached_property
    def features_by_key(self) -> dict[str, Feature]:
        """Return key -> feature of a venue."""
        return _by_key(self.features)

    def needs_for(self, way: Way) -> tuple[Need, ...]:
        """Return what can be asked for by somebody who attends in this way."""
        return tuple(need for need in self.needs if way in need.ways)


def _by_key(choices: Sequence[One]) -> dict[str, One]:
    return {choice.key: choice for choice in choices}


def texts_of_programme(programme: Programme) -> Iterator[str]:
    """Yield what people read in their own language."""
    yield programme.organiser
    for choice in (*programme.topics, *programme.needs, *programme.features, *programme.bookers, *programme.heard):
        yield choice.label
    for need in programme.needs:
        if need.detail:
            yield need.detail


def disagreements(programme: Programme, themes: Sequence[str], priorities: Sequence[int]) -> list[str]:
    """Return, in plain words, which themes and priorities of topics are not those of the codeframe and the plan."""
    found = []
    for topic in programme.topics:
        found += [
            f"the topic {topic.key} names the theme {code}, which is none"
            for code in topic.themes
            if code not in themes
        ]
        found += [
            f"the topic {topic.key} names priority {number}, which is none"
            for number in topic.priorities
            if number not in priorities
        ]
    return found
