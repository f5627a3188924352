"""The partnerships of an application under test: what is changed about the only one, or two beside each other."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from feedback_app.domain.place import Place, Places
from tests.support.client import CheckedClient
from tests.support.surveys import LANCASHIRE

HERE, THERE = "http://lancashire.example", "http://northshire.example"
BOTH = f"lancashire={HERE},northshire={THERE}"
_THEIRS = {
    "key: lancashire": "key: northshire",
    "Lancashire SEND Partnership": "Northshire SEND Partnership",
    "[Lancashire, SEND Partnership]": "[Northshire, SEND Partnership]",
    "later_languages:\n": "  - {locale: pl, tag: pl, path: pl, name: Polski}\nlater_languages:\n",
    "  - {locale: pl, tag: pl, path: pl, name: Polski}\n  - {locale: ur": "  - {locale: ur",
    "draft_days: 14": "draft_days: 3",
}


class PlacedClient(CheckedClient):
    """A visitor of one site; every page fetched is checked."""

    site = HERE

    def open(self, *args: Any, base_url: str | None = None, **kwargs: Any) -> TestResponse:
        """Ask the site, unless another is named."""
        return super().open(*args, base_url=base_url or self.site, **kwargs)


def change_place(app: Flask, **changes: Any) -> None:
    """Let the application's only partnership have other facts, such as `population`."""
    app.config["PLACES"] = Places([replace(app.config["PLACES"].only, **changes)])


def write_two(folder: Path) -> Path:
    """Write the files of two partnerships into a folder: Lancashire's, and Northshire's, which also speaks Polish."""
    for key in ("lancashire", "northshire"):
        shutil.copytree(LANCASHIRE, folder / key)
    file = folder / "northshire" / "partnership.yaml"
    text = file.read_text(encoding="utf-8")
    for ours, theirs in _THEIRS.items():
        assert ours in text, ours
        text = text.replace(ours, theirs)
    file.write_text(text, encoding="utf-8")
    return folder


def visitor_of(app: Flask, site: str) -> PlacedClient:
    """Return somebody who has come to a site for the first time."""
    app.test_client_class = PlacedClient
    client = app.test_client()
    assert isinstance(client, PlacedClient)
    client.site = site
    return client


def both(app: Flask) -> tuple[Place, Place]:
    """Return Lancashire and Northshire."""
    here, there = app.config["PLACES"].all
    return here, there
