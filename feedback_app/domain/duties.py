"""What the law asks a public body to say on its site: who answers for it, accessibility, privacy, weaknesses.

All of it is the partnership's own and may be missing while a site is made ready: `lacking` tells what, and where.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from pydantic import Field

from feedback_app.domain.instrument import Frozen

EMAIL = r"^$|^[^@\s<>,;:\"]+@[^@\s<>,;:\"]+\.[^@\s<>,;:\"]+$"
LONGEST_EXPIRY = timedelta(days=366)  # RFC 9116, 2.5.5: less than a year ahead is advised
Where = tuple[str, ...]
Lack = tuple[Where, str]


class Office(Frozen):
    """Somebody who can be written to: a name, and at least one way to reach them."""

    name: str = ""
    email: str = Field(default="", pattern=EMAIL)
    number: str = ""  # as it is read
    tel: str = Field(default="", pattern=r"^$|^\+?\d+$")  # as it is dialled
    post: tuple[str, ...] = ()  # the lines of an address

    @property
    def is_reachable(self) -> bool:
        """Return whether there is any way to reach them."""
        return bool(self.email or self.tel or self.post)


class Barrier(Frozen):
    """Something that not everybody can use: what, why, what to use instead, the criterion of WCAG it falls short of."""

    what: str = Field(min_length=1)
    why: str = Field(min_length=1)
    instead: str = ""
    criterion: str = ""


class Accessibility(Frozen):
    """The facts of the accessibility statement."""

    status: Literal["full", "partial", "none"] = "partial"
    barriers: tuple[Barrier, ...] = ()  # known to be short of the guidelines
    untested: tuple[str, ...] = ()  # what nobody has tried: it may work or not
    beyond: tuple[str, ...] = ()  # what the guidelines do not ask and people miss
    tested_by: str = ""
    tested_on: date | None = None
    prepared_on: date | None = None
    reviewed_on: date | None = None


class Privacy(Frozen):
    """The facts of the privacy notices (UK GDPR, article 13)."""

    controller: Office = Office()
    officer: Office = Office()  # the data protection officer
    basis: Literal["public_task", "consent"] | None = None
    law: str = ""  # what makes it a public task
    special: Literal["public_interest", "consent"] | None = None  # for answers about health or disability
    kept_in: str = ""  # the country
    helpers: tuple[str, ...] = ()  # firms that keep or send things for the controller
    reviewed_on: date | None = None


class Security(Frozen):
    """Where a weakness of the site is reported to (security.txt), and until when that holds."""

    contact: str = Field(default="", pattern=r"^$|^(mailto:[^@\s]+@[^@\s]+|https://\S+)$")
    expires: date | None = None


class Duties(Frozen):
    """What a partnership says as the law asks it to."""

    run_by: str = ""  # the public body whose site this is
    contact: Office = Office()
    answer_days: int | None = Field(default=None, ge=1, le=90)  # working days until somebody who writes has an answer
    review_months: int = Field(default=12, ge=1, le=12)
    accessibility: Accessibility = Accessibility()
    privacy: Privacy = Privacy()
    security: Security = Security()


def texts_of_duties(duties: Duties) -> Iterator[str]:
    """Yield what people read in their own language."""
    for barrier in duties.accessibility.barriers:
        yield from filter(None, (barrier.what, barrier.why, barrier.instead))
    yield from (*duties.accessibility.untested, *duties.accessibility.beyond)
    yield from filter(None, (duties.accessibility.tested_by, duties.privacy.law, duties.privacy.kept_in))
    yield from duties.privacy.helpers


def disagreements(duties: Duties) -> Iterator[str]:
    """Yield, in plain words, what does not fit together."""
    stated = duties.accessibility
    if stated.status == "full" and (stated.barriers or stated.untested):
        yield "the accessibility statement says that all can be used, and names what cannot or was not tried"
    if stated.prepared_on and stated.reviewed_on and stated.reviewed_on < stated.prepared_on:
        yield "the accessibility statement was reviewed before it was prepared"
    if duties.privacy.basis == "public_task" and not duties.privacy.law:
        yield "the lawful basis is a public task: name the law that gives it (law)"


def lacking(duties: Duties, today: date) -> Iterator[Lack]:
    """Yield what is missing or out of date before real surveys open: where in `duties`, and what, in plain words."""
    yield from _nobody(duties)
    yield from _of_accessibility(duties, today)
    yield from _of_privacy(duties, today)
    yield from _of_security(duties.security, today)


def _nobody(duties: Duties) -> Iterator[Lack]:
    if not duties.run_by:
        yield ("run_by",), "the public body that runs this site is not named"
    if not duties.contact.is_reachable:
        yield ("contact",), "nobody can write to you: give an e-mail, a telephone number or an address"
    if duties.answer_days is None:
        yield ("answer_days",), "it is not said within how many working days you answer"


def _of_accessibility(duties: Duties, today: date) -> Iterator[Lack]:
    stated, under = duties.accessibility, "accessibility"
    if stated.status == "partial" and not stated.barriers and not stated.untested:
        yield (under, "barriers"), "the site is partly accessible, but what is not stands nowhere"
    if not stated.tested_on or not stated.tested_by:
        yield (under, "tested_on"), "the accessibility statement does not say when the site was tested, and by whom"
    if not stated.prepared_on:
        yield (under, "prepared_on"), "the accessibility statement does not say when it was prepared"
    reviewed = stated.reviewed_on or stated.prepared_on
    if reviewed and _is_overdue(reviewed, duties.review_months, today):
        yield (under, "reviewed_on"), f"the accessibility statement was last reviewed on {reviewed}: look at it again"


def _of_privacy(duties: Duties, today: date) -> Iterator[Lack]:
    said = duties.privacy
    missing: tuple[tuple[bool, str, str], ...] = (
        (bool(said.controller.name), "controller", "the controller is not named"),
        (said.controller.is_reachable, "controller", "nobody can write to the controller"),
        (said.officer.is_reachable, "officer", "nobody can write to the data protection officer"),
        (said.basis is not None, "basis", "the lawful basis is missing"),
        (said.special is not None, "special", "what allows answers about health or disability is missing"),
        (bool(said.kept_in), "kept_in", "the country where answers are kept is missing"),
        (said.reviewed_on is not None, "reviewed_on", "it is not said when the privacy notices were last looked at"),
    )
    yield from ((("privacy", key), message) for there, key, message in missing if not there)
    if said.reviewed_on and _is_overdue(said.reviewed_on, duties.review_months, today):
        yield ("privacy", "reviewed_on"), f"the privacy notices were last looked at on {said.reviewed_on}: do so again"


def _of_security(security: Security, today: date) -> Iterator[Lack]:
    where = ("security", "expires")
    if not security.contact:
        yield ("security", "contact"), "nobody is named to whom a weakness of the site is reported (security.txt)"
    if security.expires is None:
        yield where, "security.txt has no day on which it expires"
    elif security.expires <= today:
        yield where, f"security.txt expired on {security.expires}: check the contact and set a new day"
    elif security.expires > today + LONGEST_EXPIRY:
        yield where, f"security.txt expires on {security.expires}, more than a year from now: name a nearer day"


def _is_overdue(reviewed: date, months: int, today: date) -> bool:
    """Return whether a review is longer ago than `months` (of 30.4 days each, rounded up)."""
    return today > reviewed + timedelta(days=31 * months)
