"""Joint handling: tasks of co-units beside the dispute of a lead."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
WALLED = ("joint_task",)
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
            "(waived_at IS NULL) = (reason_sealed IS NULL)",
            name=op.f("ck_joint_task_waived_with_reason"),
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
    op.drop_table("joint_task")


def _allow_notices(kinds: Sequence[str]) -> None:
    words = ", ".join(repr(kind) for kind in kinds)
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_notice_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_notice_kind"), f"kind IN ({words})")


def _put_up_the_wall() -> None:
    """Who sees the dispute sees that others work along; the words are sealed besides."""
    for table in WALLED:
        seen = f"EXISTS (SELECT FROM dispute WHERE dispute.id = {table}.dispute_id)"
        for statement in (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)",
            f"CREATE POLICY seen ON {table} TO {SEEING} USING ({seen})",
        ):
            op.execute(sa.text(statement))
