"""A finding: one thing that the check of an instrument says, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """An error, to be mended before fielding, or a warning; `at` is its place, within the item where it has one."""

    level: Literal["error", "warning"]
    item: str | None
    message: str
    at: tuple[str | int, ...] = ()


def error(item: str | None, message: str, *at: str | int) -> Finding:
    """Return a finding that must be mended."""
    return Finding("error", item, message, at)


def warning(item: str | None, message: str, *at: str | int) -> Finding:
    """Return a finding to think about."""
    return Finding("warning", item, message, at)
