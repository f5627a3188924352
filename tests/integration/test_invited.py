"""A wave of people on a known list: ranges shrink with the share that answered; a wrong list corrects nothing."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.safe import SafeFigure
from feedback_app.domain.scoring.intervals import wilson_interval
from feedback_app.services import counting
from feedback_app.services.comparing import compare_waves
from feedback_app.services.summarising import summarise_wave
from feedback_app.services.wave_summary import WaveSummary
from feedback_app.store import waves
from feedback_app.store.tables import Wave
from tests.support.summaries import SCOPE, add_answers, add_wave, some_answers


def summed_up(db: Session, invited: int | None, answers: int = 150) -> WaveSummary:
    """Return the summary of a wave with so many answers, of a list of so many people."""
    wave = add_wave(db)
    add_answers(db, wave, some_answers(answers))
    waves.set_invited(db, wave.id, invited)
    db.commit()
    found = summarise_wave(db, SCOPE, "autumn", Policy(), "en_GB")
    db.rollback()
    return found


def figure(found: WaveSummary, item: str) -> SafeFigure:
    """Return an item's headline."""
    return next(table.figures[0] for table in found.release if table.code == item)


def test_the_range_of_a_question_that_everybody_was_asked_is_that_of_the_list(db: Session) -> None:
    answered = summed_up(db, 200)
    yes = sum(sheet["TS04"] in (4, 5) for sheet in some_answers(150))
    interval = wilson_interval(yes, 150, population=200)
    shown = figure(answered, "TS04")
    assert shown.of_list
    assert (shown.low, shown.high) == (round(100 * interval.low), round(100 * interval.high))
    assert shown.high - shown.low < 10  # 15 without the list
    told = answered.as_dict()["invited"]
    assert told == {"people": 200, "percent_answered": 75, "too_short": False}


def test_a_question_that_only_some_were_asked_has_no_list(db: Session) -> None:
    shown = figure(summed_up(db, 160), "TS03")
    assert not shown.of_list
    assert shown.high - shown.low > 15


def test_a_whole_list_that_answered_keeps_a_small_range_so_that_nobody_missing_is_not_told(db: Session) -> None:
    shown = figure(summed_up(db, 150), "TS04")
    interval = wilson_interval(145 * shown.value / 100, 145, population=150)
    assert (shown.low, shown.high) == (round(100 * interval.low), round(100 * interval.high))
    assert 0 < shown.high - shown.low < 5


def test_a_list_shorter_than_the_answers_is_told_and_corrects_nothing(db: Session) -> None:
    found = summed_up(db, 149)
    assert found.as_dict()["invited"] == {"people": 149, "percent_answered": None, "too_short": True}
    shown = figure(found, "TS04")
    assert shown.high - shown.low == pytest.approx(15, abs=1)


def test_a_small_list_is_corrected_by_rounded_counts_alone(db: Session) -> None:
    shown = figure(summed_up(db, 61, 58), "TS04")
    assert shown.of_list
    assert 0 < shown.high - shown.low < 20  # 28 without the list


def test_the_release_of_a_list_and_the_one_for_a_comparison_are_both_remembered(
    db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    summed_up(db, 200)
    later = add_wave(db, slug="later")
    db.execute(update(Wave).where(Wave.id == later.id).values(opens_on=date(2026, 11, 9)))
    add_answers(db, later, some_answers(150, seed=2))
    times = []
    plain = counting.protect
    monkeypatch.setattr(counting, "protect", lambda *given: (times.append(1), plain(*given))[1])
    for made in (2, 2):  # each wave for the comparison; that of the list is there already
        summarise_wave(db, SCOPE, "autumn", Policy(), "en_GB")
        compare_waves(db, SCOPE, "later", "autumn", Policy(), language="en_GB")
        assert len(times) == made
    db.rollback()


def test_waves_that_are_compared_are_never_corrected(db: Session) -> None:
    alone = figure(summed_up(db, 151), "TS04")
    later = add_wave(db, slug="later")
    db.execute(update(Wave).where(Wave.id == later.id).values(opens_on=date(2026, 11, 9)))
    add_answers(db, later, some_answers(150, seed=2))
    compared = compare_waves(db, SCOPE, "later", "autumn", Policy(), language="en_GB")
    db.rollback()
    change = next(change for family in compared.families for change in family.changes if change.code == "TS04")
    assert alone.high - alone.low < 5
    assert change.before.high - change.before.low == pytest.approx(15, abs=1)
