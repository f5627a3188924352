"""Maps of imports, read from YAML files."""

from __future__ import annotations

from pathlib import Path

from feedback_app.adapters.yaml_lines import read_source, validated
from feedback_app.domain.import_map import ImportMap


def load_map(path: Path) -> ImportMap:
    """Return the map in a file; raises SurveyFileError with the line of each thing that is wrong."""
    source = read_source(path)
    return validated(ImportMap, source.data, source)
