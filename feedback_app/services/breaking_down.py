"""The answers of a wave by groups of people: exact counts inside, protected breakdowns for whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from feedback_app.domain.comparing import why_not
from feedback_app.domain.dimensions import dimensions_of, is_broken_down, may_cross, questions_of
from feedback_app.domain.disclosure.breaking_down import protect_question
from feedback_app.domain.disclosure.grouped import MOST_BREAKDOWNS, Dimension, Question
from feedback_app.domain.disclosure.ledger import Audience, to_settle_with
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown
from feedback_app.domain.disclosure.sizes import Sizes, settle_sizes
from feedback_app.domain.errors import BreakdownRefused, BreakdownUnknown, NothingShownYet, QuestionUnknown
from feedback_app.domain.instrument import ChoiceItem, Instrument
from feedback_app.domain.partnership import Geography
from feedback_app.domain.scope import Scope
from feedback_app.reports.breakdown import By, Split, count_places, count_question, split_by, with_localities
from feedback_app.reports.frame import AnswerFrame
from feedback_app.services import frozen, ledger
from feedback_app.services.comparing import list_comparable
from feedback_app.services.counting import read_answers
from feedback_app.services.fielding import get_fielded, get_instrument, get_wave
from feedback_app.services.frozen import Seen, Standing
from feedback_app.services.remembering import Memory
from feedback_app.store.waves import WaveFacts

_standing: Memory[dict[str, SafeBreakdown]] = Memory(1024)  # one question of one wave is some ten kilobytes
_crossed: Memory[SafeBreakdown] = Memory(256)


@dataclass(frozen=True)
class WaveBreakdown:
    """Questions of a wave by one or two dimensions as they may be shown, in the order asked.

    ``dimensions`` are all that the wave can be broken down by. ``parents`` holds, by item, the breakdown by what the
    first dimension adds up to, such as localities beside districts; empty where it adds up to nothing. ``seen`` says
    which answers all this is made of.
    """

    wave: WaveFacts
    instrument: Instrument
    dimensions: tuple[Dimension, ...]
    by: By
    tables: tuple[SafeBreakdown, ...]
    parents: Mapping[str, SafeBreakdown]
    seen: Seen
    after: int  # tables by two dimensions that were shown of the same answers before

    @property
    def first(self) -> Dimension:
        """Return what the answers are broken down by, the first of two."""
        return next(one for one in self.dimensions if one.name == self.by[0])

    def as_dict(self) -> dict[str, Any]:
        """Return the breakdowns as plain data for JSON."""
        return {
            "wave": self.wave.slug,
            "survey": self.instrument.name,
            "version": self.instrument.version,
            "demonstration": self.wave.demonstration,
            "figures_of": self.seen.snapshot.taken_on.isoformat() if self.seen.snapshot else None,
            "by": list(self.by),
            "items": [table.as_dict() for table in self.tables],
        }


@dataclass(frozen=True)
class Grouped:
    """A wave's answers with everybody's place in each dimension, and what the sizes of the groups let be shown."""

    instrument: Instrument
    answers: AnswerFrame
    dimensions: tuple[Dimension, ...]
    splits: tuple[Split, ...]
    sizes: Sizes

    def question(self, item: ChoiceItem) -> Question:
        """Return a question's exact counts by each of the splits, into the gate."""
        places = {split.by: found for split in self.splits if (found := self._places(split)) is not None}
        return count_question(self.instrument, item, self.answers, self.splits, self.dimensions, places)

    def _places(self, split: Split) -> dict[tuple[int, ...], int] | None:
        return _places_of(self.instrument, self.answers, self.dimensions, split)


def group_answers(
    instrument: Instrument,
    answers: AnswerFrame,
    geography: Geography,
    policy: Policy,
    crossed: Sequence[By] = (),
) -> Grouped:
    """Return a wave's answers by each dimension there is, and by the pairs of ``crossed`` in their order."""
    dimensions = dimensions_of(instrument, geography)
    answers = with_localities(answers, dimensions)
    named = {one.name: one for one in dimensions}
    wanted = [*((name,) for name in named), *crossed]
    splits = tuple(split_by(answers, [named[name] for name in by]) for by in wanted)
    places = {split.by: _places_of(instrument, answers, dimensions, split) for split in splits}
    sizes = settle_sizes(
        dimensions,
        {split.by: split.sizes for split in splits},
        answers.responses,
        policy,
        minors=instrument.minors,
        places={by: found for by, found in places.items() if found is not None},
    )
    return Grouped(instrument, answers, dimensions, splits, sizes)


def _places_of(
    instrument: Instrument, answers: AnswerFrame, dimensions: Sequence[Dimension], split: Split
) -> dict[tuple[int, ...], int] | None:
    """Return how many settings or sessions each group came through, where that decides: children's places (R0)."""
    geographical = any(one.geographical for one in dimensions if one.name in split.by)
    return count_places(answers, split) if instrument.minors and geographical else None


def protect_standing(grouped: Grouped, item: ChoiceItem, policy: Policy) -> dict[str, SafeBreakdown]:
    """Return dimension -> a question's protected breakdown by it: all of them are settled together (R3)."""
    found = protect_question(grouped.question(item), grouped.sizes, policy)
    return {split.by[0]: table for split, table in zip(grouped.splits, found, strict=True)}


def break_down(
    db: Session,
    scope: Scope,
    slug: str,
    by: By,
    policy: Policy,
    *,
    language: str,
    geography: Geography,
    item: str | None = None,
    audience: Audience = Audience.SEND_TEAM,
) -> WaveBreakdown:
    """Return every question of a wave, or one, by one dimension, or one question by two; raise the errors of ``by``.

    Who sees no live figures gets those of the latest snapshot (R5). A table by two at once is settled after those of
    its question that were shown before it (R4); before it is shown itself, `release` has to write it into the ledger.
    Also raise SurveyUnknown, NothingShownYet before the first snapshot, GroupsComeLater where that has no groups yet,
    FiguresNotRemade when its answers are gone, or were frozen by other rules than those of today.
    """
    wave = get_wave(db, scope, slug)
    instrument = get_instrument(db, wave.version_id, language)
    dimensions = dimensions_of(instrument, geography)
    by = _checked(slug, instrument, dimensions, by, item)
    seen = frozen.get_seen(db, wave, audience)
    frozen.check_grouped(wave, seen)
    source = _Source(db, wave, instrument, geography, policy, seen)
    items = [one for one in questions_of(instrument) if item is None or one.id == item]
    if len(by) > 1:
        entries = ledger.released(db, wave, seen.state)
        inside = ledger.released_inside(db, wave, seen.state)
        settled = (entry.by for some in (inside, entries) for entry in to_settle_with(some, items[0].id, by))
        earlier = list(dict.fromkeys(settled))
        crossed = source.crossed(items[0], by, earlier)
        return WaveBreakdown(wave, instrument, dimensions, by, (crossed,), {}, seen, len(entries))
    parent = next(one.parent for one in dimensions if one.name == by[0])
    found = source.standing(items, [by[0], parent] if parent else by)
    parents = {id_: tables[parent] for id_, tables in found.items()} if parent else {}
    return WaveBreakdown(
        wave, instrument, dimensions, by, tuple(tables[by[0]] for tables in found.values()), parents, seen, 0
    )


def release(db: Session, scope: Scope, found: WaveBreakdown, audience: Audience) -> bool:
    """Write into the ledger that a breakdown by two dimensions is shown; False where it has to be settled anew.

    That is so when another one, or another answer, came in between. One dimension alone needs no entry.
    """
    if len(found.by) == 1:
        return True
    (table,) = found.tables
    return ledger.record(
        db, scope, found.wave, found.seen.state, audience=audience, item=table.code, by=found.by, after=found.after
    )


def is_released(db: Session, found: WaveBreakdown) -> bool:
    """Return whether a breakdown may be shown without writing anything: by one dimension, or shown before."""
    known = ledger.released(db, found.wave, found.seen.state) if len(found.by) > 1 else []
    return len(found.by) == 1 or any(entry.item == found.tables[0].code and entry.by == found.by for entry in known)


def list_waves_alike(
    db: Session,
    scope: Scope,
    slug: str,
    item: str,
    audience: Audience = Audience.SEND_TEAM,
) -> list[WaveFacts]:
    """Return a wave and the earlier ones that asked a question alike and whose figures an audience sees, in order.

    The oldest is first. Each has people of its own, so side by side they tell no more than each by itself. Raise
    SurveyUnknown and QuestionUnknown.
    """
    later = get_wave(db, scope, slug)
    asked = get_fielded(db, later.version_id).instrument
    _check_question(slug, asked, item)
    alike = [
        wave
        for wave in list_comparable(db, scope, slug)
        if why_not(get_fielded(db, wave.version_id).instrument, asked, item) is None
    ]
    return [wave for wave in (*reversed(alike), later) if _is_seen(db, wave, audience)]


def _check_question(slug: str, instrument: Instrument, item: str) -> None:
    if item not in instrument.items or not is_broken_down(instrument.items[item]):
        raise QuestionUnknown(slug, item)


def _is_seen(db: Session, wave: WaveFacts, audience: Audience) -> bool:
    try:
        frozen.get_seen(db, wave, audience)
    except NothingShownYet:
        return False
    return True


def _checked(slug: str, instrument: Instrument, dimensions: Sequence[Dimension], by: By, item: str | None) -> By:
    """Return the breakdowns in the order of the dimensions; raise what is wrong with asking for them."""
    known = {one.name: one for one in dimensions}
    for name in by:
        if name not in known:
            raise BreakdownUnknown(slug, name, tuple(known))
    if item is not None:
        _check_question(slug, instrument, item)
    if len(by) > MOST_BREAKDOWNS:
        raise BreakdownRefused(slug, by, "too_many")
    if len(by) == MOST_BREAKDOWNS:
        if not may_cross(known[by[0]], known[by[1]]):
            raise BreakdownRefused(slug, by, "same_people")
        if item is None:
            raise BreakdownRefused(slug, by, "one_question")
    return tuple(name for name in known if name in by)


@dataclass(frozen=True)
class _Source:
    """The answers of a wave that an audience's figures are made of, read only when something is not in memory."""

    db: Session
    wave: WaveFacts
    instrument: Instrument
    geography: Geography
    policy: Policy
    seen: Seen

    def standing(self, items: Sequence[ChoiceItem], names: Sequence[str]) -> Standing:
        """Return item -> dimension -> protected breakdown: as frozen, or from memory while nothing is another.

        Those by ``names`` are among them; raise FiguresNotRemade where they are not frozen and may not be made.
        """
        if self.seen.snapshot:
            ids = [item.id for item in items]
            picked = frozen.pick_standing(self.db, self.wave, self.seen.snapshot, ids, names, self.policy)
            if picked is not None:
                return picked
        key = (self.seen, self.policy, self.geography)
        found = {item.id: _standing.find((self.wave.id, self.seen.upto, item.id), key) for item in items}
        if None in found.values():
            grouped = self._grouped(())
            for item in items:
                if found[item.id] is None:
                    found[item.id] = tables = protect_standing(grouped, item, self.policy)
                    if self._is_whole(grouped):
                        _standing.keep((self.wave.id, self.seen.upto, item.id), key, tables)
        return {item: tables for item, tables in found.items() if tables}

    def crossed(self, item: ChoiceItem, by: By, earlier: Sequence[By]) -> SafeBreakdown:
        """Return a question by two dimensions, settled after all by one and the ``earlier`` ones by two."""
        place = (self.wave.id, self.seen.upto, item.id, by)
        key = (self.seen, self.policy, self.geography, tuple(earlier))
        if table := _crossed.find(place, key):
            return table
        grouped = self._grouped([*earlier, by])
        *_before, table = protect_question(grouped.question(item), grouped.sizes, self.policy)
        if self._is_whole(grouped):
            _crossed.keep(place, key, table)
        return table

    def _grouped(self, crossed: Sequence[By]) -> Grouped:
        frozen.check_rules(self.db, self.wave, self.seen, self.policy, self.geography)
        frozen.check_remade(self.db, self.wave, self.seen)
        answers = read_answers(self.db, self.wave, self.instrument, self.seen.upto)
        return group_answers(self.instrument, answers, self.geography, self.policy, crossed)

    def _is_whole(self, grouped: Grouped) -> bool:
        """Return whether no answer came between asking for the state and reading: else they are read anew next time."""
        there, snapshot = grouped.answers.responses, self.seen.snapshot
        return there == snapshot.responses if snapshot else ledger.live_state(self.db, self.wave) == self.seen.state
