"""A theme counted by groups of people, exactly: what the gate is given to make its breakdown from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from feedback_app.domain.disclosure.grouped import Band, Group, GroupedTable, Question
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.missing import Missing
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.theme_figures import NAMED, NOT_NAMED, TYPE, named_headline
from feedback_app.reports.breakdown import By, Split
from feedback_app.reports.frame import AnswerFrame, Batch, make_frame

if TYPE_CHECKING:
    from feedback_app.domain.instrument import Instrument

SILENT = 0  # wrote nothing that is open
BANDS = (Band("named", frozenset({NAMED})), Band("not_named", frozenset({NOT_NAMED})))


def frame_of_groups(
    instrument: Instrument, collectors: Sequence[str | None], groups: Mapping[str, Sequence[int | None]]
) -> AnswerFrame:
    """Return a frame of people with their groups and ways in alone, no answer of theirs in it."""
    unseen = int(Missing.NOT_REACHED)
    answers = [tuple(unseen for _ in instrument.items)] * len(collectors)
    return make_frame(instrument, [Batch([None] * len(collectors), groups, answers, collectors)])


def theme_question(
    code: str,
    answers: Sequence[int],
    splits: Sequence[Split],
    places: Mapping[By, Mapping[Group, int]],
    *,
    minors: bool,
) -> Question:
    """Return who names a theme, in all and by each split; ``answers`` are NAMED, NOT_NAMED or SILENT by person."""
    import numpy as np

    said = np.asarray(answers, np.intp)
    whole = np.bincount(said, minlength=3).tolist()
    counts = Counts({NAMED: whole[NAMED], NOT_NAMED: whole[NOT_NAMED]}, {Missing.SKIPPED.key: whole[SILENT]})
    table = ItemTable(code, TYPE, counts, (named_headline(),), minors, kinds=frozenset({Missing.SKIPPED.key}))
    grouped = []
    for split in splits:
        cells = np.bincount(split.grouping.places * 3 + said, minlength=3 * len(split.groups)).reshape(-1, 3).tolist()
        grouped.append(
            GroupedTable(
                by=split.by,
                people={
                    group: {NAMED: row[NAMED], NOT_NAMED: row[NOT_NAMED]}
                    for group, row in zip(split.groups, cells, strict=True)
                },
                missing={group: row[SILENT] for group, row in zip(split.groups, cells, strict=True)},
                places=places.get(split.by),
            )
        )
    return Question(table, BANDS, tuple(grouped), named_headline())
