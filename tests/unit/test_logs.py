"""A log line says what went wrong and where, never who asked, what they wrote or which address they asked for."""

from __future__ import annotations

import io
import json
import logging
import sys

import pytest

from feedback_app.cli.logs import CurrentStderr, JsonLines, describe, what_was_raised


def raised(message: str) -> BaseException:
    """Return an exception that was raised, and caused by another."""
    try:
        try:
            raise KeyError(message)
        except KeyError as cause:
            raise ValueError(message) from cause
    except ValueError as error:
        return error


def test_an_exception_is_told_by_its_kinds_and_places_without_its_words() -> None:
    lines = describe(raised("what somebody wrote"))
    assert [line for line in lines if not line.startswith(" ")] == ["builtins.ValueError", "builtins.KeyError"]
    assert any("test_logs.py" in line for line in lines)
    assert "somebody" not in "".join(lines)


def test_an_event_with_an_exception_carries_no_words_of_it() -> None:
    event = what_was_raised(None, "error", {"event": "unexpected", "exc_info": raised("secret")})
    assert event["event"] == "unexpected"
    assert "secret" not in json.dumps(event)
    try:
        raise OSError("secret")
    except OSError:
        assert sys.exc_info()[0] is OSError
        told = what_was_raised(None, "error", {"event": "x", "exc_info": True})
    assert told["raised"][0] == "builtins.OSError"
    assert what_was_raised(None, "info", {"event": "x"}) == {"event": "x"}


def line_for(message: str, *arguments: object, error: BaseException | None = None) -> dict[str, str]:
    """Return what another library's log record becomes."""
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("gunicorn.error", logging.WARNING, "file.py", 1, message, arguments, info)
    return dict(json.loads(JsonLines().format(record)))


def test_the_servers_own_lines_lose_addresses_and_paths() -> None:
    assert line_for("Invalid request from ip=192.0.2.7: bad line")["event"] == "Invalid request from  bad line"
    assert line_for("Error handling request %s", "/team/new-password/abc")["event"] == "Error handling request"
    assert line_for("Error handling request %s %s", "GET", "/surveys/x")["event"] == "Error handling request"
    told = line_for("Exception in worker process", error=raised("secret"))
    assert "secret" not in json.dumps(told)
    assert told["level"] == "warning"


def test_a_logger_that_outlives_a_command_writes_to_the_standard_error_of_the_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = CurrentStderr()
    for _ in range(2):
        now = io.StringIO()
        monkeypatch.setattr(sys, "stderr", now)
        stream.write("a line\n")
        stream.flush()
        assert now.getvalue() == "a line\n"
