"""Look at what goes over the counter on paper 文书: letterhead, refusals, voidings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from config.vocabulary import OrganisationKind, Outcome, PartyRole, Step
from models import Dispute, Episode, Event, Organisation, Party, Route, User, db
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import FieldKey
from service.queries import party
from service.queries.access import known, standing
from service.queries.dispute import Opened
from service.rules import access
from service.rules.access import Actor

NOT_FOUND = "没有找到这件纠纷"
MOST_NAMED = 5  # on one line of a formal paper
HIDDEN = "来访人"  # what stands for the name in a restricted dispute


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who a paper comes from: its head, the seal under it, how to reach it."""

    name: str
    head: str
    seal: str
    address: str
    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class Door:
    """Where a visitor is sent: a kind, and the unit of that kind in the register, if any."""

    kind: OrganisationKind
    name: str
    address: str
    phone: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal 不予受理: its ground, what was said of it, the doors, the rules' stored answer."""

    number: str
    category: str
    restricted: bool
    applicant: str
    registered_on: date
    declined_on: date
    ground: str
    explanation: str
    doors: list[Door]
    route: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a guidance card 指引卡 is filled from; the applicant masked, nothing of the others."""

    number: str
    category: str
    applicant: str
    unit: UUID | None
    route: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Brief:
    """What every paper says of its dispute."""

    number: str
    restricted: bool
    applicant: str
    category: str


def letterhead() -> Letterhead:
    """The centre's own; empty while no centre is registered."""
    row = db.session.scalar(sa.select(Organisation).where(Organisation.prefix.is_not(None)))
    if row is None:
        return Letterhead("", "", "", "", "", "")
    return Letterhead(
        name=row.name,
        head=row.letterhead or row.name,
        seal=row.seal or row.name,
        address=row.address or "",
        phone=row.phone or "",
        hours=row.hours or "",
    )


def refusal(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> Refusal:
    """The refusal of a dispute the viewer may read; a restricted one for who may end it only.

    NotFound when it was not declined.
    """
    dispute = one(dispute_id, "dispute.read", actor=actor, desk=desk, now=now)
    may_end = access.may_end(actor, restricted=dispute.restricted)
    if dispute.outcome is not Outcome.DECLINED or dispute.closed_on is None or not may_end:
        raise NotFound(NOT_FOUND)
    route = latest_route(dispute_id)
    if route is None:
        raise NotFound(NOT_FOUND)
    return Refusal(
        number=dispute.number,
        category=dispute.category,
        restricted=dispute.restricted,
        applicant=addressee(dispute, desk),
        registered_on=dispute.registered_on,
        declined_on=dispute.closed_on,
        ground=_ground(dispute_id),
        explanation=_explanation(dispute, actor=actor, desk=desk, now=now),
        doors=_doors(dispute.guided_to or []),
        route=route.answer,
    )


def guidance(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> Guidance:
    """The answer a dispute's card is filled from.

    NotFound without one (a row of an imported ledger, one that was erased), for who does not read
    its content, and for a restricted dispute: where somebody was sent must not be read off a paper
    by those they are protected from.
    """
    dispute = one(dispute_id, "dispute.read", actor=actor, desk=desk, now=now)
    reads = access.scope(actor, "dispute.read", desk.policy.access)
    opens = access.opens(reads, standing(db.session(), dispute, now), now)
    route = latest_route(dispute_id) if opens and not dispute.restricted else None
    if route is None or not route.answer:
        raise NotFound(NOT_FOUND)
    return Guidance(
        number=dispute.number,
        category=dispute.category,
        applicant=applicant(dispute, desk),
        unit=dispute.organisation_id,
        route=route.answer,
    )


def brief(dispute_id: UUID, action: str, *, actor: Actor, desk: Desk, now: datetime) -> Brief:
    """The head of a paper of a dispute that the viewer may do `action` to."""
    dispute = one(dispute_id, action, actor=actor, desk=desk, now=now)
    return Brief(dispute.number, dispute.restricted, addressee(dispute, desk), dispute.category)


@dataclass(frozen=True, slots=True)
class Voiding:
    """Who voided a registration 登记有误, when and why."""

    by: str
    at: datetime
    reason: str


def voiding(opened: Opened) -> Voiding | None:
    """The voiding of a dispute that was opened for the viewer, if it was voided."""
    if opened.view.outcome is not Outcome.MISTAKEN:
        return None
    event = _last(opened.view.id, Step.VOID)
    if event is None:
        return None
    name = db.session.scalar(sa.select(User.name).where(User.id == event.actor_id))
    return Voiding(name or "系统", event.happened_at, _reason(event, opened.key))


def one(dispute_id: UUID, action: str, *, actor: Actor, desk: Desk, now: datetime) -> Dispute:
    """The dispute when the viewer may do `action` to it; NotFound otherwise."""
    scope = access.scope(actor, action, desk.policy.access)
    dispute = db.session.scalar(
        sa.select(Dispute).where(Dispute.id == dispute_id, known(scope, now))
    )
    if dispute is None:
        raise NotFound(NOT_FOUND)
    return dispute


def key_of(dispute: Dispute, desk: Desk) -> FieldKey:
    """The key of the dispute's sealed fields."""
    return desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}")


def applicant(dispute: Dispute, desk: Desk) -> str:
    """The applicants as a slip names them: the first one masked, and how many there are."""
    rows = _applicants(dispute)
    if dispute.restricted or not rows:
        return HIDDEN
    return _named(rows, 1, key_of(dispute, desk), clear=False)


def addressee(dispute: Dispute, desk: Desk) -> str:
    """The applicants in full, as the formal paper addressed to them names them (ADR 11).

    The paper's opening is written down. Nobody is named in a restricted dispute.
    """
    rows = _applicants(dispute)
    if dispute.restricted or not rows:
        return HIDDEN
    return _named(rows, MOST_NAMED, key_of(dispute, desk), clear=True)


def _applicants(dispute: Dispute) -> Sequence[Party]:
    return db.session.scalars(
        sa.select(Party)
        .where(Party.dispute_id == dispute.id, Party.role == PartyRole.APPLICANT)
        .order_by(Party.position)
    ).all()


def _named(rows: Sequence[Party], most: int, key: FieldKey, *, clear: bool) -> str:
    shown = party.views(rows[:most], key, clear=clear)
    names = "、".join(each.name for each in shown)
    return names if len(rows) <= most else f"{names}等 {len(rows)} 人"


def latest_route(dispute_id: UUID) -> Route | None:
    """What the rules answered last; nothing for a row of an imported ledger."""
    return db.session.scalar(
        sa.select(Route)
        .where(Route.dispute_id == dispute_id)
        .order_by(Route.routed_at.desc(), Route.id)
        .limit(1)
    )


def _ground(dispute_id: UUID) -> str:
    reasons = db.session.scalar(
        sa.select(Episode.reasons)
        .where(Episode.dispute_id == dispute_id)
        .order_by(Episode.ordinal.desc())
        .limit(1)
    )
    return (reasons or ["other"])[0]


def _explanation(dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime) -> str:
    """What was said of the refusal, for who may read the dispute and for who said it."""
    event = _last(dispute.id, Step.DECLINE)
    if event is None:
        return ""
    reads = access.scope(actor, "dispute.read", desk.policy.access)
    told = event.actor_id == actor.user_id or access.opens(
        reads, standing(db.session(), dispute, now), now
    )
    return _reason(event, key_of(dispute, desk)) if told else ""


def _last(dispute_id: UUID, step: Step) -> Event | None:
    return db.session.scalar(
        sa.select(Event)
        .where(
            Event.subject == "dispute",
            Event.subject_id == dispute_id,
            Event.action == step.value,
        )
        .order_by(Event.id.desc())
        .limit(1)
    )


def _reason(event: Event, key: FieldKey | None) -> str:
    sealed = event.reason_sealed
    if sealed is not None and key is not None:
        return key.open(sealed, f"event.reason:{event.subject_id}")
    return event.reason or ""


def _doors(kinds: list[str]) -> list[Door]:
    units = db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.active, Organisation.kind.in_([OrganisationKind(k) for k in kinds]))
        .order_by(Organisation.position, Organisation.name)
    ).all()
    found = []
    for word in kinds:
        kind = OrganisationKind(word)
        unit = next((each for each in units if each.kind is kind), None)
        found.append(
            Door(kind, unit.name, unit.address or "", unit.phone or "")
            if unit
            else Door(kind, "", "", "")
        )
    return found
