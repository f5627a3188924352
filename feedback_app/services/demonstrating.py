"""The demonstration: for every survey a closed wave of last year and an open one, with invented answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy.orm import Session

from feedback_app.domain.answers import unknown_answers
from feedback_app.domain.demonstration import Planted
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.routing import keep_asked
from feedback_app.domain.scope import Role, Scope
from feedback_app.domain.screening import Screening
from feedback_app.domain.texts import FieldedDocument
from feedback_app.domain.wave import week_of
from feedback_app.services.accounts import DEMONSTRATION_PASSWORD, DEMONSTRATION_STAFF, add_user
from feedback_app.services.bulk_adding import BATCH, Ready, Taking, add_ready, make_ready
from feedback_app.services.fielding import field_wave
from feedback_app.services.inventing import invent_sheet
from feedback_app.services.linking import add_link
from feedback_app.store import people, waves
from feedback_app.store.waves import WaveFacts

OPEN_DAYS, A_YEAR, WEEKS_SO_FAR = 42, 364, 3
LONG_SURVEY, TINY_SURVEY = 20, 4  # items
LINKS = ("school", "school", "school", "session")
THROUGH_LINKS = 0.6  # the share of young people's answers that came through one of the links


@dataclass(frozen=True)
class Seeded:
    """One wave that was made, with how many invented answers."""

    wave: WaveFacts
    answers: int


def seed_survey(
    db: Session,
    scope: Scope,
    document: FieldedDocument,
    today: date,
    language: str,
    answers: int | None = None,
    planted: Planted | None = None,
    screening: Screening | None = None,
    young_words: bool = False,
) -> list[Seeded]:
    """Make a survey's two demonstration waves; nothing when it has a wave already. `answers` are those of each wave.

    With `young_words` the open wave asks children for their own words, too: where somebody is there who reads them.
    """
    instrument = document.instrument
    if waves.list_waves_of(db, scope, instrument.slug):
        return []
    opens = week_of(today) - timedelta(weeks=WEEKS_SO_FAR)
    before = opens - timedelta(days=A_YEAR)
    planted = planted or Planted()
    last_year, this_year = numbers_for(instrument) if answers is None else (answers, answers)
    made = []
    for day, year, closed_from, number in (
        (before, opens.year - 1, before + timedelta(days=OPEN_DAYS), last_year),
        (opens, opens.year, None, this_year),
    ):
        slug = f"{instrument.slug}-{year}"
        texts = young_words and closed_from is None and instrument.text_switch
        wave = field_wave(
            db,
            scope,
            document,
            slug=slug,
            opens_on=day,
            closed_from=closed_from,
            today=today,
            texts_open=texts,
            demonstration=True,
        )
        last = min(today, (closed_from or today + timedelta(days=1)) - timedelta(days=1))
        inventor = _Inventor(wave, instrument, _ways_in(db, scope, wave, instrument), last, language, planted)
        taking = Taking(wave, instrument, "online", screening, today)
        made.append(_fill(db, scope, taking, inventor.invent(number)))
    return made


def _fill(db: Session, scope: Scope, taking: Taking, ready: Sequence[Ready]) -> Seeded:
    """Write a wave's invented responses, a batch at a time."""
    for start in range(0, len(ready), BATCH):
        add_ready(db, scope, taking, ready[start : start + BATCH])
    return Seeded(taking.wave, len(ready))


def numbers_for(instrument: Instrument) -> tuple[int, int]:
    """Return how many answered last year and this year: as many as such surveys get, few for the smallest."""
    items = len(instrument.items)
    if items < TINY_SURVEY:
        return 8, 24
    if instrument.audience == "parent_carer" and items >= LONG_SURVEY:
        return 310, 345
    if instrument.audience == "young_person" and items >= LONG_SURVEY:
        return 70, 120
    return (40, 62) if instrument.minors else (34, 58)


def _ways_in(db: Session, scope: Scope, wave: WaveFacts, instrument: Instrument) -> tuple[str, ...]:
    """Return links for a wave of the young, whose answers come through them in part."""
    links = LINKS if instrument.audience == "young_person" else ()
    return tuple(add_link(db, scope, wave.slug, kind)[1] for kind in links)


@dataclass(frozen=True)
class _Inventor:
    """Invents the responses of one wave, the same at every run."""

    wave: WaveFacts
    instrument: Instrument
    ways_in: tuple[str, ...]
    last: date
    language: str
    planted: Planted

    def invent(self, number: int) -> list[Ready]:
        """Return so many responses."""
        year = "this year" if self.wave.closed_from is None else "last year"
        seed = f"{self.instrument.name}/{year}/{number}/{self.planted.draw}"  # no date: the same whenever it is run
        draw = Random(seed)  # noqa: S311 - invented answers, nothing secret
        return [self._one(draw) for _ in range(number)]

    def _one(self, draw: Random) -> Ready:
        weeks = max(1, ((self.last - self.wave.opens_on).days + 7) // 7)
        week = self.wave.opens_on + timedelta(weeks=draw.randrange(weeks))
        sheet = invent_sheet(self.instrument, draw, week, self.wave.closed_from is None, self.planted)
        if unknown := unknown_answers(self.instrument, sheet):
            raise ValueError(f"{self.instrument.name} has no such answers to {', '.join(unknown)}")
        return make_ready(
            self.instrument,
            keep_asked(self.instrument, sheet, self.wave.texts_open),
            week=week_of(week),
            language=self.language,
            collector=draw.choice(self.ways_in) if self.ways_in and draw.random() < THROUGH_LINKS else None,
            pace=draw.choices(("usual", "quick", "long"), (0.92, 0.05, 0.03))[0],
        )


def seed_staff(db: Session, scope: Scope, workstreams: Sequence[str] = ()) -> Sequence[str]:
    """Add the demonstration's staff accounts that are not there yet; return the addresses of all of them.

    The lead leads the second of the workstreams.
    """
    for email, role in DEMONSTRATION_STAFF.items():
        if people.find_user(db, scope, email) is None:
            user = add_user(db, scope, email, DEMONSTRATION_PASSWORD, [role])
            user.workstreams = list(workstreams[1:2]) if role is Role.WORKSTREAM_LEAD else []
    return tuple(DEMONSTRATION_STAFF)
