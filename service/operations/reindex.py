"""Compute blind indexes 盲索引 anew with the newest index key, from what is sealed beside them.

A value is only replaced by what it was made of: what the sealed fields no longer tell stays as it
is and is counted, since it would be found under nothing else.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import PartyRole
from models import Consultation, Dispute, DisputeText, Party
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.operations import dispute_text
from service.operations.walk import Walk
from service.queries.sealed import name_of
from service.rules import ledger

TEXT: Final = "dispute_text.terms"
Wrong = dict[str, set[UUID]]


def walks(desk: Desk) -> tuple[list[Walk], Wrong]:
    """The walks, and what will hold the rows whose index was made of something unknown."""
    wrong: Wrong = {}
    return [_parties(desk, wrong), _disputes(desk, wrong), _consultations(desk)], wrong


def _parties(desk: Desk, wrong: Wrong) -> Walk:
    holder = Dispute.__table__.alias("holder")

    def anew(_: Session, row: Any) -> Mapping[str, bytes] | None:
        key = desk.keyring.field_key(row.owner_key, f"dispute:{row.owner_id}")
        number = key.open_optional(row.id_number_sealed, f"party.id_number:{row.id}")
        phone = key.open_optional(row.phone_sealed, f"party.phone:{row.id}")
        said = (
            (Party.id_number_index, "id_number", number, row.id_number_index),
            (Party.phone_index, "phone", phone, row.phone_index),
            (Party.phone_tail_index, "phone_tail", phone and phone[-4:], row.phone_tail_index),
        )
        return _fresh(desk, wrong, row.id, said)

    return Walk(
        name="party",
        table=Party,
        needs=(
            Party.id,
            Party.id_number_sealed,
            Party.id_number_index,
            Party.phone_sealed,
            Party.phone_index,
            Party.phone_tail_index,
            holder.c.sealed_key.label("owner_key"),
            holder.c.id.label("owner_id"),
        ),
        condition=sa.or_(Party.id_number_index.is_not(None), Party.phone_index.is_not(None)),
        anew=anew,
        join=(holder, holder.c.id == Party.dispute_id),
    )


def _disputes(desk: Desk, wrong: Wrong) -> Walk:
    def anew(session: Session, row: Any) -> Mapping[str, bytes] | None:
        key = desk.keyring.field_key(row.sealed_key, f"dispute:{row.id}")
        source = key.open_optional(row.indexed_sealed, f"dispute.indexed:{row.id}")
        reference = source if row.batch_id is None else None
        matter = source if row.batch_id is not None else None
        if row.fingerprint is not None and matter is None:
            matter = _matter(session, row, key)
        said = (
            (Dispute.fingerprint, "matter", matter, row.fingerprint),
            (
                Dispute.platform_index,
                "platform",
                reference or f"{row.registered_by}:{row.source_reference}",
                row.platform_index,
            ),
        )
        return _fresh(desk, wrong, row.id, said)

    return Walk(
        name="dispute",
        table=Dispute,
        needs=(
            Dispute.id,
            Dispute.sealed_key,
            Dispute.batch_id,
            Dispute.indexed_sealed,
            Dispute.fingerprint,
            Dispute.platform_index,
            Dispute.registered_by,
            Dispute.source_reference,
            Dispute.narrative,
            Dispute.narrative_sealed,
        ),
        condition=sa.or_(Dispute.fingerprint.is_not(None), Dispute.platform_index.is_not(None)),
        anew=anew,
    )


def _consultations(desk: Desk) -> Walk:
    """Who asked stands in the word index as keyed hashes."""

    def anew(session: Session, row: Any) -> Mapping[str, Any] | None:
        made = dispute_text.consultation_entry(row, desk)
        mine = DisputeText.consultation_id == row.id
        kept = session.scalar(sa.select(DisputeText.terms).where(mine))
        if kept is not None and list(kept) != made["terms"]:
            session.execute(
                sa.update(DisputeText)
                .where(mine)
                .values(terms=made["terms"])
                .execution_options(synchronize_session=False)
            )
            return {}
        return None

    return Walk(
        name=TEXT,
        table=Consultation,
        needs=(
            Consultation.id,
            Consultation.sealed_key,
            Consultation.name_sealed,
            Consultation.phone_sealed,
            Consultation.question,
        ),
        condition=Consultation.question.is_not(None),
        anew=anew,
    )


def _fresh(
    desk: Desk,
    wrong: Wrong,
    row_id: UUID,
    said: tuple[tuple[Any, str, str | None, bytes | None], ...],
) -> Mapping[str, bytes] | None:
    """The indexes that change, by column; one that no key makes of its source is left alone."""
    fresh = {}
    for column, kind, value, stored in said:
        if stored is None:
            continue
        made = () if value is None else desk.keyring.indexes(kind, value)
        if stored not in made:
            wrong.setdefault(name_of(column), set()).add(row_id)
        elif stored != made[0]:
            fresh[column.key] = made[0]
    return fresh or None


def _matter(session: Session, row: Any, key: FieldKey) -> str | None:
    """The fingerprint a dispute would get now, as `dispute_field.fingerprint` makes it."""
    first: dict[PartyRole, Any] = {}
    people = sa.select(
        Party.id,
        Party.role,
        Party.name,
        Party.name_sealed,
        Party.id_number_sealed,
        Party.phone_sealed,
    ).where(Party.dispute_id == row.id, Party.role.in_((PartyRole.APPLICANT, PartyRole.RESPONDENT)))
    for each in session.execute(people.order_by(Party.position)):
        first.setdefault(each.role, each)
    applicant, respondent = first.get(PartyRole.APPLICANT), first.get(PartyRole.RESPONDENT)
    if applicant is None or respondent is None:
        return None
    who = ledger.applicant_key(
        id_number=key.open_optional(applicant.id_number_sealed, f"party.id_number:{applicant.id}"),
        name=_name(applicant, key),
        phone=key.open_optional(applicant.phone_sealed, f"party.phone:{applicant.id}"),
    )
    told = row.narrative or key.open_optional(row.narrative_sealed, f"dispute.narrative:{row.id}")
    return ledger.fingerprint(who, _name(respondent, key), told or "")


def _name(party: Any, key: FieldKey) -> str:
    return party.name or key.open_optional(party.name_sealed, f"party.name:{party.id}") or ""
