"""What is over its time is found by its end, and one list of it at most is open."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OVER = "ck_erasure_open_until_over"
WHOLE = sa.text("erased_at IS NULL")
# of several open ones the oldest stays; who proposed the others proposes again
SEND_BACK = """
    UPDATE erasure SET refused_by = proposed_by, refused_at = proposed_at
    WHERE refused_at IS NULL AND finished_at IS NULL AND EXISTS (
        SELECT 1 FROM erasure AS other
        WHERE other.refused_at IS NULL AND other.finished_at IS NULL AND (
            other.proposed_at < erasure.proposed_at
            OR (other.proposed_at = erasure.proposed_at AND other.id < erasure.id)
        )
    )
"""
OPEN = "UPDATE erasure SET open = true WHERE refused_at IS NULL AND finished_at IS NULL"


def upgrade() -> None:
    """An index of what ended and is whole; the mark of the one open list."""
    op.create_index(
        "ix_dispute_to_forget",
        "dispute",
        ["outcome", "closed_on", "id"],
        postgresql_where=WHOLE,
        sqlite_where=WHOLE,
    )
    op.add_column("erasure", sa.Column("open", sa.Boolean(), nullable=True))
    op.execute(sa.text(SEND_BACK))
    op.execute(sa.text(OPEN))
    with op.batch_alter_table("erasure") as batch:
        batch.create_unique_constraint(op.f("uq_erasure_open"), ["open"])
        batch.create_check_constraint(
            op.f(OVER),
            "(open IS NOT NULL) = (refused_at IS NULL AND finished_at IS NULL) "
            "AND (open IS NULL OR open)",
        )


def downgrade() -> None:
    """Without either."""
    with op.batch_alter_table("erasure") as batch:
        batch.drop_constraint(op.f(OVER), type_="check")
        batch.drop_constraint(op.f("uq_erasure_open"), type_="unique")
        batch.drop_column("open")
    op.drop_index("ix_dispute_to_forget", "dispute")
