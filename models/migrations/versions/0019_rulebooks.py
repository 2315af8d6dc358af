"""Rulebooks 分流规则 of which one is in force from a day on, and replays of their drafts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATES = ("draft", "checked", "published", "withdrawn")


def upgrade() -> None:
    """Add what the message says."""
    op.create_table(
        "rulebook_version",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="state", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("drafters", JSON, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('draft', 'checked')) = (published_by IS NULL AND withdrawn_by IS NULL)",
            name=op.f("ck_rulebook_version_decided_by_whom"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('published')) OR (published_by IS NOT NULL AND withdrawn_by IS NULL)",
            name=op.f("ck_rulebook_version_published_by_whom"),
        ),
        sa.CheckConstraint(
            "(state IN ('withdrawn')) = (withdrawn_by IS NOT NULL)",
            name=op.f("ck_rulebook_version_withdrawn_by_whom"),
        ),
        sa.CheckConstraint(
            "(published_by IS NULL) = (published_at IS NULL)"
            " AND (published_by IS NULL) = (in_force_from IS NULL)",
            name=op.f("ck_rulebook_version_published_with_its_day"),
        ),
        sa.CheckConstraint(
            "published_by <> made_by", name=op.f("ck_rulebook_version_second_person")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user_account.id"], name=op.f("fk_rulebook_version_made_by")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["user_account.id"], name=op.f("fk_rulebook_version_published_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["user_account.id"], name=op.f("fk_rulebook_version_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_version")),
        sa.UniqueConstraint("number", name=op.f("uq_rulebook_version_number")),
    )
    with op.batch_alter_table("rulebook_version", schema=None) as batch_op:
        batch_op.create_index("ix_rulebook_version_state", ["state", "number"], unique=False)
    op.create_table(
        "replay",
        sa.Column("rulebook_id", sa.Uuid(), nullable=False),
        sa.Column("draft_version", sa.Integer(), nullable=False),
        sa.Column("against", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("newest", sa.Integer(), nullable=True),
        sa.Column("registered_from", sa.Date(), nullable=True),
        sa.Column("registered_to", sa.Date(), nullable=True),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("result", JSON, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(newest IS NULL) = (registered_from IS NOT NULL AND registered_to IS NOT NULL)",
            name=op.f("ck_replay_of_a_number_or_a_range"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["user_account.id"], name=op.f("fk_replay_made_by")),
        sa.ForeignKeyConstraint(
            ["rulebook_id"], ["rulebook_version.id"], name=op.f("fk_replay_rulebook_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replay")),
    )
    with op.batch_alter_table("replay", schema=None) as batch_op:
        batch_op.create_index("ix_replay_rulebook_id", ["rulebook_id"], unique=False)


def downgrade() -> None:
    """Forget the versions: what ships in the file is in force again."""
    op.drop_table("replay")
    op.drop_table("rulebook_version")
