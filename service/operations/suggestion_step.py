"""Take the steps of a letter 建议书, from the first answer to the look back.

The row keeps for ever when the first reply was due and when it went out.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.clock_subject import ClockSubject
from config.suggestion import SuggestionEnd, SuggestionStep
from config.vocabulary import ClockEnd
from models import (
    Lawsuit,
    SuggestionDemand,
    SuggestionLook,
    SuggestionObjection,
    SuggestionRound,
    transaction,
)
from service.desk import Desk
from service.errors import Invalid, Stale
from service.operations import clock_subject
from service.operations.clock_subject import Owed
from service.operations.load import changed_since, unit_of_town
from service.operations.suggestion_work import Work, begin_term, due, end_term, note, opened
from service.queries.access import of_town
from service.queries.suggestion_part import drafted_reply, is_unfinished
from service.rules import access, suggestion_reply
from service.rules import suggestion as rules
from service.rules.access import Actor

PROMISED: Final = "SUG.DEMAND"


def take(
    suggestion_id: UUID,
    step: SuggestionStep,
    body: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Take one step: rights, version, legality, effect, event; all or nothing.

    Raises NotFound, Forbidden, Stale, StepNotAllowed with the legal steps, Invalid at the fields.
    """
    access.require(actor, f"suggestion.{step.value}", desk.policy.access)
    with transaction() as session:
        right = f"suggestion.{step.value}"
        work = opened(session, suggestion_id, right, actor=actor, desk=desk, now=now)
        row = work.row
        if row.version != version:
            raise Stale(changed_since(session, suggestion_id, version))
        before = row.status
        with session.no_autoflush:  # one step is one new version, stored whole
            row.status = rules.after(work.stand, step)
            detail = EFFECTS[step](work, body)
        flag_modified(row, "status")
        session.flush()  # gives the new version to the event
        change = (before, row.status) if before is not row.status else None
        note(session, row, step.value, detail, actor=actor, now=now, change=change)


def _assign(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    unit_of_town(work.session, body["organisation"], work.actor)
    work.row.organisation_id, work.row.assigned_at = body["organisation"], work.now
    for each in (work.owed, *(_owed_for(work, demand) for demand in work.demands)):
        clock_subject.assign(work.session, each)
    return {"organisation": str(work.row.organisation_id)}


def _confirm_due(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    due_on = body.get("due_on") or work.row.due_on
    if due_on is None:
        raise Invalid({"due_on": ["请填写问明的日期"]})
    rules.check_due(due_on, work.round.received_on)
    work.round.stated_due_on, work.round.confirmed_on = due_on, work.today
    begin_term(work.session, work.row, work.round, desk=work.desk, now=work.now)
    return due(work.row)


def _answer_demand(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    """Answer one demand; whatever was approved before is not approved any more."""
    found = _numbered(work, body["number"])
    rules.check_answer(
        adopted=body["adopted"],
        reason=body.get("reason"),
        due_on=body.get("due_on"),
        done_on=body.get("done_on"),
        received_on=work.row.received_on,
        today=work.today,
    )
    for name in ("measure", "owner", "reason"):
        place = f"suggestion_demand.{name}:{found.id}"
        setattr(found, f"{name}_sealed", work.key.seal_optional(body.get(name), place))
    found.adopted = body["adopted"]
    found.due_on, found.done_on = body.get("due_on"), body.get("done_on")
    found.answered_round = work.row.round
    found.answered_by, found.answered_at = work.actor.user_id, work.now
    work.round.approved_by = work.round.approved_at = work.round.reply_sealed = None
    return {"demand": found.number, "adopted": found.adopted.value}


def _approve(work: Work, _: Mapping[str, Any]) -> dict[str, Any]:
    """Approve the reply as it reads now, its proofs with it; it is kept as such."""
    rules.check_approver(work.actor.user_id, {each.answered_by for each in work.demands})
    work.round.approved_by, work.round.approved_at = work.actor.user_id, work.now
    reply = drafted_reply(work.row, work.round, work.demands, work.key)
    place = f"suggestion_round.reply:{work.round.id}"
    work.round.reply_sealed = work.key.seal(suggestion_reply.kept(reply), place)
    return {"round": work.row.round}


def _dispatch(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    """The reply went out: now it counts. What it is measured by stays as it is today."""
    row, turn, sent_on = work.row, work.round, body["dispatched_on"]
    rules.check_day(
        "dispatched_on",
        sent_on,
        name="寄出日期",
        since=turn.received_on,
        since_name="收到日期",
        today=work.today,
    )
    turn.dispatched_on, turn.dispatched_by, turn.dispatched_at = (
        sent_on,
        work.actor.user_id,
        work.now,
    )
    turn.method, turn.document_number = body["method"], body["document_number"]
    turn.due_on = row.due_on
    if row.first_replied_on is None:
        row.first_replied_on, row.owed_on = sent_on, row.due_on
    row.replied_on, row.late = sent_on, row.late or rules.is_late(row.due_on, sent_on)
    clock_subject.stop(work.session, work.owed, ClockEnd.MET, sent_on, desk=work.desk, now=work.now)
    _bind(work, sent_on)
    return {"dispatched_on": sent_on.isoformat(), "round": row.round}


def _send_back(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    """A new round with a term of its own; the first reply stays where it is."""
    row, came_on, stated = work.row, body["received_on"], body.get("stated_due_on")
    rules.check_day(
        "received_on",
        came_on,
        name="收到退回的日期",
        since=row.replied_on,
        since_name="寄出日期",
        today=work.today,
    )
    if stated is not None and stated < came_on:
        raise Invalid({"stated_due_on": ["写明的期限不能早于收到退回的日期"]})
    row.round += 1
    row.replied_on = row.accepted_on = None
    made = uuid4()
    turn = SuggestionRound(
        id=made,
        suggestion_id=row.id,
        round=row.round,
        received_on=came_on,
        stated_due_on=stated,
        reason_sealed=work.key.seal(body["reason"], f"suggestion_round.reason:{made}"),
    )
    work.session.add(turn)
    begin_term(work.session, row, turn, desk=work.desk, now=work.now)
    return {"round": row.round} | due(row)


def _object(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    """While the issuer looks into it nobody is late: its term does not run."""
    made = uuid4()
    work.session.add(
        SuggestionObjection(
            id=made,
            suggestion_id=work.row.id,
            round=work.row.round,
            reason_sealed=work.key.seal(body["reason"], f"suggestion_objection.reason:{made}"),
            raised_on=work.today,
            raised_by=work.actor.user_id,
            raised_at=work.now,
        )
    )
    work.row.objected_on = work.today
    end_term(work, ClockEnd.REPLACED)
    return {"round": work.row.round}


def _decide_objection(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    """Upheld, the letter is over; else its term runs on as if nobody had objected."""
    found = work.session.scalars(
        sa.select(SuggestionObjection).where(
            SuggestionObjection.suggestion_id == work.row.id,
            SuggestionObjection.decided_on.is_(None),
        )
    ).one()
    found.decided_on, found.decided_by, found.upheld = (
        work.today,
        work.actor.user_id,
        body["upheld"],
    )
    place = f"suggestion_objection.words:{found.id}"
    found.words_sealed = work.key.seal_optional(body.get("words"), place)
    row = work.row
    row.status = rules.after_objection(work.stand, upheld=body["upheld"])
    if body["upheld"]:
        row.closed_on, row.ended_as = work.today, SuggestionEnd.WITHDRAWN
        row.replied_on = row.first_replied_on  # no later round was owed: what went out stands
        _release_all(work)
    else:
        row.objected_on = None
        begin_term(work.session, row, work.round, desk=work.desk, now=work.now)
    return {"upheld": body["upheld"]}


def _accept(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    rules.check_day(
        "accepted_on",
        body["accepted_on"],
        name="认可日期",
        since=work.row.replied_on,
        since_name="寄出日期",
        today=work.today,
    )
    work.row.accepted_on = body["accepted_on"]
    return {"accepted_on": body["accepted_on"].isoformat()}


def _finish_demand(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    """What was promised is done; the reply that promised it stays as it went out."""
    found = _numbered(work, body["number"])
    if not is_unfinished(found):
        raise Invalid({"number": ["这一条没有等着完成的整改"]})
    rules.check_day(
        "done_on",
        body["done_on"],
        name="完成日期",
        since=work.row.received_on,
        since_name="收到日期",
        today=work.today,
    )
    found.done_on = body["done_on"]
    _release(work, found, ClockEnd.MET, found.done_on)
    return {"demand": found.number, "done_on": found.done_on.isoformat()}


def _look_back(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    rules.check_day(
        "looked_on",
        body["looked_on"],
        name="回头看的日期",
        since=work.row.first_replied_on,
        since_name="寄出日期",
        today=work.today,
    )
    made = uuid4()
    work.session.add(
        SuggestionLook(
            id=made,
            suggestion_id=work.row.id,
            looked_on=body["looked_on"],
            holds=body["holds"],
            words_sealed=work.key.seal(body["words"], f"suggestion_look.words:{made}"),
            looked_by=work.actor.user_id,
            recorded_at=work.now,
        )
    )
    return {"holds": body["holds"], "looked_on": body["looked_on"].isoformat()}


def _sue(work: Work, body: Mapping[str, Any]) -> dict[str, Any]:
    rules.check_day(
        "filed_on",
        body["filed_on"],
        name="起诉日期",
        since=work.row.received_on,
        since_name="收到日期",
        today=work.today,
    )
    work.row.sued_on = body["filed_on"]
    work.row.lawsuit_id = _lawsuit(work.session, body.get("lawsuit"), work.actor)
    return {"filed_on": body["filed_on"].isoformat()}


def _close(work: Work, _: Mapping[str, Any]) -> dict[str, Any]:
    row = work.row
    open_round = row.replied_on is None
    row.ended_as = SuggestionEnd.SUED if open_round else SuggestionEnd.DONE
    row.closed_on = work.today
    if open_round:
        end_term(work, ClockEnd.CLOSED)
        _release_all(work)
    return {"ended_as": row.ended_as.value}


EFFECTS: Final[Mapping[SuggestionStep, Callable[[Work, Mapping[str, Any]], dict[str, Any]]]] = (
    MappingProxyType(
        {
            SuggestionStep.ASSIGN: _assign,
            SuggestionStep.CONFIRM_DUE: _confirm_due,
            SuggestionStep.ANSWER_DEMAND: _answer_demand,
            SuggestionStep.APPROVE: _approve,
            SuggestionStep.DISPATCH: _dispatch,
            SuggestionStep.SEND_BACK: _send_back,
            SuggestionStep.OBJECT: _object,
            SuggestionStep.DECIDE_OBJECTION: _decide_objection,
            SuggestionStep.ACCEPT: _accept,
            SuggestionStep.FINISH_DEMAND: _finish_demand,
            SuggestionStep.LOOK_BACK: _look_back,
            SuggestionStep.SUE: _sue,
            SuggestionStep.CLOSE: _close,
        }
    )
)


def _numbered(work: Work, number: int) -> SuggestionDemand:
    found = next((each for each in work.demands if each.number == number), None)
    if found is None:
        raise Invalid({"number": ["建议书里没有这一条"]})
    return found


def _owed_for(work: Work, demand: SuggestionDemand) -> Owed:
    """Whose term a demand's is."""
    unit = work.row.organisation_id
    return Owed(subject=ClockSubject.DEMAND, id=demand.id, organisation_id=unit)


def _bind(work: Work, sent_on: date) -> None:
    """What the reply promises by a day is owed by that day from now on, and nothing else is."""
    for each in work.demands:
        if each.due_on is not None and is_unfinished(each):
            told: dict[str, Any] = {"desk": work.desk, "now": work.now}
            since = min(sent_on, each.due_on)
            clock_subject.state(
                work.session, _owed_for(work, each), PROMISED, each.due_on, since, **told
            )
        elif each.done_on is not None:  # promised by an earlier reply, told as done by this one
            _release(work, each, ClockEnd.MET, each.done_on)
        else:
            _release(work, each, ClockEnd.REPLACED, work.today)


def _release_all(work: Work) -> None:
    """Nothing is owed any more: the letter is over."""
    for each in work.demands:
        _release(work, each, ClockEnd.CLOSED, work.today)


def _release(work: Work, demand: SuggestionDemand, ended: ClockEnd, on: date) -> None:
    mine = _owed_for(work, demand)
    clock_subject.stop(work.session, mine, ended, on, desk=work.desk, now=work.now)


def _lawsuit(session: Session, said: str | None, actor: Actor) -> UUID | None:
    """The suit by its id or its case number, of the actor's town."""
    if said is None:
        return None
    try:
        which = Lawsuit.id == UUID(said)
    except ValueError:
        which = Lawsuit.case_number == said
    found = session.scalar(
        sa.select(Lawsuit.id)
        .where(which, of_town(actor, Lawsuit.organisation_id))
        .order_by(Lawsuit.recorded_at.desc())
        .limit(1)
    )
    if found is None:
        raise Invalid({"lawsuit": ["没有登记过这个案件"]})
    return found
