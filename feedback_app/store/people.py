"""Queries about staff accounts, and about the invitations of those who have not come yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session, selectinload

from feedback_app.domain import scope as domain
from feedback_app.domain.scope import Scope
from feedback_app.store.accounts import Invitation, Passkey, Role, User, user_role


def lock_accounts(db: Session, scope: Scope) -> None:
    """Let nobody else change accounts of this partnership until this transaction ends."""
    if db.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time as it is
        db.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"accounts/{scope.partnership}"))))


def get_user(db: Session, scope: Scope, user_id: int) -> User | None:
    """Return the partnership's account of a number as it stands now, or None."""
    wanted = select(User).where(User.partnership == scope.partnership, User.id == user_id)
    return db.scalars(wanted.execution_options(populate_existing=True)).unique().first()


def find_user(db: Session, scope: Scope, email: str) -> User | None:
    """Return the partnership's account of an address in small letters, or None."""
    wanted = select(User).where(User.partnership == scope.partnership, func.lower(User.email) == email)
    return db.scalars(wanted).unique().first()


def list_users(db: Session, scope: Scope) -> list[User]:
    """Return the accounts of a partnership by address."""
    wanted = select(User).where(User.partnership == scope.partnership).order_by(User.email)
    return list(db.scalars(wanted.options(selectinload(User.webauthn))).unique())


def add_user(db: Session, user: User) -> User:
    """Add an account."""
    db.add(user)
    db.flush()
    return user


def get_role(db: Session, role: domain.Role) -> Role:
    """Return the row of a role; the migrations put all of them there."""
    return db.scalars(select(Role).where(Role.name == role.value)).one()


def find_passkey(db: Session, credential_id: bytes) -> Passkey | None:
    """Return a passkey, held until the end of the transaction: its count of uses goes up one by one."""
    wanted = select(Passkey).where(Passkey.credential_id == credential_id).with_for_update(of=Passkey)
    return db.scalars(wanted).first()


def _has_come() -> ColumnElement[bool]:
    return or_(User.password.is_not(None), User.sso_subject.is_not(None))


def has_other_administrator(db: Session, scope: Scope, user_id: int) -> bool:
    """Return whether anybody but this account administers the partnership: switched on, and has come."""
    wanted = (
        select(User.id)
        .join(user_role, user_role.c.user_id == User.id)
        .join(Role, Role.id == user_role.c.role_id)
        .where(User.partnership == scope.partnership, User.id != user_id, User.active.is_(True), _has_come())
        .where(Role.name == domain.Role.ADMINISTRATOR.value)
    )
    return db.scalar(wanted.limit(1)) is not None


def list_invitations(db: Session, scope: Scope) -> dict[int, datetime]:
    """Return until when the invitation of each account holds, by the account's number."""
    wanted = select(Invitation.user_id, Invitation.expires_at).join(User, User.id == Invitation.user_id)
    return {row.user_id: row.expires_at for row in db.execute(wanted.where(User.partnership == scope.partnership))}


def set_invitation(db: Session, user_id: int, token_hash: str, expires_at: datetime) -> None:
    """Give an account an invitation; the one it had before is worth nothing any more."""
    delete_invitation(db, user_id)
    db.add(Invitation(token_hash=token_hash, user_id=user_id, expires_at=expires_at))
    db.flush()


def delete_invitation(db: Session, user_id: int) -> None:
    """Make an account's invitation worth nothing."""
    db.execute(delete(Invitation).where(Invitation.user_id == user_id))


def find_invited(db: Session, scope: Scope, token_hash: str, now: datetime) -> User | None:
    """Return the account that an invitation is for while it holds: the account is on, and nobody has come to it."""
    wanted = (
        select(User)
        .join(Invitation, Invitation.user_id == User.id)
        .where(User.partnership == scope.partnership, User.active.is_(True), ~_has_come())
        .where(Invitation.token_hash == token_hash, Invitation.expires_at > now)
    )
    return db.scalars(wanted.execution_options(populate_existing=True)).unique().first()


def use_up_invitation(db: Session, token_hash: str) -> bool:
    """Remove an invitation and return whether it was there: of two who come at once, one finds it."""
    gone = db.execute(delete(Invitation).where(Invitation.token_hash == token_hash))
    return int(gone.rowcount) == 1  # type: ignore[attr-defined]
