"""Published satisfaction figures are found again from their counts.

The vectors are months of the service "deputy-reporting" as published by the Office of the Public Guardian in the
public repository ministryofjustice/opg-performance-data (MIT licence).
"""

from __future__ import annotations

import pytest

from tests.evaluation.published import MEAN, NEITHER, SHARE, Month, read_month, rounded, summed_up

HEADING = "service,month,very_dissatisfied,dissatisfied,neither,satisfied,very_satisfied,published_percent"
APRIL_2023 = "deputy-reporting,2023-04,23,46,153,419,528,80"
MAY_2023 = "deputy-reporting,2023-05,19,33,143,419,518,81"


def month(line: str) -> Month:
    return read_month(dict(zip(HEADING.split(","), line.split(","), strict=True)))


def test_the_published_percentage_is_the_mean_and_not_the_share_satisfied() -> None:
    for line, mean, share in ((APRIL_2023, 79.58, 81.01), (MAY_2023, 80.57, 82.77)):
        found = month(line)
        assert found.mean.value == pytest.approx(mean, abs=0.005)
        assert found.share.value == pytest.approx(share, abs=0.005)
        assert found.given_by == MEAN
        assert found.share.low < found.share.value < found.share.high


def test_a_change_from_one_figure_to_the_other_is_noticed() -> None:
    later = month(MAY_2023.replace("2023-05", "2023-06").replace(",81", ",83"))
    assert later.given_by == SHARE
    said = " ".join(summed_up([month(APRIL_2023), month(MAY_2023), later]))
    assert said.startswith("2 of 3 published numbers are the mean satisfaction")
    assert "deputy-reporting, 2023-06: the share satisfied or very satisfied, in each month from 2023-06 on" in said
    assert "2.0 points above the mean" in said


def test_a_number_that_is_neither_figure_is_named_and_not_explained() -> None:
    odd = month(APRIL_2023.replace(",80", ",85"))
    assert odd.given_by == NEITHER
    assert summed_up([odd, month(MAY_2023)])[1:] == ["deputy-reporting, 2023-04: neither."]


def test_a_half_is_rounded_up() -> None:
    assert rounded(79.5) == 80
    with pytest.raises(ValueError, match="nobody answered"):
        rounded(None)
