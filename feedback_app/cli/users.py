"""`feedback-app user`: accounts of staff. What administrators do on their pages, and adding the first of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from feedback_app.cli.running import Refused, application, now, operator, reading, scope, settings, shelf, writing
from feedback_app.domain.scope import Role
from feedback_app.services import administering, inviting
from feedback_app.services.accounts import AccountRefused
from feedback_app.services.administering import Doer, Duties, PeopleRefused, Person, PersonUnknown

ROLES = [role.value for role in Role]
NO_MAIL = "It waits: no mail server is set. Set FEEDBACK_MAIL_SERVER."
_WHY = {
    "address": "This is no e-mail address. Letters other than a to z are not taken: some look like those and are not.",
    "taken": "There is an account for this address already.",
    "no_role": "Name at least one role.",
    "unknown_role": f"There is no such role. There are: {', '.join(ROLES)}.",
    "not_a_lead": "Only a workstream lead has workstreams: add --role workstream_lead, or leave --workstream out.",
    "has_come": "This person has signed in already, and needs no invitation.",
    "is_off": "This account is off. Switch it on first: feedback-app user enable",
}

email_option = click.option("--email", required=True, help="The address of the account.")
_Command = Callable[..., None]


def duties_options(command: _Command) -> _Command:
    """Give a command the options that say what somebody is."""
    role = click.option(
        "--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be given again."
    )
    streams = click.option(
        "--workstream", "workstreams", multiple=True, help="Key of a workstream, such as P1. May be given again."
    )
    return role(streams(command))


@click.group("user")
def user() -> None:
    """Give members of staff access, and take it away."""


@contextmanager
def _said_plainly(email: str) -> Iterator[None]:
    """Say in a sentence why an account cannot be like this."""
    try:
        yield
    except AccountRefused as refused:
        raise Refused(str(refused)) from refused
    except PersonUnknown as unknown:
        raise Refused(f"There is no account for {email}.") from unknown
    except PeopleRefused as refused:
        raise Refused(_sentence(refused.reason)) from refused


def _sentence(reason: str) -> str:
    if reason not in _WHY:
        what = "Name" if reason == "no_workstream" else "There is no such workstream. Name"
        keys = ", ".join(f"{key} ({title})" for key, title in shelf().load_workstreams().items())
        return f"{what} at least one --workstream for a workstream lead, of: {keys}."
    return _WHY[reason]


def _by() -> Doer:
    return Doer(operator(), now())


def _duties(roles: tuple[str, ...], workstreams: tuple[str, ...]) -> Duties:
    return administering.read_duties(roles, workstreams, shelf().load_workstreams())


def _password(from_input: bool) -> str:
    """Return a password: the first line of the input, or what is typed twice without being shown."""
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@user.command("add")
@click.option("--email", required=True, help="The address to sign in with.")
@duties_options
@click.option("--password-stdin", is_flag=True, help="Read the password from the input, instead of asking for it.")
def add(email: str, roles: tuple[str, ...], workstreams: tuple[str, ...], password_stdin: bool) -> None:
    """Add an account with a password: for the first administrator, who invites all others."""
    password = _password(password_stdin)
    with application(), writing() as db, _said_plainly(email):
        duties = _duties(roles, workstreams)
        added = administering.add_with_password(db, scope(), email, password, duties, _by())
        click.echo(f"{added.email} can sign in at /team/sign-in ({duties}).")


@user.command("invite")
@click.option("--email", required=True, help="The address to invite. Somebody invited already is sent a new link.")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="May be given again.")
@click.option("--workstream", "workstreams", multiple=True, help="Key of a workstream. May be given again.")
@click.option("--again", is_flag=True, help="Send somebody who has not come yet a new link; leave --role out.")
def invite(email: str, roles: tuple[str, ...], workstreams: tuple[str, ...], again: bool) -> None:
    """Add an account without a password, and send a link by e-mail to choose one."""
    with application(), writing() as db, _said_plainly(email):
        if again:
            inviting.invite_again(db, scope(), administering.number_of(db, scope(), email), _by())
        else:
            inviting.invite(db, scope(), email, _duties(roles, workstreams), _by())
        waits = settings().mail_waits
        click.echo(f"The invitation of {email} is put into the outbox. {NO_MAIL if waits else ''}".strip())


@user.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_all(form: str) -> None:
    """List the accounts, with their roles."""
    with application(), reading() as db:
        people = administering.list_people(db, scope())
    if form == "json":
        click.echo(json.dumps([_document(person) for person in people], indent=2))
        return
    for person in people:
        roles = ", ".join(sorted(person.duties.roles))
        state = ("on" if person.has_come else "invited") if person.active else "off"
        workstreams = f"\t{', '.join(person.duties.workstreams)}" if person.duties.workstreams else ""
        click.echo(f"{person.address}\t{roles}\t{state}{workstreams}")


def _document(person: Person) -> dict[str, object]:
    until = person.invited_until
    return {
        "email": person.address,
        "roles": list(person.duties.roles),
        "workstreams": list(person.duties.workstreams),
        "on": person.active,
        "has_come": person.has_come,
        "invited_until": until.isoformat() if until and not person.has_come else None,
        "second_factor": person.has_second_factor,
    }


def _change(email: str, work: Callable[[Session, int], None], done: str) -> None:
    """Do something to the account of an address and say so."""
    with application(), writing() as db, _said_plainly(email):
        work(db, administering.number_of(db, scope(), email))
        click.echo(done)


@user.command("roles")
@email_option
@duties_options
def change_roles(email: str, roles: tuple[str, ...], workstreams: tuple[str, ...]) -> None:
    """Give an account these roles and workstreams in place of those it had."""

    def work(db: Session, number: int) -> None:
        duties = _duties(roles, workstreams)
        administering.change_duties(db, scope(), number, duties, _by(), keep_one=False)

    _change(email, work, f"{email} has these roles now: {', '.join(roles)}.")


@user.command("disable")
@email_option
def disable(email: str) -> None:
    """Switch an account off. Its sessions end at once."""
    _change(
        email,
        lambda db, number: administering.switch_off(db, scope(), number, _by(), keep_one=False),
        f"{email} cannot sign in any more.",
    )


@user.command("enable")
@email_option
def enable(email: str) -> None:
    """Switch an account on again, with the roles and the password it had."""
    _change(
        email,
        lambda db, number: administering.switch_on(db, scope(), number, _by()),
        f"{email} can sign in again.",
    )


@user.command("sign-out")
@email_option
def sign_out(email: str) -> None:
    """End an account's sessions on every device."""
    _change(
        email,
        lambda db, number: administering.sign_out_everywhere(db, scope(), number, _by()),
        f"{email} is signed out everywhere.",
    )


@user.command("forget-second-factor")
@email_option
def forget_second_factor(email: str) -> None:
    """Take away a second factor that was lost: app, passkeys and recovery codes. A new one is set up next time."""
    _change(
        email,
        lambda db, number: administering.take_away_second_factor(db, scope(), number, _by()),
        f"{email} sets up a new second factor at the next sign-in.",
    )
