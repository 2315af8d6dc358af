"""The people concerned: reveals, their requests, what their data is kept on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0010"
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
    "named",
    "glass_agreed",
    "glass_refused",
)
ALARM = "revealed_often"


def word(name: str, *words: str) -> sa.Enum:
    """One of some words."""
    return sa.Enum(*words, native_enum=False, length=30, create_constraint=True, name=name)


def upgrade() -> None:
    """Make what the models say."""
    _notices((*NOTICES, ALARM))
    _data_requests()
    _bases()


def downgrade() -> None:
    """Take it away again, and the alarms that no longer have a kind."""
    op.drop_table("basis")
    op.drop_table("data_request")
    op.execute(sa.text("DELETE FROM notice WHERE kind = 'revealed_often'"))
    _notices(NOTICES)


def _notices(words: tuple[str, ...]) -> None:
    """Which kinds of notices there are."""
    name = op.f("ck_notice_kind")
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"kind IN ({', '.join(map(repr, words))})")


def _data_requests() -> None:
    op.create_table(
        "data_request",
        sa.Column(
            "kind",
            word("kind", "access", "copy", "correct", "delete", "explain"),
            nullable=False,
        ),
        sa.Column("status", word("status", "received", "decided", "answered"), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "identity_check", word("identity_check", "card", "guardian", "mandate"), nullable=False
        ),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column(
            "dispute_ids",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            nullable=False,
        ),
        sa.Column("wish_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("decision", word("decision", "granted", "partly", "refused"), nullable=True),
        sa.Column("decision_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer_method", word("answer_method", "in_person", "post", "phone")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(status = 'answered') = (answered_on IS NOT NULL)",
            name=op.f("ck_data_request_answered_on_iff_answered"),
        ),
        sa.CheckConstraint(
            "(status = 'received') = (decision IS NULL)",
            name=op.f("ck_data_request_decision_iff_decided"),
        ),
        sa.CheckConstraint(
            "due_on >= received_on", name=op.f("ck_data_request_due_after_received")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user_account.id"], name=op.f("fk_data_request_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["user_account.id"], name=op.f("fk_data_request_received_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
    )
    op.create_index("ix_data_request_newest", "data_request", ["received_at", "id"])


def _bases() -> None:
    op.create_table(
        "basis",
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("ground", word("ground", "statutory", "consent", "guardian"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("given_by_id", sa.Uuid(), nullable=True),
        sa.Column("form", word("form", "written", "oral", "recorded"), nullable=True),
        sa.Column("scope_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("obtained_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.CheckConstraint(text, name=op.f(f"ck_basis_{name}"))
            for name, text in (
                ("code_iff_statutory", "(ground = 'statutory') = (code IS NOT NULL)"),
                ("guardian_speaks", "ground = 'guardian' OR given_by_id IS NULL"),
                ("consent_has_its_form", "ground = 'statutory' OR form IS NOT NULL"),
                ("consent_is_dated", "ground = 'statutory' OR obtained_on IS NOT NULL"),
                ("withdrawn_after_obtained", "withdrawn_on >= obtained_on"),
            )
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_basis_dispute_id")),
        *(
            sa.ForeignKeyConstraint(
                [column], ["party.id"], name=op.f(f"fk_basis_{column}"), ondelete="CASCADE"
            )
            for column in ("given_by_id", "party_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_basis_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basis")),
    )
    for column in ("dispute_id", "given_by_id", "party_id"):
        op.create_index(op.f(f"ix_basis_{column}"), "basis", [column])
