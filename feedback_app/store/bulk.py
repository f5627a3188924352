"""Adding many responses at once: imported ones and those of the demonstration."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from feedback_app.store.tables import Response, ResponseText, random_id


def add_responses(db: Session, rows: Sequence[tuple[Mapping[str, Any], Mapping[str, str]]]) -> None:
    """Add responses, each as (columns of `Response` but the id, words by item), in two statements."""
    responses: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    for values, words in rows:
        response_id = random_id()
        responses.append({"id": response_id, **values})
        texts += [_text(response_id, values, item, said) for item, said in words.items()]
    if responses:
        db.execute(insert(Response), responses)
    if texts:
        db.execute(insert(ResponseText), texts)


def _text(response_id: uuid.UUID, values: Mapping[str, Any], item: str, words: str) -> dict[str, Any]:
    """Return the row of one answer in words."""
    return {
        "id": random_id(),
        "response_id": response_id,
        "wave_id": values["wave_id"],
        "language": values["language"],
        "item": item,
        "words": words,
    }


def count_imported(db: Session, wave_id: uuid.UUID) -> int:
    """Return how many of a wave's responses came from files."""
    wanted = (Response.wave_id == wave_id, Response.source_hash.is_not(None))
    return db.scalar(select(func.count()).select_from(Response).where(*wanted)) or 0
