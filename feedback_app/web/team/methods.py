"""How each figure was made, in words: formula, numbers, range, what is left out, and the rule of privacy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import singledispatch

from flask_babel import format_decimal
from flask_babel import gettext as _

from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.instrument import FacesItem, Item, MultiItem, NpsItem, RatingItem, SingleItem, TextItem
from feedback_app.domain.scoring.figures import REVIEW_SHARE
from feedback_app.reports.asked import UNSURE, needs_review, percent_of_asked
from feedback_app.web.team import phrases

FEW = 150  # answers, under which a range holds the truth a little more or less often than it says


@dataclass(frozen=True)
class Step:
    """One step of how a figure was made: what it is about, and its sentences."""

    about: str
    sentences: tuple[str, ...]


def method_of(
    item: Item,
    table: SafeTable,
    possible: Collection[str],
    policy: Policy,
    *,
    minors: bool,
    listed: tuple[str, ...] = (),
) -> tuple[Step, ...]:
    """Return how the figures of an item were made, `listed` about the list invited; nothing for own words."""
    if isinstance(item, TextItem):
        return ()
    if table.reason:
        return (Step(_("Why it is not shown"), (why_withheld(table.reason),)),)
    threshold = policy.threshold_for(minors, item.sensitive)
    steps = (
        Step(_("How it is worked out"), tuple(formula_of(item, table))),
        Step(_("The numbers behind it"), tuple(_numbers(item, table))),
        Step(_("The range"), (*_range(table, policy), *listed)),
        Step(_("Answers left out"), tuple(_left_out(item, table, possible))),
        Step(_("Keeping people private"), tuple(_privacy(table, policy, threshold))),
    )
    return tuple(step for step in steps if step.sentences)


@singledispatch
def formula_of(item: object, table: SafeTable) -> list[str]:
    """Return the formula of an item's figures in words; TypeError for a kind of item that has no entry here."""
    raise TypeError(f"no formula is declared for {type(item).__name__}")


def _divided(labels: str, base: str = "") -> str:
    return _("How many people chose %(labels)s, divided by %(base)s.", labels=labels, base=base or _("all answers"))


@formula_of.register
def _rating_formula(item: RatingItem, table: SafeTable) -> list[str]:
    """The share of the good end; where the item is reversed, the good end is the low one."""
    top, bottom = (phrases.either(phrases.labels_of(item, codes)) for codes in (item.top, item.bottom))
    if item.reverse_coded:
        reversed_ = _("In this question the low answers are the good news, so they are what we count.")
        return [reversed_, _divided(bottom), _same(top)]
    said = [_divided(top), _same(bottom)]
    if item.type == "csat5":
        said.insert(1, _("This share is called CSAT. The name is short for customer satisfaction."))
        said.append(_mean(item))
    return said


def _mean(item: RatingItem) -> str:
    ends = [phrases.labels_of(item, (code,)) for code in (min(item.bottom), max(item.top))]
    low, high = (phrases.either(end) for end in ends)
    return _(
        "Mean satisfaction gives %(low)s 0 points and %(high)s 100, with equal steps between, and takes the average. "
        "People may not feel the steps as equal, so read it only beside the shares. It has no range.",
        low=low,
        high=high,
    )


def _same(labels: str) -> str:
    return _("The share for %(labels)s is made in the same way.", labels=labels)


@formula_of.register
def _faces_formula(item: FacesItem, table: SafeTable) -> list[str]:
    """The share of one face, or of two of five; faces are never averaged."""
    top, bottom = (phrases.either(phrases.labels_of(item, codes)) for codes in (item.top, item.bottom))
    said = [_divided(top), _same(bottom), _("We never take an average of faces.")]
    if item.type == "smiley3":
        said.append(_("Read it as a sign of direction, beside what children say or draw."))
    return said


@formula_of.register
def _nps_formula(item: NpsItem, table: SafeTable) -> list[str]:
    """Three shares and the score between them."""
    return [
        _("Each share is how many people chose those numbers, divided by all answers."),
        _(
            "The score is the share of 9 and 10, less the share of 0 to 6. It runs from %(low)s to %(high)s and is "
            "not a share of people. It is also called NPS, net promoter score.",
            low=phrases.number(-100),
            high=phrases.number(100),
        ),
        _("Do not compare it with scores of shops or companies."),
    ]


@formula_of.register
def _single_formula(item: SingleItem, table: SafeTable) -> list[str]:
    """The shares that the survey names, then those of single answers."""
    said = []
    for figure in item.figures.values():
        base = phrases.either(phrases.labels_of(item, figure.base)) if figure.base else ""
        labels = phrases.either(phrases.labels_of(item, figure.codes))
        said.append(_divided(labels, _("everybody who chose %(labels)s", labels=base) if base else ""))
    return [*said, _("Each bar is how many people gave that answer, divided by all answers.")]


@formula_of.register
def _multi_formula(item: MultiItem, table: SafeTable) -> list[str]:
    """Shares of people, not of choices."""
    return [
        _("Each bar is how many people chose that answer, divided by everybody who chose at least one."),
        _("People could choose several, so the shares add up to more than %(all)s.", all=phrases.percent(100)),
    ]


def _numbers(item: Item, table: SafeTable) -> list[str]:
    """Return about how many people each share counts, and the base."""
    counted = [_("All answers that count: %(people)s.", people=phrases.about(table.base))]
    parts = [
        _("%(label)s: %(people)s.", label=phrases.figure_name(item, figure.name), people=phrases.about(figure.people))
        for figure in table.figures
        if figure.people is not None
    ]
    return [*parts, *counted, _("All numbers stand in the table.")]


def _range(table: SafeTable, policy: Policy) -> list[str]:
    """Return which interval the figures have, what it says and what it cannot say; or that there is none."""
    if not table.figures:
        return [_("Single answers are shown without a range. The fewer answers, the less sure.")]
    shown = [figure for figure in table.figures if figure.low is not None]
    if not shown:
        return []
    sure, of = format_decimal(95), format_decimal(100)
    said = [_("We use Wilson’s method. It works for small groups, too, and for shares near 0.")]
    if any(figure.name == "nps" for figure in shown):
        score = _("For the score we use the adjusted Wald method. It counts as if 3 more people had answered.")
        said.append(f"{score} {_('So it stays honest when nearly everybody agrees.')}")
    chance = _(
        "If chance alone had decided who answers, about %(sure)s in %(of)s such ranges would hold the true figure.",
        sure=sure,
        of=of,
    )
    return [*said, chance, *_how_sure(table, policy), _("It cannot tell how people feel who did not answer.")]


def _how_sure(table: SafeTable, policy: Policy) -> list[str]:
    """Return how far off a range of few answers can be: measured, see docs/statistics.md."""
    if table.base.low < policy.exact_headline_base:
        return [_("Small numbers are rounded first, so the range is made wider and holds it more often still.")]
    if table.base.low < FEW:
        low, high, of = format_decimal(92), format_decimal(98), format_decimal(100)
        return [
            _(
                "From so few answers it is %(low)s to %(high)s in %(of)s, as the share has it.",
                low=low,
                high=high,
                of=of,
            )
        ]
    return []


def _left_out(item: Item, table: SafeTable, possible: Collection[str]) -> list[str]:
    """Return the shares of those asked who did not know or to whom it does not apply, from rounded counts."""
    names, said = phrases.missing_names(), []
    for kind in UNSURE:
        count = table.missing.get(kind)
        if count is None or (kind not in possible and count.value is None):
            continue
        percent = percent_of_asked(table, kind, possible)
        if percent is None:
            said.append(_("%(kind)s: %(people)s.", kind=names[kind], people=phrases.about(count)))
        else:
            share = phrases.percent(percent)
            said.append(_("%(kind)s: about %(share)s of those asked.", kind=names[kind], share=share))
    if needs_review(table, possible):
        least = phrases.percent(int(REVIEW_SHARE))
        said.append(_("Together that is over %(share)s, so this question should be looked at.", share=least))
    return said


def _privacy(table: SafeTable, policy: Policy, threshold: int) -> list[str]:
    """Return the rules of disclosure control that made the figures what they are."""
    small = _("Fewer than %(least)s answers make a small group: do not compare it.", least=policy.small_group)
    held = dict.fromkeys(figure.reason for figure in table.figures if figure.reason)
    return [
        _rounding(policy.rounding, threshold),
        _made_from(table, policy),
        *([small] if table.small_group else []),
        *(why_withheld(reason) for reason in held),
    ]


def _rounding(step: int, least: int) -> str:
    return _(
        "Numbers of people are rounded to the nearest %(step)s. Under %(least)s they are hidden, and so is zero.",
        step=step,
        least=least,
    )


def _made_from(table: SafeTable, policy: Policy) -> str:
    """Return whether figures were computed from exact or from rounded numbers, as far as that may be told."""
    least = policy.exact_headline_base
    if not any(figure.value is not None for figure in table.figures):
        return _("Shares come from the rounded numbers.")
    if table.base.high < least:
        return _("As fewer than %(least)s people answered, every share comes from rounded numbers.", least=least)
    return _(
        "From %(least)s answers on, the shares in the sentences come from exact numbers, unless that would give away a "
        "hidden one. Shares of single answers come from rounded numbers.",
        least=least,
    )


def why_withheld(reason: str) -> str:
    """Return the rule behind a withheld figure as a whole sentence."""
    if reason.startswith(phrases.FEWER):
        return _(
            "We show figures only from %(least)s answers on. With fewer, somebody could be picked out.",
            least=int(reason.removeprefix(phrases.FEWER)),
        )
    return _("%(reason)s. Please do not try to work it out from other figures.", reason=phrases.reason(reason))
