"""Why the policy for scripts needs no nonce: no page has a script, a style or a handler inside it."""

from __future__ import annotations

import re
from pathlib import Path

from feedback_app.web.hardening import POLICY

WEB = Path(__file__).resolve().parent.parent.parent / "feedback_app"
INLINE = {
    "a script in the page": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "words inside a script that has an address": re.compile(r"<script\b[^>]*>\s*[^<\s]", re.IGNORECASE),
    "a style in the page": re.compile(r"<style\b", re.IGNORECASE),
    "a style of one element": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a handler": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"'{]", re.IGNORECASE),
    "an address that is a script": re.compile(r"javascript:|data:text", re.IGNORECASE),
    "a frame or an object": re.compile(r"<(?:iframe|frame|object|embed|base)\b", re.IGNORECASE),
    "something from elsewhere": re.compile(
        r"<(?:script|link|img)\b[^>]*(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE
    ),
}
EVALUATED = re.compile(
    r"\beval\s*\(|new\s+Function\s*\(|set(?:Timeout|Interval)\s*\(\s*[\"'`]|\.innerHTML\s*=|document\.write"
)


def texts(*suffixes: str) -> dict[str, str]:
    """Return the files of the pages by name, comments of templates left out."""
    found = [path for suffix in suffixes for path in sorted(WEB.rglob(f"*{suffix}"))]
    return {
        str(path.relative_to(WEB)): re.sub(r"(?s)\{#.*?#\}", "", path.read_text(encoding="utf-8")) for path in found
    }


def offences(pages: dict[str, str]) -> list[str]:
    """Return what stands inside pages that the policy would have to be widened for."""
    return [f"{name}: {what}" for name, text in pages.items() for what, mark in INLINE.items() if mark.search(text)]


def test_no_page_has_anything_inside_it_that_the_policy_would_have_to_allow() -> None:
    pages = texts(".html", ".svg")
    assert len(pages) > 30
    assert offences(pages) == []


def test_a_script_or_a_handler_in_a_page_would_be_seen() -> None:
    for bad in (
        "<script>go()</script>",
        '<script src="/a.js">go()</script>',
        "<style>a{}</style>",
        '<p style="color:red">',
        '<p onclick="go()">',
        "<a href='javascript:go()'>",
        "<iframe>",
        '<img src="https://elsewhere.example/a.png">',
    ):
        assert offences({"page.html": f"<html>{bad}</html>"}), bad


def test_no_script_makes_code_or_markup_out_of_text() -> None:
    scripts = texts(".js")
    assert scripts
    assert [name for name, text in scripts.items() if EVALUATED.search(text)] == []


def test_the_policy_allows_nothing_inside_pages_and_nothing_from_elsewhere() -> None:
    for wide in ("unsafe", "nonce", "data:", "blob:", "http", "*", "strict-dynamic"):
        assert wide not in POLICY
