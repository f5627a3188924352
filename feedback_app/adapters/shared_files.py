"""Files of a partnership that belong to no one survey: what its people are compared with, and its demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from feedback_app.adapters.instrument_files import list_surveys, load_partnership, load_survey
from feedback_app.adapters.yaml_lines import Problem, SurveyFileError, read_source, validated
from feedback_app.domain import demonstration, population
from feedback_app.domain.demonstration import Demonstration
from feedback_app.domain.population import Population


def load_population(root: Path) -> Population | None:
    """Return what answers are compared with, or None where the partnership has no such file; raise SurveyFileError."""
    path = root / "population.yaml"
    if not path.exists():
        return None
    source = read_source(path)
    found = validated(Population, source.data, source)
    districts = {district.key for district in load_partnership(root).districts}
    wrong = [source.problem(where, message) for where, message in population.disagreements(found, districts)]
    if wrong:
        raise SurveyFileError(wrong)
    return found


def load_demonstration(root: Path) -> Demonstration:
    """Return how invented answers are spread, nothing where the partnership does not say; raise SurveyFileError."""
    path = root / "demonstration.yaml"
    if not path.exists():
        return Demonstration()
    source = read_source(path)
    return validated(Demonstration, source.data, source)


def check_shared(root: Path) -> None:
    """Raise SurveyFileError with all that is wrong in the files that belong to no one survey."""
    problems: list[Problem] = []
    for read in (load_population, _check_demonstration):
        try:
            read(root)
        except SurveyFileError as error:
            problems += error.problems
    if problems:
        raise SurveyFileError(problems)


def _check_demonstration(root: Path) -> None:
    """Raise SurveyFileError when the demonstration speaks of surveys, questions or answers that are not there."""
    spreads = load_demonstration(root).spreads
    if not spreads:
        return
    source = read_source(root / "demonstration.yaml")
    wrong = [source.problem(("spreads", name), message) for name in spreads for message in _wrong(root, name)]
    if wrong:
        raise SurveyFileError(wrong)


def _wrong(root: Path, name: str) -> Iterator[str]:
    """Yield what the demonstration says of a survey that is not so; a survey that cannot be read tells that itself."""
    if name not in list_surveys(root):
        yield f"there is no survey called {name}"
        return
    with suppress(SurveyFileError):
        yield from demonstration.disagreements(load_demonstration(root).of(name), load_survey(root, name))
