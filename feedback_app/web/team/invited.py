"""What is said where everybody on a list was invited: how many answered, and what that does to ranges."""

from __future__ import annotations

from flask_babel import format_decimal
from flask_babel import gettext as _

from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.services.wave_summary import InvitedList
from feedback_app.web.team import phrases

WHOLE = 100  # per cent, from rounded numbers


def response_rate(invited: InvitedList | None) -> list[str]:
    """Return how many of a list answered; or that there is no list, or a wrong one, and so no rate."""
    if invited is None:
        return [_("Nobody knows how many people saw the link, so there is no response rate.")]
    people = _("Everybody on a list of %(people)s was invited.", people=format_decimal(invited.people))
    if invited.too_short:
        wrong = _("More people answered than that, so the list is wrong. We give no response rate and use no list.")
        return [people, wrong]
    if invited.percent is None or invited.answers.value is None:
        return [people]
    if invited.percent == WHOLE:
        return [people, _("All of them answered, or nearly all.")]
    answers, share = format_decimal(invited.answers.value), phrases.percent(invited.percent)
    return [people, _("About %(answers)s of them answered: %(share)s.", answers=answers, share=share)]


def range_of_list(table: SafeTable, invited: InvitedList | None) -> tuple[str, ...]:
    """Return that an item's ranges are those of a list, where they are."""
    if invited is None or not any(figure.of_list for figure in table.figures):
        return ()
    return (
        _(
            "Everybody on a list of %(people)s was invited. The more of them answered, the smaller we make the ranges "
            "of shares (finite population correction).",
            people=format_decimal(invited.people),
        ),
        _("To keep people private, we count a few on the list as not having answered, even where all did."),
        _("We never do this when years are compared."),
    )
