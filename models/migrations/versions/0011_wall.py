"""The second wall of PostgreSQL: row-level security."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what the models say."""


def downgrade() -> None:
    """Take it away again."""
