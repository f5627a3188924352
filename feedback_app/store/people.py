"""Queries about staff accounts."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain import scope as domain
from feedback_app.domain.scope import Scope
from feedback_app.store.accounts import Role, User


def find_user(db: Session, email: str) -> User | None:
    """Return the account of an address in small letters, of whatever partnership, or None."""
    return db.scalars(select(User).where(func.lower(User.email) == email)).unique().first()


def list_users(db: Session, scope: Scope) -> list[User]:
    """Return the accounts of a partnership by address."""
    wanted = select(User).where(User.partnership == scope.partnership).order_by(User.email)
    return list(db.scalars(wanted).unique())


def add_user(db: Session, user: User) -> User:
    """Add an account."""
    db.add(user)
    db.flush()
    return user


def get_or_add_role(db: Session, role: domain.Role) -> Role:
    """Return the row of a role, made now when it is the first time."""
    found = db.scalars(select(Role).where(Role.name == role.value)).first()
    if found is None:
        found = Role(name=role.value)
        db.add(found)
        db.flush()
    return found


def set_password_hash(db: Session, email: str, hashed: str) -> None:
    """Set the hash of an account's password."""
    db.execute(update(User).where(func.lower(User.email) == email).values(password=hashed))
