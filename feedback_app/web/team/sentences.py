"""What an item's figures say, in sentences: one way for each kind of item."""

from __future__ import annotations

from functools import singledispatch

from flask_babel import gettext as _

from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.instrument import FacesItem, Item, MultiItem, NpsItem, RatingItem, SingleItem, TextItem
from feedback_app.web.team import phrases

NPS_LANES = (("promoters", "l4"), ("passives", "l3"), ("detractors", "l2"))  # figure and class, from above


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
    if table.headline is None:
        return [*said, _("The score is in the table only: so few answers leave it too unsure.")]
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
    return [sentence % {"label": phrases.either(phrases.labels_of(item, (code,))), "share": phrases.share(share)}]


@sentences_of.register
def _text_sentences(item: TextItem, table: SafeTable) -> list[str]:
    """How many wrote; what they wrote is never here."""
    return [_("People wrote in their own words. Numbers cannot say what.")]
