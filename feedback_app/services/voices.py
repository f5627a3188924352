"""Other voices: bringing them in, changing how far they may go, taking them back, and what they are about."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from feedback_app.domain.coding import Coding
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.errors import VoiceUnknown
from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import Screening
from feedback_app.domain.voices import Consent, NewVoice, Standing, Teller, VoiceKind, may_change
from feedback_app.services.commenting import NewComment, admit
from feedback_app.services.judging import list_codings
from feedback_app.store import voices
from feedback_app.store.voices import VoiceFacts as VoiceFacts  # noqa: PLC0414 - pages take it from here

ADDED, CONSENT_CHANGED, TAKEN_BACK = "voice added", "voice consent changed", "voice taken back"
SEEN = "voice seen"
VOICES = "voices"  # the subject of what is done with several
A_PAGE = 50


@dataclass(frozen=True)
class Entering:
    """Who brings voices in, when, in which language they are written, and what screens them."""

    by: str
    today: date
    language: str
    screening: Screening | None
    demonstration: bool = False


@dataclass(frozen=True)
class Told:
    """What an open voice is and what it is about, without its words."""

    comment_id: uuid.UUID
    kind: VoiceKind
    teller: Teller
    consent: Consent
    coding: Coding


@dataclass(frozen=True)
class KindCount:
    """How many voices of a kind, as it may be shown: rounded, or None where there are fewer than ``fewer_than``."""

    shown: int | None
    fewer_than: int


def add_voice(db: Session, scope: Scope, voice: NewVoice, entering: Entering) -> VoiceFacts | None:
    """Bring one voice in, screened, and return what is told of it; None where the very same is there already."""
    added = _add(db, scope, new_among(db, scope, [voice]), entering)
    return get_voice(db, scope, added[0]) if added else None


def add_voices(db: Session, scope: Scope, brought: Sequence[NewVoice], entering: Entering) -> list[uuid.UUID]:
    """Bring in those voices that are not there yet, screened; return their ids."""
    return _add(db, scope, new_among(db, scope, brought), entering)


def new_among(db: Session, scope: Scope, brought: Iterable[NewVoice]) -> list[NewVoice]:
    """Return the voices that are not there yet and were not taken back."""
    by_mark = {voice.mark: voice for voice in brought}
    known = voices.list_known(db, scope, by_mark)
    return [voice for mark, voice in by_mark.items() if mark not in known]


def one_more(db: Session, scope: Scope, voice: NewVoice) -> NewVoice:
    """Return a voice as another one, where somebody said just the same as one that is there already."""
    while voices.list_known(db, scope, [voice.mark]):
        voice = replace(voice, again=voice.again + 1)
    return voice


def _add(db: Session, scope: Scope, new: Sequence[NewVoice], entering: Entering) -> list[uuid.UUID]:
    """Add voices and admit their words, as those of surveys are admitted."""
    by, today, invented = entering.by, entering.today, entering.demonstration
    ids = [voices.add_voice(db, scope, voice, entered_by=by, entered_on=today, demonstration=invented) for voice in new]
    comments = [
        NewComment(voice.words, entering.language, voice.young, voice_id=voice_id)
        for voice, voice_id in zip(new, ids, strict=True)
    ]
    admit(db, scope, entering.screening, comments, today=entering.today, demonstration=entering.demonstration)
    return ids


def get_voice(db: Session, scope: Scope, voice_id: uuid.UUID, *, entered_by: str | None = None) -> VoiceFacts:
    """Return a voice; raise VoiceUnknown, also for another person's where ``entered_by`` is given."""
    found = voices.find_voice(db, scope, voice_id, entered_by=entered_by)
    if found is None:
        raise VoiceUnknown(voice_id)
    return found


def list_page(
    db: Session,
    scope: Scope,
    *,
    kind: VoiceKind | None = None,
    month: date | None = None,
    entered_by: str | None = None,
    skip: int = 0,
) -> list[VoiceFacts]:
    """Return a page of voices, the latest month first, and one more where there is another page."""
    return voices.list_voices(db, scope, kind=kind, month=month, entered_by=entered_by, skip=skip, most=A_PAGE + 1)


def count_brought_in(db: Session, scope: Scope, *, entered_by: str | None = None) -> dict[VoiceKind, int]:
    """Return kind -> how many voices there are, exactly: for those who bring them in and see them one by one."""
    return voices.count_voices(db, scope, entered_by=entered_by)


def list_months(db: Session, scope: Scope, *, entered_by: str | None = None) -> list[date]:
    """Return the months that there are voices of, the latest first."""
    return voices.list_months(db, scope, entered_by=entered_by)


def change_consent(
    db: Session, scope: Scope, voice_id: uuid.UUID, consent: Consent, *, entered_by: str | None = None
) -> bool:
    """Let a voice go as far as this from now on, and return whether that is a change; raise VoiceUnknown.

    Where it goes less far than before, what was cleared to be shown is shown no more: a person has to clear it anew.
    """
    found = get_voice(db, scope, voice_id, entered_by=entered_by)
    if consent is Consent.WITHDRAWN or not may_change(found.consent, consent):
        return False
    voices.set_consent(db, scope, voice_id, consent)
    if not consent.reaches(found.consent):
        voices.drop_quote(db, scope, found.comment_id)
    return True


def take_back(db: Session, scope: Scope, voice_id: uuid.UUID, *, entered_by: str | None = None) -> Standing | None:
    """Delete a voice with its words, quotes and readings; raise VoiceUnknown.

    Return GOING where a safeguarding reader has to see it first: until then nobody else does, and nothing counts it.
    """
    found = voices.find_voice(db, scope, voice_id, entered_by=entered_by, for_update=True)
    if found is None:
        raise VoiceUnknown(voice_id)
    if found.awaits_reader:
        voices.set_consent(db, scope, voice_id, Consent.WITHDRAWN)
        voices.drop_what_was_made(db, scope, found.comment_id)
        return Standing.GOING
    voices.delete_words(db, scope, voice_id)
    return None


def finish_withdrawal(db: Session, scope: Scope, comment_id: uuid.UUID) -> bool:
    """Delete the voice behind a comment that a safeguarding reader has now seen, if it was taken back meanwhile."""
    voice_id = voices.find_withdrawn(db, scope, comment_id)
    if voice_id is None:
        return False
    voices.delete_words(db, scope, voice_id)
    return True


def sweep_voices(db: Session, scope: Scope, today: date) -> int:
    """Delete what was taken back and has been seen, and voices kept as long as words are; return how many.

    Words are kept as long as those of surveys, from the day they were brought in. One that a safeguarding reader has
    not seen yet stays.
    """
    for voice_id in voices.list_seen_since_withdrawn(db, scope):
        voices.delete_words(db, scope, voice_id)
    day = today - timedelta(days=scope.keeping.words_days)
    return voices.delete_voices(db, scope, voices.list_old(db, scope, day))


def list_told(db: Session, scope: Scope) -> list[Told]:
    """Return what every open voice is about, as people decided or the tagger suggests; none that was taken back."""
    known = voices.kinds_of(db, scope)
    return [
        Told(judged.comment_id, *known[judged.comment_id], judged.coding)
        for judged in list_codings(db, scope, None)
        if judged.comment_id in known
    ]


def count_kinds(told: Iterable[Told], policy: Policy) -> dict[VoiceKind, KindCount]:
    """Return kind -> how many, for figures beside those of a survey: never a share, and none that is small.

    Several voices may be one person's, and a focus group's notes are several people's: these count what was brought in.
    """
    counted = Counter(one.kind for one in told)
    least = policy.threshold_for(minors=True, sensitive=True)
    return {
        kind: KindCount(_rounded(counted[kind], policy.rounding) if counted[kind] >= least else None, least)
        for kind in VoiceKind
        if counted[kind]
    }


def _rounded(number: int, base: int) -> int:
    return base * ((number + base // 2) // base)
