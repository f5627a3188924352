"""The thresholds of disclosure control, read from a partnership's disclosure.yaml."""

from __future__ import annotations

from pathlib import Path

from feedback_app.adapters.yaml_lines import read_source, validated
from feedback_app.domain.disclosure.policy import Policy


def load_policy(path: Path) -> Policy:
    """Return the thresholds in a file; raises SurveyFileError with the line of each mistake."""
    source = read_source(path)
    return validated(Policy, source.data, source)
