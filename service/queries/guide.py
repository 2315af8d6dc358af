"""The units a guidance card 指引卡 sends a visitor to: where they are, and who is there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import OrganisationKind
from models import Organisation, db
from service.queries import duty_list
from service.queries.duty_list import ABSENT, Present
from service.rules.calendar import WorkCalendar
from service.rules.member import Remit


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
    remit: Remit


def units(
    kinds: Collection[str], *, day: date, calendar: WorkCalendar, chosen: UUID | None = None
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
    there = duty_list.present([row.id for row in first.values()], day=day, calendar=calendar)
    return {kind: _unit(row, there.get(row.id, ABSENT)) for kind, row in first.items()}


def _unit(row: Organisation, there: Present) -> GuideUnit:
    """The unit with its telephone, that of who is on duty before that of the office."""
    return GuideUnit(
        row.id,
        row.kind,
        row.name,
        row.address or "",
        there.phone or row.phone or "",
        row.hours or "",
        "、".join(there.names),
        there.remit,
    )
