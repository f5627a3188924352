"""Ridge-penalised logistic regression with a fixed offset, for many themes at once, and for valences.

scikit-learn knows no offset: the log-odds of the cues go in as they are, and only what they miss is learnt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RIDGE = 0.35  # penalty on the weights of words, on rows of length 1
CUE_RIDGE = 0.6  # penalty on the weights of single cues
BIAS_RIDGE = 0.02
STEPS = 40  # more changes nothing that is measured
Array = NDArray[np.float64]


@dataclass(frozen=True)
class CueHits:
    """Which cue stands in which comment: equally long arrays of rows and cues, and the theme each cue belongs to."""

    rows: NDArray[np.intp]
    cues: NDArray[np.intp]
    themes: NDArray[np.intp]  # of each cue, not of each hit

    def of(self, wanted: NDArray[np.intp], rows: int) -> CueHits:
        """Return the hits of some rows, numbered as they stand in ``wanted``; ``rows``: how many there are in all."""
        number = np.full(rows, -1, np.intp)
        number[wanted] = np.arange(len(wanted))
        kept = number[self.rows] >= 0
        return CueHits(number[self.rows[kept]], self.cues[kept], self.themes)


@dataclass(frozen=True)
class Fitted:
    """Weights: vocabulary x themes, one for each cue, and a bias for each theme."""

    weights: Array
    cues: Array
    bias: Array

    def odds(self, grams: Any, hits: CueHits, offset: Array) -> Array:
        """Return rows x themes of log-odds; ``grams``: a sparse matrix rows x vocabulary."""
        return np.asarray(grams @ self.weights + self.bias + offset + _by_cues(hits, self.cues, offset.shape))


def fit_themes(grams: Any, hits: CueHits, offset: Array, truth: Array) -> Fitted:
    """Return what fits rows x themes of 0 and 1 best, beside the offset, one theme after the other."""
    from scipy.sparse import csr_matrix, hstack

    size, themes = grams.shape[1], truth.shape[1]
    weights, bias, single = np.zeros((size, themes)), np.zeros(themes), np.zeros(len(hits.themes))
    for theme in range(themes):
        cues = np.flatnonzero(hits.themes == theme)
        number = np.full(len(hits.themes), -1, np.intp)
        number[cues] = np.arange(len(cues))
        kept = number[hits.cues] >= 0
        places = (hits.rows[kept], number[hits.cues[kept]])
        standing = csr_matrix((np.ones(int(kept.sum())), places), (len(truth), len(cues)))
        ridge = np.concatenate([np.full(size, RIDGE), np.full(len(cues), CUE_RIDGE), [BIAS_RIDGE]])
        found = _fit_one(hstack([grams, standing]).tocsr(), offset[:, theme], truth[:, theme], ridge)
        weights[:, theme], single[cues], bias[theme] = found[:size], found[size:-1], found[-1]
    return Fitted(weights, single, bias)


def _fit_one(columns: Any, offset: Array, truth: Array, ridge: Array) -> Array:
    """Return the weights of all columns and, last, the bias."""
    from scipy.optimize import minimize

    across = columns.T.tocsr()

    def cost(flat: Array) -> tuple[float, Array]:
        odds = columns @ flat[:-1] + flat[-1] + offset
        loss = (np.logaddexp(0.0, odds) - truth * odds).sum() + (ridge * flat * flat).sum() / 2
        off = 1.0 / (1.0 + np.exp(-odds)) - truth
        return float(loss), np.concatenate([across @ off, [off.sum()]]) + ridge * flat

    start = np.zeros(columns.shape[1] + 1)
    return np.asarray(minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x)


def fit_classes(
    columns: Any, truth: NDArray[np.intp], classes: int, ridge: Array, weights: Array
) -> tuple[Array, Array]:
    """Return weights (classes x columns) and bias of a multinomial logistic regression; ``ridge``: one a column."""
    from scipy.optimize import minimize

    size, wanted = columns.shape[1], np.eye(classes)[truth]
    across = columns.T.tocsr()

    def cost(flat: Array) -> tuple[float, Array]:
        found, bias = flat[: size * classes].reshape(size, classes), flat[size * classes :]
        odds = columns @ found + bias
        odds = odds - odds.max(axis=1, keepdims=True)
        shares = np.exp(odds)
        shares /= shares.sum(axis=1, keepdims=True)
        loss = -(weights[:, None] * wanted * np.log(np.maximum(shares, 1e-12))).sum()
        off = weights[:, None] * (shares - wanted)
        slope = np.asarray(across @ off) + ridge[:, None] * found
        return float(loss + (ridge[:, None] * found**2).sum() / 2), np.concatenate([slope.ravel(), off.sum(axis=0)])

    start = np.zeros((size + 1) * classes)
    found: Array = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return found[: size * classes].reshape(size, classes).T, found[size * classes :]


def _by_cues(hits: CueHits, weights: Array, shape: tuple[int, ...]) -> Array:
    """Return rows x themes: what the single cues add."""
    places = hits.rows * shape[1] + hits.themes[hits.cues]
    added: Array = np.bincount(places, weights[hits.cues], minlength=shape[0] * shape[1]).astype(np.float64)
    return added.reshape(shape[0], shape[1])
