"""What the law asks a public body to say: accessibility, privacy by survey, cookies, contact, security.txt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from lxml import html as lxml_html
from lxml.html import HtmlElement

from feedback_app.adapters.shared_files import find_lacking
from feedback_app.domain.reading_age import reading_age, sentences, words
from tests.support.application import migrate, running_application
from tests.support.client import CheckedClient
from tests.support.commands import IMPORTS, CommandLine
from tests.support.databases import sqlite_url
from tests.support.duties import folder_that_says_all
from tests.support.surveys import LANCASHIRE, field, real_survey

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

SURVEYS = sorted(folder.name for folder in LANCASHIRE.iterdir() if folder.is_dir())
# UK GDPR, article 13 (1) and (2), with what else children and parents are told; each is an id on the page.
TOLD = ("controller", "officer", "purposes", "basis", "special", "asked", "must", "kept", "never", "recipients",
        "transfers", "retention", "erasure", "rights", "objection", "complaint", "automated", "disclosure",
        "promise")  # fmt: skip
# The model statement's parts, in its order.
STATED = ("scope", "run-by", "how", "contact", "formats", "report", "enforcement", "technical", "status",
          "not-accessible", "prepared", "tested")  # fmt: skip
OFFICIAL = re.compile(
    r"Information Commissioner’s Office|Equality Advisory and Support Service|data protection officer|Example County "
    r"Council|\S+@\S+|Lancashire SEND Partnership"
)
LONGEST, LONGEST_FOR_YOUNG = 20, 15  # words in a sentence
NOT_YET = "Not filled in yet."


LINKED = ("send_16_25", "send_11_15", "powar_quick")  # the surveys that a school has a link to


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application of a partnership that has said all that it has to, every survey open, words asked for."""
    folder = tmp_path_factory.mktemp("said")
    url = sqlite_url(folder / "feedback.sqlite")
    migrate(url)
    with running_application(url, surveys_dir=folder_that_says_all(folder)) as application:
        for name in SURVEYS:
            wave = field(application, real_survey(name), texts_open=True)
            if name in LINKED:
                link_to(application, wave.slug)
        yield application


def link_to(app: Flask, wave: str) -> None:
    """Give a school a link to a wave."""
    from feedback_app.extensions import db
    from feedback_app.services.linking import add_link

    with app.app_context():
        add_link(db.session, app.config["PLACES"].only.scope, wave, "school")
        db.session.commit()


def page_of(app: Flask, address: str) -> HtmlElement:
    """Return a page, which has to be there."""
    reply = app.test_client().get(address)
    assert reply.status_code == 200
    return lxml_html.document_fromstring(reply.text)


def words_in(page: HtmlElement, place: str = "//main") -> str:
    """Return the words of a part of a page."""
    return " ".join(" ".join(found.text_content() for found in page.xpath(place)).split())


def plain_texts(page: HtmlElement) -> list[str]:
    """Return the texts of a page, without words the law gives, official names and what stands in a survey itself."""
    for apart in page.xpath("//main//*[@data-law]"):
        apart.drop_tree()
    for apart in page.xpath("//main//a[starts-with(@href, 'tel:') or starts-with(@href, 'mailto:')]"):
        apart.text = "999"
    parts = page.xpath("//main//*[self::p or self::li or self::h1 or self::h2 or self::h3]")
    return [OFFICIAL.sub("the office", " ".join(part.text_content().split())) for part in parts]


@pytest.mark.parametrize("name", ["send_parents", "send_11_15", "send_pictures", "send_16_25", "staff_views"])
def test_a_privacy_notice_tells_all_that_the_law_wants_told(said: Flask, name: str) -> None:
    page = page_of(said, f"/surveys/{real_survey(name).slug}/privacy")
    missing = [part for part in TOLD if not words_in(page, f"//*[@id='{part}']")]
    assert missing == []
    assert NOT_YET not in words_in(page)
    for reached in ("information@example.org", "officer@example.org", "ico.org.uk"):
        assert page.xpath(f"//main//a[contains(@href, '{reached}')]")


def test_what_is_not_filled_in_is_shown_as_such_and_nothing_is_made_up(client: CheckedClient, app: Flask) -> None:
    field(app, real_survey("send_parents"))
    for address in ("/surveys/send-parents/privacy", "/contact", "/accessibility"):
        assert NOT_YET in client.get(address).text


@pytest.mark.parametrize("name", SURVEYS)
def test_each_survey_leads_to_its_notice_from_its_start_and_its_foot(said: Flask, name: str) -> None:
    instrument = real_survey(name)
    notice = f"/surveys/{instrument.slug}/privacy"
    page = page_of(said, f"/surveys/{instrument.slug}")
    assert page.xpath("//main//a/@href[. = $to]", to=notice)
    assert page.xpath("//footer//a/@href[. = $to]", to=notice)
    young = instrument.voice != "family"
    assert words_in(page_of(said, notice), "//h1") == ("Who reads this?" if young else "Privacy in this survey")
    assert page_of(said, "/privacy").xpath("//main//a/@href[. = $to]", to=notice)


@pytest.mark.parametrize("name", ["send_parents", "send_pictures"])
def test_anonymous_is_said_only_where_no_link_carries_a_mark(app: Flask, name: str) -> None:
    instrument = real_survey(name)
    wave = field(app, instrument)
    address = f"/surveys/{instrument.slug}/privacy"
    before = words_in(page_of(app, address))
    assert "anonymous" in before
    assert "confidential" not in before
    link_to(app, wave.slug)
    after = words_in(page_of(app, address))
    assert "anonymous" not in after
    assert "confidential" in after
    assert "school" in after


def test_which_school_is_not_said_to_be_unknown_where_a_link_names_it(app: Flask) -> None:
    wave = field(app, real_survey("send_parents"))
    assert "name, school or" in words_in(page_of(app, "/surveys/send-parents/privacy"), "//*[@id='never']")
    link_to(app, wave.slug)
    assert "school" not in words_in(page_of(app, "/surveys/send-parents/privacy"), "//*[@id='never']")


def test_what_is_asked_and_kept_is_that_of_the_wave(app: Flask) -> None:
    field(app, real_survey("send_11_15"))
    page = page_of(app, "/surveys/send-11-to-15/privacy")
    asked = [words_in(part, ".") for part in page.xpath("//*[@id='asked']//li")]
    assert asked == ["Start", "How things are for you now", "Having your say", "School and moving on", "Last of all"]
    assert "How often do you feel safe?" in words_in(page, "//*[@id='special']")
    assert "What you write" not in words_in(page)


def test_words_are_spoken_of_in_a_wave_that_asks_for_them(said: Flask) -> None:
    page = page_of(said, "/surveys/send-11-to-15/privacy")
    assert "What you write: 12 months" in words_in(page)
    assert "In your own words" in words_in(page, "//*[@id='asked']")


@pytest.mark.parametrize("name", ["send_11_15", "send_pictures"])
def test_nobody_is_said_to_read_words_that_are_not_asked_for(app: Flask, said: Flask, name: str) -> None:
    instrument = real_survey(name)
    field(app, instrument)
    address = f"/surveys/{instrument.slug}/privacy"
    choices = words_in(page_of(app, address), "//*[@id='recipients']")
    assert "reads all that you say" not in choices
    assert "some words" not in choices
    assert "reads all that you say" in words_in(page_of(said, address), "//*[@id='recipients']")


def test_who_reads_the_surveys_of_the_young_alone_is_named_in_those(said: Flask) -> None:
    for name in SURVEYS:
        instrument = real_survey(name)
        told = words_in(page_of(said, f"/surveys/{instrument.slug}/privacy"), "//*[@id='recipients']")
        assert ("POWAR workers" in told) is (instrument.audience == "young_person"), name


def test_a_survey_names_no_reader_whose_role_reads_nothing(said: Flask) -> None:
    assert "forum" not in words_in(page_of(said, "/surveys/talk-feedback/privacy"))


@pytest.mark.parametrize(
    "address", ["/accessibility", "/privacy", "/surveys/send-parents/privacy", "/surveys/send-11-to-15/privacy"]
)
def test_until_when_one_can_come_back_is_said_with_the_end_of_the_survey(said: Flask, address: str) -> None:
    told = words_in(page_of(said, address))
    assert "14 days" in told
    assert "it goes 7 days later, if that is sooner" in told


def test_the_statement_tells_failures_and_what_was_not_tried_apart(client: CheckedClient) -> None:
    page = lxml_html.document_fromstring(client.get("/accessibility").text)
    assert "We have not tried the pages with a screen reader" in words_in(page, "//*[@id='untested']")
    assert "parts of it have not been tested" in words_in(page, "//*[@id='status']/following::p[1]")
    assert "4.1.2" not in words_in(page)
    assert "passkey" in words_in(page, "//*[@id='scripts']")


def test_a_closed_survey_keeps_its_notice_and_an_unknown_one_has_none(app: Flask) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    field(app, real_survey("helpline"), closed_from=yesterday)
    assert "Privacy in this survey" in words_in(page_of(app, "/surveys/helpline/privacy"))
    assert app.test_client().get("/surveys/no-such/privacy").status_code == 404


@pytest.mark.parametrize("name", SURVEYS)
def test_a_privacy_notice_is_read_easily(said: Flask, name: str) -> None:
    instrument = real_survey(name)
    texts = plain_texts(page_of(said, f"/surveys/{instrument.slug}/privacy"))
    young = instrument.voice != "family"
    assert reading_age(texts) <= (8 if young else 9)
    longest = LONGEST_FOR_YOUNG if young else LONGEST
    assert [part for text in texts for part in sentences(text) if len(words(part)) > longest] == []


@pytest.mark.parametrize("address", ["/accessibility", "/cookies", "/contact", "/privacy"])
def test_the_other_pages_are_read_easily(said: Flask, address: str) -> None:
    texts = plain_texts(page_of(said, address))
    assert reading_age(texts) <= 9
    assert [part for text in texts for part in sentences(text) if len(words(part)) > LONGEST] == []


def test_the_accessibility_statement_has_the_parts_of_the_model(said: Flask) -> None:
    page = page_of(said, "/accessibility")
    places = page.xpath("//main//@id")
    assert [place for place in places if place in STATED] == list(STATED)
    whole = words_in(page)
    for stated in ("partially compliant", "The map cannot be read aloud.", "1.1.1 Non-text Content", "(EHRC)", "(EASS)",
                   "was prepared on", "was last tested on", "an outside firm", "surveys@example.org",
                   "within 5 working days", "Example County Council"):  # fmt: skip
        assert stated in whole
    assert page.xpath("//a[@href='https://www.equalityadvisoryservice.com/']")


def test_the_statement_owns_up_to_what_was_not_tried(client: CheckedClient) -> None:
    said = words_in(lxml_html.document_fromstring(client.get("/accessibility").text))
    assert "We have not tried the pages with a screen reader" in said
    assert "fully compliant" not in said


def test_the_cookie_is_named_as_it_is_set(client: CheckedClient, app: Flask) -> None:
    field(app, real_survey("helpline"))
    named = words_in(lxml_html.document_fromstring(client.get("/cookies").text), "//*[@id='name']")
    set_by = client.get("/surveys/helpline").headers["Set-Cookie"]
    assert set_by.partition("=")[0] == named
    for address in ("/cookies", "/contact", "/accessibility", "/privacy", "/surveys/helpline/privacy"):
        assert "Set-Cookie" not in app.test_client().get(address).headers


def test_whoever_looks_for_an_address_finds_it_on_the_contact_page(said: Flask) -> None:
    page = page_of(said, "/contact")
    links = page.xpath("//main//a/@href")
    for reached in ("surveys@example.org", "officer@example.org", "security@example.org"):
        assert f"mailto:{reached}" in links
    assert {"tel:01632960003", "tel:999"} <= set(links)
    assert page.xpath("//*[@id='weakness']")


def fields_of(text: str) -> dict[str, str]:
    """Return the fields of a security.txt, each of which stands once."""
    pairs = [line.split(": ", 1) for line in text.splitlines()]
    assert len({name for name, _value in pairs}) == len(pairs)
    return dict(pairs)


def test_security_txt_says_where_a_weakness_is_reported(said: Flask) -> None:
    reply = said.test_client().get("/.well-known/security.txt")
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    found = fields_of(reply.text)
    assert found["Contact"] == "mailto:security@example.org"
    expires = datetime.fromisoformat(found["Expires"])
    assert datetime.now(UTC) < expires < datetime.now(UTC) + timedelta(days=366)
    assert found["Preferred-Languages"] == "en-GB"
    assert found["Canonical"].endswith("/.well-known/security.txt")
    assert re.fullmatch(r"https?://[^/]+/contact#weakness", found["Policy"])


def test_there_is_no_security_txt_while_nobody_is_named(client: CheckedClient) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404


def test_one_that_has_expired_fills_no_log_however_often_it_is_asked_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = folder_that_says_all(tmp_path, expires=datetime.now(UTC).date() - timedelta(days=1))
    with running_application(sqlite_url(tmp_path / "feedback.sqlite"), surveys_dir=folder) as app:
        assert app.test_client().get("/.well-known/security.txt").status_code == 200
    assert "expired" not in caplog.text  # the start and `survey check` say it


def test_where_people_agree_they_are_told_that_they_may_change_their_mind(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "feedback.sqlite")
    migrate(url)
    with running_application(url, surveys_dir=folder_that_says_all(tmp_path, lawful="consent")) as app:
        for name, told in (("send_parents", "change your mind at any time"), ("send_11_15", "You can say no later")):
            field(app, real_survey(name))
            page = page_of(app, f"/surveys/{real_survey(name).slug}/privacy")
            assert told in words_in(page, "//*[@id='basis']")
            assert words_in(page, "//*[@id='special']")


def test_the_check_names_what_is_still_to_be_said_before_real_surveys_open(tmp_path: Path) -> None:
    run = CommandLine(sqlite_url(tmp_path / "feedback.sqlite"), surveys_dir=str(IMPORTS), partnership="anyshire")
    wanted = "before real surveys open: nobody can write to the data protection officer (warning)"
    assert wanted in run.must("survey", "check", "--quiet")
    assert "before real surveys open" not in run.must("survey", "check", "clubs")


def test_what_is_lacking_is_told_with_its_line_and_nothing_where_all_is_said(tmp_path: Path) -> None:
    lines = (LANCASHIRE / "partnership.yaml").read_text(encoding="utf-8").splitlines()
    today = datetime.now(UTC).date()
    told = {problem.message.partition(": ")[2]: problem for problem in find_lacking(LANCASHIRE, today)}
    found = told["nobody can write to the data protection officer"]
    assert lines[found.line - 1].startswith("    officer:")
    assert {problem.level for problem in told.values()} == {"warning"}
    assert find_lacking(folder_that_says_all(tmp_path) / "lancashire", today) == []
