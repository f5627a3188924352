"""An instrument: the questions of a survey as frozen data, in one language; it knows no page and no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from feedback_app.domain.conditions import Condition
from feedback_app.domain.missing import Missing

MissingKind = Literal["dont_know", "does_not_apply", "prefer_not_to_say"]
APART_CODES = (Missing.PREFER_NOT_TO_SAY, Missing.DONT_KNOW, Missing.DOES_NOT_APPLY)


class Frozen(BaseModel):
    """A value that never changes and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(Frozen):
    """One answer: a whole-number code, never reused, and its label in the instrument's language."""

    code: int = Field(ge=0, le=999)
    label: str = Field(min_length=1)
    missing: MissingKind | None = None
    picture: str | None = None
    reported_as: int | None = None  # the breakdown group's code, where several options are reported together


class Apart(Frozen):
    """An answer off the scale ("Does not apply"), shown apart and stored as its kind of missing."""

    code: Missing
    label: str = Field(min_length=1)


class _Item(Frozen):
    # A field added later needs a default that is empty, or the checksum of every fielded version changes: see texts.py.
    id: str = Field(pattern=r"^[A-Z]{2,6}_?[A-Z0-9]{1,3}$")
    text: str = Field(min_length=1)
    hint: str = ""
    route: Condition | None = None
    required: bool = False
    content: bool = True  # counts towards `min_content`; routing and practice questions do not
    practice: bool = False  # to try how answering works; in rows, never in a summary
    group: str | None = None
    priorities: tuple[int, ...] = ()
    plan_references: tuple[str, ...] = ()
    scale: str | None = None
    domain: str | None = None
    cornerstone: str | None = None
    lundy: str | None = None
    sensitive: bool = False
    breakdown: str | None = None
    picture: str | None = None
    note: str = ""  # for the people who work on the survey; never shown to those who answer


class _ChoiceItem(_Item):
    options: tuple[Option, ...] = Field(min_length=2)
    options_from: str = ""  # the shared scale or list the options came from; their translations have it as context
    apart: tuple[Apart, ...] = ()
    structural_zeros: tuple[int, ...] = ()

    @cached_property
    def codes(self) -> frozenset[int]:
        """Return every code this item accepts, apart answers included."""
        return frozenset(option.code for option in self.options) | {int(answer.code) for answer in self.apart}

    @cached_property
    def valid_options(self) -> tuple[Option, ...]:
        """Return the options that are values, those declared missing left out."""
        return tuple(option for option in self.options if option.missing is None)

    @cached_property
    def missing_options(self) -> Mapping[int, str]:
        """Return option code -> kind of missing, for options declared so."""
        return {option.code: option.missing for option in self.options if option.missing}

    def label_of(self, code: int) -> str:
        """Return the label of a code of this item; KeyError when it has none."""
        return self._labels[code]

    @cached_property
    def _labels(self) -> Mapping[int, str]:
        labels = {option.code: option.label for option in self.options}
        return labels | {int(answer.code): answer.label for answer in self.apart}


class RatingItem(_ChoiceItem):
    """A five-point rating; `type` names the response scale, "csat5" the one that is reported as CSAT."""

    type: Literal["freq5", "agree5", "sat5", "csat5", "ease5", "conf5"]
    top: tuple[int, ...] = (4, 5)
    bottom: tuple[int, ...] = (1, 2)
    reverse_coded: bool = False


class NpsItem(_ChoiceItem):
    """Likelihood to recommend from 0 to 10, its ends labelled."""

    type: Literal["nps11"]
    low_label: str = ""
    high_label: str = ""


class FacesItem(_ChoiceItem):
    """Three or five faces with words, most favourable first."""

    type: Literal["smiley3", "smiley5"]
    top: tuple[int, ...]
    bottom: tuple[int, ...]


class ShareOf(Frozen):
    """A headline of a single-choice item: the share of `codes` among answers in `base` (all valid ones if empty)."""

    label: str
    codes: tuple[int, ...] = Field(min_length=1)
    base: tuple[int, ...] = ()


class SingleItem(_ChoiceItem):
    """One choice from a list. `figures` names shares of their own (name -> codes counted, codes of the base)."""

    type: Literal["single"]
    figures: Mapping[str, ShareOf] = {}


class MultiItem(_ChoiceItem):
    """Any number of choices, at most `at_most`; an option in `alone` cannot stand beside others."""

    type: Literal["multi"]
    at_most: int | None = Field(default=None, ge=1)
    alone: tuple[int, ...] = ()


class TextItem(_Item):
    """Own words, up to `longest` characters; tagged by theme unless it may hold personal data."""

    type: Literal["text"]
    longest: int = Field(default=2000, ge=1, le=10000)
    valence: Literal["going_well", "needs_change"] | None = None


Item = Annotated[
    RatingItem | NpsItem | FacesItem | SingleItem | MultiItem | TextItem,
    Field(discriminator="type"),
]
ChoiceItem = RatingItem | NpsItem | FacesItem | SingleItem | MultiItem
ITEM_KINDS: tuple[type[_Item], ...] = (RatingItem, NpsItem, FacesItem, SingleItem, MultiItem, TextItem)


class Group(Frozen):
    """A short group of items of the same type that share one page."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str = Field(min_length=1)
    hint: str = ""


class Section(Frozen):
    """A titled run of items; `route` applies to all of them."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str = Field(min_length=1)
    hint: str = ""
    route: Condition | None = None
    groups: tuple[Group, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)


class ContextField(Frozen):
    """Something coarse that is known from the link, not asked (stage, month, course); other values are dropped."""

    id: str = Field(pattern=r"^[a-z_]+$")
    values: tuple[str, ...] = ()
    pattern: str | None = None  # for months and the like, when the values cannot be listed
    breakdown: str | None = None
    breakdown_codes: Mapping[str, int] = {}


class Handover(Frozen):
    """Where somebody is pointed who answers in another's place; their answers are not kept."""

    when: Condition
    title: str
    text: str
    button: str
    survey: str


class Start(Frozen):
    """What is said before the first question."""

    lead: str
    before: tuple[str, ...] = ()
    read_by: str
    purpose: str
    kept: str


@dataclass(frozen=True)
class Page:
    """What is asked at once: one item, or a short group."""

    id: str
    section: Section
    group: Group | None
    items: tuple[Item, ...]


class Instrument(Frozen):
    """A survey's questions in one version and one language."""

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    slug: str = Field(pattern=r"^[a-z0-9-]+$")
    code: str
    version: int = Field(ge=1)
    title: str
    formal_title: str
    audience: Literal["parent_carer", "young_person", "staff", "anyone"]
    voice: Literal["family", "young", "pictures"]
    form: Literal["standard", "easy_read", "pictures"] = "standard"
    minors: bool = False
    text_switch: bool = False  # text items are asked only in a wave that has them switched on
    target_minutes: float
    reading_age: float
    min_content: int = Field(default=3, ge=1)
    second_child: bool = False
    picture: str = ""
    start: Start
    thanks: str
    next_steps: tuple[str, ...] = ()
    conditions: Mapping[str, Condition] = {}
    context: tuple[ContextField, ...] = ()
    handover: Handover | None = None
    sections: tuple[Section, ...] = Field(min_length=1)

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Return item id -> item, in the order asked."""
        return {item.id: item for section in self.sections for item in section.items}

    @cached_property
    def pages(self) -> Mapping[str, Page]:
        """Return page id -> page, in order: neighbours of one group stand together, any other item alone."""
        return {page.id: page for section in self.sections for page in pages_of(section)}

    @cached_property
    def page_of(self) -> Mapping[str, Page]:
        """Return item id -> the page that asks it."""
        return {item.id: page for page in self.pages.values() for item in page.items}


def pages_of(section: Section) -> Iterator[Page]:
    """Yield the pages of a section."""
    groups = {group.id: group for group in section.groups}
    run: list[Item] = []
    for item in section.items:
        if run and (item.group is None or item.group != run[0].group):
            yield _page(section, groups, run)
            run = []
        run.append(item)
    if run:
        yield _page(section, groups, run)


def _page(section: Section, groups: Mapping[str, Group], run: list[Item]) -> Page:
    """Return the page of a run of items."""
    group = groups.get(run[0].group) if run[0].group else None
    page_id = group.id if group else run[0].id.lower()
    return Page(id=page_id.replace("_", "-"), section=section, group=group, items=tuple(run))
