"""Which comments are like one another: by the words they share, rare ones counting most. No model, no network."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

Key = TypeVar("Key")
MOST = 5
LEAST = 0.2  # of 1: less is chance
_WORD = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)?")
LONGEST = 20_000  # signs of a comment that are looked at
Weights = dict[str, float]


def words_of(text: str) -> Counter[str]:
    """Return the words of a text in small letters, each with how often it stands there."""
    return Counter(word.replace("’", "'") for word in _WORD.findall(text[:LONGEST].lower()))


def list_alike(text: str, others: Sequence[tuple[Key, str]], most: int = MOST) -> list[Key]:
    """Return the keys of at most so many texts that are most like this one, the likest first (cosine of TF-IDF)."""
    counted = [(key, words_of(other)) for key, other in others]
    own = words_of(text)
    spread = Counter(word for _key, words in counted for word in words)
    rarity = {word: math.log((1 + len(counted)) / (1 + number)) + 0.1 for word, number in spread.items()}
    mine = _weigh(own, rarity)
    near = [(_cosine(mine, _weigh(words, rarity)), at) for at, (_key, words) in enumerate(counted)]
    found = sorted((one for one in near if one[0] >= LEAST), key=lambda one: (-one[0], one[1]))
    return [counted[at][0] for _likeness, at in found[:most]]


def _weigh(words: Counter[str], rarity: Weights) -> Weights:
    """Return word -> weight, of length 1 together; words that stand nowhere else weigh nothing."""
    found = {word: (1 + math.log(number)) * rarity.get(word, 0.0) for word, number in words.items()}
    length = math.sqrt(sum(weight * weight for weight in found.values()))
    return {word: weight / length for word, weight in found.items()} if length else {}


def _cosine(one: Weights, other: Weights) -> float:
    few, many = sorted((one, other), key=len)
    return sum(weight * many.get(word, 0.0) for word, weight in few.items())
