"""Look at lawsuits 行政复议与行政诉讼: one in full, a page of rows; plaintiffs always masked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload

from config.clock_subject import ClockSubject
from config.lawsuit import Breach, DutySource
from config.suggestion import SuggestionKind
from config.vocabulary import (
    ClockKind,
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    LawsuitStep,
    WithdrawalCause,
)
from models import (
    CaseMend,
    CaseReview,
    Dispute,
    Episode,
    Hearing,
    Lawsuit,
    LawsuitDuty,
    MediationSession,
    Organisation,
    Suggestion,
    db,
)
from service.desk import Desk
from service.errors import NotFound
from service.gateways.keyring import FieldKey
from service.queries import clock_subject, sight
from service.queries.access import of_town, visible, within
from service.queries.clock_subject import SubjectClock
from service.queries.page import Page, as_day, as_id, beyond, encode_cursor, read_cursor
from service.rules import access, identity
from service.rules import lawsuit as rules
from service.rules.access import Actor, Scope
from service.rules.statistics import MEDIATION_ENDED


@dataclass(frozen=True, slots=True)
class AgencyView:
    """The agency that answers 被告或被申请人."""

    id: UUID
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class LinkedDispute:
    """The dispute behind a case; `id` is None for who may not open it."""

    id: UUID | None
    number: str


@dataclass(frozen=True, slots=True)
class LinkedLetter:
    """A letter 建议书 that a case came after."""

    id: UUID
    number: str
    kind: SuggestionKind
    issuer: str
    document_number: str


@dataclass(frozen=True, slots=True)
class PreviousCase:
    """The case at the earlier instance."""

    id: UUID
    case_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedCase:
    """One case of the chain 审级; `this` is the one that is looked at."""

    id: UUID
    case_number: str | None
    procedure: LawsuitProcedure
    instance: LawsuitInstance
    status: LawsuitStatus
    outcome: LawsuitOutcome | None
    this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingView:
    """One hearing: planned, held, who came."""

    ordinal: int
    planned_on: date | None
    planned_head: str | None = field(repr=False)
    planned_title: str | None
    held_on: date | None
    attended: bool | None
    head: str | None = field(repr=False)
    title: str | None
    reason: str | None
    reason_label: str | None
    proof: str | None = field(repr=False)
    lawyer_only: bool | None
    breach: Breach | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyView:
    """One duty of the agency."""

    number: int
    source: DutySource
    words: str = field(repr=False)
    organisation: AgencyView
    due_on: date
    done_on: date | None
    proof: str | None = field(repr=False)
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MendView:
    """What is mended after a lost case."""

    number: int
    words: str = field(repr=False)
    organisation: AgencyView
    due_on: date
    done_on: date | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """The review 一案一评 of a lost case."""

    causes: list[str]
    words: str | None = field(repr=False)
    reviewers: str = field(repr=False)
    reviewed_on: date
    mends: list[MendView]


@dataclass(frozen=True, slots=True)
class CheckView:
    """One thing that is looked at when a suit is withdrawn, and whether it was."""

    code: str
    words: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LawsuitRow:
    """One row of a list; it names no plaintiff.

    `unperformed` counts its duties that ran out undone.
    """

    id: UUID
    procedure: LawsuitProcedure
    instance: LawsuitInstance
    court: str
    case_number: str | None
    cause: str
    organisation: AgencyView
    served_on: date
    status: LawsuitStatus
    outcome: LawsuitOutcome | None
    withdrawal_cause: WithdrawalCause | None
    decided_on: date | None
    due_on: date | None
    due_rule: str | None
    due_provisional: bool
    overdue: bool
    answered_late: bool | None
    breach: bool
    unperformed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LawsuitView(LawsuitRow):
    """One case as this viewer may see it."""

    act: str
    decision_served_on: date | None
    plaintiffs: list[str]
    dispute: LinkedDispute | None
    suggestions: list[LinkedLetter]
    previous: PreviousCase | None
    chain: list[ChainedCase]
    simplified: bool
    must_attend: list[str]
    head_must_attend: bool
    answered_on: date | None
    heard_on: date | None
    head_attended: bool | None
    lost: bool
    checks: list[CheckView]
    mediated_before: bool | None
    clocks: list[SubjectClock]
    hearings: list[HearingView]
    duties: list[DutyView]
    case_review: ReviewView | None
    performed_on: date | None
    closed_on: date | None
    recorded_at: datetime
    steps: list[LawsuitStep]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to; None narrows nothing. Both dates are inclusive."""

    status: LawsuitStatus | None = None
    procedure: LawsuitProcedure | None = None
    organisation: UUID | None = None
    outcome: LawsuitOutcome | None = None
    served_from: date | None = None
    served_to: date | None = None
    unperformed: bool | None = None
    breach: bool | None = None
    overdue: bool | None = None


def one(lawsuit_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> LawsuitView:
    """The case as the viewer may see it; NotFound when they may not."""
    if not access.may(actor, "lawsuit.read", desk.policy.access):
        raise NotFound("没有找到这个案件")
    today = desk.today(now)
    row = db.session.execute(
        _rows(today)
        .where(Lawsuit.id == lawsuit_id, of_town(actor, Lawsuit.organisation_id))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("没有找到这个案件")
    lawsuit: Lawsuit = row[0]
    key = desk.keyring.field_key(lawsuit.sealed_key, f"lawsuit:{lawsuit.id}")
    data = desk.policy.lawsuits
    return LawsuitView(
        **_shared(row, today),
        act=lawsuit.act,
        decision_served_on=lawsuit.decision_served_on,
        plaintiffs=_plaintiffs(lawsuit, key),
        dispute=_dispute(lawsuit, actor=actor, desk=desk, now=now),
        suggestions=_suggestions(
            lawsuit, access.scope(actor, "suggestion.read", desk.policy.access)
        ),
        previous=_previous(lawsuit),
        chain=_chain(lawsuit),
        simplified=lawsuit.simplified,
        must_attend=lawsuit.must_attend,
        head_must_attend=rules.must_attend(lawsuit.must_attend, data),
        answered_on=lawsuit.answered_on,
        heard_on=lawsuit.heard_on,
        head_attended=lawsuit.head_attended,
        lost=rules.is_lost(lawsuit.outcome),
        checks=_checks(lawsuit, desk),
        mediated_before=_mediated_before(lawsuit),
        clocks=_clocks(lawsuit, desk, now),
        hearings=_hearings(lawsuit, key, desk),
        duties=_duties(lawsuit, key, today),
        case_review=_review(lawsuit, key, today),
        performed_on=lawsuit.performed_on,
        closed_on=lawsuit.closed_on,
        recorded_at=lawsuit.recorded_at,
        steps=open_steps(lawsuit, actor=actor, desk=desk),
        version=lawsuit.version,
    )


def named(lawsuit_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> list[str]:
    """The plaintiffs in full, as the papers to the court name them (ADR 11): for who answers it.

    Its opening is written down. NotFound when the viewer may not see the case.
    """
    one(lawsuit_id, actor=actor, desk=desk, now=now)
    access.require(actor, "lawsuit.answer", desk.policy.access)
    lawsuit = db.session.get_one(Lawsuit, lawsuit_id)
    key = desk.keyring.field_key(lawsuit.sealed_key, f"lawsuit:{lawsuit.id}")
    return key.open(lawsuit.plaintiffs_sealed, f"lawsuit.plaintiffs:{lawsuit.id}").split("\n")


def page(
    filters: Filters,
    *,
    actor: Actor,
    today: date,
    limit: int = 25,
    cursor: str | None = None,
    count: bool = False,
) -> Page[LawsuitRow]:
    """A page of the cases of the actor's town under `filters`, latest served first.

    The door asked who may list.
    """
    conditions = [of_town(actor, Lawsuit.organisation_id), *_conditions(filters, today)]
    keys = (Lawsuit.served_on, Lawsuit.id)
    query = _rows(today).where(*conditions)
    if cursor:
        query = query.where(beyond(keys, read_cursor(cursor, as_day, as_id), descending=True))
    ordered = query.order_by(*(key.desc() for key in keys))
    found = db.session.execute(ordered.limit(limit + 1)).all()
    following = None
    if len(found) > limit:
        last = found[limit - 1][0]
        following = encode_cursor([last.served_on.isoformat(), str(last.id)])
    total = None
    if count:
        counted = sa.select(sa.func.count()).select_from(Lawsuit).where(*conditions)
        total = db.session.scalar(counted)
    return Page([LawsuitRow(**_shared(each, today)) for each in found[:limit]], following, total)


def case_of_duty(duty_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """The case of a duty; NotFound when the viewer may not open it."""
    found = db.session.scalar(sa.select(LawsuitDuty.lawsuit_id).where(LawsuitDuty.id == duty_id))
    if found is None:
        raise NotFound("没有找到这个案件")
    return one(found, actor=actor, desk=desk, now=now).id


def overdue_count(*, actor: Actor, today: date) -> int:
    """How many cases of the actor's town owe something that is overdue."""
    asked = sa.select(sa.func.count()).select_from(Lawsuit)
    mine = (of_town(actor, Lawsuit.organisation_id), _overdue(today))
    return db.session.scalar(asked.where(*mine)) or 0


def pending_count(*, actor: Actor) -> int:
    """How many cases of the actor's town wait for their decision."""
    asked = sa.select(sa.func.count()).select_from(Lawsuit)
    mine = (of_town(actor, Lawsuit.organisation_id), Lawsuit.status == LawsuitStatus.PENDING)
    return db.session.scalar(asked.where(*mine)) or 0


def unperformed_count(*, actor: Actor, today: date) -> int:
    """How many duties of the actor's town ran out undone."""
    asked = (
        sa.select(sa.func.count())
        .select_from(LawsuitDuty)
        .join(Lawsuit, Lawsuit.id == LawsuitDuty.lawsuit_id)
        .where(of_town(actor, Lawsuit.organisation_id), *_run_out(today))
    )
    return db.session.scalar(asked) or 0


def open_steps(lawsuit: Lawsuit, *, actor: Actor, desk: Desk) -> list[LawsuitStep]:
    """The steps that are legal now and this viewer's to take."""
    policy = desk.policy.access
    return [
        step
        for step in rules.steps_from(lawsuit.status, answered=lawsuit.answered_on is not None)
        if access.may(actor, f"lawsuit.{step.value}", policy)
    ]


def _rows(today: date) -> sa.Select[Any]:
    """Cases with what stands beside them: a breach, and how many duties ran out undone."""
    return sa.select(Lawsuit, _breach().label("breach"), _unperformed(today).label("left")).options(
        joinedload(Lawsuit.organisation)
    )


def _breach() -> ColumnElement[bool]:
    return sa.exists().where(Hearing.lawsuit_id == Lawsuit.id, Hearing.breach.is_not(None))


def _run_out(today: date) -> tuple[ColumnElement[bool], ...]:
    return (LawsuitDuty.done_on.is_(None), LawsuitDuty.due_on < today)


def _unperformed(today: date) -> Any:
    counted = sa.select(sa.func.count(LawsuitDuty.id)).where(
        LawsuitDuty.lawsuit_id == Lawsuit.id, *_run_out(today)
    )
    return counted.correlate(Lawsuit).scalar_subquery()


def _overdue(today: date) -> ColumnElement[bool]:
    """What the agency itself owes by a day that is over; a term to appeal binds nobody."""
    return sa.and_(
        Lawsuit.due_on < today, sa.func.coalesce(Lawsuit.due_rule, "").not_like("LIT.APPEAL%")
    )


def _shared(row: Any, today: date) -> dict[str, Any]:
    lawsuit: Lawsuit = row[0]
    binds = not (lawsuit.due_rule or "").startswith("LIT.APPEAL")
    return {
        "id": lawsuit.id,
        "procedure": lawsuit.procedure,
        "instance": lawsuit.instance,
        "court": lawsuit.court,
        "case_number": lawsuit.case_number,
        "cause": lawsuit.cause,
        "organisation": _agency(lawsuit.organisation),
        "served_on": lawsuit.served_on,
        "status": lawsuit.status,
        "outcome": lawsuit.outcome,
        "withdrawal_cause": lawsuit.withdrawal_cause,
        "decided_on": lawsuit.decided_on,
        "due_on": lawsuit.due_on,
        "due_rule": lawsuit.due_rule,
        "due_provisional": lawsuit.due_provisional,
        "overdue": binds and rules.is_late(None, lawsuit.due_on, today),
        "answered_late": lawsuit.answered_late,
        "breach": bool(row.breach),
        "unperformed": row.left,
    }


def _agency(organisation: Organisation) -> AgencyView:
    return AgencyView(organisation.id, organisation.kind.value, organisation.name)


def _plaintiffs(lawsuit: Lawsuit, key: FieldKey) -> list[str]:
    names = key.open(lawsuit.plaintiffs_sealed, f"lawsuit.plaintiffs:{lawsuit.id}")
    return [identity.mask_name(name) for name in names.split("\n")]


def _checks(lawsuit: Lawsuit, desk: Desk) -> list[CheckView]:
    if lawsuit.withdrawal_cause is None:
        return []
    data, told = desk.policy.lawsuits, set(lawsuit.checks or ())
    due = rules.due_checks(lawsuit.withdrawal_cause, data)
    return [CheckView(code, data.checks[code].words, code in told) for code in due]


def _clocks(lawsuit: Lawsuit, desk: Desk, now: datetime) -> list[SubjectClock]:
    """Its terms; one a party may let pass 救济期限 is nobody's lateness."""
    found = clock_subject.of_subject(ClockSubject.LAWSUIT, lawsuit.id, desk=desk, now=now)
    return [replace(each, late=False) if each.kind is ClockKind.REMEDY else each for each in found]


def _hearings(lawsuit: Lawsuit, key: FieldKey, desk: Desk) -> list[HearingView]:
    asked = sa.select(Hearing).where(Hearing.lawsuit_id == lawsuit.id)

    def opened(each: Hearing, name: str) -> str | None:
        return key.open_optional(getattr(each, f"{name}_sealed"), f"hearing.{name}:{each.id}")

    return [
        HearingView(
            ordinal=each.ordinal,
            planned_on=each.planned_on,
            planned_head=opened(each, "planned_head"),
            planned_title=each.planned_title,
            held_on=each.held_on,
            attended=each.attended,
            head=opened(each, "head"),
            title=each.head_title,
            reason=each.absence,
            reason_label=_said_of(each.absence, desk),
            proof=opened(each, "proof"),
            lawyer_only=each.lawyer_only,
            breach=each.breach,
        )
        for each in db.session.scalars(asked.order_by(Hearing.ordinal))
    ]


def _said_of(absence: str | None, desk: Desk) -> str | None:
    known = desk.policy.lawsuits.absences.get(absence or "")
    return known.words if known else absence


def _duties(lawsuit: Lawsuit, key: FieldKey, today: date) -> list[DutyView]:
    asked = sa.select(LawsuitDuty).where(LawsuitDuty.lawsuit_id == lawsuit.id)
    rows = db.session.scalars(asked.order_by(LawsuitDuty.ordinal)).all()
    units = _units([each.organisation_id for each in rows])
    return [
        DutyView(
            number=each.ordinal,
            source=each.source,
            words=key.open(each.words_sealed, f"duty.words:{each.id}"),
            organisation=units[each.organisation_id],
            due_on=each.due_on,
            done_on=each.done_on,
            proof=key.open_optional(each.proof_sealed, f"duty.proof:{each.id}"),
            late=rules.is_late(each.done_on, each.due_on, today),
        )
        for each in rows
    ]


def _review(lawsuit: Lawsuit, key: FieldKey, today: date) -> ReviewView | None:
    found = db.session.scalar(sa.select(CaseReview).where(CaseReview.lawsuit_id == lawsuit.id))
    if found is None:
        return None
    asked = sa.select(CaseMend).where(CaseMend.lawsuit_id == lawsuit.id)
    mends = db.session.scalars(asked.order_by(CaseMend.ordinal)).all()
    units = _units([each.organisation_id for each in mends])
    return ReviewView(
        causes=found.causes,
        words=key.open_optional(found.words_sealed, f"case_review.words:{found.id}"),
        reviewers=key.open(found.reviewers_sealed, f"case_review.reviewers:{found.id}"),
        reviewed_on=found.reviewed_on,
        mends=[
            MendView(
                number=each.ordinal,
                words=key.open(each.words_sealed, f"case_mend.words:{each.id}"),
                organisation=units[each.organisation_id],
                due_on=each.due_on,
                done_on=each.done_on,
                late=rules.is_late(each.done_on, each.due_on, today),
            )
            for each in mends
        ],
    )


def _units(wanted: Sequence[UUID]) -> dict[UUID, AgencyView]:
    found = db.session.scalars(sa.select(Organisation).where(Organisation.id.in_(wanted)))
    return {each.id: _agency(each) for each in found}


def mediated_before() -> ColumnElement[bool]:
    """Whether the dispute behind a case was mediated by us before the case was served.

    A session was held, or a round of it ended as a mediation does. It looks at disputes whole.
    """
    day = sa.cast(sa.func.date(MediationSession.held_at), sa.String)
    met = sa.exists().where(
        MediationSession.dispute_id == Lawsuit.dispute_id,
        day <= sa.cast(Lawsuit.served_on, sa.String),
    )
    ended = sa.exists().where(
        Episode.dispute_id == Lawsuit.dispute_id,
        Episode.outcome.in_(MEDIATION_ENDED),
        Episode.closed_on <= Lawsuit.served_on,
    )
    return sa.or_(met, ended)


@sight.whole("the dispute behind a lawsuit")
def _mediated_before(lawsuit: Lawsuit) -> bool | None:
    if lawsuit.dispute_id is None:
        return None
    asked = sa.select(sa.case((mediated_before(), 1), else_=0)).where(Lawsuit.id == lawsuit.id)
    return bool(db.session.scalar(asked))


def _suggestions(lawsuit: Lawsuit, scope: Scope) -> list[LinkedLetter]:
    """The letters it came after, as far as the viewer may read them."""
    found = db.session.execute(
        sa.select(
            Suggestion.id,
            Suggestion.number,
            Suggestion.kind,
            Suggestion.issuer,
            Suggestion.document_number,
        )
        .where(Suggestion.lawsuit_id == lawsuit.id, within(scope, Suggestion.organisation_id))
        .order_by(Suggestion.received_on, Suggestion.id)
    )
    return [LinkedLetter(*each) for each in found]


def _chain(lawsuit: Lawsuit) -> list[ChainedCase]:
    """Its earlier and later cases, the earliest first; alone it has none."""
    found: list[Lawsuit] = [lawsuit]
    while found[0].previous_id is not None:
        found.insert(0, db.session.get_one(Lawsuit, found[0].previous_id))
    beyond_it: Sequence[UUID] = [lawsuit.id]
    while beyond_it:
        later = db.session.scalars(
            sa.select(Lawsuit)
            .where(Lawsuit.previous_id.in_(beyond_it))
            .order_by(Lawsuit.served_on, Lawsuit.id)
        ).all()
        found += later
        beyond_it = [each.id for each in later]
    if len(found) == 1:
        return []
    return [
        ChainedCase(
            id=each.id,
            case_number=each.case_number,
            procedure=each.procedure,
            instance=each.instance,
            status=each.status,
            outcome=each.outcome,
            this=each.id == lawsuit.id,
        )
        for each in found
    ]


@sight.whole("the dispute behind a lawsuit")
def _dispute(lawsuit: Lawsuit, *, actor: Actor, desk: Desk, now: datetime) -> LinkedDispute | None:
    if lawsuit.dispute_id is None:
        return None
    scope = access.scope(actor, "dispute.read", desk.policy.access)
    number, may_open = db.session.execute(
        sa.select(Dispute.number, sa.case((visible(scope, now), 1), else_=0)).where(
            Dispute.id == lawsuit.dispute_id
        )
    ).one()
    return LinkedDispute(lawsuit.dispute_id if may_open else None, number)


def _previous(lawsuit: Lawsuit) -> PreviousCase | None:
    if lawsuit.previous_id is None:
        return None
    earlier = db.session.get_one(Lawsuit, lawsuit.previous_id)
    return PreviousCase(earlier.id, earlier.case_number)


def _conditions(filters: Filters, today: date) -> list[ColumnElement[bool]]:
    plain = (
        (Lawsuit.status, filters.status),
        (Lawsuit.procedure, filters.procedure),
        (Lawsuit.organisation_id, filters.organisation),
        (Lawsuit.outcome, filters.outcome),
    )
    conditions: list[ColumnElement[bool]] = [
        column == value for column, value in plain if value is not None
    ]
    if filters.served_from:
        conditions.append(Lawsuit.served_on >= filters.served_from)
    if filters.served_to:
        conditions.append(Lawsuit.served_on <= filters.served_to)
    wishes = (
        (filters.breach, _breach()),
        (filters.unperformed, _unperformed(today) > 0),
        (filters.overdue, sa.func.coalesce(_overdue(today), sa.false())),
    )
    conditions += [wish if wanted else ~wish for wanted, wish in wishes if wanted is not None]
    return conditions


def of_dispute(dispute_id: UUID, *, actor: Actor, today: date) -> list[LawsuitRow]:
    """The cases of the viewer's town that grew out of a dispute, latest served first."""
    found = db.session.execute(
        _rows(today)
        .where(Lawsuit.dispute_id == dispute_id, of_town(actor, Lawsuit.organisation_id))
        .order_by(Lawsuit.served_on.desc(), Lawsuit.id)
    )
    return [LawsuitRow(**_shared(each, today)) for each in found]
