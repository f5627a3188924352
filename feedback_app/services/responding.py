"""Answering a survey: from the first page to the receipt. Callers commit; what is said to be saved is saved by then."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain import codes, routing
from feedback_app.domain.answers import Answer, AnswerSheet, count_content, needed_content
from feedback_app.domain.breakdowns import breakdown_keys, pace_band
from feedback_app.domain.errors import DraftGone, HandedOver, NotComplete, PageUnknown, WaveClosed
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import Screening
from feedback_app.domain.wave import draft_expires_on, may_finish, week_of
from feedback_app.services.commenting import admit, comments_of
from feedback_app.services.fielding import get_instrument
from feedback_app.store import collectors, drafts, responses
from feedback_app.store.drafts import DraftFacts
from feedback_app.store.responses import encode_answers
from feedback_app.store.waves import WaveFacts

HANDED_OVER = "handed_over"


@dataclass(frozen=True)
class Unfinished:
    """A draft with the questions it answers."""

    code: str
    draft: DraftFacts
    instrument: Instrument

    @property
    def sheet(self) -> AnswerSheet:
        """Return the answers so far."""
        return self.draft.sheet

    @property
    def texts_open(self) -> bool:
        """Return whether text items are asked in this wave."""
        return self.draft.wave.texts_open


@dataclass(frozen=True)
class Receipt:
    """What a person gets for their answers; with `code` they can have them deleted."""

    code: str
    wave_id: uuid.UUID


def start_draft(
    db: Session,
    wave: WaveFacts,
    *,
    context: Mapping[str, str],
    collector: str | None,
    language: str,
    now: datetime,
) -> str:
    """Begin a draft in an open wave and return its secret code; a way in that the wave does not have is dropped."""
    code = codes.new_code()
    collector = collectors.find_collector(db, wave.id, collector) if collector else None
    drafts.add_draft(
        db,
        codes.hash_of(code, "draft"),
        wave.id,
        AnswerSheet(context=context),
        language=language,
        collector=collector,
        began=int(now.timestamp() // 60),
        today=now.date(),
    )
    return code


def get_draft(
    db: Session, scope: Scope, code: str, today: date, language: str, *, for_update: bool = False
) -> Unfinished:
    """Return the draft behind a code; raise DraftGone, or WaveClosed once its days of grace are over."""
    draft = drafts.find_draft(db, scope, codes.hash_of(code, "draft"), for_update=for_update)
    if draft is None or today > draft_expires_on(draft.touched_on, None, scope.keeping):
        raise DraftGone()
    instrument = get_instrument(db, draft.wave.version_id, language)
    if not may_finish(draft.wave.opens_on, draft.wave.closed_from, today, scope.keeping):
        raise WaveClosed(instrument.title, draft.wave.closed_from)
    return Unfinished(code, draft, instrument)


def save_page(
    db: Session,
    scope: Scope,
    code: str,
    page_id: str,
    answers: Mapping[str, Answer],
    texts: Mapping[str, str],
    *,
    today: date,
    language: str,
    found: Unfinished | None = None,
) -> Unfinished:
    """Keep the answers of one page and return the draft as it is now; other pages' answers stay as they were.

    With `found`, the draft is not read again unless it has changed since.
    """
    while True:
        found = found or get_draft(db, scope, code, today, language, for_update=True)
        if page_id not in found.instrument.pages:
            raise PageUnknown(page_id)
        own = {item.id for item in routing.without_closed_texts(found.instrument, page_id, found.texts_open)}
        sheet = found.sheet.with_page(
            {item: answer for item, answer in answers.items() if item in own},
            {item: words for item, words in texts.items() if item in own},
        )
        key = codes.hash_of(code, "draft")
        if drafts.save_draft(db, key, found.draft, sheet, page=page_id, language=language, today=today):
            return Unfinished(code, _with_sheet(found.draft, sheet, page_id), found.instrument)
        found = None


def _with_sheet(draft: DraftFacts, sheet: AnswerSheet, page: str) -> DraftFacts:
    return replace(draft, sheet=sheet, page=page, packed="")


def find_receipt(db: Session, scope: Scope, code: str) -> Receipt | None:
    """Return the receipt of the answers that were sent from a draft, or None when none are there."""
    receipt = codes.receipt_for(code)
    wave_id = responses.find_wave_of_receipt(db, scope, codes.hash_of(receipt, "receipt"))
    return None if wave_id is None else Receipt(receipt, wave_id)


def submit_response(
    db: Session, scope: Scope, code: str, *, now: datetime, language: str, screening: Screening | None
) -> Receipt:
    """Turn a draft into a response and return its receipt; sent twice, it is there once, with the same receipt.

    Words in it are screened before they are kept; without `screening` they are held until somebody has seen to it.

    Raise NotComplete when required items are open or too little is answered, HandedOver when somebody answers in a
    child's place; DraftGone and WaveClosed as get_draft does.
    """
    try:
        found = get_draft(db, scope, code, now.date(), language, for_update=True)
    except DraftGone:
        receipt = find_receipt(db, scope, code)
        if receipt is None:
            raise
        return receipt
    _check(found)
    kept = routing.keep_asked(found.instrument, found.sheet, found.texts_open)
    receipt_code = codes.receipt_for(code)
    values = _columns(found, kept, scope, now)
    values["receipt_hash"] = codes.hash_of(receipt_code, "receipt")
    response_id = responses.add_response(db, values)
    if kept.texts:
        wave = found.draft.wave
        new = comments_of(
            kept.texts, found.instrument, response_id=response_id, wave_id=wave.id, language=found.draft.language
        )
        admit(db, scope, screening, new, today=now.date(), demonstration=wave.demonstration)
    drafts.delete_draft(db, codes.hash_of(code, "draft"))
    return Receipt(receipt_code, found.draft.wave.id)


def _check(found: Unfinished) -> None:
    """Raise HandedOver or NotComplete unless the draft can be sent."""
    if routing.is_handed_over(found.instrument, found.sheet):
        raise HandedOver()
    required = routing.check_complete(found.instrument, found.sheet, found.texts_open)
    asked = routing.items_asked(found.instrument, found.sheet, found.texts_open)
    answered = count_content(asked, found.sheet)
    needed = needed_content(asked, found.instrument)
    if required or answered < needed:
        raise NotComplete(tuple(item.id for item in required), answered, needed)


def _columns(found: Unfinished, kept: AnswerSheet, scope: Scope, now: datetime) -> dict[str, Any]:
    """Return the columns of the response a draft becomes, but for its receipt."""
    wave = found.draft.wave
    asked = routing.items_asked(found.instrument, found.sheet, found.texts_open)
    return {
        "partnership": scope.partnership,
        "wave_id": wave.id,
        "instrument_version_id": wave.version_id,
        "week": week_of(now.date()),
        "language": found.draft.language,
        "form": found.instrument.form,
        "mode": "online",
        "collector": found.draft.collector,
        "pace": pace_band(asked, int(now.timestamp() // 60) - found.draft.began),
        "context": encode_answers(dict(kept.context)).decode() if kept.context else None,
        "answers": encode_answers(dict(kept.answers)).decode(),
        **breakdown_keys(found.instrument, kept),
    }


def hand_over(db: Session, scope: Scope, code: str, today: date, language: str) -> Unfinished:
    """Delete the draft of somebody who answered in a child's place; only that it happened is counted."""
    found = get_draft(db, scope, code, today, language, for_update=True)
    drafts.count_break_off(db, found.draft.wave.id, HANDED_OVER)
    drafts.delete_draft(db, codes.hash_of(code, "draft"))
    return found


def throw_away(db: Session, scope: Scope, code: str) -> None:
    """Delete a draft because the person wants it gone; nothing of it stays but the page it ended on, counted."""
    key = codes.hash_of(code, "draft")
    found = drafts.find_draft(db, scope, key, for_update=True)
    if found is not None:
        drafts.count_break_off(db, found.wave.id, found.page)
        drafts.delete_draft(db, key)
