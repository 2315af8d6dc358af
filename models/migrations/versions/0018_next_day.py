"""The next day of a dispute: its promise, or the parties' own term 救济期限 where that ends first."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

FILL = """
    UPDATE dispute
    SET next_on = CASE WHEN due_on IS NULL OR remedy_on < due_on THEN remedy_on ELSE due_on END
"""


def upgrade() -> None:
    """Work it out for what is there."""
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.add_column(sa.Column("next_on", sa.Date(), nullable=True))
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.create_index("ix_dispute_next", ["next_on", "id"], unique=False)
    op.execute(FILL)


def downgrade() -> None:
    """Take it back; what it is made of stands in its row still."""
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_next")
        batch_op.drop_column("next_on")
