"""The client of the page tests sees a GET that writes, work left uncommitted, and a bad page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, redirect
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.wrappers import Response

from tests.support.client import BadPage, CheckedClient, LeftBehind

PAGE = "<!doctype html><html lang='en'><head><title>{0}</title></head><body><main><h1>{0}</h1></main></body></html>"


class Base(DeclarativeBase):
    """The table of this test alone."""


class Note(Base):
    """Something to write."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]


@pytest.fixture
def small_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An application with a good and a bad view of each sort."""
    app = Flask(__name__)
    app.test_client_class = CheckedClient
    app.config["SQLALCHEMY_ENGINES"] = {"default": f"sqlite:///{tmp_path}/small.sqlite"}
    database = SQLAlchemy(app)
    monkeypatch.setattr("feedback_app.extensions.db", database)
    _add_views(app, database)
    with app.app_context():
        Base.metadata.create_all(database.engine)
        with database.engine.begin() as connection:
            connection.execute(text("INSERT INTO note VALUES (1, 'first')"))
    yield app
    with app.app_context():
        database.engine.dispose()


def _add_views(app: Flask, database: SQLAlchemy) -> None:
    @app.get("/good")
    def good() -> str:
        database.session.get(Note, 1)
        return PAGE.format("Good")

    @app.get("/bad")
    def bad() -> str:
        return "<!doctype html><html><body><p>No heading</p></body></html>"

    @app.get("/adds")
    def adds() -> str:
        database.session.add(Note(words="new"))
        return PAGE.format("Adds")

    @app.get("/adds-and-hides")
    def adds_and_hides() -> str:
        database.session.add(Note(words="new"))
        database.session.rollback()
        return PAGE.format("Hides")

    @app.get("/changes")
    def changes() -> str:
        database.session.get_one(Note, 1).words = "other"
        return PAGE.format("Changes")

    @app.route("/writes", methods=["GET", "POST"])
    def writes() -> str:
        database.session.execute(text("UPDATE note SET words = 'other'"))
        database.session.commit()
        return PAGE.format("Writes")

    @app.post("/forgets")
    def forgets() -> str:
        database.session.add(Note(words="new"))
        database.session.flush()
        return PAGE.format("Forgets")

    @app.post("/keeps")
    def keeps() -> Response:
        database.session.add(Note(words="new"))
        database.session.commit()
        return redirect("/good")

    @app.post("/refuses")
    def refuses() -> tuple[str, int]:
        database.session.add(Note(words="new"))
        database.session.flush()
        database.session.rollback()
        return PAGE.format("Refused"), 409


def test_a_reading_view_passes(small_app: Flask) -> None:
    assert small_app.test_client().get("/good").status_code == 200


def test_a_post_that_commits_passes_and_its_redirect_is_followed(small_app: Flask) -> None:
    assert "Good" in small_app.test_client().post("/keeps", follow_redirects=True).text


def test_a_refused_post_may_roll_back(small_app: Flask) -> None:
    assert small_app.test_client().post("/refuses").status_code == 409


@pytest.mark.parametrize("path", ["/adds", "/adds-and-hides", "/changes"])
def test_a_get_that_leaves_work_in_the_session_fails(small_app: Flask, path: str) -> None:
    with pytest.raises(LeftBehind, match=r"in the session: (new|dirty) Note"):
        small_app.test_client().get(path)


def test_a_get_that_writes_fails(small_app: Flask) -> None:
    with pytest.raises(LeftBehind, match="wrote to note"):
        small_app.test_client().get("/writes")


def test_a_get_may_write_to_a_table_that_is_named(small_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CheckedClient, "written_on_get", frozenset({"note"}))
    assert small_app.test_client().get("/writes").status_code == 200


def test_a_post_that_does_not_commit_fails(small_app: Flask) -> None:
    with pytest.raises(LeftBehind, match="did not commit what it wrote to note"):
        small_app.test_client().post("/forgets")


def test_a_bad_page_fails_and_says_where(small_app: Flask) -> None:
    with pytest.raises(BadPage, match=r"/bad \(200\)"):
        small_app.test_client().get("/bad")
