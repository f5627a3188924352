"""What somebody wants to read, as an address says it; anything odd in it is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.errors import SurveyUnknown
from feedback_app.extensions import db
from feedback_app.services import fielding
from feedback_app.store.reading_queue import Asked
from feedback_app.store.waves import WaveFacts
from feedback_app.web.access import scope

VOICES = "voices"
LONGEST = 80


@dataclass(frozen=True)
class Wish:
    """What is asked for: ``address`` keeps it in links; ``wave`` and ``about`` (a theme or priority) name it."""

    address: dict[str, Any]
    asked: Asked
    wave: WaveFacts | None = None
    about: str = ""


def read_wish(arguments: Mapping[str, str], codeframe: Codeframe) -> Wish:
    """Return what an address asks for: a wave or voices, a theme or a priority, a language."""
    given = {name: arguments.get(name, "")[:LONGEST] for name in ("wave", "about", "language")}
    wave = _wave(given["wave"])
    voices = given["wave"] == VOICES
    themes = themes_of(given["about"], codeframe)
    language = given["language"] if given["language"].isascii() and given["language"].isalnum() else ""
    kept = {
        "wave": given["wave"] if wave or voices else "",
        "about": given["about"] if themes else "",
        "language": language,
    }
    asked = Asked(wave.id if wave else None, voices, themes, language)
    return Wish({name: text for name, text in kept.items() if text}, asked, wave, kept["about"])


def _wave(slug: str) -> WaveFacts | None:
    try:
        return fielding.get_wave(db.session, scope(), slug) if slug and slug.isprintable() else None
    except SurveyUnknown:
        return None


def themes_of(about: str, codeframe: Codeframe) -> tuple[str, ...]:
    """Return the themes of a priority's key, or the theme of a code; none for anything else."""
    if about in codeframe.by_code:
        return (about,)
    return tuple(theme.code for theme in codeframe.by_priority.get(about, ())) if about else ()
