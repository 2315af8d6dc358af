"""The word index 检索 of disputes and consultations: pieces of words, never of restricted ones."""

from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import DDL, CheckConstraint, ColumnElement, event
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from models.base import Base

# The index over `terms` is each database's own kind: GIN on PostgreSQL, FTS5 with triggers that
# keep it in step on SQLite. It is made beside the table; revision 0003 holds the same statements.
MAKE_GIN: Final = "CREATE INDEX ix_dispute_text_terms ON dispute_text USING gin (terms)"
BY_HAND: Final = frozenset(
    {
        "ix_dispute_text_terms",
        "dispute_words",
        *(f"dispute_words_{part}" for part in ("config", "data", "docsize", "idx")),
    }
)
MAKE_WORDS: Final = (
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
DROP_WORDS: Final = "DROP TABLE IF EXISTS dispute_words"


class Terms(TypeDecorator[list[str]]):
    """Terms of the index: an array on PostgreSQL, words apart by blanks on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where there are arrays."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(sa.Text))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        """The terms as stored; no term holds a blank."""
        if value is None or dialect.name == "postgresql":
            return value
        return " ".join(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> list[str] | None:
        """The terms."""
        if value is None or dialect.name == "postgresql":
            return None if value is None else list(value)
        return str(value).split()


class DisputeText(Base):
    """What is searched of one dispute, folded; the ids ascend in the order of being indexed.

    `names` holds one name a line, `words` the narrative, `terms` what rules/search.py makes of
    both. A restricted dispute 受限 has no row.
    A consultation 咨询 has one too, of its question; who asked is sealed, so its terms hold name
    and phone as keyed hashes only.
    """

    __tablename__ = "dispute_text"
    __table_args__ = (
        CheckConstraint("(dispute_id IS NULL) <> (consultation_id IS NULL)", name="of_one_thing"),
    )

    id: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    dispute_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("dispute.id"), unique=True)
    consultation_id: Mapped[UUID | None] = mapped_column(
        sa.ForeignKey("consultation.id"), unique=True
    )
    names: Mapped[str] = mapped_column(sa.Text)
    words: Mapped[str] = mapped_column(sa.Text)
    terms: Mapped[list[str]] = mapped_column(Terms)

    @classmethod
    def has_all(cls, terms: list[str]) -> ColumnElement[bool]:
        """Whether an entry has all these terms, as the index of PostgreSQL is asked."""
        kind = ARRAY(sa.Text)
        return sa.type_coerce(cls.terms, kind).contains(sa.literal(terms, kind))


def _made_with(table: Any) -> None:
    """Make the index when the table is made by itself, and drop it with the table."""
    made = [(each, "sqlite") for each in MAKE_WORDS] + [(MAKE_GIN, "postgresql")]
    for statement, dialect in made:
        ddl = DDL(statement)  # type: ignore[no-untyped-call]  # the package leaves it untyped
        event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
    gone = DDL(DROP_WORDS)  # type: ignore[no-untyped-call]  # the same
    event.listen(table, "before_drop", gone.execute_if(dialect="sqlite"))


_made_with(DisputeText.__table__)
