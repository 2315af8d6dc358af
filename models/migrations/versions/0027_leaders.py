"""Leaders: disputes in their charge, their measures, and their reception days with who came."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
WALLED = ("charge", "charge_measure", "reception_visit")


def upgrade() -> None:
    """Add what the message says."""
    op.create_table(
        "charge",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(length=20), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_as IS NULL)", name=op.f("ck_charge_ended_as_what")
        ),
        *_keys("charge", dispute_id="dispute", leader_id="user_account", named_by="user_account"),
    )
    _where("uq_charge_running", "charge", ["dispute_id"], "ended_at IS NULL")
    _where("ix_charge_running", "charge", ["named_at", "id"], "ended_at IS NULL")
    op.create_index("ix_charge_dispute", "charge", ["dispute_id", "named_at", "id"])
    op.create_index("ix_charge_leader", "charge", ["leader_id", "named_at", "id"])
    op.create_index("ix_charge_newest", "charge", ["named_at", "id"])
    op.create_table(
        "charge_measure",
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_keys(
            "charge_measure", charge_id="charge", dispute_id="dispute", written_by="user_account"
        ),
    )
    for name in ("charge", "dispute"):
        columns = [f"{name}_id", "written_at", "id"]
        op.create_index(f"ix_charge_measure_{name}", "charge_measure", columns)
    _add_receptions()
    if op.get_bind().dialect.name == "postgresql":
        _put_up_the_wall()


def downgrade() -> None:
    """Take it back."""
    for table in ("reception_visit", "reception", "charge_measure", "charge"):
        op.drop_table(table)


def _add_receptions() -> None:
    op.create_table(
        "reception",
        sa.Column("leader_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_off_by", sa.Uuid(), nullable=True),
        sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_reception_ends_after_start")),
        sa.CheckConstraint(
            "(called_off_by IS NULL) = (called_off_at IS NULL)",
            name=op.f("ck_reception_off_by_whom"),
        ),
        *_keys(
            "reception",
            leader_id="user_account",
            organisation_id="organisation",
            planned_by="user_account",
            called_off_by="user_account",
        ),
    )
    op.create_index("ix_reception_day", "reception", ["on_date", "starts_at", "id"])
    op.create_index("ix_reception_leader", "reception", ["leader_id", "on_date"])
    op.create_table(
        "reception_visit",
        sa.Column("reception_id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)",
            name=op.f("ck_reception_visit_withdrawn_by_whom"),
        ),
        *_keys(
            "reception_visit",
            reception_id="reception",
            dispute_id="dispute",
            noted_by="user_account",
            withdrawn_by="user_account",
        ),
    )
    _where(
        "uq_reception_visit_standing",
        "reception_visit",
        ["reception_id", "dispute_id"],
        "withdrawn_at IS NULL",
    )
    op.create_index("ix_reception_visit_dispute_id", "reception_visit", ["dispute_id"])


def _keys(table: str, **targets: str) -> list[sa.Constraint]:
    """The primary key, and where each column leads."""
    foreign = [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in targets.items()
    ]
    return [*foreign, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def _where(name: str, table: str, columns: list[str], condition: str) -> None:
    """An index of some of the rows, by its name a unique one."""
    told, unique = sa.text(condition), name.startswith("uq")
    op.create_index(name, table, columns, unique=unique, postgresql_where=told, sqlite_where=told)


def _put_up_the_wall() -> None:
    """Who sees the dispute sees that a leader answers for it; the words are sealed besides."""
    for table in WALLED:
        seen = f"EXISTS (SELECT FROM dispute WHERE dispute.id = {table}.dispute_id)"
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)",
            f"CREATE POLICY seen ON {table} TO {SEEING} USING ({seen})",
        ):
            op.execute(sa.text(statement))
