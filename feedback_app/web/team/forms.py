"""Forms of the team's pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

SHORTEST_REASON = 10
LONGEST_REASON = 500


def _trimmed(text: str | None) -> str:
    return " ".join((text or "").split())


class RowsForm(FlaskForm):
    """Why somebody takes a wave's rows out, and whether answers stand in them by code or in words."""

    reason = TextAreaField(
        filters=[_trimmed],
        validators=[
            Length(
                min=SHORTEST_REASON,
                max=LONGEST_REASON,
                message=_l("Say in a sentence what you need the rows for, with 10 to 500 letters."),
            )
        ],
    )
    in_words = BooleanField()
