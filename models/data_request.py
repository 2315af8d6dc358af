"""Requests of the people concerned 个人信息申请: to see, copy, correct, delete, have explained."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import (
    AnswerMethod,
    DataDecision,
    DataRequestKind,
    DataRequestStatus,
    IdentityCheck,
)
from models.base import Identified, word


class DataRequest(Identified):
    """One request. Who asks, their number and every word are sealed with the request's own key.

    `dispute_ids` are the open-class disputes it is about: those named, or (`everything`) all that
    the ID number was found in. `due_on` is when the answer is promised.
    """

    __tablename__ = "data_request"
    __table_args__ = (
        CheckConstraint("(status = 'received') = (decision IS NULL)", name="decision_iff_decided"),
        CheckConstraint(
            "(status = 'answered') = (answered_on IS NOT NULL)", name="answered_on_iff_answered"
        ),
        CheckConstraint("due_on >= received_on", name="due_after_received"),
        Index("ix_data_request_newest", "received_at", "id"),
    )

    kind: Mapped[DataRequestKind] = mapped_column(word(DataRequestKind, "kind"))
    status: Mapped[DataRequestStatus] = mapped_column(
        word(DataRequestStatus, "status"), default=DataRequestStatus.RECEIVED
    )
    sealed_key: Mapped[bytes]
    name_sealed: Mapped[bytes]
    id_number_sealed: Mapped[bytes]
    phone_sealed: Mapped[bytes | None]
    identity_check: Mapped[IdentityCheck] = mapped_column(word(IdentityCheck, "identity_check"))
    everything: Mapped[bool]
    dispute_ids: Mapped[list[str]]
    wish_sealed: Mapped[bytes | None]
    received_on: Mapped[date]
    received_at: Mapped[datetime]
    received_by: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    due_on: Mapped[date]
    due_provisional: Mapped[bool]
    decision: Mapped[DataDecision | None] = mapped_column(word(DataDecision, "decision"))
    decision_sealed: Mapped[bytes | None]
    decided_on: Mapped[date | None]
    decided_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    answered_on: Mapped[date | None]
    answer_method: Mapped[AnswerMethod | None] = mapped_column(word(AnswerMethod, "answer_method"))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it
