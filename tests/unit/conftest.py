"""Unit tests reach no database and no network: a try fails with the name of what was reached for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

FORBIDDEN_EVENTS = frozenset(
    {"sqlite3.connect", "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"}
)
_wall = {"closed": False}


class OutOfReach(RuntimeError):
    """A unit test reached for a database or the network; such a test belongs in tests/integration."""


def _refuse(name: str, _arguments: tuple[Any, ...]) -> None:
    """Stop the call that the interpreter announces; an audit hook cannot be taken away, so it looks at a flag."""
    if _wall["closed"] and name in FORBIDDEN_EVENTS:
        raise OutOfReach(f"A unit test may not use {name}: move it to tests/integration.")


sys.addaudithook(_refuse)


@pytest.fixture(autouse=True)
def _no_database_and_no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_arguments: Any, **_named: Any) -> None:
        raise OutOfReach("A unit test may not use psycopg.connect: move it to tests/integration.")

    monkeypatch.setattr("psycopg.Connection.connect", refuse)  # it speaks through libpq, which announces nothing
    _wall["closed"] = True
    try:
        yield
    finally:
        _wall["closed"] = False
