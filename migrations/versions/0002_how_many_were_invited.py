"""How many people were invited

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.add_column("wave", sa.Column("invited", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go down."""
    op.drop_column("wave", "invited")
