"""A wave whose people wrote about themes by plan: invented comments, open and tagged, and what people read in them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe, Priority, Theme
from feedback_app.domain.disclosure.ledger import Audience
from feedback_app.services.theme_snapshot import ThemeFreezing
from feedback_app.services.theme_summary import ThemeReader
from feedback_app.store.comment_tables import (
    HELD,
    OPEN,
    Comment,
    CommentReading,
    Tagging,
    ThemeDecision,
    ThemeSuggestion,
)
from feedback_app.store.tables import Response, random_id
from feedback_app.store.waves import WaveFacts
from tests.support.grouped import grouped_answers, grouped_instrument
from tests.support.snapshots import DAY
from tests.support.summaries import SCOPE, add_answers, add_wave

CODEFRAME = Codeframe(
    name="invented_frame",
    version=1,
    title="Invented themes",
    priorities=(Priority(key="P1", name="Help in time"), Priority(key="P2", name="Being heard")),
    themes=(
        Theme(code="WAIT", name="Waiting", priority="P1", definition="How long help takes."),
        Theme(code="HELP", name="Getting help", priority="P1", definition="Help that comes."),
        Theme(
            code="LISTEN",
            name="Being listened to",
            priority="P2",
            definition="Whether anybody listens.",
            exclude_meaning=("Long waits (WAIT), not OTHER",),
        ),
        Theme(code="MONEY", name="Money", definition="What it costs."),
    ),
)


@dataclass(frozen=True)
class Wrote:
    """What one comment is about; ``read``: a person read it and said so, else the program suggests it."""

    themes: tuple[str, ...] = ()
    valence: str | None = "needs_change"
    read: bool = False
    standing: str = OPEN


def plan(number: int, *themes: str, **more: object) -> list[Wrote]:
    """Return so many comments alike."""
    return [replace(Wrote(themes), **more)] * number  # type: ignore[arg-type]


def usual() -> list[Wrote]:
    """Return 150 comments: 60 on waiting, 30 on listening (20 of them happy), 3 on money, the others on nothing."""
    return [
        *plan(40, "WAIT"),
        *plan(20, "WAIT", read=True),
        *plan(20, "LISTEN", valence="going_well", read=True),
        *plan(10, "LISTEN"),
        *plan(3, "MONEY"),
        *plan(57),
    ]


def add_themed(
    db: Session, named: str = "autumn", wrote: Sequence[Wrote] | None = None, closed_from: date | None = None,
    **changes: object,
) -> WaveFacts:  # fmt: skip
    """Open a wave with answers of 277 people, each of whom may have written what is planned, spread over districts."""
    instrument = grouped_instrument(**changes)
    wave = add_wave(db, instrument, named, closed_from)
    add_answers(db, wave, grouped_answers(3), instrument=instrument)
    people = list(db.scalars(select(Response.id).where(Response.wave_id == wave.id).order_by(Response.id)))
    add_words(db, wave, people, usual() if wrote is None else wrote)
    return wave


def add_words(db: Session, wave: WaveFacts, people: Sequence[uuid.UUID], wrote: Sequence[Wrote]) -> list[uuid.UUID]:
    """Let people write, the first what is planned first, and commit it; return the comments."""
    ids = []
    for person, one in zip(people, wrote, strict=False):
        comment = random_id()
        ids.append(comment)
        row = {"id": comment, "partnership": SCOPE.partnership, "response_id": person, "wave_id": wave.id}
        words = {"item": "TS11", "language": "en_GB", "words": "Invented words.", "standing": one.standing}
        db.execute(insert(Comment).values(**row, **words))
        if one.standing == HELD:
            continue
        if one.read:
            read(db, comment, *one.themes, valence=one.valence)
        tagging = {"codeframe": CODEFRAME.name, "codeframe_version": 1, "tagger_version": "1", "language": "en"}
        state = "sure" if one.themes else "none"
        db.execute(insert(Tagging).values(comment_id=comment, **tagging, state=state, valence=one.valence))
        for theme in one.themes:
            found = {"probability": 0.9, "state": "sure", "source": "cues", "evidence": [], "heavy_words": []}
            db.execute(insert(ThemeSuggestion).values(comment_id=comment, theme=theme, **found))
    db.commit()
    return ids


def read(db: Session, comment: uuid.UUID, *themes: str, valence: str | None = "needs_change", by: str = "a") -> None:
    """Let somebody read a comment and see these themes in it."""
    reader = {"comment_id": comment, "reader": f"{by}@example.org"}
    about = {"partnership": SCOPE.partnership, "purpose": "queue", "codeframe_version": 1, "read_on": DAY}
    db.execute(insert(CommentReading).values(**reader, **about, valence=valence))
    for theme in themes:
        db.execute(insert(ThemeDecision).values(**reader, theme=theme, said="yes"))


def reading_as(app: Flask, db: Session, audience: Audience = Audience.SEND_TEAM) -> ThemeReader:
    """Return who reads themes by the usual rules."""
    place = app.config["PLACES"].only
    return ThemeReader(db, SCOPE, CODEFRAME, place.policy, place.geography, "en_GB", audience)


def freezing(app: Flask, day: date = DAY) -> ThemeFreezing:
    """Return how themes are frozen on a day."""
    place = app.config["PLACES"].only
    return ThemeFreezing(SCOPE, place.policy, place.geography, CODEFRAME, day)


def hold(db: Session, comment: uuid.UUID) -> None:
    """Hold a comment back for a safeguarding reader."""
    db.execute(update(Comment).where(Comment.id == comment).values(standing=HELD))
    db.commit()


def use_codeframe(app: Flask, monkeypatch: object) -> None:
    """Let the application's partnership have the invented themes."""
    shelf = app.config["PLACES"].only.shelf
    monkeypatch.setattr(shelf, "load_codeframe", lambda path=None: CODEFRAME)  # type: ignore[attr-defined]
