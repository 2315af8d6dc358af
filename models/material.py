"""Materials 材料: the papers a party was told to bring 一次性告知, and those taken in 材料收据."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import MaterialForm, MaterialState
from models.base import Identified, word

_WANTED = f"state = {MaterialState.WANTED.value!r}"


class Material(Identified):
    """One paper: wanted, then received, then perhaps given back."""

    __tablename__ = "material"
    __table_args__ = (
        CheckConstraint("(state = 'wanted') = (received_on IS NULL)", name="received_has_its_day"),
        CheckConstraint("(state = 'returned') = (returned_on IS NOT NULL)", name="returned_on_day"),
        CheckConstraint("copies >= 1", name="copies_positive"),
        Index(
            "ix_material_wanted",
            "dispute_id",
            postgresql_where=sa.text(_WANTED),
            sqlite_where=sa.text(_WANTED),
        ),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(100))
    form: Mapped[MaterialForm] = mapped_column(word(MaterialForm, "form"))
    copies: Mapped[int] = mapped_column(default=1)
    state: Mapped[MaterialState] = mapped_column(word(MaterialState, "state"))
    told_on: Mapped[date | None]
    received_on: Mapped[date | None]
    received_by: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"))
    returned_on: Mapped[date | None]
