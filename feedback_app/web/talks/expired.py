"""A booking form that could not be taken, because its cookie was gone: the form again, with all that was typed."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import NotFound

from feedback_app.domain.errors import FeedbackError
from feedback_app.store.engine import reading_only
from feedback_app.web.talks.booking import book_again
from feedback_app.web.talks.together import together_again


def form_again(notice: str) -> str | None:
    """Return the booking form that was sent, filled in; None when it was none, or cannot be shown."""
    told = request.view_args or {}
    try:
        with reading_only():
            if request.endpoint == "talks.book_it":
                return book_again(told["slug"], notice)
            if request.endpoint == "talks.book_them":
                return together_again(told["kind"], told["slug"], notice)
    except (FeedbackError, NotFound):
        return None
    return None
