"""Browser tests: the machine's own Chromium against the application served on a port of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Error, Page

from tests.support.application import migrate, running_application
from tests.support.axe import check_page
from tests.support.databases import sqlite_url
from tests.support.demonstrated import seed
from tests.support.server import serving
from tests.support.visitors import Visitors
from tests.support.walk_browser import NARROW, press_last, quiet_console

Elsewhere = Callable[..., Any]
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")  # the first has no windows, and is quicker
ANSWERS = 60  # a wave of the demonstration


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try once more, and say so, where the browser itself gave up; what a test finds wrong is never tried again."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=[Error]))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How Chromium is started; a machine without one fails these tests."""
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        raise FileNotFoundError("Chromium is not on this machine: run deploy/machine.sh.")
    arguments = ["--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"]
    arguments.append("--disable-gpu")  # without a graphics card, imitating one costs a fifth of the time
    if os.getuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to run as root with it
    return browser_type_launch_args | {"executable_path": program, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A British visitor on a small phone; a test that is about another width sets it."""
    return browser_context_args | {
        "locale": "en-GB",
        "timezone_id": "Europe/London",
        "viewport": {"width": 360, "height": 740},
    }


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Elsewhere]:
    """Run a function in another thread and give back what it returns.

    Playwright keeps an event loop in the test's own thread, where an application context cannot end.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield lambda function, *arguments: pool.submit(function, *arguments).result()


@pytest.fixture(scope="session")
def live_app(tmp_path_factory: pytest.TempPathFactory, elsewhere: Elsewhere) -> Iterator[Flask]:
    """The application, one for each session of tests; arrange its database through `elsewhere`."""
    url = sqlite_url(tmp_path_factory.mktemp("browser") / "live.sqlite")
    with ExitStack() as stack:
        elsewhere(migrate, url)
        app: Flask = elsewhere(stack.enter_context, running_application(url, demonstration=True, pseudo_languages=True))
        yield app
        elsewhere(stack.close)


@pytest.fixture(scope="session")
def base_url(live_app: Flask) -> Iterator[str]:
    """Where the application answers; page.goto("/...") starts from here."""
    with serving(live_app) as address:
        yield address


@pytest.fixture(scope="session")
def fielded(live_app: Flask, elsewhere: Elsewhere) -> Flask:
    """The application as `demo seed` leaves it, few answers a wave; the children's own words are asked, too."""
    elsewhere(seed, live_app, ANSWERS)
    return live_app


@pytest.fixture(scope="session")
def visitors(browser: Browser, browser_context_args: dict[str, Any], base_url: str) -> Visitors:
    """Opens the pages of new visitors."""
    return Visitors(browser, browser_context_args | {"base_url": base_url})


@pytest.fixture
def page(visitors: Visitors) -> Iterator[Page]:
    """A new visitor's page."""
    with visitors.welcome() as page:
        yield page


@pytest.fixture
def narrow(visitors: Visitors) -> Iterator[Page]:
    """A new visitor's page, 320 px wide, whose console has to stay quiet."""
    with visitors.welcome(viewport=NARROW) as page, quiet_console(page):
        yield page


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """The check of a page by axe-core: axe(page) raises NotAccessible."""
    return check_page


@pytest.fixture
def lead(narrow: Page, fielded: Flask) -> Page:
    """A workstream lead's page, 320 px wide, whose console has to stay quiet."""
    from feedback_app.services.accounts import DEMONSTRATION_PASSWORD

    narrow.goto("/team/sign-in")
    narrow.fill("[name=email]", "lead@example.org")
    narrow.fill("[name=password]", DEMONSTRATION_PASSWORD)
    press_last(narrow)
    return narrow
