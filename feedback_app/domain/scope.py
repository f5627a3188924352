"""Whose data a query may see, and what a member of staff is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from feedback_app.domain.wave import USUAL, Keeping


class Role(StrEnum):
    """What a member of staff is; `domain.permissions` says what each may do."""

    ADMINISTRATOR = "administrator"
    SEND_TEAM = "send_team"
    WORKSTREAM_LEAD = "workstream_lead"
    FORUM_ORGANISER = "forum_organiser"
    POWAR_WORKER = "powar_worker"
    SAFEGUARDING_READER = "safeguarding_reader"
    BOARD_MEMBER = "board_member"
    AUDITOR = "auditor"
    COMMENT_READER = "comment_reader"  # somebody who helps to read comments: a volunteer of the forum, say


@dataclass(frozen=True)
class Scope:
    """The partnership a request or command belongs to, and how long it keeps things; every query takes it."""

    partnership: str
    keeping: Keeping = USUAL
