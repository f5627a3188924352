"""What this browser has begun: the one cookie holds, for each survey, the secret codes of its drafts, by number."""

from __future__ import annotations

from flask import session

KEY = "begun"
MOST = 9  # children, or fresh starts, of one survey in one browser


def codes_of(slug: str) -> list[str]:
    """Return the codes of a survey's drafts in this browser, the first child's first."""
    begun: dict[str, list[str]] = session.get(KEY, {})
    return list(begun.get(slug, []))


def code_of(slug: str, child: int) -> str | None:
    """Return the code behind the address of a survey and child (1, 2, ...), or None."""
    codes = codes_of(slug)
    return codes[child - 1] if 1 <= child <= len(codes) else None


def remember(slug: str, code: str) -> int:
    """Keep a draft's code in this browser and return the number of its child; the same code keeps its number."""
    codes = codes_of(slug)
    if code not in codes:
        codes = [*codes, code][-MOST:]
        session[KEY] = {**session.get(KEY, {}), slug: codes}
    return codes.index(code) + 1


def put(slug: str, child: int, code: str) -> int:
    """Keep a code under a child's number when that is the next one, or replace it; return the number it got."""
    codes = codes_of(slug)
    if 1 <= child <= len(codes):
        codes[child - 1] = code
        session[KEY] = {**session.get(KEY, {}), slug: codes}
        return child
    return remember(slug, code)


def forget_all() -> None:
    """Forget all drafts of this browser; on the server they stay until they expire."""
    session.pop(KEY, None)
