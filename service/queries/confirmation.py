"""Look at confirmations 司法确认: the agreement as the rules judge it, and the applications."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from config.court import ConfirmationState, ConfirmationStep, CourtGround
from config.vocabulary import PartyRole
from models import Agreement, Confirmation, Dispute, Party, db
from service.desk import Desk
from service.gateways.keyring import FieldKey
from service.queries import mediation
from service.queries.dispute import Opened
from service.queries.party import SPEAKERS
from service.rules import confirmation as rules
from service.rules import deadlines
from service.rules.confirmation import Deal, Judged, Side

CALLED = {
    PartyRole.APPLICANT: "申请人",
    PartyRole.RESPONDENT: "被申请人",
    PartyRole.THIRD_PARTY: "第三人",
}


@dataclass(frozen=True, slots=True)
class Found:
    """The newest agreement of a dispute with its sides, ready to be judged."""

    deal: Deal = field(repr=False)
    sides: tuple[Side, ...] = field(repr=False)
    ordinal: int
    effective_on: date
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationView:
    """One application; `steps` are what may be written down next."""

    id: UUID
    ordinal: int
    attempt: int
    state: ConfirmationState
    court: str
    ground: CourtGround
    effective_on: date
    apply_by: date
    provisional: bool
    filed_on: date | None
    accepted_on: date | None
    decided_on: date | None
    case_number: str | None
    reason: str | None = field(repr=False)
    steps: Sequence[ConfirmationStep]


def deal_of(dispute: Dispute, key: FieldKey, *, on: date | None = None, desk: Desk) -> Found | None:
    """The newest agreement as the rules look at it, or did `on` a day; None when there is none."""
    agreed = db.session.scalar(
        sa.select(Agreement)
        .where(Agreement.dispute_id == dispute.id)
        .order_by(Agreement.ordinal.desc())
        .limit(1)
    )
    if agreed is None:
        return None
    rule = desk.policy.clocks[desk.policy.confirmations.term]
    last = deadlines.deadline(rule, agreed.agreed_on, desk.calendar)
    shown = mediation.agreement_under(key, dispute.id)
    deal = Deal(
        form=agreed.form,
        terms=shown.terms if shown else None,
        category=dispute.category,
        channel=dispute.channel,
        facts=dispute.facts,
        amount_fen=agreed.amount_fen,
        performed_by=agreed.performed_by,
        performed=agreed.performed_on is not None and (on is None or agreed.performed_on <= on),
        apply_by=last.due_on,
    )
    sides = tuple(_sides(dispute.parties))
    return Found(deal, sides, agreed.ordinal, agreed.agreed_on, last.provisional)


def judged(found: Found, *, on: date | None = None, desk: Desk, now: datetime) -> Judged:
    """What the rules say of it today, or of what was brought to the court `on` a day."""
    rule = desk.policy.clocks[desk.policy.confirmations.term]
    return rules.judge(
        found.deal,
        found.sides,
        channels=rule.channels,
        today=on or desk.today(now),
        data=desk.policy.confirmations,
    )


def of_opened(opened: Opened, *, desk: Desk) -> tuple[Found | None, list[ConfirmationView]]:
    """The agreement of a dispute that was opened with its content, and its applications."""
    if opened.key is None:
        return None, []
    dispute = db.session.get_one(Dispute, opened.view.id)
    rows = db.session.scalars(
        sa.select(Confirmation)
        .where(Confirmation.dispute_id == dispute.id)
        .order_by(Confirmation.ordinal, Confirmation.attempt)
        .execution_options(populate_existing=True)
    )
    views = [_view(each, opened.key) for each in rows]
    return deal_of(dispute, opened.key, desk=desk), views


def _view(row: Confirmation, key: FieldKey) -> ConfirmationView:
    return ConfirmationView(
        id=row.id,
        ordinal=row.ordinal,
        attempt=row.attempt,
        state=row.state,
        court=row.court,
        ground=row.ground,
        effective_on=row.effective_on,
        apply_by=row.apply_by,
        provisional=row.provisional,
        filed_on=row.filed_on,
        accepted_on=row.accepted_on,
        decided_on=row.decided_on,
        case_number=row.case_number,
        reason=key.open_optional(row.reason_sealed, f"confirmation.reason:{row.id}"),
        steps=rules.steps_from(row.state),
    )


def _sides(parties: Sequence[Party]) -> list[Side]:
    """The parties themselves, counted within their role where there are several."""
    found: list[Side] = []
    for role, called in CALLED.items():
        mine = [each for each in parties if each.role is role and role not in SPEAKERS]
        for place, each in enumerate(mine, 1):
            found.append(
                Side(
                    called=called + (str(place) if len(mine) > 1 else ""),
                    applies=role is PartyRole.APPLICANT,
                    responds=role is PartyRole.RESPONDENT,
                    number=each.id_number_sealed is not None,
                    address=each.address_sealed is not None,
                    phone=each.phone_sealed is not None,
                )
            )
    return found
