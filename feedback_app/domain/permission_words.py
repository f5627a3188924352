"""What each permission lets somebody do, and what each role is called, in plain words: said nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from feedback_app.domain.permissions import Permission
from feedback_app.domain.scope import Role

N_: Callable[[str], str] = str  # marks a text for translators, as gettext's tools know it; pages translate it

PERMISSION_WORDS: Mapping[Permission, str] = MappingProxyType(
    {
        Permission.SIGN_IN: N_("Sign in, and see which surveys there are and who may do what."),
        Permission.READ_FIGURES: N_("See the protected figures of every survey, and take them away as files."),
        Permission.READ_YOUNG_FIGURES: N_(
            "See the protected figures of surveys that young people answer, and take them away as files."
        ),
        Permission.READ_LIVE_FIGURES: N_("See figures as answers come in. All others see those of the last day named."),
        Permission.TAKE_ROWS: N_("Take answers out as rows, one for each person who answered, with a reason."),
        Permission.READ_COMMENTS: N_(
            "Read people's comments one at a time, names hidden, and say which themes are in them."
        ),
        Permission.CLEAR_QUOTES: N_("Say which words of a comment may be quoted."),
        Permission.MANAGE_READING: N_("Have two people read the same comments, and settle what they see differently."),
        Permission.READ_FLAGGED: N_(
            "Read comments that may tell of danger, and all comments of children, before anybody else."
        ),
        Permission.ADD_VOICES: N_("Bring in what families said elsewhere, such as at a meeting."),
        Permission.RUN_TALKS: N_(
            "Plan talks and run them: who has booked, what they need so that they can take part, messages, notes."
        ),
        Permission.KEEP_PROMISES: N_("Say what became of what was promised at a talk."),
        Permission.READ_REACH: N_(
            "See the protected figures of talks: how many, where, how many came, what they needed."
        ),
        Permission.MANAGE_ACCOUNTS: N_("Invite staff, give roles, and switch accounts off."),
        Permission.READ_AUDIT: N_("See who did what and when, and check that no entry was changed."),
    }
)

# What a role is called where the partnership does not name it.
ROLE_WORDS: Mapping[Role, str] = MappingProxyType(
    {
        Role.ADMINISTRATOR: N_("Administrator"),
        Role.SEND_TEAM: N_("SEND team"),
        Role.WORKSTREAM_LEAD: N_("Workstream lead"),
        Role.FORUM_ORGANISER: N_("Forum organiser"),
        Role.POWAR_WORKER: N_("POWAR worker"),
        Role.SAFEGUARDING_READER: N_("Safeguarding reader"),
        Role.BOARD_MEMBER: N_("Board member"),
        Role.AUDITOR: N_("Auditor"),
        Role.COMMENT_READER: N_("Comment reader"),
    }
)
