"""Cues for screening: words in order, as data; a text is walked once, so that no text, however odd, takes long.

A cue is words with spaces between: ``word``; ``word*`` begins so; ``~word`` with a slip or two in its spelling;
``(a|b c|d*)`` one of these; ``<name>`` one of a set of the file; ``part?`` may be left out; ``..`` up to three words
between, ``..6`` up to six. Capitals, accents, apostrophes and hyphens make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from feedback_app.domain.screening_words import (
    RUN,
    SHORTEST_FUZZY,
    WORD,
    Token,
    distance,
    plain,
    shortened,
    slips_allowed,
)

ANY = -1
WIDTH, DEEPEST = 3, 6  # words that a gap leaves room for unless said; sets within sets


class CueWrong(ValueError):
    """A cue cannot be read; the message is a sentence."""


class Found(NamedTuple):
    """A cue that was found: whose it is, and where it stands."""

    category: str
    start: int
    end: int


@dataclass(frozen=True)
class Words:
    """One place of a cue: words, beginnings of words, words that may have slips."""

    exact: frozenset[str] = frozenset()
    beginnings: frozenset[str] = frozenset()
    fuzzy: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Group:
    """One of several ways, which may be left out."""

    either: _Either
    maybe: bool


_Part = Words | int | _Group  # a word, a gap of up to so many words, a group
_Either = list[list[_Part]]


class _Reader:
    """Reads one cue; raises CueWrong."""

    def __init__(self, line: str, sets: Mapping[str, Sequence[str]], depth: int = 0) -> None:
        if depth > DEEPEST:
            raise CueWrong(f"{line!r} stands within itself")
        self._line, self._sets, self._depth = line, sets, depth
        self._parts = list(_PART.finditer(line))
        self._at = 0

    def read(self) -> _Either:
        """Return the whole cue as one of several ways."""
        either = self._either()
        if self._at < len(self._parts):
            raise CueWrong(f"the cue {self._line!r} closes a bracket that is not open")
        if not any(not isinstance(part, int) for parts in either for part in parts):
            raise CueWrong(f"the cue {self._line!r} has no word")
        return either

    def _either(self) -> _Either:
        either: _Either = [[]]
        while self._at < len(self._parts):
            sign, gap, width, name, word = self._parts[self._at].groups()
            if sign == ")":
                break
            self._at += 1
            if sign == "|":
                either.append([])
            elif sign == "?":
                self._maybe(either[-1])
            elif sign == "(":
                either[-1].append(_Group(self._either(), maybe=False))
                self._close()
            elif gap:
                either[-1].append(int(width or WIDTH))
            else:
                either[-1].append(_Group(self._set(name), maybe=False) if name else self._word(word))
        return either

    def _close(self) -> None:
        if self._at == len(self._parts):
            raise CueWrong(f"the cue {self._line!r} leaves a bracket open")
        self._at += 1

    def _maybe(self, parts: list[_Part]) -> None:
        if not parts or isinstance(parts[-1], int):
            raise CueWrong(f"the cue {self._line!r} has a question mark after nothing")
        last = parts.pop()
        parts.append(_Group(last.either if isinstance(last, _Group) else [[last]], maybe=True))

    def _set(self, name: str) -> _Either:
        if name not in self._sets:
            raise CueWrong(f"the cue {self._line!r} speaks of a set {name!r}, which is not there")
        lines = "|".join(self._sets[name])
        return _Reader(lines, self._sets, self._depth + 1).read()

    def _word(self, option: str) -> Words:
        bare = option.strip("~*")
        found = [plain(match.group()) for match in WORD.finditer(bare)]
        if len(found) != 1 or not found[0]:
            raise CueWrong(f"the cue {self._line!r} has {option!r}, which is not one word")
        word = frozenset(found)
        if option.startswith("~"):
            if len(found[0]) < SHORTEST_FUZZY:
                raise CueWrong(f"the cue {self._line!r}: {option!r} is too short to be found with a slip in it")
            return Words(fuzzy=word)
        return Words(beginnings=word) if option.endswith("*") else Words(exact=word)


def _together(words: Sequence[Words]) -> Words:
    """Return words of which one is meant as one place of a cue."""
    exact, beginnings, fuzzy = (
        frozenset().union(*(getattr(one, name) for one in words)) for name in ("exact", "beginnings", "fuzzy")
    )
    return Words(exact, beginnings, fuzzy)


@dataclass
class _Net:
    """The cues as one net of states: from each, by kind of word, to others. State 0 is where every cue begins."""

    kinds: dict[Words, int] = field(default_factory=dict)
    ways: list[dict[int, list[int]]] = field(default_factory=lambda: [{}])
    free: list[list[int]] = field(default_factory=lambda: [[]])  # ways that take no word
    ends: dict[int, str] = field(default_factory=dict)

    def new(self) -> int:
        self.ways.append({})
        self.free.append([])
        return len(self.ways) - 1

    def way(self, start: int, words: Words | None) -> int:
        """Return the state after one word of a kind, or after any word (None)."""
        kind = ANY if words is None else self.kinds.setdefault(words, len(self.kinds))
        end = self.new()
        self.ways[start].setdefault(kind, []).append(end)
        return end


_PART = re.compile(r"([()|?])|(\.\.)(\d?)|<([a-z_]+)>|([^\s()|?<>]+)")


class CueNet:
    """Many cues of several categories, found in one walk over a text's words."""

    def __init__(self, sets: Mapping[str, Sequence[str]], cues: Mapping[str, Iterable[str]]) -> None:
        """Take sets by name and cues by category; raise CueWrong."""
        self._sets = sets
        self._net = _Net()
        for category, lines in cues.items():
            for line in lines:
                self._add(category, line)
        self._settle()

    def _add(self, category: str, line: str) -> None:
        begin, end = self._net.new(), self._net.new()
        self._net.free[0].append(begin)
        reader = _Reader(line, self._sets)
        self._lay(reader.read(), begin, end)
        self._net.ends[end] = category

    def _lay(self, either: _Either, begin: int, end: int) -> None:
        """Lay one of several ways from a state to another; words that stand alone are one way together."""
        alone = [parts[0] for parts in either if len(parts) == 1 and isinstance(parts[0], Words)]
        if alone:
            self._net.free[self._net.way(begin, _together(alone))].append(end)
        for parts in either:
            if len(parts) == 1 and isinstance(parts[0], Words):
                continue
            at = begin
            for part in parts:
                at = self._lay_part(part, at)
            self._net.free[at].append(end)

    def _lay_part(self, part: _Part, start: int) -> int:
        if isinstance(part, Words):
            return self._net.way(start, part)
        end = self._net.new()
        if isinstance(part, int):
            for _ in range(part):
                self._net.free[start].append(end)
                start = self._net.way(start, None)
            self._net.free[start].append(end)
            return end
        self._lay(part.either, start, end)
        if part.maybe:
            self._net.free[start].append(end)
        return end

    def _settle(self) -> None:
        """Work out once where each word leads, ways without a word included."""
        net = self._net
        closed = [_closure(net.free, state) for state in range(len(net.ways))]
        self._next: list[dict[int, tuple[int, ...]]] = [
            {kind: _all_of(closed, ends) for kind, ends in ways.items()} for ways in net.ways
        ]
        first: dict[int, list[int]] = {}
        for state in closed[0]:
            for kind, ends in net.ways[state].items():
                first.setdefault(kind, []).extend(ends)
        self._first = {kind: _all_of(closed, ends) for kind, ends in first.items() if kind != ANY}
        self._ends = net.ends
        self._exact: dict[str, tuple[int, ...]] = {}
        self._beginnings: dict[str, tuple[int, ...]] = {}
        self._slips: dict[str, tuple[tuple[str, int], ...]] = {}
        for words, kind in net.kinds.items():
            for word in words.exact | words.fuzzy:
                self._exact[word] = (*self._exact.get(word, ()), kind)
            for word in words.beginnings:
                self._beginnings[word] = (*self._beginnings.get(word, ()), kind)
            for word in words.fuzzy:
                for shorter in shortened(word, slips_allowed(word)):
                    self._slips[shorter] = (*self._slips.get(shorter, ()), (word, kind))
        self._remember()

    def _remember(self) -> None:
        self.kinds_of = lru_cache(maxsize=20_000)(self._kinds_of)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what was remembered: it cannot go to another process."""
        return {name: value for name, value in vars(self).items() if name not in ("kinds_of", "_net")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin to remember anew."""
        vars(self).update(state)
        self._remember()

    def _kinds_of(self, word: str) -> frozenset[int]:
        """Return which kinds of word this may be."""
        found: set[int] = set()
        for form in {word, RUN.sub(r"\1\1", word), RUN.sub(r"\1", word)}:
            found.update(self._exact.get(form, ()))
            for length in range(1, len(form) + 1):
                found.update(self._beginnings.get(form[:length], ()))
            if self._slips and len(form) >= SHORTEST_FUZZY - 1:
                for shorter in shortened(form, slips_allowed(form)):
                    for known, kind in self._slips.get(shorter, ()):
                        if known[0] == form[0] and distance(known, form) <= slips_allowed(known):
                            found.add(kind)
        return frozenset(found)

    def find(self, tokens: Sequence[Token]) -> list[Found]:
        """Return every cue that is found, in the order of their ends; none goes over the end of a sentence."""
        found: list[Found] = []
        active: dict[int, int] = {}
        for number, token in enumerate(tokens):
            if token.first:
                active = {}
            kinds = self.kinds_of(token.text)
            if not kinds and not active:
                continue
            after: dict[int, int] = {}
            for state, begun in active.items():
                ways = self._next[state]
                for kind in ways.keys() & kinds if kinds else ():
                    for target in ways[kind]:
                        after[target] = max(begun, after.get(target, -1))
                for target in ways.get(ANY, ()):
                    after[target] = max(begun, after.get(target, -1))
            for kind in kinds & self._first.keys():
                for target in self._first[kind]:
                    after[target] = number
            found += [
                Found(self._ends[state], tokens[begun].start, token.end)
                for state, begun in after.items()
                if state in self._ends
            ]
            active = after
        return found


def _closure(free: Sequence[Sequence[int]], state: int) -> tuple[int, ...]:
    seen, waiting = {state}, [state]
    while waiting:
        for target in free[waiting.pop()]:
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return tuple(sorted(seen))


def _all_of(closed: Sequence[tuple[int, ...]], ends: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(state for end in ends for state in closed[end]))
