"""One item's protected table as it is shown: what it says in a sentence, its chart, its table of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import singledispatch

from flask_babel import gettext as _

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.safe import SafeFigure, SafeShare, SafeTable
from feedback_app.domain.instrument import (
    FacesItem,
    Instrument,
    Item,
    MultiItem,
    NpsItem,
    RatingItem,
    Section,
    SingleItem,
    TextItem,
)
from feedback_app.domain.missing import Missing
from feedback_app.reports.asked import needs_review, percent_of_asked
from feedback_app.reports.charts import (
    NOT_KNOWN,
    Chart,
    ChartWords,
    Sides,
    bars_chart,
    faces_chart,
    figures_chart,
    sides_chart,
)
from feedback_app.services.wave_summary import WaveSummary
from feedback_app.web.team import phrases
from feedback_app.web.team.invited import range_of_list
from feedback_app.web.team.methods import Step, method_of
from feedback_app.web.team.sentences import NPS_LANES, sentences_of
from feedback_app.web.team.weight_words import weight_step, weighted_sentence

RIGHT_FIGURES = ("top_two_box", "csat", "unfavourable")
LEFT_FIGURES = ("bottom_two_box", "favourable")
FACE_TONES = {"top_face": "l4", "bottom_face": "l2"}


@dataclass(frozen=True)
class Line:
    """A line of an item's table: label, people, share and range, each as it is read ("" where there is none)."""

    label: str
    people: str = ""
    share: str = ""
    range: str = ""


@dataclass(frozen=True)
class ItemFigure:
    """One item on the page; `withheld` is the reason when everything but the base is kept back."""

    id: str
    question: str
    sentences: tuple[str, ...]
    base: str
    small_group: bool
    withheld: str
    chart: Chart | None
    answers: tuple[Line, ...]
    figures: tuple[Line, ...]
    missing: tuple[Line, ...]
    method: tuple[Step, ...]
    to_review: bool


def section_figures(summary: WaveSummary, policy: Policy) -> list[tuple[Section, list[ItemFigure]]]:
    """Return each section of a survey with its items as they are shown, sections without any left out."""
    instrument, tables = summary.instrument, {table.code: table for table in summary.release}
    shown = []
    for section in instrument.sections:
        own = [tables[item.id] for item in section.items if item.id in tables]
        figures = [item_figure(summary, section, table, policy) for table in own]
        shown.append((section, figures))
    return [(section, figures) for section, figures in shown if figures]


def item_figure(summary: WaveSummary, section: Section, table: SafeTable, policy: Policy) -> ItemFigure:
    """Return a protected table in the words and shapes of the page."""
    instrument = summary.instrument
    item = instrument.items[table.code]
    possible = possible_missing(instrument, section, item)
    own_words = isinstance(item, TextItem)
    listed = range_of_list(table, summary.invited)
    steps = list(method_of(item, table, possible, policy, minors=instrument.minors, listed=listed))
    if steps and not table.reason:
        steps.insert(-1, weight_step(item, table, summary.weighting))
    held = phrases.reason(table.reason) if table.reason and not own_words else ""
    return ItemFigure(
        id=item.id,
        question=item.text,
        sentences=() if held else tuple(filter(None, (*sentences_of(item, table), weighted_sentence(table)))),
        base=phrases.from_answers(table.base),
        small_group=table.small_group,
        withheld=held,
        chart=None if held or own_words else chart_of(item, table),
        answers=() if own_words else tuple(_answer_line(item, share) for share in table.distribution),
        figures=() if held else tuple(_figure_line(item, figure) for figure in table.figures),
        missing=tuple(_missing_lines(table, possible)),
        method=tuple(steps),
        to_review=not held and needs_review(table, possible),
    )


def _answer_line(item: Item, share: SafeShare) -> Line:
    label = phrases.labels_of(item, (share.code,))[0]
    return Line(label, phrases.people(share.count), "" if share.percent is None else phrases.percent(share.percent))


def _figure_line(item: Item, figure: SafeFigure) -> Line:
    value = phrases.figure_value(figure) if figure.reason is None else phrases.reason(figure.reason)
    people = "" if figure.people is None else phrases.people(figure.people)
    return Line(phrases.figure_name(item, figure.name), people, value, phrases.ends(figure))


def possible_missing(instrument: Instrument, section: Section, item: Item) -> frozenset[str]:
    """Return the kinds of missing answer that the item can have."""
    possible = {Missing.NOT_REACHED.key, Missing.SKIPPED.key}
    if item.route or section.route or (isinstance(item, TextItem) and instrument.text_switch):
        possible.add(Missing.NOT_SHOWN.key)
    if not isinstance(item, TextItem):
        possible |= set(item.missing_options.values()) | {answer.code.key for answer in item.apart}
    return frozenset(possible)


def _missing_lines(table: SafeTable, possible: frozenset[str]) -> list[Line]:
    """Return the kinds of missing answer that the item can have, and others only where their number is shown."""
    names = phrases.missing_names()
    kept = {kind: count for kind, count in table.missing.items() if kind in possible or count.value is not None}
    return [Line(names[kind], phrases.people(count)) for kind, count in kept.items()]


def _words(
    item: Item, table: SafeTable, instead: Mapping[int, str] | None = None, **more: dict[str, str]
) -> ChartWords:
    """Return the words of an item's chart; who cannot see it is told every value in it, `instead` by code first."""
    answers = {share.code: phrases.labels_of(item, (share.code,))[0] for share in table.distribution}
    values = {
        share.code: phrases.people(share.count) if share.percent is None else phrases.percent(share.percent)
        for share in table.distribution
    } | dict(instead or {})
    told = [f"{answers[code]}: {value}" for code, value in values.items()]
    return ChartWords(item.text, "; ".join(told), answers, values, **more)


@singledispatch
def chart_of(item: object, table: SafeTable) -> Chart:
    """Return an item's chart; TypeError for a kind of item that has no entry here."""
    raise TypeError(f"no chart is declared for {type(item).__name__}")


@chart_of.register
def _rating_chart(item: RatingItem, table: SafeTable) -> Chart:
    """Two sides; of a reverse-coded item the left one is favourable."""
    return _sides(item, table, item.reverse_coded)


@chart_of.register
def _faces_chart(item: FacesItem, table: SafeTable) -> Chart:
    """Five faces have two sides; three stand one under the other."""
    if item.type == "smiley5":
        return _sides(item, table, False)
    order = [option.code for option in item.valid_options]
    named = {item.top[0]: "top_face", item.bottom[0]: "bottom_face"}
    shown = {figure.name: phrases.figure_value(figure) for figure in table.figures if figure.value is not None}
    tones = {code: FACE_TONES.get(named.get(code, ""), "l3") for code in order}
    kinds = {answer.code.key for answer in item.apart}
    percent = percent_of_asked(table, Missing.DONT_KNOW.key, kinds)
    words = _words(item, table, {code: shown[name] for code, name in named.items() if name in shown})
    if Missing.DONT_KNOW.key in kinds and Missing.DONT_KNOW.key in table.missing:
        words = _with_not_known(words, item, table, percent)
    return faces_chart(table, words, tones, order, named, percent)


def _with_not_known(words: ChartWords, item: FacesItem, table: SafeTable, percent: int | None) -> ChartWords:
    """Return a chart's words with those who do not know, who have a bar of their own."""
    label = _("%(answer)s (of all who were asked)", answer=item.label_of(NOT_KNOWN))
    count = table.missing[Missing.DONT_KNOW.key]
    value = phrases.people(count) if percent is None else phrases.percent(percent)
    return replace(
        words,
        description=f"{words.description}; {label}: {value}",
        answers={**words.answers, NOT_KNOWN: label},
        values={**words.values, NOT_KNOWN: value},
    )


@chart_of.register
def _nps_chart(item: NpsItem, table: SafeTable) -> Chart:
    """The three shares, each with its range; never the score."""
    figures = {figure.name: figure for figure in table.figures}
    values = {name: phrases.figure_value(figures[name]) for name, _css in NPS_LANES}
    names = {name: phrases.figure_name(item, name) for name, _css in NPS_LANES}
    told = "; ".join(f"{names[name]}: {value}" for name, value in values.items())
    return figures_chart(table, ChartWords(item.text, told, {}, {}, values, names), NPS_LANES)


@chart_of.register(SingleItem)
@chart_of.register(MultiItem)
def _choice_chart(item: SingleItem | MultiItem, table: SafeTable) -> Chart:
    """One bar an answer, in the order asked."""
    return bars_chart(table, _words(item, table), {}, [option.code for option in item.valid_options])


def _sides(item: RatingItem | FacesItem, table: SafeTable, favours_left: bool) -> Chart:
    codes = sorted(option.code for option in item.valid_options)
    left, right = tuple(sorted(item.bottom, reverse=True)), tuple(sorted(item.top))
    middle = tuple(code for code in codes if code not in (*left, *right))
    tones = {code: f"l{len(codes) - at if favours_left else at + 1}" for at, code in enumerate(codes)}
    figures = {figure.name: phrases.figure_value(figure) for figure in table.figures}
    totals = {
        "left": next(figures[name] for name in LEFT_FIGURES if name in figures),
        "right": next(figures[name] for name in RIGHT_FIGURES if name in figures),
    }
    heads = {
        "left": ", ".join(phrases.labels_of(item, tuple(reversed(left)))),
        "right": ", ".join(phrases.labels_of(item, right)),
    }
    words = _words(item, table, figures=totals, sides=heads)
    return sides_chart(table, words, Sides(left, middle, right, favours_left), tones)
