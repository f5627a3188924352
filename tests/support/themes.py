"""A small codeframe, and taggers of it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from feedback_app.adapters.codeframe_file import load_codeframe
from feedback_app.domain.codeframe import Codeframe
from feedback_app.theming.tagger import Tagger

SMALL = Path(__file__).parents[1] / "fixtures" / "codeframe_small.yaml"


@lru_cache(maxsize=1)
def small_codeframe() -> Codeframe:
    """Return the codeframe of tests/fixtures/codeframe_small.yaml."""
    return load_codeframe(SMALL)


@lru_cache(maxsize=1)
def small_tagger() -> Tagger:
    """Return the tagger of the small codeframe, without anything learnt."""
    return Tagger(small_codeframe())
