"""What cues alone say of a theme: how likely it is where they stand, and where they do not.

Two figures hold for any codeframe: a theme is likelier with each further place that has a cue of it, and less likely
where one cue stands in a long comment, which touches much. They were measured on public comments of another service.
"""

from __future__ import annotations

import math

PRECISION = 0.6  # of one cue in a comment of usual length, before anybody has read what it suggests
MISS = 0.015  # how often a theme is there though none of its cues is
WEIGHT = 10.0  # how many comments the figures above count for beside those that people have read
FURTHER = 1.0  # log-odds for each further place where a theme has a cue
MOST_FURTHER = 3  # places that count
USUAL_WORDS = 12
LENGTH = 0.35  # log-odds lost with each e-fold of words over the usual
SHORTEST, LONGEST = 4, 120  # words between which length counts


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability between 0 and 1, both exclusive."""
    return math.log(probability / (1.0 - probability))


def probability(odds: float) -> float:
    """Return the probability of log-odds, 0 to 1."""
    return 1.0 / (1.0 + math.exp(-odds)) if odds >= 0 else math.exp(odds) / (1.0 + math.exp(odds))


def smoothed(right: int, looked_at: int, expected: float, weight: float = WEIGHT) -> float:
    """Return a share by a Beta distribution: ``right`` of ``looked_at``, and ``weight`` more as ``expected``."""
    return (right + expected * weight) / (looked_at + weight)


def cue_odds(places: int, words: int = USUAL_WORDS, precision: float = PRECISION, miss: float = MISS) -> float:
    """Return the log-odds of a theme whose cues stand at so many separate places of a comment of so many words."""
    if places == 0:
        return log_odds(miss)
    longer = math.log(min(max(words, SHORTEST), LONGEST) / USUAL_WORDS)
    return log_odds(precision) + FURTHER * min(places - 1, MOST_FURTHER) - LENGTH * longer
