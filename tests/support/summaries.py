"""An invented survey with every kind of item, answers to it by plan, and staff who look at them."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from datetime import date

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.orm import Session

from feedback_app.domain.answers import Answer, AnswerSheet
from feedback_app.domain.breakdowns import breakdown_keys
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.scope import Role, Scope
from feedback_app.domain.texts import FieldedDocument
from feedback_app.services.fielding import field_wave
from feedback_app.store.accounts import User
from feedback_app.store.comment_tables import Comment
from feedback_app.store.people import get_role
from feedback_app.store.responses import encode_answers
from feedback_app.store.tables import BREAKDOWNS, Response, random_id
from feedback_app.store.waves import WaveFacts

SCOPE = Scope("lancashire")
TODAY = date(2026, 11, 16)
END = date(2026, 12, 14)
FREQUENCY = ("Never", "Rarely", "Sometimes", "Often", "Always")
SATISFACTION = ("Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied")


def _options(*labels: str) -> list[dict[str, object]]:
    return [{"code": code, "label": label} for code, label in enumerate(labels, 1)]


def _faces(*labels: str) -> list[dict[str, object]]:
    return [{"code": len(labels) - at, "label": label} for at, label in enumerate(labels)]


def _items() -> list[dict[str, object]]:
    """Return one item or more of every kind."""
    apart = [{"code": -9, "label": "Does not apply"}]
    often = {"type": "freq5", "options": _options(*FREQUENCY), "apart": apart}
    route = {"item": "TS01", "in": [1]}
    return [
        {"id": "TS01", "text": "Which plan is there?", "type": "single", "required": True, "content": False,
         "breakdown": "provision",
         "options": [{"code": 1, "label": "A plan", "reported_as": 1},
                     {"code": 2, "label": "No plan", "reported_as": 3},
                     {"code": 3, "label": "Not sure", "missing": "dont_know"}]},
        {"id": "TS02", "text": "How often is your child happy?", **often},
        {"id": "TS03", "text": "How often did you have to chase?", "reverse_coded": True, **often, "route": route},
        {"id": "TS04", "text": "How satisfied are you?", "type": "csat5", "options": _options(*SATISFACTION)},
        {"id": "TS05", "text": "How likely are you to say good things?", "type": "nps11",
         "options": [{"code": code, "label": str(code)} for code in range(11)]},
        {"id": "TS06", "text": "Is the room nice?", "type": "smiley3", "options": _faces("Yes", "A bit", "No"),
         "apart": [{"code": -8, "label": "I do not know"}], "top": [3], "bottom": [1]},
        {"id": "TS07", "text": "How was the day?", "type": "smiley5",
         "options": _faces("Great", "Good", "OK", "Not good", "Bad"), "top": [4, 5], "bottom": [1, 2]},
        {"id": "TS08", "text": "How useful was it?", "type": "single", "options": _options("Very", "Quite", "Not very"),
         "figures": {"useful": {"label": "Found it useful", "codes": [1, 2]}}},
        {"id": "TS09", "text": "What helped?", "type": "multi",
         "options": _options("=A1+1 and talking", "Time", "Money")},
        {"id": "TS10", "text": "How often is your child alone?", "sensitive": True, **often},
        {"id": "TS11", "text": "What is going well?", "type": "text"},
    ]  # fmt: skip


def make_instrument(**changes: object) -> Instrument:
    """Return the invented survey; `changes` replace its fields, such as minors=True."""
    items = _items()
    start = {"lead": "For you.", "read_by": "We read it.", "purpose": "To see.", "kept": "No name."}
    data = {
        "name": "test_survey", "slug": "test-survey", "code": "TS", "version": 1, "title": "How is it?",
        "formal_title": "A survey for tests", "audience": "parent_carer", "voice": "family", "target_minutes": 3,
        "reading_age": 9, "start": start, "thanks": "Thank you.",
        "sections": [{"id": "about", "title": "About you", "items": items[:3]},
                     {"id": "rest", "title": "The rest", "items": items[3:]}],
    }  # fmt: skip
    return Instrument.model_validate(data | changes)


def add_wave(
    db: Session, instrument: Instrument | None = None, slug: str = "autumn", closed_from: date | None = END
) -> WaveFacts:
    """Open a wave of the invented survey and commit it."""
    document = FieldedDocument(instrument=instrument or make_instrument())
    wave = field_wave(db, SCOPE, document, slug=slug, opens_on=date(2026, 11, 2), closed_from=closed_from, today=TODAY)
    db.commit()
    return wave


def add_answers(
    db: Session,
    wave: WaveFacts,
    sheets: Sequence[Mapping[str, Answer]],
    words: Mapping[int, str] | None = None,
    instrument: Instrument | None = None,
) -> None:
    """Add a response for each answer sheet; `words` are own words to TS11 by a sheet's position."""
    instrument = instrument or make_instrument()
    keys = [breakdown_keys(instrument, AnswerSheet(sheet)) for sheet in sheets]
    rows = [
        {
            "id": random_id(), "partnership": SCOPE.partnership, "wave_id": wave.id,
            "instrument_version_id": wave.version_id, "week": date(2026, 11, 9), "language": "en_GB",
            "form": "standard", "mode": "online", "pace": "usual", "answers": encode_answers(dict(sheet)).decode(),
            **{name: own.get(name) for name in BREAKDOWNS},
        }
        for sheet, own in zip(sheets, keys, strict=True)
    ]  # fmt: skip
    db.execute(insert(Response), rows)
    for at, said in (words or {}).items():
        text = {"id": random_id(), "response_id": rows[at]["id"], "wave_id": wave.id, "item": "TS11", "young": False}
        db.execute(insert(Comment).values(**text, partnership=SCOPE.partnership, language="en_GB", words=said))
    db.commit()


def some_answers(number: int, seed: int = 1) -> list[dict[str, Answer]]:
    """Return invented answer sheets, the same for the same seed; every kind of missing answer is among many."""
    draw = random.Random(seed)

    def pick(codes: Sequence[int], weights: Sequence[int]) -> int:
        return draw.choices(codes, weights)[0]

    sheets: list[dict[str, Answer]] = []
    for _ in range(number):
        plan = pick((1, 2, 3), (50, 45, 5))
        helped = tuple(code for code in (1, 2, 3) if draw.random() < 0.4)
        sheets.append({
            "TS01": plan,
            "TS02": pick((1, 2, 3, 4, 5, -9, -3), (12, 20, 22, 28, 10, 5, 3)),
            "TS03": pick((1, 2, 3, 4, 5), (30, 25, 20, 15, 10)) if plan == 1 else -1,
            "TS04": pick((1, 2, 3, 4, 5), (8, 12, 20, 35, 25)),
            "TS05": pick((2, 5, 7, 8, 9, 10, -2), (15, 25, 15, 15, 15, 10, 5)),
            "TS06": pick((1, 2, 3, -8), (15, 25, 50, 10)),
            "TS07": pick((1, 2, 3, 4, 5), (8, 12, 20, 35, 25)),
            "TS08": pick((1, 2, 3), (30, 40, 30)),
            "TS09": helped or -3,
            "TS10": pick((1, 2, 3, 4, 5), (20, 20, 20, 20, 20)),
            "TS11": pick((1, -3), (40, 60)),
        })  # fmt: skip
    return sheets


def signed_in(app: Flask, db: Session, *roles: Role) -> FlaskClient:
    """Return a client whose visitor is a new member of staff with these roles."""
    rows = [get_role(db, role) for role in roles]
    name = "-".join(role.value for role in roles) or "nobody"
    user = User(partnership=SCOPE.partnership, email=f"{name}@example.org", active=True, fs_uniquifier=name, roles=rows)
    db.add(user)
    db.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = name
        session["_fresh"] = True
        session["fs_paa"] = time.time()  # the password was given just now
    return client
