"""Appraisal: schemes of a year, results as announced and frozen, objections; kinds of letters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add what the message says."""
    op.create_table(
        "evaluation_scheme",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(published_by IS NULL) = (published_at IS NULL)",
            name=op.f("ck_evaluation_scheme_by_whom"),
        ),
        sa.CheckConstraint(
            "published_by <> drafted_by", name=op.f("ck_evaluation_scheme_second_person")
        ),
        sa.CheckConstraint("year BETWEEN 1990 AND 2199", name=op.f("ck_evaluation_scheme_a_year")),
        sa.ForeignKeyConstraint(
            ["drafted_by"], ["user_account.id"], name=op.f("fk_evaluation_scheme_drafted_by")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["user_account.id"], name=op.f("fk_evaluation_scheme_published_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_scheme")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_evaluation_scheme_year_number")),
    )
    op.create_table(
        "evaluation",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "announced",
                "final",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("cut_off", sa.DateTime(timezone=True), nullable=False),
        sa.Column("objections_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(stage IN ('announced')) = (objections_until IS NOT NULL)",
            name=op.f("ck_evaluation_objected_until"),
        ),
        sa.CheckConstraint(
            "revision = 1 OR reason IS NOT NULL", name=op.f("ck_evaluation_revised_for_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user_account.id"], name=op.f("fk_evaluation_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["evaluation_scheme.id"], name=op.f("fk_evaluation_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint(
            "year", "stage", "revision", name=op.f("uq_evaluation_year_stage_revision")
        ),
    )
    op.create_table(
        "evaluation_objection",
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "upheld",
                "rejected",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("cents", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('open')) = (decided_by IS NULL)",
            name=op.f("ck_evaluation_objection_decided_by_whom"),
        ),
        sa.CheckConstraint(
            "cents IS NULL OR (state IN ('upheld'))",
            name=op.f("ck_evaluation_objection_points_if_upheld"),
        ),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_evaluation_objection_decided_when"),
        ),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (reason IS NULL)",
            name=op.f("ck_evaluation_objection_decided_for_a_reason"),
        ),
        sa.CheckConstraint(
            "decided_by <> raised_by", name=op.f("ck_evaluation_objection_second_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_evaluation_objection_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_evaluation_objection_evaluation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_evaluation_objection_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["raised_by"], ["user_account.id"], name=op.f("fk_evaluation_objection_raised_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_objection")),
        sa.UniqueConstraint(
            "evaluation_id",
            "organisation_id",
            "code",
            name=op.f("uq_evaluation_objection_evaluation_id_organisation_id_code"),
        ),
    )
    with op.batch_alter_table("evaluation_objection", schema=None) as batch_op:
        batch_op.create_index(
            "ix_evaluation_objection_newest", ["evaluation_id", "raised_at", "id"], unique=False
        )
    _tell_letters_apart()


def downgrade() -> None:
    """Take it back: who ordered the letter of lawsuits alone has none."""
    op.execute(sa.text("DELETE FROM subscription WHERE kind <> 'week'"))
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_subscription_user_id_kind"), type_="unique")
        batch_op.drop_constraint("kind", type_="check")
        batch_op.drop_column("kind")
        batch_op.create_unique_constraint(batch_op.f("uq_subscription_user_id"), ["user_id"])
    for table in ("evaluation_objection", "evaluation", "evaluation_scheme"):
        op.drop_table(table)


def _tell_letters_apart() -> None:
    """Every order there is, is one for the whole letter."""
    kind = sa.Enum(
        "week", "suits", name="kind", native_enum=False, create_constraint=True, length=30
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_subscription_user_id"), type_="unique")
        batch_op.add_column(sa.Column("kind", kind, nullable=False, server_default="week"))
        batch_op.create_unique_constraint(
            batch_op.f("uq_subscription_user_id_kind"), ["user_id", "kind"]
        )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.alter_column("kind", server_default=None)
