"""Docking with the court 诉调对接: what it sent, and what it was asked to confirm."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
WALLED = ("confirmation", "court_referral")


def upgrade() -> None:
    """Add what the message says."""
    op.create_table(
        "confirmation",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "filed",
                "accepted",
                "refused",
                "confirmed",
                "rejected",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("court", sa.String(length=60), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "domicile",
                "subject",
                "seat",
                "invited",
                "intermediate",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("apply_by", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("case_number", sa.String(length=60), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "apply_by >= effective_on", name=op.f("ck_confirmation_apply_after_effect")
        ),
        sa.CheckConstraint(
            "decided_on >= filed_on", name=op.f("ck_confirmation_decided_after_filed")
        ),
        sa.CheckConstraint("filed_on <= apply_by", name=op.f("ck_confirmation_filed_in_time")),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_confirmation_dispute_id")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["user_account.id"], name=op.f("fk_confirmation_prepared_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint(
            "dispute_id",
            "ordinal",
            "attempt",
            name=op.f("uq_confirmation_dispute_id_ordinal_attempt"),
        ),
    )
    with op.batch_alter_table("confirmation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_confirmation_confirmed",
            ["decided_on", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('confirmed')"),
            sqlite_where=sa.text("state IN ('confirmed')"),
        )
        batch_op.create_index(
            "uq_confirmation_open",
            ["dispute_id", "ordinal"],
            unique=True,
            postgresql_where=sa.text("NOT (state IN ('refused', 'rejected', 'withdrawn'))"),
            sqlite_where=sa.text("NOT (state IN ('refused', 'rejected', 'withdrawn'))"),
        )

    op.create_table(
        "court_referral",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "assigned",
                "entrusted",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "sent_back",
                "reported",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "procedure",
            sa.Enum(
                "ordinary",
                "simplified",
                name="procedure",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("court", sa.String(length=60), nullable=False),
        sa.Column("court_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("case_number", sa.String(length=60), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "agreed",
                "not_agreed",
                "withdrawn",
                name="result",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("materials_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("back_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("undisputed_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('entrusted')) = (procedure IS NOT NULL)",
            name=op.f("ck_court_referral_filed_has_procedure"),
        ),
        sa.CheckConstraint(
            "(state IN ('reported')) = (reported_on IS NOT NULL)",
            name=op.f("ck_court_referral_reported_on_a_day"),
        ),
        sa.CheckConstraint(
            "(state IN ('reported')) = (result IS NOT NULL)",
            name=op.f("ck_court_referral_reported_with_result"),
        ),
        sa.CheckConstraint(
            "(state IN ('running', 'reported')) = (due_on IS NOT NULL)",
            name=op.f("ck_court_referral_confirmed_has_its_term"),
        ),
        sa.CheckConstraint(
            "(state IN ('waiting')) = (answered_on IS NULL)",
            name=op.f("ck_court_referral_answered_unless_waiting"),
        ),
        sa.ForeignKeyConstraint(
            ["court_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_court_referral_court_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_court_referral_dispute_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_court_referral_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_referral")),
    )
    with op.batch_alter_table("court_referral", schema=None) as batch_op:
        batch_op.create_index(
            "ix_court_referral_court", ["court_organisation_id", "received_on", "id"], unique=False
        )
        batch_op.create_index(
            "ix_court_referral_dispute", ["dispute_id", "received_on", "id"], unique=False
        )
        batch_op.create_index(
            "ix_court_referral_open",
            ["state", "answer_by", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('waiting', 'running')"),
            sqlite_where=sa.text("state IN ('waiting', 'running')"),
        )
    if op.get_bind().dialect.name == "postgresql":
        for table in WALLED:
            _wall(table)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("court_referral")
    op.drop_table("confirmation")


def _wall(table: str) -> None:
    """Who may read what a dispute is about may read these, as they may read its agreement."""
    asked = sa.text(
        "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy "
        "WHERE polrelid = 'agreement'::regclass AND polname = 'seen'"
    )
    seen = str(op.get_bind().scalar(asked)).replace("agreement.", f"{table}.")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)")
    op.execute(f"CREATE POLICY seen ON {table} TO {SEEING} USING ({seen})")
