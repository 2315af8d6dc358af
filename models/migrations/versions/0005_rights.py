"""Rights: shares with other units, people named for restricted disputes, breaking the glass."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NOTICES = (
    "registered",
    "danger",
    "dispatched",
    "assigned",
    "returned",
    "reopened",
    "closed",
    "same",
)
OF_RESTRICTED = ("named", "glass_agreed", "glass_refused")
PURPOSES = ("assist", "referral", "court", "advice", "supervision")
# a random id as each database stores it
NEW_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
# who assisted does so since the dispute was handed over
SHARED = """
    INSERT INTO share (id, dispute_id, organisation_id, purpose, shared_at)
    SELECT {new_id}, assist.dispute_id, assist.organisation_id, 'assist',
        COALESCE(dispute.first_dispatched_at, dispute.registered_at)
    FROM dispute_assist AS assist JOIN dispute ON dispute.id = assist.dispute_id
"""
ASSISTED = """
    INSERT INTO dispute_assist (dispute_id, organisation_id)
    SELECT DISTINCT dispute_id, organisation_id FROM share
    WHERE purpose = 'assist' AND ended_at IS NULL
"""


def upgrade() -> None:
    """Who assists becomes one of those with whom a dispute is shared."""
    op.create_table(
        "share",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                *PURPOSES, native_enum=False, length=30, create_constraint=True, name="purpose"
            ),
            nullable=False,
        ),
        sa.Column("basis", sa.String(200), nullable=True),
        sa.Column("shared_by", sa.Uuid(), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("until > shared_at", name=op.f("ck_share_until_after_shared")),
        *_keys("share", dispute_id="dispute", organisation_id="organisation"),
        sa.ForeignKeyConstraint(
            ["shared_by"], ["user_account.id"], name=op.f("fk_share_shared_by")
        ),
    )
    op.create_index(op.f("ix_share_dispute_id"), "share", ["dispute_id"])
    op.create_index("ix_share_organisation", "share", ["organisation_id", "dispute_id"])
    op.execute(SHARED.format(new_id=NEW_ID[op.get_bind().dialect.name]))
    op.drop_table("dispute_assist")
    op.create_table(
        "named",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("named_by <> user_id", name=op.f("ck_named_nobody_names_themselves")),
        *_keys("named", dispute_id="dispute", user_id="user_account", named_by="user_account"),
    )
    op.create_index(op.f("ix_named_dispute_id"), "named", ["dispute_id"])
    op.create_index("ix_named_user", "named", ["user_id", "dispute_id"])
    op.create_table(
        "glass",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("decided_by <> user_id", name=op.f("ck_glass_second_person")),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_glass_decided_by_whom")
        ),
        sa.CheckConstraint(
            "until IS NULL OR decided_by IS NOT NULL", name=op.f("ck_glass_open_if_agreed")
        ),
        *_keys("glass", dispute_id="dispute", user_id="user_account", decided_by="user_account"),
    )
    op.create_index(op.f("ix_glass_asked_at"), "glass", ["asked_at"])
    op.create_index(op.f("ix_glass_dispute_id"), "glass", ["dispute_id"])
    op.create_index("ix_glass_user", "glass", ["user_id", "dispute_id"])
    op.create_index(op.f("ix_organisation_parent_id"), "organisation", ["parent_id"])
    _allow_notices((*NOTICES, *OF_RESTRICTED))


def downgrade() -> None:
    """Who assists stands by itself again; other shares have no place then."""
    op.execute(
        sa.text("DELETE FROM notice WHERE kind NOT IN :kinds").bindparams(
            sa.bindparam("kinds", NOTICES, expanding=True)
        )
    )
    _allow_notices(NOTICES)
    op.drop_index(op.f("ix_organisation_parent_id"), "organisation")
    op.drop_table("glass")
    op.drop_table("named")
    op.create_table(
        "dispute_assist",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_assist_dispute_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_dispute_assist_organisation_id")
        ),
        sa.PrimaryKeyConstraint("dispute_id", "organisation_id", name=op.f("pk_dispute_assist")),
    )
    op.create_index(
        op.f("ix_dispute_assist_organisation_id"), "dispute_assist", ["organisation_id"]
    )
    op.execute(ASSISTED)
    op.drop_table("share")


def _allow_notices(kinds: tuple[str, ...]) -> None:
    """Notices may be of these kinds from now on."""
    words = ", ".join(repr(kind) for kind in kinds)
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_notice_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_notice_kind"), f"kind IN ({words})")


def _keys(table: str, **references: str) -> list[sa.Constraint]:
    """The primary key on `id`, and a foreign key for each column that names a row."""
    return [
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
            for column, other in references.items()
        ),
    ]
