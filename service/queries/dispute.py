"""Look at disputes 纠纷: one in full, a page of rows, the rows a leader may see."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload, selectinload

from config.vocabulary import (
    Channel,
    Danger,
    DisputeStatus,
    Level,
    Outcome,
    SharePurpose,
    Source,
    Step,
)
from models import Agreement, Charge, Dispute, JointTask, Organisation, Route, Share, db
from models.base import UTCDateTime
from service.desk import Desk
from service.errors import Erased, NotFound
from service.gateways.keyring import FieldKey
from service.queries import party
from service.queries.access import in_force, in_full, known, standing_with, visible
from service.queries.party import PartyView
from service.rules import access
from service.rules import dispute as rules
from service.rules.access import Actor, Standing

NOT_FOUND: Final = "没有找到这件纠纷"
# what else the page of a dispute may lead its viewer to
OFFERED: Final = (
    "dispute.receipt",
    "dispute.correct",
    "dispute.material",
    "dispute.link",
    "dispute.merge",
    "dispute.repeat",
    "dispute.outside_entry",
    "dispute.share",
    "dispute.name",
    "dispute.break_glass",
    "dispute.restrict",
    "dispute.unrestrict",
    "dispute.attachment",
    "dispute.attachment_read",
    "dispute.looks",
    "dispute.reveal",
    "dispute.basis",
    "provision.read",
    "clock.read",
    "clock.ask",
    "clock.enter",
    "clock.approve",
    "supervision.order",
    "supervision.read",
    "handover.read",
    "handover.send",
    "dispute.assign",
    "recusal.ask",
    "recusal.decide",
    "joint.read",
    "joint.start",
    "joint.waive",
    "joint.answer",
    "charge.read",
    "charge.name",
    "court.read",
    "court.handle",
)
# of these alone one that went into another
OF_MERGED: Final = frozenset(
    {
        "dispute.attachment_read",
        "dispute.looks",
        "dispute.reveal",
        "provision.read",
        "clock.read",
        "court.read",
    }
)
# what of an answer of the rules tells of the facts
FACTS_OF: Final = tuple("reasons matched companions flips ask parts must_do must_not basis".split())
# statements of every request for a dispute, built once
_ALONG: Final = sa.exists().where(JointTask.dispute_id == Dispute.id)
_CHARGED: Final = sa.exists().where(Charge.dispute_id == Dispute.id)
_ONE: Final = (
    sa.select(
        Dispute,
        sa.case((_ALONG, 1), else_=0).label("along"),
        sa.case((_CHARGED, 1), else_=0).label("charged"),
    )
    .where(Dispute.id == sa.bindparam("wanted"))
    .options(
        joinedload(Dispute.organisation),
        joinedload(Dispute.mediator),
        joinedload(Dispute.registrar),
        selectinload(Dispute.parties),
    )
    .execution_options(populate_existing=True)
)
_ROUTE: Final = (
    sa.select(Route.answer, Route.override_reason)
    .where(Route.dispute_id == sa.bindparam("wanted"))
    .order_by(Route.routed_at.desc(), Route.id)
    .limit(1)
)
_IN_FORCE: Final = in_force(Share, sa.bindparam("now", type_=UTCDateTime()))
_SHARED: Final = (
    sa.select(Organisation.id, Organisation.kind, Organisation.name, Share.purpose, Share.until)
    .join(Share, Share.organisation_id == Organisation.id)
    .where(
        Share.dispute_id == sa.bindparam("wanted"),
        _IN_FORCE,
    )
    .order_by(Organisation.position, Organisation.name)
)


@dataclass(frozen=True, slots=True)
class UnitView:
    """An organisation beside a dispute."""

    id: UUID
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class SharedView:
    """An organisation with whom a dispute is shared now, what for, until when."""

    organisation: str
    purpose: SharePurpose
    until: datetime | None


@dataclass(frozen=True, slots=True)
class PersonView:
    """A member of staff beside a dispute."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class PlaceView:
    """Where it happened."""

    village: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class DueView:
    """The promise that runs; a paused one is the date it had until then, and no promise."""

    rule: str
    on: date
    provisional: bool
    paused: bool = False


@dataclass(frozen=True, slots=True)
class RemedyView:
    """Which of the parties' own terms 救济期限 runs out next."""

    rule: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """One dispute as this viewer may see it.

    A `sealed` one is restricted and shows nothing of what it is about: no story, no people.
    `clear` says that the viewer mediates it: names, phones, addresses and the place are not masked.
    `merged`: it went into another, where everything goes on.
    `withheld` are the steps the viewer would have if they did not end a restricted dispute.
    """

    id: UUID
    number: str
    status: DisputeStatus
    outcome: Outcome | None
    category: str
    narrative: str
    source: Source
    source_reference: str | None
    place: PlaceView
    occurred_on: date | None
    amount_fen: int | None
    people_count: int | None
    facts: dict[str, Any]
    restricted: bool
    sealed: bool
    channel: Channel
    level: Level
    danger: Danger
    registered_at: datetime
    registered_on: date
    registered_by: str | None
    accepted_on: date | None
    closed_on: date | None
    organisation: UnitView | None
    assist: list[UnitView]
    mediator: PersonView | None
    office_text: str | None
    mediator_text: str | None
    guided_to: list[str] | None
    remark: str | None
    due: DueView | None
    remedy: RemedyView | None
    overdue: bool
    interpreter: str | None
    clear: bool
    parties: list[PartyView]
    route: dict[str, Any] | None
    override_reason: str | None
    steps: list[Step]
    withheld: list[Step]
    next_step: Step | None
    linked: list[dict[str, str]]
    visit_group: UUID | None
    merged: bool
    version: int


@dataclass(frozen=True, slots=True)
class Opened:
    """A dispute that its viewer may read, as they see it; what is asked of it need not ask again.

    `key` opens its sealed fields, and is not there when the view is sealed. `may` says which of
    `OFFERED` are the viewer's too. `children` are the places of the parties under
    fourteen. `shared` are the shares in force. `along`: others were ever asked to work along;
    `charged`: a leader was ever in charge.
    """

    view: DisputeView
    key: FieldKey | None = field(repr=False)
    may: frozenset[str]
    children: tuple[int, ...] = ()
    shared: tuple[SharedView, ...] = ()
    along: bool = False
    charged: bool = False


def one(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> DisputeView:
    """The dispute as the viewer may see it; NotFound when they may not."""
    return opened(dispute_id, actor=actor, desk=desk, now=now).view


def opened(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> Opened:
    """The dispute, opened for the viewer once for everything on its page; NotFound as of `one`."""
    policy = desk.policy.access
    reads = access.scope(actor, "dispute.read", policy)
    mine = _ONE.where(known(reads, now))
    found = db.session.execute(mine, {"wanted": dispute_id}).first()
    if found is None:
        raise NotFound(NOT_FOUND)
    dispute: Dispute = found.Dispute
    if dispute.erased_at is not None:
        raise Erased
    shared = db.session.connection().execute(_SHARED, {"wanted": dispute_id, "now": now}).all()
    stand = standing_with(db.session(), dispute, (unit.id for unit in shared), now)
    key = _key(dispute, desk) if access.opens(reads, stand, now) else None
    assist = [
        UnitView(each.id, each.kind.value, each.name)
        for each in shared
        if each.purpose is SharePurpose.ASSIST
    ]
    offered = OFFERED if dispute.merged_into_id is None else OF_MERGED
    scopes = {action: access.scope(actor, action, policy) for action in offered}
    return Opened(
        _view(dispute, key, assist, stand, actor=actor, desk=desk, now=now),
        key,
        frozenset(each for each, reach in scopes.items() if access.covers(reach, stand, now)),
        party.children(dispute.parties, key, desk.today(now)) if key else (),
        tuple(SharedView(each.name, each.purpose, each.until) for each in shared),
        along=bool(found.along),
        charged=bool(found.charged),
    )


def version(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> int:
    """What a step of the viewer has to name it by; NotFound as of `one`, of which it is a part."""
    reads = access.scope(actor, "dispute.read", desk.policy.access)
    found = db.session.scalar(
        sa.select(Dispute.version).where(Dispute.id == dispute_id, known(reads, now))
    )
    if found is None:
        raise NotFound("没有找到这件纠纷")
    return found


def receipt_code(dispute_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> str:
    """The citizen's look-up code, for whoever may print the receipt."""
    scope = access.scope(actor, "dispute.receipt", desk.policy.access)
    dispute = db.session.scalar(
        sa.select(Dispute).where(Dispute.id == dispute_id, in_full(scope, now))
    )
    if dispute is None:
        raise NotFound(NOT_FOUND)
    return _key(dispute, desk).open(dispute.code_sealed, f"dispute.code:{dispute.id}")


def masked(shown: PartyView, *, restricted: bool) -> str:
    """A party's name for a paper that leaves the house: masked for everybody."""
    return "来访人" if restricted else party.masked_name(shown.kind, shown.name)


def by_number(number: str, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """The id of a number the viewer may see; NotFound otherwise."""
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    found = db.session.scalar(
        sa.select(Dispute.id).where(Dispute.number == number, visible(scope, now))
    )
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def _key(dispute: Dispute, desk: Desk) -> FieldKey:
    return desk.keyring.field_key(dispute.sealed_key, f"dispute:{dispute.id}")


def _view(
    dispute: Dispute,
    key: FieldKey | None,
    assist: list[UnitView],
    stand: Standing,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> DisputeView:
    route = db.session.connection().execute(_ROUTE, {"wanted": dispute.id}).first()
    within = _steps_within(dispute, stand, actor=actor, desk=desk, now=now)
    steps = [step for step in within if _may_take(step, dispute, actor)]
    clear = access.covers(access.scope(actor, "dispute.clear", desk.policy.access), stand, now)
    due_on, due_rule = dispute.due_on, dispute.due_rule
    return DisputeView(
        id=dispute.id,
        number=dispute.number,
        status=dispute.status,
        outcome=dispute.outcome,
        category=dispute.category,
        narrative=_narrative(dispute, key) if key else "",
        source=dispute.source,
        source_reference=dispute.source_reference if key else None,
        place=_place(dispute, key),
        occurred_on=dispute.occurred_on if key else None,
        amount_fen=dispute.amount_fen if key else None,
        people_count=dispute.people_count if key else None,
        facts=dispute.facts if key else {},
        restricted=dispute.restricted,
        sealed=key is None,
        channel=dispute.channel,
        level=dispute.level,
        danger=dispute.danger,
        registered_at=dispute.registered_at,
        registered_on=dispute.registered_on,
        registered_by=dispute.registrar.name if dispute.registrar else None,
        accepted_on=dispute.accepted_on,
        closed_on=dispute.closed_on,
        organisation=_unit(dispute.organisation),
        assist=assist,
        mediator=PersonView(dispute.mediator.id, dispute.mediator.name)
        if dispute.mediator
        else None,
        office_text=dispute.office_text,
        mediator_text=dispute.mediator_text,
        guided_to=dispute.guided_to,
        remark=key.open_optional(dispute.remark_sealed, f"dispute.remark:{dispute.id}")
        if key
        else None,
        due=DueView(due_rule, due_on, dispute.due_provisional, dispute.due_paused)
        if due_on and due_rule
        else None,
        remedy=RemedyView(dispute.remedy_rule, dispute.remedy_on)
        if dispute.remedy_on and dispute.remedy_rule and dispute.remedy_on >= desk.today(now)
        else None,
        overdue=rules.is_late(due_on, desk.today(now), paused=dispute.due_paused),
        interpreter=party.interpreter(dispute.interpreter, clear=clear) if key else None,
        clear=clear,
        parties=party.views(dispute.parties, key, clear=clear) if key else [],
        route=told_of(route.answer, sealed=key is None) if route else None,
        override_reason=route.override_reason if route and key else None,
        steps=steps,
        withheld=[step for step in within if step not in steps],
        next_step=rules.next_step(dispute.status, steps),
        linked=_linked(dispute, actor=actor, desk=desk, now=now),
        visit_group=dispute.visit_group,
        merged=dispute.merged_into_id is not None,
        version=dispute.version,
    )


def late(today: date) -> ColumnElement[bool]:
    """The condition on `dispute` that its term has passed, as `rules.dispute.is_late` asks it."""
    return (Dispute.due_on < today) & Dispute.due_paused.is_(False)


def told_of(answer: dict[str, Any], *, sealed: bool) -> dict[str, Any]:
    """What the rules answered; where it goes and no more of it when the dispute is sealed."""
    if not sealed:
        return answer
    silent: dict[str, Any] = {name: [] for name in FACTS_OF} | {"runner_up": None}
    return answer | silent | {"rule": answer["rule"] | {"id": ""}}


def _place(dispute: Dispute, key: FieldKey | None) -> PlaceView:
    if key is None:
        return PlaceView(None, None)
    detail = key.open_optional(dispute.place_sealed, f"dispute.place:{dispute.id}")
    return PlaceView(dispute.village, detail)


def _narrative(dispute: Dispute, key: FieldKey) -> str:
    if dispute.narrative_sealed is not None:
        return key.open(dispute.narrative_sealed, f"dispute.narrative:{dispute.id}")
    return dispute.narrative or ""


def _unit(organisation: Organisation | None) -> UnitView | None:
    if organisation is None:
        return None
    return UnitView(organisation.id, organisation.kind.value, organisation.name)


def _linked(dispute: Dispute, *, actor: Actor, desk: Desk, now: datetime) -> list[dict[str, str]]:
    if dispute.visit_group is None:
        return []
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    found = db.session.execute(
        sa.select(Dispute.id, Dispute.number, Dispute.category)
        .where(
            Dispute.visit_group == dispute.visit_group,
            Dispute.id != dispute.id,
            visible(scope, now),
        )
        .order_by(Dispute.number)
    )
    return [{"id": str(i), "number": number, "category": c} for i, number, c in found]


def _performed(dispute: Dispute) -> bool:
    """Whether the agreement of the newest episode has been performed."""
    newest = (
        sa.select(Agreement.performed_on)
        .where(Agreement.dispute_id == dispute.id)
        .order_by(Agreement.ordinal.desc())
        .limit(1)
    )
    return dispute.status is DisputeStatus.AGREED and db.session.scalar(newest) is not None


def open_steps(
    dispute: Dispute, stand: Standing, *, actor: Actor, desk: Desk, now: datetime
) -> list[Step]:
    """The steps that are legal now and this viewer's to take."""
    within = _steps_within(dispute, stand, actor=actor, desk=desk, now=now)
    return [step for step in within if _may_take(step, dispute, actor)]


def _may_take(step: Step, dispute: Dispute, actor: Actor) -> bool:
    return not rules.ends(step) or access.may_end(actor, restricted=dispute.restricted)


def _steps_within(
    dispute: Dispute, stand: Standing, *, actor: Actor, desk: Desk, now: datetime
) -> list[Step]:
    """The steps that are legal now and within the viewer's scope."""
    if dispute.merged_into_id is not None:
        return []
    policy = desk.policy.access
    done = {Step.PERFORM} if _performed(dispute) else set()
    return [
        step
        for step in rules.steps_from(dispute.status)
        if step not in done
        and access.covers(access.scope(actor, f"dispute.{step.value}", policy), stand, now)
    ]
