"""The improvement plan as data: priorities, outcomes, actions, and the lines of evidence that answers can give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from pydantic import Field

from feedback_app.domain.instrument import Frozen


class Rating(Frozen):
    """One step of a rating key, such as amber, and what it means."""

    key: str
    label: str
    definition: str


class RatingKey(Frozen):
    """A key of ratings, in order, and where it comes from."""

    source: str
    scale: tuple[Rating, ...] = Field(min_length=2)


class PlanVersion(Frozen):
    """Which plan this is, whether it has been approved, and where it was printed."""

    title: str
    for_: str = Field(default="", alias="for")
    version: str
    status: str
    source: str
    timescale_rule: str = ""
    note: str = ""


class Action(Frozen):
    """An action: its own id, its reference as printed, and when it is due (ISO date)."""

    id: str
    ref: str
    text: str = ""
    workstream: str = ""
    workstream_number: int | None = None
    timescale: str = ""
    due: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    success_criteria: tuple[str, ...] = ()


class Outcome(Frozen):
    """An outcome that a priority works towards, and its actions."""

    ref: str
    text: str = ""
    actions: tuple[Action, ...] = ()


class EvidenceLine(Frozen):
    """How a priority is evidenced; `platform` says how far answers given here can do so, `via` which of them."""

    id: str
    text: str = ""
    platform: Literal["direct", "partial", "context"] = "context"
    via: str | None = None
    duplicate_of: str | None = None  # the draft prints some lines twice


class Difference(Frozen):
    """The difference a priority should make to children and young people."""

    id: str
    text: str


class Workstream(Frozen):
    """The group that carries a priority."""

    number: int
    name: str
    areas_of_focus: tuple[str, ...] = ()


class Priority(Frozen):
    """A priority of the plan: for action, or an area for improvement."""

    number: int = Field(ge=1)
    key: str = ""
    short_title: str = ""
    kind: Literal["priority_action", "area_for_improvement"] = "priority_action"
    title: str = ""
    section_heading: str = ""
    workstream: Workstream | None = None
    outcomes: tuple[Outcome, ...] = ()
    evidence_of_impact: tuple[EvidenceLine, ...] = ()
    difference_for_cyp: tuple[Difference, ...] = ()


class Plan(Frozen):
    """The whole plan, in one version."""

    meta: PlanVersion | None = None
    progress_rating: RatingKey | None = None
    assurance_rating: RatingKey | None = None
    what_good_looks_like: tuple[str, ...] = ()
    priorities: tuple[Priority, ...] = Field(min_length=1)

    @cached_property
    def workstreams(self) -> dict[str, str]:
        """Return the workstreams, each of which carries a priority: its key and its short title, in order."""
        named = {priority.key or f"P{priority.number}": priority for priority in self.priorities}
        return {key: priority.short_title or priority.title for key, priority in named.items()}

    @cached_property
    def references(self) -> frozenset[str]:
        """Return all that a question may refer to: outcomes, actions by id and as printed, lines of evidence."""
        outcomes = [outcome for priority in self.priorities for outcome in priority.outcomes]
        actions = [action for outcome in outcomes for action in outcome.actions]
        lines = [line.id for priority in self.priorities for line in priority.evidence_of_impact]
        printed = [action.ref for action in actions]
        return frozenset([outcome.ref for outcome in outcomes] + [action.id for action in actions] + printed + lines)


def disagreements(plan: Plan) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield (where in the file, what is wrong) for each number, reference or id that stands twice."""
    named: list[tuple[str, str, tuple[str | int, ...]]] = []
    for number, priority in enumerate(plan.priorities):
        at: tuple[str | int, ...] = ("priorities", number)
        named.append(("priority", str(priority.number), (*at, "number")))
        for place, outcome in enumerate(priority.outcomes):
            named.append(("outcome", outcome.ref, (*at, "outcomes", place, "ref")))
            for row, action in enumerate(outcome.actions):
                named.append(("action", action.id, (*at, "outcomes", place, "actions", row, "id")))
        for place, line in enumerate(priority.evidence_of_impact):
            named.append(("line of evidence", line.id, (*at, "evidence_of_impact", place, "id")))
        for place, difference in enumerate(priority.difference_for_cyp):
            named.append(("difference", difference.id, (*at, "difference_for_cyp", place, "id")))
    times = Counter((what, name) for what, name, _where in named)
    last = {(what, name): where for what, name, where in named}
    for (what, name), count in times.items():
        if count > 1:
            yield last[what, name], f"the {what} {name} stands twice"
