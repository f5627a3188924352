"""Posters to print on A4 and pin up: a term's talks, or one talk, with a square that a phone reads."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback_app.domain.talks.talk import TalkFacts, TalkState
from feedback_app.extensions import db
from feedback_app.services import talk_programme
from feedback_app.store.talks import TermFacts, list_terms
from feedback_app.web import clock
from feedback_app.web.access import place, public, scope
from feedback_app.web.languages import in_page_language
from feedback_app.web.talk_words import day_words, label_of, programme, times_words, topic_of, way_words
from feedback_app.web.talks import blueprint, telling

# How high what is printed would be, in lines of the smallest words, and which size of letters then fits: poster.css.
SIZES = ((62, "brief"), (71, "short"), (85, "middle"), (math.inf, "long"))
FRAME = 33  # what every poster has: the frame, how to book, who invites, and the room between
EDGE = 4  # light squares around the dark ones, without which phones do not find it


@dataclass(frozen=True)
class Line:
    """What a poster says of a talk in a few words; no venue where it is online alone."""

    title: str
    day: str
    times: str
    ways: Sequence[str]
    venue: str
    address: str


@dataclass(frozen=True)
class Square:
    """A QR code as an SVG draws it: how many squares wide, and the path of the dark ones."""

    size: int
    path: str


@blueprint.get("/poster")
@public
def poster() -> ResponseReturnValue:
    """Show the talks of a term, or all that are to come, as a poster to print; `term` in the address names the term."""
    found = talk_programme.list_public(db.session, scope(), clock.now(), place().partnership.timezone)
    talks = [talk for talk in found if talk.state is TalkState.PUBLISHED]
    terms = [term for term in list_terms(db.session, scope()) if any(talk.term_id == term.id for talk in talks)]
    term = _wanted(terms, request.args.get("term"))
    if term:
        talks = [talk for talk in talks if talk.term_id == term.id]
    lines = [_line(talk) for talk in talks]
    return render_template(
        "talks/poster.html",
        term=term,
        terms=terms,
        talks=lines,
        size=_size_of_list(lines),
        **_around(url_for("talks.programme")),
    )


@blueprint.get("/<slug>/poster")
@public
def talk_poster(slug: str) -> ResponseReturnValue:
    """Show one talk as a poster to print: when, where, what is there for you, and how to book."""
    talk = talk_programme.get_public(db.session, scope(), slug)
    line, there = _line(talk), _there(talk)
    return render_template(
        "talks/talk_poster.html",
        talk=talk,
        line=line,
        topic=topic_of(talk),
        there=there,
        size=_size_of_one(talk, line, there),
        cancelled=talk.state is TalkState.CANCELLED,
        over=telling.is_over(talk),
        **_around(url_for("talks.talk", slug=talk.slug)),
    )


def _wanted(terms: Sequence[TermFacts], asked: str | None) -> TermFacts | None:
    """Return the term that is asked for, or the next one; none where all talks are asked for, or no term has any."""
    if asked == "all":
        return None
    return next((term for term in terms if term.slug == asked), terms[0] if terms else None)


def _line(talk: TalkFacts) -> Line:
    """Return what a poster says of a talk in a few words."""
    venue = talk.venue
    return Line(
        title=talk.title,
        day=f"{day_words(talk.day)} {talk.day.year}",
        times=times_words(talk.starts, talk.ends),
        ways=[way_words(one.way) for one in talk.ways],
        venue=venue.name if venue else "",
        address=", ".join(filter(None, (venue.address, venue.postcode))) if venue else "",
    )


def _height(texts: Iterable[tuple[str, int, float]]) -> float:
    """Return about how high texts are, each with its letters in a line and how high a line is."""
    return sum(math.ceil(len(text) / letters) * high for text, letters, high in texts)


def _size_of_one(talk: TalkFacts, line: Line, there: Sequence[str]) -> str:
    """Return how large one talk is printed: as large as one sheet has room for, to be read from a metre away."""
    place_high = _height([(line.venue, 22, 1.9), (line.address, 26, 1.9)]) + (1.9 if len(line.ways) > 1 else 0)
    widest = max(there, key=len, default="")
    height = _height([(talk.title, 22, 3.75), (talk.about[:320], 62, 2.1), (talk.hosts, 45, 1.6)])
    height += 4 + max(place_high, 5.7) + math.ceil(len(there) / 2) * _height([(widest, 28, 1.6)])
    return next(size for most, size in SIZES if FRAME + height <= most)


def _size_of_list(lines: Sequence[Line]) -> str:
    """Return how large a list of talks is printed: one sheet if letters stay large enough, or else several."""
    places = ((f"{line.venue}, {line.address}", 60, 1.6) for line in lines)
    height = _height((line.title, 40, 1.7) for line in lines) + _height(places) + 3.3 * len(lines)
    return next((size for most, size in SIZES[:-1] if FRAME + height <= most), "middle")


def _there(talk: TalkFacts) -> list[str]:
    """Return what nobody has to ask for: what the place has, and what the organisers see to; nothing twice."""
    of = programme()
    features = [
        of.features_by_key[key] for key in (talk.venue.features if talk.venue else ()) if key in of.features_by_key
    ]
    met = {feature.meets for feature in features}
    needs = [of.needs_by_key[key] for key in talk.provided if key in of.needs_by_key and key not in met]
    return [label_of(one) for one in (*features, *needs)]


def _around(path: str) -> dict[str, object]:
    """Return what every poster has: the address in letters and as a square, who invites, and how else to book."""
    address = place().site_address.rstrip("/") + path
    return {
        "address": address,
        "short": address.split("://", 1)[-1].removeprefix("www."),
        "square": draw_square(address),
        "organiser": in_page_language(programme().organiser),
        "contact": place().partnership.duties.contact,
        "print_hint": _("Print this page from your browser. It is made for A4 paper."),
    }


def draw_square(address: str) -> Square:
    """Return the QR code of an address, strong enough to be read when a fifth of it is dirty."""
    import segno

    rows = segno.make(address, error="m", micro=False).matrix
    runs = [run for y, row in enumerate(rows) for run in _runs(row, y)]
    return Square(len(rows) + 2 * EDGE, "".join(runs))


def _runs(row: bytearray, y: int) -> list[str]:
    """Return the dark squares of a row as parts of a path, neighbours together."""
    found, x = [], 0
    while x < len(row):
        end = x
        while end < len(row) and row[end]:
            end += 1
        if end > x:
            found.append(f"M{x + EDGE} {y + EDGE}h{end - x}v1h-{end - x}z")
        x = max(end, x + 1)
    return found
