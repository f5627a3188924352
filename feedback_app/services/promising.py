"""What was promised at talks: written down by organisers, shown to everybody, followed until something came of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from feedback_app.domain.errors import PromiseUnknown
from feedback_app.domain.hiding import find_personal
from feedback_app.domain.scope import Scope
from feedback_app.domain.screening import Screening
from feedback_app.domain.talks.talk import PromiseState, TalkFacts
from feedback_app.domain.words import tidy_words
from feedback_app.store import promises, talks
from feedback_app.store.promises import PromiseFacts as PromiseFacts  # noqa: PLC0414 - pages take it from here

LONGEST, LONGEST_WHO = 500, 120
YEARS_AHEAD = 3
MOST_SHOWN = 5
ADDED, CHANGED, DELETED = "promise added", "promise changed", "promise deleted"
SAID, WILL_DO, WHO, OUTCOME = "said", "will_do", "who", "outcome"  # the fields with words, which families read


class Wrong(StrEnum):
    """What is wrong with a field of a promise."""

    EMPTY = "empty"
    LONG = "long"
    DAY = "day"
    FAR = "far"
    STATE = "state"
    OUTCOME = "outcome"


@dataclass(frozen=True)
class NewPromise:
    """A promise as it is written down."""

    theme: str
    said: str
    will_do: str
    who: str
    by_when: date | None
    state: PromiseState = PromiseState.OPEN
    outcome: str = ""


@dataclass(frozen=True)
class Doubt:
    """What makes it doubtful that words may be shown to everybody: how many names, and whether they tell of danger."""

    names: int
    danger: bool

    def __bool__(self) -> bool:
        """Return whether there is any doubt."""
        return bool(self.names or self.danger)


def read_promise(
    typed: Mapping[str, str], themes: Mapping[str, object], today: date
) -> tuple[NewPromise, dict[str, Wrong]]:
    """Return the promise that fields tell of, and field -> what is wrong with it; ``themes`` are those there are.

    A day is three numbers: ``by_when-day``, ``by_when-month`` and ``by_when-year``, all of them or none.
    """
    said, will_do, outcome = (tidy_words(typed.get(name, "")) for name in (SAID, WILL_DO, OUTCOME))
    who, theme = " ".join(tidy_words(typed.get(WHO, "")).split()), typed.get("theme", "")
    state = next((one for one in PromiseState if one == typed.get("state", PromiseState.OPEN)), None)
    by_when, day_wrong = _read_day([typed.get(f"by_when-{part}", "") for part in ("day", "month", "year")], today)
    settled = state in (PromiseState.DONE, PromiseState.CANNOT)
    checks = (
        (SAID, Wrong.EMPTY, not said),
        (SAID, Wrong.LONG, len(said) > LONGEST),
        (WILL_DO, Wrong.EMPTY, not will_do),
        (WILL_DO, Wrong.LONG, len(will_do) > LONGEST),
        (WHO, Wrong.EMPTY, not who),
        (WHO, Wrong.LONG, len(who) > LONGEST_WHO),
        ("by_when", day_wrong or Wrong.DAY, day_wrong is not None),
        ("state", Wrong.STATE, state is None),
        (OUTCOME, Wrong.OUTCOME, settled and not outcome),
        (OUTCOME, Wrong.LONG, len(outcome) > LONGEST),
    )
    wrong = {field: why for field, why, is_wrong in checks if is_wrong}
    known = theme if theme in themes else ""
    return NewPromise(known, said, will_do, who, by_when, state or PromiseState.OPEN, outcome), wrong


def _read_day(parts: list[str], today: date) -> tuple[date | None, Wrong | None]:
    """Return the day that three numbers name, or None with what is wrong; nothing at all is no day."""
    parts = [part.strip() for part in parts]
    if not any(parts):
        return None, None
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        return None, Wrong.DAY
    day, month, year = (int(part) for part in parts)
    try:
        found = date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None, Wrong.DAY
    far = abs(found - today) > timedelta(days=366 * YEARS_AHEAD)
    return found, Wrong.FAR if far else None


def find_doubt(new: NewPromise, screening: Screening | None) -> Doubt:
    """Return what makes it doubtful that everybody may read a promise."""
    parts = (new.said, new.will_do, new.who, new.outcome)
    danger = screening is not None and any(screening.screener.screen(part, False).flagged for part in parts if part)
    return Doubt(sum(len(find_personal(part)) for part in parts), danger)


def add_promise(db: Session, scope: Scope, talk: TalkFacts, new: NewPromise) -> tuple[uuid.UUID, bool]:
    """Keep what was promised at a talk; return its id, and whether it is new: the same form sent twice is one."""
    _take_turn(db, talk.id)
    there = next((one for one in promises.list_promises(db, scope, talk_id=talk.id) if _as_new(one) == new), None)
    if there is not None:
        return there.id, False
    told = {"theme": new.theme, "said": new.said, "will_do": new.will_do, "who": new.who, "by_when": new.by_when}
    return promises.add_promise(db, scope, talk.id, **told), True


def change_promise(db: Session, scope: Scope, promise: PromiseFacts, new: NewPromise, today: date) -> bool:
    """Change a promise, or say what became of it; one that is open again has come to nothing yet.

    Return whether anything is different; raise PromiseUnknown.
    """
    _take_turn(db, promise.talk_id)
    there = get_promise(db, scope, promise.id)
    if _as_new(there) == new:
        return False
    settled_on = None
    if new.state is not PromiseState.OPEN:
        settled_on = there.settled_on if there.state is new.state else today
    told = {"theme": new.theme, "said": new.said, "will_do": new.will_do, "who": new.who, "by_when": new.by_when}
    told |= {"state": new.state.value, "outcome": new.outcome, "settled_on": settled_on}
    promises.update_promise(db, scope, promise.id, **told)
    return True


def delete_promise(db: Session, scope: Scope, promise: PromiseFacts) -> None:
    """Delete what was written down as a promise by mistake; nobody reads it any more. Raise PromiseUnknown."""
    _take_turn(db, promise.talk_id)
    promises.delete_promise(db, scope, get_promise(db, scope, promise.id).id)


def _take_turn(db: Session, talk_id: uuid.UUID) -> None:
    """Let nobody else write down what was promised at this talk until the end of the transaction."""
    talks.lock_ways(db, [talk_id])
    db.expire_all()  # what was read before the lock is read again


def _as_new(promise: PromiseFacts) -> NewPromise:
    """Return a promise as its form would say it."""
    told = (promise.theme, promise.said, promise.will_do, promise.who, promise.by_when)
    return NewPromise(*told, promise.state, promise.outcome)


def get_promise(db: Session, scope: Scope, promise_id: uuid.UUID) -> PromiseFacts:
    """Return a promise; raise PromiseUnknown."""
    found = promises.find_promise(db, scope, promise_id)
    if found is None:
        raise PromiseUnknown(promise_id)
    return found


def list_promises(db: Session, scope: Scope, talk: TalkFacts | None = None) -> list[PromiseFacts]:
    """Return all that was promised, or at one talk: what is open first, what is due soonest before the rest."""
    return promises.list_promises(db, scope, talk_id=None if talk is None else talk.id)


def list_shown(db: Session, scope: Scope, topic: str, most: int = MOST_SHOWN) -> list[PromiseFacts]:
    """Return what was promised at talks about a topic, the latest talk first: for the page of the next such talk."""
    found = promises.list_promises(db, scope, topic=topic)
    return sorted(found, key=lambda one: one.talk_day, reverse=True)[:most]
