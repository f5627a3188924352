"""Bringing in one voice: a form, a look at it before it is kept, and the keeping."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import Field, StringField

from feedback_app.domain.hiding import find_personal
from feedback_app.domain.permissions import Permission
from feedback_app.domain.voice_rows import read_voice
from feedback_app.domain.voices import NewVoice
from feedback_app.extensions import db
from feedback_app.services import voices
from feedback_app.services.voices import Entering
from feedback_app.web import clock
from feedback_app.web.access import place, scope, staff
from feedback_app.web.voices import words
from feedback_app.web.voices.views import blueprint, note_done

LOOK, CHANGE, KEEP, AGAIN = "look", "change", "keep", "again"  # what a button of the form asks for
CHOICES = ("kind", "who", "consent")  # fields that are several buttons: a link leads to the first of them
Part = tuple[str, bool]  # words, and whether they may name somebody


class VoiceForm(FlaskForm):
    """What is told about a voice; `domain.voice_rows.read_voice` says what is wrong with it."""

    kind = StringField()
    words = StringField()
    who = StringField()
    month = StringField()
    district = StringField()
    consent = StringField()
    came_from = StringField(name="from")
    step = StringField()

    @property
    def said(self) -> dict[str, str]:
        """Return field -> what was typed or chosen."""
        fields: list[Field] = [
            self.kind, self.words, self.who, self.month, self.district, self.consent, self.came_from
        ]  # fmt: skip
        return {field.name: field.data or "" for field in fields}


def entering() -> Entering:
    """Return who brings voices in, when, and what screens them."""
    here = place()
    return Entering(str(current_user.email), clock.today(), here.first_locale, here.screening)


@blueprint.get("/new")
@staff(Permission.ADD_VOICES)
def new() -> ResponseReturnValue:
    """Ask for a voice: what it is, what was said, and how far the words may go."""
    return _form_page(VoiceForm().said, {})


def _form_page(said: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    return render_template(
        "voices/new.html",
        typed=said,
        wrong=wrong,
        lines=[(f"#{name}-1" if name in CHOICES else f"#{name}", sentence) for name, sentence in wrong.items()],
        kinds=words.kinds(),
        tellers=words.tellers(),
        consents=words.consents(),
        districts=words.districts(),
    )


@blueprint.post("/new")
@staff(Permission.ADD_VOICES)
def bring_in() -> ResponseReturnValue:
    """Show a voice as it would be kept, with the names in it, and keep it once that is confirmed."""
    form = VoiceForm()
    said, step = form.said, form.step.data or LOOK
    found, reasons = read_voice(said, words.district_codes(), clock.today())
    wrong = {name: words.say(why) for name, why in reasons.items()}
    if not said["consent"]:
        wrong["consent"] = _("Choose how far the words may go")
    if found is None or wrong:
        return _form_page(said, wrong), 422
    if step == CHANGE:
        return _form_page(said, {})
    if step not in (KEEP, AGAIN):
        return _look_page(said, found)
    return _keep(said, found, another=step == AGAIN)


def _look_page(said: Mapping[str, str], found: NewVoice, *, known: bool = False) -> str:
    parts = parts_of(found.words)
    return render_template(
        "voices/look.html",
        typed=said,
        voice=found,
        parts=parts,
        names=sum(personal for _words, personal in parts),
        known=known,
        said=words,
    )


def _keep(said: Mapping[str, str], found: NewVoice, *, another: bool) -> ResponseReturnValue:
    """Keep a voice; say so where the very same is there already."""
    if another:
        found = voices.one_more(db.session, scope(), found)
    kept = voices.add_voice(db.session, scope(), found, entering())
    if kept is None:
        return _look_page(said, found, known=True), 409
    note_done(voices.ADDED, f"voice {kept.id}", f"{kept.kind}, {kept.consent}")
    if kept.awaits_reader:
        flash(_("It has come in. A safeguarding reader reads it first. Until then nobody else sees the words."))
    else:
        flash(_("It has come in. It can be read and counted now."))
    return redirect(url_for("voices.voice", voice_id=kept.id))


def parts_of(told: str) -> list[Part]:
    """Return words cut where something that may name somebody begins and ends."""
    parts, at = list[Part](), 0
    for found in find_personal(told):
        parts += [(told[at : found.start], False), (told[found.start : found.end], True)]
        at = found.end
    return [part for part in [*parts, (told[at:], False)] if part[0]]
