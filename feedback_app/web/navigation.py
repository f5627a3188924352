"""Where members of staff can go: one list, of which each sees what their roles open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from feedback_app.domain.permissions import Permission
from feedback_app.services.access_table import asked_by
from feedback_app.web.access import may, place


@dataclass(frozen=True)
class Entry:
    """A page to go to: its view, and how the way there is called."""

    endpoint: str
    words: Any  # a lazy text: it is said in the language of the page

    @property
    def asks_for(self) -> tuple[Permission, ...]:
        """Return the permissions of which its view asks for one: the view says so itself, nobody says it twice."""
        return asked_by(current_app.view_functions[self.endpoint])


COMPONENTS, TALKS, REACH = "team.components", "running.talks", "running.reach"
ENTRIES = (
    Entry("team.waves", _l("Surveys")),
    Entry("reading.room", _l("Reading room")),
    Entry("themes.choose", _l("What people say")),
    Entry("safeguarding.queue", _l("Safeguarding")),
    Entry("voices.voice_list", _l("Other voices")),
    Entry(TALKS, _l("Let’s Talk")),
    Entry(REACH, _l("Reach of talks")),
    Entry("team.roles", _l("Who may do what")),
    Entry("administering.people", _l("People")),
    Entry("auditing.log", _l("Audit log")),
    Entry(COMPONENTS, _l("Components")),
    Entry("account.overview", _l("Your account")),
)


def navigation() -> list[Entry]:
    """Return the pages that whoever asks may open, in order."""
    no_talks = place().programme is None
    hidden = {COMPONENTS: not shows_components(), TALKS: no_talks, REACH: no_talks}
    return [
        entry for entry in ENTRIES if not hidden.get(entry.endpoint) and (not entry.asks_for or may(*entry.asks_for))
    ]


def shows_components() -> bool:
    """Return whether the page of parts that pages are made of is there: for those who build the site alone."""
    return str(current_app.config["SETTINGS"].environment) != "production"


def special_pages() -> list[tuple[Entry, Permission]]:
    """Return the pages that not every member of staff may open but whoever asks may, each with what opens it."""
    entries = [entry for entry in navigation() if entry.asks_for and Permission.SIGN_IN not in entry.asks_for]
    return [(entry, next(permission for permission in entry.asks_for if may(permission))) for entry in entries]
