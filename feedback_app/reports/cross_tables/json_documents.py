"""A JSON file of tables: read strictly, and every value found again by its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from feedback_app.reports.cross_tables.shapes import Place, TablesRefused

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_OPENS, _CLOSES = "{[", "}]"
LONGEST_NUMBER = 30  # digits


@dataclass(frozen=True)
class JsonDocument:
    """The text of a file and what it says."""

    name: str
    text: str
    data: Any

    def line_of(self, place: Place) -> int:
        """Return the line in which the value at a path of keys and numbers begins, or that of what holds it."""
        line = 1
        for path, found in _places(self.text):
            if path == place:
                return found
            if path == place[: len(path)]:
                line = found
        return line


def read_json(name: str, text: str) -> JsonDocument:
    """Return what a text says; raises TablesRefused for what is no JSON, NaN, and keys that stand twice."""
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise TablesRefused([f"{name}:{error.lineno}: this is not JSON: {error.msg}"]) from error
    except RecursionError as error:
        raise TablesRefused([f"{name}:1: lists within lists within lists: this is no file of tables"]) from error
    except ValueError as error:
        raise TablesRefused([f"{name}: {error}"]) from error
    return JsonDocument(name, text, data)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'"{twice[:60]}" stands twice in the same place; keep one of them')
    return found


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"a number of {len(digits):,} digits is no number of people")
    return int(digits)


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no number of people; write a whole number")


def _places(text: str) -> Iterator[tuple[Place, int]]:
    """Yield the path and line of each value, in the order of the text, which is known to be JSON."""
    path: list[str | int] = []
    inside: list[str] = []
    waits_for_key, position, line = False, 0, 1
    for token in _TOKEN.finditer(text):
        line, position = line + text.count("\n", position, token.start()), token.start()
        word = token.group()
        if word in _CLOSES:
            inside.pop()
            path.pop()
            waits_for_key = False
        elif word == ",":
            waits_for_key = inside[-1] == "{"
            if not waits_for_key:
                path[-1] = int(path[-1]) + 1
        elif waits_for_key:
            path[-1] = json.loads(word)
            waits_for_key = False
        elif word != ":":
            yield tuple(path), line
            if word in _OPENS:
                inside.append(word)
                path.append("" if word == "{" else 0)
                waits_for_key = word == "{"
