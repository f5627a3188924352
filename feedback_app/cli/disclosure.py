"""`feedback-app disclosure`: anybody's tables of counts protected, and printed ones audited. Needs no database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from feedback_app.cli.running import FAILED, Failed, Refused
from feedback_app.cli.table_lines import audit_lines, protected_lines
from feedback_app.reports.cross_tables.csv_tables import CsvReading
from feedback_app.reports.cross_tables.shapes import TablesRefused

LARGEST_FILE = 5_000_000  # bytes
INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)
CSV_ONLY = ("sensitive", "untold", "missing", "total_row", "total_column", "threshold")
_OF_CSV = (
    click.option("--untold", metavar="ROW", help="CSV: the row of people of whom it is not known."),
    click.option("--missing", metavar="COLUMN", multiple=True, help="CSV: a column of people without an answer."),
    click.option("--total-row", metavar="ROW", default="Total", show_default=True, help="CSV: the row of totals."),
    click.option("--total-column", metavar="COLUMN", default="Total", show_default=True, help="CSV: the same."),
)


def _of_csv(command: Any) -> Any:
    """Give a command the options that say of a CSV file what it cannot say itself."""
    for option in reversed(_OF_CSV):
        command = option(command)
    return command


@click.group("disclosure")
def disclosure() -> None:
    """Protect tables of counts of your own, so that nobody can be picked out; or audit printed ones.

    Works on files alone: no database, no server, nothing is kept.
    """


@disclosure.command("protect")
@click.argument("tables", type=INPUT)
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="SAFE.json or SAFE.csv")
@click.option("--force", is_flag=True, help="Write over an output that is there already.")
@click.option("--minors", is_flag=True, help="People under 18 may be among those counted.")
@click.option("--sensitive", is_flag=True, help="CSV: what the columns say is sensitive.")
@click.option("--threshold", type=click.IntRange(3, 100), help="CSV: hide counts under this; 5 unless said.")
@_of_csv
@click.pass_context
def protect(ctx: click.Context, /, tables: Path, output: Path, force: bool, minors: bool, **of_csv: Any) -> None:
    """Protect the exact counts in TABLES (.json, or .csv for one cross-table) and write what may be shown.

    Ends with 0 when the output is written; 2 when the file cannot be used or the output is there already, with the line
    and cell of each mistake; 1 when writing fails.
    """
    _check_output(tables, output, force)
    _check_options(ctx, tables)
    try:
        given, printed = _protected(tables, minors, of_csv)
        text = _written(printed, output, given.minors, of_csv)
    except TablesRefused as problem:
        raise Refused("\n".join(problem.problems)) from problem
    _write(output, text)
    for line in protected_lines(given, printed):
        click.echo(line)
    click.echo(f"Written: {output}")


@disclosure.command("audit")
@click.argument("tables", type=INPUT)
@click.option(
    "--threshold", type=click.IntRange(2, 1000), help="Counts under this are hidden; if not said, as the file has it."
)
@click.option("--rounding", type=click.IntRange(1, 1000), help="What counts are rounded to; 1: they are exact.")
@click.option("--hidden-from", type=click.IntRange(0, 999), help="The smallest count that is hidden: 1 if 0 is shown.")
@click.option("--quiet", is_flag=True, help="Only what can be worked out, not what each hidden count may be.")
@_of_csv
@click.pass_context
def audit(
    ctx: click.Context,
    /,
    tables: Path,
    threshold: int | None,
    rounding: int | None,
    hidden_from: int | None,
    quiet: bool,
    **of_csv: Any,
) -> None:
    """Work out from the printed TABLES (.json or .csv) what each hidden count can be, from all of them together.

    Ends with 0 when no hidden count can be worked out to within one person; 1 when one can; 2 when the file cannot be
    used, or no numbers fit what it prints.
    """
    from feedback_app.reports.cross_tables.auditing import audit_tables
    from feedback_app.reports.cross_tables.reading_printed import Wanted, read_printed_csv, read_printed_json

    _check_options(ctx, tables, "threshold")
    wanted = Wanted(threshold, rounding, hidden_from)
    try:
        if _is_csv(tables):
            printed = read_printed_csv(tables.name, _content(tables), CsvReading(**of_csv), wanted)
        else:
            printed = read_printed_json(tables.name, _text(tables), wanted)
    except TablesRefused as problem:
        raise Refused("\n".join(problem.problems)) from problem
    found = audit_tables(printed, listed=not quiet)
    if found.contradictions:
        raise Refused("\n".join(f"{tables.name}: no table fits these numbers: {one}" for one in found.contradictions))
    for line in audit_lines(printed, found, quiet=quiet):
        click.echo(line)
    if found.found_out:
        ctx.exit(FAILED)


def _protected(tables: Path, minors: bool, of_csv: dict[str, Any]) -> Any:
    """Return the exact tables of a file, and what may be printed of them."""
    from feedback_app.reports.cross_tables.exact import read_exact_csv, read_exact_json
    from feedback_app.reports.cross_tables.protecting import protect_tables

    if _is_csv(tables):
        threshold = of_csv.pop("threshold")
        given = read_exact_csv(tables.name, _content(tables), CsvReading(**of_csv), minors, threshold)
    else:
        given = read_exact_json(tables.name, _text(tables), minors)
    return given, protect_tables(given)


def _written(printed: Any, output: Path, minors: bool, of_csv: dict[str, Any]) -> str:
    """Return the printed tables as text of the kind that the output's name asks for."""
    from feedback_app.reports.cross_tables.writing import printed_csv, printed_json

    if not _is_csv(output):
        return printed_json(printed, minors)
    if len(printed) > 1 or len(printed[0].rows) > 1:
        raise Refused("A CSV file holds one table with one row variable. Choose an --output that ends in .json.")
    return "\ufeff" + printed_csv(printed[0], of_csv["total_row"], of_csv["total_column"])


def _check_output(tables: Path, output: Path, force: bool) -> None:
    if output.suffix.lower() not in (".json", ".csv"):
        raise Refused(f"{output}: the output should end in .json or .csv")
    if output.exists() and tables.samefile(output):
        raise Refused(f"{output} is the file that is to be protected. Choose another --output.")
    if output.exists() and not force:
        raise Refused(f"{output} is there already. Choose another --output, or say --force to write over it.")


def _check_options(ctx: click.Context, tables: Path, *also_json: str) -> None:
    """Refuse what only a CSV file needs to be told, when the file is JSON and says it itself."""
    if tables.suffix.lower() not in (".json", ".csv"):
        raise Refused(f"{tables}: the file should end in .json or .csv")
    if _is_csv(tables):
        return
    for name in CSV_ONLY:
        given = ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        if given and name not in also_json:
            raise Refused(f"--{name.replace('_', '-')} is for CSV files. A JSON file says it itself; see the format.")


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _content(path: Path) -> bytes:
    """Return a file's bytes; one that is too large for tables of counts is refused."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise Refused(f"{path} is larger than {LARGEST_FILE // 1_000_000} MB: this is no file of tables.")
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from error


def _text(path: Path) -> str:
    try:
        return _content(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{path} is not UTF-8 text.") from error


def _write(output: Path, text: str) -> None:
    """Write a file whole or not at all."""
    unfinished = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        try:
            unfinished.write_text(text, encoding="utf-8", newline="")
            unfinished.replace(output)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise Failed(f"{output} cannot be written: {error.strerror}") from error
