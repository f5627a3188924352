"""Snapshots and the ledger of what was released

Revision 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.add_column("response", sa.Column("snapshot", sa.SmallInteger(), nullable=True))
    op.create_table(
        "snapshot",
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("grouped", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("sets", sa.JSON(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("breakdowns", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_snapshot_wave_id_wave")),
        sa.PrimaryKeyConstraint("wave_id", "number", name=op.f("pk_snapshot")),
    )
    op.create_table(
        "released_table",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("item", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_released_table_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_released_table")),
        sa.UniqueConstraint(
            "wave_id", "frozen", "state", "position", name=op.f("uq_released_table_wave_id_frozen_state_position")
        ),
        sa.UniqueConstraint(
            "wave_id", "frozen", "state", "item", "by", name=op.f("uq_released_table_wave_id_frozen_state_item_by")
        ),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("released_table")
    op.drop_table("snapshot")
    op.drop_column("response", "snapshot")
