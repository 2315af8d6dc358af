"""Merged disputes 并案 and the way back; repeated visits 重复访."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
WALLED = ("merge", "repeat_visit")
ENDED = "status IN ('closed', 'archived')"


def upgrade() -> None:
    """Add what the message says."""
    op.create_table(
        "merge",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("record", JSON, nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("merged_id <> dispute_id", name=op.f("ck_merge_two_disputes")),
        sa.CheckConstraint(
            "(undone_by IS NULL) = (undone_at IS NULL)", name=op.f("ck_merge_undone_by_whom")
        ),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undo_sealed IS NULL)",
            name=op.f("ck_merge_undone_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_merge_dispute_id")),
        sa.ForeignKeyConstraint(["merged_id"], ["dispute.id"], name=op.f("fk_merge_merged_id")),
        sa.ForeignKeyConstraint(
            ["merged_by"], ["user_account.id"], name=op.f("fk_merge_merged_by")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["user_account.id"], name=op.f("fk_merge_undone_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    with op.batch_alter_table("merge", schema=None) as batch_op:
        batch_op.create_index("ix_merge_dispute", ["dispute_id", "merged_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merge_merged_id"), ["merged_id"], unique=False)
        batch_op.create_index(
            "ix_merge_in_force",
            ["merged_id"],
            unique=True,
            postgresql_where=sa.text("undone_at IS NULL"),
            sqlite_where=sa.text("undone_at IS NULL"),
        )
    op.create_table(
        "repeat_visit",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("came_on", sa.Date(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ordinal >= 2", name=op.f("ck_repeat_visit_ordinal_from_two")),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_repeat_visit_dispute_id")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.id"],
            name=op.f("fk_repeat_visit_party_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_repeat_visit_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_repeat_visit_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repeat_visit")),
        sa.UniqueConstraint(
            "dispute_id", "ordinal", name=op.f("uq_repeat_visit_dispute_id_ordinal")
        ),
    )
    with op.batch_alter_table("repeat_visit", schema=None) as batch_op:
        batch_op.create_index("ix_repeat_visit_came", ["came_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_repeat_visit_party_id"), ["party_id"], unique=False)
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_dispute_merged_into_id"), "dispute", ["merged_into_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_dispute_merged_has_ended"), f"merged_into_id IS NULL OR {ENDED}"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_dispute_merged_into_another"), "merged_into_id <> id"
        )
        batch_op.create_index(
            "ix_dispute_merged_into",
            ["merged_into_id"],
            unique=False,
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        )
    if op.get_bind().dialect.name == "postgresql":
        for table in WALLED:
            _wall(table)


def downgrade() -> None:
    """Take it back; what was merged stays closed."""
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_merged_into")
        batch_op.drop_constraint(batch_op.f("ck_dispute_merged_into_another"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_dispute_merged_has_ended"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_dispute_merged_into_id"), type_="foreignkey")
        batch_op.drop_column("merged_into_id")
    op.drop_table("repeat_visit")
    op.drop_table("merge")


def _wall(table: str) -> None:
    """Who may know of a dispute may know of these; their words are sealed with its key."""
    seen = f"EXISTS (SELECT FROM dispute WHERE dispute.id = {table}.dispute_id)"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)")
    op.execute(f"CREATE POLICY seen ON {table} TO {SEEING} USING ({seen})")
