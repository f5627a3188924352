"""Queries about staff accounts."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from feedback_app.domain import scope as domain
from feedback_app.domain.scope import Scope
from feedback_app.store.accounts import Role, User


def find_user(db: Session, scope: Scope, email: str) -> User | None:
    """Return the partnership's account of an address in small letters, or None."""
    wanted = select(User).where(User.partnership == scope.partnership, func.lower(User.email) == email)
    return db.scalars(wanted).unique().first()


def is_taken(db: Session, email: str) -> bool:
    """Return whether an address in small letters has an account, of whatever partnership: it signs in to one."""
    return db.scalar(select(User.id).where(func.lower(User.email) == email).limit(1)) is not None


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
