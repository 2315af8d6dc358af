"""Keep the registers 工作台账 of the yearly plan: write a row, change it, take its steps, end it.

What a row owes runs on clocks, which follow every change; its rules are in `rules/plan_entry.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.clock_subject import ClockSubject
from config.plan_register import EntryState
from config.vocabulary import ClockEnd
from models import Clock, PlanEntry, transaction
from service.desk import Desk
from service.errors import Forbidden, Invalid, NotFound, Stale, StepNotAllowed
from service.gateways.keyring import FieldKey
from service.operations import clock_subject as clocks
from service.operations.clock_subject import Owed
from service.operations.event import record as record_event
from service.operations.load import changed_since, unit_of_town
from service.operations.number import next_number
from service.queries import plan_entry as queries
from service.queries.plan_entry import NOT_FOUND, place
from service.rules import access
from service.rules import plan_entry as rules
from service.rules.access import Actor
from service.rules.plan_entry import Row, Taken, Term

NOT_THEIRS: Final = "这个条目不由您办理"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDraft:
    """A row as it was written down: `values` by column, and the unit that answers for it."""

    register: str
    values: Mapping[str, object]
    organisation: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """What of a row is otherwise now; None in `values` empties a column."""

    values: Mapping[str, object]
    organisation: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryStep:
    """A step taken, or said not to apply; `values` are columns that are filled with it."""

    step: str
    said: Taken
    values: Mapping[str, object]


def record(draft: EntryDraft, *, actor: Actor, desk: Desk, now: datetime) -> UUID:
    """Write a row; its id. Raises NotFound for no such register, Invalid at every wrong field."""
    scope = access.require(actor, "plan_entry.record", desk.policy.access)
    register = queries.register(draft.register, desk)
    today, made = desk.today(now), uuid4()
    values = rules.read(register, draft.values, today=today)
    row = Row(register=register, values=values, taken={})
    sealed_key, key = desk.keyring.new_field_key(f"plan_entry:{made}")
    with transaction() as session:
        unit = unit_of_town(session, draft.organisation or actor.organisation_id, actor)
        if not access.is_reached(scope, unit.id):
            raise Invalid({"organisation": ["只能登记本单位的条目"]})
        entry = PlanEntry(
            id=made,
            register=register.id,
            number=next_number(session, today.year, kind=register.series),
            organisation_id=unit.id,
            sealed_key=sealed_key,
            recorded_by=actor.user_id,
            recorded_at=now,
            **_columns(row, made, key),
        )
        session.add(entry)
        session.flush()  # its clocks name its id
        _follow(session, entry, row, desk=desk, now=now)
        _note(session, entry, "plan-entry-record", actor=actor, now=now)
    return made


def change(
    register_id: str,
    entry_id: UUID,
    draft: EntryChange,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Correct a row; what it owes is counted anew. Raises NotFound, Forbidden, Stale, Invalid."""
    with transaction() as session:
        entry, key, row = held(
            session, register_id, entry_id, "plan_entry.record", actor=actor, desk=desk
        )
        _check_version(session, entry, version)
        _refuse_voided(row)
        changed = _with(row, draft.values, desk=desk, now=now)
        rules.check(changed)
        fields = sorted(_differing(row, changed))
        moved = draft.organisation not in (None, entry.organisation_id)
        if moved and draft.organisation is not None:
            unit = unit_of_town(session, draft.organisation, actor)
            scope = access.require(actor, "plan_entry.record", desk.policy.access)
            if not access.is_reached(scope, unit.id):
                raise Invalid({"organisation": ["只能改到本单位"]})
            entry.organisation_id = unit.id
            fields.append("organisation")
        if not fields:
            return
        _write(session, entry, changed, key, desk=desk, now=now)
        if moved:
            clocks.assign(session, _owed(entry))
        session.flush()  # gives the new version to the event
        _note(session, entry, "plan-entry-change", actor=actor, now=now, fields=fields)


def take(
    register_id: str,
    entry_id: UUID,
    draft: EntryStep,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Take a step of a row, or say that it does not apply; the last one ends it.

    Raises NotFound, Forbidden, Stale, StepNotAllowed, Invalid, also where nothing shows what was
    done: a row does not end without its evidence.
    """
    with transaction() as session:
        entry, key, row = held(
            session, register_id, entry_id, "plan_entry.step", actor=actor, desk=desk
        )
        _check_version(session, entry, version)
        if draft.step not in row.register.steps:
            raise NotFound("没有这个环节")
        if draft.values and row.state is EntryState.OPEN:
            row = _with(row, draft.values, desk=desk, now=now)
        kinds = queries.kinds_shown(entry.id)
        after = rules.take(row, draft.step, draft.said, kinds=kinds, today=desk.today(now))
        rules.check(after)  # the columns that came along may speak against an earlier step
        _write(session, entry, after, key, desk=desk, now=now)
        session.flush()  # gives the new version to the event
        on = draft.said.on.isoformat() if draft.said.on else None
        told = {"step": draft.step} | ({"on": on} if on else {})
        _note(
            session,
            entry,
            "plan-entry-end" if draft.step == row.register.ends else "plan-entry-step",
            actor=actor,
            now=now,
            detail=told,
            reason=draft.said.excuse,
        )


def reopen(
    register_id: str,
    entry_id: UUID,
    reason: str,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Take back that a row has ended; what it owes runs again."""
    with transaction() as session:
        entry, key, row = held(
            session, register_id, entry_id, "plan_entry.step", actor=actor, desk=desk
        )
        _check_version(session, entry, version)
        after = rules.reopened(row)
        _write(session, entry, after, key, desk=desk, now=now)
        session.flush()  # gives the new version to the event
        _note(session, entry, "plan-entry-reopen", actor=actor, now=now, reason=reason)


def void(
    register_id: str,
    entry_id: UUID,
    reason: str,
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Say that a row was entered by mistake: it stays to be seen, owes nothing, counts nowhere."""
    with transaction() as session:
        entry, _, row = held(
            session, register_id, entry_id, "plan_entry.record", actor=actor, desk=desk
        )
        _check_version(session, entry, version)
        _refuse_voided(row)
        entry.voided_at, entry.reason = now, reason
        clocks.stop(session, _owed(entry), ClockEnd.MISTAKEN, desk.today(now), desk=desk, now=now)
        _say(entry, session)
        session.flush()  # gives the new version to the event
        _note(session, entry, "plan-entry-void", actor=actor, now=now, reason=reason)


def held(
    session: Session, register_id: str, entry_id: UUID, action: str, *, actor: Actor, desk: Desk
) -> tuple[PlanEntry, FieldKey, Row]:
    """The row, locked, with its key, for who may do `action` to it; NotFound, Forbidden."""
    seen = access.scope(actor, "plan_entry.read", desk.policy.access)
    entry = session.scalar(
        sa.select(PlanEntry)
        .where(
            PlanEntry.id == entry_id,
            PlanEntry.register == register_id,
            queries.reached(seen),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if entry is None:
        raise NotFound(NOT_FOUND)
    scope = access.require(actor, action, desk.policy.access)
    if not access.is_reached(scope, entry.organisation_id):
        raise Forbidden(NOT_THEIRS)
    key = desk.keyring.field_key(entry.sealed_key, f"plan_entry:{entry.id}")
    return entry, key, queries.row_of(entry, queries.register(register_id, desk), key)


def _check_version(session: Session, entry: PlanEntry, version: int) -> None:
    if entry.version != version:
        raise Stale(changed_since(session, entry.id, version))


def _refuse_voided(row: Row) -> None:
    if row.voided:
        raise StepNotAllowed("已经作废，不能再改", [])


def _with(row: Row, values: Mapping[str, object], *, desk: Desk, now: datetime) -> Row:
    """The row with some columns otherwise, judged as a whole."""
    kept: dict[str, object] = {**row.values, **values}
    read = rules.read(row.register, kept, today=desk.today(now))
    return Row(register=row.register, values=read, taken=row.taken, voided=row.voided)


def _differing(before: Row, after: Row) -> set[str]:
    names = set(before.values) | set(after.values)
    return {each for each in names if before.values.get(each) != after.values.get(each)}


def _columns(row: Row, entry_id: UUID, key: FieldKey) -> dict[str, Any]:
    """What a row says, as its table keeps it."""
    plain, sealed = rules.stored(row)
    text = orjson.dumps(sealed).decode() if sealed else None
    return {
        "title": row.title,
        "year": row.on_date.year,
        "on_date": row.on_date,
        "stage": row.stage,
        "person": row.person,
        "hundredths": row.hundredths,
        "ended_on": row.ended_on,
        "values": plain,
        "values_sealed": key.seal_optional(text, place(entry_id)),
    }


def _write(
    session: Session, entry: PlanEntry, row: Row, key: FieldKey, *, desk: Desk, now: datetime
) -> None:
    for name, value in _columns(row, entry.id, key).items():
        setattr(entry, name, value)
    _follow(session, entry, row, desk=desk, now=now)


def _follow(session: Session, entry: PlanEntry, row: Row, *, desk: Desk, now: datetime) -> None:
    """Have its clocks run as what it says now wants: started, moved, met, or no longer owed."""
    wanted = {each.rule: each for each in rules.terms(row)}
    owed = _owed(entry)
    for clock in clocks.running(session, ClockSubject.PLAN_ENTRY, entry.id):
        term = wanted.get(clock.rule)
        if term is None or (term.stated is None and term.start_on != clock.start_on):
            clocks.stop(
                session,
                owed,
                ClockEnd.REPLACED,
                desk.today(now),
                rules={clock.rule},
                desk=desk,
                now=now,
            )
    settled: set[str] = set()
    for clock in queries.met_clocks(entry.id):
        if clock.rule in wanted and _is_settled(clock, wanted[clock.rule]):
            settled.add(clock.rule)
        else:  # it was met on another day, of another term, or not yet
            clock.ended = ClockEnd.REPLACED
    for term in wanted.values():
        if term.rule not in settled:
            _run(session, owed, term, desk=desk, now=now)
    _say(entry, session)


def _is_settled(clock: Clock, term: Term) -> bool:
    """Whether a clock that was met is this very term, met on this very day."""
    same = clock.due_on == term.stated if term.stated else clock.start_on == term.start_on
    return same and clock.stopped_on == term.met_on


def _run(session: Session, owed: Owed, term: Term, *, desk: Desk, now: datetime) -> None:
    """One term: it runs from its day, and stops on the day it was met."""
    if term.stated is None:
        clocks.start(session, owed, term.rule, start_on=term.start_on, desk=desk, now=now)
    else:
        clocks.state(session, owed, term.rule, term.stated, term.start_on, desk=desk, now=now)
    if term.met_on is not None:
        clocks.stop(session, owed, ClockEnd.MET, term.met_on, rules={term.rule}, desk=desk, now=now)


def _say(entry: PlanEntry, session: Session) -> None:
    """The row says what binds next."""
    said = clocks.promise(clocks.running(session, ClockSubject.PLAN_ENTRY, entry.id))
    entry.due_on = said.due_on if said else None
    entry.due_rule = said.rule if said else None
    entry.due_provisional = bool(said and said.provisional)


def _owed(entry: PlanEntry) -> Owed:
    return Owed(subject=ClockSubject.PLAN_ENTRY, id=entry.id, organisation_id=entry.organisation_id)


def _note(
    session: Session,
    entry: PlanEntry,
    deed: str,
    *,
    actor: Actor,
    now: datetime,
    fields: list[str] | None = None,
    detail: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    told = {"register": entry.register} | (detail or {}) | ({"fields": fields} if fields else {})
    record_event(
        session,
        entry.id,
        subject="plan_entry",
        action=deed,
        actor=actor,
        now=now,
        detail=told,
        reason=reason,
        version=entry.version,
    )
