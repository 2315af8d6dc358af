"""Keys: what a blind index was made of, sealed, where the row no longer tells it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what the models say."""
    op.add_column("dispute", sa.Column("indexed_sealed", sa.LargeBinary()))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("dispute", "indexed_sealed")
