"""What ends somebody's access: each asks first whether the administrator is sure, on a page of its own."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from feedback_app.domain.permissions import Permission
from feedback_app.extensions import db
from feedback_app.services import administering
from feedback_app.services.administering import PeopleRefused, Person
from feedback_app.web.access import scope, staff
from feedback_app.web.account.steps import fresh, is_required
from feedback_app.web.administering import words
from feedback_app.web.administering.views import blueprint, by, person_or_404


def _ask(person: Person, heading: str, sentences: list[str], button: str) -> ResponseReturnValue:
    """Return the page that asks whether to go on."""
    itself = person.id == current_user.id
    if itself:
        sentences = [_("This is your own account."), *sentences]
    page = {"heading": heading, "sentences": sentences, "button": button}
    return render_template("administering/sure.html", person=person, **page)


def _do(number: int, work: Callable[[], None], done: str) -> ResponseReturnValue:
    """Do it, or say why not; and go back to the person."""
    try:
        work()
    except PeopleRefused as refused:
        flash(words.why_not(refused.reason))
    else:
        flash(done)
    return redirect(url_for("administering.person", number=number))


@blueprint.get("/people/<int:number>/switch-off")
@staff(Permission.MANAGE_ACCOUNTS)
def switch_off(number: int) -> ResponseReturnValue:
    """Ask whether to switch an account off."""
    person = person_or_404(number)
    sentences = [
        _("They are signed out everywhere at once, and cannot come in any more."),
        _("An invitation that they have not used stops working."),
        _("You can switch the account on again. What they did stays in the audit log."),
    ]
    heading, button = _("Switch off %(address)s?", address=person.address), _("Switch the account off")
    if administering.is_last_administrator(db.session, scope(), number):
        sentences, button = [words.why_not("last_administrator") + "."], ""
    return _ask(person, heading, sentences, button)


@blueprint.post("/people/<int:number>/switch-off")
@staff(Permission.MANAGE_ACCOUNTS)
def switch_off_now(number: int) -> ResponseReturnValue:
    """Switch an account off; its sessions end at once."""
    person = person_or_404(number)
    done = _("The account of %(address)s is off.", address=person.address)
    return _do(number, lambda: administering.switch_off(db.session, scope(), number, by()), done)


@blueprint.get("/people/<int:number>/sign-out")
@staff(Permission.MANAGE_ACCOUNTS)
def sign_out(number: int) -> ResponseReturnValue:
    """Ask whether to sign somebody out everywhere."""
    person = person_or_404(number)
    sentences = [_("On every phone and computer they have to sign in again. Links to a new password stop working.")]
    heading = _("Sign out %(address)s everywhere?", address=person.address)
    return _ask(person, heading, sentences, _("Sign out everywhere"))


@blueprint.post("/people/<int:number>/sign-out")
@staff(Permission.MANAGE_ACCOUNTS)
def sign_out_now(number: int) -> ResponseReturnValue:
    """Sign somebody out on every device."""
    person = person_or_404(number)
    done = _("%(address)s is signed out everywhere.", address=person.address)
    return _do(number, lambda: administering.sign_out_everywhere(db.session, scope(), number, by()), done)


@blueprint.get("/people/<int:number>/second-step")
@staff(Permission.MANAGE_ACCOUNTS)
@fresh
def second_step(number: int) -> ResponseReturnValue:
    """Ask whether to take away a second step that somebody has lost."""
    person = person_or_404(number)
    sentences = [
        _("Do this only when they have lost their phone, passkeys and recovery codes."),
        _("First make sure that it is they who ask you: meet them, or ring a number that you know."),
        _("They are signed out everywhere. With their password they come in again, and set up a new second step.")
        if is_required()
        else _("They are signed out everywhere. Their password alone lets them in until they set up another."),
    ]
    heading = _("Take away the second step of %(address)s?", address=person.address)
    return _ask(person, heading, sentences, _("Take the second step away"))


@blueprint.post("/people/<int:number>/second-step")
@staff(Permission.MANAGE_ACCOUNTS)
@fresh
def second_step_now(number: int) -> ResponseReturnValue:
    """Take away a second factor that was lost; never one's own, which a stolen session could ask for."""
    person = person_or_404(number)

    def work() -> None:
        if person.id == current_user.id:
            raise PeopleRefused("own_account")
        administering.take_away_second_factor(db.session, scope(), number, by())

    done = _("The second step of %(address)s is taken away.", address=person.address)
    if is_required():
        done = f"{done} {_('They set up a new one next time.')}"
    return _do(number, work, done)
