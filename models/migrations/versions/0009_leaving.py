"""Leaving and forgetting: lists of what is forgotten, what is held back, who stands in for whom."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ENDED = "status IN ('closed', 'archived')"
DISPUTE_IS_BLANK = (
    f"erased_at IS NULL OR ({ENDED} AND "
    "(narrative IS NULL OR narrative = '') AND place_sealed IS NULL AND remark_sealed IS NULL "
    "AND source_reference IS NULL AND interpreter IS NULL AND mediator_text IS NULL "
    "AND platform_index IS NULL AND fingerprint IS NULL AND indexed_sealed IS NULL)"
)
CONSULTATION_IS_BLANK = (
    "erased_at IS NULL OR ((question IS NULL OR question = '') AND "
    "(answer IS NULL OR answer = '') AND name_sealed IS NULL AND phone_sealed IS NULL)"
)


def upgrade() -> None:
    """Make what the models say."""
    op.create_table(
        "erasure",
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("director_id", sa.Uuid(), nullable=True),
        sa.Column("director_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("secadmin_id", sa.Uuid(), nullable=True),
        sa.Column("secadmin_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by", sa.Uuid(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("run_by", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(director_id IS NULL) = (director_at IS NULL)",
            name=op.f("ck_erasure_director_has_time"),
        ),
        sa.CheckConstraint(
            "(refused_by IS NULL) = (refused_at IS NULL)", name=op.f("ck_erasure_refusal_has_time")
        ),
        sa.CheckConstraint(
            "(secadmin_id IS NULL) = (secadmin_at IS NULL)",
            name=op.f("ck_erasure_secadmin_has_time"),
        ),
        sa.CheckConstraint(
            "director_id <> secadmin_id AND director_id <> proposed_by AND secadmin_id <> proposed_by",
            name=op.f("ck_erasure_three_people"),
        ),
        sa.CheckConstraint(
            "finished_at IS NULL OR (director_id IS NOT NULL AND secadmin_id IS NOT NULL AND refused_by IS NULL)",
            name=op.f("ck_erasure_agreed_before_it_ran"),
        ),
        sa.ForeignKeyConstraint(
            ["director_id"], ["user_account.id"], name=op.f("fk_erasure_director_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["user_account.id"], name=op.f("fk_erasure_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["refused_by"], ["user_account.id"], name=op.f("fk_erasure_refused_by")
        ),
        sa.ForeignKeyConstraint(["run_by"], ["user_account.id"], name=op.f("fk_erasure_run_by")),
        sa.ForeignKeyConstraint(
            ["secadmin_id"], ["user_account.id"], name=op.f("fk_erasure_secadmin_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasure_proposed_at"), ["proposed_at"], unique=False)

    op.create_table(
        "substitution",
        sa.Column("absent_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "holiday",
                "illness",
                "training",
                "secondment",
                "other",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_substitution_end_has_time")
        ),
        sa.CheckConstraint("absent_id <> substitute_id", name=op.f("ck_substitution_two_people")),
        sa.CheckConstraint(
            "until_on >= from_on", name=op.f("ck_substitution_until_not_before_from")
        ),
        sa.ForeignKeyConstraint(
            ["absent_id"], ["user_account.id"], name=op.f("fk_substitution_absent_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["user_account.id"], name=op.f("fk_substitution_ended_by")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["user_account.id"], name=op.f("fk_substitution_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["user_account.id"], name=op.f("fk_substitution_substitute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.create_index("ix_substitution_absent", ["absent_id", "until_on"], unique=False)
        batch_op.create_index(
            "ix_substitution_substitute", ["substitute_id", "until_on"], unique=False
        )

    op.create_table(
        "erasure_item",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kept_as",
            sa.Enum(
                "agreed",
                "not_agreed",
                "withdrawn",
                "terminated",
                "declined",
                "guided",
                "mistaken",
                "consultation",
                "draft",
                "upload",
                "answer",
                "notice_read",
                "notice_unread",
                "session",
                "audit",
                name="kept_as",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("due_from", sa.Date(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spared_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "erased_at IS NULL OR spared_at IS NULL", name=op.f("ck_erasure_item_erased_or_spared")
        ),
        sa.ForeignKeyConstraint(
            ["erasure_id"], ["erasure.id"], name=op.f("fk_erasure_item_erasure_id")
        ),
        sa.PrimaryKeyConstraint("erasure_id", "subject_id", name=op.f("pk_erasure_item")),
    )
    with op.batch_alter_table("erasure_item", schema=None) as batch_op:
        batch_op.create_index("ix_erasure_item_subject", ["subject_id"], unique=False)

    op.create_table(
        "hold",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "lawsuit",
                "petition",
                "request",
                "inspection",
                "relapse",
                "other",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(lifted_by IS NULL) = (lifted_at IS NULL)", name=op.f("ck_hold_lifting_has_time")
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_hold_dispute_id")),
        sa.ForeignKeyConstraint(["lifted_by"], ["user_account.id"], name=op.f("fk_hold_lifted_by")),
        sa.ForeignKeyConstraint(["placed_by"], ["user_account.id"], name=op.f("fk_hold_placed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(
            "ix_hold_in_force",
            ["dispute_id"],
            unique=True,
            postgresql_where=sa.text("lifted_at IS NULL"),
            sqlite_where=sa.text("lifted_at IS NULL"),
        )

    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_consultation_erased_is_blank"), CONSULTATION_IS_BLANK
        )

    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_dispute_erased_is_blank"), DISPUTE_IS_BLANK)


def downgrade() -> None:
    """Take it away again; what was forgotten stays so."""
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_dispute_erased_is_blank"), type_="check")
        batch_op.drop_column("erased_at")

    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_consultation_erased_is_blank"), type_="check")
        batch_op.drop_column("erased_at")

    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_hold_in_force",
            postgresql_where=sa.text("lifted_at IS NULL"),
            sqlite_where=sa.text("lifted_at IS NULL"),
        )

    op.drop_table("hold")
    with op.batch_alter_table("erasure_item", schema=None) as batch_op:
        batch_op.drop_index("ix_erasure_item_subject")

    op.drop_table("erasure_item")
    with op.batch_alter_table("substitution", schema=None) as batch_op:
        batch_op.drop_index("ix_substitution_substitute")
        batch_op.drop_index("ix_substitution_absent")

    op.drop_table("substitution")
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_erasure_proposed_at"))

    op.drop_table("erasure")
