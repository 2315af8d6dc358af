"""The people concerned: reveals, their requests, what their data is kept on."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NOTICES = (
    "registered",
    "danger",
    "dispatched",
    "assigned",
    "returned",
    "reopened",
    "closed",
    "same",
)
ALARM = "revealed_often"


def upgrade() -> None:
    """Make what the models say."""
    _notices((*NOTICES, ALARM))


def downgrade() -> None:
    """Take it away again, and the alarms that no longer have a kind."""
    op.execute(sa.text("DELETE FROM notice WHERE kind = 'revealed_often'"))
    _notices(NOTICES)


def _notices(words: tuple[str, ...]) -> None:
    """Which kinds of notices there are."""
    name = op.f("ck_notice_kind")
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"kind IN ({', '.join(map(repr, words))})")
