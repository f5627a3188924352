"""Protected figures put into words, in the language of the page."""

from __future__ import annotations

from flask_babel import format_date, format_decimal, pgettext
from flask_babel import gettext as _

from feedback_app.domain.disclosure.rules import ITEMS_DISAGREE, KEPT_PRIVATE
from feedback_app.domain.disclosure.safe import SafeCount, SafeFigure
from feedback_app.domain.instrument import FacesItem, Item, NpsItem, RatingItem, SingleItem
from feedback_app.reports.columns import RowWords
from feedback_app.reports.tables import Words, unit_of
from feedback_app.services.wave_summary import WaveSummary
from feedback_app.web.access import place
from feedback_app.web.languages import in_page_language
from feedback_app.web.team.hidden_words import counts_in, hidden_count, what_c_means

FEWER = "fewer_than_"
PLACES = "_places"


def answers_in_all(count: SafeCount) -> str:
    """Return a protected total of answers in words: "about 530 answers" or "fewer than 10 answers"."""
    if count.value is None:
        return _("fewer than %(number)s answers", number=count.high + 1)
    return _("about %(number)s answers", number=format_decimal(count.value))


def starting(words: str) -> str:
    """Return words with a capital first letter, as they begin a line."""
    return words[:1].upper() + words[1:]


def from_answers(count: SafeCount) -> str:
    """Return what figures rest on: "From about 530 answers."."""
    return _("From %(answers)s.", answers=answers_in_all(count))


def people(count: SafeCount) -> str:
    """Return a protected count for a cell of a table: the rounded number, or "fewer than 5"."""
    if count.value is None:
        return _("fewer than %(number)s", number=count.high + 1)
    return format_decimal(count.value)


def about(count: SafeCount) -> str:
    """Return a protected count in a sentence: "about 75 people", "fewer than 5 people" or "nobody"."""
    if count.high == 0:
        return _("nobody, as it could not be chosen")
    if count.value is None:
        return _("fewer than %(number)s people", number=count.high + 1)
    return _("about %(number)s people", number=format_decimal(count.value))


def percent(value: int) -> str:
    """Return a share as it is read: "43%"."""
    return _("%(value)s%%", value=format_decimal(value))


def in_ten(value: int) -> str:
    """Return a share of 0 to 100 as it is said aloud: "about 4 in 10", "about half", "fewer than 1 in 20"."""
    if value < 5:
        return _("fewer than 1 in 20")
    if value > 95:
        return _("more than 19 in 20")
    if value < 8 or value > 92:
        return _("about %(number)s in %(all)s", number=format_decimal(1 if value < 8 else 19), all=format_decimal(20))
    if 45 <= value <= 54:
        return _("about half")
    return _("about %(number)s in %(all)s", number=format_decimal((value + 5) // 10), all=format_decimal(10))


def share(value: int) -> str:
    """Return a share twice, exactly and as it is said aloud: "41% (about 4 in 10)"."""
    return _("%(percent)s (%(in_ten)s)", percent=percent(value), in_ten=in_ten(value))


def number(value: int) -> str:
    """Return a whole number, below zero with a true minus."""
    return format_decimal(abs(value)) if value >= 0 else "−" + format_decimal(-value)


def ends(figure: SafeFigure) -> str:
    """Return both ends of a figure's range, "39 to 48", or nothing when it has none."""
    if figure.low is None or figure.high is None:
        return ""
    return _("%(low)s to %(high)s", low=number(figure.low), high=number(figure.high))


def range_of(figure: SafeFigure) -> str:
    """Return a figure's range in words, "range 39 to 48"."""
    return _("range %(ends)s", ends=ends(figure))


def figure_value(figure: SafeFigure) -> str:
    """Return a figure for a cell or a chart: with % for a share, without for a score; or that it is not shown."""
    if figure.value is None:
        return _("not shown")
    return percent(figure.value) if unit_of(figure.name) == "percent" else number(figure.value)


def reason(code: str) -> str:
    """Return why something is kept back, in plain words, for a machine reason of the disclosure rules."""
    if code.startswith(FEWER) and code.endswith(PLACES):
        places = int(code.removeprefix(FEWER).removesuffix(PLACES))
        return _("From fewer than %(number)s schools or sessions", number=format_decimal(places))
    if code.startswith(FEWER):
        fewer = int(code.removeprefix(FEWER))
        return _("Fewer than %(number)s answers", number=fewer)
    return {
        KEPT_PRIVATE: _("Kept private, so that nobody can be picked out"),
        "too_close": _("Not shown: too close to a figure already shown"),
        "not_asked": _("Not asked"),
        ITEMS_DISAGREE: _("Not shown: its questions do not go together. Read the questions, not a score"),
    }[code]


def either(labels: list[str]) -> str:
    """Return option labels in quotes, joined by "or"."""
    quoted = [pgettext("one answer in quotation marks", "“%(label)s”", label=label) for label in labels]
    joined = quoted[0]
    for label in quoted[1:]:
        joined = _("%(first)s or %(second)s", first=joined, second=label)
    return joined


def labels_of(item: Item, codes: tuple[int, ...]) -> list[str]:
    """Return the labels of an item's codes, in the order of the codes."""
    return [item.label_of(code) for code in codes]  # type: ignore[union-attr]


def figure_name(item: Item, name: str) -> str:
    """Return what a figure of an item counts, in words: the labels of its answers, or the name of a score."""
    match name, item:
        case "nps", _item:
            return _("Score: share of 9 and 10, less share of 0 to 6")
        case "mean_satisfaction", _item:
            return _("Mean satisfaction, from 0 to 100")
        case (("promoters" | "passives" | "detractors"), NpsItem()):
            return {
                "promoters": _("9 or 10, likely"),
                "passives": _("7 or 8, in between"),
                "detractors": _("0 to 6, not likely"),
            }[name]
        case "csat", RatingItem():
            return _("CSAT: %(labels)s", labels=either(labels_of(item, item.top)))
        case (("top_two_box" | "top_face" | "unfavourable"), RatingItem() | FacesItem()):
            return either(labels_of(item, item.top))
        case _, RatingItem() | FacesItem():
            return either(labels_of(item, item.bottom))
        case _, SingleItem():
            return item.figures[name].label
    raise KeyError(name)


def figure_sentence(item: Item, figure: SafeFigure, *, first: bool) -> str:
    """Return a share in a sentence, with its range when it comes `first`; or why it is not shown."""
    name = figure_name(item, figure.name)
    if figure.value is None:
        return _("%(name)s: not shown. %(reason)s.", name=name, reason=reason(figure.reason or ""))
    if figure.name == "mean_satisfaction":
        return _("Mean satisfaction: %(value)s out of 100.", value=figure_value(figure))
    value = share(figure.value) if first else figure_value(figure)
    if isinstance(item, SingleItem):
        said = _("%(name)s: %(value)s (%(range)s).", name=name, value=value, range=range_of(figure))
        return f"{said} {from_answers(figure.base)}"
    if first:
        return _(
            "%(value)s answered %(name)s (%(range)s).", name=_plain(item, figure), value=value, range=range_of(figure)
        )
    return _("%(value)s answered %(name)s.", name=_plain(item, figure), value=value)


def _plain(item: Item, figure: SafeFigure) -> str:
    """Return the answers a share counts, without the name of the score."""
    return (
        either(labels_of(item, item.top))
        if isinstance(item, RatingItem) and figure.name == "csat"
        else (figure_name(item, figure.name))
    )


def missing_names() -> dict[str, str]:
    """Return each kind of missing answer in words."""
    return {
        "not_shown": _("Not asked, because of an earlier answer"),
        "not_reached": _("Stopped before this question"),
        "skipped": _("Skipped"),
        "prefer_not_to_say": _("Preferred not to say"),
        "dont_know": _("Did not know, or not sure"),
        "does_not_apply": _("Does not apply"),
    }


def scale_title(code: str) -> str:
    """Return the title of a score made of several questions in the language of the page; its code without one."""
    titles = place().scale_titles
    return in_page_language(titles[code]) if code in titles else code


def caveat() -> str:
    """Return the fixed caveat that stands once beside every set of figures."""
    return _(
        "These are the views of the people who chose to answer. They were not picked at random, so they may not match "
        "all families. The range shows how much the figure could move by chance alone."
    )


def file_words(summary: WaveSummary) -> Words:
    """Return the words of a wave's files of protected tables."""
    return Words(
        responses=_("People who answered"),
        base=_("Gave an answer that counts"),
        wrote=_("Wrote something"),
        small_group=_("small group"),
        missing=missing_names(),
        figure=figure_name,
        withheld=reason,
        hidden=hidden_count,
        title=summary.instrument.title,
        score=_("Score, from 0 to 100"),
        without_score=_("Answered too few of its questions for a score"),
        alpha=_("How well its questions go together (Cronbach’s alpha)"),
        weighted=_("%(figure)s (weighted)"),
        scale_title=scale_title,
        read_me=_read_me(summary),
        # Translators: two sheets of a workbook, 31 letters at the most.
        sheets=(_("Read me"), _("Tables")),
    )


def _read_me(summary: WaveSummary) -> tuple[tuple[str, str], ...]:
    mark = _("Demonstration: every answer is made up.") if summary.wave.demonstration else ""
    return (
        (_("Wave"), summary.wave.slug),
        (_("Survey"), f"{summary.instrument.formal_title} ({summary.instrument.code} v{summary.instrument.version})"),
        *(((_("Note"), mark),) if mark else ()),
        *(((_("Figures of the day"), format_date(summary.taken_on)),) if summary.taken_on else ()),
        (_("How to read it"), caveat()),
        ("people", _("Rounded to the nearest 5. Totals are rounded on their own, so parts may not add up.")),
        ("c", what_c_means(counts_in(summary.release))),
        ("<10", _("Fewer than 10 people. In children’s surveys the number is 20.")),
        ("figure, low, high", _("A figure and its range: how much it could move by chance alone.")),
        ("unit", _("percent: of those who gave an answer that counts. score: from -100 to 100, not a share.")),
        (
            "weighted",
            _("The figure with answers weighted, so that each kind of family counts by its true share."),
        ),
        ("score, alpha", _("A score made of several questions, and how well they go together: 1 is the most.")),
        ("small_group", _("Fewer than 30 answers. Do not compare it with other groups or years.")),
        (
            "withheld",
            _("Why a figure is not shown, or what a hidden number can be. Please do not try to work it out."),
        ),
    )


def row_words(facts: tuple[str, ...]) -> RowWords:
    """Return the words of an export of rows and its codebook."""
    names = {
        "week": _("The Monday of the week in which the answers came"),
        "language": _("The language in which the survey was answered"),
        "form": _("The form of the survey: standard, easy read or pictures"),
        "mode": _("How the answers came: online, or brought in from elsewhere"),
        "pace": _("quick, usual or long, beside the time that the questions usually take"),
    }
    breakdown = _("A group that results may be split by, from the answers or the link")
    return RowWords(
        missing=missing_names(),
        chosen=_("Chosen"),
        not_chosen=_("Not chosen"),
        wrote=_("Wrote something"),
        facts={fact: names.get(fact, breakdown) for fact in facts},
    )
