"""Scores made of several items, from the frame: what `protect` takes for each scale of an instrument.

All that changes a score stands in the frozen questions: which items belong to a scale, their codes, which are reversed.
How many must be answered follows from their number (half of them and at least two), so that a wave that was
held keeps its meaning when the files about scales change; only the title that pages show comes from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from feedback_app.domain.disclosure.rules import ScaleTable
from feedback_app.domain.instrument import FacesItem, Instrument, RatingItem
from feedback_app.domain.missing import Missing
from feedback_app.domain.scoring.reliability import cronbach_alpha
from feedback_app.domain.scoring.scales import MeanScore, mean_score, person_scores, scored
from feedback_app.reports.frame import AnswerFrame

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

ScaledItem = RatingItem | FacesItem
STEPS = 1000  # of a point: scores nearer to each other than one step are the same score
NOT_SHOWN, NOT_REACHED = int(Missing.NOT_SHOWN), int(Missing.NOT_REACHED)
LOWEST = int(min(Missing))


def scales_of(instrument: Instrument) -> dict[str, tuple[ScaledItem, ...]]:
    """Return scale -> its items, in the order asked.

    Left out are scales of a single item, and those with three faces: of these there is never a mean.
    """
    found: dict[str, list[ScaledItem]] = {}
    faces = set()
    for item in instrument.items.values():
        if item.scale and not item.practice and isinstance(item, ScaledItem):
            found.setdefault(item.scale, []).append(item)
            faces |= {item.scale} if item.type == "smiley3" else set()
    return {scale: tuple(items) for scale, items in found.items() if len(items) > 1 and scale not in faces}


def scale_tables(instrument: Instrument, frame: AnswerFrame) -> tuple[ScaleTable, ...]:
    """Return each scale's mean score, reliability and how alike its scores are; weights are put in later."""
    return tuple(_scale_table(instrument, frame, scale, items) for scale, items in scales_of(instrument).items())


def weighted_means(
    instrument: Instrument, frame: AnswerFrame, covered: NDArray[bool_], weights: NDArray[float64]
) -> dict[str, MeanScore]:
    """Return scale -> weighted mean score of the people covered; both columns have a place for everybody."""
    found = {}
    for scale, items in scales_of(instrument).items():
        asked = _asked(items, frame) & covered
        found[scale] = mean_score(_scores(_answers(items, frame)[asked]), weights[asked])
    return found


def _scale_table(instrument: Instrument, frame: AnswerFrame, scale: str, items: Sequence[ScaledItem]) -> ScaleTable:
    import numpy as np

    answers = _answers(items, frame)[_asked(items, frame)]
    scores = _scores(answers)
    complete = answers[~np.isnan(answers).any(axis=1)]
    return ScaleTable(
        code=scale,
        minors=instrument.minors,
        mean=mean_score(scores),
        weighted=None,
        alpha=cronbach_alpha(answers),
        alike=not_alike(scores),
        sensitive=any(item.sensitive for item in items),
        alike_items=min(not_alike(column) for column in complete.T),
    )


def _asked(items: Sequence[ScaledItem], frame: AnswerFrame) -> NDArray[bool_]:
    """Return who saw any of the items."""
    import numpy as np

    columns = (frame.codes[item.id] for item in items)
    saw: NDArray[bool_] = np.logical_or.reduce([(codes != NOT_SHOWN) & (codes != NOT_REACHED) for codes in columns])
    return saw


def _answers(items: Sequence[ScaledItem], frame: AnswerFrame) -> NDArray[float64]:
    """Return everybody's answers, people x items on 0 to 100."""
    import numpy as np

    return np.stack([_on_100(item, frame) for item in items], axis=1)


def _scores(answers: NDArray[float64]) -> NDArray[float64]:
    return person_scores(answers)


def _on_100(item: ScaledItem, frame: AnswerFrame) -> NDArray[float64]:
    """Return each person's answer on 0 to 100, the favourable end at 100, NaN where it is missing."""
    import numpy as np

    codes = [option.code for option in item.valid_options]
    every = range(LOWEST, max(item.codes) + 1)
    mirrored = isinstance(item, RatingItem) and item.reverse_coded
    steps: NDArray[float64] = scored(
        every, min(codes), max(codes), reverse_coded=mirrored, missing=tuple(item.missing_options)
    )
    answers: NDArray[float64] = steps[frame.codes[item.id] - np.int16(LOWEST)]  # each code is scored once
    return answers


def not_alike(scores: NDArray[float64]) -> int:
    """Return how many of the people with a score, 0 to 100 or NaN, are not at the most common one."""
    import numpy as np

    known = np.rint(scores[~np.isnan(scores)] * STEPS).astype(np.intp)
    return len(known) - int(np.bincount(known).max(initial=0))
