"""Organisations 单位: the centre, its member units, committees, courts, agencies."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import OrganisationKind
from models.base import Identified, word


class Organisation(Identified):
    """One organisation. `prefix` opens the numbers it gives out; only the centre has one.

    `letterhead` 文头 stands over its papers; `seal` 印章 names the stamp under them, kept by
    `seal_keeper`.
    """

    __tablename__ = "organisation"

    kind: Mapped[OrganisationKind] = mapped_column(word(OrganisationKind, "kind"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    prefix: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    parent_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    address: Mapped[str | None] = mapped_column(sa.String(200))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    hours: Mapped[str | None] = mapped_column(sa.String(100))
    letterhead: Mapped[str | None] = mapped_column(sa.String(100))
    seal: Mapped[str | None] = mapped_column(sa.String(100))
    seal_keeper: Mapped[str | None] = mapped_column(sa.String(80))
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- as SQLAlchemy declares it
