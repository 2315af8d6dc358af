"""Signing in: second factor, password history, where a session is."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OF_ACCOUNTS = ("second_factor_step", "second_factor_at", "second_factor_sealed", "password_set_at")


def upgrade() -> None:
    """Make what the models say."""
    with op.batch_alter_table("user_account") as batch:
        batch.add_column(sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("second_factor_sealed", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(
            sa.Column("second_factor_step", sa.Integer(), server_default="0", nullable=False)
        )
    with op.batch_alter_table("user_account") as batch:
        batch.alter_column("second_factor_step", server_default=None)
    with op.batch_alter_table("user_session") as batch:
        batch.add_column(sa.Column("address", sa.String(length=45), nullable=True))
        batch.add_column(sa.Column("device", sa.String(length=60), nullable=True))
    op.create_table(
        "past_password",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_past_password_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_past_password"),
    )
    op.create_index("ix_past_password_user_id", "past_password", ["user_id"])
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_recovery_code_user_id"),
        sa.PrimaryKeyConstraint("user_id", "code_hash", name="pk_recovery_code"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("recovery_code")
    op.drop_index("ix_past_password_user_id", "past_password")
    op.drop_table("past_password")
    with op.batch_alter_table("user_session") as batch:
        batch.drop_column("device")
        batch.drop_column("address")
    with op.batch_alter_table("user_account") as batch:
        for name in OF_ACCOUNTS:
            batch.drop_column(name)
