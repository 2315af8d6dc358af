"""Members of a centre, their duty lists, their attendance, and what committees are guided on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Add what the message says."""
    op.create_table(
        "duty_turn",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("holidays", sa.Boolean(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(weekday IS NULL) <> (on_date IS NULL)", name=op.f("ck_duty_turn_weekly_or_once")
        ),
        sa.CheckConstraint(
            "on_date IS NULL OR (from_on = on_date AND until_on = on_date)",
            name=op.f("ck_duty_turn_once_is_a_day"),
        ),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_duty_turn_until_not_before_from")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_duty_turn_a_weekday")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_duty_turn_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_turn")),
    )
    with op.batch_alter_table("duty_turn", schema=None) as batch_op:
        batch_op.create_index("ix_duty_turn_unit", ["organisation_id", "until_on"], unique=False)

    op.create_table(
        "membership",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("inside_town", sa.Boolean(), nullable=False),
        sa.Column("duty_phone", sa.String(length=40), nullable=True),
        sa.Column("takes", JSON, nullable=True),
        sa.Column("refuses", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("left_on >= joined_on", name=op.f("ck_membership_left_after_joined")),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["organisation.id"], name=op.f("fk_membership_centre_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_membership_organisation_id")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_centre_id"), ["centre_id"], unique=False)

    op.create_table(
        "seat",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "resident",
                "rotating",
                "on_call",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('rotating')) = (weekdays <> '')", name=op.f("ck_seat_rotates_on_days")
        ),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_seat_until_not_before_from")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_seat_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint(
            "organisation_id", "from_on", name=op.f("uq_seat_organisation_id_from_on")
        ),
    )
    op.create_table(
        "attendance",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noted_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)",
            name=op.f("ck_attendance_withdrawn_by_whom"),
        ),
        sa.CheckConstraint(
            "asked_at IS NOT NULL OR came_at IS NOT NULL", name=op.f("ck_attendance_asked_or_came")
        ),
        sa.CheckConstraint("came_at >= asked_at", name=op.f("ck_attendance_came_after_asked")),
        sa.ForeignKeyConstraint(
            ["noted_by"], ["user_account.id"], name=op.f("fk_attendance_noted_by")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_attendance_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["user_account.id"], name=op.f("fk_attendance_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_day", ["on_date", "organisation_id"], unique=False)
        batch_op.create_index("ix_attendance_unit", ["organisation_id", "on_date"], unique=False)

    op.create_table(
        "guidance",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("guided_on", sa.Date(), nullable=False),
        sa.Column("guided_by", sa.String(length=80), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("finding_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("follow_up_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(follow_up_sealed IS NULL) = (follow_up_on IS NULL)",
            name=op.f("ck_guidance_follow_up_has_a_day"),
        ),
        sa.CheckConstraint("committee_id <> organisation_id", name=op.f("ck_guidance_of_another")),
        sa.CheckConstraint("done_on >= guided_on", name=op.f("ck_guidance_done_later")),
        sa.CheckConstraint(
            "done_on IS NULL OR follow_up_on IS NOT NULL",
            name=op.f("ck_guidance_done_what_was_due"),
        ),
        sa.CheckConstraint("follow_up_on >= guided_on", name=op.f("ck_guidance_follows_later")),
        sa.ForeignKeyConstraint(
            ["committee_id"], ["organisation.id"], name=op.f("fk_guidance_committee_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_guidance_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_guidance_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidance")),
    )
    with op.batch_alter_table("guidance", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_guidance_committee_id"), ["committee_id"], unique=False
        )
        batch_op.create_index("ix_guidance_newest", ["guided_on", "id"], unique=False)
        batch_op.create_index(
            "ix_guidance_unit", ["organisation_id", "guided_on", "id"], unique=False
        )
    op.create_table(
        "dossier_review",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("closed_from", sa.Date(), nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=60), nullable=False),
        sa.Column("drawn_by", sa.Uuid(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "closed_until >= closed_from", name=op.f("ck_dossier_review_until_not_before_from")
        ),
        sa.ForeignKeyConstraint(
            ["drawn_by"], ["user_account.id"], name=op.f("fk_dossier_review_drawn_by")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_dossier_review_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_review")),
    )
    with op.batch_alter_table("dossier_review", schema=None) as batch_op:
        batch_op.create_index("ix_dossier_review_newest", ["drawn_at", "id"], unique=False)
    op.create_table(
        "dossier_sample",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("answers", JSON, nullable=True),
        sa.Column("findings_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remedied_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(reviewed_at IS NULL) = (answers IS NULL)", name=op.f("ck_dossier_sample_answered")
        ),
        sa.CheckConstraint(
            "(reviewed_at IS NULL) = (reviewed_by IS NULL)",
            name=op.f("ck_dossier_sample_reviewed_by_whom"),
        ),
        sa.CheckConstraint(
            "remedied_on IS NULL OR reviewed_at IS NOT NULL",
            name=op.f("ck_dossier_sample_remedied_after"),
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_dossier_sample_dispute_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["dossier_review.id"], name=op.f("fk_dossier_sample_review_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["user_account.id"], name=op.f("fk_dossier_sample_reviewed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_sample")),
        sa.UniqueConstraint(
            "review_id", "dispute_id", name=op.f("uq_dossier_sample_review_id_dispute_id")
        ),
    )
    with op.batch_alter_table("dossier_sample", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_dossier_sample_dispute_id"), ["dispute_id"], unique=False
        )
    if op.get_bind().dialect.name == "postgresql":
        _wall("dossier_sample")


def downgrade() -> None:
    """Take it back; all of it is written here alone and is lost."""
    for table in ("dossier_sample", "dossier_review"):
        op.drop_table(table)
    for table in ("guidance", "attendance", "seat", "membership", "duty_turn"):
        op.drop_table(table)


def _wall(table: str) -> None:
    """Who may know of a dispute may know of these; their words are sealed with its key."""
    seen = f"EXISTS (SELECT FROM dispute WHERE dispute.id = {table}.dispute_id)"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)")
    op.execute(f"CREATE POLICY seen ON {table} TO {SEEING} USING ({seen})")
