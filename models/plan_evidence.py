"""Evidence 佐证 of what a plan's tasks and the entries of its registers say was done."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.plan import EvidenceKind
from config.vocabulary import Media
from models.base import Identified, word


class PlanEvidence(Identified):
    """One file of a task, of one of its milestones, or of an entry; it is withdrawn, not deleted.

    The bytes lie sealed in the store of attachments under `stored_as`; `size` (bytes) and `sha256`
    are those of the file as it came; its name is sealed, for it names people as often as not.
    `about` says in a line what it shows. `public`: it is of what the town makes public 主动公开, on
    `published_on`, at `published_at`.
    """

    __tablename__ = "plan_evidence"
    __table_args__ = (
        CheckConstraint("size > 0", name="has_content"),
        CheckConstraint("(task_id IS NULL) = (entry_id IS NOT NULL)", name="of_task_or_entry"),
        CheckConstraint("milestone_id IS NULL OR task_id IS NOT NULL", name="milestone_of_task"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"
            " AND (withdrawn_at IS NULL) = (reason IS NULL)",
            name="withdrawal_is_whole",
        ),
        CheckConstraint("public OR published_on IS NULL", name="published_is_public"),
        Index("ix_plan_evidence_task", "task_id", "uploaded_at", "id"),
        Index("ix_plan_evidence_entry", "entry_id", "uploaded_at", "id"),
    )

    task_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan_task.id"))
    milestone_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan_milestone.id"))
    entry_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("plan_entry.id"))
    kind: Mapped[EvidenceKind] = mapped_column(word(EvidenceKind, "kind"))
    about: Mapped[str] = mapped_column(sa.String(120))
    sealed_key: Mapped[bytes]
    name_sealed: Mapped[bytes]
    media: Mapped[Media] = mapped_column(word(Media, "media"))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    stored_as: Mapped[UUID] = mapped_column(unique=True)
    public: Mapped[bool] = mapped_column(default=False)
    published_on: Mapped[date | None]
    published_at: Mapped[str | None] = mapped_column(sa.String(200))
    uploaded_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime]
    withdrawn_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(sa.String(500))
