"""Items with invented counts, on their way into the gate."""

from __future__ import annotations

from typing import Any

from feedback_app.domain.disclosure.gate import protect
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeTable
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import headlines_for

POLICY = Policy()


def five(*counts: int, **more: Any) -> ItemTable:
    """Return a five-point item (``type``: freq5 unless said) with so many answers of each point."""
    missing = more.pop("missing", {})
    item_type = more.pop("type", "freq5")
    values = dict(zip(range(1, 6), counts, strict=True))
    more.setdefault("headlines", headlines_for(item_type))
    return ItemTable("PC06", item_type, Counts(values, missing), **more)


def nps(promoters: int, passives: int, detractors: int) -> ItemTable:
    """Return a likelihood to recommend, from 0 to 10."""
    values = dict.fromkeys(range(11), 0) | {9: promoters, 8: passives, 3: detractors}
    return ItemTable("PC30", "nps11", Counts(values), headlines_for("nps11"))


def faces(no: int, sometimes: int, yes: int, **more: Any) -> ItemTable:
    """Return an item with three faces."""
    return ItemTable("CE01", "smiley3", Counts({1: no, 2: sometimes, 3: yes}), headlines_for("smiley3"), **more)


def safe(table: ItemTable) -> SafeTable:
    """Return one item as the gate shows it, by the usual thresholds."""
    return protect([table], POLICY)[0]
