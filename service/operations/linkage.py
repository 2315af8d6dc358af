"""Keep the registers of 府检府院联动: write a row, say what came of it, name who may see it.

A sealed row is one of its named people's: for everybody else it is as if it were not.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.access import Reach
from config.clock_subject import ClockSubject
from config.linkage import LinkagePeriod, LinkageRegister, LinkageStage, Register, Stage
from config.vocabulary import ClockEnd
from models import (
    Lawsuit,
    Linkage,
    LinkageName,
    LinkageStep,
    transaction,
)
from service.desk import Desk
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.gateways.keyring import FieldKey
from service.operations import clock_subject as clocks
from service.operations.clock_subject import Owed
from service.operations.event import record as record_event
from service.operations.load import changed_since, unit_of_town
from service.operations.number import next_number
from service.queries.access import of_town
from service.queries.linkage import NOT_FOUND, candidates, place, reached, right
from service.rules import access
from service.rules import linkage as rules
from service.rules.access import Actor
from service.rules.linkage import Said, Written

# whose day is a clock with a ladder; the others have none
CLOCKED: Final[Mapping[LinkageRegister, tuple[ClockSubject, str]]] = MappingProxyType(
    {
        LinkageRegister.INQUIRY: (ClockSubject.INQUIRY, "INQUIRY.DUE"),
        LinkageRegister.COURT_AID: (ClockSubject.COURT_AID, "AID.DUE"),
        LinkageRegister.ENFORCEMENT_CHECK: (ClockSubject.ENFORCEMENT_CHECK, "CHECK.DUE"),
        LinkageRegister.OBLIGATION: (ClockSubject.OBLIGATION, "LINK.DUE"),
    }
)
ENDS: Final[Mapping[LinkageStage, ClockEnd]] = MappingProxyType(
    {
        LinkageStage.DONE: ClockEnd.MET,
        LinkageStage.FAILED: ClockEnd.CLOSED,
        LinkageStage.ENDED: ClockEnd.WITHDRAWN,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkageDraft:
    """A row as it was written down; what a register does not take stays None.

    `organisation` is the unit concerned, one's own where none is said; `readers` are the people who
    may see a sealed row besides its writer; `lawsuit` is the number of a case of ours.
    """

    register: LinkageRegister
    sort: str
    asker: str
    received_on: date
    organisation: UUID | None = None
    title: str | None = None
    sign: str | None = None
    due_on: date | None = None
    period: LinkagePeriod | None = None
    words: str | None = None
    lawsuit: str | None = None
    readers: Collection[UUID] = ()


def record(draft: LinkageDraft, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Write a row; its id. Raises Invalid at every wrong field; nothing is then written."""
    register = desk.policy.linkages[draft.register]
    access.require(actor, right(register, "record"), desk.policy.access)
    today, made = desk.today(now), uuid4()
    rules.check_record(register, _written(draft), today=today)
    sealed_key, key = desk.keyring.new_field_key(f"linkage:{made}")
    with transaction() as session:
        unit = unit_of_town(session, draft.organisation or actor.organisation_id, actor)
        names = _names(draft, actor, desk) if register.sealed else set()
        row = Linkage(
            id=made,
            register=draft.register,
            number=next_number(session, today.year, kind=register.series),
            stage=rules.FIRST,
            sort=draft.sort,
            title=draft.title,
            asker=draft.asker,
            sign=draft.sign,
            organisation_id=unit.id,
            received_on=draft.received_on,
            due_on=draft.due_on,
            due_rule=rule_of(draft.register) if draft.due_on else None,
            period=draft.period,
            lawsuit_id=_lawsuit(session, draft.lawsuit, actor),
            sealed_key=sealed_key,
            words_sealed=key.seal_optional(draft.words, place("words", made)),
            ended_on=None if register.stages[rules.FIRST].next else draft.received_on,
            recorded_by=actor.user_id,
            recorded_at=now,
        )
        session.add(row)
        session.flush()  # the rows beside it name its id
        session.add_all(
            LinkageName(linkage_id=made, user_id=each, named_by=actor.user_id, named_at=now)
            for each in names
        )
        said = Said(on=draft.received_on)
        _step(session, row, rules.FIRST, said, key, due_on=draft.due_on, actor=actor, now=now)
        _promise(session, row, draft.received_on, desk=desk, now=now)
        _note(session, row, "linkage-record", register, actor=actor, now=now)
    return made


def take(
    linkage_id: UUID,
    following: LinkageStage,
    said: Said,
    *,
    version: int,
    sealed: bool,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Say that the row came to its next stage; what comes round again begins its next round.

    Raises NotFound, Stale, StepNotAllowed, Invalid; Forbidden where a unit says what only those
    who keep the register may.
    """
    action = "referral.step" if sealed else "linkage.step"
    scope = access.require(actor, action, desk.policy.access)
    with transaction() as session:
        row, key = _held(session, linkage_id, action, sealed=sealed, actor=actor, desk=desk)
        if row.version != version:
            raise Stale(changed_since(session, linkage_id, version))
        register = desk.policy.linkages[row.register]
        rules.after(register, row.stage, following)
        last = _last(session, row)
        stage = rules.check_step(
            register, following, said, since=last.on_date, today=desk.today(now)
        )
        _check_unit(stage, keeps=bool({Reach.TOWN, Reach.NAMED} & scope.reach))
        before = row.stage
        _step(session, row, following, said, key, due_on=row.due_on, actor=actor, now=now)
        if said.lawsuit:
            row.lawsuit_id = _lawsuit(session, said.lawsuit, actor)
        if following in register.final:
            _end(session, row, following, said.on, desk=desk, now=now)
        _move(session, row, register, following, said.on)
        if row.ended_on is None and following in register.final:
            _promise(session, row, said.on, desk=desk, now=now)
        session.flush()  # gives the new version to the event
        change = (before, following)
        _note(session, row, "linkage-step", register, actor=actor, now=now, change=change)


def name(linkage_id: UUID, user_id: UUID, *, actor: Actor, desk: Desk, now: datetime) -> None:
    """Let somebody else see a sealed row: who sees it says so.

    Raises NotFound, Invalid at `user`, Conflict for who is named already.
    """
    access.require(actor, "referral.step", desk.policy.access)
    with transaction() as session:
        row, _ = _held(session, linkage_id, "referral.step", sealed=True, actor=actor, desk=desk)
        if user_id not in {each.id for each in candidates(actor=actor, desk=desk)}:
            raise Invalid({"user": ["不能指定这个人"]})
        known = sa.select(LinkageName.id).where(
            LinkageName.linkage_id == row.id, LinkageName.user_id == user_id
        )
        if session.scalar(known) is not None:
            raise Conflict("这个人已经指定过了")
        session.add(
            LinkageName(linkage_id=row.id, user_id=user_id, named_by=actor.user_id, named_at=now)
        )
        register = desk.policy.linkages[row.register]
        _note(session, row, "linkage-name", register, actor=actor, now=now)


def rule_of(register: LinkageRegister) -> str:
    """What the day of a row is due by: always what the other side stated."""
    return CLOCKED[register][1]


def _promise(session: Session, row: Linkage, since: date, *, desk: Desk, now: datetime) -> None:
    """The clock of the day the other side named, where its register has clocks."""
    if row.due_on is not None and row.register in CLOCKED:
        rule, due_on = rule_of(row.register), row.due_on
        clocks.state(session, _owed(row), rule, due_on, min(since, due_on), desk=desk, now=now)


def _end(
    session: Session, row: Linkage, following: LinkageStage, on: date, *, desk: Desk, now: datetime
) -> None:
    if row.register in CLOCKED:
        register = desk.policy.linkages[row.register]
        done = following is LinkageStage.ENDED and LinkageStage.DONE not in register.stages
        ended = ClockEnd.MET if done else ENDS[following]
        clocks.stop(session, _owed(row), ended, on, desk=desk, now=now)


def _owed(row: Linkage) -> Owed:
    subject, _ = CLOCKED[row.register]
    return Owed(subject=subject, id=row.id, organisation_id=row.organisation_id)


def _move(
    session: Session, row: Linkage, register: Register, following: LinkageStage, on: date
) -> None:
    if rules.settles(register, following, row.period):
        row.stage, row.ended_on = following, on
    elif following in register.final:  # a round is done, the next begins
        row.stage = rules.FIRST
        if row.due_on is not None and row.period is not None:
            row.due_on = rules.next_due(row.due_on, row.period, _anchor(session, row))
    else:
        row.stage = following


def _anchor(session: Session, row: Linkage) -> int:
    first = sa.select(LinkageStep.due_on).where(
        LinkageStep.linkage_id == row.id, LinkageStep.ordinal == 1
    )
    due_on = session.scalar(first)
    return due_on.day if due_on else 1


def _held(
    session: Session, linkage_id: UUID, action: str, *, sealed: bool, actor: Actor, desk: Desk
) -> tuple[Linkage, FieldKey]:
    """The row, locked, and its key; NotFound for who may not know of it."""
    found = session.scalar(
        sa.select(Linkage)
        .where(Linkage.id == linkage_id, reached(action, sealed=sealed, actor=actor, desk=desk))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(NOT_FOUND)
    return found, desk.keyring.field_key(found.sealed_key, f"linkage:{found.id}")


def _check_unit(stage: Stage, *, keeps: bool) -> None:
    if not (keeps or stage.unit):
        raise Forbidden("这一步由登记的人填写")


def _last(session: Session, row: Linkage) -> LinkageStep:
    steps = sa.select(LinkageStep).where(LinkageStep.linkage_id == row.id)
    return session.scalars(steps.order_by(LinkageStep.ordinal.desc()).limit(1)).one()


def _step(
    session: Session,
    row: Linkage,
    stage: LinkageStage,
    said: Said,
    key: FieldKey,
    *,
    due_on: date | None,
    actor: Actor,
    now: datetime,
) -> None:
    made = uuid4()
    counted = sa.select(sa.func.count()).where(LinkageStep.linkage_id == row.id)
    session.add(
        LinkageStep(
            id=made,
            linkage_id=row.id,
            ordinal=(session.scalar(counted) or 0) + 1,
            stage=stage,
            on_date=said.on,
            due_on=due_on,
            paper=said.paper,
            words_sealed=key.seal_optional(said.words, place("step", made)),
            recorded_by=actor.user_id,
            recorded_at=now,
        )
    )


def _written(draft: LinkageDraft) -> Written:
    return Written(
        sort=draft.sort,
        title=draft.title,
        sign=draft.sign,
        received_on=draft.received_on,
        due_on=draft.due_on,
        period=draft.period,
        words=draft.words,
        readers=draft.readers,
    )


def _names(draft: LinkageDraft, actor: Actor, desk: Desk) -> set[UUID]:
    """Who writes it, and whom they name: people who may be named at all."""
    allowed = {each.id for each in candidates(actor=actor, desk=desk)}
    if not set(draft.readers) <= allowed:
        raise Invalid({"readers": ["有的人不能指定"]})
    return {actor.user_id, *draft.readers}


def _lawsuit(session: Session, said: str | None, actor: Actor) -> UUID | None:
    if said is None:
        return None
    found = session.scalar(
        sa.select(Lawsuit.id)
        .where(Lawsuit.case_number == said, of_town(actor, Lawsuit.organisation_id))
        .order_by(Lawsuit.recorded_at.desc())
        .limit(1)
    )
    if found is None:
        raise Invalid({"lawsuit": ["应诉里没有登记过这个案号"]})
    return found


def _note(
    session: Session,
    row: Linkage,
    deed: str,
    register: Register,
    *,
    actor: Actor,
    now: datetime,
    change: tuple[LinkageStage | None, LinkageStage | None] = (None, rules.FIRST),
) -> None:
    """What was done; of a sealed row neither which register nor how far it is."""
    record_event(
        session,
        row.id,
        subject="linkage",
        action=deed,
        actor=actor,
        now=now,
        change=(None, None) if register.sealed else change,
        detail={} if register.sealed else {"register": row.register.value},
        version=row.version,
    )
