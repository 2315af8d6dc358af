"""Linkage: registers of what court and procuratorate ask, their stages; sheets of the court."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
USER = "(SELECT nullif(current_setting('fengqiao.user', true), '')::uuid)"


def upgrade() -> None:
    """Add what the message says."""
    op.create_table(
        "exchange",
        sa.Column(
            "state",
            sa.Enum(
                "read",
                "kept",
                "dropped",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("read_by", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('read')) = (settled_at IS NULL)",
            name=op.f("ck_exchange_settled_unless_read"),
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)", name=op.f("ck_exchange_settled_by_whom")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_exchange_organisation_id")
        ),
        sa.ForeignKeyConstraint(["read_by"], ["user_account.id"], name=op.f("fk_exchange_read_by")),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user_account.id"], name=op.f("fk_exchange_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange")),
    )
    with op.batch_alter_table("exchange", schema=None) as batch_op:
        batch_op.create_index("ix_exchange_newest", ["read_at", "id"], unique=False)

    op.create_table(
        "exchange_row",
        sa.Column("exchange_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "same",
                "differs",
                "unknown",
                "missing",
                "wrong",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("theirs", sa.String(length=30), nullable=True),
        sa.Column("ours", sa.String(length=80), nullable=True),
        sa.Column("problem", sa.String(length=100), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "court_ahead",
                "we_ahead",
                "wrong_number",
                "not_ours",
                "not_recorded",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(verdict IN ('wrong')) = (problem IS NOT NULL)",
            name=op.f("ck_exchange_row_problem_iff_wrong"),
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchange.id"], name=op.f("fk_exchange_row_exchange_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_row")),
        sa.UniqueConstraint(
            "exchange_id", "ordinal", name=op.f("uq_exchange_row_exchange_id_ordinal")
        ),
    )
    op.create_table(
        "linkage",
        sa.Column(
            "register",
            sa.Enum(
                "oversight",
                "inquiry",
                "court_aid",
                "obligation",
                "enforcement_check",
                "interference",
                "referral",
                name="register",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "number",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "filed",
                "consulted",
                "suggested",
                "rectified",
                "followed",
                "sued",
                "received",
                "fed_back",
                "done",
                "failed",
                "ended",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("sort", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=True),
        sa.Column("asker", sa.String(length=80), nullable=False),
        sa.Column("sign", sa.String(length=60), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_rule", sa.String(length=40), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column(
            "period",
            sa.Enum(
                "once",
                "monthly",
                "quarterly",
                "half_yearly",
                "yearly",
                name="period",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("lawsuit_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(register IN ('interference', 'referral')) = (title IS NULL)",
            name=op.f("ck_linkage_titled_unless_sealed"),
        ),
        sa.CheckConstraint(
            "(register IN ('obligation')) = (period IS NOT NULL)",
            name=op.f("ck_linkage_period_iff_obligation"),
        ),
        sa.CheckConstraint(
            "(register IN ('referral')) = (words_sealed IS NULL)",
            name=op.f("ck_linkage_words_unless_a_referral"),
        ),
        sa.CheckConstraint(
            "(due_on IS NULL) = (due_rule IS NULL)", name=op.f("ck_linkage_due_by_a_rule")
        ),
        sa.CheckConstraint(
            "due_on >= received_on", name=op.f("ck_linkage_due_not_before_received")
        ),
        sa.CheckConstraint(
            "ended_on >= received_on", name=op.f("ck_linkage_ended_not_before_received")
        ),
        sa.ForeignKeyConstraint(["lawsuit_id"], ["lawsuit.id"], name=op.f("fk_linkage_lawsuit_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_linkage_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_linkage_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linkage")),
        sa.UniqueConstraint("number", name=op.f("uq_linkage_number")),
    )
    with op.batch_alter_table("linkage", schema=None) as batch_op:
        batch_op.create_index(
            "ix_linkage_due",
            ["due_on", "id"],
            unique=False,
            postgresql_where=sa.text("ended_on IS NULL"),
            sqlite_where=sa.text("ended_on IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_linkage_lawsuit_id"), ["lawsuit_id"], unique=False)
        batch_op.create_index("ix_linkage_newest", ["received_on", "id"], unique=False)
        batch_op.create_index(
            "ix_linkage_register", ["register", "received_on", "id"], unique=False
        )
        batch_op.create_index(
            "ix_linkage_unit", ["organisation_id", "received_on", "id"], unique=False
        )

    op.create_table(
        "linkage_name",
        sa.Column("linkage_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["linkage_id"], ["linkage.id"], name=op.f("fk_linkage_name_linkage_id")
        ),
        sa.ForeignKeyConstraint(
            ["named_by"], ["user_account.id"], name=op.f("fk_linkage_name_named_by")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_linkage_name_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linkage_name")),
        sa.UniqueConstraint(
            "linkage_id", "user_id", name=op.f("uq_linkage_name_linkage_id_user_id")
        ),
    )
    with op.batch_alter_table("linkage_name", schema=None) as batch_op:
        batch_op.create_index("ix_linkage_name_user", ["user_id", "linkage_id"], unique=False)

    op.create_table(
        "linkage_step",
        sa.Column("linkage_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "filed",
                "consulted",
                "suggested",
                "rectified",
                "followed",
                "sued",
                "received",
                "fed_back",
                "done",
                "failed",
                "ended",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("paper", sa.String(length=60), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["linkage_id"], ["linkage.id"], name=op.f("fk_linkage_step_linkage_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_linkage_step_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linkage_step")),
        sa.UniqueConstraint(
            "linkage_id", "ordinal", name=op.f("uq_linkage_step_linkage_id_ordinal")
        ),
    )
    op.create_index("ix_linkage_step_paper", "linkage_step", ["paper"])
    if op.get_bind().dialect.name == "postgresql":
        _put_up_the_wall()


def downgrade() -> None:
    """Take it back."""
    if op.get_bind().dialect.name == "postgresql":  # it asks another table
        op.execute("DROP POLICY seen ON linkage")
    for table in ("linkage_step", "linkage_name", "linkage", "exchange_row", "exchange"):
        op.drop_table(table)


def _put_up_the_wall() -> None:
    """A row of a sealed register is there for who wrote it and whom it names, for nobody else."""
    named = (
        "EXISTS (SELECT FROM linkage_name "
        f"WHERE linkage_name.linkage_id = linkage.id AND linkage_name.user_id = {USER})"
    )
    conditions = {
        "linkage": f"{USER} IS NOT NULL AND "
        f"(register NOT IN ('interference', 'referral') OR recorded_by = {USER} OR {named})",
        "linkage_step": "EXISTS (SELECT FROM linkage WHERE linkage.id = linkage_step.linkage_id)",
    }
    for table, condition in conditions.items():
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)",
            f"CREATE POLICY seen ON {table} TO {SEEING} USING ({condition})",
        ):
            op.execute(sa.text(statement.replace(":", r"\:")))
