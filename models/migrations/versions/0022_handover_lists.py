"""Lists of what units hand over have indexes of their own; who took it back keeps no sight of it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

HANDED_OVER = "kind <> 'dispatch'"
STOOD = {
    "from_newest": ["from_organisation_id", "sent_at", "id"],
    "to_newest": ["to_organisation_id", "sent_at", "id"],
    "flow": ["sent_on", "from_channel", "to_channel"],
}
HANDED = (
    "CREATE OR REPLACE FUNCTION wall_handed() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER "
    "SET search_path TO 'public', 'pg_temp' AS $$ SELECT array_agg(dispute_id) FROM handover "
    "WHERE from_organisation_id = nullif(current_setting('fengqiao.home', true), '')::uuid "
    "AND kind <> 'dispatch' {which}$$"
)


def upgrade() -> None:
    """Leave the dispatches, which are most of the rows, out of what is listed."""
    where: dict[str, Any] = {
        name: sa.text(HANDED_OVER) for name in ("postgresql_where", "sqlite_where")
    }
    for name, columns in STOOD.items():
        op.drop_index(f"ix_handover_{name}", "handover")
        op.create_index(f"ix_handover_{name}", "handover", columns, **where)
    op.create_index("ix_handover_newest", "handover", ["sent_at", "id"], **where)
    _see("AND state <> 'withdrawn' ")


def downgrade() -> None:
    """Take it back."""
    _see("")
    op.drop_index("ix_handover_newest", "handover")
    for name, columns in STOOD.items():
        op.drop_index(f"ix_handover_{name}", "handover")
        op.create_index(f"ix_handover_{name}", "handover", columns)


def _see(which: str) -> None:
    """Say of which handovers the sender keeps sight."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text(HANDED.format(which=which).replace(":", r"\:")))
