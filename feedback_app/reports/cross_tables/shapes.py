"""What a file of cross-tables holds: variables, tables as they were read, and tables of exact counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Protocol

from feedback_app.domain.disclosure.policy import Policy

MOST_TABLES = 60
MOST_ROWS = 300
MOST_COLUMNS = 40
MOST_CELLS = 6_000  # of a whole file
MOST_PEOPLE = 10_000_000
LONGEST_LABEL = 200
FORMAT = 1  # the version of the files' shape
Labels = tuple[str, ...]  # of a group: one category for each row variable
Place = tuple[str | int, ...]  # where something stands in a document, as the document itself counts


class TablesRefused(Exception):
    """A file of tables cannot be used; each problem names its file, line and what is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep the problems, one a line."""
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Document(Protocol):
    """A file that was read: it knows its name and which line a place stands in."""

    @property
    def name(self) -> str:
        """Return the file's name, for people."""

    def line_of(self, place: Place) -> int:
        """Return the line of a place, from 1."""


@dataclass(frozen=True)
class Variable:
    """What the rows of a table are broken down by; ``untold`` is the category of people of whom it is not known.

    ``parent`` names the coarser variable that it adds up to, ``parent_of`` is category -> the parent's category.
    """

    name: str
    categories: Labels
    untold: str | None = None
    parent: str | None = None
    parent_of: Mapping[str, str] = field(default_factory=dict)
    geographical: bool = False

    @property
    def told(self) -> Labels:
        """Return the categories that people told."""
        return tuple(one for one in self.categories if one != self.untold)


@dataclass(frozen=True)
class Columns:
    """The variable of the columns: the question. People in ``missing`` columns gave no answer and are not shown."""

    name: str
    categories: Labels
    missing: Labels = ()
    structural_zeros: frozenset[str] = frozenset()
    sensitive: bool = False

    @property
    def shown(self) -> Labels:
        """Return the categories of the people who gave an answer."""
        return tuple(one for one in self.categories if one not in self.missing)


@dataclass(frozen=True)
class RawTable:
    """A table as it stands in a file: ``cells`` is (group, column) -> value as written; ``places`` says where.

    ``more`` holds what else the file says of the table, not yet looked at, and ``place`` is where the table stands.
    """

    name: str
    rows: tuple[Variable, ...]
    columns: Columns
    cells: Mapping[tuple[Labels, str], Any]
    places: Mapping[tuple[Labels, str], Place]
    more: Mapping[str, Any] = field(default_factory=dict)
    place: Place = ()

    @property
    def by(self) -> Labels:
        """Return the names of the row variables."""
        return tuple(variable.name for variable in self.rows)

    @property
    def groups(self) -> list[Labels]:
        """Return every group in the order of the file, those of people who did not tell too."""
        return list(product(*(variable.categories for variable in self.rows)))

    def is_told(self, group: Labels) -> bool:
        """Return whether a group is of people who told of every row variable."""
        return all(label != variable.untold for label, variable in zip(group, self.rows, strict=True))


@dataclass(frozen=True)
class CrossTable:
    """Exact counts: ``people`` is group -> column -> people. ``settings`` is group -> settings behind the answers."""

    name: str
    rows: tuple[Variable, ...]
    columns: Columns
    people: Mapping[Labels, Mapping[str, int]]
    row_totals: bool = True
    column_totals: bool = True
    settings: Mapping[Labels, int] | None = None

    @property
    def by(self) -> Labels:
        """Return the names of the row variables."""
        return tuple(variable.name for variable in self.rows)

    def size(self, group: Labels) -> int:
        """Return how many people are in a group, those without an answer too."""
        return sum(self.people[group].values())

    @property
    def total(self) -> int:
        """Return how many people the table is about, those without an answer too."""
        return sum(self.size(group) for group in self.people)

    def column(self, name: str) -> int:
        """Return how many people are in a column."""
        return sum(row[name] for row in self.people.values())


@dataclass(frozen=True)
class ExactTables:
    """Several tables about the same people, and the thresholds that they are to be protected by."""

    tables: tuple[CrossTable, ...]
    policy: Policy
    minors: bool = False

    def questions(self) -> Iterator[tuple[CrossTable, ...]]:
        """Yield the tables of each column variable, in the order of the file."""
        names = dict.fromkeys(table.columns.name for table in self.tables)
        for name in names:
            yield tuple(table for table in self.tables if table.columns.name == name)
