"""A survey answered by hand on a phone, with scripts and without, and by somebody impatient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.support.demonstrated import count_answers
from tests.support.visitors import Visitors
from tests.support.walk_browser import begin, is_question, page_id, press, press_last, press_next, receipt_of, walk

SURVEYS = ("send-parents", "send-11-to-15", "send-pictures")


def answer_by_hand(page: Page) -> None:
    """Tap the middle answer of each question on the page, write in its boxes, and go on."""
    for group in page.locator("main form fieldset").all():
        answers = group.locator(".answer")
        answers.nth(answers.count() // 2).click()
    for box in page.locator("main form textarea").all():
        box.fill("We were told what would happen next.")
    press_next(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("slug", SURVEYS)
def test_a_survey_is_answered_by_hand_on_a_phone(
    visitors: Visitors, fielded: Flask, elsewhere: Callable[..., Any], slug: str, scripts: bool
) -> None:
    before = elsewhere(count_answers, fielded, slug)
    with visitors.welcome(java_script_enabled=scripts, has_touch=True, is_mobile=True) as page:
        page.goto("/")
        press(page, page.locator(f"a[href$='/surveys/{slug}']"))
        press_last(page)
        while is_question(page):
            answer_by_hand(page)
        assert page_id(page) == "check"
        press_last(page)
        assert len(receipt_of(page)) == 14
    assert elsewhere(count_answers, fielded, slug) == before + 1


def test_pressing_send_twice_sends_once(page: Page, fielded: Flask, elsewhere: Callable[..., Any]) -> None:
    before = elsewhere(count_answers, fielded, "talk-feedback")
    sent: list[str] = []
    begin(page, "/surveys/talk-feedback")
    walk(page, {})
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("main form button").last.dblclick()
    page.wait_for_url("**/sent")
    assert len(receipt_of(page)) == 14
    assert len(sent) == 1
    assert elsewhere(count_answers, fielded, "talk-feedback") == before + 1


def test_going_back_after_sending_shows_the_same_receipt(
    page: Page, fielded: Flask, elsewhere: Callable[..., Any]
) -> None:
    before = elsewhere(count_answers, fielded, "talk-feedback")
    begin(page, "/surveys/talk-feedback")
    walk(page, {})
    press_last(page)
    receipt = receipt_of(page)
    page.go_back()
    assert receipt_of(page) == receipt
    assert elsewhere(count_answers, fielded, "talk-feedback") == before + 1


def test_an_answer_that_stands_alone_takes_the_others_away(page: Page, fielded: Flask) -> None:
    begin(page, "/surveys/send-parents")
    walk_to(page, "[data-alone]")
    boxes = page.locator("[type=checkbox]:not([data-alone])")
    boxes.first.check()
    page.locator("[data-alone]").first.check()
    assert not boxes.first.is_checked()
    boxes.first.check()
    assert not page.locator("[data-alone]").first.is_checked()


def walk_to(page: Page, wanted: str) -> None:
    """Answer page after page until one holds what is wanted."""
    while not page.locator(wanted).count():
        assert is_question(page)
        answer_by_hand(page)


def test_a_save_code_goes_on_in_another_browser(page: Page, narrow: Page, fielded: Flask) -> None:
    begin(page, "/surveys/helpline")
    answer_by_hand(page)
    press(page, page.locator("button[value=save]"))
    code = page.locator(".code").inner_text()
    narrow.goto("/come-back")
    narrow.fill("#code", code.replace(" ", "").lower())
    press_last(narrow)
    assert page_id(narrow) == "hl2"
