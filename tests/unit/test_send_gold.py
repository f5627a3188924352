"""The families' codeframe on a gold set that was labelled by somebody who did not write its cues."""

from __future__ import annotations

from pathlib import Path

from feedback_app.adapters.codeframe_file import load_codeframe
from feedback_app.services.gold_file import read_gold
from feedback_app.theming.evaluating import evaluate, tag_gold

ROOT = Path(__file__).resolve().parents[2]
FLOORS = (0.60, 0.72)  # micro F1 of themes and of priorities; two people reach 0.74 with each other


def test_themes_and_priorities_are_found_without_training() -> None:
    """By every partnership's codeframe whose gold set is there."""
    for path in sorted((ROOT / "tests" / "fixtures").glob("send_gold.csv")):
        for frame in sorted((ROOT / "surveys").glob("*/codeframe.yaml")):
            codeframe = load_codeframe(frame)
            gold = read_gold(path, codeframe)
            found = evaluate(codeframe, gold, tag_gold(codeframe, gold))
            assert found.priorities is not None
            assert (found.micro.value >= FLOORS[0], found.priorities.value >= FLOORS[1]) == (True, True)
