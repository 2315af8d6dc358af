"""Changes 修改 of what is planned of a task: name, units, days, measures, figures, registers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.vocabulary import Role
from models import (
    Organisation,
    PlanAssist,
    PlanIndicator,
    PlanMeasure,
    PlanMilestone,
    PlanTask,
    PlanTaskRegister,
    User,
    UserRole,
    transaction,
)
from service.desk import Desk
from service.errors import Invalid
from service.operations import clock_subject as clocks
from service.operations import plan_task as tasks
from service.operations.load import plan_task_for_change
from service.rules import access, metric
from service.rules import plan_task as rules
from service.rules.access import Actor

MOVED_ASIDE: Final = 10_000  # where a part stands while the others take their places
NO_UNIT: Final = "没有这个单位"
GONE: Final = "这一条已经不在了，请刷新后再改"
SETS: Final = frozenset({"co_units", "registers"})
# what a change says of itself in the event: ids and days, no words
CODES: Final = ("lead", "owner", "starts_on", "due_on")


def change(
    year: int,
    number: str,
    changes: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    desk: Desk,
    now: datetime,
) -> None:
    """Change what is planned of a task; what says the same as before is no change.

    `changes` are fields of ChangePlanTaskIn; lists are the whole list. Its terms follow. Raises
    NotFound, Forbidden, Stale, Conflict for a task that is over, Invalid at the fields.
    """
    with transaction() as session:
        task = plan_task_for_change(
            session, year, number, tasks.EDIT, version=version, actor=actor, desk=desk
        )
        rules.check_open(task.state)
        stood = _stood(session, task)
        given = {name: set(each) if name in SETS else each for name, each in changes.items()}
        told = {name: each for name, each in given.items() if each != stood[name]}
        if not told:
            return
        _check(session, told, stood, actor=actor, desk=desk)
        _check_milestones(session, task, told)
        for name, write in PARTS.items():
            if name in told:
                write(session, task.id, told[name])
        with session.no_autoflush:  # one change is one new version, stored whole
            _write(task, told)
            if told.keys() & {"lead", "due_on"}:
                _follow(session, task, told, desk=desk, now=now)
        codes = [name for name in CODES if name in told]
        moved = {
            when: {name: _coded(each[name]) for name in codes}
            for when, each in (("before", stood), ("after", told))
        }
        detail = {"fields": sorted(told)} | (moved if codes else {})
        tasks.noted(session, task, "task-change", actor=actor, now=now, detail=detail)


def _stood(session: Session, task: PlanTask) -> dict[str, Any]:
    """What a task says now, as a change would say it."""
    along = sa.select(PlanAssist.organisation_id).where(PlanAssist.task_id == task.id)
    measures = _measures(session, task.id)
    return {
        "name": task.name,
        "lead": task.lead_id,
        "co_units": set(session.scalars(along)),
        "owner": task.owner_id,
        "starts_on": task.starts_on,
        "due_on": task.due_on,
        "measures": [{"id": each.id, "text": each.text} for each in measures],
        "indicators": [_told(each) for each in _indicators(session, task.id)],
        "registers": {each.register for each in _registers(session, task.id)},
    }


def _check(
    session: Session,
    told: Mapping[str, Any],
    stood: Mapping[str, Any],
    *,
    actor: Actor,
    desk: Desk,
) -> None:
    """Raises Invalid at every field that says what cannot be."""
    will = {**stood, **told}
    wrong = _wrong_units(session, told, will, actor) | _wrong_parts(told, stood)
    if told.get("owner") and not _may_answer(session, told["owner"], actor, desk):
        wrong["owner"] = ["这个人不能负责任务：要能填写任务进展，并且在用"]
    registers = desk.policy.registers.by_id.keys()
    if told.get("registers", set()) - registers - stood["registers"]:
        wrong["registers"] = ["没有这个台账"]
    if wrong:
        raise Invalid(wrong)
    rules.check_days(will["starts_on"], will["due_on"])


def _check_milestones(session: Session, task: PlanTask, told: Mapping[str, Any]) -> None:
    """Raises Invalid at a day that an open milestone does not fit in."""
    if told.keys() & {"starts_on", "due_on"}:
        ahead = [(each.name, each.due_on) for each in tasks.open_milestones(session, task.id)]
        days = told.get("starts_on", task.starts_on), told.get("due_on", task.due_on)
        rules.check_holds(ahead, *days)


def _wrong_units(
    session: Session, told: Mapping[str, Any], will: Mapping[str, Any], actor: Actor
) -> dict[str, list[str]]:
    along: set[UUID] = told.get("co_units", set())
    named = along | ({told["lead"]} if told.get("lead") else set())
    unknown = {each for each in named if not _is_unit(session, each, actor)}
    wrong = {"lead": [NO_UNIT]} if told.get("lead") in unknown else {}
    if unknown & along:
        wrong["co_units"] = [NO_UNIT]
    elif will["lead"] in will["co_units"]:
        wrong["co_units"] = ["牵头单位不能又是配合单位"]
    return wrong


def _wrong_parts(told: Mapping[str, Any], stood: Mapping[str, Any]) -> dict[str, list[str]]:
    """A part that is not there any more, or there twice; a figure nobody counts."""
    wrong: dict[str, list[str]] = {}
    for name in ("measures", "indicators"):
        known = {each["id"] for each in stood[name]}
        for place, each in enumerate(told.get(name, ())):
            if each["id"] is not None and each["id"] not in known:
                wrong[f"{name}.{place}.id"] = [GONE]
            known.discard(each["id"])
    for place, each in enumerate(told.get("indicators", ())):
        if each["metric"] is not None and each["metric"] not in metric.METRICS:
            wrong[f"indicators.{place}.metric"] = ["没有这个指标"]
    return wrong


def _is_unit(session: Session, organisation_id: UUID, actor: Actor) -> bool:
    unit = session.get(Organisation, organisation_id)
    return unit is not None and unit.active and access.is_of_town(actor, organisation_id)


def _may_answer(session: Session, user_id: UUID, actor: Actor, desk: Desk) -> bool:
    """Whether somebody may be named to answer for a task: in use, and may write its progress."""
    able = [each for each in Role if desk.policy.access.reach(each, tasks.PROGRESS)]
    found = session.scalar(
        sa.select(User.organisation_id).where(
            User.id == user_id,
            User.active,
            User.id.in_(sa.select(UserRole.user_id).where(UserRole.role.in_(able))),
        )
    )
    return found is not None and access.is_of_town(actor, found)


def _write(task: PlanTask, told: Mapping[str, Any]) -> None:
    columns = {"lead": "lead_id", "owner": "owner_id"}
    for name in ("name", "lead", "owner", "starts_on", "due_on"):
        if name in told:
            setattr(task, columns.get(name, name), told[name])


def _follow(
    session: Session, task: PlanTask, told: Mapping[str, Any], *, desk: Desk, now: datetime
) -> None:
    """Its terms are owed by who leads it now, to the days it says now."""
    ahead = tasks.open_milestones(session, task.id)
    if "lead" in told:
        for each in (tasks.owed(task), *(tasks.owed_for(task, one) for one in ahead)):
            clocks.assign(session, each)
    tasks.promise(session, tasks.owed(task), tasks.TASK_RULE, task.due_on, desk=desk, now=now)
    if "lead" in told:
        for one in ahead:
            owing = tasks.owed_for(task, one)
            tasks.promise(session, owing, tasks.MILESTONE_RULE, one.due_on, desk=desk, now=now)


def _write_along(session: Session, task_id: UUID, units: set[UUID]) -> None:
    session.execute(sa.delete(PlanAssist).where(PlanAssist.task_id == task_id))
    session.add_all(PlanAssist(task_id=task_id, organisation_id=each) for each in sorted(units))
    session.flush()


def _write_measures(session: Session, task_id: UUID, told: Sequence[Mapping[str, Any]]) -> None:
    """The measures as they are told; a milestone of one that is taken out stands alone."""
    stored = {each.id: each for each in _measures(session, task_id)}
    gone = stored.keys() - {each["id"] for each in told}
    session.execute(
        sa.update(PlanMilestone)
        .where(PlanMilestone.measure_id.in_(gone))
        .values(measure_id=None)
        .execution_options(synchronize_session=False)
    )
    _place(session, stored, gone)
    for place, each in enumerate(told, 1):
        row = stored.get(each["id"]) or PlanMeasure(task_id=task_id)
        row.ordinal, row.text = place, each["text"]
        session.add(row)
    session.flush()


def _write_indicators(session: Session, task_id: UUID, told: Sequence[Mapping[str, Any]]) -> None:
    stored = {each.id: each for each in _indicators(session, task_id)}
    _place(session, stored, stored.keys() - {each["id"] for each in told})
    for place, each in enumerate(told, 1):
        row = stored.get(each["id"]) or PlanIndicator(task_id=task_id)
        row.ordinal, row.name, row.unit = place, each["name"], each["unit"]
        row.comparison, row.metric = each["comparison"], each["metric"]
        row.hundredths = None if each["target"] is None else int(each["target"] * 100)
        session.add(row)
    session.flush()


def _place(session: Session, stored: Mapping[UUID, Any], gone: set[UUID]) -> None:
    """Take out those that are gone, and the others out of the way: two never share a place."""
    for key, each in stored.items():
        if key in gone:
            session.delete(each)
        else:
            each.ordinal += MOVED_ASIDE
    session.flush()


def _write_registers(session: Session, task_id: UUID, told: set[str]) -> None:
    session.execute(sa.delete(PlanTaskRegister).where(PlanTaskRegister.task_id == task_id))
    session.add_all(PlanTaskRegister(task_id=task_id, register=each) for each in sorted(told))
    session.flush()


def _measures(session: Session, task_id: UUID) -> Sequence[PlanMeasure]:
    mine = sa.select(PlanMeasure).where(PlanMeasure.task_id == task_id)
    return session.scalars(mine.order_by(PlanMeasure.ordinal)).all()


def _indicators(session: Session, task_id: UUID) -> Sequence[PlanIndicator]:
    mine = sa.select(PlanIndicator).where(PlanIndicator.task_id == task_id)
    return session.scalars(mine.order_by(PlanIndicator.ordinal)).all()


def _registers(session: Session, task_id: UUID) -> Sequence[PlanTaskRegister]:
    return session.scalars(
        sa.select(PlanTaskRegister).where(PlanTaskRegister.task_id == task_id)
    ).all()


def _told(row: PlanIndicator) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "comparison": row.comparison,
        "target": None if row.hundredths is None else Decimal(row.hundredths) / 100,
        "unit": row.unit,
        "metric": row.metric,
    }


def _coded(value: Any) -> str | None:
    """A value as an event holds it."""
    return None if value is None else str(value)


PARTS: Final[Mapping[str, Callable[[Session, UUID, Any], None]]] = {
    "co_units": _write_along,
    "measures": _write_measures,
    "indicators": _write_indicators,
    "registers": _write_registers,
}
