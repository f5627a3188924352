"""What is told of how far talks reach, in words: sentences, lines of tables and charts, and rows of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass

from flask_babel import format_date, format_decimal, ngettext
from flask_babel import gettext as _

from feedback_app.domain.disclosure.safe import SafeCount
from feedback_app.domain.talks.programme import Target
from feedback_app.domain.talks.reach import FIRST_TIME, MET, REST, Block, Part, People, Quarter
from feedback_app.reports.charts import Chart, Lane, lanes_chart
from feedback_app.services.reach import HeldIn, HeldInTerm, Questions, Reach
from feedback_app.services.wave_summary import WaveSummary
from feedback_app.web.access import place
from feedback_app.web.languages import in_page_language
from feedback_app.web.talk_words import district_of, label_of, programme
from feedback_app.web.team import phrases

MOST_SAID = 3  # parts in a sentence
COLUMNS = ("part", "period", "what", "number", "percent", "exact")


@dataclass(frozen=True)
class Line:
    """A line of a table: what, how many as it is read, and a share as it is read ("" where there is none)."""

    label: str
    number: str
    share: str = ""


@dataclass(frozen=True)
class Split:
    """How people divide: the finding, its lines, and a chart where there are shares; no lines where it is private."""

    id: str
    question: str
    finding: str
    lines: tuple[Line, ...]
    chart: Chart | None


@dataclass(frozen=True)
class ReachRow:
    """A row of the file: part, period, what, number (None: kept private), percent, whether it is exact."""

    part: str
    period: str
    what: str
    number: int | None
    percent: int | None = None
    exact: str = "no"

    def cells(self) -> tuple[str | int | float | None, ...]:
        """Return the row's cells in the order of the columns."""
        return astuple(self)


def quarter_words(quarter: Quarter) -> str:
    """Return a quarter as its months, such as "July to September 2026"."""
    return period_words(quarter, quarter)


def period_words(first: Quarter, last: Quarter) -> str:
    """Return the months from the first to the last of some quarters."""
    begins = format_date(first.first, "LLLL" if first.year == last.year else "LLLL y")
    return _("%(first)s to %(last)s", first=begins, last=format_date(last.last, "LLLL y"))


def first_month(quarters: Sequence[HeldIn]) -> str:
    """Return the month from which talks are counted, such as "October 2025"."""
    return format_date(quarters[0].quarter.first, "LLLL y")


def said_when(summary: WaveSummary) -> str:
    """Return of which survey the answers after talks are, and as of which day they are told."""
    month = format_date(summary.wave.opens_on, "LLLL y")
    if summary.taken_on is None:
        return _("From the survey after talks that began in %(month)s, with all answers so far.", month=month)
    day = format_date(summary.taken_on)
    return _(
        "From the survey after talks that began in %(month)s, with the answers up to %(day)s.", month=month, day=day
    )


def so_far(words: str, running: bool) -> str:
    """Return a period's words, with a note where it is not over."""
    return _("%(period)s (so far)", period=words) if running else words


def number_words(count: SafeCount) -> str:
    """Return a count of people as it is read: about so many, or that it is kept private."""
    return _("kept private") if count.value is None else _("about %(number)s", number=format_decimal(count.value))


def opening(reach: Reach, target: Target | None) -> str:
    """Return one sentence or two that can be read aloud in a meeting."""
    held = ngettext(
        "In the last four quarters, %(num)s talk was held.",
        "In the last four quarters, %(num)s talks were held.",
        reach.held,
    )
    if target:
        held = ngettext(
            "In the last four quarters, %(num)s talk was held; the plan asks for %(plan)s.",
            "In the last four quarters, %(num)s talks were held; the plan asks for %(plan)s.",
            reach.held,
            plan=format_decimal(target.a_year),
        )
    told = [one for one in reach.quarters if one.people and one.people.came.value is not None]
    return f"{held} {_came(told[-1])}" if told else held


def _came(one: HeldIn) -> str:
    people = one.people
    if people is None or people.came.value is None:
        return ""
    facts = {"period": quarter_words(one.quarter), "number": format_decimal(people.came.value)}
    if people.rate is None:
        return _("From %(period)s about %(number)s people came.", **facts)
    share = phrases.percent(people.rate)
    return _(
        "From %(period)s about %(number)s people came: %(share)s of the families that had booked.", **facts, share=share
    )


def quarterly(quarters: Sequence[HeldIn]) -> str:
    """Return in how many of the whole quarters talks were held."""
    whole = [one.talks for one in quarters if not one.so_far]
    return _("Talks were held in %(some)s of the last %(all)s quarters.", some=_some(whole), all=len(whole))


def termly(terms: Sequence[HeldInTerm]) -> str:
    """Return in how many of the whole terms talks were held; nothing before the first is over."""
    whole = [one.talks for one in terms if not one.so_far]
    if not whole:
        return ""
    return ngettext(
        "Talks were held in %(some)s of %(num)s term that is over.",
        "Talks were held in %(some)s of the last %(num)s terms that are over.",
        len(whole),
        some=_some(whole),
    )


def _some(numbers: Sequence[int]) -> str:
    return format_decimal(sum(1 for number in numbers if number))


def held_lines(numbers: Mapping[str, int]) -> list[Line]:
    """Return lines of talks held, which are public and exact."""
    return [Line(label, format_decimal(number)) for label, number in numbers.items()]


def by_topic(reach: Reach) -> dict[str, int]:
    """Return topic, in the language of the page -> talks held."""
    topics = programme().topics_by_key
    return {label_of(topics[key]) if key in topics else key: number for key, number in reach.topics.items()}


def by_district(reach: Reach) -> dict[str, int]:
    """Return district -> talks held there, or held for people there."""
    return {district_of(code) or _("For the whole area"): number for code, number in reach.districts.items()}


def rate_chart(quarters: Sequence[HeldIn]) -> Chart | None:
    """Return how many of those who had booked came, a bar a quarter; None where no quarter may tell it."""
    told = [(one, one.people) for one in quarters if one.people]
    if all(people.rate is None for _one, people in told):
        return None
    private = _("kept private")
    lanes = [
        Lane(quarter_words(one.quarter), people.rate, private if people.rate is None else phrases.percent(people.rate))
        for one, people in told
    ]
    described = "; ".join(f"{lane.label}: {lane.value}" for lane in lanes)
    return lanes_chart(_("Of the families that had booked, how many came"), described, lanes)


def rate_words(people: People) -> str:
    """Return how many families came of those that had booked, with what it is a share of."""
    if people.rate is None:
        return _("kept private")
    return _("%(share)s of %(number)s", share=phrases.percent(people.rate), number=number_words(people.rate_of))


def rate_finding(quarters: Sequence[HeldIn]) -> str:
    """Return what the chart of those who came says: the latest quarter that may tell it."""
    told = [(one.quarter, one.people.rate) for one in quarters if one.people and one.people.rate is not None]
    if not told:
        return ""
    quarter, rate = told[-1]
    period, share = quarter_words(quarter), phrases.share(rate)
    return _("From %(period)s, %(share)s of the families that had booked came", period=period, share=share)


def splits_of(block: Block) -> list[Split]:
    """Return how the people of a block divide, one part after the other."""
    others = _("All others, and those who did not say")
    unsaid = _("Did not say") if len(block.first_time) > len(FIRST_TIME) else others
    first_time = {"first_time:yes": _("For the first time"), "first_time:no": _("Had been before"), REST: unsaid}
    districts = {f"district:{one.code}": one.name for one in place().partnership.districts} | {REST: others}
    needs = {f"need:{one.key}:asked": label_of(one) for one in programme().needs} | {REST: _("All other needs")}
    ways = {REST: _("Online")}
    met = {MET: _("All of it was arranged"), REST: _("Not all of it was arranged")}
    return [
        _split("first-time", _("Was it their first talk?"), block.first_time, first_time),
        _split("home", _("Where do families live?"), block.districts, districts),
        _split("ways", _("How did people take part?"), block.ways, ways, _("In person")),
        _split("needs", _("What did families ask for, to take part?"), block.needs, needs),
        _split("met", _("Did families get what they asked for?"), block.met, met),
    ]


def _split(id_: str, question: str, parts: Sequence[Part], labels: Mapping[str, str], otherwise: str = "") -> Split:
    named = [(labels.get(part.key, otherwise), part) for part in parts]
    some = any(
        part.percent is not None for part in parts
    )  # then who has no share did not say, and shares are of others
    lines = tuple(
        Line(label, number_words(part.number), _("not counted") if part.percent is None and some else _percent(part))
        for label, part in named
    )
    if not named:
        return Split(id_, question, _("Kept private: too few families at any one talk."), (), None)
    apart = sorted((part for part in named if part[1].key != REST), key=lambda one: -(one[1].number.value or 0))
    finding = "; ".join(f"{label}: {_share_words(part)}" for label, part in apart[:MOST_SAID]) + "."
    shown = zip(lines, parts, strict=True)
    lanes = [Lane(line.label, part.percent, line.share) for line, part in shown if part.percent is not None]
    described = "; ".join(f"{lane.label}: {lane.value}" for lane in lanes)
    return Split(id_, question, finding, lines, lanes_chart(question, described, lanes) if lanes else None)


def _percent(part: Part) -> str:
    return "" if part.percent is None else phrases.percent(part.percent)


def _share_words(part: Part) -> str:
    return number_words(part.number) if part.percent is None else phrases.share(part.percent)


def theme_lines(questions: Questions) -> list[Line]:
    """Return the themes that questions were about, those asked most often first."""
    codeframe = place().codeframe
    themes = codeframe.by_code if codeframe else {}
    named = [(themes[code].name if code in themes else code, number) for code, number in questions.themes.items()]
    return [Line(in_page_language(name), number_words(number)) for name, number in named]


def rows_of(reach: Reach) -> Iterator[ReachRow]:
    """Yield what the page shows as rows: talks exactly, people as they may be told."""
    for one in reach.quarters:
        period = so_far(quarter_words(one.quarter), one.so_far)
        yield ReachRow("quarter", period, "talks", one.talks, exact="yes")
        yield ReachRow("quarter", period, "places", one.places, exact="yes")
        if one.people:
            yield ReachRow("quarter", period, "bookings", one.people.bookings.value)
            yield ReachRow("quarter", period, "places booked", one.people.places.value)
            yield ReachRow("quarter", period, "people who came", one.people.came.value)
            yield ReachRow("quarter", period, "came of those booked", one.people.rate_of.value, one.people.rate)
    for term in reach.terms:
        yield ReachRow("term", so_far(term.term.name, term.so_far), "talks", term.talks, exact="yes")
    for part, numbers in (("topic", by_topic(reach)), ("district of talks", by_district(reach))):
        for label, number in numbers.items():
            yield ReachRow(part, "", label, number, exact="yes")
    if reach.block:
        yield from _block_rows(reach.block, reach.questions)


def _block_rows(block: Block, questions: Questions | None) -> Iterator[ReachRow]:
    period = period_words(block.first, block.last)
    yield ReachRow("block", period, "bookings", block.bookings.value)
    yield ReachRow("block", period, "bookings with needs", block.needing.value)
    for split, parts in zip(
        splits_of(block), (block.first_time, block.districts, block.ways, block.needs, block.met), strict=True
    ):
        if not parts:
            yield ReachRow(split.id, period, "", None)
        for line, part in zip(split.lines, parts, strict=True):
            yield ReachRow(split.id, period, line.label, part.number.value, part.percent)
    if questions:
        yield ReachRow("questions", period, "all", questions.number.value)
        for line, number in zip(theme_lines(questions), questions.themes.values(), strict=True):
            yield ReachRow("questions", period, line.label, number.value)
