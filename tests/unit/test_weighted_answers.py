"""Weighted answers on their way into the gate: each base is as sure as its own people make it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from feedback_app.domain.weighting.weighing import weigh
from feedback_app.reports.frame import AnswerFrame
from feedback_app.reports.item_tables import weighted_answers
from tests.support.summaries import make_instrument


def test_a_share_with_a_base_of_its_own_is_as_sure_as_the_answers_of_that_base() -> None:
    base = frozenset({1, 2})
    item = {
        "id": "TS08", "type": "single", "text": "Was it useful?",
        "options": [{"code": code, "label": f"Answer {code}"} for code in (1, 2, 3)],
        "figures": {"useful": {"label": "Useful, of those who used it", "codes": [1], "base": sorted(base)}},
    }  # fmt: skip
    instrument = make_instrument(sections=[{"id": "all", "title": "All", "items": [item]}])
    codes = np.array([1, 2] * 50 + [3] * 100, dtype=np.int16)
    answers = AnswerFrame(200, {"TS08": codes}, {}, {}, np.zeros(200, bool), np.full(200, -1))
    weights = np.where(codes == 3, 0.5, 1.5)
    nobody_weighted = weigh(None, {"provision": np.zeros(200, int)}, instrument)
    weighting = replace(nobody_weighted, covered=np.ones(200, bool), weights=weights, categories={})
    found = weighted_answers(instrument, answers, weighting)["TS08"]
    assert found.within[base].base == pytest.approx(100)  # their weights are equal among themselves
    assert found.within[base].of({1}) == pytest.approx(50)
    assert found.counts.of(base) == pytest.approx(120)  # more than there are: what all answers would make of them
