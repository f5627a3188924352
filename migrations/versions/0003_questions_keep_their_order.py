"""Questions keep their order

JSONB forgets the order of keys, and the first of an item's figures is its headline. Revision 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    _change_to(sa.JSON(), "document::json")


def downgrade() -> None:
    """Go down."""
    _change_to(postgresql.JSONB(), "document::jsonb")


def _change_to(kind: sa.types.TypeEngine[object], how: str) -> None:
    """Change how PostgreSQL keeps a document; SQLite keeps its text as it is."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("instrument_version", "document", type_=kind, postgresql_using=how)
