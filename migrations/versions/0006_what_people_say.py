"""People's own words get a life: screening, who must read them, themes, readings, quotes, other voices

Revision 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROLE = "comment_reader"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Go up. Words that are there already wait, held, until they are screened."""
    op.create_table(
        "learnt_model",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("codeframe", sa.String(length=40), nullable=False),
        sa.Column("codeframe_version", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learnt_model")),
        sa.UniqueConstraint(
            "partnership", "codeframe", "number", name=op.f("uq_learnt_model_partnership_codeframe_number")
        ),
    )
    op.create_table(
        "voice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("teller", sa.String(length=20), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("district", sa.SmallInteger(), nullable=True),
        sa.Column("consent", sa.String(length=10), nullable=False),
        sa.Column("came_from", sa.String(length=200), nullable=False),
        sa.Column("entered_by", sa.String(length=255), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("source_hash", sa.LargeBinary(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice")),
        sa.UniqueConstraint("partnership", "source_hash", name=op.f("uq_voice_partnership_source_hash")),
    )
    op.create_index(op.f("ix_voice_partnership_kind"), "voice", ["partnership", "kind"], unique=False)
    op.create_table(
        "reading_sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.Column("first_reader", sa.String(length=255), nullable=False),
        sa.Column("second_reader", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_reading_sample_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_sample")),
    )
    op.create_index(op.f("ix_reading_sample_partnership"), "reading_sample", ["partnership"], unique=False)
    op.create_table(
        "comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("wave_id", sa.Uuid(), nullable=True),
        sa.Column("voice_id", sa.Uuid(), nullable=True),
        sa.Column("item", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("young", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=10), server_default="unscreened", nullable=False),
        sa.Column("asks_contact", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("hidden", sa.JSON(), nullable=True),
        sa.CheckConstraint("(response_id IS NULL) <> (voice_id IS NULL)", name=op.f("ck_comment_of_one_source")),
        sa.CheckConstraint(
            "(response_id IS NULL) = (wave_id IS NULL)", name=op.f("ck_comment_of_a_wave_if_of_a_response")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_comment_response_id_response"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_comment_voice_id_voice"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_comment_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("response_id", "item", name=op.f("uq_comment_response_id_item")),
        sa.UniqueConstraint("voice_id", name=op.f("uq_comment_voice_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_comment_partnership_standing"), "comment", ["partnership", "standing"], unique=False)
    op.create_index(op.f("ix_comment_wave_id"), "comment", ["wave_id"], unique=False)
    op.create_table(
        "theme_snapshot",
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["wave_id", "number"],
            ["snapshot.wave_id", "snapshot.number"],
            name=op.f("fk_theme_snapshot_wave_id_number_snapshot"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("wave_id", "number", name=op.f("pk_theme_snapshot")),
    )
    op.create_table(
        "cleared_quote",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("quoted", sa.Text(), nullable=False),
        sa.Column("cleared_by", sa.String(length=255), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=False),
        sa.Column("beside", sa.String(length=20), nullable=True),
        sa.Column("beside_group", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_cleared_quote_comment_id_comment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_cleared_quote")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_cleared_quote_partnership"), "cleared_quote", ["partnership"], unique=False)
    op.create_table(
        "comment_reading",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("reader", sa.String(length=255), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=True),
        sa.Column("codeframe_version", sa.Integer(), nullable=False),
        sa.Column("valence", sa.String(length=12), nullable=True),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_comment_reading_comment_id_comment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["reading_sample.id"],
            name=op.f("fk_comment_reading_sample_id_reading_sample"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("comment_id", "reader", name=op.f("pk_comment_reading")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_comment_reading_partnership_reader"), "comment_reading", ["partnership", "reader"], unique=False
    )
    op.create_table(
        "safeguarding_entry",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("partnership", sa.String(length=40), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("overdue_told", sa.Boolean(), nullable=False),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.Column("read_by", sa.String(length=255), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(read_on IS NULL) = (outcome IS NULL)", name=op.f("ck_safeguarding_entry_read_with_an_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_safeguarding_entry_comment_id_comment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_safeguarding_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_safeguarding_entry_partnership_read_on_due_on"),
        "safeguarding_entry",
        ["partnership", "read_on", "due_on"],
        unique=False,
    )
    op.create_table(
        "sampled_comment",
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_sampled_comment_comment_id_comment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"],
            ["reading_sample.id"],
            name=op.f("fk_sampled_comment_sample_id_reading_sample"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sample_id", "comment_id", name=op.f("pk_sampled_comment")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tagging",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("codeframe", sa.String(length=40), nullable=False),
        sa.Column("codeframe_version", sa.Integer(), nullable=False),
        sa.Column("tagger_version", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("valence", sa.String(length=12), nullable=True),
        sa.Column("valence_probability", sa.Float(), nullable=True),
        sa.Column("polarity", sa.Float(), nullable=True),
        sa.Column("compound", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_tagging_comment_id_comment"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_tagging")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_tagging_state"), "tagging", ["state"], unique=False)
    op.create_table(
        "theme_decision",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("reader", sa.String(length=255), nullable=False),
        sa.Column("theme", sa.String(length=24), nullable=False),
        sa.Column("said", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id", "reader"],
            ["comment_reading.comment_id", "comment_reading.reader"],
            name=op.f("fk_theme_decision_comment_id_reader_comment_reading"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", "reader", "theme", name=op.f("pk_theme_decision")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "theme_suggestion",
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.String(length=24), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("heavy_words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["tagging.comment_id"],
            name=op.f("fk_theme_suggestion_comment_id_tagging"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", "theme", name=op.f("pk_theme_suggestion")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_theme_suggestion_theme"), "theme_suggestion", ["theme"], unique=False)
    op.execute(
        "INSERT INTO comment"
        " (id, response_id, wave_id, item, language, words, partnership, young, standing, asks_contact)"
        " SELECT text.id, text.response_id, text.wave_id, text.item, text.language, text.words, wave.partnership,"
        " false, 'unscreened', false FROM response_text AS text JOIN wave ON wave.id = text.wave_id"
    )
    _mark_the_young()
    op.drop_index(op.f("ix_response_text_wave_id"), "response_text")
    op.drop_table("response_text")
    role = sa.table("role", sa.column("name", sa.String))
    if not op.get_bind().scalar(sa.select(role.c.name).where(role.c.name == ROLE)):
        op.bulk_insert(role, [{"name": ROLE}])


def _mark_the_young() -> None:
    """Mark the words of surveys that children or young people answer: a named reader must read each of them."""
    version = sa.table("instrument_version", sa.column("id", sa.Uuid), sa.column("document", JSON))
    wave = sa.table("wave", sa.column("id", sa.Uuid), sa.column("instrument_version_id", sa.Uuid))
    comment = sa.table("comment", sa.column("wave_id", sa.Uuid), sa.column("young", sa.Boolean))
    for key, document in op.get_bind().execute(sa.select(version.c.id, version.c.document)).all():
        asked = document.get("instrument", {})
        if asked.get("minors") or asked.get("audience") == "young_person":
            waves = sa.select(wave.c.id).where(wave.c.instrument_version_id == key)
            op.execute(sa.update(comment).where(comment.c.wave_id.in_(waves)).values(young=True))


def downgrade() -> None:
    """Go down. What came from elsewhere than a survey has no place there, and goes."""
    op.create_table(
        "response_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_response_text_response_id_response"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_response_text_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_text")),
        sa.UniqueConstraint("response_id", "item", name=op.f("uq_response_text_response_id_item")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_response_text_wave_id"), "response_text", ["wave_id"], unique=False)
    op.execute(
        "INSERT INTO response_text (id, response_id, wave_id, item, language, words)"
        " SELECT id, response_id, wave_id, item, language, words FROM comment WHERE response_id IS NOT NULL"
    )
    op.drop_index(op.f("ix_theme_suggestion_theme"), table_name="theme_suggestion")
    op.drop_table("theme_suggestion")
    op.drop_table("theme_decision")
    op.drop_index(op.f("ix_tagging_state"), table_name="tagging")
    op.drop_table("tagging")
    op.drop_table("sampled_comment")
    op.drop_index(op.f("ix_safeguarding_entry_partnership_read_on_due_on"), table_name="safeguarding_entry")
    op.drop_table("safeguarding_entry")
    op.drop_index(op.f("ix_comment_reading_partnership_reader"), table_name="comment_reading")
    op.drop_table("comment_reading")
    op.drop_index(op.f("ix_cleared_quote_partnership"), table_name="cleared_quote")
    op.drop_table("cleared_quote")
    op.drop_table("theme_snapshot")
    op.drop_index(op.f("ix_comment_wave_id"), table_name="comment")
    op.drop_index(op.f("ix_comment_partnership_standing"), table_name="comment")
    op.drop_table("comment")
    op.drop_index(op.f("ix_reading_sample_partnership"), table_name="reading_sample")
    op.drop_table("reading_sample")
    op.drop_index(op.f("ix_voice_partnership_kind"), table_name="voice")
    op.drop_table("voice")
    op.drop_table("learnt_model")
    op.execute("DELETE FROM user_role WHERE role_id IN (SELECT id FROM role WHERE name = 'comment_reader')")
    op.execute("DELETE FROM role WHERE name = 'comment_reader'")
