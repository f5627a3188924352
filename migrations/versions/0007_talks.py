"""Talks: terms, venues, talks, bookings, waiting list, access needs, messages, notes, promises

Revision 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up. Voices lie in no order of arrival any more: some are questions of people who book."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("voice", recreate="always", table_kwargs={"sqlite_with_rowid": False}):
            pass
    op.create_table(
        "booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("booker", sa.String(length=20), nullable=False),
        sa.Column("district", sa.SmallInteger(), nullable=True),
        sa.Column("first_time", sa.Boolean(), nullable=True),
        sa.Column("heard", sa.String(length=20), nullable=True),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("may_contact", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email IS NOT NULL OR mobile IS NOT NULL", name=op.f("ck_booking_can_be_reached")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("request_hash", name=op.f("uq_booking_request_hash")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_booking_secret_hash")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_booking_partnership"), "booking", ["partnership"], unique=False)
    op.create_table(
        "talk_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_series")),
        sa.UniqueConstraint("partnership", "slug", name=op.f("uq_talk_series_partnership_slug")),
    )
    op.create_table(
        "talk_term",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_talk_term_ends_after_it_starts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_term")),
        sa.UniqueConstraint("partnership", "slug", name=op.f("uq_talk_term_partnership_slug")),
    )
    op.create_table(
        "venue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("district", sa.SmallInteger(), nullable=True),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("partnership", "name", name=op.f("uq_venue_partnership_name")),
    )
    op.create_table(
        "talk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("priorities", sa.JSON(), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=True),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("venue_id", sa.Uuid(), nullable=True),
        sa.Column("district", sa.SmallInteger(), nullable=True),
        sa.Column("hosts", sa.String(length=300), nullable=False),
        sa.Column("provided", sa.JSON(), nullable=False),
        sa.Column("joining_link", sa.Text(), nullable=True),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("moved_from", sa.JSON(), nullable=True),
        sa.Column("cancelled_because", sa.String(length=300), nullable=False),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends > starts", name=op.f("ck_talk_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["series_id"], ["talk_series.id"], name=op.f("fk_talk_series_id_talk_series")),
        sa.ForeignKeyConstraint(["term_id"], ["talk_term.id"], name=op.f("fk_talk_term_id_talk_term")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_talk_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
        sa.UniqueConstraint("partnership", "slug", name=op.f("uq_talk_partnership_slug")),
    )
    op.create_index(op.f("ix_talk_partnership_day"), "talk", ["partnership", "day"], unique=False)
    op.create_index(op.f("ix_talk_series_id"), "talk", ["series_id"], unique=False)
    op.create_index(op.f("ix_talk_term_id"), "talk", ["term_id"], unique=False)
    op.create_index(op.f("ix_talk_venue_id"), "talk", ["venue_id"], unique=False)
    op.create_table(
        "sign_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("talk_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("contact_mark", sa.LargeBinary(length=32), nullable=True),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("places", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("queue", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_in", sa.String(length=8), nullable=True),
        sa.Column("came", sa.SmallInteger(), nullable=True),
        sa.Column("moved_seen", sa.Integer(), nullable=False),
        sa.CheckConstraint("places >= 1", name=op.f("ck_sign_up_at_least_one_place")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_sign_up_booking_id_booking"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_sign_up_talk_id_talk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.UniqueConstraint("talk_id", "check_in", name=op.f("uq_sign_up_talk_id_check_in")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sign_up_booking_id"), "sign_up", ["booking_id"], unique=False)
    op.create_index(op.f("ix_sign_up_talk_id_way_state"), "sign_up", ["talk_id", "way", "state"], unique=False)
    op.create_index(
        "uq_sign_up_talk_id_contact_mark_live",
        "sign_up",
        ["talk_id", "contact_mark"],
        unique=True,
        sqlite_where=sa.text("state IN ('booked', 'waiting', 'offered')"),
        postgresql_where=sa.text("state IN ('booked', 'waiting', 'offered')"),
    )
    op.create_table(
        "talk_count",
        sa.Column("talk_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_talk_count_talk_id_talk"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("talk_id", "about", name=op.f("pk_talk_count")),
    )
    op.create_table(
        "talk_note",
        sa.Column("voice_id", sa.Uuid(), nullable=False),
        sa.Column("talk_id", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_talk_note_talk_id_talk"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["voice_id"], ["voice.id"], name=op.f("fk_talk_note_voice_id_voice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("voice_id", name=op.f("pk_talk_note")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_talk_note_talk_id"), "talk_note", ["talk_id"], unique=False)
    op.create_table(
        "talk_promise",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("talk_id", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.String(length=24), nullable=False),
        sa.Column("said", sa.String(length=500), nullable=False),
        sa.Column("will_do", sa.String(length=500), nullable=False),
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("by_when", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=500), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_talk_promise_talk_id_talk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_promise")),
    )
    op.create_index(op.f("ix_talk_promise_partnership_state"), "talk_promise", ["partnership", "state"], unique=False)
    op.create_index(op.f("ix_talk_promise_talk_id"), "talk_promise", ["talk_id"], unique=False)
    op.create_table(
        "talk_question",
        sa.Column("voice_id", sa.Uuid(), nullable=False),
        sa.Column("talk_id", sa.Uuid(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["talk_id"], ["talk.id"], name=op.f("fk_talk_question_talk_id_talk"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["voice_id"], ["voice.id"], name=op.f("fk_talk_question_voice_id_voice"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("voice_id", name=op.f("pk_talk_question")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_talk_question_talk_id"), "talk_question", ["talk_id"], unique=False)
    op.create_table(
        "talk_way",
        sa.Column("talk_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=True),
        sa.Column("walked_in", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_talk_way_capacity_is_a_number")),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_talk_way_talk_id_talk"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("talk_id", "way", name=op.f("pk_talk_way")),
    )
    op.create_table(
        "access_need",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sign_up_id", sa.Uuid(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("asked_late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["sign_up.id"], name=op.f("fk_access_need_sign_up_id_sign_up"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_need")),
        sa.UniqueConstraint("sign_up_id", "need", name=op.f("uq_access_need_sign_up_id_need")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "talk_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("sign_up_id", sa.Uuid(), nullable=True),
        sa.Column("talk_id", sa.Uuid(), nullable=True),
        sa.Column("once", sa.String(length=120), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("queued", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_talk_message_booking_id_booking"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["sign_up.id"], name=op.f("fk_talk_message_sign_up_id_sign_up"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["talk_id"], ["talk.id"], name=op.f("fk_talk_message_talk_id_talk"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_message")),
        sa.UniqueConstraint("partnership", "once", name=op.f("uq_talk_message_partnership_once")),
    )
    op.create_index(op.f("ix_talk_message_booking_id"), "talk_message", ["booking_id"], unique=False)
    op.create_index(op.f("ix_talk_message_sign_up_id"), "talk_message", ["sign_up_id"], unique=False)
    op.create_index(op.f("ix_talk_message_state_due_at"), "talk_message", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_talk_message_talk_id"), "talk_message", ["talk_id"], unique=False)
    op.create_table(
        "talk_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("sign_up_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("queue", sa.Integer(), nullable=False),
        sa.Column("places", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["sign_up.id"], name=op.f("fk_talk_offer_sign_up_id_sign_up"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_offer")),
    )
    op.create_index(op.f("ix_talk_offer_ended_until"), "talk_offer", ["ended", "until"], unique=False)
    op.create_index(op.f("ix_talk_offer_sign_up_id"), "talk_offer", ["sign_up_id"], unique=False)
    # ### end Alembic commands ###


def downgrade() -> None:
    """Go back. Talks and bookings are lost; what was said at talks or asked ahead of them stays, as from a group."""
    op.execute("UPDATE voice SET kind = 'focus_group' WHERE kind IN ('talk_question', 'talk_note')")
    op.drop_index(op.f("ix_talk_offer_sign_up_id"), table_name="talk_offer")
    op.drop_index(op.f("ix_talk_offer_ended_until"), table_name="talk_offer")
    op.drop_table("talk_offer")
    op.drop_index(op.f("ix_talk_message_talk_id"), table_name="talk_message")
    op.drop_index(op.f("ix_talk_message_state_due_at"), table_name="talk_message")
    op.drop_index(op.f("ix_talk_message_sign_up_id"), table_name="talk_message")
    op.drop_index(op.f("ix_talk_message_booking_id"), table_name="talk_message")
    op.drop_table("talk_message")
    op.drop_table("access_need")
    op.drop_table("talk_way")
    op.drop_index(op.f("ix_talk_question_talk_id"), table_name="talk_question")
    op.drop_table("talk_question")
    op.drop_index(op.f("ix_talk_promise_talk_id"), table_name="talk_promise")
    op.drop_index(op.f("ix_talk_promise_partnership_state"), table_name="talk_promise")
    op.drop_table("talk_promise")
    op.drop_index(op.f("ix_talk_note_talk_id"), table_name="talk_note")
    op.drop_table("talk_note")
    op.drop_table("talk_count")
    op.drop_index(
        "uq_sign_up_talk_id_contact_mark_live",
        table_name="sign_up",
        sqlite_where=sa.text("state IN ('booked', 'waiting', 'offered')"),
        postgresql_where=sa.text("state IN ('booked', 'waiting', 'offered')"),
    )
    op.drop_index(op.f("ix_sign_up_talk_id_way_state"), table_name="sign_up")
    op.drop_index(op.f("ix_sign_up_booking_id"), table_name="sign_up")
    op.drop_table("sign_up")
    op.drop_index(op.f("ix_talk_venue_id"), table_name="talk")
    op.drop_index(op.f("ix_talk_term_id"), table_name="talk")
    op.drop_index(op.f("ix_talk_series_id"), table_name="talk")
    op.drop_index(op.f("ix_talk_partnership_day"), table_name="talk")
    op.drop_table("talk")
    op.drop_table("venue")
    op.drop_table("talk_term")
    op.drop_table("talk_series")
    op.drop_index(op.f("ix_booking_partnership"), table_name="booking")
    op.drop_table("booking")
    # ### end Alembic commands ###
