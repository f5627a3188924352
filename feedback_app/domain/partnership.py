"""A partnership: whose surveys these are, where, in which languages, and whom a family can turn to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from feedback_app.domain import duties as public_duties
from feedback_app.domain.duties import Duties, texts_of_duties
from feedback_app.domain.instrument import Frozen
from feedback_app.domain.scope import Role
from feedback_app.domain.wave import Keeping

KEY = r"^[a-z][a-z0-9_]*$"
Audience = Literal["parent_carer", "young_person", "staff", "anyone"]  # whom a survey asks
CONTEXT = "partnership"  # of its own texts, where they are translated


class Language(Frozen):
    """A language: Babel's name for it, its tag in a page, its part of an address (none for the first), its own name."""

    locale: str = Field(pattern=r"^[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?$")
    tag: str = Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")
    path: str = Field(default="", pattern=r"^[a-z-]*$")
    name: str = Field(min_length=1)
    direction: Literal["ltr", "rtl"] = "ltr"


class Locality(Frozen):
    """A part of the area, made of districts; figures of small districts are told for it instead."""

    key: str = Field(pattern=KEY)
    code: int = Field(ge=1, le=99)
    name: str = Field(min_length=1)


class District(Frozen):
    """A district: its answer code, never reused, its name, its ONS code and the locality it lies in."""

    key: str = Field(pattern=KEY)
    code: int = Field(ge=1, le=899)
    name: str = Field(min_length=1)
    ons: str = Field(pattern=r"^E\d{8}$")
    locality: str = Field(pattern=KEY)


class Geography(Frozen):
    """Districts and localities as they were on a date, for the map of a county may change."""

    as_of: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    source: str
    localities: tuple[Locality, ...] = ()
    districts: tuple[District, ...] = Field(min_length=1)


class Contact(Frozen):
    """Somebody to ring: what for, the number as it is read, as it is dialled, and a note such as "free"."""

    label: str = Field(min_length=1)
    number: str = Field(min_length=3)
    tel: str = Field(pattern=r"^\+?\d+$")
    note: str = ""
    young_label: str = ""  # how it is called on a page for the young, where that differs


class Contacts(Frozen):
    """The signposts on every page: in danger, worried about a child here, and for the young."""

    danger: Contact
    local: tuple[Contact, ...] = ()
    young: tuple[Contact, ...] = ()


class Reader(Frozen):
    """Who reads what: told to families before they answer; `young` says it to the young, in one or two sentences.

    `choices` and `young_choices` stand instead where nobody is asked to write; `of` are the audiences it holds for.
    """

    who: str
    reads: str
    young: str = ""
    choices: str = ""
    young_choices: str = ""
    of: tuple[Audience, ...] = ()

    def told(self, words: bool) -> str:
        """Return what they read, for a survey that asks for words or for choices alone."""
        return self.reads if words else self.choices or self.reads

    def told_young(self, words: bool) -> str:
        """Return the same for the young, with nothing where no words for them are given."""
        return self.young if words else self.young_choices or self.young


class StaffRole(Frozen):
    """A role that staff sign in with, and what it may do, in plain words; shown to those who have it."""

    key: Role
    name: str = Field(min_length=1)
    may: str = Field(min_length=1)


class Retention(Frozen):
    """How long things are kept, in days: what pages promise and what the program does."""

    draft_days: int = Field(ge=1)
    draft_days_after_close: int = Field(ge=0)
    text_days_after_close: int = Field(ge=1)

    @property
    def keeping(self) -> Keeping:
        """Return the same as the rules of waves and time take it."""
        return Keeping(self.draft_days, self.draft_days_after_close, self.text_days_after_close)


class Partnership(Frozen):
    """One local area's own facts: all that this program knows about where it runs."""

    key: str = Field(pattern=KEY)
    name: str
    short_name_lines: tuple[str, ...] = Field(min_length=1, max_length=3)
    timezone: str
    languages: tuple[Language, ...] = Field(min_length=1)
    later_languages: tuple[Language, ...] = ()
    geography: Geography
    contacts: Contacts
    quick_exit: str = Field(pattern=r"^https://")
    readers: tuple[Reader, ...] = Field(min_length=1)
    staff_roles: tuple[StaffRole, ...] = ()
    retention: Retention
    duties: Duties = Duties()

    @property
    def first_language(self) -> Language:
        """Return the language that has no prefix in an address and that the surveys are written in."""
        return self.languages[0]

    def readers_of(self, audience: str) -> tuple[Reader, ...]:
        """Return who reads the surveys that an audience answers, such as "young_person"."""
        return tuple(reader for reader in self.readers if not reader.of or audience in reader.of)

    @property
    def districts(self) -> tuple[District, ...]:
        """Return the districts, in the order they are offered."""
        return self.geography.districts

    @cached_property
    def districts_of(self) -> Mapping[str, tuple[District, ...]]:
        """Return locality key -> its districts."""
        return {
            locality.key: tuple(district for district in self.districts if district.locality == locality.key)
            for locality in self.geography.localities
        }


def texts_of_partnership(partnership: Partnership) -> Iterator[str]:
    """Yield what people read in their own language: contacts, who reads what, parts of the area, roles of staff."""
    contacts = partnership.contacts
    for contact in (contacts.danger, *contacts.local, *contacts.young):
        yield contact.label
        yield from filter(None, (contact.note, contact.young_label))
    for reader in partnership.readers:
        yield reader.who
        yield reader.reads
        yield from filter(None, (reader.young, reader.choices, reader.young_choices))
    for locality in partnership.geography.localities:
        yield locality.name
    for role in partnership.staff_roles:
        yield role.name
        yield role.may
    yield from texts_of_duties(partnership.duties)


def disagreements(partnership: Partnership) -> list[str]:
    """Return, in plain words, what does not fit together: codes used twice, a locality that is not there."""
    found: list[str] = []
    claims: tuple[tuple[str, list[int] | list[str]], ...] = (
        ("district code", [district.code for district in partnership.districts]),
        ("district key", [district.key for district in partnership.districts]),
        ("locality code", [locality.code for locality in partnership.geography.localities]),
        ("language", [language.locale for language in (*partnership.languages, *partnership.later_languages)]),
        ("language path", [language.path for language in (*partnership.languages, *partnership.later_languages)]),
        ("staff role", [role.key.value for role in partnership.staff_roles]),
    )
    for what, values in claims:
        twice = [value for value, count in Counter[object](values).items() if count > 1]
        found += [f"the {what} {value} is used twice" for value in twice]
    for district in partnership.districts:
        if district.locality not in partnership.districts_of:
            found.append(f"{district.name} lies in the locality {district.locality}, which is not declared")
    if partnership.first_language.path:
        found.append("the first language has no path: its addresses have no prefix")
    if not _is_timezone(partnership.timezone):
        found.append(f"there is no timezone {partnership.timezone!r}; they are called Europe/London and the like")
    described = {role.key for role in partnership.staff_roles}
    found += [f"the staff role {role.value} is not described" for role in Role if described and role not in described]
    return [*found, *public_duties.disagreements(partnership.duties)]


def _is_timezone(name: str) -> bool:
    """Return whether a time zone of this name is known."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # also for a folder of zones, and for a path
        return False
    return True
