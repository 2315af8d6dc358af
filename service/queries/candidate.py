"""Who could mediate a dispute: the mediators of a unit with everything the rules judge them by.

Numbers and addresses are opened here to be compared and go no further: what comes out are
findings that name the part of a party. What was met in a restricted dispute is never told of.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.access import Reach
from config.mediator_word import RecusalState
from config.spelling import fold
from config.vocabulary import IdType, Language, Outcome, PartyKind, PartyRole, Role
from models import (
    Dispute,
    Interest,
    Mediator,
    MediatorLeave,
    Organisation,
    Party,
    Recusal,
    User,
    UserRole,
    db,
)
from service.desk import Desk
from service.errors import Forbidden
from service.gateways.keyring import FieldKey
from service.queries import dispute as disputes
from service.queries import sight, substitution
from service.rules import access, identity
from service.rules import dispute as dispute_rules
from service.rules import mediator as rules
from service.rules.access import Actor
from service.rules.mediator import Candidate, Judged, Matter, Person

ACTION: Final = "dispute.assign"
YEAR: Final = timedelta(days=365)
FAILED: Final = frozenset({Outcome.NOT_AGREED, Outcome.TERMINATED})
HIDDEN: Final = "受限纠纷，原因不显示"
Row = sa.Row[User, str, Mediator | None]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Three to be named, and the others of the unit with what speaks against them.

    `sealed`: the viewer may not read the dispute, and is told no reasons.
    """

    offered: Sequence[Judged]
    others: Sequence[Judged]
    sealed: bool


def suggested(
    dispute_id: UUID,
    *,
    unit: UUID | None = None,
    without: UUID | None = None,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> Suggestions:
    """Whom the viewer, who may assign, could name; NotFound and Forbidden as of the step.

    `without` is who is not asked about: the one who is to be changed.
    """
    opened = disputes.opened(dispute_id, actor=actor, desk=desk, now=now)
    if ACTION not in opened.may:
        raise Forbidden("这件纠纷不由您指定调解员")
    scope = access.scope(actor, ACTION, desk.policy.access)
    with sight.whole("who may mediate"):
        row = db.session.get_one(Dispute, dispute_id)
        if Reach.TOWN not in scope.reach:  # who assigns within a unit asks about no other
            unit = row.organisation_id
        asked = unit or row.organisation_id
        found = judged(row, unit=asked, within=actor.town, desk=desk, now=now)
    every = [each for each in found if each.candidate.id != without]
    offered = rules.suggest(every)
    others = [each for each in every if each not in offered]
    sealed = opened.key is None
    if sealed:
        return Suggestions([*map(_hidden, offered)], [*map(_hidden, others)], sealed)
    return Suggestions(offered, others, sealed)


@sight.whole("who may mediate")
def judged(
    dispute: Dispute,
    *,
    unit: UUID | None,
    only: UUID | None = None,
    within: Collection[UUID] | None = None,
    desk: Desk,
    now: datetime,
) -> list[Judged]:
    """The mediators of a unit, or of all `within` a town, or `only` one, judged; by name."""
    found = _mediators(unit, only, within)
    if not found:
        return []
    key = desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}")
    matter, numbers = _matter(dispute, key, desk, desk.today(now))
    beside = _Beside([row[0].id for row in found], dispute, numbers, desk, desk.today(now))
    data = desk.policy.recusals
    return [rules.judge(_candidate(row, beside, desk), matter, data) for row in found]


def _hidden(each: Judged) -> Judged:
    findings = {e.grade: replace(e, code="hidden", text=HIDDEN, basis=()) for e in each.findings}
    parts = tuple(part for part in each.parts if part.code == "load")
    return Judged(each.candidate, tuple(findings.values()), parts)


def _mediators(
    unit: UUID | None, only: UUID | None, within: Collection[UUID] | None
) -> Sequence[Row]:
    query = (
        sa.select(User, Organisation.name, Mediator)
        .join(UserRole, (UserRole.user_id == User.id) & (UserRole.role == Role.MEDIATOR))
        .join(Organisation, Organisation.id == User.organisation_id)
        .outerjoin(Mediator, Mediator.user_id == User.id)
        .where(User.active)
        .order_by(User.name, User.id)
    )
    if unit is not None:
        query = query.where(User.organisation_id == unit)
    if only is not None:
        query = query.where(User.id == only)
    if within is not None:
        query = query.where(User.organisation_id.in_(within))
    return db.session.execute(query).all()


class _Beside:
    """What stands beside several mediators, each asked once for all of them."""

    def __init__(
        self,
        ids: list[UUID],
        dispute: Dispute,
        numbers: Mapping[str, PartyRole],
        desk: Desk,
        today: date,
    ) -> None:
        self.today = today
        self.open = _open(ids)
        self.ended = _ended(ids, dispute.category, today)
        self.met = _met(ids, dispute, numbers, desk)
        self.interests = _interests(ids, desk)
        self.away = substitution.away(today).keys() | _on_leave(ids, today)
        granted = sa.select(Recusal.mediator_id).where(
            Recusal.dispute_id == dispute.id, Recusal.state == RecusalState.GRANTED
        )
        self.recused = set(db.session.scalars(granted))


def _candidate(found: Row, beside: _Beside, desk: Desk) -> Candidate:
    user, unit, row = found
    agreed, ended = beside.ended.get(user.id, (0, 0))
    who = Candidate(
        id=user.id,
        name=user.name,
        unit=unit,
        open=beside.open.get(user.id, 0),
        away=user.id in beside.away,
        recused=user.id in beside.recused,
        earlier=frozenset(beside.met.get((user.id, True), ())),
        met=frozenset(beside.met.get((user.id, False), ())),
        interests=tuple(beside.interests.get(user.id, ())),
        agreed=agreed,
        ended=ended,
    )
    if row is None:
        return who
    ring = desk.keyring
    number, phone, address = (opened(row, name, desk) for name in ("id_number", "phone", "address"))
    return replace(
        who,
        id_key=ring.index("id_number", number) if number else None,
        phone_key=ring.index("phone", phone) if phone else None,
        address=fold(address or ""),
        village=row.village or "",
        gender=row.gender,
        languages=frozenset(map(Language, row.languages)),
        skills=frozenset(row.skills),
        limit=row.load_limit,
        known=True,
        listed=is_listed(row, beside.today),
    )


def is_listed(row: Mediator, today: date) -> bool:
    """Whether the row holds today: not given up, and within the time of appointment."""
    begun = row.appointed_from is None or row.appointed_from <= today
    return row.active and begun and (row.appointed_until is None or today <= row.appointed_until)


def opened(row: Mediator, name: str, desk: Desk) -> str | None:
    """A sealed field of a row of the register: id_number, phone or address."""
    sealed: bytes | None = getattr(row, f"{name}_sealed")
    return (
        None if sealed is None else desk.keyring.open(sealed, f"mediator.{name}:{row.id}").decode()
    )


def _matter(
    dispute: Dispute, key: FieldKey, desk: Desk, today: date
) -> tuple[Matter, dict[str, PartyRole]]:
    """What is to be mediated, and the numbers of its people by their part."""
    data, people, numbers, girl = desk.policy.recusals, [], {}, False
    for each in dispute.parties:
        number = key.open_optional(each.id_number_sealed, f"party.id_number:{each.id}")
        if number and each.kind is PartyKind.PERSON:
            numbers[number] = each.role
            girl = girl or (each.id_type is IdType.RESIDENT_ID and _is_girl(number, today))
        people.append(_person(each, number, key, desk))
    asked = dispute.category in data.woman_categories or girl
    asked = asked or any(dispute.facts.get(fact) is True for fact in data.woman_facts)
    matter = Matter(
        category=dispute.category,
        village=dispute.village or "",
        people=tuple(people),
        woman=asked,
    )
    return matter, numbers


def _is_girl(number: str, today: date) -> bool:
    """A minor whose number has an even 17th digit (GB 11643-1999)."""
    return identity.is_minor(number, today) and int(number[16]) % 2 == 0


def _person(each: Party, number: str | None, key: FieldKey, desk: Desk) -> Person:
    name = each.name or key.open_optional(each.name_sealed, f"party.name:{each.id}") or ""
    phone = key.open_optional(each.phone_sealed, f"party.phone:{each.id}")
    address = key.open_optional(each.address_sealed, f"party.address:{each.id}")
    return Person(
        role=each.role,
        kind=each.kind,
        name=fold(name),
        id_key=desk.keyring.index("id_number", number) if number else None,
        phone_key=desk.keyring.index("phone", phone) if phone else None,
        address=fold(address or ""),
        language=each.language,
    )


def _open(ids: Collection[UUID]) -> dict[UUID, int]:
    """How many open disputes each carries."""
    counted = sa.select(Dispute.mediator_id, sa.func.count()).where(
        Dispute.mediator_id.in_(ids), Dispute.status.in_(dispute_rules.OPEN)
    )
    return _pairs(counted.group_by(Dispute.mediator_id))


def _ended(ids: Collection[UUID], category: str, today: date) -> dict[UUID, tuple[int, int]]:
    """How many of a category each brought to an agreement in a year, of how many that ended so.

    Restricted ones are counted nowhere, as in the register.
    """
    agreed = sa.func.count(sa.case((Dispute.outcome == Outcome.AGREED, 1)))
    counted = sa.select(Dispute.mediator_id, agreed, sa.func.count()).where(
        Dispute.mediator_id.in_(ids),
        Dispute.category == category,
        Dispute.outcome.in_((Outcome.AGREED, Outcome.NOT_AGREED)),
        Dispute.closed_on > today - YEAR,
        Dispute.merged_into_id.is_(None),
        Dispute.restricted.is_(False),
    )
    found = db.session.execute(counted.group_by(Dispute.mediator_id))
    return {row[0]: (row[1], row[2]) for row in found if row[0]}


def _met(
    ids: Collection[UUID], dispute: Dispute, numbers: Mapping[str, PartyRole], desk: Desk
) -> dict[tuple[UUID | None, bool], set[PartyRole]]:
    """Whom each met in another dispute that is not restricted; and whether without agreement."""
    parts = {
        key: role
        for number, role in numbers.items()
        for key in desk.keyring.indexes("id_number", number)
    }
    if not parts:
        return {}
    told = (
        sa.select(Dispute.mediator_id, Dispute.outcome, Party.id_number_index)
        .join(Party, Party.dispute_id == Dispute.id)
        .where(
            Party.id_number_index.in_(parts),
            Dispute.mediator_id.in_(ids),
            Dispute.id != dispute.id,
            Dispute.restricted.is_(False),
            Dispute.merged_into_id.is_(None),
        )
    )
    found: dict[tuple[UUID | None, bool], set[PartyRole]] = {}
    for mediator_id, outcome, key in db.session.execute(told):
        role = parts[bytes(key or b"")]
        found.setdefault((mediator_id, outcome in FAILED), set()).add(role)
    return found


def _interests(ids: Collection[UUID], desk: Desk) -> dict[UUID, list[rules.Interest]]:
    """What each declared and did not take back."""
    declared = (
        sa.select(Mediator.user_id, Interest)
        .join(Interest, Interest.mediator_id == Mediator.id)
        .where(Mediator.user_id.in_(ids), Interest.ended_at.is_(None))
        .order_by(Interest.entered_at, Interest.id)
    )
    found: dict[UUID, list[rules.Interest]] = {}
    for user_id, row in db.session.execute(declared):
        name, number = told_of(row, desk)
        key = desk.keyring.index("id_number", number) if number else None
        interest = rules.Interest(relation=row.relation, name=fold(name), id_key=key)
        if user_id is not None:
            found.setdefault(user_id, []).append(interest)
    return found


def told_of(row: Interest, desk: Desk) -> tuple[str, str | None]:
    """Name and number of whom a mediator declared."""
    ring, sealed = desk.keyring, row.id_number_sealed
    name = ring.open(row.name_sealed, f"interest.name:{row.id}").decode()
    number = ring.open(sealed, f"interest.id_number:{row.id}").decode() if sealed else None
    return name, number


def _on_leave(ids: Collection[UUID], today: date) -> set[UUID]:
    away = (
        sa.select(Mediator.user_id)
        .join(MediatorLeave, MediatorLeave.mediator_id == Mediator.id)
        .where(Mediator.user_id.in_(ids), is_leave(today))
    )
    return set(filter(None, db.session.scalars(away)))


def is_leave(today: date) -> sa.ColumnElement[bool]:
    """Whether a leave holds on a day."""
    return sa.and_(
        MediatorLeave.ended_at.is_(None),
        MediatorLeave.from_on <= today,
        MediatorLeave.until_on >= today,
    )


def _pairs(query: Any) -> dict[UUID, int]:
    return {row[0]: row[1] for row in db.session.execute(query)}
