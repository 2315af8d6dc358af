"""The front desk: drafts, consultations, links, materials, notices, tokens, limits."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROLES = (
    "window",
    "mediator",
    "liaison",
    "director",
    "legal",
    "planner",
    "leader",
    "auditor",
    "sysadmin",
    "secadmin",
)
IN_DANGER = (
    "danger IN ('unasked', 'present') AND "
    "status IN ('registered', 'dispatched', 'accepted', 'mediating', 'agreed')"
)
# what was answered before this was kept by itself
DANGER_BEFORE = (
    "UPDATE dispute SET danger = 'present' WHERE EXISTS ("
    "SELECT 1 FROM route WHERE route.dispute_id = dispute.id AND route.accept = 'protect')"
)


def upgrade() -> None:
    """Add the tables and columns of the window."""
    op.create_table(
        "allowance",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject", "began_at", name=op.f("pk_allowance")),
    )
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_allowance_began_at"), ["began_at"], unique=False)

    op.create_table(
        "draft",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_draft_user_id")),
        sa.PrimaryKeyConstraint("user_id", "form_key", name=op.f("pk_draft")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_saved_at"), ["saved_at"], unique=False)

    op.create_table(
        "shift_note",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "open_items", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(taken_by IS NULL) = (taken_at IS NULL)", name=op.f("ck_shift_note_taken_by_and_at")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_shift_note_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["user_account.id"], name=op.f("fk_shift_note_taken_by")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["user_account.id"], name=op.f("fk_shift_note_written_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_note")),
    )
    with op.batch_alter_table("shift_note", schema=None) as batch_op:
        batch_op.create_index(
            "ix_shift_note_newest", ["organisation_id", "written_at", "id"], unique=False
        )

    op.create_table(
        "token",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "walk_in",
                "phone",
                "hotline_12345",
                "grid",
                "police_110",
                "court_assigned",
                "court_entrusted",
                "petition",
                "mengqitong",
                "other_platform",
                "initiative",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "scopes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["user_account.id"], name=op.f("fk_token_created_by")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_token_token_hash")),
    )
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_user_id"), ["user_id"], unique=False)

    op.create_table(
        "consultation",
        sa.Column(
            "number",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "walk_in",
                "phone",
                "hotline_12345",
                "grid",
                "police_110",
                "court_assigned",
                "court_entrusted",
                "petition",
                "mengqitong",
                "other_platform",
                "initiative",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("question_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answer_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("village", sa.String(length=60), nullable=True),
        sa.Column(
            "guided_to", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.Column("dispute_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(question IS NULL) <> (question_sealed IS NULL)",
            name=op.f("ck_consultation_question_clear_or_sealed"),
        ),
        sa.CheckConstraint(
            "(answer IS NULL) <> (answer_sealed IS NULL)",
            name=op.f("ck_consultation_answer_clear_or_sealed"),
        ),
        sa.CheckConstraint(
            "question_sealed IS NULL OR dispute_id IS NOT NULL",
            name=op.f("ck_consultation_sealed_for_a_dispute"),
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_consultation_dispute_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_consultation_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["user_account.id"], name=op.f("fk_consultation_registered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint("number", name=op.f("uq_consultation_number")),
    )
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_asked_on"), ["asked_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_consultation_dispute_id"), ["dispute_id"], unique=False
        )
        batch_op.create_index("ix_consultation_newest", ["asked_at", "id"], unique=False)
        batch_op.create_index(
            "ix_consultation_organisation_newest",
            ["organisation_id", "asked_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_consultation_registered_by"), ["registered_by"], unique=False
        )

    op.create_table(
        "link",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "linked",
                "same",
                "different",
                name="relation",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("dispute_id <> other_id", name=op.f("ck_link_two_disputes")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_link_decided_by")
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_link_dispute_id")),
        sa.ForeignKeyConstraint(["other_id"], ["dispute.id"], name=op.f("fk_link_other_id")),
        sa.PrimaryKeyConstraint("dispute_id", "other_id", name=op.f("pk_link")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_other_id"), ["other_id"], unique=False)

    op.create_table(
        "material",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "original",
                "copy",
                "electronic",
                name="form",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "wanted",
                "received",
                "returned",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'returned') = (returned_on IS NOT NULL)",
            name=op.f("ck_material_returned_on_day"),
        ),
        sa.CheckConstraint(
            "(state = 'wanted') = (received_on IS NULL)",
            name=op.f("ck_material_received_has_its_day"),
        ),
        sa.CheckConstraint("copies >= 1", name=op.f("ck_material_copies_positive")),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_material_dispute_id")
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["user_account.id"], name=op.f("fk_material_received_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
    )
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_material_dispute_id"), ["dispute_id"], unique=False)
        batch_op.create_index(
            "ix_material_wanted",
            ["dispute_id"],
            unique=False,
            postgresql_where=sa.text("state = 'wanted'"),
            sqlite_where=sa.text("state = 'wanted'"),
        )

    op.create_table(
        "notice",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "registered",
                "danger",
                "dispatched",
                "assigned",
                "returned",
                "reopened",
                "closed",
                "same",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("cause", sa.String(length=100), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_notice_dispute_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notice_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("user_id", "cause", name=op.f("uq_notice_user_id_cause")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_dispute_id"), ["dispute_id"], unique=False)
        batch_op.create_index("ix_notice_newest", ["user_id", "told_at", "id"], unique=False)
        batch_op.create_index(
            "ix_notice_unread",
            ["user_id"],
            unique=False,
            postgresql_where=sa.text("read_at IS NULL"),
            sqlite_where=sa.text("read_at IS NULL"),
        )
        batch_op.create_index(
            "ix_notice_unread_told_at",
            ["told_at"],
            unique=False,
            postgresql_where=sa.text("read_at IS NULL"),
            sqlite_where=sa.text("read_at IS NULL"),
        )
        batch_op.create_index(
            "ix_notice_read_told_at",
            ["told_at"],
            unique=False,
            postgresql_where=sa.text("read_at IS NOT NULL"),
            sqlite_where=sa.text("read_at IS NOT NULL"),
        )

    op.create_table(
        "outside_entry",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column(
            "system",
            sa.Enum(
                "moj_mediation",
                "governance",
                "court_mediation",
                "petition",
                "hotline_12345",
                "mengqitong",
                "grid",
                "police",
                "other",
                name="system",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_outside_entry_dispute_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["user_account.id"], name=op.f("fk_outside_entry_entered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_entry")),
        sa.UniqueConstraint(
            "dispute_id", "system", "number", name=op.f("uq_outside_entry_dispute_id_system_number")
        ),
    )
    with op.batch_alter_table("outside_entry", schema=None) as batch_op:
        batch_op.create_index("ix_outside_entry_number", ["number", "system"], unique=False)

    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.add_column(sa.Column("interpreter", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("platform_index", sa.LargeBinary(), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_dispute_platform_index"), ["platform_index"]
        )
        batch_op.add_column(
            sa.Column(
                "danger",
                sa.Enum(
                    "none",
                    "unasked",
                    "present",
                    name="danger",
                    native_enum=False,
                    create_constraint=True,
                    length=30,
                ),
                nullable=False,
                server_default="none",
            )
        )
        batch_op.create_index(
            "ix_dispute_in_danger",
            ["danger", "registered_at", "id"],
            unique=False,
            postgresql_where=sa.text(IN_DANGER),
            sqlite_where=sa.text(IN_DANGER),
        )
    op.execute(DANGER_BEFORE)

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hours", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("letterhead", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("seal", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("seal_keeper", sa.String(length=80), nullable=True))
        batch_op.add_column(
            sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1"))
        )

    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "initials",
                sa.String(length=60).with_variant(
                    sa.String(length=60, collation="C"), "postgresql"
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("phone_tail_index", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("represents_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "authority",
                sa.Enum(
                    "general",
                    "special",
                    name="authority",
                    native_enum=False,
                    create_constraint=True,
                    length=30,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(
            sa.Column("representative", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.create_index(batch_op.f("ix_party_initials"), ["initials"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_party_phone_tail_index"), ["phone_tail_index"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_party_represents_id"), "party", ["represents_id"], ["id"]
        )

    # the rows that stood there have their value now
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.alter_column("danger", server_default=None)
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.alter_column("version", server_default=None)
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.alter_column("representative", server_default=None)
    _allow_roles([*ROLES, "platform"])


def downgrade() -> None:
    """Take it back."""
    _allow_roles(ROLES)
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_party_represents_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_party_phone_tail_index"))
        batch_op.drop_index(batch_op.f("ix_party_initials"))
        batch_op.drop_constraint(batch_op.f("ck_party_authority"), type_="check")
        batch_op.drop_column("representative")
        batch_op.drop_column("authority")
        batch_op.drop_column("represents_id")
        batch_op.drop_column("phone_tail_index")
        batch_op.drop_column("initials")

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_column("version")
        batch_op.drop_column("seal_keeper")
        batch_op.drop_column("seal")
        batch_op.drop_column("letterhead")
        batch_op.drop_column("hours")

    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.drop_index("ix_dispute_in_danger")
        batch_op.drop_constraint(batch_op.f("ck_dispute_danger"), type_="check")
        batch_op.drop_column("danger")
        batch_op.drop_constraint(batch_op.f("uq_dispute_platform_index"), type_="unique")
        batch_op.drop_column("platform_index")
        batch_op.drop_column("interpreter")

    with op.batch_alter_table("outside_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_outside_entry_number")

    op.drop_table("outside_entry")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_notice_read_told_at",
            postgresql_where=sa.text("read_at IS NOT NULL"),
            sqlite_where=sa.text("read_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_notice_unread_told_at",
            postgresql_where=sa.text("read_at IS NULL"),
            sqlite_where=sa.text("read_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_notice_unread",
            postgresql_where=sa.text("read_at IS NULL"),
            sqlite_where=sa.text("read_at IS NULL"),
        )
        batch_op.drop_index("ix_notice_newest")
        batch_op.drop_index(batch_op.f("ix_notice_dispute_id"))

    op.drop_table("notice")
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_material_wanted",
            postgresql_where=sa.text("state = 'wanted'"),
            sqlite_where=sa.text("state = 'wanted'"),
        )
        batch_op.drop_index(batch_op.f("ix_material_dispute_id"))

    op.drop_table("material")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_other_id"))

    op.drop_table("link")
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_registered_by"))
        batch_op.drop_index("ix_consultation_organisation_newest")
        batch_op.drop_index("ix_consultation_newest")
        batch_op.drop_index(batch_op.f("ix_consultation_dispute_id"))
        batch_op.drop_index(batch_op.f("ix_consultation_asked_on"))

    op.drop_table("consultation")
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_token_user_id"))

    op.drop_table("token")
    with op.batch_alter_table("shift_note", schema=None) as batch_op:
        batch_op.drop_index("ix_shift_note_newest")

    op.drop_table("shift_note")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_saved_at"))

    op.drop_table("draft")
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_allowance_began_at"))

    op.drop_table("allowance")


def _allow_roles(roles: Sequence[str]) -> None:
    """Let an account have these roles and no other."""
    words = ", ".join(repr(role) for role in roles)
    with op.batch_alter_table("user_role", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_user_role_role"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_user_role_role"), f"role IN ({words})")
