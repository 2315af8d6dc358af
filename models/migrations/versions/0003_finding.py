"""Finding: the word index of disputes and consultations; a job fills it for old disputes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MAKE_WORDS = (
    (
        "CREATE VIRTUAL TABLE dispute_words USING fts5(terms, content='dispute_text', "
        "content_rowid='id', tokenize='ascii', detail='none')"
    ),
    (
        "CREATE TRIGGER dispute_words_insert AFTER INSERT ON dispute_text BEGIN "
        "INSERT INTO dispute_words(rowid, terms) VALUES (new.id, new.terms); END"
    ),
    (
        "CREATE TRIGGER dispute_words_delete AFTER DELETE ON dispute_text BEGIN "
        "INSERT INTO dispute_words(dispute_words, rowid, terms) "
        "VALUES ('delete', old.id, old.terms); END"
    ),
    (
        "CREATE TRIGGER dispute_words_update AFTER UPDATE ON dispute_text BEGIN "
        "INSERT INTO dispute_words(dispute_words, rowid, terms) "
        "VALUES ('delete', old.id, old.terms); "
        "INSERT INTO dispute_words(rowid, terms) VALUES (new.id, new.terms); END"
    ),
)
FILL_LATER = (  # in short transactions, by the job
    "INSERT INTO text_duty (kind) SELECT 'fill' WHERE EXISTS (SELECT 1 FROM dispute)"
)


def upgrade() -> None:
    """Make the index and note whether there are disputes it does not know."""
    op.create_table(
        "dispute_text",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("dispute_id", sa.Uuid(), nullable=True),
        sa.Column("consultation_id", sa.Uuid(), nullable=True),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column(
            "terms",
            sa.Text().with_variant(postgresql.ARRAY(sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(dispute_id IS NULL) <> (consultation_id IS NULL)",
            name=op.f("ck_dispute_text_of_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_dispute_text_consultation_id")
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_text_dispute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_text")),
        sa.UniqueConstraint("consultation_id", name=op.f("uq_dispute_text_consultation_id")),
        sa.UniqueConstraint("dispute_id", name=op.f("uq_dispute_text_dispute_id")),
    )
    op.create_table(
        "text_duty",
        sa.Column(
            "kind",
            sa.Enum(
                "fill",
                "merge",
                "merging",
                "truncate",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispute_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(registered_at IS NULL) = (dispute_id IS NULL)",
            name=op.f("ck_text_duty_place_is_whole"),
        ),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_text_duty")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in MAKE_WORDS:
            op.execute(statement)
    else:
        op.create_index("ix_dispute_text_terms", "dispute_text", ["terms"], postgresql_using="gin")
    op.execute(FILL_LATER)


def downgrade() -> None:
    """Take the index away; initials say nothing that the names do not."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE dispute_words")
    op.drop_table("text_duty")
    op.drop_table("dispute_text")
