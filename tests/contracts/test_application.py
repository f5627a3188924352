"""Rules that the made application keeps: every view has an audience, and starting stays light."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.application import running_application
from tests.support.databases import sqlite_url
from tests.support.settings import SECRET

# Served by Flask and its extensions, not views of ours: files that anybody may have.
NOT_OURS = frozenset({"static"})
LATE = ("pandas", "scipy", "xlsxwriter", "weasyprint", "textblob", "nltk")


@pytest.fixture(scope="module")
def made_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, on an empty database that nothing here asks."""
    with running_application(sqlite_url(tmp_path_factory.mktemp("made") / "empty.sqlite")) as app:
        yield app


def test_every_view_declares_its_audience(made_app: Flask) -> None:
    undeclared = [
        endpoint
        for endpoint, view in made_app.view_functions.items()
        if endpoint.rpartition(".")[2] not in NOT_OURS and getattr(view, "audience", None) is None
    ]
    assert undeclared == []


def test_every_audience_is_the_public_or_whoever_has_one_of_named_permissions(made_app: Flask) -> None:
    from feedback_app.domain.permissions import Permission
    from feedback_app.services.access_table import PUBLIC

    audiences = {name: getattr(view, "audience", PUBLIC) for name, view in made_app.view_functions.items()}
    named = {name: audience for name, audience in audiences.items() if audience != PUBLIC}
    assert [
        name
        for name, audience in named.items()
        if not (isinstance(audience, tuple) and audience and all(isinstance(one, Permission) for one in audience))
    ] == []


def test_a_view_for_staff_that_names_no_permission_is_not_even_made() -> None:
    from feedback_app.web.access import staff

    def figures() -> str:
        return ""

    with pytest.raises(TypeError, match="figures names no permission that it asks for"):
        staff()(figures)


def test_an_undeclared_view_would_be_seen(made_app: Flask) -> None:
    def forgotten() -> str:
        return ""

    made_app.view_functions["forgotten"] = forgotten
    try:
        with pytest.raises(AssertionError, match="forgotten"):
            test_every_view_declares_its_audience(made_app)
    finally:
        del made_app.view_functions["forgotten"]


def test_templates_refuse_unknown_names_and_escape(made_app: Flask) -> None:
    from jinja2 import StrictUndefined

    assert issubclass(made_app.jinja_env.undefined, StrictUndefined)
    assert made_app.select_jinja_autoescape("page.html")


def test_the_web_process_starts_without_the_heavy_libraries(project_root: Path, tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from feedback_app.app import create_app\n"
        "from feedback_app.settings import load_settings\n"
        f"create_app(load_settings(environment='testing', secret_key={SECRET!r},"
        f" database_url='sqlite:///{tmp_path}/empty.sqlite', jobs_embedded=False))\n"
        f"print([name for name in {LATE!r} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project_root, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
