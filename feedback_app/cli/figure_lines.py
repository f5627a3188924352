"""A wave's protected figures, and what changed since an earlier one, as lines for a terminal 100 columns wide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from feedback_app.domain.disclosure.safe import SafeChange, SafeCount, SafeFigure, SafeRelease, SafeScale, SafeTable
from feedback_app.domain.instrument import FacesItem, Instrument, Item, RatingItem, SingleItem
from feedback_app.domain.scoring.families import Verdict
from feedback_app.reports.tables import total_cell, unit_of
from feedback_app.services.comparing import Family, WaveComparison
from feedback_app.services.wave_summary import InvitedList, WaveSummary, WeightingFacts

WIDTH = 100
CODE = 14  # where the words of a question begin
CAVEAT = (
    "These are the views of the people who chose to answer. They were not picked at random, so they may not match all "
    "families. The range shows how much the figure could move by chance alone."
)
FEWER = "fewer_than_"
PLACES = "_places"
OF_LIST = "*"
UNITS = {"percent": "", "score": "points from -100 to 100: ", "out of 100": "out of 100: "}
NPS_NAMES = {"promoters": "9 or 10", "passives": "7 or 8", "detractors": "0 to 6"}
FAMILIES = {
    "core": "Questions everybody is asked",
    "modules": "Questions some are asked",
    "scales": "Scores from several questions",
}
WITHHELD = {
    "kept_private": "kept private, so that nobody can be picked out",
    "too_close": "kept private: too close to a figure already shown",
    "not_asked": "not asked",
    "items_disagree": "its questions do not go together, so read the questions",
    "too_few_items": "too few questions",
    "too_few_people": "fewer than 50 people answered all its questions",
    "no_spread": "everybody answered alike",
}
REFUSED = {
    "absent": "not asked in the earlier wave",
    "dropped": "no longer asked",
    "kind": "answered or counted in another way now",
    "options": "the answers to choose from changed",
    "wording": "the wording changed",
    "asked_of_others": "asked of other people now",
    "other_items": "made of other questions now",
    "mode_unknown": "nobody knows how the answers of one wave were collected",
    "mode_mixed": "in one wave some filled in a form and some were asked by a person",
    "mode_differs": "one wave filled in a form, the other was asked by a person",
    "too_few_before": "too few answers in the earlier wave",
    "too_few_after": "too few answers in the later wave",
    "withheld_before": "its figure is not shown in the earlier wave",
    "withheld_after": "its figure is not shown in the later wave",
    "no_weights_before": "no weighted figure in the earlier wave",
    "no_weights_after": "no weighted figure in the later wave",
    "no_interval": "nobody can say how sure a change of it would be",
}
UNWEIGHTED = {
    "children": "children's answers are never weighted",
    "no_frame": "the partnership says nothing about how many families there are",
    "other_survey": "nobody knows how many people this survey could have been answered by",
    "no_margin": "the numbers of families are not known by any group",
    "fewer_than_200": "fewer than 200 of those who answered belong to the families whose numbers are known",
    "few_in_a_group": "one group has too few answers",
    "not_converged": "no weights within the bounds fit all groups at once",
    "design_effect_over_2": "the weights would have to differ so much that half of the answers were lost",
}


def about(count: SafeCount) -> str:
    """Return a protected number of answers: "about 345 answers" or "fewer than 10 answers"."""
    if count.value is None:
        return f"fewer than {count.high + 1} answers"
    return f"about {count.value:,} answers"


def why_unweighted(facts: WeightingFacts) -> str:
    """Return why a wave has no weighted figures."""
    return "; ".join(UNWEIGHTED[reason] for reason in facts.reasons)


def summary_lines(summary: WaveSummary, titles: Mapping[str, str], *, weighted: bool) -> Iterator[str]:
    """Yield a wave's figures, the weighted ones under the others where they are wanted; scale -> title."""
    yield f"{summary.wave.slug}: {summary.instrument.title}"
    yield f"{about(summary.number).capitalize()}."
    if summary.wave.demonstration:
        yield "Demonstration: every answer is made up."
    if summary.invited:
        yield from wrap(_about_the_list(summary.invited, summary.release), WIDTH)
    yield from wrap(CAVEAT, WIDTH)
    if weighted and summary.weighting.published:
        yield from _weighting_lines(summary.weighting)
    yield ""
    for table in summary.release:
        yield from _item_lines(summary.instrument.items[table.code], table, weighted=weighted)
    if summary.release.scales:
        yield "Scores from several questions, 0 to 100"
    for scale in summary.release.scales:
        yield from _scale_lines(scale, titles.get(scale.code, scale.code), weighted=weighted)


def _about_the_list(listed: InvitedList, release: SafeRelease) -> str:
    """Return what a list of people invited does to the ranges of shares: nothing where it is wrong."""
    said = f"Everybody on a list of {listed.people:,} was invited"
    if listed.too_short:
        return f"{said}, but more answered. So the list is wrong, and no range is that of the list."
    ranges = any(figure.of_list for table in release for figure in table.figures)
    return f"{said}: a range with {OF_LIST} is that of the list." if ranges else f"{said}."


def _weighting_lines(facts: WeightingFacts) -> list[str]:
    said = f"Weighted figures are of {about(facts.people)}, weighted by {', '.join(facts.margins).replace('_', ' ')}"
    worth = "" if facts.effective_n is None else f"; as sure as {facts.effective_n} unweighted ones"
    return wrap(f"{said}{worth}. They stand for: {facts.covers}.", WIDTH)


def _item_lines(item: Item, table: SafeTable, *, weighted: bool) -> Iterator[str]:
    """Yield an item's question, then each of its figures; only its base where it has none."""
    yield from _headed(table.code, item.text)
    if table.reason:
        yield from _lines("--", "", table.base, f"not shown: {why_withheld(table.reason)}")
        return
    if not table.figures:
        yield from _lines("", "", table.base, "no figure of its own; its answers: --format json")
    also = {figure.name: figure for figure in table.weighted} if weighted else {}
    for figure in table.figures:
        name = figure_name(item, figure.name)
        yield from _figure_lines(figure, f"{name} (small group)" if table.small_group else name)
        if figure.name in also:
            yield from _weighted_lines(also[figure.name], first=figure is table.headline)


def _scale_lines(scale: SafeScale, title: str, *, weighted: bool) -> Iterator[str]:
    yield from _headed(scale.code, title)
    yield from _figure_lines(scale.score, "mean score (small group)" if scale.small_group else "mean score")
    if weighted and scale.weighted:
        yield from _weighted_lines(scale.weighted, first=True)
    alpha = scale.alpha
    if alpha and alpha.value is not None:
        yield from _lines(f"{alpha.value:.2f}", f"{alpha.low:.2f} to {alpha.high:.2f}", alpha.base, "alpha, at most 1")
    elif alpha and alpha.reason and not scale.reason:
        yield from _lines("--", "", alpha.base, f"alpha not shown: {why_withheld(alpha.reason)}")


def _headed(code: str, words: str) -> Iterator[str]:
    """Yield a code and the words behind it, as many lines as they need."""
    for at, line in enumerate(wrap(words, WIDTH - CODE) or [""]):
        yield f"{code if at == 0 else '':{CODE - 1}} {line}".rstrip()


def _figure_lines(figure: SafeFigure, name: str) -> Iterator[str]:
    """Yield a figure with unit, range, base and name, or why it is not shown."""
    if figure.value is None:
        yield from _lines("--", "", figure.base, f"{name}: not shown, {why_withheld(figure.reason or '')}")
        return
    ends = "" if figure.low is None or figure.high is None else f"{figure.low} to {figure.high}"
    ends += OF_LIST if figure.of_list else ""
    unit = unit_of(figure.name)
    yield from _lines(f"{figure.value}{'%' if unit == 'percent' else ''}", ends, figure.base, f"{UNITS[unit]}{name}")


def _weighted_lines(figure: SafeFigure, *, first: bool) -> Iterator[str]:
    """Yield a weighted figure under the plain one; why it is not shown, only under an item's first."""
    if figure.value is not None or first:
        yield from _figure_lines(figure, "the same, weighted")


def _lines(value: str, ends: str, base: SafeCount, words: str) -> Iterator[str]:
    """Yield one line of values, and the words behind them wrapped under themselves."""
    head = f"{'':{CODE}}{value:>5}  {ends:13}base {total_cell(base)!s:6} "
    first, *more = wrap(words, WIDTH - len(head))
    yield f"{head}{first}"
    for line in more:
        yield f"{'':{len(head)}}{line}"


def figure_name(item: Item, name: str) -> str:
    """Return what a figure of an item counts: the labels of its answers, or the name of a score."""
    if name in NPS_NAMES:
        return NPS_NAMES[name]
    if isinstance(item, SingleItem):
        return item.figures[name].label
    if isinstance(item, RatingItem | FacesItem) and name != "mean_satisfaction":
        low = name in ("bottom_two_box", "bottom_face", "favourable")
        labels = " or ".join(item.label_of(code) for code in (item.bottom if low else item.top))
        return f"csat: {labels}" if name == "csat" else labels
    return _plain(name)


def why_withheld(reason: str) -> str:
    """Return why a figure is not shown, for a machine reason of the rules."""
    if reason.startswith(FEWER):
        return _plain(reason) if reason.endswith(PLACES) else f"{_plain(reason)} answers"
    return WITHHELD[reason]


def _plain(code: str) -> str:
    return code.replace("_", " ")


def comparison_lines(found: WaveComparison, titles: Mapping[str, str]) -> Iterator[str]:
    """Yield what changed since the earlier wave, family by family, then what was not compared and why."""
    yield f"What changed in {found.after.wave.slug} since {found.before.wave.slug}"
    numbers = f"{about(found.before.number).capitalize()} then, {about(found.after.number)} now."
    if found.detectable is not None:
        numbers += f" Looked at alone, a question that all answered would most likely show {found.detectable:g} points."
    if found.weighted:
        numbers += " All figures here are weighted."
    yield from wrap(numbers, WIDTH)
    for family in found.families:
        if family.changes:
            yield ""
            yield from _family_lines(family, found, titles)
    if found.refused:
        yield ""
        yield "Not compared"
    for code, reason in found.refused.items():
        yield from _headed(code, f"{REFUSED[reason]}: {_words_of(code, found, titles)}")


def _family_lines(family: Family, found: WaveComparison, titles: Mapping[str, str]) -> Iterator[str]:
    yield FAMILIES[family.name]
    told = f"{family.m} looked at together; each verdict allows for that (Benjamini-Hochberg), ranges do not."
    if family.detectable is not None and family.m > 1:
        told += " Among them, one with the usual number of answers would most likely show"
        told += f" {family.detectable:g} points."
    yield from wrap(told if family.m > 1 else "One compared.", WIDTH)
    for change in family.changes:
        yield from _headed(change.code, _words_of(change.code, found, titles))
        yield from _change_lines(change)


def _change_lines(change: SafeChange) -> Iterator[str]:
    """Yield a verdict with its size, then both figures."""
    percent = "%" if unit_of(change.name) == "percent" else ""
    then, now = (f"{side.value}{percent} (base {total_cell(side.base)})" for side in _sides(change))
    ends = f"{change.low} to {change.high}"
    if change.verdict is Verdict.NO_CLEAR_CHANGE:
        alone = f", once all {change.m} are looked at together" if change.clear_alone else ""
        said = f"no clear change{alone}: could be anywhere from {ends} points"
    else:
        said = f"{change.verdict}: {change.value:+d} points (range {ends})"
    for line in wrap(f"{said}; {then} then, {now} now; p {change.p:.2f}", WIDTH - CODE):
        yield f"{'':{CODE}}{line}"


def _sides(change: SafeChange) -> Sequence[SafeFigure]:
    return [side for side in (change.before, change.after) if side]


def _words_of(code: str, found: WaveComparison, titles: Mapping[str, str]) -> str:
    """Return the question of an item, the later wave's first, or the title of a scale."""
    instruments: tuple[Instrument, ...] = (found.after.instrument, found.before.instrument)
    asked = next((one.items[code].text for one in instruments if code in one.items), None)
    return asked or titles.get(code, code)
