"""Finding the cues of a codeframe in a comment: all of them in one walk over its words, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Span
from feedback_app.domain.cue_syntax import Gap, Literal, Phrase, Prefix, Token, read_cue
from feedback_app.theming.words import Sentence, sentences


@dataclass(frozen=True)
class Found:
    """A cue, as the codeframe writes it, and where it stands in a comment."""

    cue: str
    span: Span


@dataclass(frozen=True, eq=False, slots=True)
class _State:
    """A word, a beginning or a gap of a cue, and what may come after it."""

    token: Token
    after: frozenset[_State | _End]


@dataclass(frozen=True, eq=False, slots=True)
class _End:
    """A cue is complete: the theme, the cue as written, and whether it excludes."""

    theme: str
    cue: str
    excludes: bool


_States = frozenset[_State | _End]
MOST_NODES = 100_000  # kept between comments


class _Graph:
    """All cues as one graph, walked from a word on. Where one is after some words is worked out when it first happens:

    cues with many alternatives stand for millions of phrases, of which people write few.
    """

    def __init__(self, states: _States) -> None:
        self._nodes: dict[_States, _Node] = {}
        self.root = _Node(states, self)

    def node(self, states: _States) -> _Node:
        """Return where one is when any of these states may come next."""
        if (known := self._nodes.get(states)) is not None:
            return known
        if len(self._nodes) >= MOST_NODES:
            self._nodes.clear()
            self.root.forget()
        return self._nodes.setdefault(states, _Node(states, self))


class _Node:
    """Where one is in the cues after some words: what may come next, and which cues end here."""

    __slots__ = ("_graph", "_known", "_lengths", "_prefixes", "_words", "ends", "gaps")

    def __init__(self, states: _States, graph: _Graph) -> None:
        self._graph, self._known = graph, dict[str, _Node]()
        self._words: dict[str, list[_States]] = {}
        self._prefixes: dict[str, list[_States]] = {}
        gaps: dict[int, list[_States]] = {}
        self.ends = [state for state in states if isinstance(state, _End)]
        for state in states:
            if isinstance(state, _State):
                match state.token:
                    case Gap(most):
                        gaps.setdefault(most, []).append(state.after)
                    case Prefix(start):
                        self._prefixes.setdefault(start, []).append(state.after)
                    case Literal(word):
                        self._words.setdefault(word, []).append(state.after)
        self._lengths = sorted({len(start) for start in self._prefixes})
        self.gaps = {most: graph.node(frozenset().union(*after)) for most, after in gaps.items()}

    def after(self, word: str) -> _Node | None:
        """Return where one is after a word, or None where no cue goes on with it."""
        if (known := self._known.get(word)) is not None:
            return known
        found = list(self._words.get(word, ()))
        for length in self._lengths:
            found += self._prefixes.get(word[:length], ())
        if not found:
            return None
        node = self._graph.node(frozenset().union(*found))
        self._known[word] = node
        return node

    def forget(self) -> None:
        """Forget which words led where; it is worked out again."""
        self._known.clear()


class CueMatcher:
    """Finds the cues of a codeframe. Young people's cues count in every comment: parents quote their children."""

    def __init__(self, codeframe: Codeframe) -> None:
        """Take in the cues of all themes; raise CueWrong for one that cannot be read."""
        self._order = {code: number for number, code in enumerate(codeframe.codes)}
        small: set[_State | _End] = set()
        cased: set[_State | _End] = set()
        for theme in codeframe.themes:
            for cue in (*theme.cues, *theme.young_cues):
                small |= _states(read_cue(cue), _End(theme.code, cue, excludes=False))
            for cue in theme.exclude:
                small |= _states(read_cue(cue), _End(theme.code, cue, excludes=True))
            for cue in theme.case_sensitive_cues:
                cased |= _states(read_cue(cue, keep_case=True), _End(theme.code, cue, excludes=False))
        self._small, self._cased = _Graph(frozenset(small)), _Graph(frozenset(cased))

    def find(self, text: str) -> dict[str, tuple[Found, ...]]:
        """Return theme -> the cues found in a text and where, in the order of the codeframe and then of the text.

        A cue that lies inside a phrase which its theme excludes does not count.
        """
        hits: dict[str, set[tuple[int, int, str]]] = {}
        barred: dict[str, list[tuple[int, int]]] = {}
        for sentence in sentences(text):
            for start, end, theme, cue, excludes in self._walk(sentence):
                if excludes:
                    barred.setdefault(theme, []).append((start, end))
                else:
                    hits.setdefault(theme, set()).add((start, end, cue))
        found = {}
        for theme in sorted(hits, key=self._order.__getitem__):
            kept = [hit for hit in sorted(hits[theme]) if not _inside(hit, barred.get(theme, ()))]
            if kept:
                found[theme] = tuple(Found(cue, Span(start, end)) for start, end, cue in kept)
        return found

    def match(self, text: str) -> dict[str, list[Span]]:
        """Return theme -> where its cues stand in a text; those that overlap are one."""
        return {theme: merged(found) for theme, found in self.find(text).items()}

    def _walk(self, sentence: Sentence) -> Iterator[tuple[int, int, str, str, bool]]:
        """Yield (start, end, theme, cue, whether it excludes) for each cue of a sentence."""
        for graph, words in ((self._small, sentence.forms), (self._cased, sentence.cased)):
            for first, word in enumerate(words):
                if (node := graph.root.after(word)) is not None:
                    for last, end in _ends(node, words, first + 1):
                        yield sentence.starts[first], sentence.ends[last - 1], end.theme, end.cue, end.excludes


def merged(found: Iterable[Found]) -> list[Span]:
    """Return where cues stand, in order; those that overlap or touch are one."""
    spans: list[Span] = []
    for span in sorted((one.span for one in found), key=lambda span: (span.start, span.end)):
        if spans and span.start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(spans[-1].end, span.end))
        else:
            spans.append(span)
    return spans


def _states(cue: Phrase, end: _End) -> _States:
    """Return what a cue may begin with, each leading on to its end."""
    return _before(cue, frozenset([end]))


def _before(phrase: Phrase, after: _States) -> _States:
    """Return what a phrase may begin with, when ``after`` is what may come after it."""
    for place in reversed(phrase.parts):
        if place.token is not None:
            begins: _States = frozenset([_State(place.token, after)])
        else:
            begins = frozenset().union(*(_before(choice, after) for choice in place.choices))
        after = begins | after if place.optional else begins
    return after


def _ends(node: _Node, words: Sequence[str], at: int) -> Iterator[tuple[int, _End]]:
    """Yield (number of the word after it, cue) for each cue that can be walked from ``node``, each place once."""
    waiting, seen = [(node, at)], set()
    while waiting:
        node, at = waiting.pop()
        if (node, at) in seen:
            continue
        seen.add((node, at))
        for end in node.ends:
            yield at, end
        if at < len(words) and (following := node.after(words[at])) is not None:
            waiting.append((following, at + 1))
        for most, after in node.gaps.items():
            waiting += [(after, at + passed) for passed in range(min(most, len(words) - at) + 1)]


def _inside(hit: tuple[int, int, str], barred: Iterable[tuple[int, int]]) -> bool:
    return any(start <= hit[0] and hit[1] <= end for start, end in barred)


def fired(found: Mapping[str, Iterable[Found]]) -> dict[str, frozenset[str]]:
    """Return theme -> its cues that were found, as the codeframe writes them."""
    return {theme: frozenset(one.cue for one in cues) for theme, cues in found.items()}
