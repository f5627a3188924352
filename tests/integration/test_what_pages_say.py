"""What pages tell families: limits before the start, words only where they are asked, what is missing, the way out."""

from __future__ import annotations

import pytest
from flask import Flask
from lxml import html as lxml_html

from tests.support.client import CheckedClient
from tests.support.journeys import answer, answer_first, answer_helpline, begin, post, send
from tests.support.surveys import LANCASHIRE, field, real_survey

DATABASES = ("sqlite",)  # what pages say; the queries under them are tested on both

SURVEYS = sorted(folder.name for folder in LANCASHIRE.iterdir() if folder.is_dir())
LEAVE = "//header//a[contains(@href, 'quick-exit')]"
LEAVE_IN_FOOT = "//footer//a[contains(@href, 'quick-exit')]"


def words_of(text: str, part: str = "//main") -> str:
    """Return the words of a part of a page, runs of space made one."""
    return " ".join(lxml_html.document_fromstring(text).xpath(part)[0].text_content().split())


@pytest.mark.parametrize("name", SURVEYS)
def test_when_we_would_tell_somebody_stands_before_the_start(client: CheckedClient, app: Flask, name: str) -> None:
    instrument = real_survey(name)
    field(app, instrument)
    page = client.get(f"/surveys/{instrument.slug}").text
    before_start = page[: page.index("<form")]
    assert "safe" in before_start
    assert "straight away" in before_start
    assert 'href="tel:999"' in before_start


@pytest.mark.parametrize("name", ["send_11_15", "send_parents", "training_follow_up"])
def test_deleting_words_is_promised_only_where_words_are_asked(client: CheckedClient, app: Flask, name: str) -> None:
    instrument = real_survey(name)
    field(app, instrument)
    said = words_of(client.get(f"/surveys/{instrument.slug}").text)
    assert ("delete your own words" in said) == (name == "send_parents")
    assert "We keep the answers you choose" in said


def test_deleting_words_is_promised_to_children_once_they_are_asked(client: CheckedClient, app: Flask) -> None:
    field(app, real_survey("send_11_15"), texts_open=True)
    assert "delete your own words a year after" in words_of(client.get("/surveys/send-11-to-15").text)


@pytest.mark.parametrize(("name", "any_first"), [("send_parents", True), ("helpline", False)])
def test_skipping_is_promised_as_far_as_it_goes(client: CheckedClient, app: Flask, name: str, any_first: bool) -> None:
    instrument = real_survey(name)
    field(app, instrument)
    said = words_of(client.get(f"/surveys/{instrument.slug}").text)
    assert ("We need the first answers" in said) == any_first
    assert ("You can skip any question." in said) != any_first


@pytest.mark.parametrize("name", ["send_11_15", "send_16_25", "send_pictures"])
def test_leaving_quickly_stands_at_the_top_where_minors_answer(client: CheckedClient, app: Flask, name: str) -> None:
    instrument = real_survey(name)
    field(app, instrument)
    for address in (f"/surveys/{instrument.slug}", begin(client, instrument.slug)):
        page = lxml_html.document_fromstring(client.get(address).text)
        assert len(page.xpath(LEAVE)) == 1
        assert not page.xpath(LEAVE_IN_FOOT)


def test_leaving_stands_in_the_foot_of_surveys_for_adults_and_not_on_staff_pages(
    client: CheckedClient, app: Flask
) -> None:
    field(app, real_survey("helpline"))
    for address in (begin(client, "helpline"), "/come-back", "/delete-my-answers", "/help"):
        page = lxml_html.document_fromstring(client.get(address).text)
        assert len(page.xpath(LEAVE_IN_FOOT)) == 1
    assert "quick-exit" not in client.get("/team/sign-in").text


def test_checking_too_early_says_what_is_missing_and_does_not_speak_of_sending_now(
    client: CheckedClient, app: Flask
) -> None:
    field(app, real_survey("send_parents"))
    second = answer(client, begin(client, "send-parents"), PC01="2")
    said = words_of(client.get(second.rpartition("/")[0] + "/check").text)
    assert "4 things before you can send" in said
    assert "After that you can send your answers." in said
    assert "When you are happy" not in said
    assert said.index("5 to 10") < said.index("Not answered")


def test_sending_what_is_done_lists_only_what_is_answered(client: CheckedClient, app: Flask) -> None:
    field(app, real_survey("helpline"))
    first = begin(client, "helpline")
    answer(client, first, HL1="4")
    said = words_of(client.get(first.rpartition("/")[0] + "/check?done=1").text)
    assert "How satisfied were you" in said
    assert "How easy was it" not in said
    assert "You can send it now." in said


def test_a_child_knows_the_answers_again_by_their_faces_and_the_practice_is_not_among_them(
    client: CheckedClient, app: Flask
) -> None:
    field(app, real_survey("send_pictures"))
    address = begin(client, "send-pictures")
    while not address.endswith("/check"):
        address = answer_first(client, address)
    page = lxml_html.document_fromstring(client.get(address).text)
    pictures = [src.rpartition("/")[2] for src in page.xpath("//dd//img/@src")]
    assert len(pictures) == 9
    assert pictures[0].startswith("who-me")
    assert all(name.startswith("answer-yes") for name in pictures[1:])
    assert "pizza" not in page.xpath("//main")[0].text_content()


def test_a_question_that_cannot_be_skipped_is_named_in_the_error(client: CheckedClient, app: Flask) -> None:
    field(app, real_survey("send_parents"))
    first = begin(client, "send-parents")
    reply = post(client, first, client.get(first), do="next")
    assert words_of(reply.text, "//*[@class='mend']//li") == "Choose an answer to “How old is your child?”"


def test_how_many_answers_to_choose_is_said_once(client: CheckedClient, app: Flask) -> None:
    field(app, real_survey("send_11_15"))
    address = begin(client, "send-11-to-15")
    while not address.endswith("/cy16"):
        address = answer_first(client, address)
    said = words_of(client.get(address).text)
    assert said.count("up to 3") == 1


def test_what_happens_next_has_no_label_where_no_day_is_known(client: CheckedClient, app: Flask) -> None:
    field(app, real_survey("helpline"))
    sent = send(client, answer_helpline(client)).text
    said = words_of(sent)
    assert said.count("Thank you") == 1
    assert all(step in said for step in real_survey("helpline").next_steps)
    assert "After that" not in said
