"""Tagging what has come in: looked for every minute, so that no job tells when somebody sent their words."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor
from functools import partial

import structlog
from sqlalchemy.orm import Session

from feedback_app.clock import now_in
from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import State, Tagged
from feedback_app.domain.place import Place
from feedback_app.jobs.transactions import Transactions, WorkWentWrong, attempt
from feedback_app.services import tagging
from feedback_app.services.tagging import A_BATCH, Work
from feedback_app.theming.apart import Asking, Taggers, just_tag, taggers
from feedback_app.theming.languages import UNSURE

EVERY_SECONDS = 60.0
MOST_AT_ONCE = 5000  # comments before other jobs have their turn
FOR_A_PERSON = Tagged(UNSURE, State.PERSON)  # of a comment that the tagger stumbles over

log = structlog.get_logger(__name__)


class TaggingWork:
    """Tags the comments of one partnership that wait."""

    def __init__(self, transactions: Transactions, place: Place) -> None:
        """Work for a partnership: what waits is read in one transaction, what was found is kept in another."""
        self.transactions, self.place = transactions, place

    def tag_waiting(self, most: int = MOST_AT_ONCE) -> int:
        """Tag what waits, at most so many comments, and return how many; without a codeframe nothing is tagged.

        The tagger works in a process of its own, which ends when nothing waits.
        """
        if self.place.codeframe is None:
            return 0
        with self.transactions.begin(reading=True) as session:
            work = self._prepared(session, self.place.codeframe)
            waits = bool(tagging.list_waiting(session, self.place.scope, work, 1))
        if not waits:
            return 0
        with taggers(work.recipe, just_tag, kind=True) as apart:
            done = self._tag(apart, work, most)
        log.info("comments_tagged", comments=done, version=work.version)
        return done

    def _prepared(self, session: Session, codeframe: Codeframe) -> Work:
        """Return what tagging takes today, and what becomes of words that no cue of screening could read."""
        scope, languages = self.place.scope, tagging.languages_of(self.place)
        screening = self.place.screening
        if screening is None:
            return tagging.prepare(session, scope, codeframe, languages)
        due_on = screening.days.next_after(now_in(self.place.partnership.timezone).date())
        return tagging.prepare(session, scope, codeframe, languages, screening.screener.languages, due_on)

    def _tag(self, apart: Taggers[Tagged], work: Work, most: int) -> int:
        done, seen = 0, 0
        while seen < most:
            with self.transactions.begin(reading=True) as session:
                waiting = tagging.list_waiting(session, self.place.scope, work, min(A_BATCH, most - seen))
            found = look_at(apart, waiting)
            kept = self.transactions.apart(partial(self._keep, work=work, found=found))
            if not kept:  # nothing waits, or it went wrong and would go wrong again
                break
            done, seen = done + kept, seen + len(waiting)
        return done

    def _keep(self, session: Session, work: Work, found: dict[uuid.UUID, Tagged]) -> int:
        return tagging.keep_tagged(session, self.place.scope, work, found)


def look_at(apart: Taggers[Tagged], waiting: Mapping[uuid.UUID, Asking]) -> dict[uuid.UUID, Tagged]:
    """Return what the tagger says of comments; one that it stumbles over goes to a person, lest others wait.

    Raise what went wrong where it stumbles over all of several, or its process is gone.
    """
    try:
        return attempt(lambda: dict(apart.look_at(waiting.items())))
    except WorkWentWrong as wrong:
        log.error("tagger_stumbled", cause=str(wrong), comments=len(waiting))
        if isinstance(wrong.__cause__, BrokenExecutor):
            raise
        if len(waiting) == 1:
            return dict.fromkeys(waiting, FOR_A_PERSON)
        found = {one: look_at(apart, {one: asking})[one] for one, asking in waiting.items()}
        if all(tagged is FOR_A_PERSON for tagged in found.values()):
            raise
        return found


class Minutely:
    """Says when it is time again, by a clock that nobody sets."""

    def __init__(self, every: float = EVERY_SECONDS) -> None:
        """Begin to wait now."""
        self.every, self.last = every, time.monotonic()

    def is_due(self) -> bool:
        """Return whether it is time, and begin to wait anew when it is."""
        due = time.monotonic() - self.last >= self.every
        if due:
            self.last = time.monotonic()
        return due
