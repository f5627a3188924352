"""`demo seed`: two waves a survey with invented answers that follow the rules, and differences of a known size."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback_app.domain.answers import AnswerSheet, unknown_answers
from feedback_app.domain.demonstration import Planted, ScaledItem, disagreements, true_shares
from feedback_app.domain.instrument import Instrument, NpsItem
from feedback_app.domain.missing import Missing
from feedback_app.domain.routing import items_asked
from feedback_app.domain.scoring.families import Verdict
from feedback_app.domain.voices import BROUGHT_IN
from feedback_app.services.accounts import DEMONSTRATION_STAFF
from feedback_app.services.comparing import compare_waves
from feedback_app.services.demonstrating import seed_survey
from feedback_app.services.demonstration_words import ELSEWHERE, FLAGGED, FLAGGED_YOUNG, compose_comment
from feedback_app.services.inventing import invent_sheet, points_for
from feedback_app.store.accounts import User
from feedback_app.store.comment_tables import (
    HELD,
    OPEN,
    ClearedQuote,
    Comment,
    CommentReading,
    SafeguardingEntry,
    Tagging,
    Voice,
)
from feedback_app.store.responses import decode_answers
from feedback_app.store.tables import Collector, Response, Wave
from tests.support.commands import CommandLine


@pytest.fixture
def run(database_url: str) -> CommandLine:
    """Commands on a migrated database, with the real surveys, as a demonstration."""
    return CommandLine(database_url, demonstration="true")


def test_every_survey_gets_a_closed_wave_and_an_open_one(run: CommandLine, db: Session) -> None:
    printed = run.must("demo", "seed")
    listed = json.loads(run.must("wave", "list", "--format", "json"))
    surveys = {one["survey"] for one in listed}
    assert {(one["survey"], one["state"]) for one in listed} == {
        (s, state) for s in surveys for state in ("open", "closed")
    }
    assert all(one["demonstration"] for one in listed)
    parents = {one["state"]: one["responses"] for one in listed if one["survey"] == "send-parents"}
    assert parents == {"closed": 310, "open": 345}
    assert "Sign in as send.team@example.org with the password" in printed
    assert sorted(db.scalars(select(User.email))) == sorted(DEMONSTRATION_STAFF)
    assert (db.scalar(select(func.count()).select_from(Collector)) or 0) >= 8


def test_what_people_say_is_screened_tagged_read_in_part_and_quoted(run: CommandLine, db: Session) -> None:
    printed = run.must("demo", "seed", "--answers", "60")
    assert "Other voices: " in printed
    comments = db.execute(select(Comment.id, Comment.words, Comment.standing, Comment.young, Comment.voice_id)).all()
    held = {one.id for one in comments if one.standing == HELD}
    assert len({one.words for one in comments}) > 200
    assert held
    assert {one.standing for one in comments} == {OPEN, HELD}
    entries = {row.comment_id: row for row in db.execute(select(SafeguardingEntry.__table__))}
    assert held == {key for key, entry in entries.items() if entry.flagged}
    assert {one.id for one in comments if one.young} <= set(entries)
    assert all(entry.flagged == (entry.read_on is None) for entry in entries.values())  # flags stay in the queue
    tagged = set(db.scalars(select(Tagging.comment_id)))
    assert tagged == {one.id for one in comments} - held
    read, quoted = set(db.scalars(select(CommentReading.comment_id))), set(db.scalars(select(ClearedQuote.comment_id)))
    assert 0.3 * len(tagged) < len(read) < 0.8 * len(tagged)
    assert quoted < read
    assert quoted & {one.id for one in comments if one.voice_id}
    voices = db.execute(select(Voice.kind, Voice.demonstration)).all()
    assert {kind for kind, _made_up in voices} >= set(BROUGHT_IN)
    assert all(made_up for _kind, made_up in voices)
    lead = db.scalars(select(User.workstreams).where(User.email == "lead@example.org")).one()
    assert len(lead) == 1


def test_comments_go_with_the_question_and_with_the_mood_and_name_nobody_real() -> None:
    draw = Random("a test")
    well = {compose_comment(draw, "parent_carer", "going_well", 0) for _ in range(400)}
    change = {compose_comment(draw, "parent_carer", "needs_change", 0) for _ in range(400)}
    assert len(well) > 150
    assert len(change) > 200
    shared = well & change
    assert shared <= {*FLAGGED, *ELSEWHERE}
    assert not any("(" in words or "|" in words for words in well | change)
    happy = [compose_comment(Random(str(at)), "young_person", None, 2.0) for at in range(50)]
    unhappy = [compose_comment(Random(str(at)), "young_person", None, -2.0) for at in range(50)]
    assert set(happy) & set(unhappy) <= set(FLAGGED_YOUNG)


def test_invented_decisions_are_never_made_beside_real_answers(run: CommandLine, db: Session) -> None:
    run.must("wave", "open", "--survey", "helpline", "--slug", "helpline-real")
    assert "Other voices" not in run.must("demo", "seed", "--answers", "3")
    assert db.scalar(select(func.count()).select_from(CommentReading)) == 0


def test_seeding_twice_changes_nothing(run: CommandLine, db: Session) -> None:
    run.must("demo", "seed", "--answers", "3")
    before = set(db.scalars(select(Response.id)))
    db.rollback()
    run.must("demo", "seed", "--answers", "9")
    assert set(db.scalars(select(Response.id))) == before
    assert db.scalar(select(func.count()).select_from(User)) == len(DEMONSTRATION_STAFF)


def test_a_survey_that_has_a_wave_is_left_alone(run: CommandLine, db: Session) -> None:
    run.must("wave", "open", "--survey", "helpline", "--slug", "helpline-real")
    run.must("demo", "seed", "--answers", "2")
    assert list(db.scalars(select(Wave.slug).where(Wave.survey_slug == "helpline"))) == ["helpline-real"]


def test_real_answers_never_get_invented_ones_beside_them(database_url: str) -> None:
    refused = CommandLine(database_url, environment="production")("demo", "seed")
    assert refused.exit_code == 2
    assert "Invented answers have no place beside real ones" in refused.stderr


def test_without_the_setting_no_accounts_are_made(database_url: str, db: Session) -> None:
    CommandLine(database_url).must("demo", "seed", "--answers", "1")
    assert list(db.scalars(select(User))) == []


def test_invented_answers_keep_to_the_path_and_to_the_codes(run: CommandLine, app: Flask, db: Session) -> None:
    run.must("demo", "seed", "--answers", "25")
    shelf = app.config["PLACES"].only.shelf
    instruments = {
        document.instrument.slug: document.instrument
        for document in (shelf.load_document(name) for name in shelf.list_surveys())
    }
    rows = db.execute(select(Response, Wave).join(Wave, Response.wave_id == Wave.id)).all()
    assert len(rows) == 50 * len(instruments)
    for response, wave in rows:
        instrument = instruments[wave.survey_slug]
        answers = decode_answers(response.answers)
        context = json.loads(response.context) if response.context else {}
        asked = {item.id for item in items_asked(instrument, AnswerSheet(answers, {}, context), wave.texts_open)}
        assert {item for item, answer in answers.items() if answer != Missing.NOT_SHOWN} == asked
        shown = {item: answer for item, answer in answers.items() if item in asked}
        assert unknown_answers(instrument, AnswerSheet(shown)) == []
        assert wave.opens_on <= response.week <= date.today()  # noqa: DTZ011 - a day, compared with days
        assert response.week.weekday() == 0


def favourable_codes(item: ScaledItem) -> set[int]:
    """Return the codes of an item that count as favourable (of an NPS item: promoters)."""
    if isinstance(item, NpsItem):
        return {9, 10}
    return set(item.bottom if getattr(item, "reverse_coded", False) else item.top)


def true_share(instrument: Instrument, planted: Planted, item: ScaledItem, told: AnswerSheet, this_year: bool) -> float:
    """Return the true favourable share, 0 to 100, of people with these answers; all shares are positive and add up."""
    shares = dict(true_shares(instrument, item, points_for(instrument, planted, item, told, this_year)))
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) > 0
    return 100 * sum(shares[code] for code in favourable_codes(item))


def test_the_planted_difference_is_exactly_as_large_as_the_file_says(app: Flask) -> None:
    shelf = app.config["PLACES"].only.shelf
    demonstration = shelf.load_demonstration()
    own = demonstration.changes.surveys
    for name in shelf.list_surveys():
        instrument, planted = shelf.load_document(name).instrument, demonstration.of(name)
        assert list(disagreements(planted, instrument)) == []
        for item in instrument.items.values():
            if isinstance(item, ScaledItem):
                said = own[name].get(item.id, 0) if name in own else demonstration.changes.types.get(item.type, 0)
                for help_plan in (1, 2, 3):
                    told = AnswerSheet({"PC02": help_plan})
                    now, before = (true_share(instrument, planted, item, told, year) for year in (True, False))
                    assert now - before == pytest.approx(said)


def test_the_parents_survey_holds_large_changes_a_fall_and_mostly_none(app: Flask) -> None:
    shelf = app.config["PLACES"].only.shelf
    instrument, planted = shelf.load_document("send_parents").instrument, shelf.load_demonstration().of("send_parents")
    rated = [item for item in instrument.items.values() if isinstance(item, ScaledItem)]
    assert {item.id: change for item in rated if (change := planted.change_of(item))} == {
        "PC14": 12, "PC15": 14, "PC20": 9,
    }  # fmt: skip
    useful = instrument.items["PC19"].figures["useful"]  # type: ignore[union-attr]
    shares = []
    for this_year in (True, False):
        weights = planted.spreads["PC19"][0].weights_in(this_year)
        shares.append(100 * sum(weights[code] for code in useful.codes) / sum(weights[code] for code in useful.base))
    assert shares[0] - shares[1] == pytest.approx(-12)


def test_a_comparison_of_the_parents_waves_finds_what_was_planted_and_nothing_else(app: Flask, db: Session) -> None:
    shelf, scope = app.config["PLACES"].only.shelf, app.config["PLACES"].only.scope
    document, planted = shelf.load_document("send_parents"), shelf.load_demonstration().of("send_parents")
    seed_survey(db, scope, document, date(2026, 11, 21), "en_GB", planted=planted)
    db.commit()
    slugs = "send-parents-2026", "send-parents-2025"
    found = compare_waves(db, scope, *slugs, app.config["PLACES"].only.policy, language="en_GB")
    db.rollback()
    changes = {change.code: change for family in found.families for change in family.changes}
    told = {code: str(one.verdict) for code, one in changes.items() if one.verdict is not Verdict.NO_CLEAR_CHANGE}
    assert told == {"PC14": "higher", "PC15": "higher", "PC19": "lower", "PC20": "higher"}
    for code, points in {"PC14": 12, "PC15": 14, "PC19": -12, "PC20": 9, "PC06": 0, "PC12": 0}.items():
        low, high = changes[code].low, changes[code].high
        assert low is not None
        assert high is not None
        assert low <= points <= high


def test_with_many_answers_of_another_draw_ranges_hold_the_truth_and_planted_changes_are_found(
    app: Flask, db: Session
) -> None:
    shelf, scope = app.config["PLACES"].only.shelf, app.config["PLACES"].only.scope
    document, planted = shelf.load_document("send_parents"), shelf.load_demonstration().of("send_parents")
    another = planted.model_copy(update={"draw": 1})
    seed_survey(db, scope, document, date(2026, 11, 21), "en_GB", answers=3000, planted=another)
    db.commit()
    slugs = "send-parents-2026", "send-parents-2025"
    found = compare_waves(db, scope, *slugs, app.config["PLACES"].only.policy, language="en_GB")
    db.rollback()
    changes = {change.code: change for family in found.families for change in family.changes}
    planted_changes = {"PC14": 12, "PC15": 14, "PC19": -12, "PC20": 9}
    for code, points in planted_changes.items():
        assert changes[code].verdict == ("higher" if points > 0 else "lower")
    rated = {code: one for code, one in changes.items() if code in document.instrument.items}
    held = [(one.low or 0) <= planted_changes.get(code, 0) <= (one.high or 0) for code, one in rated.items()]
    assert len(held) > 30
    assert sum(held) >= 0.85 * len(held)  # 95% of them on average


def test_the_same_people_are_invented_on_every_day(app: Flask, db: Session) -> None:
    shelf, scope = app.config["PLACES"].only.shelf, app.config["PLACES"].only.scope
    document, planted = shelf.load_document("helpline"), shelf.load_demonstration().of("helpline")
    found = []
    for today in (date(2026, 11, 21), date(2031, 2, 3)):
        seed_survey(db, scope, document, today, "en_GB", planted=planted)
        found.append(Counter(db.scalars(select(Response.answers))))
        db.rollback()
    assert found[0] == found[1]


def test_families_with_a_plan_and_with_sen_support_differ_in_both_years(app: Flask) -> None:
    shelf = app.config["PLACES"].only.shelf
    instrument, planted = shelf.load_document("send_parents").instrument, shelf.load_demonstration().of("send_parents")
    for name in ("PC06", "PC20", "PC22"):
        item = instrument.items[name]
        assert isinstance(item, ScaledItem)
        for this_year in (True, False):
            plan, support = (
                true_share(instrument, planted, item, AnswerSheet({"PC02": code}), this_year) for code in (1, 3)
            )
            assert plan - support == pytest.approx(10)


def test_what_there_is_no_room_for_is_told(app: Flask) -> None:
    instrument = app.config["PLACES"].only.shelf.load_document("send_parents").instrument
    for planted, said in (
        (Planted(items={"PC15": 30}), "PC15 has no room for +30 points"),
        (
            Planted(items={"PC02": 5}),
            "send_parents has no rated question PC02 to plant a change in",
        ),
        (
            Planted(items={"PC99": 5}),
            "send_parents has no rated question PC99 to plant a change in",
        ),
        (
            Planted.model_validate({"items": {}, "leanings": [{"when": {"item": "PC77", "in": [1]}, "points": 3}]}),
            "a leaning depends on PC77, which send_parents does not ask",
        ),
    ):
        assert list(disagreements(planted, instrument)) == [said]


def test_invented_children_are_of_a_likely_age_and_learn_where_children_of_that_age_do(app: Flask) -> None:
    shelf = app.config["PLACES"].only.shelf
    instrument, planted = shelf.load_document("send_parents").instrument, shelf.load_demonstration().of("send_parents")
    draw = Random("a test")
    sheets = [invent_sheet(instrument, draw, date(2026, 11, 2), True, planted).answers for _ in range(3000)]
    ages = Counter(sheet["PC01"] for sheet in sheets)
    for codes, share in (((1,), 0.12), ((2,), 0.40), ((3, 4), 0.35), ((5, 6), 0.13)):
        assert sum(ages[code] for code in codes) / len(sheets) == pytest.approx(share, abs=0.03)
    places = Counter((sheet["PC01"], sheet["PC04"]) for sheet in sheets)
    school = (2, 3, 4, 6, 7, 8, 10)  # no nursery, no college, not "not old enough yet"
    assert all(places[2, place] == 0 for place in (1, 5, 9, 11))
    assert sum(places[2, place] for place in school) == ages[2]
    assert all(places[age, 11] == 0 for age in (2, 3, 4, 5, 6))
    of_all = Counter(sheet["PC04"] for sheet in sheets)
    assert (of_all[2] + of_all[4]) / len(sheets) > 0.6
    assert 0 < of_all[1] / len(sheets) < 0.1


def test_what_the_seed_writes_follows_the_spreads(run: CommandLine, db: Session) -> None:
    run.must("demo", "seed", "--answers", "60")
    rows = db.scalars(select(Response.answers).join(Wave).where(Wave.survey_slug == "send-parents"))
    answers = [decode_answers(packed) for packed in rows]
    assert len(answers) == 120
    assert not [one for one in answers if one["PC01"] in (2, 3, 4) and one["PC04"] in (1, 5, 9, 11)]


def test_spreads_move_no_rating_off_its_planted_share(app: Flask) -> None:
    shelf = app.config["PLACES"].only.shelf
    for name in shelf.list_surveys():
        items = shelf.load_document(name).instrument.items
        spread = [items[item] for item in shelf.load_demonstration().of(name).spreads]
        assert not [item.id for item in spread if isinstance(item, ScaledItem)]


def test_many_invented_answers_come_close_to_the_shares_they_are_drawn_from(app: Flask) -> None:
    instrument = app.config["PLACES"].only.shelf.load_document("helpline").instrument
    item = instrument.items["HL1"]
    draw = Random("a test")
    sheets = [invent_sheet(instrument, draw, date(2026, 11, 2), True) for _ in range(4000)]
    given = [answer for sheet in sheets if (answer := sheet.answers["HL1"]) > 0]
    assert isinstance(item, ScaledItem)
    for code, share in true_shares(instrument, item):
        assert given.count(code) / len(given) == pytest.approx(share, abs=0.03)
