"""An instrument: frozen data that refuses what it does not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from feedback_app.adapters.instrument_files import load_survey
from feedback_app.domain.instrument import ITEM_KINDS, FacesItem, Instrument, MultiItem, NpsItem, RatingItem, SingleItem

ROOT = Path(__file__).resolve().parent.parent / "fixtures" / "instruments"


def data(name: str = "every_kind") -> dict[str, Any]:
    return load_survey(ROOT, name).model_dump(mode="json", by_alias=True)


def test_an_instrument_comes_back_whole_from_its_own_data() -> None:
    survey = load_survey(ROOT, "every_kind")
    assert Instrument.model_validate(survey.model_dump(mode="json", by_alias=True)) == survey
    assert Instrument.model_validate_json(survey.model_dump_json(by_alias=True)) == survey


def test_an_instrument_cannot_be_changed() -> None:
    survey = load_survey(ROOT, "every_kind")
    with pytest.raises(ValidationError):
        survey.title = "Another"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        survey.items["EK01"].text = "Another"  # type: ignore[misc]


def test_a_type_leads_to_its_kind_of_item() -> None:
    items = load_survey(ROOT, "every_kind").items
    kinds = {"EK01": RatingItem, "EK07": NpsItem, "EK08": FacesItem, "EK10": SingleItem, "EK11": MultiItem}
    assert {item: type(items[item]) for item in kinds} == kinds
    assert {type(item) for item in items.values()} == set(ITEM_KINDS)


def test_questions_of_one_group_share_a_page_and_any_other_stands_alone() -> None:
    pages = load_survey(ROOT, "group").pages
    assert {page: [item.id for item in pages[page].items] for page in pages} == {
        "told": ["GR01", "GR02", "GR03"],
        "gr04": ["GR04"],
    }
    assert pages["told"].group is not None
    assert pages["gr04"].group is None


def test_a_page_is_found_by_its_question() -> None:
    survey = load_survey(ROOT, "reference")
    assert survey.page_of["RF08"].id == "page-2"
    assert list(survey.pages) == ["page-1", "page-2", "page-3", "page-4"]


def test_codes_are_those_of_options_and_of_answers_apart() -> None:
    item = load_survey(ROOT, "apart").items["AP02"]
    assert isinstance(item, FacesItem)
    assert item.codes == {3, 2, 1, -8}
    assert item.label_of(-8) == "I do not know"
    with pytest.raises(KeyError):
        item.label_of(7)


def test_options_declared_missing_are_not_valid_ones() -> None:
    item = load_survey(ROOT, "option_missing").items["OM01"]
    assert isinstance(item, SingleItem)
    assert [option.code for option in item.valid_options] == [1, 2]
    assert item.missing_options == {3: "dont_know", 4: "does_not_apply", 5: "prefer_not_to_say"}


@pytest.mark.parametrize(
    ("place", "key", "value"),
    [
        ((), "voice", "shouting"),
        ((), "name", "Not A Name"),
        ((), "version", 0),
        ((), "min_content", 0),
        ((), "sections", []),
        ((), "colour", "red"),
        (("sections", 0, "items", 0), "id", "pc1"),
        (("sections", 0, "items", 0), "text", ""),
        (("sections", 0, "items", 0), "type", "freq6"),
        (("sections", 0, "items", 0), "options", []),
        (("sections", 0, "items", 0, "options", 0), "code", -1),
        (("sections", 0, "items", 0, "options", 0), "code", 1.5),
        (("sections", 0, "items", 0, "options", 0), "label", ""),
        (("sections", 0, "items", 0, "apart", 0), "code", 5),
        (("sections", 1, "items", 4), "at_most", 0),
        (("sections", 1, "items", 5), "longest", 0),
    ],
)
def test_what_an_instrument_does_not_know_is_refused(place: tuple[Any, ...], key: str, value: Any) -> None:
    whole = data()
    part: Any = whole
    for step in place:
        part = part[step]
    part[key] = value
    with pytest.raises(ValidationError):
        Instrument.model_validate(whole)
