"""A wave's protected themes as files to take along."""

from __future__ import annotations

from collections.abc import Iterator

from flask import abort
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from feedback_app.reports.files import tables_csv, tables_workbook
from feedback_app.reports.theme_tables import THEME_COLUMNS, ThemeRow, ThemeWords, theme_rows
from feedback_app.services.theme_summary import ThemeSummary
from feedback_app.web.languages import in_page_language
from feedback_app.web.team import phrases
from feedback_app.web.team.hidden_words import hidden_count, what_c_means
from feedback_app.web.team.views import WORKBOOK, reads_figures, tables_file
from feedback_app.web.themes.sentences import caveat
from feedback_app.web.themes.views import blueprint, find_summary, reader


@blueprint.get("/waves/<slug>/themes.csv")
@reads_figures
def themes_csv(slug: str) -> ResponseReturnValue:
    """Send a wave's protected themes as CSV."""
    found = _asked_for(slug)
    content = tables_csv(_rows(found), THEME_COLUMNS)
    return tables_file(slug, content, f"{slug}-themes.csv", "text/csv")


@blueprint.get("/waves/<slug>/themes.xlsx")
@reads_figures
def themes_workbook(slug: str) -> ResponseReturnValue:
    """Send a wave's protected themes as a workbook."""
    found = _asked_for(slug)
    content = tables_workbook(_rows(found), file_words(found), THEME_COLUMNS)
    return tables_file(slug, content, f"{slug}-themes.xlsx", WORKBOOK)


def _asked_for(slug: str) -> ThemeSummary:
    found = find_summary(reader(), slug)
    if found is None:
        abort(404)
    return found


def _rows(found: ThemeSummary) -> Iterator[ThemeRow]:
    day = found.made_on.isoformat() if found.made_on else ""
    return theme_rows(found.codeframe, found.people, found.themes.tables, file_words(found), day)


def file_words(found: ThemeSummary) -> ThemeWords:
    """Return the words of a file of themes."""
    instrument = found.instrument
    counts = [share.count for table in found.themes.tables.values() for share in table.distribution]
    mark = _("Demonstration: every answer is made up.") if found.wave.demonstration else ""
    return ThemeWords(
        title=instrument.title,
        wrote=_("Wrote something in their own words"),
        named=_("Wrote about it"),
        progress={1: _("Read by a person"), 2: _("Sorted by the program alone")},
        manners={
            1: _("Going well"),
            2: _("Needs to change"),
            3: _("Both"),
            4: _("Neither"),
            5: _("Not known"),
        },
        checked={1: _("Checked by a person"), 2: _("Suggested by the program")},
        name=in_page_language,
        small_group=_("small group"),
        withheld=phrases.reason,
        hidden=hidden_count,
        read_me=(
            (_("Wave"), found.wave.slug),
            (_("Survey"), f"{instrument.formal_title} ({instrument.code} v{instrument.version})"),
            *(((_("Note"), mark),) if mark else ()),
            *(((_("Figures of the day"), format_date(found.made_on)),) if found.made_on else ()),
            (_("Themes"), f"{found.codeframe.title} ({found.codeframe.name} v{found.codeframe.version})"),
            (_("How to read it"), caveat()),
            ("people", _("Rounded to the nearest 5. One person can write about several themes.")),
            ("c", what_c_means(counts)),
            ("percent, low, high", _("A share of the base, and its range: how much it could move by chance alone.")),
            ("small_group", _("Fewer than 30 people. Do not compare it with other groups or years.")),
            (
                "withheld",
                _("Why a figure is not shown, or what a hidden number can be. Please do not try to work it out."),
            ),
        ),
        # Translators: two sheets of a workbook, 31 letters at the most.
        sheets=(_("Read me"), _("Themes")),
    )
