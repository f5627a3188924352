"""Laws of the audit log's chain: whatever is changed, taken out, put in between or moved is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feedback_app.domain.audit_chain import (
    FIRST,
    START,
    Broken,
    Entry,
    Link,
    hash_of,
    read_link,
    verify,
)

Chain = list[tuple[Entry, str]]
WORDS = st.text(max_size=12)
MOMENTS = st.integers(0, 10**15).map(lambda after: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(microseconds=after))
TOLD = st.lists(st.tuples(MOMENTS, WORDS, WORDS, WORDS, WORDS), min_size=1, max_size=7)
LAW = settings(max_examples=80)


def chain_of(told: list[tuple[datetime, str, str, str, str]]) -> Chain:
    """Return a chain that holds."""
    made: Chain = []
    before = FIRST
    for number, (at, actor, action, subject, reason) in enumerate(told, 1):
        entry = Entry("a", number, at, actor, action, subject, reason, before)
        before = hash_of(entry)
        made.append((entry, before))
    return made


CHAINS = TOLD.map(chain_of)


@LAW
@given(CHAINS)
def test_a_chain_as_it_was_written_holds_and_its_last_link_is_told(chain: Chain) -> None:
    found = verify(iter(chain))
    assert found.broken is None
    assert found.entries == len(chain)
    assert found.last == Link(len(chain), chain[-1][1])


@LAW
@given(CHAINS, st.data())
def test_a_changed_part_of_an_entry_is_found_there(chain: Chain, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    name = data.draw(st.sampled_from(["partnership", "actor", "action", "subject", "reason"]))
    entry, kept = chain[at]
    changed = data.draw(WORDS)
    assume(changed != getattr(entry, name))
    chain[at] = replace(entry, **{name: changed}), kept
    assert verify(chain).broken == Broken(at + 1, "changed")


@LAW
@given(CHAINS, st.data())
def test_another_moment_is_found(chain: Chain, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain) - 1))
    entry, kept = chain[at]
    chain[at] = replace(entry, at=entry.at + timedelta(microseconds=data.draw(st.integers(1, 10**9)))), kept
    assert verify(chain).broken == Broken(at + 1, "changed")


@LAW
@given(CHAINS, st.data())
def test_a_changed_entry_with_a_hash_made_anew_is_found_at_the_next_or_by_what_was_noted(
    chain: Chain, data: st.DataObject
) -> None:
    noted = Link(len(chain), chain[-1][1])
    at = data.draw(st.integers(0, len(chain) - 1))
    entry = replace(chain[at][0], reason=chain[at][0].reason + "!")
    chain[at] = entry, hash_of(entry)
    last = at == len(chain) - 1
    assert verify(chain, noted).broken == (Broken(at + 1, "rewritten") if last else Broken(at + 2, "moved"))


@LAW
@given(TOLD, st.data())
def test_a_log_written_anew_from_somewhere_on_is_found_by_what_was_noted(
    told: list[tuple[datetime, str, str, str, str]], data: st.DataObject
) -> None:
    chain = chain_of(told)
    at = data.draw(st.integers(0, len(chain) - 1))
    anew = chain_of([*told[:at], (*told[at][:4], told[at][4] + "!"), *told[at + 1 :]])
    assert verify(anew).broken is None
    assert verify(anew, Link(len(chain), chain[-1][1])).broken == Broken(len(chain), "rewritten")


@LAW
@given(CHAINS, st.data())
def test_an_entry_taken_out_is_found(chain: Chain, data: st.DataObject) -> None:
    noted = Link(len(chain), chain[-1][1])
    at = data.draw(st.integers(0, len(chain) - 1))
    del chain[at]
    assert verify(chain, noted).broken == Broken(at + 1, "missing" if at < len(chain) else "cut")


@LAW
@given(CHAINS, st.data())
def test_a_cut_tail_is_found_by_what_was_noted(chain: Chain, data: st.DataObject) -> None:
    noted = Link(len(chain), chain[-1][1])
    left = data.draw(st.integers(0, len(chain) - 1))
    assert verify(chain[:left]).broken is None
    assert verify(chain[:left], noted).broken == Broken(left + 1, "cut")


@LAW
@given(CHAINS, st.data())
def test_what_was_noted_at_any_time_is_still_there_in_a_chain_that_grew(chain: Chain, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain)))
    noted = Link(at, chain[at - 1][1]) if at else START
    assert verify(chain, noted).broken is None


@LAW
@given(CHAINS, st.data())
def test_two_entries_that_changed_places_are_found(chain: Chain, data: st.DataObject) -> None:
    assume(len(chain) > 1)
    first = data.draw(st.integers(0, len(chain) - 2))
    second = data.draw(st.integers(first + 1, len(chain) - 1))
    one, other = chain[first], chain[second]
    swapped = [*chain]
    swapped[first], swapped[second] = other, one
    assert verify(swapped).broken == Broken(first + 1, "missing")
    swapped[first] = replace(other[0], number=one[0].number), other[1]
    swapped[second] = replace(one[0], number=other[0].number), one[1]
    found = verify(swapped).broken
    assert found is not None
    assert found.number == first + 1


@LAW
@given(CHAINS, st.data())
def test_an_entry_put_in_between_is_found(chain: Chain, data: st.DataObject) -> None:
    noted = Link(len(chain), chain[-1][1])
    at = data.draw(st.integers(0, len(chain)))
    before = chain[at - 1][1] if at else FIRST
    entry = Entry("a", at + 1, datetime(2026, 1, 1, tzinfo=UTC), "who", "what", "with", "why", before)
    grown = [*chain[:at], (entry, hash_of(entry)), *chain[at:]]
    if at == len(chain):
        assert verify(grown, noted).broken is None  # at the end it is simply a new entry
    else:
        expected = "rewritten" if at + 1 == len(chain) else "added"
        assert verify(grown, noted).broken == Broken(at + 1, expected)
    moved_on = [(replace(entry, number=entry.number + 1), kept) for entry, kept in chain[at:]]
    if moved_on:
        found = verify([*chain[:at], (entry, hash_of(entry)), *moved_on]).broken
        assert found == Broken(at + 2, "moved")


def test_an_entry_numbered_nought_is_none_of_ours() -> None:
    entry = Entry("a", 0, datetime(2026, 1, 1, tzinfo=UTC), "", "", "", "", FIRST)
    assert verify([(entry, hash_of(entry))]).broken == Broken(0, "added")


def test_a_moment_counts_wherever_its_clock_stood() -> None:
    at = datetime(2026, 6, 1, 12, 30, 15, 250, UTC)
    entry = Entry("a", 1, at, "who", "what", "with", "why", FIRST)
    assert hash_of(entry) == hash_of(replace(entry, at=at.astimezone(timezone(timedelta(hours=1)))))
    assert hash_of(entry) == hash_of(replace(entry, at=at.replace(tzinfo=None)))


def test_what_is_noted_can_be_read_again() -> None:
    link = Link(120, "0123456789abcdef" * 4)
    assert read_link(f" {str(link).upper()}\n") == link
    assert read_link(str(START)) == START


@pytest.mark.parametrize(
    "text", ["", "12", "12:", f"12:{FIRST[1:]}", f"-1:{FIRST}", f"1 2:{FIRST}", f"٣:{FIRST}", f"{'9' * 30}:{FIRST}"]
)
def test_what_nobody_can_have_noted_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_link(text)


def test_a_start_that_was_never_written_is_found() -> None:
    assert verify([], Link(0, "f" * 64)).broken == Broken(0, "rewritten")
    assert verify([]).last == START
