"""The simulation of coverage draws what it says it draws, and notes what it says it notes."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_app.domain.population import MARGINS
from feedback_app.domain.scoring.changes import Change
from tests.benchmarks.chances import FIGURES, SHARE, Rates, Scenario, make_stage, note_verdicts
from tests.benchmarks.populations import ITEMS, PROVISION, Answering, Leaning, draw_wave, make_frame, make_world
from tests.benchmarks.simulate_coverage import MIXED, exactly
from tests.support.surveys import real_survey

CERTAIN = {"method": "newcombe", "test": "pooled_z"}


def test_a_population_counts_whom_the_school_census_counts() -> None:
    world = make_world(Leaning(provision=0.2))
    for code, people in PROVISION.items():
        assert world.people[world.provision == code].sum() == pytest.approx(people)
    frame = make_frame(world)
    assert set(frame.margins) == set(MARGINS)
    for groups in frame.margins.values():
        assert sum(groups.values()) == pytest.approx(sum(PROVISION.values()), abs=6)


def test_the_truth_of_the_whole_is_the_mean_of_its_groups_by_their_size() -> None:
    world = make_world(Leaning(provision=0.2))
    plan, support = (100 * world.shares[:, world.provision == code].mean(axis=1) for code in (1, 2))
    assert plan - support == pytest.approx(np.full(ITEMS, 20))
    share = PROVISION[1] / sum(PROVISION.values())
    assert world.true_shares == pytest.approx(share * plan + (1 - share) * support)
    moved = make_world(Leaning(), (7,) * ITEMS).true_shares - make_world(Leaning()).true_shares
    assert moved == pytest.approx(np.full(ITEMS, 7))


def test_families_answer_at_the_rates_asked_for_and_say_what_their_group_thinks() -> None:
    world, random = make_world(Leaning(provision=0.2)), np.random.default_rng(1)
    waves = [draw_wave(world, Answering(), random) for _ in range(60)]
    for code, rate in ((1, 0.041), (2, 0.011)):
        number = np.mean([(wave.breakdowns["provision"] == code).sum() for wave in waves])
        assert number == pytest.approx(rate * PROVISION[code], rel=0.03)
    said = np.concatenate([wave.favourable[wave.breakdowns["provision"] == 1] for wave in waves]).mean(axis=0)
    assert said == pytest.approx(world.shares[:, world.provision == 1].mean(axis=1), abs=0.03)


def test_one_run_notes_every_figure_plain_and_weighted() -> None:
    stage = make_stage(Scenario("small", Leaning(provision=0.2), changes=MIXED), real_survey("send_parents"))
    plain, weighted, random = Rates(), Rates(), np.random.default_rng(1)
    for _ in range(8):
        stage.run(random, plain, weighted)
    for figure in FIGURES:
        assert len(plain.seen[figure]) == 8
    assert weighted.percent(SHARE) > plain.percent(SHARE) + 30  # families with a plan are heard twice their share
    assert weighted.percent("design effect") > 100
    assert weighted.percent("+14") >= weighted.percent("+5")


def test_a_verdict_where_nothing_changed_or_the_other_way_is_false() -> None:
    changes = [
        Change(9, 4, 14, 0.0001, **CERTAIN),
        Change(-9, -14, -4, 0.0001, **CERTAIN),
        Change(1, -4, 6, 0.7, **CERTAIN),
    ]
    for planted, false, found in (((9.0, -9.0, 0.0), 0, 1), ((9.0, 0.0, 0.0), 0.5, 1), ((-9.0, -9.0, 9.0), 0.5, 0)):
        rates = Rates()
        note_verdicts(rates, changes, planted)
        assert rates.seen["false"] == [false]
        assert rates.seen[f"{planted[0]:+g}"][0] == (found if planted[0] > 0 else 0.5)


def test_the_exact_coverage_of_wilsons_interval_is_known() -> None:
    assert exactly(0.5, 10) == pytest.approx(97.85, abs=0.01)  # 2 to 8 of 10 hold one half: 1002 of 1024
