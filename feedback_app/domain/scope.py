"""Whose data a query may see, and what somebody may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from feedback_app.domain.wave import USUAL, Keeping


class Role(StrEnum):
    """What a member of staff may do. The table of who sees what is made from the views that name these."""

    ADMINISTRATOR = "administrator"
    SEND_TEAM = "send_team"
    WORKSTREAM_LEAD = "workstream_lead"


@dataclass(frozen=True)
class Scope:
    """The partnership a request or command belongs to, and how long it keeps things; every query takes it."""

    partnership: str
    keeping: Keeping = USUAL
