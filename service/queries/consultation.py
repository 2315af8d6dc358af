"""Look at consultations 咨询: one, a page of rows, and what a dispute made of one begins with."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from config.access import Reach
from config.vocabulary import Source
from models import Consultation, Dispute, Organisation, User, db
from service.desk import Desk
from service.errors import NotFound
from service.gateways.consultation import who_asked, words
from service.gateways.keyring import Keyring
from service.queries import access as reach
from service.queries import search
from service.queries.dispute import UnitView
from service.queries.page import Page, as_id, as_instant, beyond, encode_cursor, read_cursor
from service.queries.search import Among, Search
from service.rules import access, identity
from service.rules import search as search_rules
from service.rules.access import Actor, Scope
from service.rules.narrative import LOOK_AHEAD, opening

SUMMARY_LENGTH: Final = 60
RESTRICTED: Final = "受限"  # stands for what is sealed
KEYS: Final = (Consultation.asked_at, Consultation.id)


@dataclass(frozen=True, slots=True)
class BecameView:
    """The dispute that came of a consultation; `id` is None for who may not open it."""

    id: UUID | None
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationRow:
    """One row of a list; it names nobody who asked.

    `question` is how it begins, the name of who asked masked in it, or 受限.
    """

    id: UUID
    number: str
    asked_at: datetime
    asked_on: date
    source: Source
    category: str | None
    question: str
    guided_to: list[str]
    organisation: UnitView
    registered_by: str
    became_dispute: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationView:
    """One consultation; name and phone are masked to all but the one who registered it."""

    id: UUID
    number: str
    asked_at: datetime
    asked_on: date
    source: Source
    category: str | None
    question: str
    answer: str
    name: str | None
    phone: str | None
    village: str | None
    guided_to: list[str]
    organisation: UnitView
    registered_by: str
    dispute: BecameView | None
    may_correct: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; None narrows nothing. Both days are inclusive.

    `q` is how a number begins, pieces of the question, or who asked: whole name or phone.
    """

    category: str | None = None
    source: Source | None = None
    asked_from: date | None = None
    asked_to: date | None = None
    q: str | None = None


def visible(scope: Scope, *, desk: Desk, now: datetime) -> ColumnElement[bool]:
    """The condition on `consultation` that says what `scope` reaches, if only without its words.

    What became a restricted dispute is there only for who knows of that dispute.
    """
    return _reached(scope, reach.known(_reads(scope, desk), now))


def readable(scope: Scope, *, desk: Desk, now: datetime) -> ColumnElement[bool]:
    """The condition that says what it reaches with its words: a restricted dispute in full."""
    return _reached(scope, reach.in_full(_reads(scope, desk), now))


def _reads(scope: Scope, desk: Desk) -> Scope:
    return access.scope(scope.actor, "dispute.read", desk.policy.access)


def _reached(scope: Scope, reads: ColumnElement[bool]) -> ColumnElement[bool]:
    me = scope.actor
    closed = sa.exists().where(
        Dispute.id == Consultation.dispute_id,
        Dispute.restricted.is_(True),
        sa.case((reads, 1), else_=0) == 0,  # what is null is not read either
    )
    if Reach.TOWN in scope.reach:
        return reach.of_town(me, Consultation.organisation_id) & ~closed.correlate(Consultation)
    if Reach.ORGANISATION in scope.reach:
        own_units = Consultation.organisation_id.in_(me.homes)
        return own_units & ~closed.correlate(Consultation)
    return sa.false()


def may_correct(registered_by: UUID, scope: Scope) -> bool:
    """Whether who sees it may also change it: its registrar, or a reach of the whole town."""
    return registered_by == scope.actor.user_id or Reach.TOWN in scope.reach


def one(consultation_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> ConsultationView:
    """The consultation as the viewer may see it; NotFound when they may not."""
    scope = access.scope(actor, "consultation.list", desk.policy.access)
    found = db.session.execute(
        sa.select(Consultation, User.name, Organisation)
        .join(User, User.id == Consultation.registered_by)
        .join(Organisation, Organisation.id == Consultation.organisation_id)
        .where(Consultation.id == consultation_id, readable(scope, desk=desk, now=now))
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound("没有找到这条咨询")
    row, clerk, unit = found
    mine = row.registered_by == actor.user_id
    name, phone = who_asked(row, desk.keyring)
    question, answer = words(row, desk.keyring)
    return ConsultationView(
        id=row.id,
        number=row.number,
        asked_at=row.asked_at,
        asked_on=row.asked_on,
        source=row.source,
        category=row.category,
        question=question,
        answer=answer,
        name=name if mine or not name else identity.mask_name(name),
        phone=phone if mine or not phone else identity.mask_phone(phone),
        village=row.village,
        guided_to=list(row.guided_to or []),
        organisation=UnitView(unit.id, unit.kind.value, unit.name),
        registered_by=clerk,
        dispute=_became(row, actor=actor, desk=desk, now=now),
        may_correct=may_correct(row.registered_by, scope)
        and access.may(actor, "consultation.record", desk.policy.access),
        version=row.version,
    )


def page(
    filters: Filters,
    *,
    scope: Scope,
    desk: Desk,
    now: datetime,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[ConsultationRow]:
    """A page of the consultations in `scope`, newest first."""
    conditions = [visible(scope, desk=desk, now=now), *_conditions(filters)]
    place = read_cursor(cursor, as_instant, as_id) if cursor else None
    if filters.q and filters.q.strip():
        sought = Search(asked=search_rules.read(filters.q), keyring=desk.keyring)
        among = _among(conditions, place)
        found = search.ids(sought, among, limit + 1)
        shown = _page([Consultation.id.in_(found)], place=None, limit=limit, keyring=desk.keyring)
        return replace(shown, total=search.total(sought, among)) if count else shown
    return _page(conditions, place=place, limit=limit, keyring=desk.keyring, count=count)


def _among(conditions: list[ColumnElement[bool]], place: list[Any] | None) -> Among:
    return Among(
        narrowed=conditions,
        full=sa.true(),
        column=Consultation.asked_at,
        descending=True,
        place=place,
        kind=search.CONSULTATIONS,
    )


def _page(
    conditions: list[ColumnElement[bool]],
    *,
    place: list[Any] | None,
    limit: int,
    keyring: Keyring,
    count: bool = False,
) -> Page[ConsultationRow]:
    query = (
        sa.select(
            *KEYS,
            Consultation.number,
            Consultation.asked_on,
            Consultation.source,
            Consultation.category,
            Consultation.guided_to,
            Consultation.dispute_id,
            Consultation.sealed_key,
            Consultation.name_sealed,
            Consultation.phone_sealed,
            sa.func.substr(Consultation.question, 1, SUMMARY_LENGTH + LOOK_AHEAD).label("question"),
            User.name.label("clerk"),
            Organisation.id.label("unit_id"),
            Organisation.kind,
            Organisation.name.label("unit"),
        )
        .join(User, User.id == Consultation.registered_by)
        .join(Organisation, Organisation.id == Consultation.organisation_id)
        .where(*conditions)
    )
    if place is not None:
        query = query.where(beyond(KEYS, place, descending=True))
    ordered = query.order_by(*(key.desc() for key in KEYS))
    found = db.session.execute(ordered.limit(limit + 1)).all()
    total = None
    if count:
        counted = sa.select(sa.func.count()).select_from(Consultation).where(*conditions)
        total = db.session.scalar(counted)
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = encode_cursor([last.asked_at.isoformat(), str(last.id)])
    return Page([_row(row, keyring) for row in found[:limit]], following, total)


def by_number(number: str, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """The id of a number the viewer may see; NotFound otherwise."""
    scope = access.scope(actor, "consultation.list", desk.policy.access)
    found = db.session.scalar(
        sa.select(Consultation.id).where(
            Consultation.number == number, visible(scope, desk=desk, now=now)
        )
    )
    if found is None:
        raise NotFound("没有找到这条咨询")
    return found


def prefill(consultation_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> dict[str, str]:
    """What the form of a dispute begins with when it came of a consultation: field -> value.

    Name and phone only for the one who took them down, since they are masked to all others.
    Raises NotFound for what the actor may not see.
    """
    view = one(consultation_id, actor=actor, desk=desk, now=now)
    owner = sa.select(Consultation.registered_by).where(Consultation.id == consultation_id)
    mine = db.session.scalar(owner) == actor.user_id
    told = {
        "narrative": view.question,
        "category": view.category,
        "source": view.source.value,
        "place.village": view.village,
        "parties.0.name": view.name if mine else None,
        "parties.0.phone": view.phone if mine else None,
    }
    return {name: value for name, value in told.items() if value}


def _became(row: Consultation, *, actor: Actor, desk: Desk, now: datetime) -> BecameView | None:
    if row.dispute_id is None:
        return None
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    number, may_open = db.session.execute(
        sa.select(Dispute.number, sa.case((reach.visible(scope, now), 1), else_=0)).where(
            Dispute.id == row.dispute_id
        )
    ).one()
    return BecameView(row.dispute_id if may_open else None, number)


def _row(row: Any, keyring: Keyring) -> ConsultationRow:
    return ConsultationRow(
        id=row.id,
        number=row.number,
        asked_at=row.asked_at,
        asked_on=row.asked_on,
        source=row.source,
        category=row.category,
        question=RESTRICTED if row.question is None else _beginning(row, keyring),
        guided_to=list(row.guided_to or []),
        organisation=UnitView(row.unit_id, row.kind.value, row.unit),
        registered_by=row.clerk,
        became_dispute=row.dispute_id is not None,
    )


def _beginning(row: Any, keyring: Keyring) -> str:
    name, _ = who_asked(row, keyring)
    return opening(row.question, [name] if name else [], SUMMARY_LENGTH)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.category:
        conditions.append(Consultation.category == filters.category)
    if filters.source:
        conditions.append(Consultation.source == filters.source)
    if filters.asked_from:
        conditions.append(Consultation.asked_on >= filters.asked_from)
    if filters.asked_to:
        conditions.append(Consultation.asked_on <= filters.asked_to)
    return conditions
