"""Settings for tests: invented secrets, no mail server, no work in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feedback_app.settings import Settings

SECRET = "test-secret-of-no-worth-" + "0" * 24
DATA_KEY = "dGVzdC1rZXktb2Ytbm8td29ydGgtMDAwMDAwMDAwMDA="


def make_settings(database_url: str, **overrides: object) -> Settings:
    """Return the settings of an application under test; `overrides` name what a test is about."""
    from feedback_app.settings import load_settings

    chosen: dict[str, object] = {
        "environment": "testing",
        "secret_key": SECRET,
        "database_url": database_url,
        "jobs_embedded": False,
    }
    if overrides.get("environment") == "production":
        chosen["data_keys"] = (DATA_KEY,)
    return load_settings(**(chosen | overrides))
