"""The tagger on real comments about health services, with cues of our own, beside what it has to beat."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from feedback_app.adapters.codeframe_file import load_codeframe
from feedback_app.domain.coding import Valence
from feedback_app.services.gold_file import asked_by
from feedback_app.theming.evaluating import Evaluation, evaluate, tag_gold, tag_in_folds
from feedback_app.theming.examples import Example
from feedback_app.theming.measures import valence_figures
from tests.benchmarks.figures import print_table
from tests.evaluation import baselines

CODEFRAME = Path(__file__).resolve().parent.parent / "fixtures" / "nhs_codeframe.yaml"
LABELS = {
    "Positive experience & gratitude": "POSITIVE",
    "Negative experience & dissatisfaction": "NEGATIVE",
    "Organisation & efficiency": "ORGANISED",
    "Staff manner & personal attributes": "MANNER",
    "Number & deployment of staff": "STAFFING",
    "Staff responsiveness": "RESPONSIVE",
    "Staff continuity": "CONTINUITY",
    "Competence & training": "COMPETENCE",
    "Staff listening, understanding & involving patients": "LISTENING",
    "Information directly from staff during care": "ADVICE",
    "Information provision & guidance": "INFORMATION",
    "Being kept informed, clarity & consistency of information": "INFORMED",
    "Interaction with family/ carers": "FAMILY",
    "Contacting services": "CONTACTING",
    "Appointment arrangements": "APPOINTMENTS",
    "Timeliness of care": "TIMELINESS",
    "Supplying & understanding medication": "MEDICATION",
    "Diagnosis & triage": "TRIAGE",
    "Referals & continuity of care": "REFERRALS",
    "Impact of treatment/ care": "IMPACT",
    "Food & drink provision & facilities": "FOOD",
    "Activities & access to fresh air": "ACTIVITIES",
    "Cleanliness, tidiness & infection control": "CLEAN",
    "Environment & Facilities": "FACILITIES",
    "Transport to/ from services": "TRANSPORT",
    "Mental Health Act": "SECTION",
    "Equality, Diversity & Inclusion": "EQUALITY",
}
# 1 and 2 are good, 4 and 5 bad; 3 stands for what is mixed.
SENTIMENT = {
    "1": Valence.GOING_WELL,
    "2": Valence.GOING_WELL,
    "3": Valence.MIXED,
    "4": Valence.NEEDS_CHANGE,
    "5": Valence.NEEDS_CHANGE,
}
HEADINGS = ("themes", "macro F1", "micro F1", "ten majors, micro F1", "sure, right", "sure, of all labels")


def show_themes(path: Path) -> None:
    """Print how the tagger does before and after learning, and how its baselines do, on the comments of a file."""
    codeframe, examples = load_codeframe(CODEFRAME), read_examples(path)
    unread = [example for example in examples if not was_read(example.together)]
    by_cues = evaluate(codeframe, examples, tag_gold(codeframe, examples))
    halves = evaluate(codeframe, unread, tag_gold(codeframe, unread))
    in_folds = tag_in_folds(codeframe, examples)
    learnt = evaluate(codeframe, examples, in_folds)
    aside = [one for one, example in zip(in_folds, examples, strict=True) if not was_read(example.together)]
    truth = np.array([[code in one.themes for code in codeframe.codes] for one in examples])
    rows = [
        ("baseline: the commonest theme", *map(_figure, baselines.majority_themes(truth)), "", "", ""),
        (
            "baseline: TF-IDF and logistic regression",
            *map(_figure, baselines.model_themes(examples, truth)),
            "",
            "",
            "",
        ),
        ("cues alone, the half never read while writing them", *_row(halves)),
        ("cues alone", *_row(by_cues)),
        ("after learning, 5 folds, the half never read", *_row(evaluate(codeframe, unread, aside))),
        ("after learning, 5 folds", *_row(learnt)),
    ]
    print_table(f"Themes of {len(examples):,} comments, {len(codeframe.codes)} labels", HEADINGS, rows)
    print(f"Expected calibration error after learning: {learnt.calibration:.3f}")
    for before, after in zip(by_cues.themes, learnt.themes, strict=True):
        print(f"  {after.theme:<14} in {after.there:>5,}   cues {before.f1:.2f}   after learning {after.f1:.2f}")
    _show_valence(examples, by_cues, learnt)


def _show_valence(examples: Sequence[Example], by_rules: Evaluation, learnt: Evaluation) -> None:
    known = [example for example in examples if example.valence]
    truth = [example.valence for example in known if example.valence]
    rows = [
        ("baseline: the commonest", *map(_figure, valence_figures(truth, baselines.majority_valence(known)))),
        ("baseline: sign of TextBlob's polarity", *map(_figure, valence_figures(truth, baselines.sign_valence(known)))),
        (
            "baseline: TF-IDF and logistic regression",
            *map(_figure, valence_figures(truth, baselines.model_valence(known))),
        ),
        ("rules, untrained", _figure(by_rules.valence_macro or 0), _figure(by_rules.valence_right or 0)),
        ("after learning, 5 folds", _figure(learnt.valence_macro or 0), _figure(learnt.valence_right or 0)),
    ]
    print_table(f"Valence of {len(known):,} comments, three ways", ("valence", "macro F1", "right"), rows)


def read_examples(path: Path) -> list[Example]:
    """Return the comments of the file with the labels that are themes, their valence and what was asked."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Example(
                row["comment"],
                frozenset(LABELS[label] for label in row["labels"].split(";") if label in LABELS),
                SENTIMENT.get(row["sentiment_1_best_5_worst"]),
                asked_by(row["question"]),
                re.sub(r"\W+", " ", row["comment"].lower()).strip(),
            )
            for row in csv.DictReader(file)
        ]


def was_read(group: str) -> bool:
    """Return whether a comment is of the half that was read while the cues were written."""
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % 2 == 0


def _row(found: Evaluation) -> tuple[str, ...]:
    majors = _figure(found.priorities.value) if found.priorities else ""
    return (
        _figure(found.macro.value),
        _figure(found.micro.value),
        majors,
        _figure(found.sure.value),
        _figure(found.sure_recall),
    )


def _figure(value: float) -> str:
    return f"{value:.3f}"
