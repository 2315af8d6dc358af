"""Hand a dispute over 移交 to another unit, and answer what was sent: accept, return, withdraw.

Until it is accepted everything stays with its sender. What nobody answers in time bounces. A
dispatch 分流 is answered by the steps of the dispute, which write the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.vocabulary import (
    Danger,
    DisputeStatus,
    HandoverConsent,
    HandoverKind,
    HandoverState,
    NoticeKind,
    PartyRole,
    Role,
    SharePurpose,
    Step,
)
from config.words import label
from models import Dispute, Handover, Organisation, Party, Share, db, transaction
from service.desk import Desk
from service.errors import Conflict, Forbidden, NotFound, Stale, StepNotAllowed
from service.operations import (
    audit,
    clock,
    court_clock,
    handover_row,
    joint_task,
    load,
    notice,
    recusal,
    step,
    supervision,
)
from service.operations import route as routes
from service.operations.event import record
from service.operations.handover_row import Back
from service.queries import member as members
from service.queries.access import in_force, standing
from service.rules import access
from service.rules import dispute as dispute_rules
from service.rules import handover as rules
from service.rules import ladder as quiet
from service.rules.access import Actor
from service.rules.handover import Agreed, Unit
from service.rules.member import EVERYTHING, Remit

S = HandoverState
NOT_FOUND: Final = "没有找到这次移交"
RESTRICTED: Final = "受限纠纷由中心主任改派，单位之间不移交"
NOT_NOW: Final = "受理以后、达成协议以前的纠纷才能移交"
SENDERS: Final = "移交由发出的单位撤回"
DIRECTED: Final = "中心主任决定的移交由中心主任撤回"
AT_ONCE: Final = 200
Told = Mapping[str, Any]  # actor, desk, now


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverDraft:
    """A handover to send; `papers` are those handed over, one by one."""

    organisation: UUID
    consent: Agreed
    reason: str
    papers: Sequence[str] = ()
    risk: str | None = None


def send(
    dispute_id: UUID,
    draft: HandoverDraft,
    *,
    version: int | None,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> UUID:
    """Send a dispute to another unit; the id of the handover. It stays where it is until accepted.

    Raises Conflict while another is open, for a restricted dispute, and when it came back so often
    that the director decides; StepNotAllowed where nobody has it in work; Invalid at its fields.
    """
    with transaction() as session, session.no_autoflush:
        dispute = load.dispute_for_change(
            session, dispute_id, "handover.send", version=None, actor=actor, desk=desk, now=now
        )
        kind = rules.kind_of(actor.roles)
        _check_dispute(session, dispute, kind)
        joint_task.check_lead_may_change(session, dispute, actor)
        # who comes second is told that one was sent, if it was, rather than that something changed
        if version is not None and dispute.version != version:
            raise Stale(load.changed_since(session, dispute_id, version))
        receiver = _check_draft(session, dispute, draft, desk=desk, now=now)
        row = handover_row.made(
            session,
            dispute,
            kind=kind,
            from_organisation=_lead(dispute),
            receiver=receiver,
            sent_by=actor.user_id,
            desk=desk,
            now=now,
        )
        _write(row, draft, load.field_key(dispute, desk))
        dispute.first_dispatched_at = dispute.first_dispatched_at or now
        _keep(session, dispute, row, "handover-send", actor=actor, now=now)
        notice.handed(session, dispute, row, actor=actor, desk=desk, now=now)
        return row.id


def accept(
    dispute_id: UUID,
    handover_id: UUID,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Take a dispute over: lead, channel, shares and terms move, all or nothing.

    A mediator who accepts becomes its mediator; else it has none until one is named.
    """
    told: Told = {"actor": actor, "desk": desk, "now": now}
    with transaction() as session, session.no_autoflush:
        dispute, row = _to_answer(session, dispute_id, handover_id, version, **told)
        if row.kind is HandoverKind.DISPATCH:
            step.take(dispute_id, Step.ACCEPT, {}, version=version, **told)
            return
        before = dispute.status
        handover_row.answer(row, S.ACCEPTED, actor.user_id, now)
        promise = _move(session, dispute, row, **told)
        supervision.end_all(session, dispute, **told)
        _keep(
            session,
            dispute,
            row,
            "handover-accept",
            actor=actor,
            now=now,
            before=before,
            detail=promise,
        )
        accepted = NoticeKind.HANDOVER_ACCEPTED
        notice.handover_answered(session, dispute, row, accepted, **told)


def give_back(
    dispute_id: UUID,
    handover_id: UUID,
    *,
    code: str,
    words: str | None,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Return it with a coded reason: everything stays with its sender, a dispatch goes back."""
    told: Told = {"actor": actor, "desk": desk, "now": now}
    with transaction() as session, session.no_autoflush:
        dispute, row = _to_answer(session, dispute_id, handover_id, version, **told)
        reason = rules.check_return(code, words, desk.policy.handovers, field="words")
        if row.kind is HandoverKind.DISPATCH:
            body = {"code": code, "reason": words or reason.name}
            step.take(dispute_id, Step.RETURN, body, version=version, **told)
            return
        back = Back(S.RETURNED, actor.user_id, code, words)
        handover_row.came_back(session, dispute, row, back, desk=desk, now=now)
        _keep(session, dispute, row, "handover-return", actor=actor, now=now)
        returned = NoticeKind.HANDOVER_RETURNED
        notice.handover_answered(session, dispute, row, returned, **told)


def withdraw(
    dispute_id: UUID,
    handover_id: UUID,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Take back what nobody has answered yet: the sender a handover, the director a dispatch."""
    told: Told = {"actor": actor, "desk": desk, "now": now}
    with transaction() as session, session.no_autoflush:
        dispute = load.dispute_for_change(
            session, dispute_id, "handover.send", version=None, **told
        )
        row = _open_row(session, dispute_id, handover_id)
        if dispute.version != version:
            raise Stale(load.changed_since(session, dispute_id, version))
        dispatched = row.kind is HandoverKind.DISPATCH
        dispatches = access.scope(actor, "dispute.dispatch", desk.policy.access)
        if dispatched and not access.covers(dispatches, standing(session, dispute, now), now):
            raise Forbidden("分派由中心主任撤回")
        if not dispatched and not rules.may_withdraw(
            row.kind,
            is_senders=row.from_organisation_id == actor.organisation_id,
            is_director=Role.DIRECTOR in actor.roles,
        ):
            raise Forbidden(DIRECTED if row.kind is HandoverKind.DIRECTED else SENDERS)
        before = dispute.status
        handover_row.answer(row, S.WITHDRAWN, actor.user_id, now)
        if dispatched:
            _back_to_centre(session, dispute, desk=desk, now=now)
            supervision.end_all(session, dispute, **told)
        _keep(session, dispute, row, "handover-withdraw", actor=actor, now=now, before=before)
        notice.moved(session, dispute, desk=desk, now=now)


def look_at_due(*, desk: Desk, now: datetime) -> int:
    """Remind of what has to be answered soon, and bounce what was not; how many were bounced.

    A transaction each: on however many workers, it bounces once. One that fails does not stop the
    others; its failure is raised after them.
    """
    db.session.rollback()  # what was read before is of another time
    due = db.session.execute(
        sa.select(Handover.id, Handover.dispute_id)
        .where(Handover.look_at <= now)
        .order_by(Handover.look_at)
        .limit(AT_ONCE)
    ).all()
    bounced, failures = 0, []
    for handover_id, dispute_id in due:
        try:
            bounced += look_at(handover_id, dispute_id, desk=desk, now=now)
        except Exception as failure:  # noqa: BLE001 -- told below, when the others were looked at
            failures.append(failure)
    if failures:
        raise failures[0]
    return bounced


def look_at(handover_id: UUID, dispute_id: UUID, *, desk: Desk, now: datetime) -> bool:
    """The same for one: whether it bounced. While somebody works on its dispute it waits."""
    with transaction() as session, session.no_autoflush:
        dispute = session.scalar(
            sa.select(Dispute)
            .where(Dispute.id == dispute_id)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        row = session.get(Handover, handover_id, populate_existing=True)
        if dispute is None or row is None or row.look_at is None or row.look_at > now:
            return False
        if quiet.is_quiet(now, desk.zone, desk.policy.ladder) and dispute.danger is Danger.NONE:
            row.look_at = quiet.after_quiet(now, desk.zone, desk.policy.ladder)
            return False
        if row.due_at is None:  # from before there were such terms: it begins now
            row.due_at, row.look_at = rules.due_at(
                now, desk.policy.handovers, desk.calendar, desk.zone
            )
            _told(session, row, "handover-term", now)
            return False
        if now < row.due_at:
            _remind(session, dispute, row, desk=desk, now=now)
            return False
        _bounce(session, dispute, row, desk=desk, now=now)
        return True


def _remind(
    session: Session, dispute: Dispute, row: Handover, *, desk: Desk, now: datetime
) -> None:
    row.look_at = row.due_at
    session.flush()
    people = notice.handover_due(session, dispute, row, desk=desk, now=now)
    _told(session, row, "handover-due", now, people=people)


def _told(session: Session, row: Handover, deed: str, now: datetime, **detail: Any) -> None:
    """What the time brought about, which is no version of the dispute: the trail has it."""
    session.flush()
    audit.note(
        session,
        f"dispute.{deed}",
        subject="dispute",
        subject_id=row.dispute_id,
        actor=None,
        now=now,
        detail={"ordinal": row.ordinal, **detail},
    )


def _bounce(
    session: Session, dispute: Dispute, row: Handover, *, desk: Desk, now: datetime
) -> None:
    before = dispute.status
    handover_row.came_back(session, dispute, row, Back(), desk=desk, now=now)
    if row.kind is HandoverKind.DISPATCH:
        _back_to_centre(session, dispute, desk=desk, now=now)
    _keep(session, dispute, row, "handover-bounce", actor=None, now=now, before=before)
    bounced = NoticeKind.HANDOVER_BOUNCED
    notice.handover_answered(session, dispute, row, bounced, actor=None, desk=desk, now=now)


# -- what is checked -----------------------------------------------------------------------------


def _check_dispute(session: Session, dispute: Dispute, kind: HandoverKind) -> None:
    if dispute.restricted:
        raise Conflict(RESTRICTED)
    rows = handover_row.of(session, dispute)
    named = sa.select(Organisation.id, Organisation.name).where(
        Organisation.id.in_([each.to_organisation_id for each in rows])
    )
    names = {each.id: each.name for each in session.execute(named)}
    units = [names[each.to_organisation_id] for each in rows]
    rules.check_may_send(handover_row.moves(rows), kind, units=units)
    if dispute.status not in rules.SENDABLE or dispute.organisation_id is None:
        steps = dispute_rules.steps_from(dispute.status)
        raise StepNotAllowed(NOT_NOW, [each.value for each in steps])


def _check_draft(
    session: Session, dispute: Dispute, draft: HandoverDraft, *, desk: Desk, now: datetime
) -> Unit:
    """The receiving unit, held so that it is not given up meanwhile."""
    wanted = [_lead(dispute), draft.organisation]
    found = {
        each.id: each
        for each in session.scalars(
            sa.select(Organisation)
            .where(Organisation.id.in_(wanted))
            .order_by(Organisation.id)
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        )
    }
    sender = unit_of(found[_lead(dispute)], channel=dispute.channel)
    chosen = found.get(draft.organisation)
    remits = members.remits([chosen.id], day=desk.today(now)) if chosen else {}
    receiver = unit_of(chosen, remit=remits.get(chosen.id, EVERYTHING)) if chosen else None
    rules.check_units(sender, receiver, category=dispute.category, facts=dispute.facts)
    assert receiver is not None  # a unit that is not there was refused
    basis = rules.consent_basis(sender, receiver, desk.policy.handovers)
    people = _roles(session, dispute)
    rules.check_consent(draft.consent, basis, people, today=desk.today(now))
    return receiver


def unit_of(unit: Organisation, *, channel: Any = None, remit: Remit = EVERYTHING) -> Unit:
    """An organisation as the rules of handovers see it; its own mediation unless another runs."""
    runs = channel or routes.channel_run_by(unit.kind)
    return Unit(id=unit.id, kind=unit.kind, channel=runs, active=unit.active, remit=remit)


def _roles(session: Session, dispute: Dispute) -> dict[UUID, PartyRole]:
    found = session.execute(sa.select(Party.id, Party.role).where(Party.dispute_id == dispute.id))
    return {each.id: each.role for each in found}


def _lead(dispute: Dispute) -> UUID:
    if dispute.organisation_id is None:
        raise StepNotAllowed(NOT_NOW, [])
    return dispute.organisation_id


def _to_answer(
    session: Session,
    dispute_id: UUID,
    handover_id: UUID,
    version: int,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> tuple[Dispute, Handover]:
    """The dispute, locked, and its open handover, when the caller answers for the unit."""
    dispute = load.dispute_for_change(
        session, dispute_id, "handover.answer", version=None, actor=actor, desk=desk, now=now
    )
    row = _open_row(session, dispute_id, handover_id)
    if dispute.version != version:
        raise Stale(load.changed_since(session, dispute_id, version))
    dispatched = row.kind is HandoverKind.DISPATCH
    if not dispatched and row.to_organisation_id != actor.organisation_id:
        raise Forbidden("移交由接收单位签收或者退回")
    return dispute, row


def _open(session: Session, dispute_id: UUID, handover_id: UUID) -> Handover | None:
    found = session.get(Handover, handover_id, populate_existing=True)
    return found if found is not None and found.dispute_id == dispute_id else None


def _open_row(session: Session, dispute_id: UUID, handover_id: UUID) -> Handover:
    row = _open(session, dispute_id, handover_id)
    if row is None:
        raise NotFound(NOT_FOUND)
    if row.state is not S.OPEN:
        raise Conflict(rules.SETTLED.format(state=label(row.state).removeprefix("已")))
    return row


# -- what follows --------------------------------------------------------------------------------


def _move(
    session: Session,
    dispute: Dispute,
    row: Handover,
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> dict[str, str]:
    """Everything that goes to the receiving unit with the dispute; what its event says of terms.

    What belongs to the unit in charge, and not to the dispute alone, is moved here and nowhere
    else: a new table of that kind adds its line.
    """
    if Role.MEDIATOR in actor.roles:
        recusal.refuse_oneself(dispute, actor=actor, desk=desk, now=now)
    dispute.organisation_id, dispute.channel = row.to_organisation_id, row.to_channel
    dispute.office_text, dispute.mediator_text = None, None
    dispute.mediator_id = actor.user_id if Role.MEDIATOR in actor.roles else None
    dispute.status, dispute.accepted_on = DisputeStatus.ACCEPTED, desk.today(now)
    _end_assisting(session, dispute, now, unit=row.to_organisation_id)
    joint_task.taken_over(session, dispute, row.to_organisation_id, actor=actor, desk=desk, now=now)
    answer = partial(routes.answer_for, dispute, desk)
    kept = court_clock.promised(session, dispute)
    promise = clock.handed(session, dispute, answer, kept=kept, desk=desk, now=now)
    if kept:
        court_clock.keep(session, dispute, desk=desk, now=now)
    return promise


def _back_to_centre(session: Session, dispute: Dispute, *, desk: Desk, now: datetime) -> None:
    """A dispatch that nobody accepted: as the step `return` leaves it."""
    dispute.status = dispute_rules.after(dispute.status, Step.RETURN)
    dispute.organisation_id, dispute.mediator_id, dispute.accepted_on = None, None, None
    _end_assisting(session, dispute, now)
    answer = partial(routes.answer_for, dispute, desk)
    kept = court_clock.promised(session, dispute)
    clock.follow(session, dispute, Step.RETURN, answer, kept=kept, desk=desk, now=now)


def _end_assisting(
    session: Session, dispute: Dispute, now: datetime, *, unit: UUID | None = None
) -> None:
    """End the shares with units that assist; with `unit`, those of the one that leads now."""
    running = sa.select(Share).where(
        Share.dispute_id == dispute.id,
        in_force(Share, now),
        Share.purpose == SharePurpose.ASSIST if unit is None else Share.organisation_id == unit,
    )
    for share in session.scalars(running):
        share.ended_at = now


def _write(row: Handover, draft: HandoverDraft, key: Any) -> None:
    consent = draft.consent
    asked = consent.how is not HandoverConsent.NOT_NEEDED
    row.consent, row.consent_on = consent.how, consent.on if asked else None
    row.consent_parties = [str(each) for each in consent.parties] if asked else None
    papers = "\n".join(draft.papers) or None
    for name, words in (
        ("ground", None if asked else consent.ground),
        ("papers", papers),
        ("risk", draft.risk),
        ("reason", draft.reason),
    ):
        setattr(row, f"{name}_sealed", key.seal_optional(words, f"handover.{name}:{row.id}"))


def _keep(
    session: Session,
    dispute: Dispute,
    row: Handover,
    deed: str,
    *,
    actor: Actor | None,
    now: datetime,
    before: DisputeStatus | None = None,
    detail: Mapping[str, str] | None = None,
) -> None:
    """Store it as a new version of the dispute, and write it down: codes and units, no words."""
    flag_modified(dispute, "status")
    session.flush()
    told: dict[str, Any] = {
        "ordinal": row.ordinal,
        "kind": row.kind.value,
        "from": str(row.from_organisation_id),
        "organisation": str(row.to_organisation_id),
        **({"code": row.return_code} if row.return_code else {}),
        **(detail or {}),
    }
    record(
        session,
        dispute.id,
        subject="dispute",
        action=deed,
        actor=actor,
        now=now,
        change=(before, dispute.status) if before else (None, None),
        detail=told,
        version=dispute.version,
    )
