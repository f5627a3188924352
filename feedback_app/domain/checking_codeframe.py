"""What can be wrong in a codeframe beyond its shape: codes, priorities, references to the plan, and cues."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from feedback_app.domain.codeframe import Codeframe, Theme
from feedback_app.domain.cue_syntax import CueWrong, Form, Phrase, covers, read_cue
from feedback_app.domain.plan import Plan

Where = tuple[str | int, ...]
Wrong = tuple[Where, str]
CASED = "case_sensitive_cues"
FEW_FORMS = 40  # a cue that stands for more is not held against what excludes it: none is cancelled whole


def disagreements(codeframe: Codeframe) -> Iterator[Wrong]:
    """Yield (where in the file, what is wrong and how to mend it) for what a codeframe says against itself."""
    yield from _twice((("priorities", n, "key"), p.key, "priority") for n, p in enumerate(codeframe.priorities))
    yield from _twice((("themes", n, "code"), theme.code, "theme") for n, theme in enumerate(codeframe.themes))
    if codeframe.review_cut >= codeframe.ready_cut:
        yield ("review_cut",), "review_cut must be lower than ready_cut: what is not yet sure goes to a reader"
    keys = [priority.key for priority in codeframe.priorities]
    for number, theme in enumerate(codeframe.themes):
        at: Where = ("themes", number)
        yield from ((at + where, message) for where, message in _wrong_priorities(theme, keys))
        yield from ((at + where, message) for where, message in _wrong_cues(theme))


def plan_disagreements(codeframe: Codeframe, plan: Plan) -> Iterator[Wrong]:
    """Yield (where in the file, what is wrong) for what a codeframe says of the plan and is not so."""
    for number, priority in enumerate(codeframe.priorities):
        at: Where = ("priorities", number)
        name = plan.workstreams.get(priority.key)
        if name is None:
            there = ", ".join(plan.workstreams)
            yield (*at, "key"), f"the plan has no priority {priority.key}; its keys are: {there}"
        elif name != priority.name:
            yield (*at, "name"), f"the plan calls {priority.key} {name!r}; say the same here"
    for number, theme in enumerate(codeframe.themes):
        for place, reference in enumerate(theme.plan_references):
            if reference not in plan.references:
                where = ("themes", number, "plan_references", place)
                yield where, f"the plan has no outcome, action or line of evidence {reference}; see plan.yaml"


def _twice(named: Iterable[tuple[Where, str, str]]) -> Iterator[Wrong]:
    seen: set[str] = set()
    for where, name, what in named:
        if name in seen:
            yield where, f"the {what} {name} stands twice; give each a code of its own, or take one out"
        seen.add(name)


def _wrong_priorities(theme: Theme, keys: list[str]) -> Iterator[Wrong]:
    there = ", ".join(keys) or "none"
    if theme.priority is not None and theme.priority not in keys:
        yield ("priority",), f"there is no priority {theme.priority} in this file; there are: {there}"
    for place, key in enumerate(theme.also_priorities):
        if key not in keys:
            yield ("also_priorities", place), f"there is no priority {key} in this file; there are: {there}"
        elif key == theme.priority:
            yield ("also_priorities", place), f"{key} is the main priority of {theme.code}; take it out here"


def _wrong_cues(theme: Theme) -> Iterator[Wrong]:
    """Yield what is wrong in a theme's cues: such as cannot be read, stand twice, or are cancelled by an exclude."""
    problems: list[Wrong] = []
    excluded: dict[int, list[Form]] = {}  # number of tokens -> forms
    for _where, _text, phrase in _read(theme, ("exclude",), problems):
        for form in _forms(phrase):
            excluded.setdefault(len(form), []).append(form)
    seen: set[tuple[bool, str]] = set()
    for where, text, phrase in _read(theme, ("cues", "young_cues", CASED), problems):
        cue = where[0] == CASED, " ".join(text.split())
        if cue in seen:
            problems.append((where, f"the cue {text!r} stands twice; take one out"))
        seen.add(cue)
        forms = _forms(phrase)
        if forms and all(any(covers(wide, form) for wide in excluded.get(len(form), ())) for form in forms):
            message = f"exclude cancels every form of the cue {text!r}; take the cue out, or make the exclude longer"
            problems.append((where, message))
    for language in theme.cues_by_language:
        yield from _wrong_in_language(theme, language)
    yield from problems


def _forms(phrase: Phrase) -> list[Form]:
    """Return the forms of a phrase, none where they are too many to be held against others."""
    return list(phrase.expand()) if phrase.forms <= FEW_FORMS else []


def _wrong_in_language(theme: Theme, language: str) -> Iterator[Wrong]:
    seen: set[str] = set()
    for place, text in enumerate(theme.cues_by_language[language]):
        where = ("cues_by_language", language, place)
        try:
            read_cue(text)
        except CueWrong as wrong:
            yield where, f"{text!r} cannot be read: {wrong}"
        if text in seen:
            yield where, f"the cue {text!r} stands twice; take one out"
        seen.add(text)


def _read(theme: Theme, names: tuple[str, ...], problems: list[Wrong]) -> Iterator[tuple[Where, str, Phrase]]:
    """Yield where each cue of some lists stands, its text and how it is built; note those that cannot be read."""
    for name in names:
        for place, text in enumerate(getattr(theme, name)):
            try:
                yield (name, place), text, read_cue(text, keep_case=name == CASED)
            except CueWrong as wrong:
                problems.append(((name, place), f"{text!r} cannot be read: {wrong}"))
