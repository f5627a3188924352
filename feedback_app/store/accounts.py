"""Staff accounts. Families have none."""

from __future__ import annotations

from typing import Any

from flask_security.core import RoleMixin, UserMixin
from flask_security.datastore import AsaList
from sqlalchemy import Boolean, Column, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from feedback_app.store.tables import Base

user_role = Table(
    "user_role",
    Base.metadata,
    Column("user_id", ForeignKey("staff_user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """What a member of staff may do; the names are those of `domain.scope.Role`."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    description: Mapped[str | None] = mapped_column(String(255))
    # The sign-in library's own column, which it needs to find; what a role may do stands in the views.
    permissions: Mapped[Any] = mapped_column(MutableList.as_mutable(AsaList()), nullable=True)


class User(Base, UserMixin):
    """A member of staff of one partnership. No address or time of signing in is kept."""

    __tablename__ = "staff_user"
    __table_args__ = (UniqueConstraint("email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    partnership: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(255))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    roles: Mapped[list[Role]] = relationship(secondary=user_role, lazy="joined")  # type: ignore[assignment]
