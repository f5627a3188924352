"""The audit of dependencies: fails for a published weakness, and never says that all is well where nobody answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.dependency_audit import judge, pinned

SKIPPED = {"name": "flask", "skip_reason": "Dependency not found on PyPI and could not be audited: flask (3.1.2)"}
SOUND = {"name": "click", "version": "8.2.0", "vulns": []}
WEAK = {"name": "jinja2", "version": "2.0", "vulns": [{"id": "PYSEC-2014-8"}]}


def nobody(_name: str) -> None:
    return None


def project(version: str, *weaknesses: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"info": {"version": version}, "vulnerabilities": list(weaknesses)}


def test_a_published_weakness_is_told_by_its_name() -> None:
    audit = judge([SOUND, WEAK], nobody)
    assert audit.weaknesses == ["jinja2 2.0: PYSEC-2014-8"]
    assert audit.asked == 2


def test_without_an_answer_it_says_so_and_finds_nothing_wrong() -> None:
    audit = judge([SOUND, SKIPPED], nobody)
    assert audit.weaknesses == []
    assert audit.unanswered == ["flask 3.1.2"]
    assert "NOT AUDITED" in audit.said()
    assert "flask 3.1.2" in audit.said()


def test_where_releases_are_not_answered_the_newest_release_of_a_project_is() -> None:
    weak = project("3.1.2", {"id": "GHSA-1"}, {"id": "GHSA-2", "withdrawn": "2026-01-01"})
    assert judge([SKIPPED], lambda _name: weak).weaknesses == ["flask 3.1.2: GHSA-1"]
    assert judge([SKIPPED], lambda _name: project("3.1.2")).unanswered == []


def test_what_is_said_of_another_release_says_nothing_of_ours() -> None:
    audit = judge([SKIPPED], lambda _name: project("3.2.0"))
    assert (audit.asked, audit.unanswered) == (0, ["flask 3.1.2"])


def test_every_pin_of_a_lock_is_known_where_the_audit_itself_cannot_work() -> None:
    lock = (
        "alembic==1.18.1 \\\n    --hash=sha256:aa\ncolorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:bb\n"
    )
    assert judge(pinned(lock), nobody).unanswered == ["alembic 1.18.1", "colorama 0.4.6"]
