"""Comments in tests: invented words with what the tagger would say of them, and what stands in a reader's form."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lxml import html as lxml_html
from sqlalchemy import insert
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from feedback_app.domain.coding import State
from feedback_app.store.comment_tables import OPEN, Comment, SafeguardingEntry, Tagging, ThemeSuggestion
from feedback_app.store.tables import Response, random_id
from feedback_app.store.waves import WaveFacts
from tests.support.summaries import SCOPE

Themes = Mapping[str, float]


def add_comment(
    db: Session, wave: WaveFacts, words: str, themes: Themes | None = None, *,
    response: Mapping[str, Any] | None = None, language: str = "en",
    evidence: Sequence[tuple[int, int]] = ((0, 4),), **more: Any,
) -> uuid.UUID:  # fmt: skip
    """Add one answer with words to TS11, tagged with theme -> probability (sure from 0.8 on), and return its id."""
    answer, comment = random_id(), random_id()
    row = {
        "id": answer, "partnership": SCOPE.partnership, "wave_id": wave.id, "instrument_version_id": wave.version_id,
        "week": date(2026, 11, 9), "language": "en_GB", "form": "standard", "mode": "online", "answers": "{}",
        **(response or {}),
    }  # fmt: skip
    db.execute(insert(Response).values(**row))
    own = {"id": comment, "partnership": SCOPE.partnership, "response_id": answer, "wave_id": wave.id, "item": "TS11"}
    db.execute(insert(Comment).values(**{**own, "language": "en_GB", "words": words, "standing": OPEN, **more}))
    tag_comment(db, comment, themes or {}, language, evidence)
    db.commit()
    return comment


def tag_comment(
    db: Session, comment: uuid.UUID, themes: Themes, language: str = "en", evidence: Sequence[tuple[int, int]] = ()
) -> None:
    """Keep what the tagger would say of a comment."""
    state = State.PERSON if language != "en" else State.REVIEW if themes else State.NONE
    row = {"comment_id": comment, "codeframe": "send_families", "codeframe_version": 1, "tagger_version": "test"}
    db.execute(insert(Tagging).values(**row, language=language, state=state.value))
    for theme, probability in themes.items():
        sure = State.SURE if probability >= 0.8 else State.REVIEW
        found = {"theme": theme, "probability": probability, "state": sure.value, "source": "cues"}
        shown = {"evidence": [list(span) for span in evidence], "heavy_words": []}
        db.execute(insert(ThemeSuggestion).values(comment_id=comment, **found, **shown))


def wait_for_named_reader(db: Session, comment: uuid.UUID) -> None:
    """Put a comment into the safeguarding queue, unflagged, as a child's comment is."""
    entry = {"comment_id": comment, "partnership": SCOPE.partnership, "flagged": False, "cues": []}
    db.execute(insert(SafeguardingEntry).values(**entry, due_on=date(2026, 11, 17)))
    db.commit()


def chosen_on(page: TestResponse) -> dict[str, list[str]]:
    """Return what is ticked or chosen on a reader's page, by field."""
    document = lxml_html.document_fromstring(page.text)
    found: dict[str, list[str]] = {}
    for box in document.xpath("//form[@id='reading']//input[@checked]"):
        found.setdefault(box.get("name"), []).append(box.get("value"))
    return found
