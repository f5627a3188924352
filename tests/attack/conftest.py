"""Pages to attack: one wave of few answers, published once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.attacked_pages import Pages, answers, published

PEOPLE = 110


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """The pages of a wave of about a hundred answers."""
    with published(answers(4, PEOPLE), tmp_path_factory.mktemp("attacked")) as found:
        yield found
