"""Hearings 开庭: note the summons with who is to come, and write down who came."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.lawsuit import OTHER, LawsuitData
from config.vocabulary import ClockEnd, LawsuitStatus
from models import Hearing, Lawsuit, transaction
from service.desk import Desk
from service.errors import Conflict
from service.operations import lawsuit_clock as clocks
from service.operations.lawsuit_part import key_of, next_ordinal, note
from service.operations.load import lawsuit_for_change
from service.rules import access
from service.rules import lawsuit as rules
from service.rules.access import Actor
from service.rules.lawsuit import Came


def plan(
    lawsuit_id: UUID,
    *,
    planned_on: date,
    head: str | None,
    title: str | None,
    must_attend: Sequence[str],
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> int:
    """Note a summons 开庭通知; the ordinal of the hearing.

    `must_attend` are the codes of why the head of the agency is called; they hold for the case.
    Raises NotFound, Conflict for a case that is decided, Invalid at `must_attend`.
    """
    access.require(actor, "lawsuit.hear", desk.policy.access)
    rules.check_codes("must_attend", must_attend, desk.policy.lawsuits.attendance)
    with transaction() as session, session.no_autoflush:  # one step is one new version
        lawsuit = lawsuit_for_change(session, lawsuit_id, version=None, actor=actor)
        if lawsuit.status is not LawsuitStatus.PENDING:
            raise Conflict("案件已经裁判，不再登记开庭")
        made = uuid4()
        key = key_of(lawsuit, desk)
        ordinal = next_ordinal(session, Hearing, lawsuit_id)
        session.add(
            Hearing(
                id=made,
                lawsuit_id=lawsuit_id,
                ordinal=ordinal,
                planned_on=planned_on,
                planned_head_sealed=key.seal_optional(head, f"hearing.planned_head:{made}"),
                planned_title=title,
                recorded_by=actor.user_id,
                recorded_at=now,
            )
        )
        lawsuit.must_attend = sorted({*lawsuit.must_attend, *must_attend})
        clocks.planned(session, lawsuit, planned_on, desk=desk, now=now)
        detail = {"planned_on": planned_on.isoformat()}
        note(session, lawsuit, "hearing-plan", detail, part="hearings", actor=actor, now=now)
        return ordinal


def held(
    session: Session,
    lawsuit: Lawsuit,
    body: Mapping[str, Any],
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> dict[str, Any]:
    """Write down a hearing that was held, and judge once who came; what the event says of it."""
    head, data = body["head"], desk.policy.lawsuits
    absence, proof = _excuse(head, data)
    came = Came(
        attended=head["attended"], lawyer_only=body["lawyer_only"] or False, absence=absence
    )
    rules.check_hearing(came, body["held_on"], served_on=lawsuit.served_on, today=desk.today(now))
    row = _awaited(session, lawsuit.id) or _unplanned(session, lawsuit.id, actor, now)
    key = key_of(lawsuit, desk)
    row.held_on, row.attended, row.lawyer_only = body["held_on"], came.attended, came.lawyer_only
    row.head_sealed = key.seal_optional(head.get("name"), f"hearing.head:{row.id}")
    row.head_title, row.absence = head.get("title"), absence
    row.proof_sealed = key.seal_optional(proof, f"hearing.proof:{row.id}")
    before = bool(lawsuit.head_attended)  # once in an instance is enough 负责人规定7
    called = rules.must_attend(lawsuit.must_attend, data) and not before
    row.breach = rules.breach(came, called=called)
    lawsuit.heard_on = min(filter(None, (lawsuit.heard_on, body["held_on"])))
    lawsuit.head_attended = before or came.attended
    only = {clocks.HEARING}
    clocks.stopped(session, lawsuit, ClockEnd.MET, body["held_on"], only, desk=desk, now=now)
    detail: dict[str, Any] = {"fields": ["hearings"], "held_on": body["held_on"].isoformat()}
    return detail | ({"breach": row.breach.value} if row.breach else {"attended": came.attended})


def _excuse(head: Mapping[str, Any], data: LawsuitData) -> tuple[str | None, str | None]:
    """The code of why the head did not come, and what proves it.

    A reason in words of its own counts as another lawful one 其他正当事由, the words as its proof.
    """
    reason, proof = head.get("reason"), head.get("proof")
    if reason is None or reason in data.absences:
        return reason, proof
    return OTHER, "；".join(filter(None, (reason, proof)))


def _awaited(session: Session, lawsuit_id: UUID) -> Hearing | None:
    """The earliest hearing that was planned and not held."""
    return session.scalar(
        sa.select(Hearing)
        .where(Hearing.lawsuit_id == lawsuit_id, Hearing.held_on.is_(None))
        .order_by(Hearing.planned_on, Hearing.ordinal)
        .limit(1)
    )


def _unplanned(session: Session, lawsuit_id: UUID, actor: Actor, now: datetime) -> Hearing:
    row = Hearing(
        id=uuid4(),
        lawsuit_id=lawsuit_id,
        ordinal=next_ordinal(session, Hearing, lawsuit_id),
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    session.add(row)
    return row
