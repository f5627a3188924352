"""Queries for whoever runs the program: whether the database answers and has the newest shape, how many jobs wait."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import ColumnClause, column, create_engine, func, make_url, select, table
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from feedback_app.store.accounts import User
from feedback_app.store.tables import OutboxJob


def takes_writes(db: Session) -> bool:
    """Return whether the database answers and is none that can only be read; raise SQLAlchemyError when it is away."""
    if db.get_bind().dialect.name == "postgresql":
        return not db.scalar(select(func.pg_is_in_recovery()))
    return db.scalar(select(1)) == 1


def get_revision(db: Session) -> str | None:
    """Return which revision the database's shape is of; raise SQLAlchemyError when it has none at all."""
    version: ColumnClause[str] = column("version_num")
    return db.scalar(select(version).select_from(table("alembic_version", version)))


def count_all_jobs(db: Session) -> dict[str, int]:
    """Return how many jobs are "waiting" and how many are set aside as "failed", of all partnerships together."""
    counted = select(OutboxJob.failed, func.count()).group_by(OutboxJob.failed)
    rows: dict[bool, int] = {row[0]: row[1] for row in db.execute(counted)}
    return {"waiting": rows.get(False, 0), "failed": rows.get(True, 0)}


def list_active(db: Session, addresses: Collection[str]) -> list[str]:
    """Return which of some addresses have an account that is on, in any partnership."""
    wanted = select(User.email).where(User.email.in_(addresses), User.active.is_(True))
    return sorted(set(db.scalars(wanted)))


@contextmanager
def looking_at(database_url: str) -> Iterator[Session]:
    """Yield a session on a connection of its own, for a process that looks at the database now and then."""
    url = make_url(database_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        with Session(engine) as session:
            yield session
    finally:
        engine.dispose()
