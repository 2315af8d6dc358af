"""Look at a person 人 apart from any one dispute: in which disputes somebody stands.

There is no register of people: a person is whoever has the same ID number, or where one of the
two entries has none, the same name and phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased

from config.vocabulary import DisputeStatus, Outcome, PartyKind, PartyRole
from models import Dispute, Organisation, Party, RepeatVisit, db
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import FieldKey
from service.queries import dispute as disputes
from service.queries import sight
from service.queries.access import in_full, in_town
from service.queries.dispute import Opened
from service.rules import access
from service.rules.access import Actor

MOST: Final = 50
PAIRED: Final = (PartyRole.APPLICANT, PartyRole.RESPONDENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandsIn:
    """One dispute in which the person stands, and as what."""

    id: UUID
    number: str
    registered_on: date
    category: str
    status: DisputeStatus
    outcome: Outcome | None
    organisation: str | None
    role: PartyRole
    restricted: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody as the viewer may see them: the disputes they may read, how many more there are.

    `others` is None for who may not be told that there are any.
    """

    name: str
    kind: PartyKind
    id_number: str | None
    disputes: tuple[StandsIn, ...]
    more: bool
    others: int | None


def of_party(
    dispute_id: UUID,
    party_id: UUID,
    *,
    counts: bool,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> PersonView:
    """Who a party of a dispute is; NotFound when the viewer may not read that dispute.

    `counts`: the viewer is told how many they may not read.
    """
    opened = disputes.opened(dispute_id, actor=actor, desk=desk, now=now)
    row = db.session.scalar(
        sa.select(Party).where(Party.id == party_id, Party.dispute_id == dispute_id)
    )
    if row is None or opened.key is None:
        raise NotFound("没有找到这个当事人")
    same = _same(Party, _known(row, opened.key, desk))
    full = in_full(access.scope(actor, "dispute.read", desk.policy.access), now)
    found = _stands_in(same, full)
    shown = next(each for each in opened.view.parties if each.id == party_id)
    return PersonView(
        name=shown.name,
        kind=shown.kind,
        id_number=shown.id_number,
        disputes=tuple(found[:MOST]),
        more=len(found) > MOST,
        others=_others(same, full, actor) if counts else None,
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """Whether there is anything to show beside a dispute: asked at once, since mostly there is not.

    `again`: the same two people within a year, in another dispute, whoever may see it.
    """

    merges: bool = False
    repeats: bool = False
    again: bool = False


def beside(opened: Opened, *, desk: Desk) -> Beside:
    """What stands beside a dispute that was opened in full, by one statement."""
    if opened.key is None:
        return Beside()
    wanted, gone = opened.view.id, aliased(Dispute)
    row = db.session.execute(
        sa.select(
            sa.exists().where(gone.merged_into_id == wanted).label("merges"),
            sa.exists().where(RepeatVisit.dispute_id == wanted).label("repeats"),
            sa.exists(_again(opened, desk)).label("again"),
        )
    ).one()
    return Beside(row.merges, row.repeats, row.again)


def again(opened: Opened, *, actor: Actor, desk: Desk, now: datetime) -> list[str]:
    """Other disputes of the same two people 双方相同 within a year, that the viewer may read."""
    mine = in_full(access.scope(actor, "dispute.read", desk.policy.access), now)
    found = _again(opened, desk).where(mine).distinct().order_by(Dispute.number).limit(MOST)
    return list(db.session.scalars(found))


def _again(opened: Opened, desk: Desk) -> sa.Select[str]:
    """One of either side, the first a person, who stand on the sides of another dispute."""
    (one, other), (first, second) = _OURS, _THEIRS
    within, on = desk.policy.duplicates.pair_within, opened.view.registered_on
    return (
        sa.select(Dispute.number)
        .select_from(one)
        .join(first, _alike(one, first))
        .join(other, other.dispute_id == one.dispute_id)
        .join(second, sa.and_(second.dispute_id == first.dispute_id, _alike(other, second)))
        .join(Dispute, Dispute.id == first.dispute_id)
        .where(
            one.dispute_id == opened.view.id,
            one.role == PartyRole.APPLICANT,
            one.kind == PartyKind.PERSON,
            other.role == PartyRole.RESPONDENT,
            first.dispute_id != one.dispute_id,
            first.id != second.id,
            first.role.in_(PAIRED),
            second.role.in_(PAIRED),
            Dispute.registered_on > on - within,
            Dispute.registered_on < on + within,
            *_stand(),
        )
    )


def _alike(one: Any, other: Any) -> ColumnElement[bool]:
    """The same person or unit by what is stored: ID number, or name and phone."""
    named = (other.name == one.name) & (other.phone_index == one.phone_index)
    unknown = one.id_number_index.is_(None) | other.id_number_index.is_(None)
    return sa.or_(other.id_number_index == one.id_number_index, named & unknown)


_OURS: Final = (aliased(Party, name="one"), aliased(Party, name="other"))
_THEIRS: Final = (aliased(Party, name="first"), aliased(Party, name="second"))


@dataclass(frozen=True, slots=True)
class _Known:
    """By what somebody can be found among the parties."""

    id_keys: Sequence[bytes]
    name: str | None
    phone_keys: Sequence[bytes]


def _known(row: Party, key: FieldKey, desk: Desk) -> _Known:
    id_number = key.open_optional(row.id_number_sealed, f"party.id_number:{row.id}")
    phone = key.open_optional(row.phone_sealed, f"party.phone:{row.id}")
    name = row.name or key.open_optional(row.name_sealed, f"party.name:{row.id}")
    ring = desk.keyring
    return _Known(
        ring.indexes("id_number", id_number) if id_number else (),
        name,
        ring.indexes("phone", phone) if phone else (),
    )


def _same(table: Any, known: _Known) -> ColumnElement[bool]:
    """By ID number; by name and phone only where the other entry has no other ID number."""
    ways: list[ColumnElement[bool]] = [sa.false()]
    if known.id_keys:
        ways.append(table.id_number_index.in_(known.id_keys))
    if known.name and known.phone_keys:
        named = (table.name == known.name) & table.phone_index.in_(known.phone_keys)
        ways.append(named & table.id_number_index.is_(None) if known.id_keys else named)
    return sa.or_(*ways)


def _stand() -> tuple[ColumnElement[bool], ...]:
    """Neither entered by mistake, nor gone into another, nor forgotten."""
    return (
        sa.or_(Dispute.outcome.is_(None), Dispute.outcome != Outcome.MISTAKEN),
        Dispute.merged_into_id.is_(None),
        Dispute.erased_at.is_(None),
    )


def _stands_in(same: ColumnElement[bool], full: ColumnElement[bool]) -> list[StandsIn]:
    found = db.session.execute(
        sa.select(
            Dispute.id,
            Dispute.number,
            Dispute.registered_on,
            Dispute.category,
            Dispute.status,
            Dispute.outcome,
            Dispute.restricted,
            sa.func.coalesce(Organisation.name, Dispute.office_text).label("organisation"),
            sa.func.min(Party.role).label("role"),
        )
        .join(Party, Party.dispute_id == Dispute.id)
        .outerjoin(Organisation, Organisation.id == Dispute.organisation_id)
        .where(same, full, *_stand())
        .group_by(Dispute.id, Organisation.name)
        .order_by(Dispute.registered_at.desc(), Dispute.id)
        .limit(MOST + 1)
    )
    return [StandsIn(**row._mapping) for row in found]  # noqa: SLF001 -- SQLAlchemy documents it as public


@sight.whole("an ID number elsewhere")
def _others(same: ColumnElement[bool], full: ColumnElement[bool], actor: Actor) -> int:
    """How many open-class disputes of the town the viewer does not see; restricted ones never."""
    mine = sa.select(Party.dispute_id).where(same)
    count = sa.select(sa.func.count()).select_from(Dispute)
    return (
        db.session.scalar(
            count.where(
                Dispute.id.in_(mine),
                Dispute.restricted.is_(False),
                in_town(actor),
                sa.case((full, 1), else_=0) == 0,
                *_stand(),
            )
        )
        or 0
    )
