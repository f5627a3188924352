"""Files of comments that people have labelled, to measure the tagger by and to learn from: read and checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Valence
from feedback_app.domain.errors import ImportRefused
from feedback_app.domain.hiding import find_personal, hide
from feedback_app.services.tagging_file import Layout, read_comments, read_layout
from feedback_app.theming.words import tokens

if TYPE_CHECKING:  # the learning libraries are loaded only where something is learnt or measured
    from feedback_app.theming.examples import Example

COMMENT, THEMES, SECOND, VALENCE, GROUP, QUESTION = "comment", "themes", "themes_2", "valence", "group", "question"
MOST_PROBLEMS = 20  # told at once
_WELL = re.compile(r"\b(good|well|best|satisfied|proud)\b", re.IGNORECASE)
_CHANGE = re.compile(r"\b(improved?|better|change|differently|wrong|dissatisfied)\b", re.IGNORECASE)


def read_gold(path: Path, codeframe: Codeframe, *, masked: bool = False) -> list[Example]:
    """Return the examples of a CSV file with the columns comment and themes; raise ImportRefused with all problems.

    It may have themes_2 (a second reader's), valence, group and question. Several themes stand apart by semicolons.
    ``masked``: names hidden, as for learning.
    """
    found: list[Example] = []
    problems: list[str] = []
    with path.open("rb") as file:
        layout = read_layout(file, COMMENT, barred=())
        if THEMES not in layout.headings:
            raise ImportRefused((f"{path.name}: there is no column called {THEMES}.",))
        for row, (cells, comment) in enumerate(read_comments(file, layout), 2):
            told = _problems(codeframe, layout, cells)
            problems += [f"{path.name}, row {row}: {problem}" for problem in told]
            if comment.strip() and not told:
                found.append(_example(layout, cells, comment, masked=masked))
    if problems:
        more = [f"... and {len(problems) - MOST_PROBLEMS} more."] if len(problems) > MOST_PROBLEMS else []
        raise ImportRefused((*problems[:MOST_PROBLEMS], *more))
    if not found:
        raise ImportRefused((f"{path.name}: there is no comment in it.",))
    return found


def _example(layout: Layout, cells: Sequence[str], comment: str, *, masked: bool) -> Example:
    from feedback_app.theming.examples import Example

    valence = _cell(layout, cells, VALENCE)
    return Example(
        words=hide(comment, find_personal(comment)) if masked else comment,
        themes=frozenset(_codes(_cell(layout, cells, THEMES))),
        valence=Valence(valence) if valence else None,
        asked=asked_by(_cell(layout, cells, QUESTION)),
        group=_cell(layout, cells, GROUP) or " ".join(tokens(comment)),
        second=frozenset(_codes(_cell(layout, cells, SECOND))) if SECOND in layout.headings else None,
    )


def asked_by(question: str) -> Valence | None:
    """Return what a question asks for: a valence's own name, or as its words tell; None where they leave it open."""
    if question in (Valence.GOING_WELL.value, Valence.NEEDS_CHANGE.value):
        return Valence(question)
    well, change = bool(_WELL.search(question)), bool(_CHANGE.search(question))
    if well == change:
        return None
    return Valence.GOING_WELL if well else Valence.NEEDS_CHANGE


def _problems(codeframe: Codeframe, layout: Layout, cells: Sequence[str]) -> list[str]:
    """Return what is wrong with a row, in sentences."""
    named = [*_codes(_cell(layout, cells, THEMES)), *_codes(_cell(layout, cells, SECOND))]
    problems = [
        f"there is no theme {theme!r} in {codeframe.name}."
        for theme in dict.fromkeys(named)
        if theme not in codeframe.codes
    ]
    valence = _cell(layout, cells, VALENCE)
    if valence and valence not in [one.value for one in Valence]:
        problems.append(f"{valence!r} is no valence; write {', '.join(one.value for one in Valence)}, or nothing.")
    return problems


def _cell(layout: Layout, cells: Sequence[str], heading: str) -> str:
    return cells[layout.headings.index(heading)].strip() if heading in layout.headings else ""


def _codes(cell: str) -> list[str]:
    return [code for one in cell.split(";") if (code := one.strip())]
