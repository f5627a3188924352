"""Second factors, invitations, single sign-on, workstreams; the audit log as a chain; what waits to be sent, sealed

Revision 0005, after 0004.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
FIRST = "0" * 64
ROLES = (
    "administrator", "send_team", "workstream_lead", "forum_organiser",
    "powar_worker", "safeguarding_reader", "board_member", "auditor",
)  # fmt: skip
NEVER = "entries of the audit log are never changed or taken out"


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("staff_user") as table:
        table.add_column(sa.Column("workstreams", JSON, server_default="[]", nullable=False))
        table.add_column(sa.Column("tf_primary_method", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("tf_totp_secret", sa.Text(), nullable=True))
        table.add_column(sa.Column("mf_recovery_codes", sa.UnicodeText(), nullable=True))
        table.add_column(sa.Column("fs_webauthn_user_handle", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("sso_issuer", sa.String(length=255), nullable=True))
        table.add_column(sa.Column("sso_subject", sa.String(length=255), nullable=True))
        table.drop_constraint(op.f("uq_staff_user_email"), type_="unique")
        table.create_unique_constraint(op.f("uq_staff_user_partnership_email"), ["partnership", "email"])
        table.create_unique_constraint(op.f("uq_staff_user_fs_webauthn_user_handle"), ["fs_webauthn_user_handle"])
        table.create_unique_constraint(
            op.f("uq_staff_user_partnership_sso_issuer_sso_subject"), ["partnership", "sso_issuer", "sso_subject"]
        )
    with op.batch_alter_table("staff_user") as table:
        table.alter_column("workstreams", server_default=None)
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.UnicodeText(), nullable=True),
        sa.Column("extensions", sa.String(length=255), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(length=64), nullable=False),
        sa.Column("lastuse_datetime", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("usage", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_passkey_user_id_staff_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["staff_user.id"], name=op.f("fk_invitation_user_id_staff_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitation")),
        sa.UniqueConstraint("user_id", name=op.f("uq_invitation_user_id")),
    )
    with op.batch_alter_table("outbox_job") as table:
        table.alter_column("payload", type_=sa.Text(), existing_nullable=False, postgresql_using="payload::text")
    _add_roles()
    _chain()
    _allow_only_adding()


def _add_roles() -> None:
    """Add the roles that are not there yet: nobody who gives one for the first time has to."""
    role = sa.table("role", sa.column("name", sa.String))
    there = set(op.get_bind().scalars(sa.select(role.c.name)))
    op.bulk_insert(role, [{"name": name} for name in ROLES if name not in there])


def _chain() -> None:
    """Number the entries of the audit log in each partnership, and give each the hash of the one before."""
    with op.batch_alter_table("audit_entry") as table:
        table.add_column(sa.Column("number", sa.Integer(), nullable=True))
        table.add_column(sa.Column("before", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("hash", sa.String(length=64), nullable=True))
    entry = sa.table(
        "audit_entry",
        *(sa.column(name) for name in ("id", "partnership", "number", "actor", "action", "subject", "reason")),
        sa.column("before"),
        sa.column("hash"),
        sa.column("at", sa.DateTime(timezone=True)),
    )
    last: dict[str, tuple[int, str]] = {}
    connection = op.get_bind()
    for row in connection.execute(sa.select(entry).order_by(entry.c.id)).all():
        number, before = last.get(row.partnership, (0, FIRST))
        told = [row.partnership, number + 1, _moment(row.at), row.actor, row.action, row.subject, row.reason, before]
        found = hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()
        connection.execute(
            sa.update(entry).where(entry.c.id == row.id).values(number=number + 1, before=before, hash=found)
        )
        last[row.partnership] = (number + 1, found)
    with op.batch_alter_table("audit_entry") as table:
        for name, kind in (("number", sa.Integer()), ("before", sa.String(64)), ("hash", sa.String(64))):
            table.alter_column(name, existing_type=kind, nullable=False)
        table.create_unique_constraint(op.f("uq_audit_entry_partnership_number"), ["partnership", "number"])
    op.create_index(
        op.f("ix_audit_entry_partnership_actor_at"), "audit_entry", ["partnership", "actor", "at"], unique=False
    )


def _moment(at: datetime) -> str:
    """Return a moment as it is hashed: in UTC, to the microsecond. SQLite keeps no zone."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")


def _allow_only_adding() -> None:
    """Let the database itself refuse to change or remove an entry."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entry_no_{what.lower()} BEFORE {what} ON audit_entry "
                f"BEGIN SELECT RAISE(ABORT, '{NEVER}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{NEVER}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_only_adding BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()"
    )


def _refuse_what_has_no_place() -> None:
    """Raise RuntimeError, before anything is changed, for rows that the older tables cannot hold."""
    payload, email = sa.column("payload", sa.Text), sa.column("email", sa.String)
    sealed = sa.select(sa.func.count()).select_from(sa.table("outbox_job")).where(payload.not_like("{%"))
    if number := op.get_bind().scalar(sealed):
        raise RuntimeError(
            f"Jobs in the outbox that are sealed: {number}. The older version cannot read them. Have them done with "
            "`feedback-app jobs run --once`, and delete those that are set aside (`feedback-app jobs status` counts "
            "them) from the table outbox_job. Then go down again."
        )
    doubled = sa.select(email).select_from(sa.table("staff_user")).group_by(email).having(sa.func.count() > 1)
    if addresses := sorted(op.get_bind().scalars(doubled)):
        raise RuntimeError(
            f"These addresses have an account in more than one partnership: {', '.join(addresses)}. The older version "
            "has one account for an address: delete the others from the table staff_user. Then go down again."
        )


def downgrade() -> None:
    """Go down. What waits to be sent has to be sent before: sealed, it cannot be read without its key."""
    _refuse_what_has_no_place()
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_entry_no_update")
        op.execute("DROP TRIGGER audit_entry_no_delete")
    else:
        op.execute("DROP TRIGGER audit_entry_only_adding ON audit_entry")
        op.execute("DROP FUNCTION audit_entry_refuse")
    op.drop_index(op.f("ix_audit_entry_partnership_actor_at"), table_name="audit_entry")
    with op.batch_alter_table("audit_entry") as table:
        table.drop_constraint(op.f("uq_audit_entry_partnership_number"), type_="unique")
        for name in ("hash", "before", "number"):
            table.drop_column(name)
    with op.batch_alter_table("outbox_job") as table:
        table.alter_column("payload", type_=JSON, existing_nullable=False, postgresql_using="payload::jsonb")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_passkey_user_id"), table_name="passkey")
    op.drop_table("passkey")
    with op.batch_alter_table("staff_user") as table:
        for name in ("partnership_sso_issuer_sso_subject", "fs_webauthn_user_handle", "partnership_email"):
            table.drop_constraint(op.f(f"uq_staff_user_{name}"), type_="unique")
        table.create_unique_constraint(op.f("uq_staff_user_email"), ["email"])
        for name in (
            "sso_subject",
            "sso_issuer",
            "fs_webauthn_user_handle",
            "mf_recovery_codes",
            "tf_totp_secret",
            "tf_primary_method",
            "workstreams",
        ):
            table.drop_column(name)
