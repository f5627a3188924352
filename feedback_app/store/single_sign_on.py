"""Queries about accounts bound to a person at a provider of single sign-on."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback_app.domain.scope import Scope
from feedback_app.store.accounts import User


def find_bound(db: Session, scope: Scope, issuer: str, subject: str) -> User | None:
    """Return the partnership's account bound to a provider's lasting name for somebody, or None."""
    wanted = select(User).where(User.partnership == scope.partnership, User.sso_issuer == issuer)
    found = wanted.where(User.sso_subject == subject).execution_options(populate_existing=True)
    return db.scalars(found).unique().first()
