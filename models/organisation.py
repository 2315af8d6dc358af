"""Organisations 单位: the centre, its member units, committees, courts, agencies."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import OrganisationKind
from models.base import Identified, word


class Organisation(Identified):
    """One organisation. `prefix` opens the numbers it gives out; only the centre has one."""

    __tablename__ = "organisation"

    kind: Mapped[OrganisationKind] = mapped_column(word(OrganisationKind, "kind"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    prefix: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    parent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    address: Mapped[str | None] = mapped_column(sa.String(200))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
