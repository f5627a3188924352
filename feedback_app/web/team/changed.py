"""What changed between two waves as it is shown: findings in sentences, families of measures, what was not compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from feedback_app.domain.disclosure.safe import SafeChange, SafeFigure
from feedback_app.domain.disclosure.scales import SCORE
from feedback_app.domain.instrument import Instrument, Item
from feedback_app.domain.scoring.families import Verdict
from feedback_app.domain.who_answered import Dimension, HeardGroup, WhoAnswered
from feedback_app.reports.change_charts import lane_marks
from feedback_app.reports.charts import Mark
from feedback_app.web.team import phrases, verdicts
from feedback_app.web.team.weight_words import dimension_name

CLEAR = (Verdict.HIGHER, Verdict.LOWER)
MIXED = ("provision", "age_band", "helped")


@dataclass(frozen=True)
class Told:
    """A figure of one wave as a cell of the table reads it: value, both ends of its range, how many answered."""

    value: str
    ends: str
    answers: str


@dataclass(frozen=True)
class Measure:
    """One change on the page; `counted` are the answers that its figure counts, `told` both values in a line."""

    id: str
    question: str
    counted: str
    told: str
    sign: str
    verdict: str
    size: str
    change: str
    p: str
    before: Told
    after: Told
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class FamilyView:
    """Figures that were compared together: those asked of everybody, of some, or scores."""

    name: str
    title: str
    at_once: str
    detectable: str
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Waves:
    """What both waves are called and asked, the later one first where both ask it."""

    then: str
    now: str
    asked_then: Instrument
    asked_now: Instrument

    def _item(self, code: str) -> Item | None:
        return self.asked_now.items.get(code) or self.asked_then.items.get(code)

    def question(self, code: str) -> str:
        """Return what a figure is about: the question as it is asked, or the title of a score."""
        item = self._item(code)
        return item.text if item else phrases.scale_title(code)

    def counted(self, code: str, figure: str) -> str:
        """Return what a figure counts, in words: answers in quotation marks, or how a score is made."""
        item = self._item(code)
        return phrases.figure_name(item, figure) if item else _("Mean score, from 0 to 100")


def figure_words(figure: SafeFigure) -> str:
    """Return a figure's value as it is read: a share with %, an NPS or a mean score without."""
    if figure.name == SCORE and figure.value is not None:
        return phrases.number(figure.value)
    return phrases.figure_value(figure)


def _told(figure: SafeFigure) -> Told:
    return Told(figure_words(figure), phrases.ends(figure), phrases.answers_in_all(figure.base))


def measure_of(change: SafeChange, waves: Waves, reach: int) -> Measure:
    """Return a change that was made in the words and shapes of the page; ValueError for one that was refused."""
    if change.before is None or change.after is None or change.verdict is None or change.p is None:
        raise ValueError(f"{change.code} was not compared")
    verdict, counted = Verdict(change.verdict), waves.counted(change.code, change.name)
    before, after = _told(change.before), _told(change.after)
    return Measure(
        id=change.code,
        question=waves.question(change.code),
        counted=counted,
        told=_("%(counted)s: %(before)s in %(then)s, %(after)s in %(now)s", counted=counted, before=before.value,
               then=waves.then, after=after.value, now=waves.now),
        sign=verdicts.SIGNS[verdict],
        verdict=verdicts.verdict_word(verdict),
        size=verdicts.size(change),
        change=_("%(moved)s (%(range)s)", moved=verdicts.moved(change.value or 0), range=verdicts.range_words(change)),
        p=verdicts.adjusted_p(change.p),
        before=before,
        after=after,
        marks=lane_marks(change, reach),
    )  # fmt: skip


def clear_first(changes: Sequence[SafeChange]) -> list[SafeChange]:
    """Return the changes that were made: the clear ones by size, the others in the order asked."""
    made = [change for change in changes if change.verdict]
    clear = [change for change in made if Verdict(change.verdict or "") in CLEAR]
    clear.sort(key=lambda change: -abs(change.value or 0))
    return clear + [change for change in made if change not in clear]


def findings(changes: Sequence[SafeChange], waves: Waves) -> list[str]:
    """Return what was found, one to three sentences: how many moved, the largest rise and the largest fall by name."""
    made = [change for change in changes if change.verdict]
    if not made:
        return [_("No figure could be compared. Why not stands below.")]
    said = [verdicts.tally([Verdict(change.verdict or "") for change in made])]
    for verdict, sentence in (
        (Verdict.HIGHER, _("The largest rise, %(moved)s: “%(question)s” %(counted)s.")),
        (Verdict.LOWER, _("The largest fall, %(moved)s: “%(question)s” %(counted)s.")),
    ):
        clear = [change for change in clear_first(made) if change.verdict == verdict]
        if clear:
            largest = clear[0]
            counted = f"({waves.counted(largest.code, largest.name)})"
            words = {"moved": verdicts.moved(largest.value or 0), "question": waves.question(largest.code)}
            said.append(sentence % (words | {"counted": counted}))
    return said


def refusals(reasons: Mapping[str, str], waves: Waves) -> list[tuple[str, list[str]]]:
    """Return each reason in words with the questions that it kept from being compared, the reason of most first."""
    grouped: dict[str, list[str]] = {}
    for code, reason in reasons.items():
        grouped.setdefault(verdicts.refusal(reason, waves.then, waves.now), []).append(waves.question(code))
    return sorted(grouped.items(), key=lambda found: -len(found[1]))


@dataclass(frozen=True)
class MixLine:
    """One group of families: its share of the answers in each wave, as it is read."""

    label: str
    then: str
    now: str


@dataclass(frozen=True)
class Mix:
    """Who answered in both waves by one thing that tells families apart."""

    id: str
    title: str
    lines: tuple[MixLine, ...]


def mixes(before: WhoAnswered, after: WhoAnswered) -> list[Mix]:
    """Return who answered each time, by plan, age and help with answering, where both waves asked it."""
    earlier = {dimension.breakdown: dimension for dimension in before.dimensions}
    later = {dimension.breakdown: dimension for dimension in after.dimensions}
    return [_mix(earlier[name], later[name]) for name in MIXED if name in earlier and name in later]


def _mix(before: Dimension, after: Dimension) -> Mix:
    then, now = ({group.code: group for group in dimension.groups} for dimension in (before, after))
    codes = [*now, *(code for code in then if code not in now)]
    lines = [MixLine((now.get(code) or then[code]).label, _share(then.get(code)), _share(now.get(code)))
             for code in codes]  # fmt: skip
    return Mix(after.breakdown, dimension_name(after.breakdown), tuple(lines))


def _share(group: HeardGroup | None) -> str:
    return _("not shown") if group is None or group.share is None else phrases.percent(group.share)
