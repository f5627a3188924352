"""The check of an instrument's words: how long, how hard to read, and whether every language has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from feedback_app.domain.finding import Finding, error, warning
from feedback_app.domain.instrument import Instrument, Item
from feedback_app.domain.reading_age import reading_age, sentences, words
from feedback_app.domain.texts import Texts, texts_of

LONGEST_QUESTION = 20  # words
LONGEST_SENTENCE = 15  # words
YEARS_OVER = 4  # a single question may be this much above the form's reading age before it is pointed out


def all_items(instrument: Instrument) -> Iterator[Item]:
    """Yield every item as written, those whose id stands twice too."""
    for section in instrument.sections:
        yield from section.items


def asked_texts(instrument: Instrument) -> list[str]:
    """Return the sentences that a form speaks in: start, questions and hints, thanks and next steps."""
    start = instrument.start
    shown = [start.lead, *start.before, start.read_by, start.purpose, start.kept, instrument.thanks]
    shown += instrument.next_steps
    for item in all_items(instrument):
        shown += [item.text, item.hint]
    return [text for text in shown if text]


def reading_age_of(instrument: Instrument) -> float:
    """Return the mean reading age, in years, of the sentences of a form."""
    return reading_age(asked_texts(instrument))


def wording_findings(instrument: Instrument) -> Iterator[Finding]:
    """Yield a finding for long questions and for words harder than the form's target."""
    age = reading_age_of(instrument)
    if age > instrument.reading_age:
        yield error(
            None, f"the mean reading age is {age:.1f}; this form's target is {instrument.reading_age:g}", "reading_age"
        )
    for item in all_items(instrument):
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


def translation_findings(instrument: Instrument, languages: Mapping[str, Texts]) -> Iterator[Finding]:
    """Yield a finding for each text that a language on offer does not have."""
    needed = dict.fromkeys(texts_of(instrument))
    items = {item.id for item in all_items(instrument)}
    for language, texts in languages.items():
        for context, english in needed:
            if english not in texts.get(context, {}):
                item = context if context in items else None
                yield error(item, f"there is no translation into {language} of “{english}” ({context})")
