"""Correct 更正 what was registered, with all that follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.vocabulary import DisputeStatus
from models import Dispute, Route, transaction
from service.desk import Desk
from service.errors import Conflict, Invalid
from service.gateways.keyring import FieldKey
from service.operations import consultation, dispute_field, dispute_text, load, notice, party
from service.operations import route as routes
from service.operations.event import corrected
from service.rules import correction as corrections
from service.rules import dispute as rules
from service.rules import party as party_rules
from service.rules.access import Actor
from service.rules.correction import People
from service.rules.fact import checked as checked_facts
from service.rules.fact import restricts, written
from service.rules.party import PartyDraft

ENDED: Final = "已办结的纠纷不能更正，请先由中心主任重新办理"
# what of a correction its event may say in full, old and new
PLAIN: Final = ("category", "source", "occurred_on", "amount", "people_count")
# what of an answer of the rules says where a dispute goes
WHERE: Final = ("accept", "channel", "lead", "go_to")


def correct(
    dispute_id: UUID,
    changes: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> DisputeStatus:
    """Correct what was registered; a change of category, facts or head count is routed anew.

    `changes` are fields of CorrectIn; what says the same as before is no change. A fact that
    restricts, and a minor among the parties, put every dispute of the visit into the restricted
    class; nothing takes one out again. The status is returned: who corrected it may not see the
    dispute any more. Raises Invalid naming every wrong field, Conflict when it has ended.
    """
    told = _checked_changes(changes, desk, desk.today(now))
    with transaction() as session, session.no_autoflush:
        _hold_visit(session, dispute_id)
        dispute = load.dispute_for_change(
            session, dispute_id, "correct", version=version, actor=actor, desk=desk, now=now
        )
        if dispute.status in rules.ENDED:
            raise Conflict(ENDED)
        correction = _Correction(session, dispute, load.field_key(dispute, desk), actor, desk, now)
        _write_correction(correction, told)
    return dispute.status


@dataclass(frozen=True, slots=True)
class _Correction:
    """A dispute being corrected, by whom, when."""

    session: Session
    dispute: Dispute
    key: FieldKey
    actor: Actor
    desk: Desk
    now: datetime


def _checked_changes(changes: Mapping[str, Any], desk: Desk, today: date) -> dict[str, Any]:
    told, problems = dict(changes), {}
    if "category" in told and told["category"] not in desk.policy.categories.by_code:
        problems["category"] = ["没有这个纠纷类型"]
    if (told.get("occurred_on") or today) > today:
        problems["occurred_on"] = ["发生日期不能晚于今天"]
    try:
        told |= {"facts": written(checked_facts(told["facts"]))} if "facts" in told else {}
    except Invalid as refusal:
        problems |= refusal.fields
    if problems:
        raise Invalid(problems)
    if "place" in told:
        told["place"] = {"village": None, "detail": None} | (told["place"] or {})
    return told


def _write_correction(correction: _Correction, told: dict[str, Any]) -> None:
    session, dispute, key = correction.session, correction.dispute, correction.key
    reason, parties = told.pop("reason", None), told.pop("parties", None)
    before = _as_stands(dispute, key)
    changes = {name: value for name, value in told.items() if value != before[name]}
    people = _people(correction, parties, changes)
    if not changes and people is None:
        return
    for name, value in changes.items():
        dispute_field.write(dispute, name, value, key)
    fields = {*changes, *(["parties"] if people else [])}
    if not dispute.restricted and (restricts(dispute.facts) or (people and people.minor)):
        dispute_field.restrict(dispute, key)
        fields.add("restricted")
    detail = _told_plainly(before, changes)
    if {"category", "facts", "people_count"} & changes.keys():
        detail |= _reroute(session, dispute, correction.desk, correction.now)
    if {"narrative", "parties"} & fields and dispute.batch_id is None:
        drafts = [each.draft for each in people.persons] if people else None
        dispute.fingerprint = _fingerprint_of(correction, drafts)
    flag_modified(dispute, "status")  # a correction of the parties is a new version too
    if people is not None:  # last: it flushes, and there is one update of the dispute
        detail["parties"] = party.correct(session, dispute, people, key, correction.desk)
    _finish(correction, dispute, fields, detail=detail, reason=reason)
    if "restricted" in fields:
        _restrict_visit(correction)


def _people(
    correction: _Correction, told: list[dict[str, Any]] | None, changes: Mapping[str, Any]
) -> People | None:
    """The parties after the correction, None when they stay; with them the head count is judged."""
    dispute = correction.dispute
    if told is None and "people_count" not in changes:
        return None
    stored = party.stored(dispute, correction.key)
    count = changes.get("people_count", dispute.people_count)
    if told is None:
        party_rules.check_head_count(corrections.drafts(stored), count)
        return None
    people = corrections.people(told, stored, today=correction.desk.today(correction.now))
    party_rules.check_head_count([each.draft for each in people.persons], count)
    party.check_removable(correction.session, dispute, people)
    return people if people.changed else None


def _finish(
    correction: _Correction,
    dispute: Dispute,
    fields: set[str],
    *,
    detail: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Store a corrected dispute with all that follows from it, and write down what was done."""
    session, actor, now = correction.session, correction.actor, correction.now
    session.flush()  # gives the new version to the event
    dispute_text.index(session, dispute)
    consultation.restrict(session, dispute, actor=actor, desk=correction.desk, now=now)
    notice.moved(session, dispute, desk=correction.desk, now=now)
    key = load.field_key(dispute, correction.desk) if dispute.restricted and reason else None
    corrected(
        session,
        dispute,
        fields=fields,
        actor=actor,
        now=now,
        detail=detail,
        reason=reason,
        key=key,
    )


def _hold_visit(session: Session, dispute_id: UUID) -> None:
    """Lock the disputes of one visit in one order: one of them may restrict the others."""
    visit_of = sa.select(Dispute.visit_group).where(Dispute.id == dispute_id).scalar_subquery()
    session.execute(
        sa.select(Dispute.id)
        .where(Dispute.visit_group == visit_of)
        .order_by(Dispute.id)
        .with_for_update()
    ).all()


def _restrict_visit(correction: _Correction) -> None:
    """Restrict the other disputes of the visit: its people are the same."""
    dispute, session = correction.dispute, correction.session
    if dispute.visit_group is None:
        return  # it came alone; NULL would be everything that came alone
    others = sa.select(Dispute).where(
        Dispute.visit_group == dispute.visit_group,
        Dispute.id != dispute.id,
        Dispute.restricted.is_(False),
    )
    for each in session.scalars(others.order_by(Dispute.id)).all():
        dispute_field.restrict(each, load.field_key(each, correction.desk))
        _finish(correction, each, {"restricted"})


def _as_stands(dispute: Dispute, key: FieldKey) -> dict[str, Any]:
    """What is registered, as CorrectIn says it."""
    sealed = dispute.narrative_sealed
    return {
        "category": dispute.category,
        "narrative": key.open(sealed, f"dispute.narrative:{dispute.id}")
        if sealed is not None
        else dispute.narrative,
        "source": dispute.source,
        "source_reference": dispute.source_reference,
        "place": {
            "village": dispute.village,
            "detail": key.open_optional(dispute.place_sealed, f"dispute.place:{dispute.id}"),
        },
        "occurred_on": dispute.occurred_on,
        "amount": dispute.amount_fen,
        "people_count": dispute.people_count,
        "facts": dispute.facts,
        "interpreter": dispute.interpreter,
    }


def _told_plainly(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Old and new of the fields that are no words about people, for the event."""
    named = [name for name in PLAIN if name in changes]
    if not named:
        return {}
    stood, stands = ({name: _coded(each[name]) for name in named} for each in (before, changes))
    return {"before": stood, "after": stands}


def _coded(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _fingerprint_of(correction: _Correction, drafts: list[PartyDraft] | None) -> bytes | None:
    """The fingerprint of a dispute registered here; an imported one keeps that of its sheet."""
    dispute, key = correction.dispute, correction.key
    people = corrections.drafts(party.stored(dispute, key)) if drafts is None else drafts
    return dispute_field.fingerprint(
        people, _as_stands(dispute, key)["narrative"] or "", correction.desk
    )


def _reroute(session: Session, dispute: Dispute, desk: Desk, now: datetime) -> dict[str, Any]:
    """Ask the rules anew; both answers for the event when they differ."""
    newest = sa.select(Route).where(Route.dispute_id == dispute.id)
    before = session.scalar(newest.order_by(Route.routed_at.desc(), Route.id).limit(1))
    answer = routes.answer_for(dispute, desk)
    made = routes.kept(dispute, answer, now)
    session.add(made)
    if before and before.override_reason:  # the unit was chosen by a person and stays chosen
        made.chosen_kind, made.chosen_by = before.chosen_kind, before.chosen_by
        made.override_reason = before.override_reason
    dispute.level = answer.level
    if dispute.status is DisputeStatus.REGISTERED:
        dispute.channel = answer.channel
    stood, stands = ({name: each.answer[name] for name in WHERE} for each in (before or made, made))
    return {} if stood == stands else {"route": {"before": stood, "after": stands}}
