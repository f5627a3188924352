"""Samples that two people read blind: made here, read in the room, and how far the two agree."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from feedback_app.domain.errors import SurveyUnknown
from feedback_app.domain.permissions import Permission
from feedback_app.domain.scoring.agreement import Kappa
from feedback_app.extensions import db
from feedback_app.services import auditing, fielding, sampling
from feedback_app.services.sampling import Progress, SampleRefused
from feedback_app.web import clock
from feedback_app.web.access import scope, staff
from feedback_app.web.languages import page_language
from feedback_app.web.noting import note_seen
from feedback_app.web.reading.asking import VOICES
from feedback_app.web.reading.views import blueprint as blueprint  # noqa: PLC0414 - the room's other views join it
from feedback_app.web.reading.views import codeframe, reader

MADE, SEEN = "reading sample made", "agreement seen"  # in the audit log
FIELDS = {"same_reader": "second", "no_reader": "first", "too_few": "wave"}


@blueprint.get("/samples")
@staff(Permission.MANAGE_READING)
def samples() -> ResponseReturnValue:
    """List the samples that two read blind, and ask for a new one."""
    return _samples_page({}, {})


def _samples_page(typed: dict[str, str], wrong: dict[str, str]) -> str:
    session, here = db.session, scope()
    return render_template(
        "reading/samples.html",
        samples=[(one, _title(one)) for one in sampling.list_samples(session, here)],
        to_settle=len(sampling.list_to_settle(session, here, reader())),
        waves=[(wave.slug, _wave_title(wave.id)) for wave in fielding.list_waves(session, here)],
        readers=sampling.list_readers(session, here),
        typed=typed,
        wrong=wrong,
        least=sampling.AT_LEAST,
    )


def _wave_title(wave_id: UUID) -> str:
    wave = fielding.get_wave_by_id(db.session, wave_id)
    title = fielding.get_instrument(db.session, wave.version_id, page_language().locale).title
    return _("%(survey)s (%(wave)s)", survey=title, wave=wave.slug)


def _title(one: Progress) -> str:
    return _wave_title(one.sample.wave_id) if one.sample.wave_id else _("Other voices")


@blueprint.post("/samples")
@staff(Permission.MANAGE_READING)
def make_sample() -> ResponseReturnValue:
    """Draw a sample for two readers, or say what to mend."""
    typed = {name: request.form.get(name, "")[:255] for name in ("wave", "first", "second")}
    wrong: dict[str, str] = {}
    try:
        wave = None if typed["wave"] == VOICES else fielding.get_wave(db.session, scope(), typed["wave"])
        readers = (typed["first"], typed["second"])
        made = sampling.make_sample(
            db.session, scope(), wave.id if wave else None, readers, current_user.email, clock.today()
        )
    except SurveyUnknown:
        wrong["wave"] = _("Choose a survey.")
    except SampleRefused as refused:
        wrong[FIELDS[refused.reason]] = _why_not(refused)
    if wrong:
        return _samples_page(typed, wrong), 422
    _note_made(wave.slug if wave else VOICES, made.comments)
    flash(
        _("The sample is drawn: %(number)s comments. Both readers find it in the reading room.", number=made.comments)
    )
    return redirect(url_for("reading.samples"))


def _note_made(subject: str, number: int) -> None:
    auditing.note_action(
        db.session, scope(), at=clock.now(), actor=current_user.email, action=MADE, subject=subject,
        reason=f"{number} comments",
    )  # fmt: skip


def _why_not(refused: SampleRefused) -> str:
    return {
        "same_reader": _("Choose two different people."),
        "no_reader": _("Choose two people who may read comments."),
        "too_few": _(
            "Too few comments are left that neither of them has read: %(least)s are needed. Choose another survey "
            "or other readers.",
            least=sampling.FEWEST,
        ),
    }[refused.reason]


@blueprint.get("/samples/<uuid:sample_id>/next")
@staff(Permission.READ_COMMENTS)
def sample_next(sample_id: UUID) -> ResponseReturnValue:
    """Lead one of a sample's two readers to the next comment of it; say so at its end."""
    found = sampling.next_of_sample(db.session, scope(), sample_id, reader())
    if found is None:
        flash(_("You have read the whole sample. Thank you."))
        return redirect(url_for("reading.room"))
    return redirect(url_for("reading.comment", comment_id=found))


@blueprint.get("/samples/<uuid:sample_id>")
@staff(Permission.MANAGE_READING)
def agreement(sample_id: UUID) -> ResponseReturnValue:
    """Show how far the two readers of a sample agree, theme by theme, in plain words."""
    frame = codeframe()
    found = sampling.measure_agreement(db.session, scope(), sample_id, frame)
    note_seen(SEEN, VOICES if found.sample.wave_id is None else _slug(found.sample.wave_id))
    lines: list[dict[str, Any]] = [
        {"theme": frame.by_code[one.theme], "one": one, "verdict": verdict(one.kappa), "revise": one.kappa.revise}
        for one in found.themes
    ]
    title = _wave_title(found.sample.wave_id) if found.sample.wave_id else _("Other voices")
    return render_template("reading/agreement.html", found=found, lines=lines, title=title)


def _slug(wave_id: UUID) -> str:
    return fielding.get_wave_by_id(db.session, wave_id).slug


def verdict(kappa: Kappa) -> str:
    """Return what an agreement means for a theme, in plain words."""
    if kappa.value is None:
        return _(
            "Only one of the two used this theme, or one of them always did: this cannot be told apart from chance."
        )
    if kappa.revise:
        return _("Too little. Read the disagreements together and say more clearly what the theme means.")
    return _("Good enough.") if kappa.value < 0.8 else _("Very good.")
