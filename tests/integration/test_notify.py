"""GOV.UK Notify, spoken to over real HTTP: what it refuses, what it may have taken, and what is set wrongly."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from feedback_app.adapters.mail import FileTexter, make_mailer, make_texter
from feedback_app.adapters.notify import NotifyMailer, NotifyTexter
from feedback_app.settings import SettingsProblem
from feedback_app.store import talk_messages
from tests.support.letters import Post
from tests.support.notify_server import KEY, NO_NUMBER, SECRET, TEXT_TEMPLATE, Notify, running_notify
from tests.support.settings import make_settings
from tests.support.summaries import SCOPE
from tests.support.talks import add_talk

DATABASES = ("sqlite",)
NOW = datetime(2035, 12, 3, 12, tzinfo=UTC)
MOBILE = "+447700900123"


@pytest.fixture
def notify() -> Iterator[Notify]:
    with running_notify() as found:
        yield found


@pytest.fixture
def post(app: Flask, db: Session, notify: Notify) -> Post:
    settings = make_settings("sqlite://", **notify.settings)
    return Post(app, db, make_mailer(settings), make_texter(settings))


def test_texts_and_e_mail_go_through_its_templates_with_a_reference(post: Post, db: Session, notify: Notify) -> None:
    with time_machine.travel(NOW):
        talk = add_talk(db)
        post.book(NOW, talk, mobile=MOBILE)
        post.book(NOW, talk)
        post.minute()
    by_way = {one["way"]: one for one in notify.taken}
    assert by_way["sms"]["phone_number"] == MOBILE
    assert by_way["sms"]["template_id"] == TEXT_TEMPLATE
    assert 'You are booked: "Waiting for an assessment"' in by_way["sms"]["personalisation"]["body"]
    assert by_way["email"]["email_address"] == "one@example.org"
    assert by_way["email"]["personalisation"]["subject"] == "You are booked: Waiting for an assessment"
    ids = {str(one.id) for one in talk_messages.list_messages(db, SCOPE)}
    assert {one["reference"] for one in notify.taken} == ids
    assert notify.asked == 0


def test_a_number_that_it_refuses_fails_and_stands_in_no_log(
    post: Post, db: Session, notify: Notify, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with time_machine.travel(NOW):
        post.book(NOW, add_talk(db), mobile=NO_NUMBER)
        post.minute()
    (failed,) = talk_messages.list_failed(db, SCOPE)
    assert failed.problem == "refused"
    assert notify.taken == []
    logged = "".join(capsys.readouterr()) + caplog.text
    assert NO_NUMBER not in logged
    assert SECRET not in logged


@pytest.mark.parametrize("line_dead", [False, True])
def test_after_a_failure_it_is_asked_before_anything_goes_again(
    post: Post, db: Session, notify: Notify, line_dead: bool
) -> None:
    notify.line_dead, notify.status = line_dead, 0 if line_dead else 503
    with time_machine.travel(NOW) as clock:
        post.book(NOW, add_talk(db), mobile=MOBILE)
        post.minute()
        assert len(notify.taken) == int(line_dead)
        notify.line_dead, notify.status = False, 0
        for _ in range(3):
            clock.shift(timedelta(minutes=10))
            post.minute()
    assert len(notify.taken) == 1
    assert notify.asked == 1
    assert post.states() == {"booked": "sent"}


def test_without_notify_a_real_installation_sends_no_texts_and_says_so(app: Flask, db: Session) -> None:
    assert make_texter(make_settings("sqlite://", environment="production")) is None
    assert isinstance(make_texter(make_settings("sqlite://", environment="development")), FileTexter)
    with time_machine.travel(NOW):
        post = Post(app, db, None)
        post.book(NOW, add_talk(db), mobile=MOBILE)
        post.minute()
    assert post.states() == {"booked": "failed no_texts"}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"notify_text_template": TEXT_TEMPLATE}, "FEEDBACK_NOTIFY_API_KEY is not set"),
        ({"notify_api_key": KEY}, "FEEDBACK_NOTIFY_TEXT_TEMPLATE is not set"),
        ({"notify_api_key": "secret", "notify_text_template": TEXT_TEMPLATE}, "is no key of GOV.UK Notify"),
        (
            {
                "notify_api_key": KEY,
                "notify_text_template": TEXT_TEMPLATE,
                "notify_address": "http://notify.example.org",
                "environment": "production",
            },
            "must begin with https://",
        ),
    ],
)
def test_settings_in_part_stop_the_start_with_a_sentence(given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsProblem, match=says) as stopped:
        make_settings("sqlite://", **given)
    assert SECRET not in str(stopped.value)


def test_the_settings_choose_who_sends() -> None:
    texts_alone = make_settings("sqlite://", notify_api_key=KEY, notify_text_template=TEXT_TEMPLATE)
    assert isinstance(make_texter(texts_alone), NotifyTexter)
    assert not isinstance(make_mailer(texts_alone), NotifyMailer)
