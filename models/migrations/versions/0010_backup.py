"""Backups and the drill."""

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what the models say."""


def downgrade() -> None:
    """Take it away again."""
