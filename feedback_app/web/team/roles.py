"""Who may do what: each role with its permissions in plain words, and the addresses that each permission opens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from feedback_app.domain.permission_words import PERMISSION_WORDS, ROLE_WORDS
from feedback_app.domain.permissions import Permission, permissions_of
from feedback_app.domain.scope import Role
from feedback_app.services.access_table import list_doors
from feedback_app.web.access import place, staff
from feedback_app.web.languages import in_page_language
from feedback_app.web.navigation import navigation
from feedback_app.web.team.views import blueprint

blueprint.add_app_template_global(navigation)  # every page for staff lists where to go


@dataclass(frozen=True)
class RoleLine:
    """A role as a line of the table: its name, whether whoever looks has it, and all that it may do."""

    name: str
    own: bool
    may: list[str]


@dataclass(frozen=True)
class PermissionLine:
    """A permission as a line of the table: what it lets do, who may, and the addresses it opens."""

    words: str
    roles: list[str]
    addresses: list[str]


def names_here() -> dict[Role, str]:
    """Return what the partnership calls each role; nothing where it describes none."""
    return {described.key: described.name for described in place().partnership.staff_roles}


def name_of(role: Role) -> str:
    """Return what a role is called here, in the language of the page."""
    names = names_here()
    return in_page_language(names[role]) if role in names else _(ROLE_WORDS[role])


def may_of(role: Role) -> str:
    """Return what a role may do, in the partnership's words or, where it has none, those of its permissions."""
    described = {one.key: one.may for one in place().partnership.staff_roles}
    if role in described:
        return in_page_language(described[role])
    return " ".join(words_for(permission) for permission in _in_order(permissions_of([role])))


def words_for(permission: Permission) -> str:
    """Return what a permission lets somebody do, in the language of the page."""
    return _(PERMISSION_WORDS[permission])


def _in_order(permissions: Iterable[Permission]) -> list[Permission]:
    given = set(permissions)
    return [permission for permission in Permission if permission in given]


def role_lines() -> list[RoleLine]:
    """Return every role in the order of their list."""
    return [
        RoleLine(
            name_of(role),
            bool(current_user.has_role(role.value)),
            [words_for(permission) for permission in _in_order(permissions_of([role]))],
        )
        for role in Role
    ]


def permission_lines() -> list[PermissionLine]:
    """Return every permission with the addresses it opens, as the views themselves say."""
    doors = list_doors(current_app.url_map.iter_rules(), current_app.view_functions)
    return [
        PermissionLine(
            words_for(permission),
            [name_of(role) for role in Role if permission in permissions_of([role])],
            sorted({door.address for door in doors if permission in door.asks_for}),
        )
        for permission in Permission
    ]


@blueprint.get("/roles")
@staff(Permission.SIGN_IN)
def roles() -> ResponseReturnValue:
    """Say what each role may do, and mark one's own."""
    return render_template("team/roles.html", roles=role_lines(), permissions=permission_lines())
