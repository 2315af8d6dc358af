"""Correct 更正 what was registered, with all that follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.vocabulary import Acceptance, DisputeStatus, PartyRole
from models import Dispute, Route, transaction, wall
from service.desk import Desk
from service.errors import Conflict, Invalid
from service.gateways.keyring import FieldKey
from service.operations import (
    clock,
    consultation,
    court_clock,
    dispute_field,
    dispute_text,
    handover_row,
    joint_task,
    load,
    notice,
    party,
    share,
)
from service.operations import route as routes
from service.operations.event import corrected
from service.queries import correction as queries
from service.queries import sight
from service.queries.access import in_full
from service.rules import access, danger
from service.rules import correction as corrections
from service.rules import dispute as rules
from service.rules import joint_task as joint_rules
from service.rules import merge as merges
from service.rules import party as party_rules
from service.rules import sibling as siblings
from service.rules.access import Actor
from service.rules.correction import People
from service.rules.fact import checked as checked_facts
from service.rules.fact import restricts, written
from service.rules.party import PartyDraft

ENDED: Final = "已办结的纠纷不能更正，请先由中心主任重新办理"
# what of a correction the rules are asked about anew
ROUTED: Final = frozenset({"category", "facts", "people_count"})
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
) -> "Corrected":
    """Correct what was registered; a change of category, facts or head count is routed anew.

    `changes` are fields of CorrectIn; what says the same as before is no change. A fact that
    restricts, and a minor among the parties, put every dispute of the visit into the restricted
    class; nothing takes one out again, and what was said in reasons until then is sealed too.
    With `siblings` the same people are corrected in the open disputes of the visit. `reason` may
    be left out, as the contract of PATCH has none; the page asks for it. The status is returned:
    who corrected it may not see the dispute any more. Raises Invalid naming every wrong field,
    Conflict when it has ended.
    """
    told = _checked_changes(changes, desk, desk.today(now))
    along = told.pop("siblings", False)
    with transaction() as session, session.no_autoflush:
        hold_visit(session, dispute_id, actor=actor, desk=desk, now=now)
        dispute = load.dispute_for_change(
            session, dispute_id, "correct", version=version, actor=actor, desk=desk, now=now
        )
        if dispute.status in rules.ENDED:
            raise Conflict(ENDED)
        correction = _Correction(session, dispute, load.field_key(dispute, desk), actor, desk, now)
        work = _planned(correction, told)
        if not work.changes and work.people is None:
            return Corrected(dispute.status)
        following, left = _following(correction, work) if along else ({}, ())
        _write_visit(correction, work, following)
    followed = tuple(sorted(each.number for each in following))
    return Corrected(dispute.status, followed, left)


def restrict(
    dispute_id: UUID, reason: str, *, actor: Actor, desk: Desk, now: datetime
) -> DisputeStatus:
    """Put a dispute into the restricted class 受限 for a reason somebody gives, and its visit.

    It is a correction that changes nothing else; an ended dispute takes it too. Conflict when it
    is restricted already. The status is returned: who did it may not see the dispute any more.
    """
    with transaction() as session, session.no_autoflush:
        hold_visit(session, dispute_id, "restrict", actor=actor, desk=desk, now=now)
        dispute = load.dispute_for_change(
            session, dispute_id, "restrict", version=None, actor=actor, desk=desk, now=now
        )
        if dispute.restricted:
            raise Conflict("这件纠纷已经限制查阅")
        correction = _Correction(session, dispute, load.field_key(dispute, desk), actor, desk, now)
        _write_visit(correction, _Work(reason=reason, restricts=True), {})
    return dispute.status


def faults(
    dispute_id: UUID,
    changes: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> dict[str, list[str]]:
    """Everything `correct` would refuse as Invalid, each at its field; nothing is written.

    Raises what else `correct` raises of who may, and of a dispute that is no longer at `version`.
    """
    problems: dict[str, list[str]] = {}
    try:
        told = _checked_changes(changes, desk, desk.today(now))
    except Invalid as refusal:
        problems |= refusal.fields
        wrong = {path.partition(".")[0] for path in problems}
        told = {name: value for name, value in changes.items() if name not in wrong}
    told.pop("siblings", None)
    with transaction() as session, session.no_autoflush:
        dispute = load.dispute_for_change(
            session, dispute_id, "correct", version=version, actor=actor, desk=desk, now=now
        )
        key = load.field_key(dispute, desk)
        try:
            _planned(_Correction(session, dispute, key, actor, desk, now), told)
        except Invalid as refusal:
            problems |= refusal.fields
    return problems


@dataclass(frozen=True, slots=True)
class Left:
    """A party of the corrected dispute who was not corrected in the sibling of that number."""

    number: str
    role: PartyRole
    place: int


@dataclass(frozen=True, slots=True)
class Corrected:
    """What came of a correction; `followed` are numbers of siblings corrected along with it."""

    status: DisputeStatus
    followed: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class _Work:
    """What a correction does to one dispute, judged before anything is written."""

    before: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    people: People | None = None
    reason: str | None = None
    restricts: bool = False


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
        told["place"] = {"village": None} | (told["place"] or {"detail": None})
    return told


def _planned(correction: _Correction, told: dict[str, Any]) -> _Work:
    """Judge a correction; what says the same as before is left out."""
    reason, parties = told.pop("reason", None), told.pop("parties", None)
    before = dispute_field.as_stands(correction.dispute, correction.key)
    if "place" in told:  # a detail that was left out stays: it may be masked for who corrects
        told["place"] = {"detail": before["place"]["detail"]} | told["place"]
    changes = {name: value for name, value in told.items() if value != before[name]}
    people = _people(correction, parties, changes)
    dangerous = restricts(changes.get("facts", correction.dispute.facts))
    return _Work(before, changes, people, reason, dangerous or bool(people and people.minor))


def _following(
    correction: _Correction, work: _Work
) -> tuple[dict[Dispute, _Work], tuple[Left, ...]]:
    """What the same people get in the open siblings the caller may correct, and who gets none."""
    if work.people is None:
        return {}, ()
    dispute, desk, now = correction.dispute, correction.desk, correction.now
    ours = party.stored(dispute, correction.key)
    found = queries.siblings(
        dispute.id, dispute.visit_group, actor=correction.actor, desk=desk, now=now
    )
    following: dict[Dispute, _Work] = {}
    left: list[Left] = []
    for each in found:
        if not each.open:
            continue
        sibling = correction.session.get_one(Dispute, each.id, populate_existing=True)
        theirs = party.stored(sibling, load.field_key(sibling, desk))
        matched = siblings.followed(work.people, ours, theirs)
        stays = matched.left
        try:
            people = corrections.people(matched.told, theirs, today=desk.today(now))
        except Invalid:  # what is right in one dispute is not in the other: nobody is touched
            stays = tuple(p.id for p in work.people.persons if p.id and p.fields)
        else:
            if people.changed:
                following[sibling] = _Work(
                    people=people, reason=work.reason, restricts=people.minor
                )
        left += [Left(each.number, ours[who]["role"], _place(ours, who)) for who in stays]
    return following, tuple(left)


def _place(parties: Mapping[UUID, Mapping[str, Any]], who: UUID) -> int:
    """Which of those in its role a party is, counted from 1."""
    role = parties[who]["role"]
    return [each for each, party in parties.items() if party["role"] is role].index(who) + 1


def _write_visit(correction: _Correction, work: _Work, following: Mapping[Dispute, _Work]) -> None:
    """Write the dispute, then its siblings; what restricts one of them restricts them all."""
    closes = any(
        not dispute.restricted and each.restricts
        for dispute, each in ((correction.dispute, work), *following.items())
    )
    _write(correction, work, closes=closes)
    rest = others(correction.session, correction.dispute) if closes else following
    for each in rest:
        told = following.get(each)
        if told is not None or not each.restricted:
            key = load.field_key(each, correction.desk)
            _write(replace(correction, dispute=each, key=key), told or _Work(), closes=closes)


def _write(correction: _Correction, work: _Work, *, closes: bool) -> None:
    """Write one dispute: fields, restriction, route, people, then what follows and the event."""
    session, dispute, key = correction.session, correction.dispute, correction.key
    fields = {*work.changes, *(["parties"] if work.people else [])}
    for name, value in work.changes.items():
        dispute_field.write(dispute, name, value, key)
    if closes and not dispute.restricted:
        dispute_field.restrict(session, dispute, key)
        share.end_all(session, dispute, actor=correction.actor, now=correction.now)
        joint_task.end_all(
            session,
            dispute,
            joint_rules.RESTRICTED_NOW,
            actor=correction.actor,
            desk=correction.desk,
            now=correction.now,
        )
        handover_row.withdrawn(session, dispute, by=correction.actor.user_id, now=correction.now)
        fields.add("restricted")
    detail = dispute_field.told_plainly(work.before, work.changes)
    known = dispute.danger
    if ROUTED & work.changes.keys():
        detail |= _reroute(correction)
    elif "narrative" in work.changes:
        newest = _newest_route(correction)
        _ask_of_danger(correction, newest.accept if newest else Acceptance.YES)
    detail |= _write_people(correction, work, fields)
    _finish(correction, dispute, fields, detail=detail, reason=work.reason)
    actor, desk, now = correction.actor, correction.desk, correction.now
    notice.corrected(session, dispute, before=known, actor=actor, desk=desk, now=now)


def _ask_of_danger(correction: _Correction, accept: Acceptance) -> None:
    """What is known of danger, by the facts, the answer of the rules and the story as it is now."""
    dispute, words = correction.dispute, correction.desk.policy.danger_words
    story = dispute_field.narrative(dispute, correction.key)
    told = danger.known(dispute.facts, accept, story, words)
    dispute.danger = merges.highest_danger([told, *(each.danger for each in _merged(correction))])


def _merged(correction: _Correction) -> Sequence[Any]:
    """Danger and level of what went into it 并案: its own words do not take them away."""
    asked = sa.select(Dispute.danger, Dispute.level)
    with sight.whole("merging"):
        mine = asked.where(Dispute.merged_into_id == correction.dispute.id)
        return correction.session.execute(mine).all()


def _newest_route(correction: _Correction) -> Route | None:
    """What the rules answered last; a row of a ledger may never have been asked about."""
    found = sa.select(Route).where(Route.dispute_id == correction.dispute.id)
    return correction.session.scalar(found.order_by(Route.routed_at.desc(), Route.id).limit(1))


def _write_people(correction: _Correction, work: _Work, fields: set[str]) -> dict[str, Any]:
    """Write the parties, and what the matter is found by; last, as it flushes: one new version."""
    dispute, people = correction.dispute, work.people
    if {"narrative", "parties"} & fields and dispute.batch_id is None:
        drafts = [each.draft for each in people.persons] if people else None
        dispute.fingerprint = _fingerprint_of(correction, drafts)
    flag_modified(dispute, "status")  # a correction of the parties is a new version too
    if people is None:
        return {}
    told = party.correct(correction.session, dispute, people, correction.key, correction.desk)
    return {"parties": told}


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


def hold_visit(
    session: Session,
    dispute_id: UUID,
    verb: str = "correct",
    *,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Lock the disputes of one visit, and those merged with them, in one order: one of them may
    change the others.

    Who may not do `verb` to this one waits for none of them.
    """
    theirs = in_full(access.scope(actor, f"dispute.{verb}", desk.policy.access), now)
    if session.scalar(sa.select(Dispute.id).where(Dispute.id == dispute_id, theirs)) is None:
        return  # it is refused next
    with sight.whole("the visit of a dispute"):
        together = _together(session, dispute_id)
        if len(together) == 1:
            return  # it came alone
        locked = session.scalars(
            sa.select(Dispute.id)
            .where(Dispute.id.in_(together))
            .order_by(Dispute.id)
            .with_for_update()
        ).all()
    for each in locked:
        wall.hold(each)


def others(session: Session, dispute: Dispute) -> list[Dispute]:
    """The other disputes of the visit, and those merged with them: the people are the same."""
    rest = sa.select(Dispute).where(
        Dispute.id.in_(_together(session, dispute.id)), Dispute.id != dispute.id
    )
    return list(session.scalars(rest.order_by(Dispute.id)))


def _together(session: Session, dispute_id: UUID) -> set[UUID]:
    """What is of one class with a dispute: its visit, what was merged 并案 with it, and theirs."""
    known, found = set[UUID](), {dispute_id}
    while found - known:
        known |= found
        asked = sa.select(Dispute.visit_group, Dispute.merged_into_id).where(Dispute.id.in_(known))
        rows = session.execute(asked).all()
        groups = {row.visit_group for row in rows if row.visit_group}
        into = {row.merged_into_id for row in rows if row.merged_into_id}
        ways = [Dispute.merged_into_id.in_(known)]
        ways += [Dispute.visit_group.in_(groups)] if groups else []
        ways += [Dispute.id.in_(into)] if into else []
        found = {
            row.id for way in ways for row in session.execute(sa.select(Dispute.id).where(way))
        }
    return known


def _fingerprint_of(correction: _Correction, drafts: list[PartyDraft] | None) -> bytes | None:
    """The fingerprint of a dispute registered here; an imported one keeps that of its sheet."""
    dispute, key = correction.dispute, correction.key
    people = corrections.drafts(party.stored(dispute, key)) if drafts is None else drafts
    return dispute_field.fingerprint(
        people, dispute_field.as_stands(dispute, key)["narrative"] or "", correction.desk
    )


def _reroute(correction: _Correction) -> dict[str, Any]:
    """Ask the rules anew; both answers for the event when they differ."""
    dispute = correction.dispute
    before = _newest_route(correction)
    answer = routes.answer_for(dispute, correction.desk)
    made = routes.again(dispute, answer, before, correction.now)
    correction.session.add(made)
    if before and before.override_reason:  # the unit was chosen by a person and stays chosen
        made.chosen_kind, made.chosen_by = before.chosen_kind, before.chosen_by
        made.override_reason = before.override_reason
    dispute.level = merges.highest_level([answer.level, *(e.level for e in _merged(correction))])
    if dispute.status is DisputeStatus.REGISTERED:
        dispute.channel = answer.channel
    desk, now = correction.desk, correction.now
    clock.rerouted(correction.session, dispute, answer, desk=desk, now=now)
    court_clock.keep(correction.session, dispute, desk=desk, now=now)
    _ask_of_danger(correction, answer.accept)
    stood, stands = ({name: each.answer[name] for name in WHERE} for each in (before or made, made))
    return {} if stood == stands else {"route": {"before": stood, "after": stands}}
