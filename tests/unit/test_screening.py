"""Screening: what may speak of danger is found however it is written; what looks like it and is none, mostly not."""

from __future__ import annotations

import csv
import pickle
import time
from pathlib import Path

import pytest

from feedback_app.adapters.screening_file import find_screening, load_screening
from feedback_app.adapters.yaml_lines import SurveyFileError
from feedback_app.domain.screening import OTHER_WRITING, Cues, Screener
from feedback_app.domain.screening_cues import CueWrong
from feedback_app.domain.screening_words import distance, tokens_of
from tests.support.surveys import LANCASHIRE

CASES = Path(__file__).resolve().parent.parent / "fixtures" / "screening_cases.csv"
HARMLESS = (
    "The taxi is always on time and the driver is kind.",
    "EHCP took 40 weeks and CAMHS discharged him with no plan.",
    "It was hit and miss. They hit the ground running.",
    "Nothing to add.",
    "The nurse was dead good and it did not hurt a bit.",
    "We had to fight for everything.",
    "My son loves his new school and has made friends.",
    "Waiting for an assessment without hearing anything is the hardest part.",
    "The SENCO kept in touch and rang us back the same day.",
    "She is learning to use a knife and fork.",
    "We had to jump through hoops for an OT report.",
    "The safeguarding training was clear and close to everyday work.",
    "They cut the funding and the hours were cut too.",
    "He had a panic attack about exams and they helped.",
    "Please answer emails, even if only to say when an answer will come.",
    "Szkoła jest dobra i pani jest miła.",
    "Profesoara este foarte amabila si ne ajuta mult.",
    "اسکول بہت اچھا ہے",
    "School bahut acha hai aur teacher madadgar hain.",
    "શાળા ખૂબ સારી છે",
    "ਸਕੂਲ ਬਹੁਤ ਵਧੀਆ ਹੈ",
)


@pytest.fixture(scope="module")
def screener() -> Screener:
    found = find_screening(LANCASHIRE / "screening.yaml")
    assert found is not None
    return found.screener


def small(*cues: str, **more: object) -> Screener:
    """Return a screener with these cues alone."""
    category = {"danger": {"name": "Danger", "cues": {"en": cues}}}
    return Screener(Cues.model_validate({"version": 1, "categories": category, **more}))


def test_every_case_collected_is_flagged(screener: Screener) -> None:
    with CASES.open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    missed = [case["words"] for case in cases if not screener.screen(case["words"]).flagged]
    assert missed == []
    assert len(cases) >= 300
    assert {case["language"] for case in cases} == {"en", "pl", "ur", "ro", "gu", "pa"}


def test_capitals_curly_apostrophes_and_missing_accents_change_nothing(screener: Screener) -> None:
    for words in ("I DON’T WANT TO BE HERE ANYMORE", "i don`t want to be here anymore", "Corka sie tnie"):
        assert screener.screen(words).flagged


def test_what_looks_like_danger_and_is_none_is_let_through(screener: Screener) -> None:
    assert [words for words in HARMLESS if screener.screen(words).flagged] == []


def test_a_flag_says_which_words_raised_it(screener: Screener) -> None:
    words = "The school is fine. But my step dad hits me when mum is at work."
    (cue, *_rest) = [one for one in screener.screen(words).cues if one.category == "harm_by_others"]
    assert "hits me" in words[cue.start : cue.end]


def test_words_in_letters_that_no_cue_knows_go_to_a_person(screener: Screener) -> None:
    (cue,) = screener.screen("Моя дочка дуже рада, дякуємо школі").cues
    assert cue.category == OTHER_WRITING
    assert not screener.screen("Thank you 😀 très bien £5 → ok").flagged


@pytest.mark.parametrize(("words", "read_first"), [
    ("ننتظر منذ سنتين ولا أحد يرد علينا", True),  # Arabic: we have been waiting for two years and nobody answers
    ("دو سال است که منتظریم", True),  # Persian: it is two years that we wait
    ("ہم دو سال سے انتظار کر رہے ہیں", False),  # Urdu: we have been waiting for two years
])  # fmt: skip
def test_words_of_a_language_without_cues_go_to_a_person_though_another_shares_its_letters(
    screener: Screener, words: str, read_first: bool
) -> None:
    assert screener.screen(words).flagged is read_first


def test_somebody_who_asks_to_be_rung_is_noticed_and_not_flagged(screener: Screener) -> None:
    found = screener.screen("Please can somebody call me about the transport.")
    assert found.asks_contact
    assert not found.flagged
    assert not screener.screen("The transport was late.").asks_contact


def test_no_text_however_odd_takes_long(screener: Screener) -> None:
    odd = ("hit him ", "want to ", "a ", "x", "અ", "no food ", "'", "my ", "i want my dad to not be ")
    begun = time.process_time()
    for part in odd:
        screener.screen((part * 100_000)[:100_000])
    assert time.process_time() - begun < 60  # twenty times what it takes; a walk that went back would take hours


def test_a_row_of_signs_takes_no_longer_than_as_many_words(screener: Screener) -> None:
    begun = time.process_time()
    found = screener.screen("!" * 100_000 + "x. I want to die")
    assert time.process_time() - begun < 5  # a hundredth of a second; minutes where each sign is a new beginning
    assert found.flagged


def test_a_screener_goes_to_another_process(screener: Screener) -> None:
    assert pickle.loads(pickle.dumps(screener)).screen("i want to die").flagged


@pytest.mark.parametrize(
    ("cue", "found", "not_found"),
    [
        ("very sad", "I am VERY  sad.", "very very glad, sad"),
        ("harm*", "self harming", "charm"),
        ("(sad|so low|blue*)", "so low", "so high"),
        ("sad now?", "sad", "now"),
        ("he .. sad", "he is so very sad", "he is so very much too sad"),
        ("he ..5 sad", "he is so very much too sad", "he. Sad"),
        ("~strangled", "stranggled", "angled"),
        ("<feel> (bad|(very|so) low)", "feels very low", "feels very bad"),
    ],
)
def test_cues_are_found_as_they_are_written(cue: str, found: str, not_found: str) -> None:
    screener = small(cue, sets={"feel": ["feel", "feels"]})
    assert screener.screen(found).flagged
    assert not screener.screen(not_found).flagged


def test_what_lies_inside_a_never_raises_no_flag() -> None:
    screener = small("hit", never=["hit (and|or) miss"])
    assert not screener.screen("it was hit and miss").flagged
    assert screener.screen("it was hit and miss, and he hit").flagged


@pytest.mark.parametrize("cue", ["", "..", "(sad", "sad)", "?", "<nothing>", "~sad", "sad & low"])
def test_a_cue_that_cannot_be_read_is_refused(cue: str) -> None:
    with pytest.raises(CueWrong):
        small(cue)


def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "screening.yaml"
    file.write_text("version: 1\ncategories:\n  danger: {name: Danger, cues: {en: ['(sad']}}\n", encoding="utf-8")
    with pytest.raises(SurveyFileError, match=r"screening\.yaml:2: .*leaves a bracket open"):
        load_screening(file)
    assert load_screening(tmp_path / "none.yaml") is None


def test_letters_that_stand_alone_are_one_word() -> None:
    assert [token.text for token in tokens_of("k m s now")] == ["kms", "now"]
    assert [token.text for token in tokens_of("I am")] == ["i", "am"]


def test_slips_are_counted() -> None:
    assert distance("suicidal", "suicdial") == 1  # two letters that changed places
    assert distance("kitten", "sitting") == 3
