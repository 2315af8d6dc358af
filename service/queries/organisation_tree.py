"""Look at the tree of organisations 单位层级: what stands under one, and which town it is in."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import OrganisationKind
from models import Organisation, db


@dataclass(frozen=True, slots=True)
class Place:
    """Where an organisation stands: what is under it, and its town; None when there is no other."""

    below: frozenset[UUID]
    town: frozenset[UUID] | None


def place(organisation_id: UUID) -> Place:
    """Where it stands. A town is a town government with all that is under it.

    Above or beside every town government, as a banner's organisation or in the only town of a
    deployment, one looks at everything there is.
    """
    town = _town_above(organisation_id)
    below = _under(organisation_id) - {organisation_id}
    return Place(below, None if town is None else _under(town))


def _under(organisation_id: UUID) -> frozenset[UUID]:
    """The organisation and everything under it; a circle in the data ends the walk."""
    under = sa.select(Organisation.id).where(Organisation.id == organisation_id).cte(recursive=True)
    children = sa.select(Organisation.id).join(under, Organisation.parent_id == under.c.id)
    return frozenset(db.session.scalars(sa.select(under.union(children).c.id)))


def _town_above(organisation_id: UUID) -> UUID | None:
    """The town government it is or stands under."""
    above = (
        sa.select(Organisation.id, Organisation.parent_id, Organisation.kind)
        .where(Organisation.id == organisation_id)
        .cte(recursive=True)
    )
    parents = sa.select(Organisation.id, Organisation.parent_id, Organisation.kind).join(
        above, Organisation.id == above.c.parent_id
    )
    found = above.union(parents)
    wanted = sa.select(found.c.id).where(found.c.kind == OrganisationKind.TOWN_GOVERNMENT)
    return db.session.scalar(wanted.limit(1))
