"""The next day of a dispute: its promise, or the parties' own term 救济期限 where that ends first."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NEXT_ON = "CASE WHEN due_on IS NULL OR remedy_on < due_on THEN remedy_on ELSE due_on END"


def upgrade() -> None:
    """Let the database keep it."""
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("next_on", sa.Date(), sa.Computed(NEXT_ON, persisted=True), nullable=True)
        )
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.create_index("ix_dispute_next", ["next_on", "id"], unique=False)


def downgrade() -> None:
    """Take it back; what it is made of stands in its row still."""
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_next")
        batch_op.drop_column("next_on")
