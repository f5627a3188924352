"""When figures come that are not shown yet, in the language of the page."""

from __future__ import annotations

from datetime import date

from flask_babel import format_date
from flask_babel import gettext as _

from feedback_app.domain.wave import is_over, last_day
from feedback_app.web import clock
from feedback_app.web.access import scope


def groups_later(closed_from: date | None, *, routes: bool = False) -> str:
    """Return when figures by group come, and why not before, for readers of a wave's figures of a day.

    ``routes``: the survey has questions that only some are asked, whose figures come then too.
    """
    closed_on = last_day(closed_from)
    if closed_on is None or is_over(closed_from, clock.today(), scope().keeping):
        come = _("Figures by district and other groups come with the next figures.")
    else:
        come = _(
            "Figures by district and other groups come once the survey has closed on %(day)s and the last answers are "
            "in.",
            day=format_date(closed_on, "d MMMM y"),
        )
    too = [_("So do those of questions that only some people are asked.")] if routes else []
    return " ".join([come, *too, _("Until then nobody can be picked out by comparing two days.")])
