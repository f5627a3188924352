"""Other voices: a table is read row by row, each told of; consent in order; the same row is known again."""

from __future__ import annotations

from datetime import date

import pytest

from feedback_app.domain.coding import Coding
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.voice_rows import TableWrong, read_month, read_table
from feedback_app.domain.voices import Consent, NewVoice, Teller, VoiceKind, WhyNot, may_change

TODAY = date(2026, 11, 16)
DISTRICTS = {"hill end": 3}
HEADING = "kind\tmonth\twho\tconsent\tdistrict\tfrom\twords\n"


def one(row: str) -> tuple[NewVoice | None, tuple[WhyNot, ...]]:
    (found,) = read_table(HEADING + row, DISTRICTS, TODAY)
    return found.voice, found.wrong


def test_a_row_of_a_spreadsheet_is_read_by_codes_or_by_words() -> None:
    expected = NewVoice(
        VoiceKind.FOCUS_GROUP, "It helps.\nA lot.", Teller.PARENT_CARER, date(2026, 5, 1), Consent.QUOTE, 3, "Morning"
    )
    for kind, month, who, consent in (
        ("focus_group", "2026-05", "parent_carer", "quote"),
        ("Focus group", "May 2026", "A parent or carer", "Quote without a name"),
        (" FOCUS-GROUP ", "14/05/2026", "parent or carer", "QUOTE"),
    ):
        row = f'{kind}\t{month}\t{who}\t{consent}\tHill End\tMorning\t"It helps.\nA lot."\n'
        assert one(row) == (expected, ())


def test_months_are_understood_and_no_nearer_day_is_kept() -> None:
    for said in ("2026-05", "2026-05-31", "05/2026", "31/05/2026", "may 2026", "May-26", "2026/5", " Sept 2026 "):
        assert read_month(said) in (date(2026, 5, 1), date(2026, 9, 1))
    for said in ("", "2026", "13/2026", "2026-00", "May", "05/31/2026", "9" * 400, "٢٠٢٦-٠٥", "1999-05", "soon 2026"):
        assert read_month(said) is None


def test_what_is_wrong_with_a_row_is_all_told_and_the_others_are_kept() -> None:
    text = HEADING + (
        "story\t2026-05\tparent_carer\tcount\t\t\tGood.\n"
        "gossip\t2027-01\t\tsell\tNowhere\t\t\n"
        "\t\t\t\t\t\t\n"
        f"helpline\t2026-05\tstaff\t\t\t\t{'x' * 20_001}\n"
        "helpline\t2026-05\tstaff\t\t\t\tAsked for help.\n"
    )
    rows = read_table(text, DISTRICTS, TODAY)
    assert [(row.number, row.wrong) for row in rows] == [
        (2, ()),
        (3, (WhyNot.KIND, WhyNot.WORDS, WhyNot.TELLER, WhyNot.LATER, WhyNot.DISTRICT, WhyNot.CONSENT)),
        (5, (WhyNot.LONG,)),
        (6, ()),
    ]
    last = rows[-1].voice
    assert last is not None
    assert last.consent is Consent.COUNT  # an empty consent is the least


def test_nobody_brings_in_what_was_taken_back() -> None:
    assert one("story\t2026-05\tstaff\twithdrawn\t\t\tGood.\n") == (None, (WhyNot.CONSENT,))


def test_a_table_that_cannot_be_read_is_refused_with_a_reason() -> None:
    for text, reason, about in (
        ("", "empty", ""),
        ("kind,month\nstory,2026-05\n", "columns", "who, words"),
        ("kind,month,who,words,name\n", "unknown", "name"),
        ("kind,month,who,words,,from\n", "unknown", "5"),
        ("kind,month,who,words,who\n", "twice", "who"),
        ('kind,month,who,words\nstory,2026-05,staff,"never closed\n', "quotes", ""),
        ("kind;month;who;words\n" + "story;2026-05;staff;Good.\n" * 1001, "rows", ""),
    ):
        with pytest.raises(TableWrong) as refused:
            read_table(text, DISTRICTS, TODAY)
        assert (refused.value.reason, refused.value.about) == (reason, about)


def test_the_same_row_is_known_again_and_the_same_said_twice_counts_twice() -> None:
    row = "helpline,2026-05,staff,Asked for help.\n"
    found = [row.voice for row in read_table("kind,month,who,words\n" + 2 * row, {}, TODAY)]
    again = [
        row.voice for row in read_table("who,words,kind,month\nstaff,asked  for HELP.,helpline,05/2026\n", {}, TODAY)
    ]
    assert [voice and voice.again for voice in found] == [0, 1]
    marks = [voice.mark for voice in [*found, *again] if voice]
    assert marks[0] != marks[1]
    assert marks[0] == marks[2]


def test_consent_goes_from_nothing_to_the_whole_and_what_is_taken_back_stays_so() -> None:
    assert [consent.may_be_quoted for consent in Consent] == [False, False, True, True]
    assert Consent.PUBLISH.reaches(Consent.QUOTE)
    assert not Consent.COUNT.reaches(Consent.QUOTE)
    assert may_change(Consent.COUNT, Consent.PUBLISH)
    assert not may_change(Consent.WITHDRAWN, Consent.COUNT)


def test_small_numbers_of_voices_are_not_shown_and_others_are_rounded() -> None:
    import uuid

    from feedback_app.services.voices import KindCount, Told, count_kinds

    def told(kind: VoiceKind, number: int) -> list[Told]:
        coding = Coding()
        return [Told(uuid.uuid4(), kind, Teller.STAFF, Consent.COUNT, coding) for _ in range(number)]

    counts = count_kinds([*told(VoiceKind.STORY, 9), *told(VoiceKind.HELPLINE, 23)], Policy())
    assert counts == {VoiceKind.STORY: KindCount(None, 10), VoiceKind.HELPLINE: KindCount(25, 10)}
