"""Attachments 附件: one row for each file of the store."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = (
    "application",
    "id_copy",
    "contract",
    "certificate",
    "photo",
    "recording",
    "minutes",
    "agreement",
    "other",
)
MEDIA = ("pdf", "jpg", "png", "docx", "xlsx", "txt", "mp3", "m4a", "mp4")


def _word(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=30)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "attachment",
        sa.Column("subject", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kind", _word("kind", KINDS), nullable=False),
        sa.Column("media", _word("media", MEDIA), nullable=False),
        sa.Column("located", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_as", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_has_content")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawal_sealed IS NULL)",
            name=op.f("ck_attachment_withdrawal_is_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["user_account.id"], name=op.f("fk_attachment_uploaded_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["user_account.id"], name=op.f("fk_attachment_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_attachment_stored_as")),
    )
    op.create_index("ix_attachment_subject", "attachment", ["subject", "subject_id", "uploaded_at"])


def downgrade() -> None:
    """Take the table away; the files in the store stay, and are nobody's."""
    op.drop_index("ix_attachment_subject", table_name="attachment")
    op.drop_table("attachment")
