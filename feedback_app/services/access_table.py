"""Who may open what: the table of all addresses, made from the very marks that the views enforce."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from feedback_app.domain.permission_words import PERMISSION_WORDS, ROLE_WORDS
from feedback_app.domain.permissions import Permission, permissions_of
from feedback_app.domain.scope import Role

PUBLIC = "public"  # how web.access marks a view that anybody may see
_ASKED_ALONE = frozenset({"HEAD", "OPTIONS"})  # HEAD is answered as GET is; OPTIONS names the methods and nothing else
# These let somebody in to a part only of what the view shows.
PART_ONLY = frozenset({Permission.READ_YOUNG_FIGURES})
# Views that came with a library, whose own words are for programmers.
_LIBRARY = MappingProxyType(
    {
        "static": "Send a style sheet, a script, a font or a picture.",
        "security.login": "Ask for address and password, and let in who knows both.",
        "security.logout": "Sign out.",
        "security.forgot_password": "Ask for a link to a new password, sent to the account's address.",
        "security.reset_password": "Keep a new password for whoever holds such a link.",
        "security.change_password": "Change one's own password.",
        "security.verify": "Ask for the password again before something that matters.",
    }
)


class Way(StrEnum):
    """How far somebody gets at an address."""

    OPEN = "yes"
    YOUNG = "young"  # of surveys that young people answer alone
    SHUT = "no"


class Rule(Protocol):
    """A way to a view, as the router keeps it."""

    rule: str
    endpoint: str
    methods: set[str] | None


@dataclass(frozen=True)
class Door:
    """An address with its methods: what it is for, and which permissions open it; none named when open to anybody."""

    address: str
    methods: tuple[str, ...]
    endpoint: str
    does: str
    asks_for: tuple[Permission, ...]

    @property
    def anybody(self) -> bool:
        """Return whether it is open without an account."""
        return not self.asks_for

    def way_of(self, roles: Iterable[Role]) -> Way:
        """Return how far somebody gets who has these roles; without any, whoever has no account.

        A page of no one survey opens whole: it shows each what they may see.
        """
        if self.anybody:
            return Way.OPEN
        opening = permissions_of(roles) & set(self.asks_for)
        if not opening:
            return Way.SHUT
        return Way.YOUNG if opening <= PART_ONLY and "<slug>" in self.address else Way.OPEN


def list_doors(rules: Iterable[Rule], views: Mapping[str, Callable[..., Any]]) -> list[Door]:
    """Return every address of the program in order; ValueError for a view that says to nobody whom it is for."""
    doors = [_door(rule, views[rule.endpoint]) for rule in rules]
    return sorted(doors, key=lambda door: (door.address, door.methods))


def asked_by(view: Callable[..., Any]) -> tuple[Permission, ...]:
    """Return the permissions of which a view asks for one; none where anybody may see it."""
    audience: object = getattr(view, "audience", PUBLIC)
    return audience if isinstance(audience, tuple) else ()


def _door(rule: Rule, view: Callable[..., Any]) -> Door:
    if rule.endpoint != "static" and not hasattr(view, "audience"):
        raise ValueError(f"{rule.endpoint} names nobody whom it is for.")
    does = _LIBRARY.get(rule.endpoint) or (inspect.getdoc(view) or "").partition("\n")[0]
    methods = tuple(sorted((rule.methods or {"GET"}) - _ASKED_ALONE))
    return Door(rule.rule, methods, rule.endpoint, does, asked_by(view))


def documents_of(doors: Sequence[Door]) -> dict[str, Any]:
    """Return the table for programs: what each role may, and each address with how far everybody gets there."""
    return {
        "roles": {
            role.value: [permission.value for permission in Permission if permission in permissions_of([role])]
            for role in Role
        },
        "addresses": [
            {
                "address": door.address,
                "methods": list(door.methods),
                "view": door.endpoint,
                "does": door.does,
                "asks_for": [permission.value for permission in door.asks_for],
                "may": {"nobody": door.way_of([]).value} | {role.value: door.way_of([role]).value for role in Role},
            }
            for door in doors
        ],
    }


def markdown_of(doors: Sequence[Door]) -> str:
    """Return the same as the tables of a document: permissions by role, addresses for anybody, those for staff."""
    mark = {Way.OPEN: "yes", Way.YOUNG: "young", Way.SHUT: "–"}
    names = [ROLE_WORDS[role] for role in Role]
    may = [
        [PERMISSION_WORDS[permission], *("yes" if permission in permissions_of([role]) else "–" for role in Role)]
        for permission in Permission
    ]
    public = [[_code(door), ", ".join(door.methods), _plain(door.does)] for door in doors if door.anybody]
    staff = [
        [_code(door), ", ".join(door.methods), _plain(door.does), mark[door.way_of([])]]
        + [mark[door.way_of([role])] for role in Role]
        for door in doors
        if not door.anybody
    ]
    parts = (
        ("What each role may do", _table(["May", *names], may)),
        ("Pages for anybody", _table(["Address", "Methods", "What it does"], public)),
        ("Pages for staff", _table(["Address", "Methods", "What it does", "Nobody", *names], staff)),
    )
    return "\n\n".join(f"## {heading}\n\n{table}" for heading, table in parts) + "\n"


def _code(door: Door) -> str:
    return f"`{door.address}`"


def _plain(text: str) -> str:
    return text.replace("|", "\\|")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
