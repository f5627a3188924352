"""The columns of a breakdown: favourable first, each answer in one of them at most."""

from __future__ import annotations

import pytest

from feedback_app.domain.instrument import ITEM_KINDS, TextItem
from feedback_app.reports.bands import bands_of, group_figure
from feedback_app.reports.item_tables import headlines_of
from tests.support.summaries import make_instrument
from tests.support.surveys import real_survey

ITEMS = make_instrument().items


def columns(item: str) -> list[tuple[str, set[int]]]:
    return [(band.name, set(band.codes)) for band in bands_of(ITEMS[item])]


def test_a_rating_has_two_sides_and_what_is_in_between() -> None:
    assert columns("TS02") == [("favourable", {4, 5}), ("middle", {3}), ("unfavourable", {1, 2})]


def test_of_a_reverse_coded_rating_the_low_end_is_favourable() -> None:
    assert columns("TS03") == [("favourable", {1, 2}), ("middle", {3}), ("unfavourable", {4, 5})]


def test_faces_have_sides_too() -> None:
    assert columns("TS06") == [("favourable", {3}), ("middle", {2}), ("unfavourable", {1})]
    assert columns("TS07") == [("favourable", {4, 5}), ("middle", {3}), ("unfavourable", {1, 2})]


def test_a_score_has_its_three_shares() -> None:
    found = dict(columns("TS05"))
    assert found == {"promoters": {9, 10}, "passives": {7, 8}, "detractors": set(range(7))}


def test_choices_have_a_column_for_each_answer_that_is_possible() -> None:
    assert columns("TS08") == [("option", {1}), ("option", {2}), ("option", {3})]
    assert columns("TS09") == [("option", {1}), ("option", {2}), ("option", {3})]
    zero = ITEMS["TS08"].model_copy(update={"structural_zeros": (2,)})
    assert [set(band.codes) for band in bands_of(zero)] == [{1}, {3}]


def test_own_words_have_no_columns_and_an_unknown_kind_is_an_error() -> None:
    assert bands_of(ITEMS["TS11"]) == ()
    with pytest.raises(TypeError, match="no columns"):
        bands_of("TS11")
    assert all(bands_of.dispatch(kind) is not bands_of.dispatch(object) for kind in ITEM_KINDS)


def test_no_answer_is_in_two_columns_and_the_figure_is_the_whole_waves_first() -> None:
    for item in real_survey("send_parents").items.values():
        codes = [code for band in bands_of(item) for code in band.codes]
        assert len(codes) == len(set(codes))
        if not isinstance(item, TextItem):
            assert set(codes) == {option.code for option in item.valid_options}
        figure = group_figure(item)
        names = [spec.name for spec in headlines_of(item)]
        assert (figure.name if figure else None) == next(iter(names), None)
