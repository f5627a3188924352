"""What people say in the demonstration: other voices, comments tagged and read in part, some cleared; all invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from feedback_app.domain.codeframe import Codeframe
from feedback_app.domain.coding import Purpose, Reading, Said, State, Tagged
from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import Screening
from feedback_app.domain.voices import BROUGHT_IN, Consent, NewVoice, Teller, VoiceKind
from feedback_app.services import quoting, safeguarding, tagging, voices
from feedback_app.services.demonstration_words import HELPLINE_REASONS, compose_comment
from feedback_app.services.judging import list_all_codings
from feedback_app.services.masking import masked_words
from feedback_app.services.quoting import QuoteRefused
from feedback_app.services.voices import Entering
from feedback_app.store import readings
from feedback_app.store.readings import CommentFacts

LEAD, READER, FORUM = "lead@example.org", "reader@example.org", "forum@example.org"
SAFEGUARDING = "safeguarding@example.org"
NUMBER_OF_VOICES, MONTHS = 30, 8
READ = 0.6  # the share of comments that somebody has read
AGREED: dict[State, float] = {State.SURE: 0.93, State.REVIEW: 0.55}  # how often a reader accepts a suggestion
QUOTES, SHORTEST_QUOTE = 5, 40  # of each wave, and in letters
_SESSIONS = {
    VoiceKind.FOCUS_GROUP: "Parent carer forum, open morning",
    VoiceKind.INTERVIEW: "Visit to a family",
    VoiceKind.STORY: "Told at a coffee morning",
    VoiceKind.COMPLIMENT: "Letter to the service",
    VoiceKind.COMPLAINT: "Complaints team",
    VoiceKind.HELPLINE: "Helpline",
}


def seed_voices(
    db: Session, scope: Scope, screening: Screening | None, today: date, language: str, districts: Sequence[int]
) -> int:
    """Bring in invented voices of every kind unless there are any, and return how many."""
    if voices.count_brought_in(db, scope):
        return 0
    draw = Random("demonstration voices")  # noqa: S311 - invented words, nothing secret
    entering = Entering(FORUM, today, language, screening, demonstration=True)
    made = [_voice(draw, list(BROUGHT_IN)[at % len(BROUGHT_IN)], today, districts) for at in range(NUMBER_OF_VOICES)]
    return len(voices.add_voices(db, scope, made, entering))


def _voice(draw: Random, kind: VoiceKind, today: date, districts: Sequence[int]) -> NewVoice:
    young = kind in (VoiceKind.STORY, VoiceKind.INTERVIEW) and draw.random() < 0.2
    asked = {VoiceKind.COMPLIMENT: "going_well", VoiceKind.COMPLAINT: "needs_change"}.get(kind)
    lines = {VoiceKind.FOCUS_GROUP: 4, VoiceKind.INTERVIEW: 3, VoiceKind.STORY: 3}.get(kind, 1)
    audience = "young_person" if young else "parent_carer"
    said = [compose_comment(draw, audience, asked, draw.gauss(0, 1)) for _ in range(lines)]
    if kind is VoiceKind.HELPLINE:
        said = [draw.choice(HELPLINE_REASONS)]
    months = today.year * 12 + today.month - 1 - draw.randrange(MONTHS)
    consent = draw.choice((Consent.COUNT, Consent.QUOTE, Consent.QUOTE, Consent.PUBLISH))
    return NewVoice(
        kind,
        "\n".join(said),
        Teller.YOUNG_PERSON if young else Teller.PARENT_CARER,
        date(months // 12, months % 12 + 1, 1),
        Consent.COUNT if kind is VoiceKind.HELPLINE else consent,
        draw.choice(districts) if districts and draw.random() < 0.4 else None,
        _SESSIONS[kind],
    )


def read_children(db: Session, scope: Scope, today: date) -> None:
    """Have the safeguarding reader read what children wrote that raised no flag; the flags stay in the queue."""
    safeguarding.read_all_unflagged(db, scope, by=SAFEGUARDING, today=today)


def tag_all(db: Session, scope: Scope, codeframe: Codeframe, languages: Sequence[str]) -> int:
    """Tag every comment that waits, in this process; return how many. `languages` are those that jobs tag by, too."""
    work = tagging.prepare(db, scope, codeframe, languages)
    tagger, done = work.recipe.tagger(), 0
    while number := tagging.tag_waiting(db, scope, work, tagger):
        done += number
    return done


def read_some(db: Session, scope: Scope, codeframe: Codeframe, today: date) -> int:
    """Have invented readers read part of the comments, mostly as the tagger suggests; return how many."""
    waiting = [one for one in list_all_codings(db, scope) if one.tagged and not one.coding.readers]
    words = readings.list_comments(db, scope, [one.comment_id for one in waiting])
    done = 0
    for one in waiting:
        draw = Random(words[one.comment_id].words)  # noqa: S311 - the same whenever it is run
        if one.tagged is None or one.tagged.state is State.PERSON or draw.random() >= READ:
            continue
        _read(db, scope, one.comment_id, _reading(draw, one.tagged), codeframe, today)
        done += 1
    return done


def _reading(draw: Random, tagged: Tagged) -> Reading:
    decisions = tuple(
        (one.theme, Said.YES if draw.random() < AGREED.get(one.state, 0) else Said.NO) for one in tagged.suggestions
    )
    valence = tagged.feeling.valence if tagged.feeling else None
    return Reading(draw.choice((LEAD, READER)), Purpose.QUEUE, decisions, valence)


def _read(db: Session, scope: Scope, comment: UUID, reading: Reading, codeframe: Codeframe, today: date) -> None:
    kept = codeframe.version
    readings.keep_reading(db, scope, comment, reading, sample_id=None, codeframe_version=kept, day=today)


def clear_some(db: Session, scope: Scope, today: date) -> int:
    """Clear a few comments of each wave, and of the voices, that were read and are long enough; return how many."""
    cleared: dict[UUID | None, int] = {}
    read = [one for one in list_all_codings(db, scope) if one.coding.checked and one.coding.themes and not one.young]
    facts = readings.list_comments(db, scope, [one.comment_id for one in read])
    for comment in sorted(facts.values(), key=_likely_first):
        number = cleared.get(comment.wave_id, 0)
        if number < QUOTES and len(comment.words) >= SHORTEST_QUOTE and _clear(db, scope, comment, today):
            cleared[comment.wave_id] = number + 1
    return sum(cleared.values())


def _likely_first(comment: CommentFacts) -> str:
    return str(Random(comment.words).random())  # noqa: S311 - an order that is the same at every run


def _clear(db: Session, scope: Scope, comment: CommentFacts, today: date) -> bool:
    """Clear a comment as it stands after hiding; return whether whoever said it agreed."""
    try:
        quoting.clear_quote(db, scope, comment, masked_words(comment), LEAD, today)
    except QuoteRefused:
        return False
    return True
