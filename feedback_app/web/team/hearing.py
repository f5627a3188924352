"""Who answered and who did not, in words: from protected numbers, beside what is known of who lives here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date, format_decimal, ngettext
from flask_babel import gettext as _

from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import Frame
from feedback_app.domain.scoring.rounding import round_half_up
from feedback_app.domain.who_answered import Dimension, HeardGroup, WhoAnswered
from feedback_app.reports.charts import Chart
from feedback_app.reports.hearing_chart import HeardLane, HearingWords, hearing_chart
from feedback_app.services.wave_summary import InvitedList, Quality, WeightingFacts
from feedback_app.web.languages import in_page_language
from feedback_app.web.team import phrases
from feedback_app.web.team.invited import response_rate
from feedback_app.web.team.methods import Step
from feedback_app.web.team.weight_words import dimension_name, weighting_step

OUTSIDE = "outside_frame"


@dataclass(frozen=True)
class HeardRow:
    """A group's line in the table: people, share of answers, share expected, ratio and verdict, as they are read."""

    label: str
    people: str
    share: str
    expected: str
    ratio: str
    verdict: str


@dataclass(frozen=True)
class HeardTable:
    """One way of telling people apart; `framed` when somebody knows how many there are of each."""

    id: str
    title: str
    framed: bool
    base: str
    rows: tuple[HeardRow, ...]


@dataclass(frozen=True)
class Hearing:
    """The section on who answered: what it says first, the chart, the tables, and how it was made."""

    sentences: tuple[str, ...]
    helped: str
    chart: Chart | None
    tables: tuple[HeardTable, ...]
    compared_with: str
    method: tuple[Step, ...]


def hearing_of(
    who: WhoAnswered, instrument: Instrument, weighting: WeightingFacts, invited: InvitedList | None = None
) -> Hearing:
    """Return who answered in words, its chart and its tables; `invited` where everybody on a list was invited."""
    framed = [dimension for dimension in who.dimensions if dimension.framed]
    groups = [group for dimension in framed for group in dimension.groups if group.unsaid != OUTSIDE]
    return Hearing(
        sentences=(*_found(groups), *_unknown(who.dimensions, instrument)),
        helped=_helped(who.dimensions),
        chart=_chart(groups) if any(group.ratio is not None for group in groups) else None,
        tables=tuple(_table(dimension) for dimension in who.dimensions if dimension.base.value is not None),
        compared_with=_compared_with(who.frame) if who.frame and framed else "",
        method=(*_method(who, framed, invited), weighting_step(weighting)),
    )


def hurried_sentence(quality: Quality) -> str:
    """Return how many answers were given in great haste and all alike, and what they change."""
    told = _("Very quick answers that were all alike: %(people)s. We keep them.", people=phrases.about(quality.flagged))
    if quality.largest_shift is None:
        return told
    if quality.largest_shift == 0:
        return f"{told} {_('Without them no main figure would move.')}"
    moves = ngettext(
        "Without them no main figure would move by more than %(num)s point.",
        "Without them no main figure would move by more than %(num)s points.",
        quality.largest_shift,
    )
    return f"{told} {moves}"


def _found(groups: Sequence[HeardGroup]) -> list[str]:
    """Return who was heard more than their share and who less: the finding comes first."""
    more = [_heard(group) for group in groups if group.badge == "over_heard"]
    less = [_heard(group) for group in groups if group.badge == "under_heard"]
    said = []
    if less:
        said.append(_("Heard less than their share: %(groups)s.", groups="; ".join(less)))
    if more:
        said.append(_("Heard more than their share: %(groups)s.", groups="; ".join(more)))
    if less or more:
        said.append(_("Where these families feel differently, the figures lean to those who were heard more."))
        said.append(_("The ranges do not allow for that."))
    elif any(group.badge for group in groups):
        said.append(_("Of the groups that we can compare, each was heard about as much as its share."))
    return said


def _heard(group: HeardGroup) -> str:
    return _("“%(group)s”, %(numbers)s", group=group.label, numbers=_of_hundred(group))


def _of_hundred(group: HeardGroup) -> str:
    """Return a group's share beside the one expected: "57 of 100, not 29", or "41 of 100" where it is about right."""
    among, of = format_decimal(group.among or 0), format_decimal(100)
    if group.badge in {None, "about_right"} or group.among == group.expected:
        return _("%(share)s of %(all)s", share=among, all=of)
    expected = format_decimal(group.expected or 0)
    return _("%(share)s of %(all)s, not %(expected)s", share=among, all=of, expected=expected)


def _unknown(dimensions: Sequence[Dimension], instrument: Instrument) -> list[str]:
    """Return for which groups nobody has told how many there are."""
    names = [dimension_name(one.breakdown) for one in dimensions if not one.framed and one.breakdown != "helped"]
    if not names:
        return []
    kinds = ", ".join(names)
    if instrument.audience == "young_person":
        unknown = _("Nobody knows how many children and young people there are by %(kinds)s.", kinds=kinds)
    else:
        unknown = _("Nobody has told us how many families there are by %(kinds)s.", kinds=kinds)
    return [f"{unknown} {_('So we cannot say who is missing there.')}"]


def _helped(dimensions: Sequence[Dimension]) -> str:
    """Return how many answered alone and how many with help, which faces are always read beside."""
    found = next((one for one in dimensions if one.breakdown == "helped"), None)
    if found is None:
        return ""
    told = [
        _("“%(answer)s”: %(people)s", answer=group.label, people=_people(group))
        if group.share is None
        else _("“%(answer)s”: %(share)s", answer=group.label, share=phrases.share(group.share))
        for group in found.groups
    ]
    said = _("Who answered: %(groups)s.", groups="; ".join(told))
    return f"{said} {_('Help can change an answer, so keep this in mind.')}"


def _people(group: HeardGroup) -> str:
    return _("not shown") if group.people is None else format_decimal(group.people)


def _verdict(group: HeardGroup, *, framed: bool) -> str:
    if group.badge:
        return {
            "under_heard": _("heard less"),
            "about_right": _("about right"),
            "over_heard": _("heard more"),
        }[group.badge]
    if not framed:
        return ""
    return {
        "hidden": _("cannot say: too few to show"),
        "no_frame": _("cannot say: nobody knows how many there are"),
        OUTSIDE: _("a group of its own: nobody knows how many there are"),
        "rounding": _("cannot say: too few answers to be sure"),
    }[group.unsaid or "hidden"]


def _table(dimension: Dimension) -> HeardTable:
    shares = [group.among if dimension.framed else group.share for group in dimension.groups]
    rows = [
        HeardRow(
            group.label,
            _people(group),
            "" if share is None else phrases.percent(share),
            "" if group.expected is None else phrases.percent(group.expected),
            "" if group.ratio is None else format_decimal(group.ratio, format="0.00"),
            _verdict(group, framed=dimension.framed),
        )
        for group, share in zip(dimension.groups, shares, strict=True)
    ]
    title, base = phrases.starting(dimension_name(dimension.breakdown)), phrases.from_answers(dimension.base)
    return HeardTable(f"who-{dimension.breakdown}", title, dimension.framed, base, tuple(rows))


def _chart(groups: Sequence[HeardGroup]) -> Chart:
    lanes = [
        HeardLane(
            group.label,
            group.ratio,
            _("Too few to show: cannot say") if group.ratio is None else _of_hundred(group),
            group.badge == "under_heard",
        )
        for group in groups
    ]
    verdicts = [_verdict(group, framed=True) for group in groups]
    told = "; ".join(f"{lane.label}: {lane.value}, {verdict}" for lane, verdict in zip(lanes, verdicts, strict=True))
    title = _("Who was heard, against their share")
    return hearing_chart(lanes, HearingWords(title, told, _("half"), _("about right"), _("twice")))


def _compared_with(frame: Frame) -> str:
    place = {"home": _("counted where the child lives"), "school": _("counted where the school is")}[frame.place]
    return _(
        "Compared with: %(source)s (%(date)s), %(place)s.",
        source=in_page_language(frame.source),
        date=_when(frame.date),
        place=place,
    )


def _when(stamp: str) -> str:
    """Return "2025", "2025-01" or "2025-01-31" as a date that people read."""
    year, month, day = ([int(part) for part in stamp.split("-")] + [0, 0])[:3]
    if not month:
        return str(year)
    return format_date(date(year, month, day or 1), None if day else "MMMM y")


def _method(who: WhoAnswered, framed: Sequence[Dimension], invited: InvitedList | None) -> tuple[Step, ...]:
    """Return how the comparison was made, with the measures that have names."""
    compared = (
        _("A group’s share of the answers, divided by its share of all children with SEND we can count."),
        _("Under 0.8 we say heard less, over 1.25 heard more. We use the rounded numbers only."),
        _("Where rounding could turn the verdict, we say that we cannot say."),
    )
    steps = [
        Step(_("How it is worked out"), compared if framed else ()),
        Step(_("How many answered"), tuple(_rate(who, invited))),
    ]
    steps += [Step(phrases.starting(dimension_name(one.breakdown)), tuple(_measures(one))) for one in framed]
    return tuple(step for step in steps if step.sentences)


def _rate(who: WhoAnswered, invited: InvitedList | None) -> list[str]:
    said = []
    if who.frame and who.frame.people and who.answers is not None and who.share_of_frame is not None:
        heard = _(
            "There are %(people)s of them. We heard about %(answers)s: %(share)s in %(all)s.",
            people=format_decimal(who.frame.people),
            answers=format_decimal(who.answers),
            share=format_decimal(who.share_of_frame),
            all=format_decimal(100),
        )
        said = [_("The numbers cover: %(covers)s.", covers=in_page_language(who.frame.covers)), heard]
    return [*said, *response_rate(invited)]


def _measures(dimension: Dimension) -> list[str]:
    """Return D and CV in words, and R, which says little when few answer."""
    said = []
    if dimension.dissimilarity is not None:
        moved = format_decimal(int(round_half_up(100 * dimension.dissimilarity)))
        said.append(
            _(
                "About %(number)s in %(all)s answers would have to come from another group to match (dissimilarity D).",
                number=moved,
                all=format_decimal(100),
            )
        )
    if dimension.cv is not None:
        said.append(
            _(
                "How often groups answered lies about %(share)s away from the average (CV). 0%% would be even.",
                share=phrases.percent(int(round_half_up(100 * dimension.cv))),
            )
        )
    if dimension.r is not None:
        value = format_decimal(dimension.r, format="0.00")
        said.append(_("R-indicator %(value)s. It is near 1 whenever few answer, so do not go by it.", value=value))
    return said
