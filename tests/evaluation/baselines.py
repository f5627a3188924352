"""What the tagger has to beat on the same comments in the same run: the majority, a word list's sign, a plain model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from feedback_app.domain.coding import Valence
from feedback_app.theming.examples import Example, folds_of
from feedback_app.theming.measures import f1, macro_f1

Bools = NDArray[np.bool_]
CUTS = np.arange(0.1, 0.61, 0.05)


def majority_themes(truth: Bools) -> tuple[float, float]:
    """Return macro and micro F1 of giving every comment the commonest theme."""
    said = np.zeros_like(truth)
    said[:, truth.sum(axis=0).argmax()] = True
    return macro_f1(truth, said), f1(truth, said)


def model_themes(examples: Sequence[Example], truth: Bools) -> tuple[float, float]:
    """Return macro and micro F1 of TF-IDF and logistic regression, cuts tuned inside the training parts."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    groups = [example.together for example in examples]
    fold, said = folds_of(groups), np.zeros_like(truth)
    for held in range(5):
        train, test = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        columns, others = _tfidf([examples[row].words for row in train], [examples[row].words for row in test])
        inner = list(GroupKFold(3).split(columns, groups=[groups[row] for row in train]))
        for theme in range(truth.shape[1]):
            there, chances = truth[train, theme], np.zeros(len(train))
            for one, other in inner:
                if there[one].any():
                    fitted = LogisticRegression(C=10, solver="liblinear").fit(columns[one], there[one])
                    chances[other] = fitted.predict_proba(columns[other])[:, 1]
            cut = max(CUTS, key=lambda at: f1(there, chances >= at))
            fitted = LogisticRegression(C=10, solver="liblinear").fit(columns, there)
            said[test, theme] = fitted.predict_proba(others)[:, 1] >= cut
    return macro_f1(truth, said), f1(truth, said)


def majority_valence(examples: Sequence[Example]) -> list[Valence | None]:
    """Return the commonest valence for each comment."""
    return [Counter(example.valence for example in examples).most_common(1)[0][0]] * len(examples)


def sign_valence(examples: Sequence[Example]) -> list[Valence | None]:
    """Return what the sign of TextBlob's polarity says."""
    from textblob.en import sentiment

    def of(polarity: float) -> Valence:
        return Valence.GOING_WELL if polarity > 0 else Valence.NEEDS_CHANGE if polarity < 0 else Valence.NEUTRAL

    return [of(float(sentiment(example.words)[0])) for example in examples]


def model_valence(examples: Sequence[Example]) -> list[Valence | None]:
    """Return what TF-IDF and logistic regression say, learnt from the other folds."""
    from sklearn.linear_model import LogisticRegression

    fold = folds_of([example.together for example in examples])
    said: list[Valence | None] = [None] * len(examples)
    for held in range(5):
        train, test = np.flatnonzero(fold != held), np.flatnonzero(fold == held)
        columns, others = _tfidf([examples[row].words for row in train], [examples[row].words for row in test])
        fitted = LogisticRegression(C=10, max_iter=300).fit(columns, [str(examples[row].valence) for row in train])
        for row, one in zip(test, fitted.predict(others), strict=True):
            said[row] = Valence(one)
    return said


def _tfidf(train: Sequence[str], test: Sequence[str]):  # type: ignore[no-untyped-def]
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    return words.fit_transform(train), words.transform(test)
