"""The check of an instrument: what would go wrong for those who answer or for the figures, in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from feedback_app.domain.checking_routes import route_findings
from feedback_app.domain.checking_words import all_items, reading_age_of, translation_findings, wording_findings
from feedback_app.domain.finding import Finding, error, warning
from feedback_app.domain.instrument import (
    APART_CODES,
    FacesItem,
    Group,
    Instrument,
    Item,
    MultiItem,
    NpsItem,
    RatingItem,
    Section,
    SingleItem,
    TextItem,
    pages_of,
)
from feedback_app.domain.texts import Texts
from feedback_app.domain.ways import paths

__all__ = ["Finding", "Known", "check", "reading_age_of"]

LARGEST_GROUP, LARGE_GROUP = 6, 5  # lines
# What stands after a survey's address and is no page of questions: see web/respond.
FIXED_PAGES = frozenset({"another", "check", "hand-over", "saved", "sent", "stop", "throw-away"})


@dataclass(frozen=True)
class Known:
    """What an instrument may refer to: references and priorities of the plan, item scales, breakdowns, survey slugs."""

    plan_references: frozenset[str] = frozenset()
    priorities: frozenset[int] = frozenset()
    item_scales: frozenset[str] = frozenset()
    breakdowns: frozenset[str] = frozenset()
    slugs: Mapping[str, frozenset[str]] = field(default_factory=dict)  # address -> names of the surveys that have it


def check(instrument: Instrument, known: Known, languages: Mapping[str, Texts] | None = None) -> list[Finding]:
    """Return what is wrong (errors) or doubtful (warnings) in an instrument; `languages`: locale -> translations."""
    found = [*_repeats(instrument), *_pages(instrument), *_answers(instrument), *_groups(instrument)]
    found += _references(instrument, known)
    routes = route_findings(instrument)
    found += routes + list(_for_minors(instrument)) + list(wording_findings(instrument))
    found += translation_findings(instrument, languages or {})
    if not any(finding.level == "error" for finding in found):
        found += _lengths(instrument)
    return found


def _twice(values: Iterable[str | int]) -> list[str | int]:
    return [value for value, count in Counter(values).items() if count > 1]


def _last(values: list[str], value: str | int) -> int:
    return max(number for number, other in enumerate(values) if other == value)


def _repeats(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding for each id that stands twice."""
    for item in _twice(item.id for item in all_items(instrument)):
        yield error(str(item), f"the id {item} stands twice; every question has its own", "id")
    sections = [section.id for section in instrument.sections]
    for section in _twice(sections):
        yield error(None, f"the section id {section} stands twice", "sections", _last(sections, section), "id")
    groups = [(number, group.id) for number, section in enumerate(instrument.sections) for group in section.groups]
    for group in _twice(name for _, name in groups):
        number = next(number for number, name in reversed(groups) if name == group)
        yield error(None, f"the group id {group} stands twice", "sections", number, "groups")
    fields = [known_field.id for known_field in instrument.context]
    for name in _twice(fields):
        yield error(None, f"the context field {name} stands twice", "context", _last(fields, name))
    csat = [item.id for item in all_items(instrument) if item.type == "csat5"]
    for extra in csat[1:]:
        yield error(extra, f"only one question may be the satisfaction score, and {csat[0]} is already", "type")


def _pages(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding for each page whose address is another page's, or one that the program needs itself."""
    pages = [(page, number) for number, section in enumerate(instrument.sections) for page in pages_of(section)]
    places: dict[str, set[str]] = {}
    for page, number in pages:
        name = page.group.id if page.group else page.items[0].id
        where = ("sections", number, "groups") if page.group else ("id",)
        item = None if page.group else page.items[0].id
        if page.id in FIXED_PAGES:
            yield error(item, f"{name} makes a page with the address {page.id}, which the program needs itself", *where)
        others = places.setdefault(page.id, set())
        if others - {name}:
            yield error(item, f"{name} and {min(others - {name})} make pages with the same address, {page.id}", *where)
        others.add(name)


def _answers(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding for each code that stands twice in an item, or that is spoken of and not there."""
    for item in all_items(instrument):
        if item.practice and item.content:
            yield error(item.id, "a question to practise with is no content: say content: false", "practice")
        if isinstance(item, TextItem):
            continue
        for answer in item.apart:
            if answer.code not in APART_CODES:
                allowed = ", ".join(str(int(code)) for code in APART_CODES)
                yield error(item.id, f"an answer off the scale has one of the codes {allowed}", "apart")
        codes = [option.code for option in item.options] + [int(answer.code) for answer in item.apart]
        for code in _twice(codes):
            yield error(item.id, f"the answer code {code} stands twice; every answer has its own", "options")
        for what, spoken in _spoken_codes(item):
            for unknown in sorted(set(spoken) - set(codes)):
                yield error(
                    item.id,
                    f"{what} speaks of the answer code {unknown}, which the question does not have",
                    what.split()[0],
                )
        yield from _figures(item)
        if not item.valid_options:
            yield error(item.id, "every answer is declared missing, so nothing can be counted", "options")


def _figures(item: Item) -> Iterator[Finding]:
    """Yield a finding for each figure that counts an answer outside its base, or one declared missing."""
    figures = item.figures if isinstance(item, SingleItem) else {}
    for name, figure in figures.items():
        if figure.base and not set(figure.codes) <= set(figure.base):
            yield error(item.id, f"the figure {name} counts an answer that is not in its base", "figures")
        if isinstance(item, SingleItem) and set(item.missing_options) & {*figure.codes, *figure.base}:
            yield error(item.id, f"the figure {name} counts an answer that is declared missing", "figures")


def _spoken_codes(item: Item) -> Iterator[tuple[str, Iterable[int]]]:
    """Yield what an item says about its codes, and the codes."""
    match item:
        case RatingItem() | FacesItem():
            yield "top", item.top
            yield "bottom", item.bottom
        case MultiItem():
            yield "alone", item.alone
        case SingleItem():
            for name, figure in item.figures.items():
                yield f"figures ({name})", (*figure.codes, *figure.base)
        case NpsItem():
            yield "type nps11 (0 to 10)", range(11)
    if not isinstance(item, TextItem):
        yield "structural_zeros", item.structural_zeros


def _groups(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding for each group that is mixed, too large, broken up or not declared."""
    for section in instrument.sections:
        declared = {group.id: group for group in section.groups}
        for item in section.items:
            if item.group is not None and item.group not in declared:
                yield error(item.id, f"the group {item.group} is not declared in the section {section.id}", "group")
        for group in section.groups:
            yield from _group(section, group)


def _group(section: Section, group: Group) -> Iterator[Finding]:
    """Yield what is wrong with one group."""
    places = [place for place, item in enumerate(section.items) if item.group == group.id]
    items = [section.items[place] for place in places]
    if not items:
        yield warning(None, f"the group {group.id} has no questions")
        return
    if places[-1] - places[0] + 1 != len(places):
        yield error(items[-1].id, f"the questions of the group {group.id} do not stand together", "group")
    odd = next((item for item in items if _answer_set(item) != _answer_set(items[0])), None)
    if odd is not None:
        yield error(
            odd.id, f"the group {group.id} mixes kinds of answers; its questions must all have the same ones", "group"
        )
    if len(items) > LARGEST_GROUP:
        yield error(
            items[-1].id, f"the group {group.id} has {len(items)} questions; {LARGEST_GROUP} is the most", "group"
        )
    elif len(items) > LARGE_GROUP:
        yield warning(
            items[-1].id, f"the group {group.id} has {len(items)} questions, which is long on a phone", "group"
        )


def _answer_set(item: Item) -> tuple[object, ...]:
    """Return what must be the same for all questions of a group."""
    if isinstance(item, TextItem):
        return (item.type,)
    labels = tuple((option.code, option.label) for option in item.options)
    return ("csat5" if item.type == "csat5" else item.type, labels)


def _references(instrument: Instrument, known: Known) -> Iterator[Finding]:
    """Yield a finding for each scale, breakdown, priority, plan reference or survey that does not exist."""
    for item in all_items(instrument):
        yield from _item_references(item, known)
    for number, known_field in enumerate(instrument.context):
        if known_field.breakdown is not None and known_field.breakdown not in known.breakdowns:
            yield error(None, f"there is no breakdown called {known_field.breakdown}", "context", number)
    for other in sorted(known.slugs.get(instrument.slug, frozenset()) - {instrument.name}):
        yield error(None, f"the address {instrument.slug} is that of the survey {other} too", "slug")
    if instrument.handover is not None and instrument.handover.survey not in known.slugs:
        yield error(
            None,
            f"people are handed over to {instrument.handover.survey}, which is not a survey here",
            "handover",
            "survey",
        )


def _item_references(item: Item, known: Known) -> Iterator[Finding]:
    """Yield a finding for each thing that an item refers to and that does not exist."""
    if item.scale is not None and item.scale not in known.item_scales:
        yield error(item.id, f"there is no scale called {item.scale}", "scale")
    if item.breakdown is not None and item.breakdown not in known.breakdowns:
        yield error(item.id, f"there is no breakdown called {item.breakdown}", "breakdown")
    for reference in item.plan_references:
        if reference not in known.plan_references:
            yield error(item.id, f"the plan has no {reference}", "plan_references")
    for priority in item.priorities:
        if priority not in known.priorities:
            yield error(item.id, f"the plan has no priority {priority}", "priorities")


def _for_minors(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding for what is not asked of people under 18."""
    if not instrument.minors:
        return
    for item in all_items(instrument):
        if isinstance(item, NpsItem):
            yield error(item.id, "likelihood to recommend is for adults; ask something else here", "type")
        if isinstance(item, RatingItem) and item.reverse_coded:
            yield error(
                item.id, "a reversed question leads children into mistakes; ask it the other way round", "reverse_coded"
            )
        if isinstance(item, TextItem) and not instrument.text_switch:
            yield error(
                item.id, "children's own words need text_switch: true, so that they stay off without a reader", "type"
            )


def _lengths(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding when a form takes too long, or when its shortest way cannot make a whole response."""
    ways = paths(instrument)
    minutes = ways.seconds_longest / 60
    if minutes > instrument.target_minutes:
        target = f"the target is {instrument.target_minutes:g}"
        yield warning(None, f"the longest way takes about {minutes:.1f} minutes; {target}", "target_minutes")
    content = sum(item.content for item in all_items(instrument))
    if instrument.min_content > min(content, ways.shortest):
        message = f"min_content is {instrument.min_content}, but some people are not asked that many questions"
        yield error(None, message, "min_content")
