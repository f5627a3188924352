"""The tagger: one comment in, its language, its themes with the words that caused them, and its valence out.

It knows no codeframe by heart, asks nobody over a network, and says the same of the same words every time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Feeling, State, Suggestion, Tagged, Valence
from feedback_app.theming.cues import CueMatcher, Found, fired, merged
from feedback_app.theming.languages import COMMON, Languages
from feedback_app.theming.prior import MISS, PRECISION, cue_odds, probability
from feedback_app.theming.valence import feeling_of, measure

RULES = "1"  # raised whenever the same words and the same codeframe would get another answer
MOST_THEMES = 6  # suggested for one comment
LONGEST_READ = 20_000  # characters of a comment that are looked at
MOST_SPANS = 12  # shown for one theme


class Learnt(Protocol):
    """What was learnt from people's decisions, as the tagger asks for it: see `theming.model`."""

    @property
    def version(self) -> str:
        """Return a short name of exactly this, up to 12 characters."""

    @property
    def cuts(self) -> Mapping[str, float]:
        """Return theme -> from which probability it is suggested, of the themes it judges."""

    @property
    def ready_cut(self) -> float:
        """Return from which probability a suggestion is sure: what it learnt from says how often it is right."""

    @property
    def precisions(self) -> Mapping[str, tuple[float, float]]:
        """Return theme -> the share right where its cues stand, and the share there where they do not."""

    def log_odds(
        self, words: str, fired: Mapping[str, Collection[str]], asked: Valence | None = None
    ) -> Mapping[str, float]:
        """Return the log-odds of the themes that it judges better than cues alone."""

    def heavy_words(self, words: str, theme: str, asked: Valence | None = None) -> tuple[str, ...]:
        """Return the words that weighed most for a theme."""

    def feeling(
        self, words: str, features: tuple[float, ...], asked: Valence | None = None
    ) -> tuple[Valence, float] | None:
        """Return a valence and how likely it is, or None where valence was not learnt."""


class Tagger:
    """Tags comments by one codeframe, and what was learnt of it where something was."""

    def __init__(self, codeframe: Codeframe, model: Learnt | None = None, languages: Iterable[str] = COMMON) -> None:
        """Take the languages in which comments may be besides that of the codeframe; raise CueWrong for a wrong cue."""
        self.codeframe, self.model = codeframe, model
        self._cues = CueMatcher(codeframe)
        self._languages = Languages(codeframe.language, languages)
        self.version = version_of(codeframe, model, languages)

    def tag(self, words: str, *, question_valence: Valence | None = None, language_hint: str | None = None) -> Tagged:
        """Return what the tagger says of a comment; one in a language that it cannot read is left to a person.

        ``question_valence``: what the question asked for. ``language_hint``: the language of the page.
        """
        words = words[:LONGEST_READ]
        language = self._languages.of(words, language_hint)
        if language != self._languages.usual:
            return Tagged(language, State.PERSON)
        suggestions = tuple(self._suggested(words, question_valence))
        states = {suggestion.state for suggestion in suggestions}
        state = State.REVIEW if State.REVIEW in states else State.SURE if states else State.NONE
        return Tagged(language, state, self._feeling(words, question_valence), suggestions)

    def tag_many(self, comments: Iterable[str], *, question_valence: Valence | None = None) -> Iterator[Tagged]:
        """Yield what the tagger says of each comment, in order."""
        for words in comments:
            yield self.tag(words, question_valence=question_valence)

    def _suggested(self, words: str, asked: Valence | None) -> Iterator[Suggestion]:
        """Yield the likeliest themes of a comment, in the order of the codeframe."""
        found, length = self._cues.find(words), len(words.split())
        judged = self.model.log_odds(words, fired(found), asked) if self.model else {}
        likely = {}
        for theme in self.codeframe.codes:
            if theme not in judged and theme not in found:
                continue  # without a cue nothing is suggested unless something was learnt
            odds = judged[theme] if theme in judged else self._cue_odds(theme, found.get(theme, ()), length)
            if probability(odds) >= self._cut(theme):
                likely[theme] = probability(odds)
        chosen = sorted(likely, key=lambda theme: (-likely[theme], self.codeframe.codes.index(theme)))[:MOST_THEMES]
        for theme in sorted(chosen, key=self.codeframe.codes.index):
            heavy = self.model.heavy_words(words, theme, asked) if theme in judged and self.model else ()
            yield self._suggestion(theme, likely[theme], found.get(theme, ()), heavy, learnt=theme in judged)

    def _cue_odds(self, theme: str, found: Collection[Found], length: int) -> float:
        precision, miss = (self.model.precisions.get(theme) if self.model else None) or (PRECISION, MISS)
        return cue_odds(len(merged(found)), length, precision, miss)

    def _cut(self, theme: str) -> float:
        if self.model:
            return self.model.cuts.get(theme, self.codeframe.review_cut)
        return self.codeframe.review_cut

    def _suggestion(
        self, theme: str, likely: float, found: Collection[Found], heavy: tuple[str, ...], *, learnt: bool
    ) -> Suggestion:
        ready = self.model.ready_cut if self.model else self.codeframe.ready_cut
        state = State.SURE if likely >= ready else State.REVIEW
        evidence = tuple(merged(found)[:MOST_SPANS])
        return Suggestion(theme, round(likely, 4), state, "learnt" if learnt else "cues", evidence, heavy)

    def _feeling(self, words: str, asked: Valence | None) -> Feeling:
        measured = measure(words, asked)
        feeling = feeling_of(measured)
        learnt = self.model.feeling(words, measured.features(), asked) if self.model else None
        if learnt is None or measured.nothing:
            return feeling
        return Feeling(learnt[0], round(learnt[1], 4), feeling.polarity, feeling.compound)


def version_of(codeframe: Codeframe, model: Learnt | None = None, languages: Iterable[str] = COMMON) -> str:
    """Return the version of all that an answer depends on: rules, cues and cuts, languages, what was learnt.

    At most 40 characters. It costs no tagger: what is tagged by this version already can be told by it alone.
    """
    parts = {"code", "cues", "young_cues", "case_sensitive_cues", "exclude"}
    cues = [theme.model_dump(mode="json", include=parts) for theme in codeframe.themes]
    told = [
        codeframe.language,
        codeframe.ready_cut,
        codeframe.review_cut,
        cues,
        Languages(codeframe.language, languages).all,
    ]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:10]
    return f"rules{RULES}-{digest}" + (f"-{model.version}" if model else "")
