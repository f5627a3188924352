"""Scores made of several questions, as they are shown: a short table, and how sure each score is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import format_decimal
from flask_babel import gettext as _

from feedback_app.domain.disclosure.rules import ITEMS_DISAGREE, TOO_ALIKE
from feedback_app.domain.disclosure.safe import SafeAlpha, SafeFigure, SafeScale
from feedback_app.domain.scoring.reliability import (
    NO_SPREAD,
    TOO_FEW_ITEMS,
    TOO_FEW_PEOPLE,
    AlphaReading,
    reading_of,
)
from feedback_app.web.team import phrases
from feedback_app.web.team.methods import Step


@dataclass(frozen=True)
class ScaleLine:
    """A score as it is read: name, people, score, range, how well its questions go together; or why it is not shown."""

    code: str
    title: str
    people: str
    score: str
    range: str
    reliability: str
    withheld: str
    small_group: bool
    facts: tuple[str, ...]


def scale_line(scale: SafeScale) -> ScaleLine:
    """Return one scale in words; a score whose questions do not go together is not shown."""
    held = withheld_words(scale)
    figure = scale.score
    return ScaleLine(
        code=scale.code,
        title=phrases.scale_title(scale.code),
        people=phrases.people(scale.base),
        score="" if held or figure.value is None else phrases.number(figure.value),
        range="" if held else phrases.ends(figure),
        reliability="" if held else reliability_words(scale.alpha),
        withheld=held,
        small_group=scale.small_group,
        facts=tuple(_facts(scale)) if scale.reason in (None, ITEMS_DISAGREE) else (),
    )


def withheld_words(scale: SafeScale) -> str:
    """Return why a score is not shown, or nothing."""
    return phrases.reason(scale.reason) if scale.reason else ""


def reliability_words(alpha: SafeAlpha | None) -> str:
    """Return how well a scale's questions go together, or why that is not known."""
    if alpha is None:
        return _("Not worked out for this score")
    if alpha.value is None:
        return _refusal(alpha.reason or "")
    return {
        AlphaReading.FINE: _("Its questions go together well"),
        AlphaReading.WITH_CARE: _("Its questions go together only fairly well: read it with care"),
        AlphaReading.SHOW_ITEMS_ONLY: _("Its questions do not go together: read the questions, not the score"),
        AlphaReading.REPEATS: _("Its questions nearly repeat each other"),
    }[reading_of(alpha.value)]


def _refusal(reason: str) -> str:
    words = {
        TOO_FEW_ITEMS: _("Too few questions to tell: read the questions first"),
        TOO_FEW_PEOPLE: _("Too few people answered all of its questions to tell"),
        NO_SPREAD: _("Answers are too much alike to tell"),
        TOO_ALIKE: _("Answers are too much alike to tell"),
    }
    return words.get(reason) or _("Too few people answered all of its questions to tell")


def _facts(scale: SafeScale) -> list[str]:
    """Return what lies behind one score: who has none, and the number that says how well its questions agree."""
    said = []
    if scale.without is not None:
        people = phrases.about(scale.without)
        said.append(_("Without a score, because they answered too few of its questions: %(people)s.", people=people))
    if scale.weighted is not None and not scale.withheld:
        said.append(_weighted(scale.weighted))
    alpha = scale.alpha
    if alpha is not None and alpha.value is not None:
        said.append(
            _(
                "Cronbach’s alpha %(value)s (range %(low)s to %(high)s), from %(items)s questions and %(people)s.",
                value=_two_places(alpha.value),
                low=_two_places(alpha.low),
                high=_two_places(alpha.high),
                items=format_decimal(alpha.items),
                people=phrases.about(alpha.base),
            )
        )
    return said


def _weighted(figure: SafeFigure) -> str:
    if figure.value is None:
        return _("Not shown with weights: %(reason)s.", reason=phrases.reason(figure.reason or ""))
    score, ends = phrases.number(figure.value), phrases.range_of(figure)
    answers = phrases.answers_in_all(figure.base)
    told = _("%(score)s with weights (%(range)s), from %(answers)s.", score=score, range=ends, answers=answers)
    return f"{told} {_('It can be a little too wide. It cannot allow for who did not answer.')}"


def method_of_scores(lines: Sequence[ScaleLine]) -> tuple[Step, ...]:
    """Return how every score was made, in words, then what lies behind each."""
    return (*_in_general(), *(Step(line.title, line.facts) for line in lines if line.facts))


def _in_general() -> tuple[Step, ...]:
    return (
        Step(
            _("How it is worked out"),
            (
                _("Each answer counts from 0, the worst, to 100, the best. Turned questions are turned back first."),
                _("A person has a score with half of the questions answered, and two at least: their average."),
                _("The score in the table is the average of all people’s scores."),
                _("It treats the steps between answers as equal. So read the questions first, then the score."),
            ),
        ),
        Step(
            _("The range"),
            (
                _("It comes from how far people’s scores lie apart (Student’s t), and says what chance can do."),
                _("It cannot tell how people feel who did not answer."),
            ),
        ),
        Step(
            _("How well the questions go together"),
            (
                _("Cronbach’s alpha with Feldt’s range, from people who answered every question. 0.7 or more is fine."),
                _("Under 0.6 we show no score, only the questions. Over 0.95 the questions ask nearly the same."),
                _("It does not prove that they are about one thing. It needs 3 questions or more."),
            ),
        ),
        Step(
            _("Keeping people private"),
            (_("Scores are shown from 100 answers on, in whole numbers, and not where nearly all have the same."),),
        ),
    )


def _two_places(value: float | None) -> str:
    shown = format_decimal(abs(value or 0), format="0.00")
    return f"−{shown}" if value is not None and value < 0 else shown
