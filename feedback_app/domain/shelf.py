"""The shelf: where a partnership's surveys lie as files. What commands may ask of it; an adapter answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.demonstration import Demonstration
from feedback_app.domain.errors import FeedbackError
from feedback_app.domain.import_map import ImportMap
from feedback_app.domain.population import Population, PopulationTable
from feedback_app.domain.scales import Scales
from feedback_app.domain.screening import Screening
from feedback_app.domain.talks.programme import Programme
from feedback_app.domain.texts import FieldedDocument
from feedback_app.domain.ways import Paths


@dataclass
class FilesRefused(FeedbackError):
    """A partnership's files cannot be used; each problem names its file, line and what is wrong."""

    problems: tuple[str, ...]


class FileProblem(Protocol):
    """Something wrong at a line of a file; its text is the whole line to show."""

    @property
    def level(self) -> Literal["error", "warning"]:
        """Return whether it must be mended or thought about."""

    def __str__(self) -> str:
        """Return file, line, item and message."""


class SurveyReport(Protocol):
    """What the check says of one version of a survey."""

    @property
    def name(self) -> str:
        """Return the survey's name."""

    @property
    def version(self) -> int:
        """Return the version, from 1."""

    @property
    def problems(self) -> Sequence[FileProblem]:
        """Return what stops the file from being read."""

    @property
    def findings(self) -> Sequence[FileProblem]:
        """Return errors and warnings in what was read."""

    @property
    def errors(self) -> Sequence[FileProblem]:
        """Return all that must be mended before the version can be fielded."""

    @property
    def paths(self) -> Paths | None:
        """Return the longest and shortest way through, when it could be walked."""

    @property
    def minutes(self) -> int | None:
        """Return whole minutes for the longest way."""

    @property
    def reading_age(self) -> float | None:
        """Return the mean reading age, in years."""


class Shelf(Protocol):
    """A partnership's surveys as files."""

    def list_surveys(self) -> list[str]:
        """Return the names of the surveys there are."""

    def list_versions(self, name: str) -> list[int]:
        """Return the versions of a survey, oldest first."""

    def load_document(self, name: str, version: int | None = None) -> FieldedDocument:
        """Return a survey with its translations, the newest version unless one is named; raise FilesRefused."""

    def check(self, names: Sequence[str] = ()) -> Sequence[SurveyReport]:
        """Return a report a version, of all surveys or the named ones; raise FilesRefused."""

    def find_lacking(self, today: date) -> Sequence[FileProblem]:
        """Return what the partnership has to say in public and does not, as warnings; raise FilesRefused."""

    def write_texts(self, path: Path) -> int:
        """Write all texts of pages and surveys into a .pot file for translators; return how many there are."""

    def load_demonstration(self) -> Demonstration:
        """Return how the demonstration's invented answers are spread; raise FilesRefused."""

    def load_population(self) -> Population | None:
        """Return what answers are compared with, None where nothing is; raise FilesRefused."""

    def check_population(self) -> None:
        """Raise FilesRefused with all that is wrong in what answers are compared with."""

    def load_table(self, path: Path) -> PopulationTable:
        """Return a table of people by district, age band and provision from a file; raise FilesRefused."""

    def load_scales(self) -> Scales:
        """Return what the surveys share, such as the names of reporting groups; raise FilesRefused."""

    def load_workstreams(self) -> Mapping[str, str]:
        """Return the plan's workstreams, key and short title; none where there is no plan; raise FilesRefused."""

    def load_codeframe(self, path: Path | None = None) -> Codeframe | None:
        """Return the themes that words are coded by, None for no file, or those of `path`; raise FilesRefused."""

    def load_screening(self, path: Path | None = None) -> Screening | None:
        """Return how people's words are screened, None for no file, or by the file `path`; raise FilesRefused."""

    def load_programme(self) -> Programme | None:
        """Return what is said of talks: topics, needs, rules; None where there are none; raise FilesRefused."""

    def load_map(self, path: Path) -> ImportMap:
        """Return the map of an import from a file; raise FilesRefused."""
