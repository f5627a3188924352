"""What the pages for administrators say of people, and why something is not done."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from feedback_app.services.administering import Person, WhyRefused

# Beside which field of a form each refusal stands; the others are about no field.
FIELDS: dict[WhyRefused, str] = {
    "address": "email",
    "taken": "email",
    "no_role": "roles",
    "unknown_role": "roles",
    "last_administrator": "roles",
    "no_workstream": "workstreams",
    "unknown_workstream": "workstreams",
    "not_a_lead": "workstreams",
}


def why_not(reason: WhyRefused) -> str:
    """Return how to mend what was asked, or why it is not done."""
    return {
        "address": _("Write an e-mail address like name@example.org, in letters from a to z"),
        "taken": _("There is an account for this address already. Find it in the list of people"),
        "no_role": _("Choose at least one role"),
        "unknown_role": _("Choose roles from the list"),
        "no_workstream": _("Choose at least one workstream for a workstream lead"),
        "unknown_workstream": _("Choose workstreams from the list"),
        "not_a_lead": _("Only a workstream lead has workstreams. Choose that role too, or no workstream"),
        "last_administrator": _("This is the only administrator. First make somebody else an administrator"),
        "has_come": _("This person has signed in already, and needs no invitation."),
        "is_off": _("This account is switched off. Switch it on first."),
        "own_account": _("Ask another administrator to do this for your own account."),
    }[reason]


def state_of(person: Person, now: datetime) -> str:
    """Return in a few words whether somebody can come in."""
    if not person.active:
        return _("Switched off")
    if person.has_come:
        return _("On")
    if person.invited_until is None:
        return _("Invitation is on its way")
    return _("Invited, not come yet") if person.invited_until > now else _("Invitation has run out")


def second_step_of(person: Person) -> str:
    """Return in a few words whether somebody shows a second thing when signing in."""
    if person.has_second_factor:
        return _("Set up")
    if person.elsewhere:
        return _("Not here: signs in with the account of their organisation")
    return _("Not set up yet")
