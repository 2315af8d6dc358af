"""The second wall around what hangs on a lawsuit, sheets of the court, open registers of a town."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
USER = "nullif(current_setting('fengqiao.user', true), '')::uuid"
EVERYWHERE = "(SELECT current_setting('fengqiao.everywhere', true) = 'on')"
NAMED = (
    "EXISTS (SELECT FROM linkage_name "
    f"WHERE linkage_name.linkage_id = linkage.id AND linkage_name.user_id = {USER})"
)
SEALED = "register IN ('interference', 'referral')"
THEIRS = f"recorded_by = {USER} OR {NAMED}"


def upgrade() -> None:
    """A part is there as its whole is; an open register and a sheet for the town they are of."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, condition in _conditions().items():
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)",
            f"CREATE POLICY seen ON {table} TO {SEEING} USING ({condition})",
        ):
            _do(statement)
    near = f"{EVERYWHERE} OR {_at('town')} OR {_at('homes')}"
    _registers(f"({SEALED} AND ({THEIRS})) OR (NOT {SEALED} AND ({near}))")


def downgrade() -> None:
    """Take it back."""
    if op.get_bind().dialect.name != "postgresql":
        return
    _registers(f"NOT {SEALED} OR {THEIRS}")
    for table in reversed(_conditions()):
        for statement in (
            f"DROP POLICY seen ON {table}",
            f"DROP POLICY whole ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ):
            _do(statement)


def _conditions() -> dict[str, str]:
    parts = {
        table: f"EXISTS (SELECT FROM lawsuit WHERE lawsuit.id = {table}.lawsuit_id)"
        for table in ("hearing", "duty", "case_review", "case_mend")
    }
    return parts | {
        "exchange": f"{USER} IS NOT NULL AND ({EVERYWHERE} OR {_at('town')})",
        "exchange_row": (
            "EXISTS (SELECT FROM exchange WHERE exchange.id = exchange_row.exchange_id)"
        ),
    }


def _registers(condition: str) -> None:
    _do(f"ALTER POLICY seen ON linkage USING ({USER} IS NOT NULL AND ({condition}))")


def _at(place: str) -> str:
    """Whether the unit concerned is one of those."""
    found = f"string_to_array(nullif(current_setting('fengqiao.{place}', true), ''), ',')::uuid[]"
    return f"organisation_id = ANY ((SELECT {found})::uuid[])"


def _do(statement: str) -> None:
    op.execute(sa.text(statement.replace(":", r"\:")))
