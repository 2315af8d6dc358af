"""The trail 审计: the chain, its head, and what forbids changing it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
FORBID = {
    "sqlite": tuple(
        f"CREATE TRIGGER audit_entry_no_{deed.lower()} BEFORE {deed} ON audit_entry BEGIN "
        "SELECT RAISE(ABORT, 'the trail only grows'); END"
        for deed in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        (
            "CREATE FUNCTION audit_entry_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the trail only grows'; END $$"
        ),
        (
            "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
            "FOR EACH ROW EXECUTE FUNCTION audit_entry_only_grows()"
        ),
        (
            "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_only_grows()"
        ),
    ),
}


def upgrade() -> None:
    """Make the chain; it begins with the first deed after this."""
    op.create_table(
        "audit_entry",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(80), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("roles", JSON, nullable=False),
        sa.Column("address", sa.String(45), nullable=True),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(30), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "done",
                "denied",
                "failed",
                native_enum=False,
                length=30,
                create_constraint=True,
                name="result",
            ),
            nullable=False,
        ),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reason_mac", sa.LargeBinary(), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("request_id", sa.String(40), nullable=True),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_audit_entry_seq_from_one")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
    )
    for name, column in (
        ("subject", "subject_id"),
        ("actor", "actor_id"),
        ("action", "action"),
        ("organisation", "organisation_id"),
        ("kind", "subject"),
        ("day", "happened_at"),
    ):
        op.create_index(f"ix_audit_entry_{name}", "audit_entry", [column, "seq"])
    op.create_index(
        "ix_audit_entry_denied",
        "audit_entry",
        ["seq"],
        postgresql_where=sa.text("result IN ('denied')"),
        sqlite_where=sa.text("result IN ('denied')"),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    for statement in FORBID[op.get_bind().dialect.name]:
        op.execute(sa.DDL(statement))


def downgrade() -> None:
    """Forget the chain."""
    op.drop_table("audit_head")
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entry_only_grows()")
