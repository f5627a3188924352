"""What this browser has begun: the one cookie holds the secret codes of its drafts, by survey and child.

A child's number is in the address of its pages and is never given to another, so that an open tab cannot write into
somebody else's answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import session

KEY = "begun"
MOST = 9  # children, or fresh starts, of one survey that one browser keeps; a school's tablet sees more


def _of(slug: str) -> dict[str, Any]:
    """Return what is kept for a survey: codes by number, numbers sent, the last number, what the link said."""
    kept = session.get(KEY, {}).get(slug, {})
    return {"codes": {}, "sent": [], "last": 0, "link": {}} | kept


def _keep(slug: str, kept: dict[str, Any]) -> None:
    session[KEY] = {**session.get(KEY, {}), slug: kept}


def code_of(slug: str, child: int) -> str | None:
    """Return the code behind the address of a survey and child (1, 2, ...), or None."""
    code: str | None = _of(slug)["codes"].get(str(child))
    return code


def list_unsent(slug: str) -> list[int]:
    """Return the children of a survey whose answers were not sent from this browser, the latest first."""
    kept = _of(slug)
    return sorted((int(child) for child in kept["codes"] if int(child) not in kept["sent"]), reverse=True)


def remember(slug: str, code: str) -> int:
    """Keep a draft's code in this browser and return the number of its child; the same code keeps its number.

    Beyond `MOST` the oldest is forgotten, those that were sent first; on the server nothing changes by that.
    """
    kept = _of(slug)
    for child, known in kept["codes"].items():
        if known == code:
            return int(child)
    child = kept["last"] + 1
    codes = {**kept["codes"], str(child): code}
    while len(codes) > MOST:
        codes.pop(min(codes, key=lambda number: (int(number) not in kept["sent"], int(number))))
    sent = [number for number in kept["sent"] if str(number) in codes]
    _keep(slug, kept | {"codes": codes, "sent": sent, "last": child})
    return int(child)


def note_sent(slug: str, child: int) -> None:
    """Note that a child's answers were sent: they are offered for going on no more."""
    kept = _of(slug)
    if child not in kept["sent"]:
        _keep(slug, kept | {"sent": [*kept["sent"], child]})


def keep_link(slug: str, link: Mapping[str, str]) -> None:
    """Keep what the link to a survey said, for a second child or a draft begun anew."""
    if _of(slug)["link"] != dict(link):
        _keep(slug, _of(slug) | {"link": dict(link)})


def link_of(slug: str) -> dict[str, str]:
    """Return what the link to a survey said when it was begun in this browser."""
    return dict(_of(slug)["link"])


def forget_all() -> None:
    """Forget all drafts of this browser; on the server they stay until they expire."""
    session.pop(KEY, None)
