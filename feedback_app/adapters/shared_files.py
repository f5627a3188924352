"""Files of a partnership that belong to no one survey: what its people are compared with, and its demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from feedback_app.adapters.codeframe_file import find_codeframe
from feedback_app.adapters.instrument_files import list_surveys, load_partnership, load_scales, load_survey
from feedback_app.adapters.population_file import read_table
from feedback_app.adapters.talks_file import check_programme
from feedback_app.adapters.yaml_lines import Problem, Source, SurveyFileError, read_source, validated
from feedback_app.domain import demonstration, duties, population
from feedback_app.domain.demonstration import Demonstration
from feedback_app.domain.partnership import Partnership
from feedback_app.domain.population import Population, PopulationTable


def load_population(root: Path) -> Population | None:
    """Return what answers are compared with, or None where the partnership has no such file; raise SurveyFileError.

    The frame's districts have the partnership's codes; its table, where it names one, is read and summed.
    """
    path = root / "population.yaml"
    if not path.exists():
        return None
    source, partnership = read_source(path), load_partnership(root)
    found = validated(Population, _with_districts(source, partnership), source)
    districts = {district.key for district in partnership.districts}
    groups = {name: breakdown.groups.keys() for name, breakdown in load_scales(root).breakdowns.items()}
    wrong = [*population.disagreements(found, districts), *population.frame_disagreements(found, groups)]
    if not wrong and found.frame and found.frame.table:
        table = read_table(root / found.frame.table, found.frame.groups)
        found = found.model_copy(update={"frame": found.frame.model_copy(update={"margins": table.margins})})
        wrong = list(population.frame_disagreements(found, groups, of_table=True))
    if wrong:
        raise SurveyFileError([source.problem(where, message) for where, message in wrong])
    return found


def _with_districts(source: Source, partnership: Partnership) -> dict[str, Any]:
    """Return the file's data with the frame's districts and localities; raise SurveyFileError where it has its own."""
    frame = source.data.get("frame")
    if not isinstance(frame, dict):
        return source.data
    groups = frame.get("groups") or {}
    own: list[tuple[str, ...]] = [("frame", "localities")] if "localities" in frame else []
    own += [("frame", "groups", "district")] if "district" in groups else []
    if own:
        message = "districts and localities are those of partnership.yaml"
        raise SurveyFileError([source.problem(where, message) for where in own])
    codes = {locality.key: locality.code for locality in partnership.geography.localities}
    places = {
        "groups": {**groups, "district": {district.key: district.code for district in partnership.districts}},
        "localities": {district.code: codes[district.locality] for district in partnership.districts},
    }
    return {**source.data, "frame": {**frame, **places}}


def check_population(root: Path) -> None:
    """Raise SurveyFileError when the frame is wrong, or is of a survey that is not there or is children's own."""
    found = load_population(root)
    if found is None or found.frame is None:
        return
    source, wrong = read_source(root / "population.yaml"), []
    for number, name in enumerate(found.frame.surveys):
        if name not in list_surveys(root):
            wrong.append(source.problem(("frame", "surveys", number), f"there is no survey called {name}"))
            continue
        with suppress(SurveyFileError):
            survey = load_survey(root, name)
            if survey.minors or survey.audience == "young_person":
                message = f"{name} is children's and young people's own: their answers are never weighted"
                wrong.append(source.problem(("frame", "surveys", number), message))
    if wrong:
        raise SurveyFileError(wrong)


def load_table(root: Path, path: Path) -> PopulationTable:
    """Return a table in a file as the frame of the population would take it; raise SurveyFileError."""
    found = load_population(root)
    if found is None or found.frame is None:
        message = "there is no frame here, whose groups a table could tell: see population.yaml"
        raise SurveyFileError([Problem((root / "population.yaml").as_posix(), 1, None, message)])
    return read_table(path, found.frame.groups)


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
    for read in (check_population, _check_demonstration, find_codeframe, check_programme):
        try:
            read(root)
        except SurveyFileError as error:
            problems += error.problems
    if problems:
        raise SurveyFileError(problems)


def find_lacking(root: Path, today: date) -> list[Problem]:
    """Return what the partnership has to say in public and does not, or not any more; raise SurveyFileError."""
    source, said = read_source(root / "partnership.yaml"), load_partnership(root).duties
    found = []
    for where, message in duties.lacking(said, today):
        place = source.problem(("duties", *where), f"before real surveys open: {message}")
        found.append(Problem(place.file, place.line, None, place.message, "warning"))
    return found


def _check_demonstration(root: Path) -> None:
    """Raise SurveyFileError when the demonstration speaks of surveys, questions or answers that are not there."""
    found = load_demonstration(root)
    if not found.surveys:
        return
    source = read_source(root / "demonstration.yaml")
    places: dict[str, tuple[str, ...]] = {name: ("leanings", name) for name in found.leanings}
    places |= {name: ("changes", "surveys", name) for name in found.changes.surveys}
    places |= {name: ("spreads", name) for name in found.spreads}
    wrong = [source.problem(places[name], message) for name in found.surveys for message in _wrong(root, name)]
    if wrong:
        raise SurveyFileError(wrong)


def _wrong(root: Path, name: str) -> Iterator[str]:
    """Yield what the demonstration says of a survey that is not so; a survey that cannot be read tells that itself."""
    if name not in list_surveys(root):
        yield f"there is no survey called {name}"
        return
    with suppress(SurveyFileError):
        yield from demonstration.disagreements(load_demonstration(root).of(name), load_survey(root, name))
