"""What is kept of waves in memory is found again in the same state only, and never takes more room than it may."""

from __future__ import annotations

from uuid import uuid4

from feedback_app.services.remembering import Memory


def test_a_wave_is_found_again_in_the_state_it_was_kept_in_and_in_no_other() -> None:
    memory, wave = Memory[str](room=3), uuid4()
    memory.keep(wave, (10, 0), "ten answers")
    assert memory.find(wave, (10, 0)) == "ten answers"
    assert memory.find(wave, (10, 1)) is None
    assert memory.find(uuid4(), (10, 0)) is None


def test_a_later_state_takes_the_place_of_the_earlier_one() -> None:
    memory, wave = Memory[str](room=3), uuid4()
    memory.keep(wave, (10, 0), "ten answers")
    memory.keep(wave, (11, 0), "eleven answers")
    assert memory.find(wave, (10, 0)) is None
    assert memory.find(wave, (11, 0)) == "eleven answers"


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    memory, first, second, third = Memory[int](room=2), uuid4(), uuid4(), uuid4()
    memory.keep(first, 0, 1)
    memory.keep(second, 0, 2)
    assert memory.find(first, 0) == 1
    memory.keep(third, 0, 3)
    assert [memory.find(wave, 0) for wave in (first, second, third)] == [1, None, 3]
