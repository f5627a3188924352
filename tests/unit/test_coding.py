"""What holds for a comment: the third look, what two agree on, one reading, or what the tagger is sure of."""

from __future__ import annotations

from feedback_app.domain.coding import (
    Coding,
    Feeling,
    Purpose,
    Reading,
    Said,
    State,
    Suggestion,
    Tagged,
    Valence,
    settle,
)

WELL, CHANGE = Valence.GOING_WELL, Valence.NEEDS_CHANGE
TAGGED = Tagged(
    "en",
    State.REVIEW,
    Feeling(CHANGE, 0.9),
    (Suggestion("TAXI", 0.9, State.SURE, "cues"), Suggestion("INFO", 0.5, State.REVIEW, "cues")),
)


def reads(
    who: str, *themes: str, valence: Valence | None = CHANGE, purpose: Purpose = Purpose.QUEUE, unsure: bool = False
) -> Reading:
    said = tuple((theme, Said.YES) for theme in themes)
    return Reading(who, purpose, (*said, ("NEVER", Said.NO), ("PERHAPS", Said.UNSURE)), valence, unsure)


def test_unread_only_what_the_tagger_is_sure_of_holds_and_nobody_has_checked_it() -> None:
    assert settle([], TAGGED) == Coding(frozenset({"TAXI"}), CHANGE)


def test_in_a_language_that_only_a_person_reads_nothing_holds_before_one_has() -> None:
    assert settle([], Tagged("pl", State.PERSON, None, TAGGED.suggestions)) == Coding()
    assert settle([]) == Coding()


def test_one_sure_reader_decides_and_what_they_refuse_or_doubt_does_not_hold() -> None:
    assert settle([reads("a", "INFO")], TAGGED) == Coding(frozenset({"INFO"}), CHANGE, checked=True, readers=("a",))


def test_a_reader_who_cannot_tell_decides_nothing() -> None:
    assert settle([reads("a", "INFO", unsure=True)], TAGGED) == settle([], TAGGED)
    assert settle([reads("a", unsure=True), reads("b", "INFO")], TAGGED).readers == ("b",)


def test_two_who_agree_have_checked_it() -> None:
    found = settle([reads("a", "INFO"), reads("b", "INFO")])
    assert (found.themes, found.valence, found.checked, found.disputed) == ({"INFO"}, CHANGE, True, False)


def test_two_who_differ_leave_what_both_see_and_it_is_disputed() -> None:
    found = settle([reads("a", "INFO", "TAXI"), reads("b", "INFO")])
    assert (found.themes, found.checked, found.disputed) == ({"INFO"}, False, True)
    found = settle([reads("a", "INFO"), reads("b", "INFO", valence=WELL)])
    assert (found.themes, found.valence, found.checked, found.disputed) == ({"INFO"}, None, False, True)


def test_a_third_look_holds_unless_it_could_not_tell_either() -> None:
    two = [reads("a", "INFO", "TAXI"), reads("b", "INFO")]
    third = reads("c", "OTHER", valence=WELL, purpose=Purpose.THIRD)
    assert settle([*two, third]) == Coding(frozenset({"OTHER"}), WELL, checked=True, readers=("c",))
    assert settle([*two, reads("c", purpose=Purpose.THIRD, unsure=True)]).disputed
