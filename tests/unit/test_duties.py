"""What a partnership has to say in public: what is missing, what is out of date, what does not fit together."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from feedback_app.domain.duties import Duties, Office, disagreements, lacking, texts_of_duties

TODAY = date(2026, 11, 22)
REACHED = {"name": "Example Council", "email": "surveys@example.org"}
WHOLE: dict[str, Any] = {
    "run_by": "Example Council",
    "contact": REACHED,
    "answer_days": 5,
    "accessibility": {
        "barriers": [{"what": "A map.", "why": "It is a picture.", "instead": "A list."}],
        "beyond": ["No signing."],
        "tested_by": "an outside firm",
        "tested_on": "2026-11-01",
        "prepared_on": "2026-11-01",
    },
    "privacy": {
        "controller": REACHED,
        "officer": REACHED,
        "basis": "public_task",
        "law": "an Act",
        "special": "public_interest",
        "kept_in": "the United Kingdom",
        "helpers": ["A firm"],
        "reviewed_on": "2026-11-01",
    },
    "security": {"contact": "mailto:security@example.org", "expires": "2027-06-01"},
}
# What may be taken out of the whole, and the place that is told then.
PARTS = [
    ("run_by",), ("contact",), ("answer_days",), ("accessibility", "barriers"), ("accessibility", "tested_on"),
    ("accessibility", "prepared_on"), ("privacy", "controller"), ("privacy", "officer"), ("privacy", "basis"),
    ("privacy", "special"), ("privacy", "kept_in"), ("privacy", "reviewed_on"), ("security", "contact"),
    ("security", "expires"),
]  # fmt: skip


def duties(**parts: dict[str, Any]) -> Duties:
    """Return the whole with some parts changed."""
    return Duties.model_validate({**WHOLE, **{name: {**WHOLE[name], **part} for name, part in parts.items()}})


def places(said: Duties, today: date = TODAY) -> set[tuple[str, ...]]:
    """Return where something is lacking."""
    return {where for where, _message in lacking(said, today)}


def test_nothing_is_lacking_where_all_is_said() -> None:
    assert list(lacking(duties(), TODAY)) == []
    assert list(disagreements(duties())) == []


def test_where_nothing_is_said_all_is_lacking() -> None:
    assert places(Duties()) == set(PARTS)


@pytest.mark.parametrize("part", PARTS, ids=".".join)
def test_each_part_that_is_left_out_is_told_alone(part: tuple[str, ...]) -> None:
    without: dict[str, Any] = {name: dict(said) if isinstance(said, dict) else said for name, said in WHOLE.items()}
    inner = without if len(part) == 1 else without[part[0]]
    del inner[part[-1]]
    assert places(Duties.model_validate(without)) == {part}


@pytest.mark.parametrize(
    ("days", "told"), [(-1, True), (0, True), (1, False), (366, False), (367, True)],
    ids=["past", "today", "tomorrow", "in a year", "too far"],
)  # fmt: skip
def test_security_txt_expires_between_tomorrow_and_a_year_from_now(days: int, told: bool) -> None:
    said = duties(security={"expires": TODAY + timedelta(days=days)})
    assert (("security", "expires") in places(said)) == told


def test_what_was_reviewed_more_than_a_year_ago_is_to_be_looked_at_again() -> None:
    later = TODAY + timedelta(days=400)
    said = duties(security={"expires": later + timedelta(days=30)})
    assert places(said, later) == {("accessibility", "reviewed_on"), ("privacy", "reviewed_on")}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"accessibility": {"status": "full"}}, "names what cannot"),
        ({"accessibility": {"reviewed_on": "2026-10-01"}}, "before it was prepared"),
        ({"privacy": {"law": ""}}, "name the law"),
    ],
)
def test_what_does_not_fit_together_is_told(parts: dict[str, dict[str, Any]], message: str) -> None:
    [told] = disagreements(duties(**parts))
    assert message in told


@pytest.mark.parametrize("email", ["nobody", "a b@example.org", "a@b", "a@example.org\nBcc: b@example.org"])
def test_an_address_that_is_none_is_refused(email: str) -> None:
    with pytest.raises(ValidationError):
        Office(email=email)


@pytest.mark.parametrize("contact", ["security@example.org", "http://example.org", "mailto:a@b c", "mailto:a@b\nX: y"])
def test_a_contact_of_security_txt_is_an_address_that_can_be_followed(contact: str) -> None:
    with pytest.raises(ValidationError):
        duties(security={"contact": contact})


def test_what_people_read_is_translated() -> None:
    assert list(texts_of_duties(duties())) == [
        "A map.", "It is a picture.", "A list.", "No signing.", "an outside firm", "an Act", "the United Kingdom",
        "A firm",
    ]  # fmt: skip
