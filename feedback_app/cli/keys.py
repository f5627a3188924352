"""`feedback-app keys`: the keys that personal data is encrypted with."""

from __future__ import annotations

import click

from feedback_app.cli.running import Failed, application, note_everywhere, reading, settings, writing
from feedback_app.services import sealing

ALL_COLUMNS = "all sealed columns"


@click.group("keys")
def keys() -> None:
    """Make, count and exchange the keys that personal data is encrypted with (FEEDBACK_DATA_KEYS)."""


@keys.command("new")
def new() -> None:
    """Print a new key. Keep it outside the database and its back-ups: without it nobody can read what it sealed."""
    click.echo(sealing.new_key())


@keys.command("status")
def status() -> None:
    """Say how many values each key seals, in each column. Nothing secret is printed."""
    with application(), reading() as db:
        counted = sealing.count_sealed(db)
        known = len(settings().sealing_keys)
    for column in counted:
        told = [f"key {number}: {count}" for number, count in column.by_key.items()]
        told += [f"{words}: {count}" for words, count in _odd(column).items() if count]
        click.echo(f"{column.name}\t{', '.join(told) or 'nothing'}")
    used = {number for column in counted for number in column.by_key}
    idle = [f"key {number}" for number in range(2, known + 1) if number not in used]
    if idle:
        click.echo(f"Sealing nothing any more, and may be taken out of FEEDBACK_DATA_KEYS: {', '.join(idle)}.")


def _odd(column: sealing.SealedColumn) -> dict[str, int]:
    """Return how many values of a column are not sealed with a key of the settings, by what is told of them."""
    return {"not sealed yet": column.open, "none of the keys": column.unknown}


@keys.command("rotate")
def rotate() -> None:
    """Seal everything with the first key of FEEDBACK_DATA_KEYS. Cut short, it goes on where it was when run again.

    Put the new key first and keep the old one behind it; start the program again, so that nothing more is sealed with
    the old one; run this; then take the old one out.
    """
    with application():
        with writing() as db:
            note_everywhere(db, "keys exchange begun", ALL_COLUMNS)
        done = sealing.reseal_all(writing)
        with writing() as db:
            note_everywhere(db, "keys exchanged", ALL_COLUMNS, f"{done.anew} values sealed anew")
    click.echo(f"{done.anew} values sealed anew with the first key.")
    if done.unknown:
        raise Failed(
            f"{done.unknown} values are sealed with none of the keys in FEEDBACK_DATA_KEYS and were left as they are. "
            "`feedback-app keys status` says where. Put their key back behind the first, and run this again."
        )
