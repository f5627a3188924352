"""`feedback-app voices`: what families said elsewhere than in a survey, brought in from a file."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click

from feedback_app.cli.running import FAILED, Refused, application, note, now, operator, place, reading, scope, writing
from feedback_app.domain.voice_rows import COLUMNS, NEEDED, Row, TableWrong, district_codes, read_table
from feedback_app.domain.voices import WHY_NOT_WORDS, NewVoice
from feedback_app.services import voices as service
from feedback_app.services.voices import Entering

LARGEST = 20_000_000  # bytes
MOST_ROWS = 20_000
MOST_SHOWN = 200  # rows told one by one
# Made up, to show the columns: nobody said this.
EXAMPLES = (
    ("focus group", "2026-05", "parent or carer", "quote", "", "Coffee morning",
     "The new quiet room helps, but the waiting list is too long."),
    ("helpline call", "2026-06", "parent or carer", "count", "", "", "Asked when the draft plan will come."),
)  # fmt: skip


@click.group("voices")
def voices() -> None:
    """Bring in what families said elsewhere than in a survey: at meetings, in letters, on the phone."""


@voices.command("template")
def template() -> None:
    """Print a table to fill in, with two made-up rows: feedback-app voices template > voices.csv."""
    printed = io.StringIO()
    csv.writer(printed, lineterminator="\n").writerows([COLUMNS, *EXAMPLES])
    click.echo(printed.getvalue(), nl=False)


@voices.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file and say what it holds; nothing is written.")
@click.pass_context
def import_them(ctx: click.Context, file: Path, dry_run: bool) -> None:
    """Bring in the rows of a CSV file that are sound and not there yet; each other row is told with its number."""
    with application():
        rows = _rows(file)
        for row in [row for row in rows if row.wrong][:MOST_SHOWN]:
            click.echo(f"row {row.number}: {'. '.join(WHY_NOT_WORDS[why] for why in row.wrong)}.", err=True)
        sound = [row.voice for row in rows if row.voice]
        with reading() as db:
            new = service.new_among(db, scope(), sound)
        refused = len(rows) - len(sound)
        told = f"Rows: {len(rows):,}. New: {len(new):,}. Here already: {len(sound) - len(new):,}. Refused: {refused:,}."
        click.echo(told)
        if dry_run:
            click.echo("Nothing was written: this was the check.")
        elif new:
            click.echo(
                f"Voices added: {_add(sound, len(rows)):,}. Each was screened: some may wait for a safeguarding reader."
            )
        else:
            click.echo("There is nothing to write.")
        if refused:
            ctx.exit(FAILED)


def _add(sound: list[NewVoice], rows: int) -> int:
    """Bring in the rows that are not there yet, all in one transaction; return how many."""
    here = place()
    entering = Entering(operator(), now().date(), here.first_locale, here.screening)
    with writing() as db:
        added = len(service.add_voices(db, scope(), sound, entering))
        note(db, service.ADDED, service.VOICES, f"{added} of {rows} rows")
    return added


def _rows(file: Path) -> list[Row]:
    """Return the rows of a file; raise Refused, with a sentence that can be acted on."""
    if file.stat().st_size > LARGEST:
        raise Refused(f"{file.name} is larger than {LARGEST // 1_000_000} MB. Split it into parts.")
    try:
        table = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{file.name} is not UTF-8 text. Save it in your spreadsheet as CSV UTF-8.") from None
    try:
        rows = read_table(table, district_codes(place().partnership), now().date(), MOST_ROWS)
    except TableWrong as wrong:
        raise Refused(f"{file.name}: {_sentence(wrong)}") from None
    if not rows:
        raise Refused(f"{file.name}: {_sentence(TableWrong('empty'))}")
    return rows


def _sentence(wrong: TableWrong) -> str:
    return {
        "empty": "it holds no rows. See: feedback-app voices template",
        "columns": f"the heading lacks {wrong.about}. It needs {', '.join(NEEDED)}; see: feedback-app voices template",
        "unknown": f"there is no column called {wrong.about!r}. The columns are {', '.join(COLUMNS)}.",
        "twice": f"the column {wrong.about} is there twice.",
        "rows": f"it has more than {MOST_ROWS:,} rows. Split it into parts.",
        "quotes": "the quotation marks do not fit together; inside a quotation they are written twice.",
    }[wrong.reason]
