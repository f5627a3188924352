"""What was learnt is kept as plain arrays, is the same after unpacking, and is refused where it does not belong."""

from __future__ import annotations

import io
import json
import zipfile
from functools import lru_cache

import pytest

from feedback_app.domain.errors import ModelRefused
from feedback_app.theming.learning import Learnt, learn
from feedback_app.theming.model import model_for, unpack
from tests.support.teaching import taught
from tests.support.themes import small_codeframe


@lru_cache(maxsize=1)
def learnt() -> Learnt:
    return learn(small_codeframe(), taught())


def test_a_model_is_the_same_after_packing_and_unpacking() -> None:
    model = learnt().model
    back = unpack(model.pack())
    assert back.pack() == model.pack()
    assert back.version == model.version
    words = "they spoke of the purple folder"
    assert back.log_odds(words, {}) == pytest.approx(model.log_odds(words, {}))


def test_only_themes_that_were_won_are_judged() -> None:
    model = learnt().model
    assert model.won == ("PLAN",)
    assert set(model.log_odds("anything at all", {})) == {"PLAN"}
    assert set(model.precisions) == set(small_codeframe().codes)


def test_the_words_that_weighed_most_are_told_and_stand_in_the_comment() -> None:
    heavy = learnt().model.heavy_words("A purple folder, once more", "PLAN")
    assert heavy
    assert all(word in "a purple folder once more" for word in heavy)
    assert learnt().model.heavy_words("A purple folder", "WAIT") == ()


def test_a_model_of_another_version_of_the_codeframe_is_refused_with_a_sentence() -> None:
    later = small_codeframe().model_copy(update={"version": 2})
    with pytest.raises(ModelRefused, match=r"small version 1; the one in use is small version 2\. Learn anew"):
        model_for(learnt().model.pack(), later)


@pytest.mark.parametrize("harm", [lambda packed: packed[:-40], lambda packed: b"no archive at all"])
def test_damaged_bytes_are_refused(harm) -> None:
    with pytest.raises(ModelRefused, match="damaged"):
        unpack(harm(learnt().model.pack()))


def test_bytes_of_another_format_are_refused() -> None:
    packed, changed = learnt().model.pack(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "model.json":
                content = json.dumps({**json.loads(content), "format": 99}).encode()
            after.writestr(name, content)
    with pytest.raises(ModelRefused, match="another version of the program"):
        unpack(changed.getvalue())
