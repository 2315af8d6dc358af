"""Joint handling: tasks of co-units beside the dispute of a lead; joint meetings."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
WALLED = ("joint_task", "meeting_item", "meeting_decision")
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
)
OF_JOINT = ("joint_asked", "joint_answered")
OPEN = "state IN ('open')"
UNSETTLED = "state IN ('open', 'refused')"


def word(name: str, words: Sequence[str]) -> sa.Enum:
    """One word of several."""
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=30)


def upgrade() -> None:
    """Add what the message says."""
    op.create_table(
        "joint_task",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("state", word("state", ("open", "done", "refused", "waived")), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opinion_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("waived_by", sa.Uuid(), nullable=True),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(length=20), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('open')) = (answered_at IS NULL AND waived_at IS NULL)",
            name=op.f("ck_joint_task_settled_iff_not_open"),
        ),
        sa.CheckConstraint(
            "(state IN ('waived')) = (waived_at IS NOT NULL)",
            name=op.f("ck_joint_task_waived_when"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)",
            name=op.f("ck_joint_task_answered_by_whom"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (opinion_sealed IS NULL)",
            name=op.f("ck_joint_task_answered_with_words"),
        ),
        sa.CheckConstraint(
            "(waived_by IS NULL) = (reason_sealed IS NULL)",
            name=op.f("ck_joint_task_waived_with_reason"),
        ),
        sa.CheckConstraint(
            "(waived_at IS NULL) = (waived_by IS NULL AND ended_as IS NULL)",
            name=op.f("ck_joint_task_waived_by_whom_or_what"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_joint_task_{column}"))
            for column, target in (
                ("answered_by", "user_account.id"),
                ("asked_by", "user_account.id"),
                ("clock_id", "clock.id"),
                ("dispute_id", "dispute.id"),
                ("organisation_id", "organisation.id"),
                ("waived_by", "user_account.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_task")),
    )
    for name, columns, condition in (
        ("uq_joint_task_open", ["dispute_id", "organisation_id"], OPEN),
        ("ix_joint_task_dispute", ["dispute_id", "asked_at", "id"], None),
        ("ix_joint_task_clock", ["clock_id"], None),
        ("ix_joint_task_newest", ["organisation_id", "asked_at", "id"], None),
        ("ix_joint_task_unsettled", ["asked_at", "id"], UNSETTLED),
    ):
        where = {} if condition is None else {"postgresql_where": sa.text(condition)}
        where |= {} if condition is None else {"sqlite_where": sa.text(condition)}
        op.create_index(name, "joint_task", columns, unique=name.startswith("uq"), **where)
    _allow_notices((*NOTICES, *OF_JOINT))
    _add_meetings()
    if op.get_bind().dialect.name == "postgresql":
        _put_up_the_wall()


def downgrade() -> None:
    """Take it back."""
    op.execute(
        sa.text("DELETE FROM notice WHERE kind IN :kinds").bindparams(
            sa.bindparam("kinds", OF_JOINT, expanding=True)
        )
    )
    _allow_notices(NOTICES)
    for table in ("meeting_decision", "meeting_item", "meeting_member", "meeting", "joint_task"):
        op.drop_table(table)


def _add_meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("kind", word("kind", ("joint", "court")), nullable=False),
        sa.Column("state", word("state", ("called", "held")), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("minutes_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("called_by", sa.Uuid(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('held')) = (recorded_at IS NOT NULL)",
            name=op.f("ck_meeting_held_iff_recorded"),
        ),
        sa.CheckConstraint(
            "(recorded_at IS NULL) = (recorded_by IS NULL)",
            name=op.f("ck_meeting_recorded_by_whom"),
        ),
        *_keys(
            "meeting",
            organisation_id="organisation",
            called_by="user_account",
            recorded_by="user_account",
        ),
    )
    op.create_index("ix_meeting_newest", "meeting", ["held_at", "id"])
    op.create_table(
        "meeting_member",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_keys("meeting_member", meeting_id="meeting", organisation_id="organisation"),
        sa.UniqueConstraint(
            "meeting_id",
            "organisation_id",
            name=op.f("uq_meeting_member_meeting_id_organisation_id"),
        ),
    )
    op.create_index(
        "ix_meeting_member_organisation", "meeting_member", ["organisation_id", "meeting_id"]
    )
    op.create_table(
        "meeting_item",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("minutes_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        *_keys("meeting_item", meeting_id="meeting", dispute_id="dispute"),
        sa.UniqueConstraint(
            "meeting_id", "ordinal", name=op.f("uq_meeting_item_meeting_id_ordinal")
        ),
    )
    op.create_index("ix_meeting_item_dispute_id", "meeting_item", ["dispute_id"])
    op.create_table(
        "meeting_decision",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", word("state", ("open", "done", "dropped")), nullable=False),
        sa.Column("follow_up_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('open')) = (settled_at IS NULL)",
            name=op.f("ck_meeting_decision_settled_iff_not_open"),
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL)",
            name=op.f("ck_meeting_decision_settled_by_whom"),
        ),
        *_keys(
            "meeting_decision",
            meeting_id="meeting",
            dispute_id="dispute",
            organisation_id="organisation",
            settled_by="user_account",
        ),
        sa.UniqueConstraint(
            "meeting_id", "ordinal", name=op.f("uq_meeting_decision_meeting_id_ordinal")
        ),
    )
    op.create_index("ix_meeting_decision_dispute_id", "meeting_decision", ["dispute_id"])
    op.create_index(
        "ix_meeting_decision_open",
        "meeting_decision",
        ["due_on", "id"],
        postgresql_where=sa.text(OPEN),
        sqlite_where=sa.text(OPEN),
    )


def _keys(table: str, **targets: str) -> list[sa.Constraint]:
    """The primary key, and where each column leads."""
    foreign = [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in targets.items()
    ]
    return [*foreign, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def _allow_notices(kinds: Sequence[str]) -> None:
    words = ", ".join(repr(kind) for kind in kinds)
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_notice_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_notice_kind"), f"kind IN ({words})")


def _put_up_the_wall() -> None:
    """Who sees the dispute sees that others work along; the words are sealed besides."""
    for table in WALLED:
        seen = f"EXISTS (SELECT FROM dispute WHERE dispute.id = {table}.dispute_id)"
        if table != "joint_task":  # what a meeting speaks of beside disputes is guarded by it alone
            seen = f"dispute_id IS NULL OR {seen}"
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)",
            f"CREATE POLICY seen ON {table} TO {SEEING} USING ({seen})",
        ):
            op.execute(sa.text(statement))
