"""Samples that two people read blind: made, read, compared, and looked at a third time where the two differ."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Purpose, Reading
from feedback_app.domain.errors import FeedbackError, SampleUnknown
from feedback_app.domain.permissions import Permission, permissions_of
from feedback_app.domain.scope import Role, Scope
from feedback_app.domain.scoring.agreement import Kappa, cohen_kappa
from feedback_app.store import people, reading_samples, readings
from feedback_app.store.reading_samples import SampleFacts
from feedback_app.store.tables import random_id

SHARE, AT_LEAST, FEWEST = 0.1, 50, 10  # a sample: a tenth of the comments, 50 at least; none is made of fewer than 10
WhyNoSample = Literal["same_reader", "no_reader", "too_few"]


@dataclass
class SampleRefused(FeedbackError):
    """A sample cannot be made: the readers are one person, one of them may not read, or too little is left to read."""

    reason: WhyNoSample


@dataclass(frozen=True)
class Progress:
    """A sample, of how many comments it is, and how many each of the two has still to read."""

    sample: SampleFacts
    comments: int
    left: tuple[int, int]

    def left_for(self, reader: str) -> int:
        """Return how many comments a reader has still to read: none for anybody but the two."""
        return dict(zip(self.sample.readers, self.left, strict=True)).get(reader, 0)


@dataclass(frozen=True)
class ThemeAgreement:
    """One theme in a sample: how many comments the first saw it in, the second, both; and how far that is chance."""

    theme: str
    first: int
    second: int
    both: int
    kappa: Kappa


@dataclass(frozen=True)
class Agreement:
    """How far two readers agree: of ``compared`` comments, which both were sure of; ``unsure`` are those left out."""

    sample: SampleFacts
    comments: int
    compared: int
    unsure: int
    same_themes: int
    same_valence: int
    themes: tuple[ThemeAgreement, ...]


def list_readers(db: Session, scope: Scope) -> list[str]:
    """Return the addresses of all who may read comments now."""
    return [
        user.email
        for user in people.list_users(db, scope)
        if user.active and Permission.READ_COMMENTS in permissions_of(Role(role.name) for role in user.roles)
    ]


def make_sample(
    db: Session, scope: Scope, wave_id: UUID | None, readers: tuple[str, str], by: str, today: date
) -> Progress:
    """Draw a sample of a wave's comments (None: of voices) for two readers; raise SampleRefused."""
    if readers[0] == readers[1]:
        raise SampleRefused("same_reader")
    if not set(readers) <= set(list_readers(db, scope)):
        raise SampleRefused("no_reader")
    whole, candidates = reading_samples.list_candidates(db, scope, wave_id, readers)
    size = min(max(AT_LEAST, math.ceil(whole * SHARE)), len(candidates))
    if size < FEWEST:
        raise SampleRefused("too_few")
    drawn = secrets.SystemRandom().sample(candidates, size)
    sample = SampleFacts(random_id(), wave_id, today, *readers)
    reading_samples.add_sample(db, scope, sample, by, drawn)
    return Progress(sample, size, (size, size))


def list_samples(db: Session, scope: Scope, reader: str | None = None) -> list[Progress]:
    """Return all samples with how far they are, the newest first; with ``reader`` only those that they read."""
    found = reading_samples.list_samples(db, scope)
    return [_progress(db, scope, one) for one in found if reader is None or reader in one.readers]


def _progress(db: Session, scope: Scope, sample: SampleFacts) -> Progress:
    first, second = (len(reading_samples.list_unread(db, scope, sample.id, one)) for one in sample.readers)
    return Progress(sample, len(reading_samples.list_sampled(db, scope, sample.id)), (first, second))


def get_sample(db: Session, scope: Scope, sample_id: UUID) -> SampleFacts:
    """Return a sample; raise SampleUnknown."""
    found = reading_samples.find_sample(db, scope, sample_id)
    if found is None:
        raise SampleUnknown
    return found


def next_of_sample(db: Session, scope: Scope, sample_id: UUID, reader: str) -> UUID | None:
    """Return the next comment that a reader has to read in a sample, None at its end; raise SampleUnknown.

    There is no such sample for anybody but its two readers.
    """
    if reader not in get_sample(db, scope, sample_id).readers:
        raise SampleUnknown
    return next(iter(reading_samples.list_unread(db, scope, sample_id, reader)), None)


def find_pairs(db: Session, scope: Scope, comment_ids: Sequence[UUID]) -> dict[UUID, tuple[Reading, Reading]]:
    """Return comment -> the two blind readings of it, of those that both have read."""
    found: dict[UUID, tuple[Reading, Reading]] = {}
    for comment, said in readings.readings_of(db, scope, comment_ids).items():
        blind = [one for one in said if one.purpose is Purpose.SECOND]
        if len(blind) == 2:
            found[comment] = (blind[0], blind[1])
    return found


def differ(pair: tuple[Reading, Reading]) -> bool:
    """Return whether a third has to look: the two saw other themes or another valence, or one was not sure."""
    one, other = pair
    return one.unsure or other.unsure or one.themes != other.themes or one.valence != other.valence


def list_to_settle(db: Session, scope: Scope, reader: str) -> list[UUID]:
    """Return the comments that two readers differ on and a third has to look at, none that this reader was one of."""
    waiting = reading_samples.list_without_third(db, scope)
    pairs = find_pairs(db, scope, waiting)
    return [one for one in waiting if one in pairs and differ(pairs[one]) and reader not in _names(pairs[one])]


def _names(pair: tuple[Reading, Reading]) -> set[str]:
    return {one.reader for one in pair}


def measure_agreement(db: Session, scope: Scope, sample_id: UUID, codeframe: Codeframe) -> Agreement:
    """Return how far the two readers of a sample agree, by each theme that one of them saw; raise SampleUnknown."""
    sample = get_sample(db, scope, sample_id)
    ids = reading_samples.list_sampled(db, scope, sample_id)
    pairs = [_in_order(sample, pair) for pair in find_pairs(db, scope, ids).values()]
    sure = [pair for pair in pairs if not any(one.unsure for one in pair)]
    return Agreement(
        sample,
        comments=len(ids),
        compared=len(sure),
        unsure=len(pairs) - len(sure),
        same_themes=sum(one.themes == other.themes for one, other in sure),
        same_valence=sum(one.valence == other.valence for one, other in sure),
        themes=tuple(_agreement(theme, sure) for theme in codeframe.codes if _is_seen(theme, sure)),
    )


def _in_order(sample: SampleFacts, pair: tuple[Reading, Reading]) -> tuple[Reading, Reading]:
    by_reader: Mapping[str, Reading] = {one.reader: one for one in pair}
    return by_reader[sample.first_reader], by_reader[sample.second_reader]


def _is_seen(theme: str, pairs: Sequence[tuple[Reading, Reading]]) -> bool:
    return any(theme in one.themes for pair in pairs for one in pair)


def _agreement(theme: str, pairs: Sequence[tuple[Reading, Reading]]) -> ThemeAgreement:
    first = [theme in one.themes for one, _other in pairs]
    second = [theme in other.themes for _one, other in pairs]
    both = sum(one and other for one, other in zip(first, second, strict=True))
    return ThemeAgreement(theme, sum(first), sum(second), both, cohen_kappa(first, second))
