"""What costs time whenever an application is put together, and comes out the same each time: done once a process.

Tests put together thousands of applications. Each would read the project's own surveys, which do not change while tests
run, and compile the same addresses and templates: most of the time that takes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from feedback_app import app as putting_together
from feedback_app.domain.place import Place
from feedback_app.settings import Settings

OUR_SURVEYS = Path(__file__).resolve().parent.parent.parent / "surveys"

_templates: dict[str, bytes] = {}
_builders: dict[object, Callable[..., tuple[str, str]]] = {}
_places: dict[object, Place] = {}
_read_place = putting_together.read_place


class RememberedRule(Rule):
    """A rule of an address whose function for making addresses is compiled once a process.

    That function is handed its rule when it is called, and is made of nothing but what is its key here.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in _builders:
            _builders[key] = super()._compile_builder(append_unknown)
        return _builders[key]


class TemplatesInMemory(BytecodeCache):
    """Compiled templates of all applications of this process; Jinja looks whether the source is still the same."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in a template that was compiled before."""
        if bucket.key in _templates:
            bucket.bytecode_from_string(_templates[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template that was just compiled."""
        _templates[bucket.key] = bucket.bytecode_to_string()


def read_place_once(settings: Settings, key: str, address: str) -> Place:
    """Return a partnership as its files describe it; those of a test's own folder are read each time."""
    if settings.surveys_dir != OUR_SURVEYS:
        return _read_place(settings, key, address)
    read_by = (settings.translations_dir, settings.environment, settings.pseudo_languages, key, address)
    if read_by not in _places:
        _places[read_by] = _read_place(settings, key, address)
    return _places[read_by]


def start_quickly() -> None:
    """Put applications together the quick way from here on, in this process; saying so twice does nothing more."""
    flask: Any = Flask  # what it makes rules of is an attribute of the class
    flask.url_rule_class = RememberedRule
    putting_together.read_place = read_place_once
