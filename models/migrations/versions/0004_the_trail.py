"""The trail 审计: the chain, its head, and what forbids changing it."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what the models say."""


def downgrade() -> None:
    """Take it away again."""
