"""Finding what this browser answers: the draft behind an address, its pages, and where to go next."""

from __future__ import annotations

from typing import Any

from flask import url_for

from feedback_app.domain import routing
from feedback_app.domain.errors import DraftGone, WaveClosed
from feedback_app.domain.instrument import Page
from feedback_app.domain.wave import draft_expires_on
from feedback_app.extensions import db
from feedback_app.services import responding
from feedback_app.services.responding import Receipt, Unfinished
from feedback_app.web import clock
from feedback_app.web.access import scope
from feedback_app.web.languages import page_language
from feedback_app.web.respond import begun


def get_unfinished(slug: str, child: int) -> Unfinished:
    """Return this browser's draft for a survey and child; raise DraftGone when there is none."""
    code = begun.code_of(slug, child)
    if code is None:
        raise DraftGone()
    found = responding.get_draft(db.session, scope(), code, clock.today(), page_language().locale)
    if found.draft.wave.survey_slug != slug:
        raise DraftGone()
    return found


def path_of(found: Unfinished) -> tuple[Page, ...]:
    """Return the pages this draft is asked."""
    return routing.path_through(found.instrument, found.sheet, found.texts_open)


def address_after(slug: str, child: int, found: Unfinished, after: str | None) -> str:
    """Return the address to go to after a page: the next one, the hand-over, or checking the answers."""
    if routing.is_handed_over(found.instrument, found.sheet):
        return url_for("respond.hand_over", slug=slug, child=child)
    following = routing.next_page(path_of(found), found.sheet, after)
    if following is None:
        return url_for("respond.check", slug=slug, child=child)
    return url_for("respond.page", slug=slug, child=child, page_id=following.id)


def page_on(path: tuple[Page, ...], page_id: str) -> Page | None:
    """Return the page of this id, when it is on the path."""
    return next((page for page in path if page.id == page_id), None)


def find_receipt(slug: str, child: int) -> Receipt | None:
    """Return the receipt of answers this browser sent for a survey and child, or None."""
    code = begun.code_of(slug, child)
    return responding.find_receipt(db.session, scope(), code) if code else None


def list_unfinished(slug: str) -> list[dict[str, Any]]:
    """Return this browser's unfinished drafts of a survey, the latest first: where each goes on, and until when."""
    found = []
    for child in begun.list_unsent(slug):
        try:
            draft = get_unfinished(slug, child)
        except (DraftGone, WaveClosed):
            continue
        until = draft_expires_on(draft.draft.touched_on, draft.draft.wave.closed_from, scope().keeping)
        found.append({"url": address_after(slug, child, draft, None), "until": until})
    return found
