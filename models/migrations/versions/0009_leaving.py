"""Leaving and forgetting: retention, erasure, handing over, requests of the people concerned."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what the models say."""


def downgrade() -> None:
    """Take it away again."""
