"""The release ledger: who has seen what, in which order tables are settled, how many people are a few."""

from __future__ import annotations

import pytest

from feedback_app.domain.disclosure.ledger import (
    Audience,
    Entry,
    audience_of,
    is_a_few,
    to_settle_with,
)
from feedback_app.domain.permissions import permissions_of
from feedback_app.domain.scope import Role

T = 5
ENTRIES = [
    Entry(2, "PC01", ("district", "waiting"), Audience.SEND_TEAM),
    Entry(0, "PC01", ("district", "helped"), Audience.LEAD),
    Entry(1, "PC02", ("district", "helped"), Audience.LEAD),
    Entry(3, "PC01", ("provision", "helped"), Audience.LEAD),
]


def test_only_the_send_team_sees_answers_as_they_come_in() -> None:
    assert [audience.name for audience in Audience if audience.sees_live] == ["SEND_TEAM"]


def test_a_reader_with_several_roles_sees_what_the_highest_may_see() -> None:
    assert audience_of(permissions_of([Role.WORKSTREAM_LEAD, Role.SEND_TEAM])) is Audience.SEND_TEAM
    assert audience_of(permissions_of([Role.ADMINISTRATOR, Role.WORKSTREAM_LEAD])) is Audience.LEAD
    with pytest.raises(ValueError, match="reads no figures"):
        audience_of(permissions_of([Role.ADMINISTRATOR]))


def test_a_new_table_is_settled_after_all_of_its_question_whoever_saw_them() -> None:
    settled = to_settle_with(ENTRIES, "PC01", ("provision", "waiting"))
    assert [entry.position for entry in settled] == [0, 2, 3]


def test_a_table_shown_before_is_settled_as_it_was_then() -> None:
    assert [entry.position for entry in to_settle_with(ENTRIES, "PC01", ("district", "waiting"))] == [0]
    assert to_settle_with(ENTRIES, "PC02", ("district", "helped")) == ()


def test_a_few_are_one_to_one_less_than_the_threshold() -> None:
    assert [people for people in range(8) if is_a_few(people, T)] == [1, 2, 3, 4]
