"""Terms run on letters, lawsuits and duties, not on disputes alone."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

SEEING = "fengqiao_app"
SUBJECTS = (
    "suggestion",
    "demand",
    "lawsuit",
    "duty",
    "inquiry",
    "court_aid",
    "enforcement_check",
    "obligation",
    "decision",
)
TABLES = ("clock", "clock_change", "clock_step", "notice")
OWED = ("clock", "notice")  # these say which unit owes it
OF_SUBJECTS = "subject_id IS NOT NULL"
CHECKS = {
    "owned_once": "(dispute_id IS NULL) = (subject_id IS NOT NULL)",
    "subject_named": "(subject IS NULL) = (subject_id IS NULL)",
}
OF_CLOCKS = {
    "subject_owed_by": "organisation_id IS NULL OR subject IS NOT NULL",
    "subject_in_days": "subject IS NULL OR start_at IS NULL",
}
INDEXES = {
    "clock": ("ix_clock_subject", ["subject_id", "start_on", "id"]),
    "notice": ("ix_notice_subject", ["subject_id"]),
}


def upgrade() -> None:
    """Add what the message says."""
    for table in TABLES:
        word = sa.Enum(
            *SUBJECTS, name="subject", native_enum=False, create_constraint=True, length=30
        )
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("dispute_id", existing_type=sa.Uuid(), nullable=True)
            batch_op.add_column(sa.Column("subject", word, nullable=True))
            batch_op.add_column(sa.Column("subject_id", sa.Uuid(), nullable=True))
            if table in OWED:
                batch_op.add_column(sa.Column("organisation_id", sa.Uuid(), nullable=True))
                batch_op.create_foreign_key(
                    batch_op.f(f"fk_{table}_organisation_id"),
                    "organisation",
                    ["organisation_id"],
                    ["id"],
                )
            for name, text in _checks(table).items():
                batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{name}"), text)
    for table, (name, columns) in INDEXES.items():
        op.create_index(
            name,
            table,
            columns,
            postgresql_where=sa.text(OF_SUBJECTS),
            sqlite_where=sa.text(OF_SUBJECTS),
        )
    _see(
        f"CASE WHEN clock.dispute_id IS NULL THEN ({_in_town()}) ELSE {_known('clock')} END",
        "CASE WHEN {table}.dispute_id IS NULL "
        "THEN EXISTS (SELECT FROM clock WHERE clock.id = {table}.clock_id) "
        "ELSE {known} END",
    )


def downgrade() -> None:
    """Take it back, and what ran on anything but a dispute with it."""
    _see(_known("clock"), "{known}")
    for table in reversed(TABLES):
        subject_id = sa.column("subject_id")
        op.execute(sa.delete(sa.table(table, subject_id)).where(subject_id.is_not(None)))
    for table, (name, _) in INDEXES.items():
        op.drop_index(name, table)
    for table in reversed(TABLES):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name in (*_checks(table), "subject"):
                batch_op.drop_constraint(batch_op.f(f"ck_{table}_{name}"), type_="check")
            if table in OWED:
                batch_op.drop_constraint(
                    batch_op.f(f"fk_{table}_organisation_id"), type_="foreignkey"
                )
                batch_op.drop_column("organisation_id")
            batch_op.drop_column("subject_id")
            batch_op.drop_column("subject")
            batch_op.alter_column("dispute_id", existing_type=sa.Uuid(), nullable=False)


def _checks(table: str) -> dict[str, str]:
    return CHECKS | (OF_CLOCKS if table == "clock" else {})


def _see(clock: str, others: str) -> None:
    """What the second wall lets through: notices are those of their reader, as before."""
    if op.get_bind().dialect.name != "postgresql":
        return
    conditions = {"clock": clock}
    for table in ("clock_change", "clock_step"):
        conditions[table] = others.format(table=table, known=_known(table))
    for table, condition in conditions.items():
        statement = f"ALTER POLICY seen ON {table} TO {SEEING} USING ({condition})"
        op.execute(sa.text(statement.replace(":", r"\:")))


def _known(table: str) -> str:
    """Whether the dispute of a row is there for the one who looks."""
    return f"EXISTS (SELECT FROM dispute WHERE dispute.id = {table}.dispute_id)"


def _in_town() -> str:
    """Whether what is owed is owed in the town of the one who looks, or by nobody yet."""
    everywhere = "(SELECT current_setting('fengqiao.everywhere', true) = 'on')"
    town = "string_to_array(nullif(current_setting('fengqiao.town', true), ''), ',')::uuid[]"
    home = "(SELECT nullif(current_setting('fengqiao.home', true), '')::uuid)"
    return (
        f"{everywhere} OR organisation_id = ANY ((SELECT {town})::uuid[]) "
        f"OR organisation_id = {home} OR (organisation_id IS NULL AND {home} IS NOT NULL)"
    )
