"""What waits at a unit for somebody to take it on has an index of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

WAITING = "status = 'dispatched' AND mediator_id IS NULL"


def upgrade() -> None:
    """Add what the message says."""
    op.create_index(
        "ix_dispute_waiting",
        "dispute",
        ["organisation_id", "registered_at", "id"],
        postgresql_where=sa.text(WAITING),
        sqlite_where=sa.text(WAITING),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_dispute_waiting", "dispute")
