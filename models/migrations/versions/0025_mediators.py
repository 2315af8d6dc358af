"""Mediators 调解员名册 with leave and declared relations; requests for recusal 申请回避."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SEEING, WHOLE = "fengqiao_app", "fengqiao_whole"
REASONS = ("holiday", "illness", "training", "secondment", "other")
RELATIONS = ("relative", "household", "employer", "agent", "handled", "close")
ASKED = "state IN ('asked')"


def word(name: str, values: Sequence[str]) -> sa.Enum:
    """A column that holds one of these words."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=30)


def upgrade() -> None:
    """Add what the message says."""
    name = sa.String(length=80).with_variant(sa.String(length=80, collation="C"), "postgresql")
    op.create_table(
        "mediator",
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", name, nullable=False),
        sa.Column("gender", word("gender", ("woman", "man")), nullable=True),
        sa.Column("village", sa.String(length=60), nullable=True),
        sa.Column("skills", JSON, nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("certificate", sa.String(length=60), nullable=True),
        sa.Column("appointed_from", sa.Date(), nullable=True),
        sa.Column("appointed_until", sa.Date(), nullable=True),
        sa.Column("load_limit", sa.Integer(), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("load_limit >= 1", name=op.f("ck_mediator_load_limit_positive")),
        sa.CheckConstraint(
            "appointed_until >= appointed_from", name=op.f("ck_mediator_until_not_before_from")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_mediator_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_mediator_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediator")),
        sa.UniqueConstraint("user_id", name=op.f("uq_mediator_user_id")),
    )
    op.create_index("ix_mediator_name", "mediator", ["name", "id"])
    op.create_index(op.f("ix_mediator_organisation_id"), "mediator", ["organisation_id"])
    op.create_table(
        "mediator_leave",
        sa.Column("mediator_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", word("reason", REASONS), nullable=False),
        *_entered_and_ended(),
        sa.CheckConstraint(
            "until_on >= from_on", name=op.f("ck_mediator_leave_until_not_before_from")
        ),
        *_keys_of("mediator_leave"),
    )
    op.create_index("ix_mediator_leave_mediator", "mediator_leave", ["mediator_id", "until_on"])
    op.create_table(
        "interest",
        sa.Column("mediator_id", sa.Uuid(), nullable=False),
        sa.Column("relation", word("relation", RELATIONS), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("declared_on", sa.Date(), nullable=False),
        *_entered_and_ended(),
        *_keys_of("interest"),
    )
    op.create_index(op.f("ix_interest_mediator_id"), "interest", ["mediator_id"])
    op.create_table(
        "recusal",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("mediator_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("state", word("state", ("asked", "granted", "refused")), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("reason_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("successor_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            f"({ASKED}) = (decided_at IS NULL)", name=op.f("ck_recusal_decided_iff_not_asked")
        ),
        sa.CheckConstraint(
            "(successor_id IS NOT NULL) = (state IN ('granted'))",
            name=op.f("ck_recusal_successor_iff_granted"),
        ),
        sa.CheckConstraint("successor_id <> mediator_id", name=op.f("ck_recusal_another_one")),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user_account.id"], name=op.f(f"fk_recusal_{column}")
            )
            for column in ("mediator_id", "asked_by", "decided_by", "successor_id")
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_recusal_dispute_id")),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_recusal_party_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
    )
    op.create_index("ix_recusal_dispute", "recusal", ["dispute_id", "asked_at", "id"])
    op.create_index(op.f("ix_recusal_party_id"), "recusal", ["party_id"])
    op.create_index(
        "uq_recusal_open",
        "recusal",
        ["dispute_id", "mediator_id"],
        unique=True,
        postgresql_where=sa.text(ASKED),
        sqlite_where=sa.text(ASKED),
    )
    if op.get_bind().dialect.name == "postgresql":
        _wall("recusal")


def downgrade() -> None:
    """Take it back; who mediates which dispute stays."""
    for table in ("recusal", "interest", "mediator_leave", "mediator"):
        op.drop_table(table)


def _entered_and_ended() -> list[sa.Column[object]]:
    return [
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
    ]


def _keys_of(table: str) -> list[sa.Constraint]:
    return [
        sa.CheckConstraint(
            "(ended_by IS NULL) = (ended_at IS NULL)", name=op.f(f"ck_{table}_end_has_time")
        ),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["mediator.id"], name=op.f(f"fk_{table}_mediator_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by"], ["user_account.id"], name=op.f(f"fk_{table}_entered_by")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by"], ["user_account.id"], name=op.f(f"fk_{table}_ended_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _wall(table: str) -> None:
    """Who may know of a dispute may know of these; their words are sealed with its key."""
    seen = f"EXISTS (SELECT FROM dispute WHERE dispute.id = {table}.dispute_id)"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY whole ON {table} TO {WHOLE}, CURRENT_USER USING (true)")
    op.execute(f"CREATE POLICY seen ON {table} TO {SEEING} USING ({seen})")
