"""The page "Who may do what", and what the first page tells those whose roles read no figures."""

from __future__ import annotations

import pytest
from flask import Flask
from lxml import html
from lxml.html import HtmlElement
from sqlalchemy.orm import Session

from feedback_app.domain.permission_words import PERMISSION_WORDS, ROLE_WORDS
from feedback_app.domain.permissions import Permission, permissions_of
from feedback_app.domain.place import Place
from feedback_app.domain.scope import Role
from feedback_app.web.navigation import ENTRIES
from tests.support.summaries import add_wave, make_instrument, signed_in

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

NOTHING_ELSE = "all that your role sees here now"
NO_FIGURES = "without their figures"
SOME_FIGURES = "the figures of those that young people answer"


def page(app: Flask, db: Session, address: str, *roles: Role) -> HtmlElement:
    """Return a page as somebody with these roles reads it."""
    return html.document_fromstring(signed_in(app, db, *roles).get(address).text)


def texts(element: HtmlElement, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in element.xpath(path)]


def test_each_role_stands_with_all_it_may_do_and_ones_own_is_marked(app: Flask, db: Session) -> None:
    shown = page(app, db, "/team/roles", Role.AUDITOR, Role.POWAR_WORKER)
    lines = {row.xpath("string(th/text())").strip(): texts(row, "td//li") for row in shown.xpath("//table[1]/tbody/tr")}
    names = {described.key: described.name for described in app.config["PLACES"].only.partnership.staff_roles}
    for role in Role:
        assert set(lines[names[role]]) == {PERMISSION_WORDS[permission] for permission in permissions_of([role])}
    assert texts(shown, "//table[1]/tbody/tr[th/*[@class='tag']]/th") == ["POWAR worker You", "Auditor You"]


def test_each_permission_stands_with_the_pages_that_it_opens(app: Flask, db: Session) -> None:
    shown = page(app, db, "/team/roles", Role.BOARD_MEMBER)
    rows = {texts(row, "th")[0]: row for row in shown.xpath("//table[2]/tbody/tr")}
    assert set(rows) == set(PERMISSION_WORDS.values())
    assert texts(rows[PERMISSION_WORDS[Permission.TAKE_ROWS]], "td[2]//li") == ["/team/waves/<slug>/rows"]
    assert texts(rows[PERMISSION_WORDS[Permission.SIGN_IN]], "td[1]") == ["All staff"]
    assert "No page of its own" in texts(rows[PERMISSION_WORDS[Permission.READ_LIVE_FIGURES]], "td[2]")


def test_tables_are_tables_also_where_they_are_laid_out_as_blocks(app: Flask, db: Session) -> None:
    shown = page(app, db, "/team/roles", Role.BOARD_MEMBER)
    assert len(shown.xpath("//table[@role='table'][caption]")) == 2
    assert not shown.xpath("//table//th[not(@scope)]")
    assert not shown.xpath("//table//*[self::tr or self::th or self::td][not(@role)]")


def test_a_role_that_the_partnership_does_not_name_has_its_usual_name(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(app, db, Role.BOARD_MEMBER)
    monkeypatch.setattr("feedback_app.web.team.roles.names_here", dict)
    shown = html.document_fromstring(client.get("/team/roles").text)
    assert [name.removesuffix(" You") for name in texts(shown, "//table[1]/tbody/tr/th")] == list(ROLE_WORDS.values())


@pytest.mark.parametrize("role", Role)
def test_the_first_page_says_what_is_there_for_each_role(app: Flask, db: Session, role: Role) -> None:
    add_wave(db)
    add_wave(db, make_instrument(name="young", slug="young", audience="young_person"), "young")
    shown = page(app, db, "/team", role)
    said = shown.xpath("string(//main)")
    reads = {Permission.READ_FIGURES, Permission.READ_YOUNG_FIGURES} & permissions_of([role])
    assert (NO_FIGURES in said) is (not reads)
    assert NOTHING_ELSE not in said
    address = app.config["PLACES"].only.site_address.rstrip("/") + "/surveys/young"
    assert address in shown.xpath("//main//a/@href")
    assert (SOME_FIGURES in said) is (role is Role.POWAR_WORKER)
    links = shown.xpath("//main//h2/a/@href")
    every = {"/team/waves/autumn", "/team/waves/young"}
    assert set(links) == ({"/team/waves/young"} if role is Role.POWAR_WORKER else every if reads else set())


@pytest.mark.parametrize("role", Role)
def test_everybody_is_offered_the_ways_that_their_roles_open_and_each_leads_somewhere(
    app: Flask, db: Session, role: Role
) -> None:
    client = signed_in(app, db, role)
    shown = html.document_fromstring(client.get("/team").text)
    offered = shown.xpath("//nav[1]/a/@href")
    assert len(offered) == len(set(offered)) >= 3
    for address in offered:
        assert client.get(address).status_code in {200, 302}, address
    with app.test_request_context():
        shut = {app.url_for(entry.endpoint) for entry in ENTRIES} - set(offered)
    for address in shut:
        assert client.get(address).status_code == 403, address
    special = shown.xpath("//main//*[@class='here']//a/@href")
    assert set(special) <= set(offered)
    assert special


def test_a_board_member_is_told_what_opens_the_figures_of_talks_and_that_there_is_nothing_else_without_talks(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(app, db, Role.BOARD_MEMBER)
    shown = client.get("/team").text
    assert "See the protected figures of talks" in shown
    assert "Plan talks and run them" not in shown
    monkeypatch.setattr(Place, "programme", None)
    assert NOTHING_ELSE in client.get("/team").text


def test_what_is_not_there_keeps_the_name_and_the_ways_of_whoever_is_signed_in(app: Flask, db: Session) -> None:
    client = signed_in(app, db, Role.BOARD_MEMBER)
    for address, status in (("/team/no-such", 404), ("/team/people", 403), ("/team/waves/no-such", 403)):
        reply = client.get(address)
        assert reply.status_code in {status, 404}
        shown = html.document_fromstring(reply.text)
        assert shown.xpath("//nav//a[@href='/team']"), address
        assert shown.xpath("//main//a[@href='/team']")[0].text == "Go to Surveys"
        assert "board_member@example.org" in reply.text
    assert "board_member@example.org" not in client.get("/no-such").text
    assert "/team/sign-out" not in app.test_client().get("/team/no-such").text


def test_the_parts_that_pages_are_made_of_are_shown_to_those_alone_who_build_the_site(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(app, db, Role.ADMINISTRATOR)
    assert "/team/components" in client.get("/team").text
    real = app.config["SETTINGS"].model_copy(update={"environment": "production", "second_factor": "offered"})
    monkeypatch.setitem(app.config, "SETTINGS", real)
    assert "/team/components" not in client.get("/team").text
    assert client.get("/team/components").status_code == 404
