"""What the sign-in library says, in this site's words and languages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_security.babel import FsDomain, is_lazy_string


class AccountDomain(FsDomain):
    """Finds the words of a message: ours when we have some, else those that came with the library."""

    def gettext(self, string: Any, **variables: Any) -> str:
        """Return a message in the language of the page; ours are lazy strings and know their own translation."""
        if is_lazy_string(string) or not isinstance(string, str):
            text = str(string)
            return text % variables if variables else text
        ours = gettext(string, **variables)
        return ours if ours != (string % variables if variables else string) else super().gettext(string, **variables)
