"""A tagger in processes of its own: its libraries take 250 MB and seconds to load, which no page should wait for."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Any, Generic, TypeVar

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Tagged, Valence
from feedback_app.theming.languages import COMMON
from feedback_app.theming.tagger import Learnt, Tagger

A_BATCH = 250  # comments sent to a process at once
WAITING = 3  # batches that wait for each process, so that none is idle and memory stays bounded
WATCH_SECONDS = 1.0
KIND = 10  # how much a process steps back behind those that serve pages

Key = TypeVar("Key")
Looked = TypeVar("Looked")


@dataclass(frozen=True)
class Asking:
    """A comment as the tagger is asked about it."""

    words: str
    asked: Valence | None = None
    language: str | None = None


@dataclass(frozen=True)
class Recipe:
    """What a tagger is made of, so that a process can make its own."""

    codeframe: Codeframe
    model: Learnt | None = None
    languages: tuple[str, ...] = COMMON

    def tagger(self) -> Tagger:
        """Return the tagger, made in this process: its libraries take 250 MB, so never in one that serves pages."""
        return Tagger(self.codeframe, self.model, self.languages)


class Taggers(Generic[Looked]):
    """Processes that tag; ``look`` is what they make of a tagger and a comment, and must be importable by name."""

    def __init__(
        self, recipe: Recipe, look: Callable[[Tagger, Asking, Any], Looked], beside: Any, number: int, kind: bool
    ) -> None:
        """Start ``number`` processes, which step back behind others where ``kind``; ``look`` is handed ``beside``."""
        self._number = number
        context = get_context("spawn")  # a copy of this process would copy its connections, too
        made = (recipe, look, beside, os.getpid(), kind)
        self._pool = ProcessPoolExecutor(number, mp_context=context, initializer=_begin, initargs=made)

    def look_at(self, comments: Iterable[tuple[Key, Asking]]) -> Iterator[tuple[Key, Looked]]:
        """Yield (key, what was found) for each comment, in order, few of them in memory at a time."""
        waiting: list[tuple[list[Key], Future[list[Looked]]]] = []
        rest = iter(comments)
        while True:
            while len(waiting) < self._number * WAITING and (batch := list(islice(rest, A_BATCH))):
                keys, askings = [key for key, _asking in batch], [asking for _key, asking in batch]
                waiting.append((keys, self._pool.submit(_look_at, askings)))
            if not waiting:
                return
            keys, found = waiting.pop(0)
            yield from zip(keys, found.result(), strict=True)

    def end(self) -> None:
        """End the processes; what is not begun is not done."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def just_tag(tagger: Tagger, asking: Asking, _beside: Any) -> Tagged:
    """Return what a tagger says of a comment."""
    return tagger.tag(asking.words, question_valence=asking.asked, language_hint=asking.language)


@contextmanager
def taggers(
    recipe: Recipe,
    look: Callable[[Tagger, Asking, Any], Looked],
    beside: Any = None,
    number: int = 1,
    *,
    kind: bool = False,
) -> Iterator[Taggers[Looked]]:
    """Yield processes that tag, and end them."""
    started = Taggers(recipe, look, beside, number, kind)
    try:
        yield started
    finally:
        started.end()


_own: dict[str, Any] = {}  # of a process that tags: its tagger, and what it does with it


def _begin(recipe: Recipe, look: Callable[..., Any], beside: Any, parent: int, kind: bool) -> None:
    """Make this process's tagger; end when whoever started it has gone, however that went."""
    if kind:
        os.nice(KIND)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    _own.update(tagger=recipe.tagger(), look=look, beside=beside)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os._exit(0)


def _look_at(comments: Sequence[Asking]) -> list[Any]:
    tagger, look, beside = _own["tagger"], _own["look"], _own["beside"]
    return [look(tagger, asking, beside) for asking in comments]
