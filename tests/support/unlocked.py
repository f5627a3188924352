"""The program with the lock of talks' places switched off, to see that the tests of the lock see it missing.

Run as `python -m tests.support.unlocked serve ...`. Nothing in the product can do this. It is how many booking tools
work: they look whether a place is free, and write the booking afterwards, with nothing that holds the two together.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROGRAM = (sys.executable, "-m", "tests.support.unlocked")
ROOT = Path(__file__).resolve().parent.parent.parent


def switch_off(patch: Callable[[Any, str, Any], None] = setattr) -> None:
    """Lock nothing, and end the transaction between looking and writing.

    Without that second step SQLite would still have one writer at a time, from the look to the booking.
    """
    from feedback_app.services import signing_up
    from feedback_app.store import talks

    patch(talks, "lock_ways", lambda _db, _talk_ids: None)
    plan = signing_up._Adding.plan

    def look_and_let_go(self: Any, *asked: Any, **more: Any) -> Any:
        found = plan(self, *asked, **more)
        self.db.commit()
        return found

    patch(signing_up._Adding, "plan", look_and_let_go)


if __name__ == "__main__":
    from feedback_app.cli import main

    switch_off()
    main()
