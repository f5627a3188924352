"""The application as `demo seed` leaves it: two waves of each survey, invented answers, staff to sign in as."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import update


def seed(app: Flask, answers: int) -> None:
    """Fill an empty database, `answers` a wave; the open waves ask the children's own words, too."""
    from feedback_app.extensions import db
    from feedback_app.services.demonstrating import seed_staff, seed_survey
    from feedback_app.services.snapshots import Taking
    from feedback_app.store.tables import Wave
    from feedback_app.web.clock import today

    with app.app_context():
        shelf, scope = app.config["PLACES"].only.shelf, app.config["PLACES"].only.scope
        geography, population = app.config["PLACES"].only.geography, app.config["PLACES"].only.population
        taking = Taking(scope, app.config["PLACES"].only.policy, geography, population, today())
        for name in shelf.list_surveys():
            for made in seed_survey(db.session, scope, shelf.load_document(name), today(), "en_GB", answers):
                taking.take_snapshot(db.session, made.wave.slug)
        seed_staff(db.session, scope)
        db.session.execute(update(Wave).where(Wave.closed_from.is_(None)).values(texts_open=True))
        db.session.commit()


def count_answers(app: Flask, survey: str) -> int:
    """Return how many answers the open wave of a survey holds, exactly."""
    from feedback_app.extensions import db
    from feedback_app.services.summarising import count_wave_exactly
    from feedback_app.store.waves import list_waves

    with app.app_context():
        scope = app.config["PLACES"].only.scope
        wave = next(
            one for one in list_waves(db.session, scope) if one.survey_slug == survey and one.closed_from is None
        )
        number = count_wave_exactly(db.session, scope, wave.slug, "en_GB").responses
        db.session.rollback()
    return number
