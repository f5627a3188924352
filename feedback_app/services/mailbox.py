"""The folder in which messages to families lie while nothing is real, read for the page that shows them."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from pathlib import Path

MOST = 50
_OURS = re.compile(r"<[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@")  # to families; others may hold links to accounts


@dataclass(frozen=True)
class Caught:
    """One message in the folder; a text has no subject."""

    at: datetime
    to: str
    subject: str
    text: str

    @property
    def is_text(self) -> bool:
        """Return whether it went to a mobile phone."""
        return not self.subject


def list_caught(folder: Path, most: int = MOST) -> list[Caught]:
    """Return the messages to families in a folder, the newest first; none where there is no folder."""
    files = sorted((path for path in folder.glob("*") if path.suffix in (".eml", ".txt")), reverse=True)
    found: list[Caught] = []
    for path in files:
        caught = _read(path)
        if caught is not None:
            found.append(caught)
        if len(found) == most:
            break
    return found


def _read(path: Path) -> Caught | None:
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if path.suffix == ".txt":
        to, _, text = path.read_text(encoding="utf-8", errors="replace").partition("\n\n")
        return Caught(at, to, "", text.strip())
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    if not _OURS.match(str(message["Message-ID"])):
        return None
    body = message.get_body(("plain",))
    return Caught(at, str(message["To"]), str(message["Subject"]), str(body.get_content() if body else "").strip())
