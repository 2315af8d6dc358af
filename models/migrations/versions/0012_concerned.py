"""The people concerned: reveals, their requests, what their data is kept on."""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what the models say."""


def downgrade() -> None:
    """Take it away again."""
