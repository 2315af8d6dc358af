"""The units a guidance card 指引卡 sends a visitor to: where they are, and who is there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import OrganisationKind
from models import Organisation, db


@dataclass(frozen=True, slots=True)
class GuideUnit:
    """Our unit of a kind as a visitor needs it; what is not known is empty."""

    id: UUID
    kind: OrganisationKind
    name: str
    address: str
    phone: str
    hours: str
    duty: str


def units(
    kinds: Collection[str], *, at: datetime, chosen: UUID | None = None
) -> Mapping[OrganisationKind, GuideUnit]:
    """For each kind the unit that stands first in the register, before it the `chosen` one.

    Kinds nobody registered a unit of are left out.
    """
    wanted = [OrganisationKind(each) for each in kinds]
    if not wanted:
        return {}
    rows = db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.active, Organisation.kind.in_(wanted))
        .order_by(Organisation.position, Organisation.name)
    ).all()
    first: dict[OrganisationKind, Organisation] = {}
    for row in sorted(rows, key=lambda row: row.id != chosen):
        first.setdefault(row.kind, row)
    duty = on_duty([row.id for row in first.values()], at=at)
    return {kind: _unit(row, duty.get(row.id, "")) for kind, row in first.items()}


def on_duty(ids: Collection[UUID], *, at: datetime) -> Mapping[UUID, str]:  # noqa: ARG001 -- read once duty calendars are kept
    """The person on duty 值班人员 of each of these units; nobody while no calendar is kept."""
    return {}


def _unit(row: Organisation, duty: str) -> GuideUnit:
    return GuideUnit(
        row.id, row.kind, row.name, row.address or "", row.phone or "", row.hours or "", duty
    )
