"""A partnership that has said all that the law asks for, in a folder of its own."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.support.surveys import LANCASHIRE

FILLED_IN = """
duties:
  run_by: Example County Council
  contact: {{email: surveys@example.org, number: 01632 960003, tel: "01632960003", post: [1 High Street, Example]}}
  answer_days: 5
  accessibility:
    status: partial
    barriers: [{{what: The map cannot be read aloud., why: It is a picture., criterion: 1.1.1 Non-text Content}}]
    tested_by: an outside firm
    tested_on: "{today}"
    prepared_on: "{today}"
  privacy:
    controller: {{name: Example County Council, email: information@example.org}}
    officer: {{email: officer@example.org}}
    basis: public_task
    law: section 27 of the Children and Families Act 2014
    special: public_interest
    kept_in: the United Kingdom
    helpers: [The firm that runs our computers]
    reviewed_on: "{today}"
  security: {{contact: "mailto:security@example.org", expires: "{expires}"}}
"""


def folder_that_says_all(tmp_path: Path, expires: date | None = None, lawful: str = "public") -> Path:
    """Return a folder of partnerships in which lancashire has filled in its duties, security.txt until a day.

    ``lawful``: "public" for a public task and the public interest, "consent" for what people agree to.
    """
    folder = tmp_path / "surveys"
    shutil.copytree(LANCASHIRE, folder / "lancashire")
    path = folder / "lancashire" / "partnership.yaml"
    said, _mark, _empty = path.read_text(encoding="utf-8").partition("\nduties:\n")
    today = datetime.now(UTC).date()
    until = expires or today + timedelta(days=200)
    filled_in = FILLED_IN.format(today=today, expires=until)
    if lawful == "consent":
        filled_in = filled_in.replace("public_task", "consent").replace("public_interest", "consent")
    path.write_text(said + filled_in, encoding="utf-8")
    return folder
