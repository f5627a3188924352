"""Where the sign-in library finds members of staff: among those of this site's partnership alone."""

from __future__ import annotations

from typing import Any

from flask_security.datastore import FSQLALiteUserDatastore
from sqlalchemy import func, select

from feedback_app.extensions import db
from feedback_app.store.accounts import User
from feedback_app.web.access import scope


class PlacedUsers(FSQLALiteUserDatastore):
    """Accounts of the partnership whose site is asked: one address may have an account in each of several."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> User | None:
        """Return the account in this partnership of which one column has a value, or None."""
        ((name, value),) = kwargs.items()
        column = getattr(User, name)
        same = func.lower(column) == str(value).lower() if case_insensitive else column == value
        wanted = select(User).where(User.partnership == scope().partnership, same)
        return db.session.scalars(wanted).unique().first()
