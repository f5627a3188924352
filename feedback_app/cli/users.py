"""`feedback-app user`: accounts of staff."""

from __future__ import annotations

import sys

import click

from feedback_app.cli.running import Refused, application, reading, scope, writing
from feedback_app.domain.scope import Role
from feedback_app.services import accounts

ROLES = [role.value for role in Role]


@click.group("user")
def user() -> None:
    """Give members of staff access, and take it away."""


def _password(from_input: bool) -> str:
    """Return a password: the first line of the input, or what is typed twice without being shown."""
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@user.command("add")
@click.option("--email", required=True, help="The address to sign in with.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be given again.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the input, instead of asking for it.")
def add(email: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Add an account."""
    password = _password(password_stdin)
    with application(), writing() as db:
        try:
            added = accounts.add_user(db, scope(), email, password, [Role(role) for role in roles])
        except accounts.AccountRefused as refused:
            raise Refused(str(refused)) from refused
        click.echo(f"{added.email} can sign in at /team/sign-in ({', '.join(roles)}).")


@user.command("list")
def list_all() -> None:
    """List the accounts, with their roles."""
    with application(), reading() as db:
        for found in accounts.list_users(db, scope()):
            roles = ", ".join(sorted(role.name for role in found.roles))
            click.echo(f"{found.email}\t{roles}\t{'on' if found.active else 'off'}")


@user.command("disable")
@click.option("--email", required=True, help="The address of the account.")
def disable(email: str) -> None:
    """Switch an account off. Its sessions end at once."""
    with application(), writing() as db:
        try:
            accounts.disable_user(db, scope(), email)
        except accounts.AccountRefused as refused:
            raise Refused(str(refused)) from refused
        click.echo(f"{email} cannot sign in any more.")
