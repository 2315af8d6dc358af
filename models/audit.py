"""The trail 审计: who did what to what, chained so that nothing can be changed unnoticed."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import DDL, CheckConstraint, Index, event
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import AuditResult
from models.base import Base, one_of, word

_DENIED: Final = one_of("result", AuditResult.DENIED)


class AuditEntry(Base):
    """One deed. `detail` holds codes, counts and field names; a reason is sealed.

    `seq` counts without a gap; `hash` is the keyed hash of the row and of the `prev_hash` before
    it. People and things are named by their ids without a foreign key: the trail outlives them.
    `event_id` is the event of the same change, where the words of its reason stand; here is only
    their keyed hash, so that they can be forgotten and not be rewritten.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq_from_one"),
        Index("ix_audit_entry_subject", "subject_id", "seq"),
        Index("ix_audit_entry_actor", "actor_id", "seq"),
        Index("ix_audit_entry_action", "action", "seq"),
        Index("ix_audit_entry_organisation", "organisation_id", "seq"),
        Index("ix_audit_entry_kind", "subject", "seq"),
        Index(
            "ix_audit_entry_denied",
            "seq",
            postgresql_where=sa.text(_DENIED),
            sqlite_where=sa.text(_DENIED),
        ),
        Index("ix_audit_entry_day", "happened_at", "seq"),
    )

    seq: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False
    )
    happened_at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str | None] = mapped_column(sa.String(80))
    organisation_id: Mapped[UUID | None]
    roles: Mapped[list[str]]
    address: Mapped[str | None] = mapped_column(sa.String(45))
    action: Mapped[str] = mapped_column(sa.String(60))
    subject: Mapped[str | None] = mapped_column(sa.String(30))
    subject_id: Mapped[UUID | None]
    result: Mapped[AuditResult] = mapped_column(word(AuditResult, "result"))
    fields: Mapped[list[str]]
    detail: Mapped[dict[str, Any]]
    reason_sealed: Mapped[bytes | None]
    reason_mac: Mapped[bytes | None]
    event_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    request_id: Mapped[str | None] = mapped_column(sa.String(40))
    prev_hash: Mapped[bytes]
    hash: Mapped[bytes]


class AuditHead(Base):
    """Where the chain ends: one row, locked by whoever appends; `mac` says it is our own."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    hash: Mapped[bytes]
    mac: Mapped[bytes]


# what makes the trail one that only grows, in the words of each database
FORBID_SQLITE: Final = tuple(
    f"CREATE TRIGGER audit_entry_no_{deed.lower()} BEFORE {deed} ON audit_entry BEGIN "
    "SELECT RAISE(ABORT, 'the trail only grows'); END"
    for deed in ("UPDATE", "DELETE")
)
FORBID_POSTGRESQL: Final = (
    (
        "CREATE FUNCTION audit_entry_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the trail only grows'; END $$"
    ),
    (
        "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_entry_only_grows()"
    ),
    (
        "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_only_grows()"
    ),
)

for _dialect, _statements in (("sqlite", FORBID_SQLITE), ("postgresql", FORBID_POSTGRESQL)):
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]  # the package leaves it untyped
        event.listen(AuditEntry.__table__, "after_create", _ddl.execute_if(dialect=_dialect))
