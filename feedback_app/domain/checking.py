"""The check of an instrument: what would go wrong for those who answer or for the figures, in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from feedback_app.domain.checking_routes import route_findings
from feedback_app.domain.finding import Finding, error, warning
from feedback_app.domain.instrument import (
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
)
from feedback_app.domain.reading_age import reading_age, sentences, words
from feedback_app.domain.texts import Texts, texts_of
from feedback_app.domain.ways import paths

__all__ = ["Finding", "Known", "check", "reading_age_of"]

LONGEST_QUESTION = 20  # words
LONGEST_SENTENCE = 15  # words
LARGEST_GROUP, LARGE_GROUP = 6, 5  # lines
YEARS_OVER = 4  # a single question may be this much above the form's reading age before it is pointed out


@dataclass(frozen=True)
class Known:
    """What an instrument may refer to: references and priorities of the plan, item scales, breakdowns, survey slugs."""

    plan_references: frozenset[str] = frozenset()
    priorities: frozenset[int] = frozenset()
    item_scales: frozenset[str] = frozenset()
    breakdowns: frozenset[str] = frozenset()
    slugs: frozenset[str] = frozenset()


def check(instrument: Instrument, known: Known, languages: Mapping[str, Texts] | None = None) -> list[Finding]:
    """Return what is wrong (errors) or doubtful (warnings) in an instrument; `languages`: locale -> translations."""
    found = [*_repeats(instrument), *_answers(instrument), *_groups(instrument), *_references(instrument, known)]
    routes = route_findings(instrument)
    found += routes + list(_for_minors(instrument)) + list(_wording(instrument))
    found += _translations(instrument, languages or {})
    if not any(finding.level == "error" for finding in found):
        found += _lengths(instrument)
    return found


def _all_items(instrument: Instrument) -> Iterator[Item]:
    """Yield every item as written, those whose id stands twice too."""
    for section in instrument.sections:
        yield from section.items


def _twice(values: Iterable[str | int]) -> list[str | int]:
    return [value for value, count in Counter(values).items() if count > 1]


def _last(values: list[str], value: str | int) -> int:
    return max(number for number, other in enumerate(values) if other == value)


def _repeats(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding for each id that stands twice."""
    for item in _twice(item.id for item in _all_items(instrument)):
        yield error(str(item), f"the id {item} stands twice; every question has its own", "id")
    sections = [section.id for section in instrument.sections]
    for section in _twice(sections):
        yield error(None, f"the section id {section} stands twice", "sections", _last(sections, section), "id")
    groups = [(number, group.id) for number, section in enumerate(instrument.sections) for group in section.groups]
    for group in _twice(name for _, name in groups):
        number = next(number for number, name in reversed(groups) if name == group)
        yield error(None, f"the group id {group} stands twice", "sections", number, "groups")
    fields = [field.id for field in instrument.context]
    for field in _twice(fields):
        yield error(None, f"the context field {field} stands twice", "context", _last(fields, field))
    csat = [item.id for item in _all_items(instrument) if item.type == "csat5"]
    for extra in csat[1:]:
        yield error(extra, f"only one question may be the satisfaction score, and {csat[0]} is already", "type")


def _answers(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding for each code that stands twice in an item, or that is spoken of and not there."""
    for item in _all_items(instrument):
        if isinstance(item, TextItem):
            continue
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
    for item in _all_items(instrument):
        yield from _item_references(item, known)
    for number, field in enumerate(instrument.context):
        if field.breakdown is not None and field.breakdown not in known.breakdowns:
            yield error(None, f"there is no breakdown called {field.breakdown}", "context", number)
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
    """Yield a finding for what is not asked of people under 18 (domain brief 1.4 and 2.1)."""
    if not instrument.minors:
        return
    for item in _all_items(instrument):
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


def asked_texts(instrument: Instrument) -> list[str]:
    """Return the sentences that a form speaks in: start, questions and hints, thanks and next steps."""
    start = instrument.start
    shown = [start.lead, *start.before, start.read_by, start.purpose, start.kept, instrument.thanks]
    shown += instrument.next_steps
    for item in _all_items(instrument):
        shown += [item.text, item.hint]
    return [text for text in shown if text]


def reading_age_of(instrument: Instrument) -> float:
    """Return the mean reading age, in years, of the sentences of a form."""
    return reading_age(asked_texts(instrument))


def _wording(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding for long questions and for words harder than the form's target."""
    age = reading_age_of(instrument)
    if age > instrument.reading_age:
        yield error(
            None, f"the mean reading age is {age:.1f}; this form's target is {instrument.reading_age:g}", "reading_age"
        )
    for item in _all_items(instrument):
        count = len(words(item.text))
        if count > LONGEST_QUESTION:
            yield error(item.id, f"the question has {count} words; {LONGEST_QUESTION} is the most", "text")
        elif any(len(words(sentence)) > LONGEST_SENTENCE for sentence in sentences(item.text)):
            yield warning(item.id, f"a sentence has more than {LONGEST_SENTENCE} words", "text")
        own = reading_age([item.text])
        if own > instrument.reading_age + YEARS_OVER:
            yield warning(
                item.id, f"the reading age of this question is {own:.1f}; say it in plainer words if you can", "text"
            )


def _translations(instrument: Instrument, languages: Mapping[str, Texts]) -> Iterator[Finding]:
    """Yield a finding for each text that a language on offer does not have."""
    needed = dict.fromkeys(texts_of(instrument))
    items = {item.id for item in _all_items(instrument)}
    for language, texts in languages.items():
        for context, english in needed:
            if english not in texts.get(context, {}):
                item = context if context in items else None
                yield error(item, f"there is no translation into {language} of “{english}” ({context})")


def _lengths(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding when a form takes too long, or when its shortest way cannot make a whole response."""
    ways = paths(instrument)
    minutes = ways.seconds_longest / 60
    if minutes > instrument.target_minutes:
        target = f"the target is {instrument.target_minutes:g}"
        yield warning(None, f"the longest way takes about {minutes:.1f} minutes; {target}", "target_minutes")
    content = sum(item.content for item in _all_items(instrument))
    if instrument.min_content > min(content, ways.shortest):
        message = f"min_content is {instrument.min_content}, but some people are not asked that many questions"
        yield error(None, message, "min_content")
