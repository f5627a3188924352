"""One partnership as the program runs it: whose data, which files, at which address. Several never see each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.partnership import Geography, Language, Partnership
from feedback_app.domain.population import Population
from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import Screener, Screening
from feedback_app.domain.shelf import Shelf
from feedback_app.domain.talks.programme import Programme


@dataclass(frozen=True, eq=False)
class Place:
    """All that is one partnership's own; ``languages`` are those its pages can be read in, the first without prefix."""

    key: str
    scope: Scope
    partnership: Partnership
    shelf: Shelf
    population: Population | None
    scale_titles: Mapping[str, str]
    policy: Policy
    languages: tuple[Language, ...]
    site_address: str

    @property
    def host(self) -> str:
        """Return the host of the site's address, without its port."""
        return host_of(self.site_address)

    @property
    def geography(self) -> Geography:
        """Return the partnership's districts and localities."""
        return self.partnership.geography

    @property
    def codeframe(self) -> Codeframe | None:
        """Return the themes that people's words are coded by, or None; raise FilesRefused.

        Read when it is first asked for: the file is long, and answering a survey needs none of it.
        """
        return self.shelf.load_codeframe()

    @property
    def screening(self) -> Screening | None:
        """Return how people's words are screened, or None where no file says; read when it is first asked for."""
        return self.shelf.load_screening()

    @property
    def screener(self) -> Screener | None:
        """Return what screens people's words, or None where no file says how."""
        found = self.screening
        return found.screener if found else None

    @property
    def programme(self) -> Programme | None:
        """Return what is said of talks, or None where the partnership holds none; read when it is first asked for."""
        return self.shelf.load_programme()

    @property
    def first_locale(self) -> str:
        """Return the locale of the language that the surveys are written in."""
        return self.partnership.first_language.locale


class Places:
    """The partnerships of one installation, each found by its key or by the host that is asked for."""

    def __init__(self, places: Iterable[Place]) -> None:
        """Take one place or several; ValueError for none, and for two of one key or one host."""
        self.all = tuple(places)
        self._by_key = {place.key: place for place in self.all}
        self._by_host = {place.host: place for place in self.all}
        if not self.all or len(self._by_key) < len(self.all) or len(self._by_host) < len(self.all):
            raise ValueError("there is no place, or two have one key or one host")

    @property
    def only(self) -> Place:
        """Return the place where there is one alone; ValueError where there are several."""
        if len(self.all) > 1:
            raise ValueError(f"there are several partnerships: {', '.join(self._by_key)}")
        return self.all[0]

    def by_key(self, key: str) -> Place | None:
        """Return the partnership of a key, or None."""
        return self._by_key.get(key)

    def by_host(self, host: str) -> Place | None:
        """Return whose site a host is, with or without a port; every host is that of the only one, None is nobody's."""
        return self.all[0] if len(self.all) == 1 else self._by_host.get(host_of(f"//{host}"))


def host_of(address: str) -> str:
    """Return the host of an address in small letters, as it is sent, without port or closing dot; "" for none."""
    try:
        host = urlsplit(address).hostname or ""
        return host.removesuffix(".").encode("idna").decode("ascii").lower()
    except ValueError:  # brackets that do not close, a label that is too long
        return ""
