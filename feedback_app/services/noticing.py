"""What a survey's privacy notice can promise: by what its wave asks, and by the ways that lead into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from feedback_app.domain.errors import SurveyUnknown
from feedback_app.domain.instrument import Instrument, Item, Section, TextItem
from feedback_app.domain.scope import Scope
from feedback_app.domain.wave import is_open
from feedback_app.services.fielding import get_instrument
from feedback_app.store import collectors, waves
from feedback_app.store.waves import WaveFacts


@dataclass(frozen=True)
class Notice:
    """What is asked in a wave, and by which kinds of marked link people come to it."""

    wave: WaveFacts
    instrument: Instrument
    kinds: tuple[str, ...]

    @property
    def is_anonymous(self) -> bool:
        """Return whether no link to the wave carries a mark of its own; else answers are confidential at the most."""
        return not self.kinds

    @property
    def texts_open(self) -> bool:
        """Return whether people write in their own words."""
        return self._asks_words and any(isinstance(item, TextItem) for item in self.instrument.items.values())

    @property
    def _asks_words(self) -> bool:
        return self.wave.texts_open or not self.instrument.text_switch

    @property
    def sections(self) -> tuple[Section, ...]:
        """Return the sections that ask something in this wave."""
        return tuple(section for section in self.instrument.sections if any(map(self._asks, section.items)))

    @property
    def sensitive(self) -> tuple[Item, ...]:
        """Return the questions of this wave that are answered with extra care."""
        return tuple(item for item in self.instrument.items.values() if item.sensitive and self._asks(item))

    def _asks(self, item: Item) -> bool:
        return not item.practice and (self._asks_words or not isinstance(item, TextItem))


def get_notice(db: Session, scope: Scope, survey_slug: str, today: date, language: str) -> Notice:
    """Return what the notice of a survey is about: the open wave, else the newest; raise SurveyUnknown.

    A closed survey keeps its notice, for whoever sent answers to it.
    """
    found = waves.list_waves_of(db, scope, survey_slug)
    if not found:
        raise SurveyUnknown(survey_slug)
    wave = next((wave for wave in found if is_open(wave.opens_on, wave.closed_from, today)), found[0])
    kinds = tuple(collectors.list_kinds(db, wave.id))
    return Notice(wave, get_instrument(db, wave.version_id, language), kinds)
