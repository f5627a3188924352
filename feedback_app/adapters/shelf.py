"""The shelf of a partnership's files, for commands: what is wrong in a file is raised as FilesRefused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from feedback_app.adapters.codeframe_file import find_codeframe, load_codeframe
from feedback_app.adapters.import_maps import load_map
from feedback_app.adapters.instrument_files import (
    Report,
    check_files,
    list_surveys,
    list_versions,
    load_partnership,
    load_plan,
    load_scales,
    load_survey,
    load_translations,
)
from feedback_app.adapters.screening_file import find_screening
from feedback_app.adapters.shared_files import (
    check_population,
    check_shared,
    find_lacking,
    load_demonstration,
    load_population,
    load_table,
)
from feedback_app.adapters.talks_file import find_programme
from feedback_app.adapters.text_catalogue import collect_texts, write_catalogue
from feedback_app.adapters.yaml_lines import Problem, SurveyFileError
from feedback_app.domain.codeframe import Codeframe, texts_of_codeframe
from feedback_app.domain.demonstration import Demonstration
from feedback_app.domain.import_map import ImportMap
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.partnership import Partnership
from feedback_app.domain.population import Population, PopulationTable
from feedback_app.domain.scales import Scales
from feedback_app.domain.screening import Screening
from feedback_app.domain.shelf import FilesRefused
from feedback_app.domain.talks.programme import Programme, texts_of_programme
from feedback_app.domain.texts import FieldedDocument, Texts, texts_of

Found = TypeVar("Found")


class FileShelf:
    """A partnership's folder of files and the folder of translations."""

    def __init__(self, surveys: Path, translations: Path) -> None:
        """Remember where the files lie; nothing is read yet."""
        self._surveys, self._translations = surveys, translations
        self._workstreams: dict[str, str] | None = None

    def load_partnership(self) -> Partnership:
        """Return the partnership; raise FilesRefused."""
        return _refusing(lambda: load_partnership(self._surveys))

    def list_surveys(self) -> list[str]:
        """Return the names of the surveys there are, in order of the alphabet."""
        return list_surveys(self._surveys)

    def list_versions(self, name: str) -> list[int]:
        """Return the versions of a survey, oldest first; raise FilesRefused for an unknown name."""
        self._know([name])
        return list_versions(self._surveys, name)

    def load_document(self, name: str, version: int | None = None) -> FieldedDocument:
        """Return a survey with its translations, the newest version unless one is named; raise FilesRefused."""
        self._know([name])
        instrument = _refusing(lambda: load_survey(self._surveys, name, version))
        languages = tuple(language.locale for language in self.load_partnership().languages[1:])
        spoken = _refusing(lambda: load_translations(self._translations, languages))
        texts = {locale: found for locale, given in spoken.items() if (found := _texts_for(instrument, given))}
        return FieldedDocument(instrument=instrument, texts=texts)

    def check(self, names: Sequence[str] = ()) -> list[Report]:
        """Return a report a version, of all surveys or the named ones; raise FilesRefused."""
        self._know(names)
        _refusing(lambda: check_shared(self._surveys))
        reports = _refusing(lambda: check_files(self._surveys, self._translations))
        return [report for report in reports if not names or report.name in names]

    def find_lacking(self, today: date) -> list[Problem]:
        """Return what the partnership has to say in public and does not, as warnings; raise FilesRefused."""
        return _refusing(lambda: find_lacking(self._surveys, today))

    def write_texts(self, path: Path) -> int:
        """Write all texts of pages and surveys into a .pot file for translators; return how many there are."""
        instruments = [self.load_document(name).instrument for name in self.list_surveys()]
        population = self.load_population()
        frame = population.frame if population else None
        scales = self.load_scales()
        groups = [label for breakdown in scales.breakdowns.values() for label in breakdown.groups.values()]
        titles = self.load_workstreams().values()
        shared = [*scales.item_scales.values(), *groups, *titles, *([frame.source, frame.covers] if frame else [])]
        codeframe = self.load_codeframe()
        shared += texts_of_codeframe(codeframe) if codeframe else []
        programme = self.load_programme()
        shared += texts_of_programme(programme) if programme else []
        return write_catalogue(collect_texts(instruments, self.load_partnership(), shared), path)

    def load_workstreams(self) -> dict[str, str]:
        """Return the plan's workstreams, key and short title; none where there is no plan; raise FilesRefused."""
        if self._workstreams is None:  # the plan is long, and pages ask for it
            there = (self._surveys / "plan.yaml").exists()
            self._workstreams = _refusing(lambda: load_plan(self._surveys)).workstreams if there else {}
        return self._workstreams

    def load_codeframe(self, path: Path | None = None) -> Codeframe | None:
        """Return the themes that words are coded by, None for no file, or those of `path`; raise FilesRefused."""
        return _refusing(lambda: load_codeframe(path) if path else find_codeframe(self._surveys))

    def load_screening(self, path: Path | None = None) -> Screening | None:
        """Return how people's words are screened, None for no file, or by the file `path`; raise FilesRefused."""
        return _refusing(lambda: find_screening(path or self._surveys / "screening.yaml"))

    def load_programme(self) -> Programme | None:
        """Return what is said of talks: topics, needs, rules; None where there are none; raise FilesRefused."""
        return _refusing(lambda: find_programme(self._surveys))

    def load_map(self, path: Path) -> ImportMap:
        """Return the map of an import from a file; raise FilesRefused."""
        return _refusing(lambda: load_map(path))

    def load_demonstration(self) -> Demonstration:
        """Return how the demonstration's invented answers are spread; raise FilesRefused."""
        return _refusing(lambda: load_demonstration(self._surveys))

    def load_population(self) -> Population | None:
        """Return what answers are compared with, None where nothing is; raise FilesRefused."""
        return _refusing(lambda: load_population(self._surveys))

    def check_population(self) -> None:
        """Raise FilesRefused with all that is wrong in what answers are compared with."""
        _refusing(lambda: check_population(self._surveys))

    def load_table(self, path: Path) -> PopulationTable:
        """Return a table of people by district, age band and provision from a file; raise FilesRefused."""
        return _refusing(lambda: load_table(self._surveys, path))

    def load_scales(self) -> Scales:
        """Return what the surveys share, such as the names of reporting groups; raise FilesRefused."""
        return _refusing(lambda: load_scales(self._surveys))

    def _know(self, names: Sequence[str]) -> None:
        """Raise FilesRefused for a name that is no survey's."""
        there = self.list_surveys()
        unknown = [name for name in names if name not in there]
        if unknown:
            raise FilesRefused((f"There is no survey called {unknown[0]}. There are: {', '.join(there) or 'none'}.",))


def _refusing(read: Callable[[], Found]) -> Found:
    """Return what `read` returns; raise FilesRefused with every problem when a file is wrong."""
    try:
        return read()
    except SurveyFileError as error:
        raise FilesRefused(tuple(str(problem) for problem in error.problems)) from error


def _texts_for(instrument: Instrument, texts: Texts) -> dict[str, dict[str, str]]:
    """Return the translations of an instrument's own texts, by context, out of those of all."""
    own: dict[str, dict[str, str]] = {}
    for context, english in texts_of(instrument):
        if english in texts.get(context, {}):
            own.setdefault(context, {})[english] = texts[context][english]
    return own
