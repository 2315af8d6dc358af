"""Look at the tree of organisations 单位层级: what stands under one, and which town it is in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
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
    found = db.session.execute(_PLACE, {"unit": organisation_id}).all()
    below = frozenset(each for each, where in found if where == "under") - {organisation_id}
    towns = [each for each, where in found if where == "town"]
    if not towns or not _has_another(towns[0]):
        return Place(below, None)
    return Place(below, frozenset(db.session.scalars(_UNDER, {"unit": towns[0]})))


def head(organisation_id: UUID) -> UUID:
    """The unit its whole town stands under: its town government, else the uppermost above it."""
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.parent_id, Organisation.kind)
    ).all()
    towns = {row.id for row in rows if row.kind is OrganisationKind.TOWN_GOVERNMENT}
    line = _upwards(organisation_id, {row.id: row.parent_id for row in rows})
    return next((each for each in line if each in towns), line[-1])


def heads() -> list[UUID]:
    """The town governments there are, by name; where there is none, what stands under nothing."""
    known = sa.select(Organisation.id).where(Organisation.active).order_by(Organisation.name)
    towns = db.session.scalars(known.where(Organisation.kind == OrganisationKind.TOWN_GOVERNMENT))
    return list(towns) or list(db.session.scalars(known.where(Organisation.parent_id.is_(None))))


def places(organisation_ids: Iterable[UUID]) -> dict[UUID, Place]:
    """Where each of them stands, as `place` says it of one; in one question for all."""
    rows = db.session.execute(
        sa.select(Organisation.id, Organisation.parent_id, Organisation.kind)
    ).all()
    parents = {row.id: row.parent_id for row in rows}
    towns = {row.id for row in rows if row.kind is OrganisationKind.TOWN_GOVERNMENT}
    several = len(towns) > 1
    above = {each: _upwards(each, parents) for each in parents}

    def under(top: UUID) -> frozenset[UUID]:
        return frozenset(each for each, line in above.items() if top in line)

    found = {}
    for each in set(organisation_ids):
        town = next((one for one in above[each] if one in towns), None) if several else None
        found[each] = Place(under(each) - {each}, under(town) if town else None)
    return found


def _upwards(organisation_id: UUID, parents: Mapping[UUID, UUID | None]) -> list[UUID]:
    """The organisation and all above it, the nearest first; a circle ends the walk."""
    line: list[UUID] = []
    here: UUID | None = organisation_id
    while here is not None and here not in line:
        line.append(here)
        here = parents.get(here)
    return line


def _has_another(town: UUID) -> bool:
    """Whether there is another town government: where there is none, nothing is beyond a border."""
    return db.session.execute(_ANOTHER, {"unit": town}).first() is not None


def _under() -> sa.CTE:
    """The organisation and everything under it; a circle in the data ends the walk."""
    under = sa.select(Organisation.id).where(Organisation.id == _UNIT)
    walked = under.cte("under", recursive=True)
    children = sa.select(Organisation.id).join(walked, Organisation.parent_id == walked.c.id)
    return walked.union(children)


def _towns() -> sa.Subquery:
    """The town government it is or stands under, if any."""
    columns = (Organisation.id, Organisation.parent_id, Organisation.kind)
    itself = sa.select(*columns).where(Organisation.id == _UNIT)
    above = itself.cte("above", recursive=True)
    parents = sa.select(*columns).join(above, Organisation.id == above.c.parent_id)
    found = above.union(parents)
    town = found.c.kind == OrganisationKind.TOWN_GOVERNMENT
    return sa.select(found.c.id).where(town).limit(1).subquery()


# every request asks these, so they are built once
_UNIT: Final = sa.bindparam("unit", type_=sa.Uuid())
_UNDER: Final = sa.select(_under().c.id)
_PLACE: Final = sa.select(_under().c.id, sa.literal("under")).union_all(
    sa.select(_towns().c.id, sa.literal("town"))
)
_ANOTHER: Final = (
    sa.select(Organisation.id)
    .where(Organisation.kind == OrganisationKind.TOWN_GOVERNMENT, Organisation.id != _UNIT)
    .limit(1)
)
