"""Killed in the middle of submissions: what was acknowledged is there, once and whole, and the server serves again."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from feedback_app.domain import codes
from feedback_app.services.posting import put_email
from feedback_app.store.comment_tables import Comment
from feedback_app.store.responses import add_response
from feedback_app.store.tables import Draft, OutboxJob, Response
from tests.support.crash import Crowd, Served, served
from tests.support.surveys import field, real_survey

SUBMISSIONS = 200
PEOPLE = 12
KILLS = int(os.environ.get("FEEDBACK_TEST_KILLS", "2"))  # `make crash` asks for more
WORDS = "Kind and quick"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the server runs and writes its log."""
    place = tmp_path / "served"
    place.mkdir()
    return place


@contextmanager
def looking_at(database_url: str) -> Iterator[Session]:
    """Yield a session of nobody else's."""
    engine = create_engine(database_url)
    try:
        with Session(engine) as db:
            yield db
    finally:
        engine.dispose()


def look(database_url: str, receipts: list[str]) -> None:
    """Check what stands in the database against what people were shown."""
    with looking_at(database_url) as db:
        stored = Counter(db.scalars(select(Response.receipt_hash)))
        shown = {codes.hash_of(receipt.replace(" ", ""), "receipt") for receipt in receipts}
        assert len(shown) == len(receipts), "two people were shown the same receipt"
        assert [receipt.hex() for receipt in shown if stored[receipt] != 1] == []
        assert max(stored.values(), default=1) == 1
        whole = select(Comment.response_id).where(Comment.words == WORDS)
        half = db.scalar(select(func.count()).select_from(Response).where(Response.id.not_in(whole)))
        assert half == 0, "responses without their words"
        loose = select(func.count()).select_from(Comment)
        assert db.scalar(loose.where(Comment.response_id.not_in(select(Response.id)))) == 0


def test_a_lost_or_doubled_or_halved_answer_would_be_seen(app: Flask, database_url: str, db: Session) -> None:
    wave = field(app, real_survey("helpline"))
    look(database_url, [])
    with pytest.raises(AssertionError):
        look(database_url, ["AAAA BBBB CCCC"])
    columns = {"wave_id": wave.id, "instrument_version_id": wave.version_id, "week": wave.opens_on}
    columns |= {"partnership": "lancashire", "language": "en_GB", "form": "standard", "mode": "online", "answers": "{}"}
    add_response(db, columns)
    db.commit()
    with pytest.raises(AssertionError, match="without their words"):
        look(database_url, [])


def test_what_was_acknowledged_is_there_once_and_whole_after_kill_9(
    app: Flask, database_url: str, folder: Path
) -> None:
    field(app, real_survey("helpline"))
    server = Served(database_url, folder)
    receipts: list[str] = []
    dice = random.Random(7)
    try:
        for round_ in range(KILLS):
            server.start()
            crowd = Crowd(server.site, "/surveys/helpline", WORDS)
            crowd.begin(PEOPLE, SUBMISSIONS)
            crowd.wait_for(dice.randint(5, max(6, SUBMISSIONS // KILLS)))
            server.kill()
            crowd.join()
            assert crowd.wrong == []
            assert crowd.broken, f"nobody was answering when the server was killed (round {round_})"
            receipts += crowd.receipts
            look(database_url, receipts)
        server.start()
        crowd = Crowd(server.site, "/surveys/helpline", WORDS)
        crowd.begin(PEOPLE, max(PEOPLE, SUBMISSIONS - len(receipts)))
        crowd.finish()
        assert (crowd.wrong, crowd.broken) == ([], 0)
        look(database_url, receipts + crowd.receipts)
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()


def test_told_to_end_the_server_leaves_nothing_half_done_and_has_logged_nothing_of_anybody(
    app: Flask, database_url: str, folder: Path
) -> None:
    field(app, real_survey("helpline"))
    with served(database_url, folder) as server:
        crowd = Crowd(server.site, "/surveys/helpline", WORDS)
        crowd.begin(PEOPLE, SUBMISSIONS)
        crowd.wait_for(10)
        assert server.end() == 0
        crowd.join()
        assert crowd.wrong == []
        look(database_url, crowd.receipts)
    said = server.log.read_text()
    assert "Open http://127.0.0.1" in said
    assert [secret for secret in (*crowd.receipts, WORDS, "/surveys/", "helpline") if secret in said] == []


def test_drafts_of_those_who_were_interrupted_can_be_gone_on_with(app: Flask, database_url: str, folder: Path) -> None:
    from tests.support.walker import Visitor, fill_in, first_choice, main_form

    field(app, real_survey("helpline"))
    with served(database_url, folder) as server:
        visitor = Visitor(server.site)
        page = visitor.get("/surveys/helpline")
        for _ in range(4):
            form = main_form(page)
            page = visitor.send(page, form, fill_in(form, first_choice, WORDS))
        at = page.address
        server.kill()
        visitor.close()
        server.start()
        page = visitor.get(at)
        while not page.receipt:
            form = main_form(page)
            page = visitor.send(page, form, fill_in(form, first_choice, WORDS))
        visitor.close()
        look(database_url, [page.receipt])
        with looking_at(database_url) as db:
            assert db.scalar(select(func.count()).select_from(Draft)) == 0


def test_when_the_worker_that_does_the_jobs_is_killed_another_goes_on(
    app: Flask, database_url: str, folder: Path, db: Session
) -> None:
    mailbox = folder / "instance" / "mailbox"
    with served(database_url, folder, FEEDBACK_JOBS_EMBEDDED="true") as server:
        for round_, worker in enumerate(["", *server.workers()]):
            if worker:
                os.kill(int(worker), signal.SIGKILL)
            put_email(db, app.config["PLACES"].only.scope, "lead@example.org", "Hello", f"Message {round_}")
            db.commit()
            wait_until(lambda expected=round_ + 1: len(list(mailbox.glob("*.eml"))) == expected)
            wait_until(lambda: _jobs_left(db) == 0)  # a message is there a moment before its job is gone
        assert len(server.workers()) == 2
    texts = sorted(file.read_text().splitlines()[-1] for file in mailbox.glob("*.eml"))
    assert texts == ["Message 0", "Message 1", "Message 2"]
    assert "lead@example.org" not in server.log.read_text()


def _jobs_left(db: Session) -> int | None:
    db.rollback()
    return db.scalar(select(func.count()).select_from(OutboxJob))


def wait_until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Return once something holds; raise TimeoutError when it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"It did not happen within {seconds} s.")
        time.sleep(0.1)
