"""What the first page of the reading room shows: how much waits, by workstream, survey, theme and language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db
from feedback_app.services import fielding, reading, sampling
from feedback_app.services.reading import Waiting
from feedback_app.web import clock
from feedback_app.web.access import may, place, scope
from feedback_app.web.languages import in_page_language, page_language
from feedback_app.web.reading import words
from feedback_app.web.reading.asking import VOICES


@dataclass(frozen=True)
class Way:
    """A way to begin reading: its name, where it leads, and how much waits there and is read, in words."""

    name: str
    address: str
    waits: str
    read: str = ""
    own: bool = False


def furnish(codeframe: Codeframe, reader: str, workstreams: Sequence[str]) -> dict[str, Any]:
    """Return what the page shows to a reader; the themes of their own workstreams come first."""
    waiting = reading.count_waiting(db.session, scope(), reader, clock.today())
    step = place().policy.rounding
    own_samples = [one for one in sampling.list_samples(db.session, scope(), reader) if one.left_for(reader)]
    return {
        "whole": words.about_so_many(sum(waiting.by_wave.values()), step),
        "nothing_waits": not any(waiting.by_wave.values()),
        "own_today": waiting.own_today,
        "own": waiting.own,
        "own_priorities": [one for one in _priorities(codeframe, waiting, workstreams, step) if one.own],
        "surveys": _surveys(waiting, step),
        "groups": _themes(codeframe, waiting.by_theme, workstreams, step),
        "other_languages": _languages(waiting.by_language, step),
        "samples": [(one, one.left_for(reader)) for one in own_samples],
        "to_settle": len(sampling.list_to_settle(db.session, scope(), reader)) if may(Permission.MANAGE_READING) else 0,
        "manages": may(Permission.MANAGE_READING),
    }


def _priorities(codeframe: Codeframe, waiting: Waiting, own: Sequence[str], step: int) -> list[Way]:
    ways = []
    for priority in codeframe.priorities:
        codes = [theme.code for theme in codeframe.by_priority[priority.key]]
        number = max((waiting.by_theme.get(code, 0) for code in codes), default=0)
        address = url_for("reading.following", about=priority.key)
        waits = words.about_so_many(number, step)
        ways.append(Way(in_page_language(priority.name), address, waits, own=priority.key in own))
    return ways


def _surveys(waiting: Waiting, step: int) -> list[Way]:
    """Return the waves that have comments to read or read, the newest first, then other voices."""
    ways = []
    for wave in fielding.list_waves(db.session, scope()):
        if wave.id in waiting.by_wave or wave.id in waiting.read_by_wave:
            title = fielding.get_instrument(db.session, wave.version_id, page_language().locale).title
            ways.append(
                _way(_("%(survey)s (%(wave)s)", survey=title, wave=wave.slug), wave.slug, waiting, wave.id, step)
            )
    if None in waiting.by_wave or None in waiting.read_by_wave:
        ways.append(_way(_("Other voices: stories, notes, complaints, compliments"), VOICES, waiting, None, step))
    return ways


def _way(name: str, key: str, waiting: Waiting, wave: UUID | None, step: int) -> Way:
    waits = words.about_so_many(waiting.by_wave.get(wave, 0), step)
    read = words.about_so_many(waiting.read_by_wave.get(wave, 0), step)
    return Way(name, url_for("reading.following", wave=key), waits, read)


def _themes(
    codeframe: Codeframe, by_theme: Mapping[str, int], own: Sequence[str], step: int
) -> list[tuple[str, list[Way]]]:
    """Return the themes with comments that wait, by priority; those of the reader's own workstreams first."""
    names = {priority.key: priority.name for priority in codeframe.priorities}
    groups = []
    for key in sorted(codeframe.by_priority, key=lambda key: key not in own):
        ways = [
            Way(
                in_page_language(theme.name),
                url_for("reading.following", about=theme.code),
                words.about_so_many(by_theme[theme.code], step),
            )
            for theme in codeframe.by_priority[key]
            if by_theme.get(theme.code)
        ]
        if ways:
            groups.append((in_page_language(names[key]) if key else _("Other themes"), ways))
    return groups


def _languages(by_language: Mapping[str, int], step: int) -> list[Way]:
    return [
        Way(words.language_name(tag), url_for("reading.following", language=tag), words.about_so_many(number, step))
        for tag, number in sorted(by_language.items())
    ]
