"""Look at organisations 单位."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import OrganisationKind
from models import Organisation, db


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation as everybody may see it."""

    id: UUID
    kind: OrganisationKind
    name: str
    address: str | None
    phone: str | None


def active() -> list[OrganisationView]:
    """Every active organisation, in the office's order."""
    rows = db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.active)
        .order_by(Organisation.position, Organisation.name)
    )
    return [_view(row) for row in rows]


def villages() -> list[OrganisationView]:
    """The villages and communities of the town, as places a dispute may happen in."""
    return [each for each in active() if each.kind is OrganisationKind.VILLAGE_COMMITTEE]


def centre() -> OrganisationView | None:
    """The centre itself: the organisation whose prefix opens the numbers."""
    row = db.session.scalar(sa.select(Organisation).where(Organisation.prefix.is_not(None)))
    return _view(row) if row else None


def _view(row: Organisation) -> OrganisationView:
    return OrganisationView(row.id, row.kind, row.name, row.address, row.phone)


def by_name(name: str) -> OrganisationView | None:
    """The active organisation of that name."""
    row = db.session.scalar(
        sa.select(Organisation).where(Organisation.name == name, Organisation.active)
    )
    return _view(row) if row else None
