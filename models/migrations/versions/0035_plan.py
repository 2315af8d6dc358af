"""The yearly plan: tasks, registers, evidence, reports; terms and notices of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
USER = "nullif(current_setting('fengqiao.user', true), '')::uuid"
EVERYWHERE = "(SELECT current_setting('fengqiao.everywhere', true) = 'on')"
TOWN = "string_to_array(nullif(current_setting('fengqiao.town', true), ''), ',')::uuid[]"
HOMES = "string_to_array(nullif(current_setting('fengqiao.homes', true), ''), ',')::uuid[]"
WALLED = {
    "plan_entry": (
        f"{USER} IS NOT NULL AND ({EVERYWHERE} OR organisation_id = ANY ((SELECT {TOWN})::uuid[]) "
        f"OR organisation_id = ANY ((SELECT {HOMES})::uuid[]))"
    ),
    "plan_evidence": (
        "entry_id IS NULL "
        "OR EXISTS (SELECT FROM plan_entry WHERE plan_entry.id = plan_evidence.entry_id)"
    ),
}
TABLES = ("clock", "clock_change", "clock_step", "notice")
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
OF_PLAN = ("plan_task", "plan_milestone", "plan_entry")
KINDS = (
    "registered",
    "danger",
    "dispatched",
    "assigned",
    "returned",
    "reopened",
    "closed",
    "same",
    "named",
    "glass_agreed",
    "glass_refused",
    "revealed_often",
    "clock",
    "clock_asked",
    "clock_decided",
    "clock_moved",
    "supervised",
    "supervision_answered",
    "handed",
    "handover_due",
    "handover_accepted",
    "handover_returned",
    "handover_bounced",
    "handover_many",
    "joint_asked",
    "joint_answered",
)


def upgrade() -> None:
    """Add what the message says."""
    op.create_table(
        "plan",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("preamble", sa.Text(), nullable=False),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=False),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_wording", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_plan_approved_by_whom")
        ),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_wording IS NULL)",
            name=op.f("ck_plan_approved_a_wording"),
        ),
        sa.CheckConstraint("approved_by <> changed_by", name=op.f("ck_plan_second_person")),
        sa.CheckConstraint("year BETWEEN 1990 AND 2199", name=op.f("ck_plan_a_year")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["user_account.id"], name=op.f("fk_plan_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["user_account.id"], name=op.f("fk_plan_changed_by")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_plan_organisation_id")
        ),
        sa.ForeignKeyConstraint(["previous_id"], ["plan.id"], name=op.f("fk_plan_previous_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("organisation_id", "year", name=op.f("uq_plan_organisation_id_year")),
    )
    op.create_table(
        "plan_entry",
        sa.Column(
            "register",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "number",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "stage",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column(
            "person",
            sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("hundredths", sa.BigInteger(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_rule", sa.String(length=40), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "values", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("values_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(due_on IS NULL) = (due_rule IS NULL)", name=op.f("ck_plan_entry_due_by_a_rule")
        ),
        sa.CheckConstraint(
            "(voided_at IS NULL) = (reason IS NULL)", name=op.f("ck_plan_entry_voided_for_a_reason")
        ),
        sa.CheckConstraint(
            "ended_on >= on_date", name=op.f("ck_plan_entry_ended_not_before_begun")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_plan_entry_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_plan_entry_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_entry")),
        sa.UniqueConstraint("number", name=op.f("uq_plan_entry_number")),
    )
    with op.batch_alter_table("plan_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_plan_entry_due",
            ["due_on", "id"],
            unique=False,
            postgresql_where=sa.text("ended_on IS NULL AND voided_at IS NULL"),
            sqlite_where=sa.text("ended_on IS NULL AND voided_at IS NULL"),
        )
        batch_op.create_index("ix_plan_entry_person", ["register", "person"], unique=False)
        batch_op.create_index("ix_plan_entry_register", ["register", "on_date", "id"], unique=False)
        batch_op.create_index(
            "ix_plan_entry_unit", ["organisation_id", "on_date", "id"], unique=False
        )
        batch_op.create_index(
            "ix_plan_entry_year", ["register", "year", "organisation_id"], unique=False
        )

    op.create_table(
        "plan_chapter",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_chapter_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_chapter")),
        sa.UniqueConstraint("plan_id", "ordinal", name=op.f("uq_plan_chapter_plan_id_ordinal")),
    )
    op.create_table(
        "plan_import",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (plan_id IS NULL)", name=op.f("ck_plan_import_taken_into_a_plan")
        ),
        sa.CheckConstraint(
            "taken_at IS NULL OR dropped_at IS NULL", name=op.f("ck_plan_import_taken_or_dropped")
        ),
        sa.CheckConstraint("year BETWEEN 1990 AND 2199", name=op.f("ck_plan_import_a_year")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user_account.id"], name=op.f("fk_plan_import_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_plan_import_organisation_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_import_plan_id")),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["user_account.id"], name=op.f("fk_plan_import_taken_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_import")),
    )
    with op.batch_alter_table("plan_import", schema=None) as batch_op:
        batch_op.create_index(
            "ix_plan_import_newest", ["organisation_id", "made_at", "id"], unique=False
        )

    op.create_table(
        "plan_report",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "month",
                "quarter",
                "year",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(published_by IS NULL) = (published_at IS NULL)", name=op.f("ck_plan_report_by_whom")
        ),
        sa.CheckConstraint("published_by <> made_by", name=op.f("ck_plan_report_second_person")),
        sa.CheckConstraint(
            "revision = 1 OR reason IS NOT NULL", name=op.f("ck_plan_report_revised_for_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user_account.id"], name=op.f("fk_plan_report_made_by")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_report_plan_id")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["user_account.id"], name=op.f("fk_plan_report_published_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_report")),
        sa.UniqueConstraint(
            "plan_id", "period", "revision", name=op.f("uq_plan_report_plan_id_period_revision")
        ),
    )
    op.create_table(
        "plan_section",
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chapter_id"], ["plan_chapter.id"], name=op.f("fk_plan_section_chapter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_section")),
        sa.UniqueConstraint(
            "chapter_id", "ordinal", name=op.f("uq_plan_section_chapter_id_ordinal")
        ),
    )
    op.create_table(
        "plan_task",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column(
            "units_text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "dropped",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('done')) = (done_on IS NOT NULL)", name=op.f("ck_plan_task_done_on_a_day")
        ),
        sa.CheckConstraint(
            "(state IN ('dropped')) = (dropped_at IS NOT NULL)",
            name=op.f("ck_plan_task_dropped_at_a_time"),
        ),
        sa.CheckConstraint(
            "(dropped_at IS NULL) = (reason IS NULL)",
            name=op.f("ck_plan_task_dropped_for_a_reason"),
        ),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_plan_task_due_not_before_start")),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["organisation.id"], name=op.f("fk_plan_task_lead_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user_account.id"], name=op.f("fk_plan_task_owner_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_task_plan_id")),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["plan_task.id"], name=op.f("fk_plan_task_previous_id")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"], ["plan_section.id"], name=op.f("fk_plan_task_section_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_task")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_task_plan_id_number")),
        sa.UniqueConstraint("section_id", "ordinal", name=op.f("uq_plan_task_section_id_ordinal")),
    )
    with op.batch_alter_table("plan_task", schema=None) as batch_op:
        batch_op.create_index("ix_plan_task_lead", ["lead_id", "plan_id"], unique=False)
        batch_op.create_index("ix_plan_task_owner", ["owner_id", "plan_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_task_previous_id"), ["previous_id"], unique=False)

    op.create_table(
        "plan_assist",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_plan_assist_organisation_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["plan_task.id"], name=op.f("fk_plan_assist_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_assist")),
        sa.UniqueConstraint(
            "task_id", "organisation_id", name=op.f("uq_plan_assist_task_id_organisation_id")
        ),
    )
    with op.batch_alter_table("plan_assist", schema=None) as batch_op:
        batch_op.create_index(
            "ix_plan_assist_organisation", ["organisation_id", "task_id"], unique=False
        )

    op.create_table(
        "plan_dependence",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("issuer", sa.String(length=80), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("arrived_on", sa.Date(), nullable=True),
        sa.Column("document_number", sa.String(length=60), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "arrived_on IS NULL OR dropped_at IS NULL",
            name=op.f("ck_plan_dependence_arrived_or_dropped"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_plan_dependence_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["plan_task.id"], name=op.f("fk_plan_dependence_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_dependence")),
    )
    with op.batch_alter_table("plan_dependence", schema=None) as batch_op:
        batch_op.create_index("ix_plan_dependence_task", ["task_id", "id"], unique=False)

    op.create_table(
        "plan_indicator",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "comparison",
            sa.Enum(
                "at_least",
                "at_most",
                name="comparison",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("hundredths", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("metric", sa.String(length=60), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(comparison IS NULL) = (hundredths IS NULL)",
            name=op.f("ck_plan_indicator_compared_with_a_target"),
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["plan_task.id"], name=op.f("fk_plan_indicator_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_indicator")),
        sa.UniqueConstraint("task_id", "ordinal", name=op.f("uq_plan_indicator_task_id_ordinal")),
    )
    op.create_table(
        "plan_measure",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["plan_task.id"], name=op.f("fk_plan_measure_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_measure")),
        sa.UniqueConstraint("task_id", "ordinal", name=op.f("uq_plan_measure_task_id_ordinal")),
    )
    op.create_table(
        "plan_note",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_plan_note_recorded_by")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["plan_task.id"], name=op.f("fk_plan_note_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_note")),
    )
    with op.batch_alter_table("plan_note", schema=None) as batch_op:
        batch_op.create_index("ix_plan_note_task", ["task_id", "recorded_at", "id"], unique=False)

    op.create_table(
        "plan_task_register",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column(
            "register",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["plan_task.id"], name=op.f("fk_plan_task_register_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_task_register")),
        sa.UniqueConstraint(
            "task_id", "register", name=op.f("uq_plan_task_register_task_id_register")
        ),
    )
    with op.batch_alter_table("plan_task_register", schema=None) as batch_op:
        batch_op.create_index(
            "ix_plan_task_register_register", ["register", "task_id"], unique=False
        )

    op.create_table(
        "plan_milestone",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(done_on IS NULL) = (done_by IS NULL)", name=op.f("ck_plan_milestone_done_by_whom")
        ),
        sa.CheckConstraint(
            "(dropped_at IS NULL) = (reason IS NULL)",
            name=op.f("ck_plan_milestone_dropped_for_a_reason"),
        ),
        sa.CheckConstraint(
            "done_on IS NULL OR dropped_at IS NULL", name=op.f("ck_plan_milestone_done_or_dropped")
        ),
        sa.ForeignKeyConstraint(
            ["done_by"], ["user_account.id"], name=op.f("fk_plan_milestone_done_by")
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["plan_measure.id"], name=op.f("fk_plan_milestone_measure_id")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["plan_task.id"], name=op.f("fk_plan_milestone_task_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_milestone")),
    )
    with op.batch_alter_table("plan_milestone", schema=None) as batch_op:
        batch_op.create_index("ix_plan_milestone_task", ["task_id", "due_on", "id"], unique=False)
        batch_op.create_index(
            "ix_plan_milestone_waiting",
            ["due_on", "id"],
            unique=False,
            postgresql_where=sa.text("done_on IS NULL AND dropped_at IS NULL"),
            sqlite_where=sa.text("done_on IS NULL AND dropped_at IS NULL"),
        )

    op.create_table(
        "plan_evidence",
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("milestone_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "paper",
                "minutes",
                "photo",
                "record",
                "publication",
                "receipt",
                "figures",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "media",
            sa.Enum(
                "pdf",
                "jpg",
                "png",
                "docx",
                "xlsx",
                "txt",
                "mp3",
                "m4a",
                "mp4",
                name="media",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored_as", sa.Uuid(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_at", sa.String(length=200), nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(task_id IS NULL) = (entry_id IS NOT NULL)",
            name=op.f("ck_plan_evidence_of_task_or_entry"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (reason IS NULL)",
            name=op.f("ck_plan_evidence_withdrawal_is_whole"),
        ),
        sa.CheckConstraint(
            "milestone_id IS NULL OR task_id IS NOT NULL",
            name=op.f("ck_plan_evidence_milestone_of_task"),
        ),
        sa.CheckConstraint(
            "public OR published_on IS NULL", name=op.f("ck_plan_evidence_published_is_public")
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_plan_evidence_has_content")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["plan_entry.id"], name=op.f("fk_plan_evidence_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["plan_milestone.id"], name=op.f("fk_plan_evidence_milestone_id")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["plan_task.id"], name=op.f("fk_plan_evidence_task_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["user_account.id"], name=op.f("fk_plan_evidence_uploaded_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["user_account.id"], name=op.f("fk_plan_evidence_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_evidence")),
        sa.UniqueConstraint("stored_as", name=op.f("uq_plan_evidence_stored_as")),
    )
    with op.batch_alter_table("plan_evidence", schema=None) as batch_op:
        batch_op.create_index(
            "ix_plan_evidence_entry", ["entry_id", "uploaded_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_plan_evidence_task", ["task_id", "uploaded_at", "id"], unique=False
        )
    for table in TABLES:
        _allow(table, "subject", (*SUBJECTS, *OF_PLAN))
    _allow("notice", "kind", (*KINDS, "plan_month"))
    if op.get_bind().dialect.name == "postgresql":
        _put_up_the_wall()


def downgrade() -> None:
    """Take it back, and every term and notice of it."""
    kind = sa.column("kind")
    op.execute(sa.delete(sa.table("notice", kind)).where(kind == "plan_month"))
    for table in reversed(TABLES):
        subject: sa.ColumnClause[str] = sa.column("subject")
        op.execute(sa.delete(sa.table(table, subject)).where(subject.in_(OF_PLAN)))
    _allow("notice", "kind", KINDS)
    for table in TABLES:
        _allow(table, "subject", SUBJECTS)
    with op.batch_alter_table("plan_evidence", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_evidence_task")
        batch_op.drop_index("ix_plan_evidence_entry")

    op.drop_table("plan_evidence")
    with op.batch_alter_table("plan_milestone", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_plan_milestone_waiting",
            postgresql_where=sa.text("done_on IS NULL AND dropped_at IS NULL"),
            sqlite_where=sa.text("done_on IS NULL AND dropped_at IS NULL"),
        )
        batch_op.drop_index("ix_plan_milestone_task")

    op.drop_table("plan_milestone")
    with op.batch_alter_table("plan_task_register", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_task_register_register")

    op.drop_table("plan_task_register")
    with op.batch_alter_table("plan_note", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_note_task")

    op.drop_table("plan_note")
    op.drop_table("plan_measure")
    op.drop_table("plan_indicator")
    with op.batch_alter_table("plan_dependence", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_dependence_task")

    op.drop_table("plan_dependence")
    with op.batch_alter_table("plan_assist", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_assist_organisation")

    op.drop_table("plan_assist")
    with op.batch_alter_table("plan_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_task_previous_id"))
        batch_op.drop_index("ix_plan_task_owner")
        batch_op.drop_index("ix_plan_task_lead")

    op.drop_table("plan_task")
    op.drop_table("plan_section")
    op.drop_table("plan_report")
    with op.batch_alter_table("plan_import", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_import_newest")

    op.drop_table("plan_import")
    op.drop_table("plan_chapter")
    with op.batch_alter_table("plan_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_entry_year")
        batch_op.drop_index("ix_plan_entry_unit")
        batch_op.drop_index("ix_plan_entry_register")
        batch_op.drop_index("ix_plan_entry_person")
        batch_op.drop_index(
            "ix_plan_entry_due",
            postgresql_where=sa.text("ended_on IS NULL AND voided_at IS NULL"),
            sqlite_where=sa.text("ended_on IS NULL AND voided_at IS NULL"),
        )

    op.drop_table("plan_entry")
    op.drop_table("plan")


def _allow(table: str, column: str, words: Sequence[str]) -> None:
    """Let a column hold these words and no others."""
    name = f"ck_{table}_{column}"
    told = ", ".join(repr(each) for each in words)
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(name), type_="check")
        batch_op.create_check_constraint(batch_op.f(name), f"{column} IN ({told})")


def _put_up_the_wall() -> None:
    """An entry is there for the town it is of, and its evidence as it is."""
    for table, condition in WALLED.items():
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)",
            f"CREATE POLICY seen ON {table} TO {SEEING} USING ({condition})",
        ):
            op.execute(sa.text(statement.replace(":", r"\:")))
