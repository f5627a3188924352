"""Logs: one line of JSON an event, and nothing in it about whoever asked: no address, no answer, no token, no path.

What is logged while a request is answered carries the request's number, which its error page shows.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

_IP = re.compile(r"(?i)\b(?:ip|addr|address)=\S+")
_REQUEST = re.compile(r"(Error handling \S*request).*", re.DOTALL)
FRAMES = 12


def what_was_raised(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its kinds and places: its message could quote what somebody wrote."""
    given = event.pop("exc_info", None)
    raised = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(raised, BaseException):
        event["raised"] = describe(raised)
    return event


def describe(raised: BaseException) -> list[str]:
    """Return the kinds of an exception and of its causes, each with where it came from."""
    lines = []
    seen: BaseException | None = raised
    while seen is not None:
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}")
        frames = traceback.extract_tb(seen.__traceback__)[-FRAMES:]
        lines += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return lines


class JsonLines(logging.Formatter):
    """Writes the lines of other libraries in the same form, what they say of a visitor left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        text = _REQUEST.sub(r"\1", _IP.sub("", record.getMessage())).strip()
        line: dict[str, Any] = {"event": text, "logger": record.name, "level": record.levelname.lower()}
        line["timestamp"] = self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z")
        line |= structlog.contextvars.get_contextvars()
        if record.exc_info and record.exc_info[1] is not None:
            line["raised"] = describe(record.exc_info[1])
        return json.dumps(line)


class CurrentStderr:
    """Writes to whatever standard error is at that moment: loggers outlive a command, what it wrote to may not."""

    def write(self, text: str) -> int:
        """Write a text and return its length."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Let what was written be seen."""
        sys.stderr.flush()


def set_up_logs() -> None:
    """Send all logs to standard error as lines of JSON."""
    stderr = cast(TextIO, CurrentStderr())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            what_was_raised,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
