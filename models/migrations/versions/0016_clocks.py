"""Clocks: terms that run on disputes, their changes, supervision, published calendars."""

from collections.abc import Sequence
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
WALLED = ("clock", "clock_change", "clock_step", "supervision")
NOTICES = (
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
)
OF_CLOCKS = (
    "clock",
    "clock_asked",
    "clock_decided",
    "clock_moved",
    "supervised",
    "supervision_answered",
)
RUNNING = """
    SELECT dispute.id, due_rule, due_on, due_provisional, accepted_on, registered_on,
        registered_at,
        (SELECT max(ordinal) FROM episode WHERE episode.dispute_id = dispute.id) AS episode
    FROM dispute WHERE due_on IS NOT NULL
"""


def upgrade() -> None:
    """Add what the message says."""
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("days", JSON, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(signed_by IS NULL) = (signed_at IS NULL)",
            name=op.f("ck_calendar_year_signed_by_whom"),
        ),
        sa.CheckConstraint("signed_by <> drafted_by", name=op.f("ck_calendar_year_second_person")),
        sa.CheckConstraint("year BETWEEN 1990 AND 2199", name=op.f("ck_calendar_year_a_year")),
        sa.ForeignKeyConstraint(
            ["drafted_by"], ["user_account.id"], name=op.f("fk_calendar_year_drafted_by")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["user_account.id"], name=op.f("fk_calendar_year_signed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_year")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_calendar_year_year_number")),
    )
    with op.batch_alter_table("calendar_year", schema=None) as batch_op:
        batch_op.create_index("ix_calendar_year_signed", ["signed_at"], unique=False)

    op.create_table(
        "clock",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "statutory",
                "internal",
                "outside",
                "remedy",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("stated", sa.Boolean(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=True),
        sa.Column(
            "unit",
            sa.Enum(
                "WD",
                "ND",
                "M",
                "H",
                name="unit",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("made_under", JSON, nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("raw_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("paused_from", sa.Date(), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended",
            sa.Enum(
                "met",
                "closed",
                "withdrawn",
                "returned",
                "reopened",
                "merged",
                "mistaken",
                "replaced",
                name="ended",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("next_step_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(start_at IS NULL) = (unit IS NULL OR unit <> 'H')",
            name=op.f("ck_clock_hours_from_at"),
        ),
        sa.CheckConstraint(
            "(length IS NULL) = (unit IS NULL)", name=op.f("ck_clock_length_has_its_unit")
        ),
        sa.CheckConstraint(
            "(stopped_at IS NULL) = (ended IS NULL)", name=op.f("ck_clock_stopped_with_its_end")
        ),
        sa.CheckConstraint(
            "(stopped_at IS NULL) = (stopped_on IS NULL)", name=op.f("ck_clock_stopped_on_a_day")
        ),
        sa.CheckConstraint("length >= 1", name=op.f("ck_clock_length_positive")),
        sa.CheckConstraint(
            "stated = (length IS NULL)", name=op.f("ck_clock_counted_unless_stated")
        ),
        sa.CheckConstraint(
            "stopped_at IS NULL OR next_step_at IS NULL", name=op.f("ck_clock_stopped_warns_nobody")
        ),
        sa.CheckConstraint(
            "stopped_at IS NULL OR paused_from IS NULL", name=op.f("ck_clock_stopped_or_paused")
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_clock_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    with op.batch_alter_table("clock", schema=None) as batch_op:
        batch_op.create_index("ix_clock_dispute", ["dispute_id", "start_on", "id"], unique=False)
        batch_op.create_index(
            "ix_clock_next_step",
            ["next_step_at"],
            unique=False,
            postgresql_where=sa.text("next_step_at IS NOT NULL"),
            sqlite_where=sa.text("next_step_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_clock_running_due",
            ["due_on", "id"],
            unique=False,
            postgresql_where=sa.text("stopped_at IS NULL"),
            sqlite_where=sa.text("stopped_at IS NULL"),
        )
        batch_op.create_index(
            "ix_clock_stopped_late",
            ["due_on"],
            unique=False,
            postgresql_where=sa.text("stopped_on > due_on"),
            sqlite_where=sa.text("stopped_on > due_on"),
        )

    op.create_table(
        "clock_change",
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pause",
                "extend",
                "calendar",
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
                "asked",
                "granted",
                "refused",
                "dropped",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("due_before", sa.Date(), nullable=True),
        sa.Column("due_after", sa.Date(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('pause')) OR from_on IS NULL",
            name=op.f("ck_clock_change_only_a_pause_lasts"),
        ),
        sa.CheckConstraint(
            "(state IN ('asked')) = (decided_at IS NULL)",
            name=op.f("ck_clock_change_decided_when_told"),
        ),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_clock_change_second_person")),
        sa.CheckConstraint("length >= 1", name=op.f("ck_clock_change_length_positive")),
        sa.CheckConstraint("until_on > from_on", name=op.f("ck_clock_change_until_after_from")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user_account.id"], name=op.f("fk_clock_change_asked_by")
        ),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_clock_change_clock_id")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_clock_change_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_clock_change_dispute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_change")),
    )
    with op.batch_alter_table("clock_change", schema=None) as batch_op:
        batch_op.create_index("ix_clock_change_clock", ["clock_id", "asked_at", "id"], unique=False)
        batch_op.create_index("ix_clock_change_dispute", ["dispute_id"], unique=False)
        batch_op.create_index(
            "ix_clock_change_waiting",
            ["asked_at", "id"],
            unique=False,
            postgresql_where=sa.text("state IN ('asked')"),
            sqlite_where=sa.text("state IN ('asked')"),
        )

    op.create_table(
        "clock_step",
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_clock_step_clock_id")),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_clock_step_dispute_id")
        ),
        sa.PrimaryKeyConstraint("clock_id", "step", "due_on", name=op.f("pk_clock_step")),
    )
    with op.batch_alter_table("clock_step", schema=None) as batch_op:
        batch_op.create_index("ix_clock_step_dispute", ["dispute_id"], unique=False)

    op.create_table(
        "supervision",
        sa.Column(
            "kind",
            sa.Enum(
                "urge",
                "order",
                "listed",
                "circular",
                "talk",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column(
            "number",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("ordered_by", sa.Uuid(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("reply_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("replied_by", sa.Uuid(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(NOT (kind IN ('urge'))) = (number IS NOT NULL)",
            name=op.f("ck_supervision_number_iff_a_paper"),
        ),
        sa.CheckConstraint(
            "(NOT (kind IN ('urge'))) = (reply_by IS NOT NULL)",
            name=op.f("ck_supervision_reply_by_iff_a_paper"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_supervision_ended_by_whom")
        ),
        sa.CheckConstraint(
            "(replied_at IS NULL) = (replied_by IS NULL)",
            name=op.f("ck_supervision_replied_by_whom"),
        ),
        sa.CheckConstraint(
            "(replied_at IS NULL) = (reply_sealed IS NULL)",
            name=op.f("ck_supervision_replied_with_words"),
        ),
        sa.CheckConstraint(
            "reply_by >= ordered_on", name=op.f("ck_supervision_reply_not_before_order")
        ),
        sa.ForeignKeyConstraint(["clock_id"], ["clock.id"], name=op.f("fk_supervision_clock_id")),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_supervision_dispute_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["user_account.id"], name=op.f("fk_supervision_ended_by")
        ),
        sa.ForeignKeyConstraint(
            ["ordered_by"], ["user_account.id"], name=op.f("fk_supervision_ordered_by")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_supervision_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["replied_by"], ["user_account.id"], name=op.f("fk_supervision_replied_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision")),
        sa.UniqueConstraint("number", name=op.f("uq_supervision_number")),
    )
    with op.batch_alter_table("supervision", schema=None) as batch_op:
        batch_op.create_index(
            "ix_supervision_dispute", ["dispute_id", "ordered_at", "id"], unique=False
        )
        batch_op.create_index("ix_supervision_newest", ["ordered_at", "id"], unique=False)
        batch_op.create_index(
            "ix_supervision_open_at_organisation",
            ["organisation_id", "reply_by", "id"],
            unique=False,
            postgresql_where=sa.text("ended_at IS NULL"),
            sqlite_where=sa.text("ended_at IS NULL"),
        )

    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("due_paused", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("remedy_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("remedy_rule", sa.String(length=30), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_dispute_paused_has_its_date"), "NOT due_paused OR due_on IS NOT NULL"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_dispute_remedy_has_its_rule"),
            "(remedy_on IS NULL) = (remedy_rule IS NULL)",
        )
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.alter_column("due_paused", server_default=None)

    _allow_notices((*NOTICES, *OF_CLOCKS))
    _carry_over()
    if op.get_bind().dialect.name == "postgresql":
        _put_up_the_wall()


def downgrade() -> None:
    """Take it back; the promise of each dispute stands in its own row still."""
    op.execute(
        sa.text("DELETE FROM notice WHERE kind IN :kinds").bindparams(
            sa.bindparam("kinds", OF_CLOCKS, expanding=True)
        )
    )
    _allow_notices(NOTICES)
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_dispute_paused_has_its_date"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_dispute_remedy_has_its_rule"), type_="check")
        batch_op.drop_column("remedy_rule")
        batch_op.drop_column("remedy_on")
        batch_op.drop_column("due_paused")
    for table in ("supervision", "clock_step", "clock_change", "clock", "calendar_year"):
        op.drop_table(table)


def _allow_notices(kinds: Sequence[str]) -> None:
    words = ", ".join(repr(kind) for kind in kinds)
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_notice_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_notice_kind"), f"kind IN ({words})")


def _carry_over() -> None:
    """Give each running promise its clock: its date as it was told, how it was counted unknown."""
    typed = sa.text(RUNNING).columns(
        sa.Column("id", sa.Uuid()),
        sa.Column("due_rule", sa.String()),
        sa.Column("due_on", sa.Date()),
        sa.Column("due_provisional", sa.Boolean()),
        sa.Column("accepted_on", sa.Date()),
        sa.Column("registered_on", sa.Date()),
        sa.Column("registered_at", sa.DateTime(timezone=True)),
        sa.Column("episode", sa.Integer()),
    )
    clocks = sa.table(
        "clock",
        sa.column("id", sa.Uuid()),
        sa.column("dispute_id", sa.Uuid()),
        sa.column("episode", sa.Integer()),
        sa.column("rule", sa.String()),
        sa.column("kind", sa.String()),
        sa.column("stated", sa.Boolean()),
        sa.column("made_under", JSON),
        sa.column("start_on", sa.Date()),
        sa.column("raw_due_on", sa.Date()),
        sa.column("due_on", sa.Date()),
        sa.column("provisional", sa.Boolean()),
        sa.column("next_step_at", sa.DateTime(timezone=True)),
        sa.column("version", sa.Integer()),
    )
    rows = [
        {
            "id": uuid4(),
            "dispute_id": each.id,
            "episode": each.episode or 1,
            "rule": each.due_rule,
            "kind": "statutory",
            "stated": True,
            "made_under": {},
            "start_on": each.accepted_on or each.registered_on,
            "raw_due_on": each.due_on,
            "due_on": each.due_on,
            "provisional": each.due_provisional,
            "next_step_at": each.registered_at,  # long past: its ladder is looked at at once
            "version": 1,
        }
        for each in op.get_bind().execute(typed)
    ]
    if rows:
        op.bulk_insert(clocks, rows)


def _put_up_the_wall() -> None:
    """Who may know of a dispute may know of its terms; their words are sealed with its key."""
    for table in WALLED:
        seen = f"EXISTS (SELECT FROM dispute WHERE dispute.id = {table}.dispute_id)"
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)")
        op.execute(f"CREATE POLICY seen ON {table} TO {SEEING} USING ({seen})")
