"""What each role may do: the one table that views, pages, commands and the documents are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from feedback_app.domain.scope import Role


class Permission(StrEnum):
    """One thing that somebody may do. Every view for staff names those it asks for."""

    SIGN_IN = "sign_in"  # one's own account, the list of surveys, who may do what
    READ_FIGURES = "read_figures"  # protected figures of every survey, as of the latest snapshot
    READ_YOUNG_FIGURES = "read_young_figures"  # the same, of surveys that young people answer alone
    READ_LIVE_FIGURES = "read_live_figures"  # protected figures as answers come in
    TAKE_ROWS = "take_rows"
    READ_COMMENTS = "read_comments"  # one at a time in the reading room, names hidden
    CLEAR_QUOTES = "clear_quotes"
    MANAGE_READING = "manage_reading"  # samples that two read, third looks, the tagger's record
    READ_FLAGGED = "read_flagged"  # what safeguarding readers alone see
    ADD_VOICES = "add_voices"  # words from elsewhere than a survey
    RUN_TALKS = "run_talks"  # plan talks; see who booked and what they need; messages; the day; notes
    KEEP_PROMISES = "keep_promises"  # say what became of what was promised at talks
    READ_REACH = "read_reach"  # protected figures of talks: how many, where, who came, what was needed
    MANAGE_ACCOUNTS = "manage_accounts"
    READ_AUDIT = "read_audit"


_MAY: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.ADMINISTRATOR: frozenset({Permission.MANAGE_ACCOUNTS}),
        Role.SEND_TEAM: frozenset(
            {
                Permission.READ_FIGURES,
                Permission.READ_LIVE_FIGURES,
                Permission.TAKE_ROWS,
                Permission.READ_COMMENTS,
                Permission.CLEAR_QUOTES,
                Permission.MANAGE_READING,
                Permission.ADD_VOICES,
                Permission.KEEP_PROMISES,
                Permission.READ_REACH,
            }
        ),
        Role.WORKSTREAM_LEAD: frozenset(
            {
                Permission.READ_FIGURES,
                Permission.READ_COMMENTS,
                Permission.CLEAR_QUOTES,
                Permission.KEEP_PROMISES,
                Permission.READ_REACH,
            }
        ),
        Role.FORUM_ORGANISER: frozenset(
            {Permission.ADD_VOICES, Permission.RUN_TALKS, Permission.KEEP_PROMISES, Permission.READ_REACH}
        ),
        Role.POWAR_WORKER: frozenset({Permission.READ_YOUNG_FIGURES}),
        Role.SAFEGUARDING_READER: frozenset({Permission.READ_FLAGGED}),
        Role.BOARD_MEMBER: frozenset({Permission.READ_REACH}),
        Role.AUDITOR: frozenset({Permission.READ_AUDIT}),
        Role.COMMENT_READER: frozenset({Permission.READ_COMMENTS}),
    }
)


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Return what somebody with these roles may do: all that each of them may; nothing without a role."""
    given = set(roles)
    own = frozenset({Permission.SIGN_IN}) if given else frozenset()
    return own.union(*(_MAY[role] for role in given))
