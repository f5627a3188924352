"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

pytest.register_assert_rewrite("tests.support")

# Times belong in benchmarks, so no example has a deadline; in CI the same examples are drawn every time.
hypothesis_settings.register_profile(
    "house", deadline=None, derandomize=bool(os.environ.get("CI")), suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")

FOLDER = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep the files of a run in memory; its workers inherit where that is."""
    from tests.support.in_memory import move_in

    if not hasattr(config, "workerinput") and (folder := move_in()):
        config.stash[FOLDER] = folder


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the memory back."""
    from tests.support.in_memory import move_out

    if folder := config.stash.get(FOLDER, None):
        move_out(folder)


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parent.parent
