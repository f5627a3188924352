"""What the sign-in library asks about a new password, and what we say of one that guessers would try first."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_security import PasswordUtil

from feedback_app.services.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD, weakness_of
from feedback_app.web.access import place


def what_is_wrong(password: str, address: str) -> str | None:
    """Return in a sentence why somebody cannot have this password, or None."""
    here = place()
    weak = weakness_of(password, [address, here.partnership.name, here.scope.partnership])
    if weak is None:
        return None
    sentences = {
        "short": _("Use at least %(length)s letters, numbers and signs", length=SHORTEST_PASSWORD),
        "long": _("Use at most %(length)s letters, numbers and signs", length=LONGEST_PASSWORD),
        "repeated": _("This repeats the same few signs. Use words that do not belong together"),
        "run": _("This is a row of the alphabet, of numbers or of keys. Use words that do not belong together"),
        "known": _("This is easy to guess: a known word, or your address. Use words that do not belong together"),
    }
    return sentences[weak]


class StrongPasswords(PasswordUtil):
    """Says of a new password whether it can be kept."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """Return what is wrong with a password, in sentences, and its normal form."""
        normal = self.normalize(password)
        wrong = what_is_wrong(normal, kwargs["user"].email)
        return ([wrong] if wrong else None), normal
