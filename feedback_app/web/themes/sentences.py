"""What a page of themes says first: a few plain sentences that can be read aloud and stand alone."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import format_decimal
from flask_babel import gettext as _

from feedback_app.domain.disclosure.safe import SafeCount, SafeTable
from feedback_app.domain.theme_figures import READ, UNREAD
from feedback_app.services.theme_summary import ThemeSummary
from feedback_app.web.team import phrases
from feedback_app.web.themes.lines import CHANGE, WELL, ThemeLine, is_nearly_all, percent_of, share_of

MOST = 2  # themes that are named in a sentence
HALF = 50  # per cent of those who name a theme


def overview_sentences(summary: ThemeSummary, themes: Sequence[ThemeLine]) -> list[str]:
    """Return what a whole wave's words say: who wrote, about what most, how they speak of it, how far it is checked."""
    said = [who_wrote(summary), _most_named(themes)]
    for code, sentence in ((WELL, _("What goes well most often: %(names)s.")),
                           (CHANGE, _("What needs to change most often: %(names)s."))):  # fmt: skip
        if names := _top(themes, code):
            said.append(sentence % {"names": names})
    return [*filter(None, said), progress_sentence(summary.progress)]


def priority_sentences(summary: ThemeSummary, whole: ThemeLine, themes: Sequence[ThemeLine]) -> list[str]:
    """Return what a priority's words say."""
    said = [who_wrote(summary)]
    if whole.headline and whole.headline.value is not None:
        share = phrases.share(whole.headline.value)
        said.append(_("%(share)s of them wrote about this priority.", share=share))
    elif whole.table.reason:
        said.append(_("How many of them wrote about this priority is not shown, so that nobody can be picked out."))
    else:
        said.append(_("Only a few of them wrote about this priority."))
    return [*filter(None, [*said, manner_sentence(whole), _most_named(themes)]), progress_sentence(summary.progress)]


def theme_sentences(summary: ThemeSummary, line: ThemeLine) -> list[str]:
    """Return what is known of one theme."""
    said = [who_wrote(summary)]
    if line.headline and line.headline.value is not None:
        share, ends = phrases.share(line.headline.value), phrases.range_of(line.headline)
        said.append(_("%(share)s of them wrote about “%(theme)s” (%(range)s).", share=share, theme=line.name,
                      range=ends))  # fmt: skip
    elif line.table.reason:
        said.append(_("How many of them wrote about “%(theme)s” is not shown, so that nobody can be picked out.",
                      theme=line.name))  # fmt: skip
    else:
        people = share_of(line.table, 1)
        number = phrases.about(people.count) if people else ""
        said.append(_("%(people)s wrote about “%(theme)s”.", people=phrases.starting(number), theme=line.name))
    said += [manner_sentence(line), _standing_sentence(line)]
    return [one for one in said if one]


def who_wrote(summary: ThemeSummary) -> str:
    """Return how many people wrote something."""
    people = phrases.starting(phrases.about(summary.people))
    return _("%(people)s wrote something in their own words.", people=people)


def _most_named(lines: Sequence[ThemeLine]) -> str:
    """Return what most people wrote about; nothing where too few wrote to put themes in an order."""
    shown = [one for one in lines if one.headline and not one.small][:MOST]
    if not shown:
        return ""
    told = [
        _("“%(theme)s” (%(share)s)", theme=one.name, share=phrases.in_ten(one.headline.value))
        for one in shown
        if one.headline and one.headline.value is not None
    ]
    if len(told) == 1:
        return _("They wrote most about %(first)s.", first=told[0])
    return _("They wrote most about %(first)s and %(second)s.", first=told[0], second=told[1])


def _top(lines: Sequence[ThemeLine], code: int) -> str:
    """Return up to two themes of which most people speak in a manner; of themes that few name, none."""
    people = []
    for one in lines:
        share = share_of(one.manner, code)
        if share and (percent_of(share, one.manner) or 0) >= HALF and not one.few:
            people.append((share.count.value or 0, one.name))
    named = [name for _people, name in sorted(people, key=lambda pair: -pair[0])[:MOST]]
    quoted = [_("“%(theme)s”", theme=name) for name in named]
    if len(quoted) == MOST:
        return _("%(first)s and %(second)s", first=quoted[0], second=quoted[1])
    return quoted[0] if quoted else ""


def manner_sentence(line: ThemeLine) -> str:
    """Return how people speak of something: for how many it goes well, for how many it needs to change."""
    well, change = share_of(line.manner, WELL), share_of(line.manner, CHANGE)
    if well is None or change is None or line.manner.reason:
        return ""
    for share, sentence in ((well, _("Nearly all of them say that it goes well.")),
                            (change, _("Nearly all of them say that it needs to change."))):  # fmt: skip
        if is_nearly_all(share, line.manner):
            return sentence
    if well.percent is None or change.percent is None:
        first = phrases.about(well.count)
        second = phrases.about(change.count)
        return _("Going well, say %(first)s. It needs to change, say %(second)s.", first=first, second=second)
    return _(
        "Of those, %(well)s say that it goes well, and %(change)s that it needs to change.",
        well=phrases.percent(well.percent),
        change=phrases.percent(change.percent),
    )


def progress_sentence(progress: SafeTable) -> str:
    """Return how many of the comments a person has read, and what that means for the rest."""
    read, unread = share_of(progress, READ), share_of(progress, UNREAD)
    if read is None or unread is None:
        return _("How many comments a person has read is not shown, for there are few of them.")
    whole = comments(progress.base)
    if unread.count.value is None:
        return _("A person has read nearly all of %(whole)s.", whole=whole)
    if read.count.value is None:
        return _(
            "The program alone sorted %(whole)s. No person has checked them yet, so they can be wrong.", whole=whole
        )
    return _(
        "A person has read about %(read)s of %(whole)s. The program alone sorted the others, and it can be wrong.",
        read=format_decimal(read.count.value),
        whole=whole,
    )


def comments(count: SafeCount) -> str:
    """Return a protected number of comments: "about 400 comments"."""
    if count.value is None:
        return _("fewer than %(number)s comments", number=count.high + 1)
    return _("about %(number)s comments", number=format_decimal(count.value))


def _standing_sentence(line: ThemeLine) -> str:
    if line.checked.reason:
        return ""
    read, unread = share_of(line.checked, READ), share_of(line.checked, UNREAD)
    if read is None or unread is None:
        return ""
    if unread.count.value is None:
        return _("A person has checked nearly all of this.")
    if read.count.value is None:
        return _("The program suggests this theme. No person has checked it yet, so it can be wrong.")
    people = format_decimal(read.count.value)
    return _(
        "A person has checked this theme for about %(people)s of them. The program suggests the rest.", people=people
    )


def caveat() -> str:
    """Return what stands under every figure of themes."""
    return _(
        "Only people who chose to write are counted here, so these are not the views of all families. What few people "
        "wrote about can matter just as much."
    )
