"""Take one legal step 程序步骤 in the life of a dispute."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.vocabulary import (
    AgreementForm,
    DisputeStatus,
    HandoverKind,
    HandoverState,
    Outcome,
    Role,
    SharePurpose,
    Step,
)
from models import (
    Agreement,
    Dispute,
    Episode,
    Organisation,
    Share,
    User,
    UserRole,
    transaction,
)
from service.desk import Desk
from service.errors import Forbidden, Invalid, StepNotAllowed
from service.operations import (
    charge,
    clock,
    court_clock,
    handover_row,
    joint_task,
    load,
    notice,
    recusal,
    supervision,
)
from service.operations import route as routes
from service.operations.event import record
from service.operations.handover_row import Back
from service.rules import access
from service.rules import dispute as rules
from service.rules import handover as handover_rules
from service.rules.access import Actor
from service.rules.handover import Unit

Body = Mapping[str, Any]
OTHER: Final = "other:"
SEALED: Final = "受限，理由见办理过程"


@dataclass(slots=True)
class Taking:
    """One step being taken: everything its effect may look at or change."""

    session: Session
    dispute: Dispute
    body: Body
    actor: Actor
    desk: Desk
    now: datetime

    @property
    def today(self) -> date:
        """The office's date of the step."""
        return self.desk.today(self.now)


def take(
    dispute_id: UUID,
    step: Step,
    body: Body,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> DisputeStatus:
    """Take `step`: fetch and check rights, check legality, apply the effect, write the event.

    The status that it leads to is returned: who took the step may not see the dispute any more.
    """
    with transaction() as session, session.no_autoflush:  # one update, so one version
        dispute = load.dispute_for_change(
            session, dispute_id, step.value, version=version, actor=actor, desk=desk, now=now
        )
        before = dispute.status
        status = rules.after(before, step)
        _director_closes_restricted(dispute, step, actor)
        joint_task.check_closing(session, dispute, step)
        taking = Taking(session, dispute, body, actor, desk, now)
        detail = EFFECTS[step](taking)
        dispute.status = status
        flag_modified(dispute, "status")  # every step is a new version, whatever it touched
        if rules.ends(step):
            _end(taking, step)
        handover_row.stepped(
            session,
            dispute,
            step,
            back=Back(HandoverState.RETURNED, actor.user_id, body.get("code"), body.get("reason")),
            desk=desk,
            now=now,
        )
        kept = court_clock.promised(session, dispute)
        answer = partial(routes.answer_for, dispute, desk)
        detail |= clock.follow(session, dispute, step, answer, kept=kept, desk=desk, now=now)
        if kept or step is Step.REOPEN:
            court_clock.keep(session, dispute, desk=desk, now=now)
        session.flush()  # gives the new version to the event
        if rules.ends(step) or step is Step.RETURN:  # nobody is pressed about what is not theirs
            supervision.end_all(session, dispute, actor=actor, desk=desk, now=now)
        joint_task.stepped(session, dispute, step, actor=actor, desk=desk, now=now)
        charge.stepped(session, dispute, step, actor=actor, now=now)
        record(
            session,
            dispute.id,
            subject="dispute",
            action=step.value,
            actor=actor,
            now=now,
            change=(before, status),
            reason=_reason(body),
            detail=detail,
            version=dispute.version,
            key=load.field_key(dispute, desk) if dispute.restricted else None,
        )
        notice.stepped(session, dispute, step, actor=actor, desk=desk, now=now)
    return status


def _reason(body: Body) -> str | None:
    """Everything said in free words: the reason, and the words beside a coded one."""
    coded = [body.get("ground"), *body.get("reasons", ())]
    words = [code.removeprefix(OTHER) for code in coded if code and code.startswith(OTHER)]
    return "；".join(filter(None, (body.get("reason") or body.get("note"), *words))) or None


def _code(coded: str) -> str:
    """The code without its words, which stand in the reason."""
    return OTHER.rstrip(":") if coded.startswith(OTHER) else coded


def _director_closes_restricted(dispute: Dispute, step: Step, actor: Actor) -> None:
    if rules.ends(step) and not access.may_end(actor, restricted=dispute.restricted):
        raise Forbidden("受限纠纷由中心主任办结")


def _dispatch(taking: Taking) -> dict[str, Any]:
    dispute, body, session = taking.dispute, taking.body, taking.session
    _hold(session, [body["organisation"], *body["assist"]])
    unit = _organisation(session, body["organisation"], "organisation")
    route = routes.latest(session, dispute)
    if unit.kind != route.lead and not body.get("reason"):
        raise Invalid({"reason": ["与建议单位不同，请写明理由"]})
    said = body.get("reason")
    route.override_reason = SEALED if said and dispute.restricted else said
    route.chosen_kind, route.chosen_by = unit.kind, taking.actor.user_id
    dispute.organisation_id = unit.id
    dispute.first_dispatched_at = dispute.first_dispatched_at or taking.now
    dispute.channel = route.channel if unit.kind == route.lead else routes.channel_run_by(unit.kind)
    dispute.mediator_id = None
    handover_row.made(
        session,
        dispute,
        kind=HandoverKind.DISPATCH,
        from_organisation=taking.actor.organisation_id,
        receiver=Unit(id=unit.id, kind=unit.kind, channel=dispute.channel),
        sent_by=taking.actor.user_id,
        desk=taking.desk,
        now=taking.now,
    )
    if body.get("mediator"):
        _refuse_oneself(taking, body["mediator"])
        mediator = _mediator(session, body["mediator"], unit.id)
        _unavoided(taking, mediator.id)
        dispute.mediator_id = mediator.id
    _assist(taking, [each for each in body["assist"] if each != unit.id])
    return {"organisation": str(unit.id), "rule": route.rule_id}


def _accept(taking: Taking) -> dict[str, Any]:
    dispute = taking.dispute
    dispute.accepted_on = taking.today
    mine = dispute.mediator_id in (None, taking.actor.user_id)
    if mine and Role.MEDIATOR in taking.actor.roles:
        recusal.refuse_oneself(dispute, actor=taking.actor, desk=taking.desk, now=taking.now)
        dispute.mediator_id = taking.actor.user_id
    return {}


def _return(taking: Taking) -> dict[str, Any]:
    unit, body = taking.dispute.organisation_id, taking.body
    data = taking.desk.policy.handovers
    handover_rules.check_return(body["code"], body.get("reason"), data, field="reason")
    _forget_handling(taking.dispute)
    taking.dispute.organisation_id = None
    _assist(taking, [])
    return {"organisation": str(unit), "code": body["code"]}


def _assign(taking: Taking) -> dict[str, Any]:
    dispute = taking.dispute
    _refuse_oneself(taking, taking.body["mediator"])
    mediator = _mediator(taking.session, taking.body["mediator"], dispute.organisation_id)
    if dispute.organisation_id is None:  # an imported row named no unit we know
        _hold(taking.session, [mediator.organisation_id])
        unit = _organisation(taking.session, mediator.organisation_id, "mediator")
        dispute.organisation_id, dispute.office_text = unit.id, None
    overruled = _unavoided(taking, mediator.id)
    dispute.mediator_id, dispute.mediator_text = mediator.id, None
    return {"mediator": str(mediator.id)} | ({"grounds": overruled} if overruled else {})


def _start(taking: Taking) -> dict[str, Any]:
    if taking.dispute.mediator_id is None:
        raise Invalid({"mediator": ["请先指定调解员"]})
    return {}


def _agree(taking: Taking) -> dict[str, Any]:
    dispute, body = taking.dispute, taking.body
    if body["form"] is AgreementForm.WRITTEN and not body.get("terms"):
        raise Invalid({"terms": ["书面协议请填写协议内容"]})
    if body.get("performed_by") and body["performed_by"] < taking.today:
        raise Invalid({"performed_by": ["履行期限不能早于今天"]})
    episode = _episode(taking)
    key = load.field_key(dispute, taking.desk)
    taking.session.add(
        Agreement(
            dispute_id=dispute.id,
            ordinal=episode.ordinal,
            form=body["form"],
            terms_sealed=key.seal_optional(
                body.get("terms"), f"agreement.terms:{dispute.id}:{episode.ordinal}"
            ),
            amount_fen=body.get("amount"),
            agreed_on=taking.today,
            performed_by=body.get("performed_by"),
        )
    )
    return {"form": body["form"].value}


def _fail(taking: Taking) -> dict[str, Any]:
    reasons = sorted({_code(each) for each in taking.body["reasons"]})
    _episode(taking).reasons = reasons
    return {"reasons": reasons}


def _decline(taking: Taking) -> dict[str, Any]:
    ground, go_to = _code(taking.body["ground"]), [kind.value for kind in taking.body["go_to"]]
    _episode(taking).reasons = [ground]
    taking.dispute.guided_to = go_to
    return {"ground": ground, "go_to": go_to}


def _perform(taking: Taking) -> dict[str, Any]:
    agreement = taking.session.scalar(
        sa.select(Agreement).where(
            Agreement.dispute_id == taking.dispute.id,
            Agreement.ordinal == _episode(taking).ordinal,
        )
    )
    if agreement is None:
        raise Invalid({"agreement": ["没有调解协议，不能登记履行"]})
    if agreement.performed_on is not None:
        raise StepNotAllowed("已经登记过履行，可以办结", [Step.CLOSE.value])
    agreement.performed_on = taking.today
    return {"performed_on": str(agreement.performed_on)}


def _close(taking: Taking) -> dict[str, Any]:
    outcome = rules.closing_outcome(taking.dispute.status, taking.body["outcome"])
    if outcome is Outcome.GUIDED:
        route = routes.latest(taking.session, taking.dispute)
        taking.dispute.guided_to = list(route.answer.get("go_to") or []) or None
    return {"outcome": outcome.value}


def _reopen(taking: Taking) -> dict[str, Any]:
    dispute, last = taking.dispute, _episode(taking)
    ordinal = last.ordinal + 1
    taking.session.add(Episode(dispute_id=dispute.id, ordinal=ordinal, opened_on=taking.today))
    dispute.outcome, dispute.closed_on, dispute.guided_to = None, None, None
    _forget_handling(dispute)
    return {"episode": ordinal}


def _nothing(_: Taking) -> dict[str, Any]:
    return {}


EFFECTS: Final[Mapping[Step, Callable[[Taking], dict[str, Any]]]] = MappingProxyType(
    {
        Step.DISPATCH: _dispatch,
        Step.ACCEPT: _accept,
        Step.RETURN: _return,
        Step.ASSIGN: _assign,
        Step.START: _start,
        Step.AGREE: _agree,
        Step.FAIL: _fail,
        Step.WITHDRAW: _nothing,
        Step.TERMINATE: _nothing,
        Step.DECLINE: _decline,
        Step.PERFORM: _perform,
        Step.CLOSE: _close,
        Step.REOPEN: _reopen,
        Step.ARCHIVE: _nothing,
        Step.VOID: _nothing,
    }
)


def _end(taking: Taking, step: Step) -> None:
    dispute = taking.dispute
    outcome = rules.OUTCOME_OF.get(step) or taking.body["outcome"]
    dispute.outcome, dispute.closed_on = outcome, taking.today
    if outcome is Outcome.MISTAKEN:
        # the right entry may come in again, from a platform under the number it had
        dispute.fingerprint, dispute.platform_index, dispute.indexed_sealed = None, None, None
    episode = _episode(taking)
    episode.outcome, episode.closed_on = outcome, taking.today


def _forget_handling(dispute: Dispute) -> None:
    dispute.accepted_on, dispute.mediator_id = None, None


def _episode(taking: Taking) -> Episode:
    return taking.session.scalars(
        sa.select(Episode)
        .where(Episode.dispute_id == taking.dispute.id)
        .order_by(Episode.ordinal.desc())
        .limit(1)
    ).one()


def _hold(session: Session, organisation_ids: list[UUID]) -> None:
    """Keep units from being given up meanwhile; always in one order, as the register locks them."""
    session.execute(
        sa.select(Organisation)
        .where(Organisation.id.in_(organisation_ids))
        .order_by(Organisation.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).all()


def _organisation(session: Session, organisation_id: UUID, field: str) -> Organisation:
    unit = session.get(Organisation, organisation_id)
    if unit is None or not unit.active:
        raise Invalid({field: ["没有这个单位"]})
    return unit


def _mediator(session: Session, user_id: UUID, organisation_id: UUID | None) -> User:
    user = session.scalar(
        sa.select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.id == user_id, UserRole.role == Role.MEDIATOR, User.active)
        .with_for_update(read=True, of=User)  # nobody closes the account meanwhile
    )
    if user is None or organisation_id not in (None, user.organisation_id):
        raise Invalid({"mediator": ["请选择承办单位的调解员"]})
    return user


def _unavoided(taking: Taking, user_id: UUID) -> list[str]:
    """Name nobody who must step aside 回避; who should, with a reason. The grounds overruled."""
    return recusal.check(
        taking.session,
        taking.dispute,
        user_id,
        reason=taking.body.get("reason"),
        actor=taking.actor,
        desk=taking.desk,
        now=taking.now,
    )


def _refuse_oneself(taking: Taking, user_id: UUID) -> None:
    """Who may not read a restricted dispute does not become its mediator by their own hand."""
    told: dict[str, Any] = {"actor": taking.actor, "desk": taking.desk, "now": taking.now}
    if taking.dispute.restricted and load.lets_oneself_in(
        taking.session, taking.dispute, user_id, **told
    ):
        raise Invalid({"mediator": [load.NOT_ONESELF]})


def _assist(taking: Taking, organisation_ids: list[UUID]) -> None:
    """Have these units assist; to the others the dispute is shared no longer for that."""
    session, dispute, wanted = taking.session, taking.dispute, dict.fromkeys(organisation_ids)
    running = session.scalars(
        sa.select(Share).where(
            Share.dispute_id == dispute.id,
            Share.purpose == SharePurpose.ASSIST,
            Share.ended_at.is_(None),
        )
    )
    for share in running:
        if share.organisation_id in wanted:
            del wanted[share.organisation_id]
        else:
            share.ended_at = taking.now
    for each in wanted:
        _organisation(session, each, "assist")
        session.add(
            Share(
                dispute_id=dispute.id,
                organisation_id=each,
                purpose=SharePurpose.ASSIST,
                shared_by=taking.actor.user_id,
                shared_at=taking.now,
            )
        )
