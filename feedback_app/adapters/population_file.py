"""The table of people by district, age band and provision, read from a CSV file and checked row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

from feedback_app.adapters.yaml_lines import Problem, SurveyFileError
from feedback_app.domain.population import TABLE_COLUMNS, PopulationTable

COLUMNS = (*TABLE_COLUMNS, "people")
LONGEST = 9  # digits of a number of people
Groups = Mapping[str, Mapping[str, int]]
Row = tuple[int, dict[str, str]]  # line, cell by column


def read_table(path: Path, groups: Groups) -> PopulationTable:
    """Return the table in a file; raises SurveyFileError with the line of everything that is wrong.

    ``groups``: breakdown -> group key -> code; each combination of the three breakdowns stands in one row.
    """
    undeclared = [name for name in TABLE_COLUMNS if not groups.get(name)]
    if undeclared:
        message = f"nothing says which groups of {undeclared[0]} there are: see frame and groups in population.yaml"
        raise SurveyFileError([Problem(path.as_posix(), 1, None, message)])
    reading = _Reading(path, groups)
    for line, row in _rows(path):
        reading.take(line, row)
    reading.look_for_gaps()
    if reading.problems:
        raise SurveyFileError(reading.problems)
    return PopulationTable(reading.people)


class _Reading:
    """A table as far as it is read, and what is wrong in it."""

    def __init__(self, path: Path, groups: Groups) -> None:
        self.path, self.groups = path, groups
        self.people: dict[tuple[str, str, str], int] = {}
        self.lines: dict[tuple[str, str, str], int] = {}
        self.problems: list[Problem] = []
        self.line = 1

    def take(self, line: int, row: dict[str, str]) -> None:
        """Take one row, or say what is wrong with it."""
        self.line = line
        wrong = list(self._wrong(row))
        for message in wrong:
            self._note(message)
        keys = (row["district"], row["age_band"], row["provision"])
        if keys in self.lines:
            self._note(f"{_said(keys)} stands twice, first in line {self.lines[keys]}")
        self.lines.setdefault(keys, line)
        if not wrong:
            self.people.setdefault(keys, int(row["people"]))

    def look_for_gaps(self) -> None:
        """Say which combinations stand in no row, district by district."""
        ages, provisions = (list(self.groups[name]) for name in TABLE_COLUMNS[1:])
        for district in self.groups["district"]:
            wanted = [(district, age, provision) for age, provision in product(ages, provisions)]
            gaps = [keys for keys in wanted if keys not in self.lines]
            if len(gaps) == len(wanted):
                self._note(f"the district {district} is missing")
            elif gaps:
                self._note(f"{district} has no row for {'; '.join(_said(keys[1:]) for keys in gaps)}")
            elif not any(self.people.get(keys, 1) for keys in wanted):
                self._note(f"nobody lives in {district}: every number there is 0")

    def _wrong(self, row: dict[str, str]) -> Iterator[str]:
        for name in TABLE_COLUMNS:
            if row[name] not in self.groups[name]:
                yield f"there is no {name} called {row[name]!r}; there are: {', '.join(self.groups[name])}"
        if not (row["people"].isascii() and row["people"].isdecimal() and len(row["people"]) <= LONGEST):
            yield f"people should be a whole number from 0 on, without commas, not {row['people'][:40]!r}"

    def _note(self, message: str) -> None:
        self.problems.append(Problem(self.path.as_posix(), self.line, None, message))


def _rows(path: Path) -> Iterator[Row]:
    """Yield line and cells of each row that is not empty; raises SurveyFileError for a file that is no such table."""
    name = path.as_posix()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [cell.strip() for cell in next(reader, [])]
            if sorted(header) != sorted(COLUMNS):
                message = f"the first line should name the columns {','.join(COLUMNS)}, not {','.join(header)!r}"
                raise SurveyFileError([Problem(name, 1, None, message)])
            for cells in reader:
                if len(cells) not in (0, len(header)):
                    message = f"this row has {len(cells)} cells, not {len(header)}"
                    raise SurveyFileError([Problem(name, reader.line_num, None, message)])
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, {key: cell.strip() for key, cell in zip(header, cells, strict=True)}
    except OSError as error:
        raise SurveyFileError([Problem(name, 1, None, "there is no such file, or it cannot be read")]) from error
    except UnicodeDecodeError as error:
        raise SurveyFileError([Problem(name, 1, None, "it is not UTF-8 text; save it as CSV UTF-8")]) from error
    except csv.Error as error:
        raise SurveyFileError([Problem(name, 1, None, f"this is not a table of commas and lines: {error}")]) from error


def _said(keys: tuple[str, ...]) -> str:
    return ", ".join(keys)
