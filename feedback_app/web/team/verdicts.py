"""Changes between two waves put into words: a verdict, its size, and why something was not compared."""

from __future__ import annotations

from collections.abc import Sequence

from babel.lists import format_list
from flask_babel import format_decimal, get_locale, ngettext
from flask_babel import gettext as _

from feedback_app.domain.disclosure.safe import SafeChange
from feedback_app.domain.disclosure.scales import SCORE
from feedback_app.domain.scoring.families import Verdict

SIGNS = {Verdict.HIGHER: "up", Verdict.LOWER: "down", Verdict.NO_CLEAR_CHANGE: "level"}
LEAST_P = 0.01  # adjusted p-values are rounded up to two decimals, so this is the smallest


def verdict_word(verdict: Verdict) -> str:
    """Return the verdict as it begins a line: "Higher", "Lower" or "No clear change"."""
    return {
        Verdict.HIGHER: _("Higher"),
        Verdict.LOWER: _("Lower"),
        Verdict.NO_CLEAR_CHANGE: _("No clear change"),
    }[verdict]


def side(points: int) -> str:
    """Return a place on either side of no change: "1 lower", "no change" or "12 higher"."""
    if not points:
        return _("no change")
    said = format_decimal(abs(points))
    return _("%(points)s higher", points=said) if points > 0 else _("%(points)s lower", points=said)


def moved(value: int) -> str:
    """Return a change in points by its direction and size: "up 9 points", "down 1 point"."""
    said = format_decimal(abs(value))
    if value > 0:
        return ngettext("up %(points)s point", "up %(points)s points", value, points=said)
    if value < 0:
        return ngettext("down %(points)s point", "down %(points)s points", -value, points=said)
    return _("less than half a point")


def _near_and_far(low: int, high: int) -> tuple[str, str]:
    """Return both ends of a range that lies on one side of no change by their size, the nearer one first."""
    near, far = sorted((abs(low), abs(high)))
    return format_decimal(near) if near else _("under 1"), format_decimal(far)


def range_words(change: SafeChange) -> str:
    """Return both ends of a change's range: "range 3 to 15", or "range 1 lower to 12 higher" around no change."""
    low, high = change.low or 0, change.high or 0
    if change.clear_alone:
        near, far = _near_and_far(low, high)
        return _("range %(low)s to %(high)s", low=near, high=far)
    return _("range %(low)s to %(high)s", low=side(low), high=side(high))


def size(change: SafeChange) -> str:
    """Return what stands beside the verdict: how much, or between what the change could lie."""
    value, low, high = change.value or 0, change.low or 0, change.high or 0
    if change.verdict != Verdict.NO_CLEAR_CHANGE:
        return _("%(moved)s (%(range)s)", moved=moved(value), range=range_words(change))
    if not low and not high:
        return _("less than 1 point either way")
    if change.clear_alone:
        return _together(change, low, high)
    return _("anywhere from %(low)s to %(high)s", low=side(low), high=side(high))


def _together(change: SafeChange, low: int, high: int) -> str:
    """Return what is said of a range that leaves out no change, while chance among so many figures could do that."""
    near, far = _near_and_far(low, high)
    end = _("%(points)s higher", points=far) if high > 0 else _("%(points)s lower", points=far)
    words = {"low": near, "high": end, "number": format_decimal(change.m)}
    if change.name == SCORE:
        return _("from %(low)s to %(high)s, but not clear once all %(number)s scores are looked at together", **words)
    return _("from %(low)s to %(high)s, but not clear once all %(number)s questions are looked at together", **words)


def adjusted_p(p: float) -> str:
    """Return an adjusted p-value as it is read: "0.04", or "0.01 or less" for the smallest."""
    said = format_decimal(p, format="0.00")
    return _("%(p)s or less", p=said) if p <= LEAST_P else said


def counted_at_once(compared: int, scores: bool = False) -> str:
    """Return how many questions, or scores, were compared at once, and what that asks of each."""
    if compared == 1:
        return _("Only one was compared here, so nothing had to be allowed for.")
    number = format_decimal(compared)
    if scores:
        return _(
            "%(number)s scores were looked at together, so a change must be clearer to count (Benjamini-Hochberg).",
            number=number,
        )
    return _(
        "%(number)s questions were looked at together, so a change must be clearer to count (Benjamini-Hochberg).",
        number=number,
    )


def refusal(code: str, then: str, now: str) -> str:
    """Return why a figure of two waves was not compared, in plain words; KeyError for a reason unknown here.

    `then` and `now` name the waves: "October 2025".
    """
    return _about_questions(then, now).get(code) or _about_answers(then, now)[code]


def _about_questions(then: str, now: str) -> dict[str, str]:
    return {
        "absent": _("Not asked in %(wave)s", wave=then),
        "dropped": _("No longer asked in %(wave)s", wave=now),
        "kind": _("Answered or counted in another way now"),
        "options": _("The answers to choose from changed"),
        "wording": _("The wording changed"),
        "asked_of_others": _("Asked of other people now"),
        "other_items": _("Made of other questions now"),
    }


def _about_answers(then: str, now: str) -> dict[str, str]:
    return {
        "mode_unknown": _("We do not know how the answers of one wave were collected, so we cannot compare"),
        "mode_mixed": _("In one wave some filled in a form and some were asked by a person, so we cannot compare"),
        "mode_differs": _("One wave filled in a form, the other was asked by a person, so we cannot compare"),
        "too_few_before": _("Too few answers in %(wave)s to compare", wave=then),
        "too_few_after": _("Too few answers in %(wave)s to compare", wave=now),
        "withheld_before": _("Its figure is not shown in %(wave)s", wave=then),
        "withheld_after": _("Its figure is not shown in %(wave)s", wave=now),
        "no_weights_before": _("Has no weighted figure in %(wave)s", wave=then),
        "no_weights_after": _("Has no weighted figure in %(wave)s", wave=now),
        "no_interval": _("We cannot say how sure a change of it would be"),
    }


def listed(parts: Sequence[str]) -> str:
    """Return phrases joined as a list in the language of the page: "2 are higher, 1 is lower and 3 show ..."."""
    return format_list(list(parts), locale=get_locale())


def tally(verdicts: Sequence[Verdict]) -> str:
    """Return how many of all figures compared are higher, lower or neither, in a sentence."""
    whole = len(verdicts)
    up, down, level = (sum(one is verdict for one in verdicts) for verdict in Verdict)
    if not up and not down:
        return ngettext(
            "The one figure that could be compared shows no clear change.",
            "%(number)s figures were compared. None shows a clear change.",
            whole,
            number=format_decimal(whole),
        )
    parts = [
        ngettext("%(number)s is higher", "%(number)s are higher", up, number=format_decimal(up)) if up else "",
        ngettext("%(number)s is lower", "%(number)s are lower", down, number=format_decimal(down)) if down else "",
        ngettext("%(number)s shows no clear change", "%(number)s show no clear change", level,
                 number=format_decimal(level)) if level else "",
    ]  # fmt: skip
    return ngettext(
        "One figure was compared: %(parts)s.",
        "%(number)s figures were compared: %(parts)s.",
        whole,
        number=format_decimal(whole),
        parts=listed([part for part in parts if part]),
    )
