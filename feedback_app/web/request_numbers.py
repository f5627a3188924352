"""A number for each request: in its log lines, in the reply, and on the page when something went wrong with us."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from flask import has_request_context, request
from structlog.contextvars import bind_contextvars, unbind_contextvars
from werkzeug.wsgi import ClosingIterator

NUMBER = "feedback.request"
BEGAN = "feedback.began"
HEADER = "X-Request-Id"
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
SHOWN = 8  # letters and digits that somebody may have to read out


class RequestNumbers:
    """Numbers every request, whatever becomes of it. A number from outside is taken from a proxy of ours alone."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, trusted: bool) -> None:
        """Wrap a WSGI application; `trusted` when every request comes through a proxy of ours."""
        self.application = application
        self.trusted = trusted

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request; its number is bound to log lines until its reply is sent."""
        given = environ.get("HTTP_X_REQUEST_ID", "") if self.trusted else ""
        number = str(uuid.UUID(given)) if _UUID.fullmatch(given) else str(uuid.uuid4())
        environ[NUMBER], environ[BEGAN] = number, time.perf_counter()
        bind_contextvars(request=number)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [*headers, (HEADER, number)], *more)

        try:
            return ClosingIterator(self.application(environ, start), lambda: unbind_contextvars("request"))
        except BaseException:
            unbind_contextvars("request")
            raise


def number_to_say() -> str:
    """Return the beginning of this request's number, which is enough to find it in the log; nothing outside one."""
    return str(request.environ.get(NUMBER, ""))[:SHOWN] if has_request_context() else ""
