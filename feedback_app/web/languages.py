"""Languages of the pages: told by the first part of an address, words from .po files or a pseudo-language."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIEnvironment

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, request
from flask_babel import Domain, pgettext

from feedback_app.domain.partnership import CONTEXT, Language
from feedback_app.domain.place import Place
from feedback_app.domain.pseudo import PSEUDO, pseudo
from feedback_app.extensions import LANGUAGE_KEY, babel
from feedback_app.web.places import find_place, place, place_of

_FORMATS = {"en_XA": "en_GB", "ar_XB": "ar"}  # whose dates and numbers a pseudo-language borrows
PSEUDO_LANGUAGES = (
    Language(locale="en_XA", tag="en-XA", path="en-xa", name="Pseudo", direction="ltr"),
    Language(locale="ar_XB", tag="ar-XB", path="ar-xb", name="Pseudo (right to left)", direction="rtl"),
)


class LanguagePrefix:
    """WSGI middleware: "/ur/surveys/x" is served as "/surveys/x" in Urdu, and addresses made then begin with "/ur".

    So it is where the partnership offers Urdu; elsewhere there is no such address.
    """

    def __init__(
        self, inner: Callable[..., Iterable[bytes]], languages_of: Callable[[WSGIEnvironment], tuple[Language, ...]]
    ) -> None:
        self.inner, self.languages_of = inner, languages_of

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        # No address of ours has a NUL, and a database cannot be asked for one.
        path = environ.get("PATH_INFO", "").replace("\0", "\xef\xbf\xbd")
        environ["PATH_INFO"] = path
        head = path[1:].partition("/")[0]
        spoken = next((language for language in self.languages_of(environ) if language.path == head), None)
        if head and spoken:
            environ[LANGUAGE_KEY] = spoken
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{head}"
            environ["PATH_INFO"] = path[len(head) + 1 :] or "/"
        return self.inner(environ, start_response)


class _PseudoTranslations(NullTranslations):
    """Makes every message strange."""

    def __init__(self, locale: str) -> None:
        super().__init__()
        self.pseudo_locale = locale

    def gettext(self, message: str) -> str:
        """Return one message."""
        return pseudo(message, self.pseudo_locale)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return one message for a number."""
        return pseudo(msgid1 if n == 1 else msgid2, self.pseudo_locale)

    ugettext = gettext
    ungettext = ngettext

    def pgettext(self, context: str, message: str) -> str:
        """Return one message that has a context."""
        return self.gettext(message)

    def npgettext(self, context: str, singular: str, plural: str, num: int) -> str:
        """Return one message with a context for a number."""
        return self.ngettext(singular, plural, num)

    upgettext = pgettext
    unpgettext = npgettext


class PageDomain(Domain):
    """Finds a page's words: by the language of the request, read from its .po file when first needed."""

    def __init__(self, directory: Path) -> None:
        super().__init__(domain="messages")
        self.directory = directory
        self.loaded: dict[str, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        """Return the catalogue for the language of this request."""
        locale = page_language().locale
        if locale not in self.loaded:
            strange = locale in PSEUDO
            self.loaded[locale] = _PseudoTranslations(locale) if strange else load_catalogue(self.directory, locale)
        return self.loaded[locale]


def load_catalogue(directory: Path, locale: str) -> NullTranslations:
    """Return the translations of <directory>/<locale>/LC_MESSAGES/messages.po, or none when there is no such file."""
    path = directory / locale / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def page_language() -> Language:
    """Return the language of this request; outside any, and where the host is nobody's, the first of all."""
    spoken: Language | None = request.environ.get(LANGUAGE_KEY) if request else None
    if spoken is not None:
        return spoken
    first: Place = current_app.config["PLACES"].all[0]
    found = find_place() if request else None
    return (found or first).languages[0]


def in_page_language(text: str) -> str:
    """Return one of the partnership's own texts in the language of this request; "" stays so."""
    return pgettext(CONTEXT, text) if text else text


def language_links() -> list[dict[str, Any]]:
    """Return the languages a page can be read in, each with this page's address in it."""
    root = request.environ.get("SCRIPT_NAME", "")
    current = page_language()
    base = root.removesuffix(f"/{current.path}") if current.path else root
    path = quote(request.path, safe="/-_.~")  # else a backslash or question mark in it would change where it leads
    query = f"?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else ""
    return [
        {
            "tag": language.tag,
            "path": language.path,
            "name": language.name,
            "direction": language.direction,
            "url": f"{base}{'/' + language.path if language.path else ''}{path}{query}",
            "current": language == current,
        }
        for language in place().languages
    ]


def init_languages(app: Flask, directory: Path) -> None:
    """Let the pages of each partnership be read in its languages."""
    first = app.config["PLACES"].all[0].languages[0].locale

    def languages_of(environ: WSGIEnvironment) -> tuple[Language, ...]:
        found = place_of(environ, app.config["PLACES"])
        return found.languages if found else ()

    app.config["BABEL_DEFAULT_LOCALE"] = _FORMATS.get(first, first)
    babel.init_app(app, locale_selector=lambda: _FORMATS.get(page_language().locale, page_language().locale))
    babel.domain_instance = PageDomain(directory)
    app.wsgi_app = LanguagePrefix(app.wsgi_app, languages_of)  # type: ignore[method-assign]
