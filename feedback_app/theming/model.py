"""What was learnt from people's decisions: plain arrays, applied with numpy alone, kept without pickle."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Valence
from feedback_app.domain.errors import ModelRefused
from feedback_app.theming.grams import LONGEST, grams, shown
from feedback_app.theming.prior import cue_odds
from feedback_app.theming.words import tokens

FORMAT = 1  # of the packed bytes; raised when they would be read differently
MOST_HEAVY = 4  # words shown for a theme
HEAVY = 0.15  # log-odds that a word must add to be shown
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Model:
    """What was learnt of one codeframe.

    ``weights``: themes that were won x vocabulary; ``feelings``: valences x (vocabulary + features), empty where
    valence was not learnt. ``precisions``: theme -> share right where its cues stand, share there where they do not.
    ``cuts``: theme -> from which probability it is suggested; ``ready_cut``: from which any is sure. ``cues``: won
    theme -> cue -> weight.
    """

    codeframe: str
    codeframe_version: int
    examples: int
    vocabulary: tuple[str, ...]
    idf: Floats
    won: tuple[str, ...]
    weights: Floats
    bias: Floats
    cues: Mapping[str, Mapping[str, float]]
    precisions: Mapping[str, tuple[float, float]]
    cuts: Mapping[str, float]
    ready_cut: float
    valences: tuple[str, ...]
    feelings: Floats
    feeling_bias: Floats

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Return gram -> its column."""
        return {gram: number for number, gram in enumerate(self.vocabulary)}

    @cached_property
    def version(self) -> str:
        """Return a short name of exactly this model."""
        return f"m{hashlib.sha256(self.pack()).hexdigest()[:8]}"

    def log_odds(
        self, words: str, fired: Mapping[str, Collection[str]], asked: Valence | None = None
    ) -> dict[str, float]:
        """Return theme -> log-odds for the themes that were won; ``fired``: theme -> its cues that stand there."""
        columns, values = self._weighed(words, asked)
        learnt = self.bias + (self.weights[:, columns] @ values if len(columns) else 0.0)
        length, found = len(tokens(words[:LONGEST])), {}
        for number, theme in enumerate(self.won):
            cues = sorted(fired.get(theme, ()))
            by_cues = sum(self.cues[theme].get(cue, 0.0) for cue in cues)
            found[theme] = cue_odds(len(cues), length, *self.precisions[theme]) + float(learnt[number]) + by_cues
        return found

    def heavy_words(self, words: str, theme: str, asked: Valence | None = None) -> tuple[str, ...]:
        """Return the words of a comment that weighed most for a theme, the heaviest first; none for a theme not won."""
        if theme not in self.won:
            return ()
        columns, values = self._weighed(words, asked)
        added = self.weights[self.won.index(theme), columns] * values
        order = sorted(range(len(columns)), key=lambda at: (-added[at], self.vocabulary[columns[at]]))
        heavy = [shown(self.vocabulary[columns[at]]) for at in order if added[at] >= HEAVY]
        return tuple(filter(None, heavy))[:MOST_HEAVY]

    def feeling(
        self, words: str, features: tuple[float, ...], asked: Valence | None = None
    ) -> tuple[Valence, float] | None:
        """Return a valence and how likely it is, or None where valence was not learnt; ``features``: see valence."""
        if not self.valences:
            return None
        columns, values = self._weighed(words, asked)
        size = len(self.vocabulary)
        if size + len(features) != self.feelings.shape[1]:
            return None  # learnt by other rules
        odds = self.feeling_bias + self.feelings[:, size:] @ np.asarray(features, np.float32)
        if len(columns):
            odds = odds + self.feelings[:, columns] @ values
        shares = np.exp(odds - odds.max())
        best = int(shares.argmax())
        return Valence(self.valences[best]), float(shares[best] / shares.sum())

    def fits(self, codeframe: Codeframe) -> bool:
        """Return whether this was learnt of exactly this codeframe."""
        return (self.codeframe, self.codeframe_version) == (codeframe.name, codeframe.version)

    def pack(self) -> bytes:
        """Return the model as bytes: arrays and JSON in one archive, the same for the same model."""
        told = {name: getattr(self, name) for name in _TOLD} | {"format": FORMAT}
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            _put(file, "model.json", json.dumps(told, ensure_ascii=False, sort_keys=True).encode())
            for name in _ARRAYS:
                _put(file, f"{name}.npy", _array_bytes(getattr(self, name)))
        return archive.getvalue()

    def _weighed(self, words: str, asked: Valence | None) -> tuple[NDArray[np.intp], Floats]:
        """Return the columns of a comment's grams and their TF-IDF, of length 1 together."""
        counted: dict[int, int] = {}
        for gram in grams(words, asked):
            if (place := self.places.get(gram)) is not None:
                counted[place] = counted.get(place, 0) + 1
        columns = np.fromiter(counted, np.intp, len(counted))
        values = (1.0 + np.log(np.fromiter(counted.values(), np.float32, len(counted)))) * self.idf[columns]
        length = float(np.sqrt((values * values).sum())) or 1.0
        return columns, (values / length).astype(np.float32)


_ARRAYS = ("idf", "weights", "bias", "feelings", "feeling_bias")
_TOLD = (
    "codeframe", "codeframe_version", "examples", "vocabulary", "won", "cues", "precisions", "cuts", "ready_cut",
    "valences",
)  # fmt: skip
_WHEN = (1980, 1, 1, 0, 0, 0)  # a fixed moment, so that equal models have equal bytes


def unpack(packed: bytes) -> Model:
    """Return the model in packed bytes; raise ModelRefused with a sentence for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as file:
            told: dict[str, Any] = json.loads(file.read("model.json"))
            arrays = {name: np.load(io.BytesIO(file.read(f"{name}.npy")), allow_pickle=False) for name in _ARRAYS}
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as problem:
        raise ModelRefused("This is not a model, or it is damaged. Learn anew: feedback-app themes learn") from problem
    if told.pop("format", None) != FORMAT:
        raise ModelRefused(
            "This model was kept by another version of the program. Learn anew: feedback-app themes learn"
        )
    for name in ("vocabulary", "won", "valences"):
        told[name] = tuple(told[name])
    told["precisions"] = {theme: (hit, miss) for theme, (hit, miss) in told["precisions"].items()}
    return Model(**told, **arrays)


def model_for(packed: bytes, codeframe: Codeframe) -> Model:
    """Return the model in packed bytes; raise ModelRefused where it was learnt of another codeframe or version."""
    model = unpack(packed)
    if not model.fits(codeframe):
        raise ModelRefused(
            f"This was learnt of the codeframe {model.codeframe} version {model.codeframe_version}; the one in use is "
            f"{codeframe.name} version {codeframe.version}. Learn anew: feedback-app themes learn"
        )
    return model


def _put(file: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _WHEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    file.writestr(info, content)


def _array_bytes(array: Floats) -> bytes:
    written = io.BytesIO()
    np.save(written, np.ascontiguousarray(array), allow_pickle=False)
    return written.getvalue()
