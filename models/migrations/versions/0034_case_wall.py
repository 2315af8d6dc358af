"""The parts of a lawsuit are there for who sees the case, in the database too."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
PARTS = ("hearing", "duty", "case_review", "case_mend")


def upgrade() -> None:
    """Put the wall up around them; SQLite has none."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in PARTS:
        seen = f"EXISTS (SELECT FROM lawsuit WHERE lawsuit.id = {table}.lawsuit_id)"
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)",
            f"CREATE POLICY seen ON {table} TO {SEEING} USING ({seen})",
        ):
            op.execute(sa.text(statement))


def downgrade() -> None:
    """Take it down."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in PARTS:
        for statement in (
            f"DROP POLICY seen ON {table}",
            f"DROP POLICY whole ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ):
            op.execute(sa.text(statement))
