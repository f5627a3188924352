"""Groups of people in words, in the language of the page: what answers are broken down by, and who is in each group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from flask_babel import format_date
from flask_babel import gettext as _

from feedback_app.domain.dimensions import DISTRICT, LOCALITY, WAVE
from feedback_app.domain.disclosure.group_figures import TOO_CLOSE
from feedback_app.domain.disclosure.grouped import Band, Group
from feedback_app.domain.disclosure.safe import SafeCount
from feedback_app.domain.disclosure.safe_breakdowns import SafeBreakdown
from feedback_app.domain.instrument import ChoiceItem, Instrument, Item, NpsItem
from feedback_app.domain.partnership import Geography
from feedback_app.domain.place import Place
from feedback_app.domain.scales import Breakdown
from feedback_app.reports.bands import OPTION
from feedback_app.reports.breakdown_tables import BreakdownWords
from feedback_app.reports.columns import breakdown_groups
from feedback_app.services.breaking_down import WaveBreakdown
from feedback_app.store.waves import WaveFacts
from feedback_app.web.access import place
from feedback_app.web.languages import in_page_language
from feedback_app.web.team import phrases
from feedback_app.web.team.hidden_words import counts_of, hidden_count, what_c_means


def geography() -> Geography:
    """Return the partnership's districts and localities."""
    return place().geography


@lru_cache(maxsize=64)
def _shared(here: Place) -> Mapping[str, Breakdown]:
    """Return the names of reporting groups, read once."""
    return here.shelf.load_scales().breakdowns


def by_words(name: str) -> str:
    """Return what answers are broken down by, as a link says it: "By district"."""
    return {
        LOCALITY: _("By part of the area"),
        DISTRICT: _("By district"),
        "provision": _("By help plan"),
        "age_band": _("By age"),
        "setting": _("By place of learning"),
        "waiting": _("By waiting for an assessment"),
        "helped": _("By who answered"),
        WAVE: _("By wave"),
    }[name]


def both_words(by: tuple[str, ...]) -> str:
    """Return one or two breakdowns as a heading says them: "By district" or "By district and by help plan"."""
    first, *second = (by_words(name) for name in by)
    return _("%(first)s, and %(second)s", first=first, second=_lower(second[0])) if second else first


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def group_words(instrument: Instrument, name: str, code: int) -> str:
    """Return who is in a group, by the partnership's name for it, else by the answers that tell of it."""
    if name == LOCALITY:
        return next(in_page_language(one.name) for one in geography().localities if one.code == code)
    shared = _shared(place())
    if name in shared and code in shared[name].groups:
        return in_page_language(shared[name].groups[code])
    return breakdown_groups(instrument)[name][code]


def label_of(instrument: Instrument, by: tuple[str, ...], group: Group) -> str:
    """Return a group of one or two breakdowns in words: "Burnley" or "Burnley, with help"."""
    first, *second = (group_words(instrument, name, code) for name, code in zip(by, group, strict=True))
    return _("%(first)s: %(second)s", first=first, second=second[0]) if second else first


def band_words(item: Item, band: Band) -> str:
    """Return a column of a breakdown in words: the labels of its answers."""
    if band.name == OPTION and isinstance(item, ChoiceItem):
        (code,) = band.codes
        return item.label_of(code)
    if isinstance(item, NpsItem):
        return phrases.figure_name(item, band.name)
    return phrases.either(phrases.labels_of(item, tuple(sorted(band.codes))))


def kept_private(table: SafeBreakdown) -> bool:
    """Return whether a breakdown hides any number, so that the page says why."""
    if table.withheld:
        return True
    hidden = (count.value is None for group in table.groups for count in group.counts)
    return any(group.withheld for group in table.groups) or any(hidden)


def why_private() -> str:
    """Return, in a sentence for anybody, why some numbers are not shown."""
    return _("Some numbers are kept private so that nobody can be picked out. That is not the same as nobody.")


def why_held(reason: str) -> str:
    """Return why a group is not shown, for a machine reason of the rules: the same wherever it stands."""
    return _("Kept private: too close to a figure already shown") if reason == TOO_CLOSE else phrases.reason(reason)


def how_rounded(*, in_groups: bool = True) -> str:
    """Return how numbers of people are rounded; in groups a few are printed as the next multiple but one (R3)."""
    step = place().policy.rounding
    parts = _("Shares are made from rounded numbers, so parts may not add up.")
    if not in_groups:
        return _("Numbers of people are rounded to the nearest %(step)s.", step=step) + f" {parts}"
    near = _(
        "Numbers of people are rounded to the nearest %(step)s, and in a few places a step further, so that nobody can "
        "be picked out.",
        step=step,
    )
    return f"{near} {parts}"


def breakdown_file_words(found: WaveBreakdown) -> BreakdownWords:
    """Return the words of a file of breakdowns."""
    snapshot = found.seen.snapshot
    day = snapshot.taken_on if snapshot else None
    return words_of_file(found.instrument, found.wave, day, counts_of(found.tables), how_rounded())


def words_of_file(
    instrument: Instrument, wave: WaveFacts, taken_on: date | None, counts: Iterable[SafeCount], rounded: str
) -> BreakdownWords:
    """Return the words of a file of a wave's groups, for the counts in it; ``rounded`` says how they are rounded."""

    def labels(by: tuple[str, ...], group: Group) -> tuple[str, ...]:
        return tuple(group_words(instrument, name, code) for name, code in zip(by, group, strict=True))

    return BreakdownWords(
        title=instrument.title,
        base=_("Gave an answer that counts"),
        small_group=_("small group"),
        by=both_words,
        group=labels,
        band=band_words,
        figure=phrases.figure_name,
        withheld=why_held,
        hidden=hidden_count,
        read_me=_read_me(instrument, wave, taken_on, what_c_means(counts), rounded),
        # Translators: two sheets of a workbook, 31 letters at the most.
        sheets=(_("Read me"), _("Groups")),
    )


def _read_me(
    instrument: Instrument, wave: WaveFacts, taken_on: date | None, symbol: str, rounded: str
) -> tuple[tuple[str, str], ...]:
    mark = _("Demonstration: every answer is made up.") if wave.demonstration else ""
    return (
        (_("Wave"), wave.slug),
        (_("Survey"), f"{instrument.formal_title} ({instrument.code} v{instrument.version})"),
        *(((_("Note"), mark),) if mark else ()),
        *(((_("Figures of the day"), format_date(taken_on)),) if taken_on else ()),
        (_("How to read it"), phrases.caveat()),
        ("people", rounded),
        ("c", symbol),
        ("<10", _("Fewer than 10 people. In children’s surveys the number is 20.")),
        ("figure, low, high", _("A figure and its range: how much it could move by chance alone.")),
        ("small_group", _("Fewer than 30 answers. Do not compare it with other groups or years.")),
        (
            "withheld",
            _("Why a figure is not shown, or what a hidden number can be. Please do not try to work it out."),
        ),
        ("figures_of", _("The day that the figures are of. Where it is empty, all answers so far are counted.")),
    )
