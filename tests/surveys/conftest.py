"""What the tests of the survey files share: the partnership's folder and the invented one."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_app.adapters.instrument_files import Report, check_files
from feedback_app.domain.instrument import Instrument


@pytest.fixture(scope="session")
def lancashire(project_root: Path) -> Path:
    """The folder of the real surveys."""
    return project_root / "surveys" / "lancashire"


@pytest.fixture(scope="session")
def anyshire(project_root: Path) -> Path:
    """The folder of the invented surveys, one for each thing the program can do."""
    return project_root / "tests" / "fixtures" / "instruments"


@pytest.fixture(scope="session")
def reports(lancashire: Path) -> dict[str, Report]:
    """The check's report on the newest version of each real survey."""
    return {report.name: report for report in check_files(lancashire)}


@pytest.fixture(scope="session")
def real(lancashire: Path) -> dict[str, Instrument]:
    """Each real survey, its newest version, by name."""
    from feedback_app.adapters.instrument_files import list_surveys, load_survey

    return {name: load_survey(lancashire, name) for name in list_surveys(lancashire)}
