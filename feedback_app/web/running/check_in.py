"""At the door: a family is found by its code or in the list, those who came without a booking are counted."""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from feedback_app.domain.errors import BookingUnknown, TooManyPlaces
from feedback_app.domain.permissions import Permission
from feedback_app.domain.talks.talk import TalkFacts
from feedback_app.extensions import db
from feedback_app.services import attending, auditing
from feedback_app.services.attending import MOST_PEOPLE, Coming
from feedback_app.web import clock
from feedback_app.web.access import scope, staff
from feedback_app.web.noting import note_seen
from feedback_app.web.running import blueprint
from feedback_app.web.running.the_day import about, by_way, coming_to, read_way, talk_of
from feedback_app.web.running.the_day_words import came_words, people_words, standing_words
from feedback_app.web.talk_words import programme
from feedback_app.web.typed import read_id, read_number

COUNT, TAKE = "count", "take"  # what a button of the forms asks for


@blueprint.get("/<slug>/check-in")
@staff(Permission.RUN_TALKS)
def check_in(slug: str) -> ResponseReturnValue:
    """Find a family by the code in its message, or in the list, and ask how many of it came; noting that is a form."""
    talk = talk_of(slug)
    number = request.args.get("number", "")
    return _page(talk, number) if not number.strip() or _find(talk, number) else (_unknown(talk, number), 422)


def _find(talk: TalkFacts, number: str) -> Coming | None:
    return attending.find_family(db.session, scope(), programme(), talk, number)


def _unknown(talk: TalkFacts, number: str) -> str:
    said = _("No family of this talk has this code. Check it, or look for the name in the list below")
    return _page(talk, number, {"number": said})


def _page(talk: TalkFacts, number: str = "", wrong: dict[str, str] | None = None) -> str:
    coming = coming_to(talk)
    if coming:
        note_seen(attending.REGISTER_SEEN, talk.slug)
    done = request.args.get("done", "")
    return render_template(
        "running/check_in.html",
        **about(talk),
        number=number,
        found=_find(talk, number) if number.strip() else None,
        done=_find(talk, done) if done.strip() else None,
        before=read_number(request.args.get("before")),
        ways=by_way(talk, coming),
        coming=coming,
        numbers=attending.find_numbers(db.session, scope(), talk),
        booked_came={way.way: attending.count_came(coming, way.way) for way in talk.ways},
        note_key=uuid.uuid4(),
        typed=request.form,
        most=MOST_PEOPLE,
        wrong_at=wrong or {},
        mend_lines=[(f"#{field}", said) for field, said in (wrong or {}).items()],
        came_words=came_words,
        people_words=people_words,
        standing=standing_words,
    )


@blueprint.post("/<slug>/check-in")
@staff(Permission.RUN_TALKS)
def note_came(slug: str) -> ResponseReturnValue:
    """Note how many of a family came, or take that back; or how many people attended in one way altogether."""
    talk = talk_of(slug)
    attending.check_open(db.session, scope(), talk.id)
    if request.form.get("do") == COUNT:
        return _count(talk)
    number = request.form.get("number", "")
    found = _find(talk, number)
    if found is None:
        return _unknown(talk, number), 422
    said = request.form.get("came", "")
    came = read_number(said)
    if said.strip() and came is None:
        return _page(talk, number, {"number": _("Choose how many of this family came")}), 422
    try:
        attending.set_came(db.session, scope(), found.sign_up.id, came)
    except (BookingUnknown, TooManyPlaces):
        return _page(talk, number, {"number": _("Choose how many of this family came")}), 422
    note_attendance(talk)
    before = "" if found.sign_up.came is None else found.sign_up.came
    return redirect(url_for("running.check_in", slug=slug, done=found.sign_up.check_in, before=before))


def note_attendance(talk: TalkFacts) -> None:
    """Note once a day who notes who came to a talk, in the transaction that does it."""
    at, actor, subject = clock.now(), current_user.email, talk.slug
    auditing.note_once_a_day(db.session, scope(), at=at, actor=actor, action=attending.CAME_NOTED, subject=subject)


def _count(talk: TalkFacts) -> ResponseReturnValue:
    way = read_way(request.form.get("way"), talk)
    typed = request.form.get("people", "")
    people = read_number(typed)
    if way is None or (typed.strip() and people is None) or (people or 0) > MOST_PEOPLE:
        field = f"count-{(way or talk.ways[0].way).value}"
        said = _("Write how many people were there, such as 12. The most is %(most)s", most=MOST_PEOPLE)
        return _page(talk, wrong={field: said}), 422
    attending.set_way_numbers(db.session, scope(), talk, way, came=people)
    note_attendance(talk)
    flash(_("Kept.") if people is not None else _("Kept. Now those count whom you checked in one by one."))
    return redirect(url_for("running.check_in", slug=talk.slug))


@blueprint.post("/<slug>/walk-in")
@staff(Permission.RUN_TALKS)
def walk_in(slug: str) -> ResponseReturnValue:
    """Count people who came without a booking, or take some of them back; the same form sent twice counts once."""
    talk = talk_of(slug)
    way = read_way(request.form.get("way"), talk)
    people = read_number(request.form.get("people"))
    key = read_id(request.form.get("note", ""))
    if way is None or key is None or not people or people > MOST_PEOPLE:
        field = f"people-{(way or talk.ways[0].way).value}"
        said = _("Write how many people came without a booking, such as 2. The most is %(most)s", most=MOST_PEOPLE)
        return _page(talk, wrong={field: said}), 422
    sign = -1 if request.form.get("do") == TAKE else 1
    by = str(current_user.email)
    attending.add_walk_in(db.session, scope(), talk, way, sign * people, key=key, by=by, now=clock.now())
    count = attending.find_numbers(db.session, scope(), talk)[way].walked_in
    flash(_("Kept. Without a booking: %(people)s.", people=people_words(count)))
    return redirect(url_for("running.check_in", slug=slug))
