"""Protected figures in words: shares said aloud, how each figure was made, and how sure a score is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.instrument import Apart, FacesItem, Item, MultiItem, NpsItem, Option, RatingItem, SingleItem
from feedback_app.domain.missing import Missing
from feedback_app.domain.scoring.counts import Counts
from feedback_app.reports.asked import needs_review, percent_of_asked
from feedback_app.reports.item_tables import headlines_of
from feedback_app.web.team import phrases
from feedback_app.web.team.methods import method_of

POLICY = Policy()
DOES_NOT_APPLY = Apart(code=Missing.DOES_NOT_APPLY, label="Does not apply")
DO_NOT_KNOW = Apart(code=Missing.DONT_KNOW, label="I do not know")
POSSIBLE = frozenset({"skipped", "not_reached", "does_not_apply", "dont_know"})


@pytest.fixture(autouse=True)
def _translating() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="en_GB")
    with app.test_request_context():
        yield


def options(*labels: str, first: int = 1) -> tuple[Option, ...]:
    return tuple(Option(code=code, label=label) for code, label in enumerate(labels, first))


FIVE = options("Never", "Rarely", "Sometimes", "Often", "Always")
OFTEN = RatingItem(id="TS02", type="freq5", text="How often?", options=FIVE, apart=(DOES_NOT_APPLY,))
CHASED = RatingItem(id="TS03", type="freq5", text="Did you chase?", options=FIVE, reverse_coded=True)
PLEASED = RatingItem(
    id="TS04", type="csat5", text="Satisfied?", options=options("Very bad", "Bad", "So", "Good", "Top")
)
LIKELY = NpsItem(id="TS05", type="nps11", text="Likely?", options=options(*map(str, range(11)), first=0))
FACES = FacesItem(
    id="TS06", type="smiley3", text="Nice?", options=options("No", "A bit", "Yes"), apart=(DO_NOT_KNOW,), top=(3,),
    bottom=(1,),
)  # fmt: skip
PLAN = SingleItem.model_validate(
    {"id": "TS08", "type": "single", "text": "Useful?", "options": [o.model_dump() for o in options("A", "B", "C")],
     "figures": {"useful": {"label": "Found it useful", "codes": [1], "base": [1, 2]}}}
)  # fmt: skip
HELPED = MultiItem(id="TS09", type="multi", text="What helped?", options=options("Time", "Money"))


def table(item: Any, *counts: int, first: int = 1, answered: int | None = None, **missing: int) -> SafeTable:
    counted = Counts(dict(enumerate(counts, first)), missing, answered)
    several = isinstance(item, MultiItem)
    exact = ItemTable(item.id, item.type, counted, headlines_of(item), sensitive=item.sensitive, multi=several)
    return protect([exact], POLICY)[0]


def told(item: Item, protected: SafeTable) -> dict[str, str]:
    steps = method_of(item, protected, POSSIBLE, POLICY, minors=False)
    return {step.about: " ".join(step.sentences) for step in steps}


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "fewer than 1 in 20"), (4, "fewer than 1 in 20"), (5, "about 1 in 20"), (7, "about 1 in 20"),
        (8, "about 1 in 10"), (14, "about 1 in 10"), (15, "about 2 in 10"), (24, "about 2 in 10"),
        (34, "about 3 in 10"), (41, "about 4 in 10"), (44, "about 4 in 10"), (45, "about half"), (54, "about half"),
        (55, "about 6 in 10"), (84, "about 8 in 10"), (86, "about 9 in 10"), (92, "about 9 in 10"),
        (93, "about 19 in 20"), (95, "about 19 in 20"), (96, "more than 19 in 20"), (100, "more than 19 in 20"),
    ],
)  # fmt: skip
def test_a_share_is_said_as_people_say_it(share: int, said: str) -> None:
    assert phrases.in_ten(share) == said


def test_every_share_said_aloud_is_within_six_points_of_what_it_is() -> None:
    for share in range(101):
        words = phrases.in_ten(share)
        numbers = [int(part) for part in words.split() if part.isdigit()]
        spoken = 50 if words == "about half" else 100 * numbers[0] / numbers[1]
        assert abs(spoken - share) <= 6


def test_a_headline_says_its_share_both_ways() -> None:
    protected = table(OFTEN, 20, 30, 50, 40, 30)
    assert protected.headline is not None
    said = phrases.figure_sentence(OFTEN, protected.headline, first=True)
    assert said == "41% (about 4 in 10) answered “Often” or “Always” (range 34 to 49)."


def test_the_formula_names_the_answers_that_are_counted() -> None:
    said = told(OFTEN, table(OFTEN, 20, 30, 50, 40, 30))["How it is worked out"]
    assert said.startswith("How many people chose “Often” or “Always”, divided by all answers.")


def test_a_turned_question_counts_its_low_answers_and_says_so() -> None:
    said = told(CHASED, table(CHASED, 20, 30, 50, 40, 30))["How it is worked out"]
    assert "the low answers are the good news" in said
    assert "How many people chose “Never” or “Rarely”" in said


def test_a_satisfaction_score_explains_its_mean_and_that_it_has_no_range() -> None:
    said = told(PLEASED, table(PLEASED, 20, 30, 50, 40, 30))["How it is worked out"]
    assert "This share is called CSAT" in said
    assert "gives “Very bad” 0 points and “Top” 100" in said
    assert "It has no range." in said


def test_a_score_of_likelihood_names_its_own_interval() -> None:
    steps = told(LIKELY, table(LIKELY, *[10] * 11, first=0))
    assert "It runs from −100 to 100 and is not a share of people." in steps["How it is worked out"]
    assert "adjusted Wald" in steps["The range"]
    assert "Wilson" in told(OFTEN, table(OFTEN, 20, 30, 50, 40, 30))["The range"]


def test_faces_are_never_averaged_and_choices_add_up_to_more() -> None:
    assert "never take an average" in told(FACES, table(FACES, 20, 30, 60))["How it is worked out"]
    assert "more than 100%" in told(HELPED, table(HELPED, 60, 70, answered=100))["How it is worked out"]


def test_a_share_of_some_of_the_answers_says_of_which() -> None:
    said = told(PLAN, table(PLAN, 40, 50, 30))["How it is worked out"]
    assert "How many people chose “A”, divided by everybody who chose “A” or “B”." in said


def test_the_numbers_behind_a_figure_are_the_protected_ones() -> None:
    said = told(OFTEN, table(OFTEN, 20, 30, 51, 42, 3, does_not_apply=13))
    assert said["The numbers behind it"].startswith(
        "“Often” or “Always”: about 45 people. “Never” or “Rarely”: about 50 people. All answers that count: "
    )
    assert "Does not apply: about 9% of those asked." in said["Answers left out"]
    words = " ".join(said.values())
    assert not {"51", "42", "146", "13"} & set(words.replace(".", " ").split())


def test_which_rule_made_a_figure_follows_from_how_many_answered() -> None:
    many = told(OFTEN, table(OFTEN, 40, 40, 40, 40, 40))["Keeping people private"]
    few = told(OFTEN, table(OFTEN, 10, 10, 10, 10, 10))["Keeping people private"]
    assert "From 100 answers on, the shares in the sentences come from exact numbers" in many
    assert "As fewer than 100 people answered, every share comes from rounded numbers." in few
    assert "small group" in told(OFTEN, table(OFTEN, 5, 5, 5, 5, 5))["Keeping people private"]


def test_a_figure_that_is_not_shown_says_by_which_rule() -> None:
    steps = told(OFTEN, table(OFTEN, 1, 2, 1, 1, 1))
    assert list(steps) == ["Why it is not shown"]
    assert "from 10 answers on" in steps["Why it is not shown"]
    held = told(OFTEN, table(OFTEN, 40, 40, 40, 1, 1))["Keeping people private"]
    assert "Please do not try to work it out" in held


def test_those_who_did_not_know_are_a_share_of_those_asked() -> None:
    protected = table(OFTEN, 20, 20, 20, 20, 20, dont_know=25, skipped=5, not_shown=400)
    assert percent_of_asked(protected, "dont_know", POSSIBLE) == 19  # 25 of 130
    assert percent_of_asked(table(OFTEN, 20, 20, 20, 20, 20, dont_know=4), "dont_know", POSSIBLE) is None


def test_a_question_is_to_be_looked_at_when_three_in_ten_could_not_answer() -> None:
    assert not needs_review(table(OFTEN, 20, 20, 20, 20, 20, dont_know=20, does_not_apply=20), POSSIBLE)
    assert needs_review(table(OFTEN, 20, 20, 20, 20, 20, dont_know=25, does_not_apply=25), POSSIBLE)
