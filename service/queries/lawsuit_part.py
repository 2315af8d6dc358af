"""Look at the parts of a lawsuit 行政复议与行政诉讼: hearings, duties, review, checks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from config.clock_subject import ClockSubject
from config.lawsuit import Breach, DutySource
from config.vocabulary import (
    ClockKind,
)
from models import (
    CaseMend,
    CaseReview,
    Hearing,
    Lawsuit,
    LawsuitDuty,
    Organisation,
    db,
)
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.queries import clock_subject
from service.queries.clock_subject import SubjectClock
from service.rules import identity
from service.rules import lawsuit as rules


@dataclass(frozen=True, slots=True)
class AgencyView:
    """The agency that answers 被告或被申请人."""

    id: UUID
    kind: str
    name: str


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


def agency(organisation: Organisation) -> AgencyView:
    """A unit as the agency that answers."""
    return AgencyView(organisation.id, organisation.kind.value, organisation.name)


def plaintiffs(lawsuit: Lawsuit, key: FieldKey) -> list[str]:
    """Its plaintiffs, masked."""
    names = key.open(lawsuit.plaintiffs_sealed, f"lawsuit.plaintiffs:{lawsuit.id}")
    return [identity.mask_name(name) for name in names.split("\n")]


def checks(lawsuit: Lawsuit, desk: Desk) -> list[CheckView]:
    """What is looked at when it is withdrawn, and whether it was; none otherwise."""
    if lawsuit.withdrawal_cause is None:
        return []
    data, told = desk.policy.lawsuits, set(lawsuit.checks or ())
    due = rules.due_checks(lawsuit.withdrawal_cause, data)
    return [CheckView(code, data.checks[code].words, code in told) for code in due]


def clocks(lawsuit: Lawsuit, desk: Desk, now: datetime) -> list[SubjectClock]:
    """Its terms; one a party may let pass 救济期限 is nobody's lateness."""
    found = clock_subject.of_subject(ClockSubject.LAWSUIT, lawsuit.id, desk=desk, now=now)
    return [replace(each, late=False) if each.kind is ClockKind.REMEDY else each for each in found]


def hearings(lawsuit: Lawsuit, key: FieldKey, desk: Desk) -> list[HearingView]:
    """Its hearings in their order."""
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


def duties(lawsuit: Lawsuit, key: FieldKey, today: date) -> list[DutyView]:
    """What the agency has to do, in the order of the ruling."""
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


def review(lawsuit: Lawsuit, key: FieldKey, today: date) -> ReviewView | None:
    """The review of a lost case; None without one."""
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
    return {each.id: agency(each) for each in found}
