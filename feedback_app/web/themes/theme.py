"""One theme of a wave: what it means, by group, beside other waves and other people, in people's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from feedback_app.domain.codeframe import Codeframe, Theme
from feedback_app.domain.disclosure.group_figures import TOO_CLOSE
from feedback_app.domain.disclosure.rules import KEPT_PRIVATE
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown, SafeGroup
from feedback_app.domain.permissions import Permission
from feedback_app.domain.voices import VoiceKind
from feedback_app.extensions import db
from feedback_app.services import auditing
from feedback_app.services.theme_summary import ThemeReader, ThemeSummary
from feedback_app.services.theme_voices import count_theme_voices
from feedback_app.web.access import may, scope
from feedback_app.web.coming import groups_later
from feedback_app.web.languages import in_page_language
from feedback_app.web.noting import seen
from feedback_app.web.team import phrases, verdicts
from feedback_app.web.team.beside_waves import month_of
from feedback_app.web.team.group_bars import drawn_of
from feedback_app.web.team.group_lines import Cell, GroupLine
from feedback_app.web.team.group_words import by_words, how_rounded, label_of, why_held
from feedback_app.web.team.groups import QuestionGroups
from feedback_app.web.team.views import policy, reads_figures
from feedback_app.web.themes.lines import ThemeLine, line_of, manner_chart, theme_line
from feedback_app.web.themes.sentences import theme_sentences
from feedback_app.web.themes.views import (
    OF_NONE,
    blueprint,
    find_beside,
    find_summary,
    frame,
    nothing_yet,
    quotes_of,
    reader,
)

BY = "by"
CODE = re.compile(r"\b[A-Z][A-Z0-9_]+\b")  # how a codeframe writes the code of a theme
MOST_QUOTES = 6


@dataclass(frozen=True)
class Beside:
    """Lines of one theme side by side, ready for bars and their table, and what can be said of them."""

    title: str
    shown: QuestionGroups
    sentences: tuple[str, ...] = ()


def _by(**_arguments: object) -> str:
    return f"theme {_arguments['code']}" + (f" by {request.args[BY]}" if request.args.get(BY) else "")


@blueprint.get("/waves/<slug>/themes/<code>")
@reads_figures
@seen(auditing.THEMES_SEEN, _by)
def theme(slug: str, code: str) -> ResponseReturnValue:
    """Show one theme of a wave; with `?by=` by one group of people."""
    known = reader()
    about = known.codeframe.by_code.get(code)
    if about is None:
        abort(404)
    found = find_summary(known, slug)
    if found is None:
        return nothing_yet()
    line = theme_line(found, about)
    return render_template(
        "themes/theme.html",
        summary=found,
        line=line,
        about=_meaning(about, known.codeframe),
        back=_back(found, about),
        sentences=theme_sentences(found, line),
        chart_of_manner=manner_chart([line]),
        manners=_manners(line),
        compared=_others(known, found, line),
        by_group=_by_group(known, found, line),
        others=_ways(known, found, code),
        groups_later="" if found.seen.grouped else groups_later(found.wave.closed_from),
        quotes=quotes_of(found, {code})[:MOST_QUOTES],
        voices=_voices(code),
        how_rounded=how_rounded(),
        **frame(found),
    )


def _meaning(about: Theme, codeframe: Codeframe) -> dict[str, Any]:
    parts = {"include": about.include, "exclude": about.exclude_meaning}
    return {"definition": in_page_language(about.definition)} | {
        name: [_with_names(in_page_language(text), codeframe) for text in texts] for name, texts in parts.items()
    }


def _with_names(text: str, codeframe: Codeframe) -> str:
    """Return a text with the names of themes where the codeframe's file has their codes."""

    def named(hit: re.Match[str]) -> str:
        theme = codeframe.by_code.get(hit.group())
        return hit.group() if theme is None else _("“%(theme)s”", theme=in_page_language(theme.name))

    return CODE.sub(named, text)


def _back(found: ThemeSummary, about: Theme) -> dict[str, str]:
    names = {one.key: one.name for one in found.codeframe.priorities}
    words = in_page_language(names[about.priority]) if about.priority else _("Other themes")
    key = about.priority or OF_NONE
    return {"url": url_for("themes.priority", slug=found.wave.slug, key=key), "text": words}


def _manners(line: ThemeLine) -> list[tuple[str, str, str]]:
    """Return each manner of speaking with its people and share; nothing where that is kept back."""
    names = {
        1: _("Going well"),
        2: _("Needs to change"),
        3: _("Both"),
        4: _("Neither"),
        5: _("Not known"),
    }
    return [
        (
            names[share.code],
            phrases.people(share.count),
            "" if share.percent is None else phrases.percent(share.percent),
        )
        for share in line.manner.distribution
    ]


def _side_by_side(id_: str, title: str, theme: str, lines: Sequence[GroupLine], said: Sequence[str]) -> Beside:
    named = _("Share of those who wrote")
    drawn = drawn_of(named, (named,), lines)
    private = any(one.private for one in lines)
    shown = QuestionGroups(id_, theme, named, (), tuple(lines), (named,), private, "", drawn, merged=True)
    return Beside(title, shown, tuple(said))


def _others(known: ThemeReader, found: ThemeSummary, line: ThemeLine) -> list[Beside]:
    """Return the theme beside the other people's survey, and beside earlier waves of this one."""
    compared = []
    other = find_beside(known, found)
    if other is not None:
        lines = [line_of(one.instrument.formal_title, one.named(line.code)) for one in (found, other)]
        said = _("These are two surveys of different people. They are never added up.")
        compared.append(_side_by_side("b", _("Parents and young people"), line.name, lines, [said]))
    earlier = known.list_earlier(found)
    if earlier:
        waves = [*reversed(earlier), found]
        lines = [line_of(month_of(one.wave), one.named(line.code)) for one in waves]
        said = _changed(known, earlier[0], found, line.code)
        compared.append(_side_by_side("w", _("Wave by wave"), line.name, lines, [said]))
    return compared


def _changed(known: ThemeReader, before: ThemeSummary, after: ThemeSummary, code: str) -> str:
    """Return whether a theme's share has changed since the wave before, in a sentence."""
    then, now = month_of(before.wave), month_of(after.wave)
    changes = known.compare(before, after)
    if changes == "wording":
        why = _("people were asked for their words in another way")
        return _("Whether it changed since %(then)s cannot be told: %(why)s.", then=then, why=why)
    if isinstance(changes, str):
        why = _("a person has read far more of the comments of one wave than of the other")
        return _("Whether it changed since %(then)s cannot be told: %(why)s.", then=then, why=why)
    change = changes.get(code)
    if change is None or change.verdict is None:
        reason = verdicts.refusal(change.refused if change and change.refused else "absent", then, now)
        return _("Whether it changed since %(then)s cannot be told. %(why)s.", then=then, why=reason)
    word, size = verdicts.verdict_word(change.verdict), verdicts.size(change)
    return _("%(verdict)s since %(then)s: %(size)s.", verdict=word, then=then, size=size)


def _ways(known: ThemeReader, found: ThemeSummary, code: str) -> list[tuple[str, str]]:
    here = request.args.get(BY)
    return [
        (by_words(one.name), url_for("themes.theme", slug=found.wave.slug, code=code, by=one.name))
        for one in known.dimensions(found)
        if one.name != here
    ]


def _by_group(known: ThemeReader, found: ThemeSummary, line: ThemeLine) -> Beside | None:
    """Return the theme by what the address asks for, or None; raise BreakdownUnknown, GroupsComeLater."""
    name = request.args.get(BY, "")
    if not name:
        return None
    table = known.find_breakdown(found, line.code, name)
    if table is None:
        return _side_by_side("g", by_words(name), line.name, (), [few_for_groups()])
    if table.reason:
        return _side_by_side("g", by_words(name), line.name, (), [why_held(table.reason) + "."])
    lines = [_group_line(found, table, group) for group in table.groups]
    return _side_by_side("g", by_words(name), line.name, [line_of(_("Everybody"), line.table), *lines], ())


def few_for_groups() -> str:
    """Return why a theme is not told by groups."""
    least = format_decimal(policy().small_group)
    return _("A theme is shown by groups once about %(least)s people have written about it.", least=least)


def _group_line(found: ThemeSummary, table: SafeBreakdown, group: SafeGroup) -> GroupLine:
    label = label_of(found.instrument, table.by, group.group)
    base = phrases.people(group.base) if group.base else ""
    if group.reason:
        private = group.reason in (KEPT_PRIVATE, TOO_CLOSE)
        return GroupLine(label, base, why_held(group.reason), _("kept private") if private else "", private=private)
    named, percent = group.counts[0], group.percents[0]
    share = "" if percent is None else phrases.percent(percent)
    cells = (Cell(percent, share, phrases.people(named)),)
    private = named.value is None
    return GroupLine(label, base, small=group.small_group, private=private, figure=group.figure, cells=cells)


def _voices(code: str) -> list[str]:
    """Return how many other voices speak of a theme, kind by kind, those with enough of them alone."""
    if not may(Permission.READ_FIGURES):
        return []  # who reads figures of young people's surveys alone sees no parents' voices
    counted = count_theme_voices(db.session, scope(), code, policy())
    words = {
        VoiceKind.FOCUS_GROUP: _("focus groups"),
        VoiceKind.INTERVIEW: _("interviews"),
        VoiceKind.STORY: _("personal stories"),
        VoiceKind.COMPLIMENT: _("compliments"),
        VoiceKind.COMPLAINT: _("complaints"),
        VoiceKind.HELPLINE: _("calls to a helpline"),
    }
    return [
        _("about %(number)s notes: %(kind)s", number=format_decimal(count.shown), kind=words[kind])
        for kind, count in counted.items()
        if count.shown is not None
    ]
