"""What was brought in from elsewhere than surveys: the list, one voice, how far it may go, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import StringField

from feedback_app.domain.permissions import Permission
from feedback_app.domain.voice_rows import read_month
from feedback_app.domain.voices import Consent, Standing, VoiceKind
from feedback_app.extensions import db
from feedback_app.services import auditing, voices
from feedback_app.services.voices import A_PAGE, VoiceFacts
from feedback_app.web import clock
from feedback_app.web.access import may, scope, staff
from feedback_app.web.noting import note_seen
from feedback_app.web.voices import words

blueprint = Blueprint("voices", __name__, template_folder="templates", url_prefix="/team/voices")
LAST_PAGE = 10_000


class ConsentForm(FlaskForm):
    """How far a voice may go."""

    consent = StringField()


@dataclass(frozen=True)
class Filters:
    """Which voices are looked for; an address that says something else asks for all."""

    kind: VoiceKind | None
    month: str
    page: int

    @property
    def address(self) -> dict[str, Any]:
        """Return the filters that are set, to be kept in links."""
        return {"kind": self.kind or "", "month": self.month}


def brought_by() -> str | None:
    """Return whose voices alone whoever asks may see: their own, unless they may read comments."""
    return None if may(Permission.READ_COMMENTS) else str(current_user.email)


def note_done(action: str, subject: str, reason: str = "") -> None:
    """Note what whoever asks does, in the transaction that does it."""
    auditing.note_action(
        db.session, scope(), at=clock.now(), actor=current_user.email, action=action, subject=subject, reason=reason
    )


def read_filters(arguments: Mapping[str, str]) -> Filters:
    """Return the filters of an address."""
    kind = next((kind for kind in VoiceKind if kind == arguments.get("kind", "")), None)
    month = read_month(arguments.get("month", ""))
    page = arguments.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    return Filters(kind, f"{month:%Y-%m}" if month else "", min(max(number, 1), LAST_PAGE))


@blueprint.get("")
@staff(Permission.ADD_VOICES)
def voice_list() -> ResponseReturnValue:
    """List what was brought in: the SEND team sees all of it, others what they brought in themselves."""
    filters, mine = read_filters(request.args), brought_by()
    month = read_month(filters.month)
    skip = (filters.page - 1) * A_PAGE
    found = voices.list_page(db.session, scope(), kind=filters.kind, month=month, entered_by=mine, skip=skip)
    return render_template(
        "voices/list.html",
        voices=found[:A_PAGE],
        counts=voices.count_brought_in(db.session, scope(), entered_by=mine),
        months=voices.list_months(db.session, scope(), entered_by=mine),
        filters=filters,
        kinds=words.kinds(),
        mine=mine is not None,
        before=url_for("voices.voice_list", **filters.address, page=filters.page - 1) if filters.page > 1 else "",
        after=url_for("voices.voice_list", **filters.address, page=filters.page + 1) if len(found) > A_PAGE else "",
        said=words,
    )


@blueprint.get("/<uuid:voice_id>")
@staff(Permission.ADD_VOICES)
def voice(voice_id: uuid.UUID) -> ResponseReturnValue:
    """Show what a voice is and where it stands; its words only where its consent allows and they are cleared."""
    found = voices.get_voice(db.session, scope(), voice_id, entered_by=brought_by())
    note_seen(voices.SEEN, f"voice {found.id}")
    return _voice_page(found, {})


def _voice_page(found: VoiceFacts, wrong: Mapping[str, str]) -> str:
    return render_template(
        "voices/voice.html",
        voice=found,
        wrong=wrong,
        consents=words.consents(),
        whole=found.consent is Consent.PUBLISH,
        reads=may(Permission.READ_COMMENTS),
        going=found.standing is Standing.GOING,
        said=words,
    )


@blueprint.post("/<uuid:voice_id>")
@staff(Permission.ADD_VOICES)
def change_consent(voice_id: uuid.UUID) -> ResponseReturnValue:
    """Let a voice go further or less far from now on, or say what to mend."""
    mine = brought_by()
    found = voices.get_voice(db.session, scope(), voice_id, entered_by=mine)
    wanted = next((one for one in Consent if one == ConsentForm().consent.data), None)
    if wanted is None or wanted is Consent.WITHDRAWN:
        return _voice_page(found, {"consent": _("Choose how far the words may go")}), 422
    if voices.change_consent(db.session, scope(), voice_id, wanted, entered_by=mine):
        note_done(voices.CONSENT_CHANGED, f"voice {voice_id}", f"{found.consent} to {wanted}")
        flash(_("Kept. It holds from now on."))
    return redirect(url_for("voices.voice", voice_id=voice_id))


@blueprint.get("/<uuid:voice_id>/take-back")
@staff(Permission.ADD_VOICES)
def ask_to_take_back(voice_id: uuid.UUID) -> ResponseReturnValue:
    """Ask whether a voice is really to be taken back."""
    found = voices.get_voice(db.session, scope(), voice_id, entered_by=brought_by())
    return render_template("voices/take_back.html", voice=found, said=words)


@blueprint.post("/<uuid:voice_id>/take-back")
@staff(Permission.ADD_VOICES)
def take_back(voice_id: uuid.UUID) -> ResponseReturnValue:
    """Delete a voice with its words, quotes and readings; what a safeguarding reader has not seen goes after that."""
    going = voices.take_back(db.session, scope(), voice_id, entered_by=brought_by())
    note_done(voices.TAKEN_BACK, f"voice {voice_id}", "after its safeguarding reader" if going else "")
    if going:
        flash(_("It is taken back. A safeguarding reader has to see it first. Nobody else does. Then it is deleted."))
    else:
        flash(_("It is deleted, with its words and all that was made of them."))
    return redirect(url_for("voices.voice_list"))
