"""The tagger: language, themes with the words that caused them, valence, and how sure it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_app.domain.codeframe import Codeframe, Theme
from feedback_app.domain.coding import State, Valence
from feedback_app.theming.prior import MISS, PRECISION, cue_odds, probability, smoothed
from feedback_app.theming.tagger import MOST_THEMES, Tagger
from tests.support.themes import small_codeframe, small_tagger


def test_a_theme_is_suggested_with_the_words_that_caused_it() -> None:
    """One cue is for a reader to look at."""
    words = "Honestly, nobody listens."
    tagged = small_tagger().tag(words)
    (suggestion,) = tagged.suggestions
    assert (tagged.language, tagged.state, suggestion.theme, suggestion.source) == (
        "en",
        State.REVIEW,
        "LISTEN",
        "cues",
    )
    assert [words[span.start : span.end] for span in suggestion.evidence] == ["nobody listens"]
    assert tagged.feeling is not None
    assert tagged.feeling.valence is Valence.NEEDS_CHANGE


def test_several_places_of_a_theme_make_the_tagger_sure() -> None:
    """Two people in three who say it twice mean it."""
    tagged = small_tagger().tag("We waited and waited, it took months")
    assert [(one.theme, one.state) for one in tagged.suggestions] == [("WAIT", State.SURE)]
    assert tagged.state is State.SURE


def test_a_comment_without_a_cue_has_no_theme_and_keeps_its_valence() -> None:
    """None is an answer."""
    tagged = small_tagger().tag("The cakes were lovely", question_valence=Valence.GOING_WELL)
    assert (tagged.state, tagged.suggestions) == (State.NONE, ())
    assert tagged.feeling is not None
    assert tagged.feeling.valence is Valence.GOING_WELL


@pytest.mark.parametrize("words", ["Czekamy bardzo długo na EHCP i nikt nie słucha", "xx qq EHCP jj kk vv"])
def test_what_the_tagger_cannot_read_goes_to_a_person(words: str) -> None:
    """Another language, or none it is sure of: no theme, no valence, whatever words stand in it."""
    tagged = small_tagger().tag(words)
    assert (tagged.state, tagged.suggestions, tagged.feeling) == (State.PERSON, (), None)
    assert tagged.language in ("pl", "und")


def test_the_same_words_get_the_same_answer_and_another_codeframe_another_version() -> None:
    """A version stands for all that an answer depends on."""
    again = Tagger(small_codeframe())
    words = "We waited for the EHCP and nobody listens"
    assert again.tag(words) == small_tagger().tag(words)
    assert again.version == small_tagger().version
    assert Tagger(with_themes(small_codeframe().themes[:2])).version != again.version
    assert Tagger(small_codeframe(), languages=("pl",)).version != again.version
    assert len(again.version) <= 40


def with_themes(themes: tuple[Theme, ...]) -> Codeframe:
    """Return the small codeframe with other themes."""
    return Codeframe(name="small", version=1, title="Small", priorities=small_codeframe().priorities, themes=themes)


def test_no_comment_is_given_more_themes_than_anybody_would() -> None:
    """The likeliest stay, in the order of the codeframe."""
    theme = small_codeframe().themes[0]
    many = [theme.model_copy(update={"code": f"T{number}", "cues": ("wait*",)}) for number in range(10)]
    twice = theme.model_copy(update={"code": "LAST", "cues": ("wait*", "long")})
    tagger = Tagger(with_themes((*many, twice)))
    found = tagger.tag("a wait that was far too long").themes
    assert len(found) == MOST_THEMES
    assert found[-1] == "LAST"


@dataclass
class Learnt:
    """Something learnt that is sure of one theme."""

    version: str = "m1"
    cuts: Mapping[str, float] = field(default_factory=lambda: {"MOVE": 0.6})
    precisions: Mapping[str, tuple[float, float]] = field(default_factory=lambda: {"WAIT": (0.97, 0.01)})
    ready_cut: float = 0.8
    odds: float = 3.0

    def log_odds(
        self, words: str, fired: Mapping[str, Collection[str]], asked: Valence | None = None
    ) -> Mapping[str, float]:
        """Return how sure it is."""
        assert fired.get("WAIT", frozenset()) <= {"wait*"}
        return {"MOVE": self.odds}

    def heavy_words(self, words: str, theme: str, asked: Valence | None = None) -> tuple[str, ...]:
        """Return why."""
        return ("secondary",)

    def feeling(
        self, words: str, features: tuple[float, ...], asked: Valence | None = None
    ) -> tuple[Valence, float] | None:
        """Return a valence of its own."""
        return Valence.MIXED, 0.7


def test_what_was_learnt_judges_the_themes_it_won_and_no_others() -> None:
    """Its cut is its own; cues keep the rest, with the share right that people found."""
    tagger = Tagger(small_codeframe(), Learnt())
    tagged = tagger.tag("Waiting to hear about secondary")
    assert [(one.theme, one.source, one.state, one.heavy_words) for one in tagged.suggestions] == [
        ("WAIT", "cues", State.SURE, ()),
        ("MOVE", "learnt", State.SURE, ("secondary",)),
    ]
    assert tagged.feeling is not None
    assert tagged.feeling.valence is Valence.MIXED
    assert tagged.feeling.polarity is not None
    assert tagger.version.endswith("-m1")
    assert Tagger(small_codeframe(), Learnt(odds=0.2)).tag("our new school").themes == ()  # under its cut


def test_the_prior_is_a_smoothed_share() -> None:
    """It starts at what is expected and goes to what was seen; a place more makes likelier, a longer text less."""
    assert probability(cue_odds(1)) == pytest.approx(PRECISION)
    assert probability(cue_odds(0)) == pytest.approx(MISS)
    assert cue_odds(3) > cue_odds(2) > cue_odds(1) > cue_odds(1, 60) > cue_odds(0)
    assert smoothed(0, 0, PRECISION) == PRECISION
    assert smoothed(90, 90, PRECISION) == pytest.approx(0.96)


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_nothing_that_is_written_can_stop_the_tagger(words: str) -> None:
    """Every text gets an answer, and evidence lies in it."""
    for suggestion in small_tagger().tag(words).suggestions:
        for span in suggestion.evidence:
            assert 0 <= span.start < span.end <= len(words)


@pytest.mark.parametrize(
    "words", ["😀" * 5000, "\0" * 100, "\ud800 wait", "wait " * 20_000, "a" * 100_000, "?!" * 9000]
)
def test_long_and_odd_texts_are_answered(words: str) -> None:
    """Nothing is quadratic: this test would not end otherwise."""
    assert small_tagger().tag(words).state in State
