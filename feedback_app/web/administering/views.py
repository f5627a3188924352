"""Who has an account, inviting somebody, and what each person may do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from feedback_app.domain.permissions import Permission, permissions_of
from feedback_app.domain.scope import Role
from feedback_app.extensions import db
from feedback_app.services import administering, inviting, safeguarding
from feedback_app.services.administering import Doer, Duties, PeopleRefused, Person, PersonUnknown
from feedback_app.web import clock
from feedback_app.web.access import place, scope, staff
from feedback_app.web.account.steps import fresh
from feedback_app.web.administering import words
from feedback_app.web.administering.forms import DutiesForm, InviteForm
from feedback_app.web.team.roles import may_of, name_of

Result = TypeVar("Result")
blueprint = Blueprint("administering", __name__, url_prefix="/team", template_folder="templates")


def by() -> Doer:
    """Return who does this, for the audit log."""
    return Doer(current_user.email, clock.now())


def person_or_404(number: int) -> Person:
    """Return one of the partnership's members of staff; 404 for a number that is none of theirs."""
    try:
        return administering.get_person(db.session, scope(), number)
    except PersonUnknown:
        abort(404)


def _workstreams() -> Mapping[str, str]:
    return place().shelf.load_workstreams()


@blueprint.get("/people")
@staff(Permission.MANAGE_ACCOUNTS)
def people() -> ResponseReturnValue:
    """List the members of staff."""
    now = clock.now()
    listed = [
        {"person": person, "state": words.state_of(person, now), "second_step": words.second_step_of(person)}
        for person in administering.list_people(db.session, scope())
    ]
    lacking = not safeguarding.list_readers(db.session, scope())
    return render_template("administering/people.html", people=listed, name_of=name_of, lacks_reader=lacking)


def _furnished(form: DutiesForm, wrong: Mapping[str, str]) -> dict[str, Any]:
    """Return what a page with roles and workstreams to choose needs; `wrong` is field -> what to mend."""
    return {
        "form": form,
        "wrong": wrong,
        "roles": [(role.value, name_of(role), may_of(role)) for role in Role],
        "workstreams": _workstreams(),
        "chosen": {*(form.roles.data or ()), *(form.workstreams.data or ())},
    }


def _read(form: DutiesForm) -> Duties:
    """Return the roles and workstreams chosen; raise PeopleRefused."""
    return administering.read_duties(form.roles.data or [], form.workstreams.data or [], _workstreams())


def _tried(wrong: dict[str, str], work: Callable[[], Result]) -> Result | None:
    """Return what `work` returns; None where it is refused, and then `wrong` says beside which field, and why."""
    try:
        return work()
    except PeopleRefused as refused:
        wrong[words.FIELDS[refused.reason]] = words.why_not(refused.reason)
        return None


@blueprint.get("/people/invite")
@staff(Permission.MANAGE_ACCOUNTS)
@fresh
def invite() -> ResponseReturnValue:
    """Ask whom to invite, and as what."""
    return render_template("administering/invite.html", **_furnished(InviteForm(), {}))


@blueprint.post("/people/invite")
@staff(Permission.MANAGE_ACCOUNTS)
@fresh
def send_invitation() -> ResponseReturnValue:
    """Add an account and send its invitation, or say what to mend."""
    form, wrong = InviteForm(), dict[str, str]()
    address = _tried(wrong, lambda: inviting.read_invited(form.email.data or ""))
    duties = _tried(wrong, lambda: _read(form))
    if address and duties:
        _tried(wrong, lambda: inviting.invite(db.session, scope(), address, duties, by()))
    if wrong:
        return render_template("administering/invite.html", **_furnished(form, wrong)), 422
    flash(_("The invitation is on its way. It works for 7 days."))
    return redirect(url_for("administering.people"))


@blueprint.get("/people/<int:number>")
@staff(Permission.MANAGE_ACCOUNTS)
@fresh
def person(number: int) -> ResponseReturnValue:
    """Show one person: whether they can come in, what they may do, and how to end it."""
    found = person_or_404(number)
    form = DutiesForm(data={"roles": list(found.duties.roles), "workstreams": list(found.duties.workstreams)})
    return _person_page(found, form, {})


def _person_page(found: Person, form: DutiesForm, wrong: Mapping[str, str]) -> str:
    return render_template(
        "administering/person.html",
        person=found,
        state=words.state_of(found, clock.now()),
        second_step=words.second_step_of(found),
        itself=found.id == current_user.id,
        last_one=administering.is_last_administrator(db.session, scope(), found.id),
        **_furnished(form, wrong),
    )


@blueprint.post("/people/<int:number>")
@staff(Permission.MANAGE_ACCOUNTS)
@fresh
def change_roles(number: int) -> ResponseReturnValue:
    """Give somebody the roles and workstreams chosen, or say what to mend."""
    found = person_or_404(number)
    form, wrong = DutiesForm(), dict[str, str]()
    duties = _tried(wrong, lambda: _read(form))
    if duties:
        _tried(wrong, lambda: administering.change_duties(db.session, scope(), number, duties, by()))
    if wrong or not duties:
        return _person_page(found, form, wrong), 422
    flash(_("The roles of %(address)s are kept.", address=found.address))
    if found.id == current_user.id and Permission.MANAGE_ACCOUNTS not in permissions_of(duties.roles):
        return redirect(url_for("team.waves"))
    return redirect(url_for("administering.people"))


@blueprint.post("/people/<int:number>/invite-again")
@staff(Permission.MANAGE_ACCOUNTS)
@fresh
def invite_again(number: int) -> ResponseReturnValue:
    """Send somebody who has not come yet another invitation."""
    found = person_or_404(number)
    try:
        inviting.invite_again(db.session, scope(), number, by())
    except PeopleRefused as refused:
        flash(words.why_not(refused.reason))
    else:
        flash(_("Another invitation to %(address)s is on its way. It works for 7 days.", address=found.address))
    return redirect(url_for("administering.person", number=number))


@blueprint.post("/people/<int:number>/switch-on")
@staff(Permission.MANAGE_ACCOUNTS)
@fresh
def switch_on(number: int) -> ResponseReturnValue:
    """Switch an account on again."""
    found = person_or_404(number)
    administering.switch_on(db.session, scope(), number, by())
    flash(_("The account of %(address)s is on again.", address=found.address))
    return redirect(url_for("administering.person", number=number))
