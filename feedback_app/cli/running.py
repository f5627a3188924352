"""What commands share: the application, one transaction a command, the clock, and mistakes told in plain sentences."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import click
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from feedback_app.cli.wording import sentences_for
from feedback_app.clock import now_in
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.errors import FeedbackError
from feedback_app.domain.place import Place, Places
from feedback_app.domain.scope import Scope
from feedback_app.domain.shelf import Shelf
from feedback_app.extensions import db
from feedback_app.services.auditing import EXACT_FIGURES, note_action
from feedback_app.services.snapshots import Taking
from feedback_app.services.theme_snapshot import ThemeFreezing
from feedback_app.settings import Settings, SettingsProblem
from feedback_app.store.engine import reading_only, turn_to_write

REFUSED = 2  # as click ends a command that was called wrongly
FAILED = 1


class Refused(click.ClickException):
    """A command is refused; the message is what somebody can act on."""

    exit_code = REFUSED


class Failed(click.ClickException):
    """A command could not be carried through; the message says why."""

    exit_code = FAILED


class Commands(click.Group):
    """A group of commands that never shows a traceback for a mistake in what was asked or set."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; say what is wrong in plain sentences where it cannot."""
        try:
            return super().invoke(ctx)
        except (SettingsProblem, FeedbackError) as problem:
            raise Refused(sentences_for(problem)) from problem
        except DBAPIError as problem:
            raise Failed(sentences_for(problem)) from problem


@contextmanager
def application() -> Iterator[Flask]:
    """Yield the application of the environment's settings, its context entered; its connections are closed after."""
    from feedback_app.app import create_app

    app = create_app()
    with app.app_context():
        try:
            named_place()  # one that is not there is said before anything is done
            yield app
        finally:
            db.session.close()
            for engine in db.engines.values():
                engine.dispose()


@contextmanager
def writing() -> Iterator[Session]:
    """Yield a session whose work is committed at the end, or not at all when something goes wrong."""
    session = db.session
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def reading() -> Iterator[Session]:
    """Yield a session that only reads and takes no lock."""
    with reading_only():
        try:
            yield db.session
        finally:
            db.session.rollback()


def writing_between(session: Session) -> AbstractContextManager[None]:
    """Let a session that only reads write something in between, committed at once or not at all."""
    return turn_to_write(session)


def operator() -> str:
    """Return who runs the command, for the audit log: the operating system's user."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user may have a number and no name
        name = str(os.getuid())
    return f"command line ({name})"


def note(db: Session, action: str, subject: str, reason: str = "") -> None:
    """Write into the audit log what a command does with a wave, in the same transaction."""
    note_action(db, scope(), at=now(), actor=operator(), action=action, subject=subject, reason=reason)


def note_everywhere(db: Session, action: str, subject: str, reason: str = "") -> None:
    """Write what a command does with the whole installation into the audit log of each partnership."""
    at, actor = datetime.now(UTC), operator()
    for found in cast(Places, current_app.config["PLACES"]).all:
        note_action(db, found.scope, at=at, actor=actor, action=action, subject=subject, reason=reason)


def own_up_to_exact_figures(subject: str, reason: str) -> None:
    """Write into the audit log that exact figures were asked for, and say so, before they are printed."""
    with writing() as db:
        note(db, EXACT_FIGURES, subject, reason)
    click.echo("Exact figures: for the operator alone, not to be passed on. The audit log says who saw them.", err=True)


def settings() -> Settings:
    """Return the settings."""
    return cast(Settings, current_app.config["SETTINGS"])


def named_place() -> Place | None:
    """Return the partnership that `feedback-app --partnership` names, or None; raise Refused for an unknown one."""
    places: Places = current_app.config["PLACES"]
    context = click.get_current_context(silent=True)
    key = context.find_root().obj if context else None
    found = places.by_key(key) if key else None
    if key and found is None:
        raise Refused(f"There is no partnership {key!r} here. {_there(places)}")
    return found


def place() -> Place:
    """Return the partnership a command is about; raise Refused where there are several and none is named."""
    places: Places = current_app.config["PLACES"]
    found = named_place() or (places.all[0] if len(places.all) == 1 else None)
    if found is None:
        raise Refused(f"{_there(places)} Say which one: feedback-app --partnership {places.all[0].key} ...")
    return found


def named_places() -> tuple[Place, ...]:
    """Return the partnership a command names, or all where it names none."""
    found = named_place()
    return (found,) if found else cast(Places, current_app.config["PLACES"]).all


def _there(places: Places) -> str:
    there = [found.key for found in places.all]
    return f"There are several partnerships: {', '.join(there)}." if len(there) > 1 else f"There is {there[0]}."


def scope() -> Scope:
    """Return whose data a command is about."""
    return place().scope


def shelf() -> Shelf:
    """Return the partnership's surveys as files."""
    return place().shelf


def policy() -> Policy:
    """Return the partnership's thresholds of disclosure control."""
    return place().policy


def taking() -> Taking:
    """Return how the partnership takes snapshots today."""
    here = place()
    return Taking(here.scope, here.policy, here.geography, here.population, now().date())


def theme_freezing() -> ThemeFreezing | None:
    """Return how the partnership freezes themes today, or None where it has no codeframe."""
    here = place()
    if here.codeframe is None:
        return None
    return ThemeFreezing(here.scope, here.policy, here.geography, here.codeframe, now().date())


def first_language() -> str:
    """Return the locale of the language that the surveys are written in."""
    return place().first_locale


def now() -> datetime:
    """Return the time now, where the partnership is."""
    return now_in(place().partnership.timezone)


def in_local_time(moment: datetime) -> str:
    """Return a stored moment as it was where the partnership is, to the minute."""
    known = moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # SQLite gives back what it was given, without zone
    return f"{known.astimezone(ZoneInfo(place().partnership.timezone)):%Y-%m-%d %H:%M}"


def today() -> date:
    """Return the day, where the partnership is."""
    return now().date()
