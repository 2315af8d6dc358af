"""Lawsuits grow: hearings, duties, reviews of what was lost, the counts of the court."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

STATUS_BEFORE = "status IN ('pending', 'decided', 'closed')"
STATUS_NOW = "status IN ('pending', 'decided', 'performed', 'closed')"
CHECKS = {
    "answered_not_before_served": "answered_on >= served_on",
    "late_iff_told": "(answered_on IS NULL) = (answered_late IS NULL)",
    "attended_iff_heard": "(heard_on IS NULL) = (head_attended IS NULL)",
    "performed_not_before_decided": "performed_on >= decided_on",
}


def upgrade() -> None:
    """Add what the message says."""
    op.create_table(
        "litigation",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("civil", sa.Integer(), nullable=False),
        sa.Column("administrative", sa.Integer(), nullable=False),
        sa.Column("settled_before", sa.Integer(), nullable=False),
        sa.Column("turned_criminal", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "civil >= 0 AND administrative >= 0 AND settled_before >= 0 AND turned_criminal >= 0",
            name=op.f("ck_litigation_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_litigation_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_litigation")),
        sa.UniqueConstraint("month", "revision", name=op.f("uq_litigation_month_revision")),
    )
    op.create_table(
        "case_mend",
        sa.Column("lawsuit_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(done_on IS NULL) = (settled_by IS NULL)", name=op.f("ck_case_mend_settled_by_whom")
        ),
        sa.ForeignKeyConstraint(
            ["lawsuit_id"], ["lawsuit.id"], name=op.f("fk_case_mend_lawsuit_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_case_mend_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user_account.id"], name=op.f("fk_case_mend_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_mend")),
        sa.UniqueConstraint("lawsuit_id", "ordinal", name=op.f("uq_case_mend_lawsuit_id_ordinal")),
    )
    op.create_table(
        "case_review",
        sa.Column("lawsuit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "causes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reviewers_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lawsuit_id"], ["lawsuit.id"], name=op.f("fk_case_review_lawsuit_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_case_review_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_review")),
        sa.UniqueConstraint("lawsuit_id", name=op.f("uq_case_review_lawsuit_id")),
    )
    op.create_table(
        "duty",
        sa.Column("lawsuit_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "judgment",
                "review_decision",
                "mediation",
                "opinion",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_rule", sa.String(length=40), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("proof_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(done_on IS NULL) = (settled_at IS NULL)", name=op.f("ck_duty_settled_iff_done")
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)", name=op.f("ck_duty_settled_by_whom")
        ),
        sa.ForeignKeyConstraint(["lawsuit_id"], ["lawsuit.id"], name=op.f("fk_duty_lawsuit_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_duty_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_duty_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["user_account.id"], name=op.f("fk_duty_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("lawsuit_id", "ordinal", name=op.f("uq_duty_lawsuit_id_ordinal")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index("ix_duty_due_on", ["due_on", "id"], unique=False)
        batch_op.create_index(
            "ix_duty_open",
            ["due_on", "id"],
            unique=False,
            postgresql_where=sa.text("done_on IS NULL"),
            sqlite_where=sa.text("done_on IS NULL"),
        )
        batch_op.create_index("ix_duty_organisation_id", ["organisation_id"], unique=False)

    op.create_table(
        "hearing",
        sa.Column("lawsuit_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("planned_head_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("planned_title", sa.String(length=60), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.Column("head_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("head_title", sa.String(length=60), nullable=True),
        sa.Column("absence", sa.String(length=30), nullable=True),
        sa.Column("proof_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("lawyer_only", sa.Boolean(), nullable=True),
        sa.Column(
            "breach",
            sa.Enum(
                "lawyer_only",
                "unexcused",
                name="breach",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(held_on IS NULL) = (attended IS NULL)", name=op.f("ck_hearing_attended_iff_held")
        ),
        sa.CheckConstraint(
            "(held_on IS NULL) = (lawyer_only IS NULL)", name=op.f("ck_hearing_lawyer_iff_held")
        ),
        sa.CheckConstraint(
            "NOT (attended AND lawyer_only)", name=op.f("ck_hearing_lawyer_alone_without_head")
        ),
        sa.CheckConstraint(
            "breach IS NULL OR held_on IS NOT NULL", name=op.f("ck_hearing_breach_when_held")
        ),
        sa.CheckConstraint(
            "planned_on IS NOT NULL OR held_on IS NOT NULL", name=op.f("ck_hearing_planned_or_held")
        ),
        sa.ForeignKeyConstraint(["lawsuit_id"], ["lawsuit.id"], name=op.f("fk_hearing_lawsuit_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_hearing_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing")),
        sa.UniqueConstraint("lawsuit_id", "ordinal", name=op.f("uq_hearing_lawsuit_id_ordinal")),
    )
    with op.batch_alter_table("hearing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hearing_planned_on"), ["planned_on"], unique=False)

    with op.batch_alter_table("lawsuit", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("simplified", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(
            sa.Column(
                "must_attend",
                sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
                nullable=False,
                server_default=sa.text("'[]'"),
            )
        )
        batch_op.add_column(
            sa.Column(
                "checks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
            )
        )
        batch_op.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("due_rule", sa.String(length=40), nullable=True))
        batch_op.add_column(
            sa.Column("due_provisional", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("answered_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("answered_late", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("heard_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("head_attended", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("performed_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("closed_on", sa.Date(), nullable=True))
        batch_op.drop_constraint(batch_op.f("ck_lawsuit_status"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_lawsuit_status"), STATUS_NOW)
        for name, condition in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_lawsuit_{name}"), condition)
        batch_op.create_index(batch_op.f("ix_lawsuit_heard_on"), ["heard_on"], unique=False)
        batch_op.create_index(
            "uq_lawsuit_next_open",
            ["previous_id"],
            unique=True,
            postgresql_where=sa.text("status IN ('pending') AND previous_id IS NOT NULL"),
            sqlite_where=sa.text("status IN ('pending') AND previous_id IS NOT NULL"),
        )
    with op.batch_alter_table("lawsuit", schema=None) as batch_op:
        for name in ("simplified", "due_provisional", "must_attend"):
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    """Take it back."""
    op.execute(sa.text("UPDATE lawsuit SET status = 'decided' WHERE status = 'performed'"))
    with op.batch_alter_table("lawsuit", schema=None) as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(batch_op.f(f"ck_lawsuit_{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_lawsuit_status"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_lawsuit_status"), STATUS_BEFORE)
        batch_op.drop_index(
            "uq_lawsuit_next_open",
            postgresql_where=sa.text("status IN ('pending') AND previous_id IS NOT NULL"),
            sqlite_where=sa.text("status IN ('pending') AND previous_id IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_lawsuit_heard_on"))
        batch_op.drop_column("closed_on")
        batch_op.drop_column("performed_on")
        batch_op.drop_column("head_attended")
        batch_op.drop_column("heard_on")
        batch_op.drop_column("answered_late")
        batch_op.drop_column("answered_on")
        batch_op.drop_column("due_provisional")
        batch_op.drop_column("due_rule")
        batch_op.drop_column("due_on")
        batch_op.drop_column("checks")
        batch_op.drop_column("must_attend")
        batch_op.drop_column("simplified")

    with op.batch_alter_table("hearing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hearing_planned_on"))

    op.drop_table("hearing")
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.drop_index("ix_duty_organisation_id")
        batch_op.drop_index(
            "ix_duty_open",
            postgresql_where=sa.text("done_on IS NULL"),
            sqlite_where=sa.text("done_on IS NULL"),
        )
        batch_op.drop_index("ix_duty_due_on")

    op.drop_table("duty")
    op.drop_table("case_review")
    op.drop_table("case_mend")
    op.drop_table("litigation")
