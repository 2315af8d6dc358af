"""Parties 当事人: people and organisations in a dispute."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.vocabulary import Authority, IdType, Language, PartyKind, PartyRole
from models.base import Identified, sorted_text, word


class Party(Identified):
    """One party. ID number, phone and address are always sealed; the name too when restricted.

    The `_index` columns are keyed hashes for exact search; they say nothing without the key.
    `initials` are the first letters of a name in clear (`zs`), several readings apart by a space.
    An agent or guardian speaks for the party `represents_id`; a collective visit chooses up to
    five representatives 代表人.
    """

    __tablename__ = "party"
    __table_args__ = (
        CheckConstraint("(name IS NULL) <> (name_sealed IS NULL)", name="name_clear_or_sealed"),
        CheckConstraint(
            "(id_number_sealed IS NULL) = (id_number_index IS NULL)", name="id_number_is_indexed"
        ),
        CheckConstraint("(phone_sealed IS NULL) = (phone_index IS NULL)", name="phone_is_indexed"),
    )

    dispute_id: Mapped[UUID] = mapped_column(sa.ForeignKey("dispute.id"), index=True)
    position: Mapped[int]
    role: Mapped[PartyRole] = mapped_column(word(PartyRole, "role"))
    kind: Mapped[PartyKind] = mapped_column(word(PartyKind, "kind"))
    name: Mapped[str | None] = mapped_column(sorted_text(100), index=True)
    name_sealed: Mapped[bytes | None]
    id_type: Mapped[IdType | None] = mapped_column(word(IdType, "id_type"))
    id_number_sealed: Mapped[bytes | None]
    id_number_index: Mapped[bytes | None] = mapped_column(index=True)
    phone_sealed: Mapped[bytes | None]
    phone_index: Mapped[bytes | None] = mapped_column(index=True)
    address_sealed: Mapped[bytes | None]
    language: Mapped[Language] = mapped_column(word(Language, "language"), default=Language.CHINESE)
    initials: Mapped[str | None] = mapped_column(sorted_text(60), index=True)
    phone_tail_index: Mapped[bytes | None] = mapped_column(index=True)
    represents_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("party.id"))
    authority: Mapped[Authority | None] = mapped_column(word(Authority, "authority"))
    representative: Mapped[bool] = mapped_column(default=False)
