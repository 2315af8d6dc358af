"""Backups that were made, and what a restore left to be decided."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the diary of backups, that of restores, and the list of held messages."""
    op.create_table(
        "backup_run",
        sa.Column(
            "kind",
            sa.Enum(
                "daily",
                "drill",
                "asked",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("path", sa.String(length=300), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("row_count", sa.BigInteger(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "verified_at IS NULL OR path IS NOT NULL",
            name=op.f("ck_backup_run_verified_has_path"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user_account.id"], name=op.f("fk_backup_run_asked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_run")),
        sa.UniqueConstraint("kind", "period", name=op.f("uq_backup_run_kind_period")),
    )
    op.create_index(op.f("ix_backup_run_ended_at"), "backup_run", ["ended_at"])
    op.create_table(
        "restoration",
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cut_off", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archive", sa.String(length=300), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restoration")),
    )
    op.create_index(op.f("ix_restoration_restored_at"), "restoration", ["restored_at"])
    op.create_table(
        "held_message",
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_held_message_outbox_id")
        ),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_held_message")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("held_message")
    op.drop_table("restoration")
    op.drop_table("backup_run")
