"""YAML read with the line of every part of it, so that a problem can be shown where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

DEEPEST = 40  # parts within parts; our own files have ten at the most
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_Base):  # type: ignore[misc]  # the C loader where there is one, chosen when this is run
    """Reads whole numbers, true, false and null; all else is text, so that Yes, 4.1 and a date stay as written."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:null|)$"), ["n", ""])


@dataclass(frozen=True)
class Problem:
    """Something wrong in a file: where (a file, a line from 1, the item if it is one's) and what, in plain words."""

    file: str
    line: int
    item: str | None
    message: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """Return the problem as one line: file, line, item, message."""
        return f"{self.file}:{self.line}: {self.item + ': ' if self.item else ''}{self.message}"


class SurveyFileError(Exception):
    """One or more files of a partnership cannot be used; `problems` says which, where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


Step = str | int
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Source:
    """One YAML file: its data, and its nodes to find lines by."""

    path: Path
    data: dict[str, Any]
    root: yaml.Node

    def line_of(self, where: Sequence[Step]) -> int:
        """Return the line, from 1, of the deepest part of `where` that the file has; steps it lacks are passed over."""
        node, line = self.root, self.root.start_mark.line
        for step in where:
            found = _child(node, step)
            if found is not None:
                key, node = found
                line = key.start_mark.line
        return line + 1

    def problem(self, where: Sequence[Step], message: str) -> Problem:
        """Return a problem at `where` in this file, its item found on the way there."""
        return Problem(self.path.as_posix(), self.line_of(where), self._item_at(where), message)

    def place_of_item(self, item_id: str | None) -> tuple[Step, ...]:
        """Return the way to the item with this id, the last one where it stands twice; empty when there is none."""
        found: tuple[Step, ...] = ()
        for number, section in enumerate(_list(self.data.get("sections"))):
            for position, item in enumerate(_list(section.get("items")) if isinstance(section, dict) else []):
                if isinstance(item, dict) and item.get("id") == item_id:
                    found = ("sections", number, "items", position)
        return found

    def _item_at(self, where: Sequence[Step]) -> str | None:
        part: Any = self.data
        for number, step in enumerate(where):
            try:
                part = part[step]
            except (KeyError, IndexError, TypeError):
                return None
            if isinstance(step, int) and number and where[number - 1] == "items" and isinstance(part, dict):
                return str(part.get("id", "")) or None
        return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _child(node: yaml.Node, step: Step) -> tuple[yaml.Node, yaml.Node] | None:
    """Return the node that says where a step stands, and the node it leads to."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    return None


def read_source(path: Path) -> Source:
    """Return a YAML file with its lines; raises SurveyFileError when it is missing, is not YAML or repeats a key."""
    try:
        text = path.read_text(encoding="utf-8")
        problems = _swelling(path, text)
        loader = _PlainLoader("" if problems else text)
        node = loader.get_single_node()
        problems = problems or _repeated_keys(path, node)
        data = loader.construct_document(node) if node is not None and not problems else None
    except FileNotFoundError as error:
        raise SurveyFileError([Problem(path.as_posix(), 1, None, "there is no such file")]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "it is not UTF-8 text"
        line = mark.line + 1 if mark else 1
        raise SurveyFileError([Problem(path.as_posix(), line, None, f"this is not YAML: {said}")]) from error
    if problems:
        raise SurveyFileError(problems)
    if not isinstance(data, dict):
        raise SurveyFileError([Problem(path.as_posix(), 1, None, "the file should hold names with values")])
    return Source(path, data, node)


def _swelling(path: Path, text: str) -> list[Problem]:
    """Return a problem where few lines could stand for billions: parts used again by a name, lists without end."""
    depth = 0
    for event in yaml.parse(text, Loader=_PlainLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            return [Problem(path.as_posix(), line, None, f"write out what *{event.anchor} stands for")]
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return [Problem(path.as_posix(), line, None, "lists within lists within lists: this is no file of ours")]
    return []


def _repeated_keys(path: Path, node: yaml.Node | None) -> list[Problem]:
    """Return a problem for each name that stands twice in one mapping, where YAML would keep the last in silence."""
    found: list[Problem] = []
    waiting = [node] if node is not None else []
    while waiting:
        part = waiting.pop()
        if isinstance(part, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in part.value:
                if key.value in seen:
                    line = key.start_mark.line + 1
                    found.append(Problem(path.as_posix(), line, None, f"the name {key.value!r} stands here twice"))
                seen.add(key.value)
                waiting.append(value)
        elif isinstance(part, yaml.SequenceNode):
            waiting.extend(part.value)
    return found


def validated(model: type[Model], data: Any, source: Source, under: Sequence[Step] = ()) -> Model:
    """Return `data` as a model; raises SurveyFileError with the line of each thing the model refuses."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = [
            source.problem((*under, *_without_tags(part["loc"])), _plain(part["type"], part["msg"], part["loc"]))
            for part in _first_causes(error.errors())
        ]
        raise SurveyFileError(problems) from error


def _first_causes(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Return validation errors without those that only say that a list is too short once its wrong parts are out."""
    places = [part["loc"] for part in errors]
    return [
        part
        for part in errors
        if part["type"] != "too_short" or not any(place[: len(part["loc"])] == part["loc"] != place for place in places)
    ]


def _without_tags(where: Sequence[Step]) -> list[Step]:
    """Return a place without the name of the item's type, which pydantic puts after the item's number."""
    return [
        step
        for number, step in enumerate(where)
        if not (number >= 2 and where[number - 2] == "items" and isinstance(where[number - 1], int))
    ]


_WORDS = {
    "missing": "{name} is missing",
    "extra_forbidden": "{name} is not something that can be said here; look for a slip in the spelling",
    "string_type": "{name} should be text; put it in quotes",
    "int_type": "{name} should be a whole number",
    "int_parsing": "{name} should be a whole number",
    "union_tag_invalid": "there is no such type of question",
    "union_tag_not_found": "the type of the question is missing",
}


def _plain(kind: str, message: str, where: Sequence[Step]) -> str:
    """Return a validation message in plain words."""
    name = next((str(step) for step in reversed(where) if isinstance(step, str)), "this")
    return _WORDS[kind].format(name=name) if kind in _WORDS else f"{name}: {message}"
