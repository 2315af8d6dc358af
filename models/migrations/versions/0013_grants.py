"""Grants 授权: changes of roles that wait for a second person."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
PEOPLE = ("user_id", "asked_by", "decided_by")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "role_grant",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("roles", JSON, nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_role_grant_decided_by_whom"),
        ),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (agreed IS NULL)", name=op.f("ck_role_grant_decided_how")
        ),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_role_grant_second_person")),
        sa.CheckConstraint(
            "decided_by <> user_id OR agreed = false",
            name=op.f("ck_role_grant_nobody_grants_themselves"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user_account.id"], name=op.f(f"fk_role_grant_{column}")
            )
            for column in PEOPLE
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_role_grant_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_user_id"), "role_grant", ["user_id"])
    op.create_index("ix_role_grant_waiting", "role_grant", ["decided_at", "asked_at"])


def downgrade() -> None:
    """Drop it; what waits is forgotten."""
    op.drop_table("role_grant")
