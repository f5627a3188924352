"""One item's protected table as it is shown: what it says in a sentence, its chart, its table of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatch

from flask_babel import gettext as _

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
from feedback_app.reports.charts import Chart, ChartWords, Sides, bars_chart, faces_chart, figures_chart, sides_chart
from feedback_app.web.team import phrases

RIGHT_FIGURES = ("top_two_box", "csat", "unfavourable")
LEFT_FIGURES = ("bottom_two_box", "favourable")
FACE_TONES = {"top_face": "l4", "bottom_face": "l2"}
NPS_LANES = (("promoters", "l4"), ("passives", "l3"), ("detractors", "l2"))


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


def item_figure(instrument: Instrument, section: Section, table: SafeTable) -> ItemFigure:
    """Return a protected table in the words and shapes of the page."""
    item = instrument.items[table.code]
    own_words = isinstance(item, TextItem)
    held = phrases.reason(table.reason) if table.reason and not own_words else ""
    return ItemFigure(
        id=item.id,
        question=item.text,
        sentences=() if held else tuple(sentences_of(item, table)),
        base=phrases.from_answers(table.base),
        small_group=table.small_group,
        withheld=held,
        chart=None if held or own_words else chart_of(item, table),
        answers=() if own_words else tuple(_answer_line(item, share) for share in table.distribution),
        figures=() if held else tuple(_figure_line(item, figure) for figure in table.figures),
        missing=tuple(_missing_lines(instrument, section, item, table)),
    )


def _answer_line(item: Item, share: SafeShare) -> Line:
    label = phrases.labels_of(item, (share.code,))[0]
    return Line(label, phrases.people(share.count), "" if share.percent is None else phrases.percent(share.percent))


def _figure_line(item: Item, figure: SafeFigure) -> Line:
    value = phrases.figure_value(figure) if figure.reason is None else phrases.reason(figure.reason)
    return Line(phrases.figure_name(item, figure.name), "", value, phrases.ends(figure))


def _missing_lines(instrument: Instrument, section: Section, item: Item, table: SafeTable) -> list[Line]:
    """Return the kinds of missing answer that the item can have, and others only where their number is shown."""
    possible = {Missing.NOT_REACHED.key, Missing.SKIPPED.key}
    if item.route or section.route or (isinstance(item, TextItem) and instrument.text_switch):
        possible.add(Missing.NOT_SHOWN.key)
    if not isinstance(item, TextItem):
        possible |= set(item.missing_options.values()) | {answer.code.key for answer in item.apart}
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
    words = _words(item, table, {code: shown[name] for code, name in named.items() if name in shown})
    tones = {code: FACE_TONES.get(named.get(code, ""), "l3") for code in order}
    return faces_chart(table, words, tones, order, named)


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


@singledispatch
def sentences_of(item: object, table: SafeTable) -> list[str]:
    """Return what an item's figures say, a sentence each; TypeError for a kind of item that has no entry here."""
    raise TypeError(f"no sentence is declared for {type(item).__name__}")


@sentences_of.register(RatingItem)
@sentences_of.register(FacesItem)
def _share_sentences(item: RatingItem | FacesItem, table: SafeTable) -> list[str]:
    """The headline with its range, then the other end."""
    return [phrases.figure_sentence(item, figure, first=at == 0) for at, figure in enumerate(table.figures)]


@sentences_of.register
def _nps_sentences(item: NpsItem, table: SafeTable) -> list[str]:
    """Three shares first; the score last, with its range, never with a % sign."""
    figures = {figure.name: figure for figure in table.figures}
    score = figures["nps"]
    if any(figures[name].value is None for name, _css in NPS_LANES):
        said = [phrases.figure_sentence(item, figures[name], first=False) for name, _css in NPS_LANES]
    else:
        shares = {name: phrases.figure_value(figures[name]) for name, _css in NPS_LANES}
        said = [_("%(promoters)s answered 9 or 10, %(passives)s 7 or 8, %(detractors)s 0 to 6.", **shares)]
    if score.value is None:
        return [*said, _("Score: not shown. %(reason)s.", reason=phrases.reason(score.reason or ""))]
    value, ends = phrases.figure_value(score), phrases.range_of(score)
    return [*said, _("Score %(value)s (%(range)s). Read it only beside earlier years.", value=value, range=ends)]


@sentences_of.register
def _single_sentences(item: SingleItem, table: SafeTable) -> list[str]:
    """The figures the survey names for the item; without any, the answer given most often."""
    named = [phrases.figure_sentence(item, figure, first=True) for figure in table.figures]
    return named or _most_often(item, table, _("The answer given most often: %(label)s, %(share)s."))


@sentences_of.register
def _multi_sentences(item: MultiItem, table: SafeTable) -> list[str]:
    """The choice made most often; shares are of people."""
    said = _most_often(item, table, _("Chosen most often: %(label)s, by %(share)s of the people who answered."))
    return [*said, _("People could choose several answers.")]


def _most_often(item: Item, table: SafeTable, sentence: str) -> list[str]:
    """Return the sentence about the largest share, unless two share the place or the group is too small to rank."""
    shown = sorted((share.percent, share.code) for share in table.distribution if share.percent)
    if not shown or table.small_group or (len(shown) > 1 and shown[-1][0] == shown[-2][0]):
        return []
    share, code = shown[-1]
    return [sentence % {"label": phrases.either(phrases.labels_of(item, (code,))), "share": phrases.percent(share)}]


@sentences_of.register
def _text_sentences(item: TextItem, table: SafeTable) -> list[str]:
    """How many wrote; what they wrote is never here."""
    return [_("People wrote in their own words. Numbers cannot say what.")]
