"""The page of what changed between two waves: findings first, each verdict with its size, each refusal with why."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import date

import pytest
from flask import Flask
from lxml import html
from lxml.html import HtmlElement
from sqlalchemy import update
from sqlalchemy.orm import Session

from feedback_app.domain.answers import Answer
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.instrument import Instrument
from feedback_app.domain.population import Fact, Frame, Population
from feedback_app.domain.scope import Role
from feedback_app.services.comparing import compare_waves
from feedback_app.store.tables import Response, Wave
from tests.support.places import change_place
from tests.support.summaries import SCOPE, add_answers, add_wave, make_instrument, signed_in, some_answers

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

Sheets = Sequence[Mapping[str, Answer]]
ADDRESS = "/team/waves/2026/compared-with/2025"
FRAME = Frame(
    source="A count", date="2026-01", place="home", covers="Children of the place", surveys=("test_survey",),
    groups={"provision": {"plan": 1, "other": 3}}, margins={"provision": {"plan": 3000, "other": 7000}},
)  # fmt: skip
FACT = Fact(key="all", what="All of them", value=10000, source="A count", date="2026-01", place="here")


def wave(db: Session, year: int, sheets: Sheets, instrument: Instrument | None = None, month: int = 11) -> None:
    """Hold a wave of the invented survey in the autumn of a year, with these answers."""
    found = add_wave(db, instrument, slug=str(year))
    db.execute(update(Wave).where(Wave.id == found.id).values(opens_on=date(year, month, 2)))
    db.commit()
    if sheets:
        add_answers(db, found, sheets)


def often(yes: int, no: int) -> list[dict[str, Answer]]:
    """Answers of which so many are at the good end, the same to two questions and the other way round to a third."""
    kind = [{"TS02": (4, 5)[at % 2], "TS07": (4, 5)[at % 2], "TS04": (1, 2)[at % 2]} for at in range(yes)]
    return kind + [{"TS02": (1, 2, 3)[at % 3], "TS07": (1, 2, 3)[at % 3], "TS04": (4, 5)[at % 2]} for at in range(no)]


def changed(item: str, **changes: object) -> Instrument:
    """Return the second version of the invented survey, in which an item differs."""
    data = make_instrument(version=2).model_dump()
    found = next(one for section in data["sections"] for one in section["items"] if one["id"] == item)
    found.update(changes)
    return Instrument.model_validate(data)


def page(app: Flask, db: Session, address: str = ADDRESS) -> HtmlElement:
    """Open the page as one of the SEND team; every page fetched is checked."""
    found = signed_in(app, db, Role.SEND_TEAM).get(address)
    assert found.status_code == 200
    return html.document_fromstring(found.text)


def words(element: HtmlElement, path: str) -> list[str]:
    """Return the words of each element found, spaces made one."""
    return [" ".join(found.text_content().split()) for found in element.xpath(path)]


def measures(document: HtmlElement, family: str = "core") -> dict[str, str]:
    """Return question -> verdict with its size, of a family's chart."""
    rows = document.xpath(f"//section[@id='s-{family}']//div[@class='measure']")
    return {words(row, ".//h3")[0]: words(row, ".//p[@class='verdict']")[0] for row in rows}


def test_the_page_says_first_what_was_found(app: Flask, db: Session) -> None:
    wave(db, 2025, often(84, 116))
    wave(db, 2026, often(138, 122))
    document = page(app, db)
    assert words(document, "//h1") == ["What changed since November 2025"]
    said = words(document, "//main//div[h1]/p")
    assert said[0] == "3 figures were compared: 2 are higher and 1 is lower."
    assert said[1].startswith("The largest rise, up 11 points: “How often is your child happy?” (“Often” or “Always”)")
    assert said[2].startswith("The largest fall, down 11 points: “How satisfied are you?” (CSAT: “Satisfied” or")
    assert said[3].startswith("These are the views of the people who chose to answer.")


def test_each_change_is_told_by_verdict_and_size_the_clear_ones_first(app: Flask, db: Session) -> None:
    wave(db, 2025, often(84, 116))
    wave(db, 2026, often(138, 122))
    assert list(measures(page(app, db)).items()) == [
        ("How often is your child happy?", "Higher: up 11 points (range 2 to 20)"),
        ("How satisfied are you?", "Lower: down 11 points (range 2 to 20)"),
        ("How was the day?", "Higher: up 11 points (range 2 to 20)"),
    ]


def test_no_clear_change_is_told_by_how_far_it_could_be(app: Flask, db: Session) -> None:
    wave(db, 2025, some_answers(400))
    wave(db, 2026, some_answers(400))
    document = page(app, db)
    assert measures(document)["How often is your child happy?"] == (
        "No clear change: anywhere from 7 lower to 7 higher"
    )
    assert "None shows a clear change." in words(document, "//main//div[h1]/p")[0]


def test_the_table_holds_both_waves_with_ranges_and_answers(app: Flask, db: Session) -> None:
    wave(db, 2025, often(84, 116))
    wave(db, 2026, often(138, 122))
    document = page(app, db)
    row = document.xpath("//section[@id='s-core']//tbody/tr[contains(th, 'happy')]")[0]
    assert words(row, "td") == [
        "Higher",
        "up 11 points (range 2 to 20)",
        "42% (35 to 49), about 200 answers",
        "53% (47 to 59), about 260 answers",
        "0.02",
    ]
    assert words(row, "th") == ["How often is your child happy? “Often” or “Always”"]


def test_a_score_changes_in_points_and_is_never_a_share(app: Flask, db: Session) -> None:
    wave(db, 2025, some_answers(400))
    wave(db, 2026, some_answers(400, seed=2))
    document = page(app, db)
    row = document.xpath("//section[@id='s-core']//tbody/tr[contains(th, 'say good things')]")[0]
    assert "%" not in row.text_content()
    assert "point" in row.text_content()


def test_the_family_and_its_number_are_told_in_words(app: Flask, db: Session) -> None:
    wave(db, 2025, some_answers(400))
    wave(db, 2026, some_answers(500, seed=2))
    document = page(app, db)
    assert words(document, "//section[@id='s-core']//h2") == ["Questions that everybody is asked"]
    assert words(document, "//section[@id='s-core']//p")[0] == (
        "7 questions were looked at together, so a change must be clearer to count (Benjamini-Hochberg). "
        "The ranges are not adjusted for that. Beside the others, a question here with the usual number of answers "
        "would most likely show a change of 12 points or more."
    )
    assert words(document, "//section[@id='s-modules']//p")[0].startswith("Only one was compared here")


def test_how_many_answered_and_what_that_could_show_are_told_from_rounded_numbers(app: Flask, db: Session) -> None:
    wave(db, 2025, some_answers(308))
    wave(db, 2026, some_answers(347, seed=2))
    document = page(app, db)
    text = " ".join(document.text_content().split())
    assert "November 2025: about 310 answers" in text
    assert "November 2026: about 345 answers" in text
    assert "With about 310 answers then and about 345 answers now, one question that everybody answered" in text
    assert "looked at alone, would most likely show a change of 11 points or more" in text
    assert "308" not in text
    assert "347" not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "Is your child often happy?"}, "The wording changed"),
        ({"route": {"item": "TS01", "in": [1]}}, "Asked of other people now"),
        ({"reverse_coded": True}, "Answered or counted in another way now"),
    ],
)
def test_what_was_not_compared_says_why(app: Flask, db: Session, changes: dict[str, object], said: str) -> None:
    wave(db, 2025, some_answers(400))
    wave(db, 2026, some_answers(400), changed("TS02", **changes))
    document = page(app, db)
    question = changes.get("text", "How often is your child happy?")
    assert question not in measures(document)
    assert words(document, f"//section[@id='not-compared']//li[.='{question}']/ancestor::li/p") == [said]


def test_too_few_answers_in_one_wave_are_named_by_the_wave(app: Flask, db: Session) -> None:
    wave(db, 2025, some_answers(24))
    wave(db, 2026, some_answers(400))
    document = page(app, db)
    assert words(document, "//main//div[h1]/p")[0] == "No figure could be compared. Why not stands below."
    assert words(document, "//section[@id='not-compared']//p") == ["Too few answers in November 2025 to compare"]
    assert not document.xpath("//section[@id='s-core']")


def test_another_way_of_asking_is_a_reason(app: Flask, db: Session) -> None:
    wave(db, 2025, some_answers(100))
    db.execute(update(Response).values(mode="import_phone"))
    db.commit()
    wave(db, 2026, some_answers(100))
    said = words(page(app, db), "//section[@id='not-compared']//p")
    assert said == ["One wave filled in a form, the other was asked by a person, so we cannot compare"]


def test_who_answered_stands_beside_the_changes(app: Flask, db: Session) -> None:
    wave(db, 2025, [{"TS01": 1, "TS02": 4}] * 120 + [{"TS01": 2, "TS02": 1}] * 80)
    wave(db, 2026, [{"TS01": 1, "TS02": 4}] * 60 + [{"TS01": 2, "TS02": 1}] * 140)
    document = page(app, db)
    rows = document.xpath("//section[@id='who']//tbody/tr")
    assert [words(row, "th|td") for row in rows] == [["A plan", "60%", "30%"], ["No plan", "40%", "70%"]]
    assert "figures can move by that alone" in words(document, "//section[@id='who']/p")[0]


def test_without_a_frame_the_page_says_why_nothing_is_weighted(app: Flask, db: Session) -> None:
    wave(db, 2025, some_answers(300))
    wave(db, 2026, some_answers(300))
    document = page(app, db, f"{ADDRESS}?weighted=1")
    text = " ".join(document.text_content().split())
    assert "These figures are not weighted. We have no numbers of families" in text
    assert not document.xpath("//a[contains(@href, 'weighted')]")


def test_weighted_figures_are_a_link_away_where_both_waves_have_them(app: Flask, db: Session) -> None:
    change_place(app, population=Population(area="Here", frame=FRAME, facts=(FACT,)))
    wave(db, 2025, some_answers(500))
    wave(db, 2026, some_answers(500, seed=2))
    plain = page(app, db)
    assert words(plain, "//a[contains(@href, 'weighted=1')]") == ["Show the weighted figures"]
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["fs_paa"] = Role.SEND_TEAM.value, True, time.time()
    weighted = html.document_fromstring(client.get(plain.xpath("//a[contains(@href, 'weighted=1')]/@href")[0]).text)
    text = " ".join(weighted.text_content().split())
    assert "These figures are weighted: groups that were heard less count for more." in text
    assert "Children of the place" in text
    assert "Weights make figures less sure" in text
    assert words(weighted, "//a[starts-with(., 'Show the figures')]") == ["Show the figures without weights"]


def test_the_page_shows_what_the_service_found_and_no_other_number_of_points(app: Flask, db: Session) -> None:
    wave(db, 2025, some_answers(400))
    wave(db, 2026, some_answers(450, seed=3))
    found = compare_waves(db, SCOPE, "2026", "2025", Policy(), language="en_GB")
    db.rollback()
    document = page(app, db)
    for family in found.families:
        told = measures(document, family.name) if family.m else {}
        assert len(told) == len(family.changes)
        for change in family.changes:
            said = told[found.after.instrument.items[change.code].text]
            for end in (change.low, change.high):
                assert str(abs(end or 0)) in said or "no change" in said or "under 1" in said


def test_waves_of_one_month_are_told_apart_by_the_day(app: Flask, db: Session) -> None:
    wave(db, 2025, [])
    wave(db, 2026, [])
    db.execute(update(Wave).where(Wave.slug == "2025").values(opens_on=date(2026, 11, 1)))
    db.commit()
    assert words(page(app, db), "//h1") == ["What changed since 1 November 2026"]


def test_waves_that_cannot_stand_beside_each_other_are_refused_with_a_way_on(app: Flask, db: Session) -> None:
    wave(db, 2025, [])
    wave(db, 2026, [])
    add_wave(db, make_instrument(name="other", slug="other"), slug="elsewhere")
    client = signed_in(app, db, Role.SEND_TEAM)
    turned = client.get("/team/waves/2025/compared-with/2026")
    assert turned.status_code == 400
    document = html.document_fromstring(turned.text)
    assert words(document, "//h1") == ["We cannot compare these waves"]
    assert document.xpath("//main//a/@href")[0] == ADDRESS
    for slug, earlier, said in (
        ("2026", "2026", "one and the same wave"),
        ("2026", "elsewhere", "asked different surveys"),
    ):
        refused = client.get(f"/team/waves/{slug}/compared-with/{earlier}")
        assert refused.status_code == 400
        assert said in refused.text
        assert f"/team/waves/{slug}" in html.document_fromstring(refused.text).xpath("//main//a/@href")
    assert client.get("/team/waves/2026/compared-with/nothing").status_code == 404
    assert client.get("/team/waves/nothing/compared-with/2026").status_code == 404


def test_only_those_who_read_figures_may_open_it(app: Flask, db: Session) -> None:
    wave(db, 2025, [])
    wave(db, 2026, [])
    visitor = app.test_client().get(ADDRESS)
    assert visitor.status_code == 302
    assert signed_in(app, db, Role.ADMINISTRATOR).get(ADDRESS).status_code == 403
