"""What the program refuses to be served with where answers are real."""

from __future__ import annotations

import os
import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from feedback_app.cli.running import Refused, application, reading
from feedback_app.clock import now_in
from feedback_app.services.accounts import list_demonstration_staff
from feedback_app.settings import Settings


def refuse_unsafe(settings: Settings) -> None:
    """Raise Refused in production for an address without HTTPS, or for accounts whose password everybody knows."""
    if settings.environment != "production":
        return
    with application() as app:
        plain = [place.site_address for place in app.config["PLACES"].all if _is_plain(place.site_address)]
        if plain and not settings.allow_http:
            raise Refused(
                f"The site's address {', '.join(plain)} has no HTTPS: whoever is in between could read the answers. "
                "Set FEEDBACK_SITE_ADDRESS to the https:// address that families use, or, for a trial on this machine "
                "alone, FEEDBACK_ALLOW_HTTP=true."
            )
        _refuse_known_passwords(settings)
        for place in app.config["PLACES"].all:
            for lack in place.shelf.find_lacking(now_in(place.partnership.timezone).date()):
                click.echo(f"Not said in public yet: {lack}", err=True)


def _is_plain(address: str) -> bool:
    return not address.lower().startswith("https://")


def _refuse_known_passwords(settings: Settings) -> None:
    if settings.demonstration:
        return
    try:
        with reading() as db:
            known = list_demonstration_staff(db)
    except SQLAlchemyError:  # away, or without tables yet: the pages say so by themselves, and nobody signs in
        return
    if known:
        raise Refused(
            f"This database has demonstration accounts, whose password is public: {', '.join(known)}. Switch each off "
            "with `feedback-app user disable --email ...`, or begin with a database of your own."
        )


def check_in_a_copy(settings: Settings) -> None:
    """End the program when `refuse_unsafe` refuses; asked in a copy of this process, so that this one stays small."""
    if settings.environment != "production":
        return
    copy = os.fork()
    if copy == 0:
        code = 1
        try:
            refuse_unsafe(settings)
            code = 0
        except click.ClickException as refused:
            refused.show()
            code = refused.exit_code
        finally:
            sys.stderr.flush()
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
    if code:
        raise SystemExit(code)
