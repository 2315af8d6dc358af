"""Take a read document into the plan of its year: what is new is added, the rest is changed to it.

A task that is only worded otherwise stays the task it was, with its units, milestones, notes and
evidence. One that the document no longer has is called off with the reason and kept.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config.plan import PlanLineKind, PlanTaskState
from config.vocabulary import ClockEnd
from models import (
    Plan,
    PlanAssist,
    PlanChapter,
    PlanImport,
    PlanIndicator,
    PlanMeasure,
    PlanSection,
    PlanTask,
    PlanTaskRegister,
)
from service.desk import Desk
from service.errors import Invalid
from service.operations import clock_subject as clocks
from service.operations.event import record
from service.operations.plan_task import open_milestones, owed, owed_for, start_terms
from service.queries import plan_import as queries
from service.queries.plan_wording import wording
from service.rules.access import Actor
from service.rules.metric import METRICS
from service.rules.plan_compare import Fate, Piece, compare, pieces_of
from service.rules.plan_link import Measured, links
from service.rules.plan_text import DraftPlan, DraftTask, name_of
from service.rules.plan_text.unit import due_date

MOST_TITLE: Final = 200
AWAY: Final = -1_000_000  # where rows wait that change places
Meanings = Mapping[str, Sequence[UUID]]
Place = tuple[UUID | None, int, str | None]  # what it stands under, its ordinal, its number


@dataclass(frozen=True, slots=True)
class Taken:
    """What was done: the plan, and how many tasks were added, reworded, called off, and so on."""

    plan_id: UUID
    counts: Mapping[str, int]
    unmatched: tuple[str, ...]  # names that mean no unit of the town


@dataclass(slots=True)
class _Taking:
    """A document on its way into a plan."""

    session: Session
    plan: Plan
    draft: DraftPlan
    meanings: Meanings
    reason: str
    actor: Actor | None
    desk: Desk
    now: datetime
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def first_day(self) -> date:
        """The first day of the plan's year."""
        return date(self.plan.year, 1, 1)

    @property
    def last_day(self) -> date:
        """The last day of the plan's year."""
        return date(self.plan.year, 12, 31)


def apply(
    session: Session,
    source: PlanImport,
    draft: DraftPlan,
    meanings: Meanings,
    *,
    actor: Actor | None,
    desk: Desk,
    now: datetime,
) -> Taken:
    """Make the plan of the import's year what the draft says; Invalid for a title too long.

    `meanings` tell which units the names of the draft mean. Whoever calls holds the lock.
    """
    if draft.title and len(draft.title) > MOST_TITLE:
        raise Invalid({"lines": [f"标题超过 {MOST_TITLE} 字，请把不是标题的行改成前言"]})
    plan = queries.stored(source.organisation_id, source.year)
    is_new = plan is None
    if plan is None:
        plan = _new_plan(session, source, actor, now)
    reason = f"新的文本里没有这项任务（{source.file_name}）"[:500]
    taking = _Taking(session, plan, draft, meanings, reason, actor, desk, now)
    changed = _write(taking)
    _head(taking, changed=changed or is_new)
    unmatched = tuple(name for name, units in meanings.items() if not units)
    return Taken(plan.id, dict(taking.counts), unmatched)


def _new_plan(session: Session, source: PlanImport, actor: Actor | None, now: datetime) -> Plan:
    before = queries.stored(source.organisation_id, source.year - 1)
    plan = Plan(
        id=uuid4(),
        organisation_id=source.organisation_id,
        year=source.year,
        preamble="",
        closing="",
        wording="",
        previous_id=before.id if before else None,
        changed_by=actor.user_id if actor else None,
        changed_at=now,
    )
    session.add(plan)
    session.flush()
    return plan


def _head(taking: _Taking, *, changed: bool) -> None:
    """What is said around the tasks, the hash of it all, and the event."""
    plan, draft, actor = taking.plan, taking.draft, taking.actor
    plan.title = draft.title or plan.title  # a text without a title takes none away
    plan.preamble, plan.closing = draft.preamble, draft.closing
    words = wording(plan)
    if words != plan.wording or changed:
        plan.wording, plan.changed_at = words, taking.now
        plan.changed_by = actor.user_id if actor else None
        if actor is not None and plan.approved_by == actor.user_id:
            plan.approved_by = plan.approved_at = plan.approved_wording = None
    taking.session.flush()
    record(
        taking.session,
        plan.id,
        subject="plan",
        action="plan-take",
        actor=actor,
        now=taking.now,
        detail={"year": plan.year, "fields": ["wording"]} | dict(taking.counts),
        version=plan.version,
    )


# -- the frame -----------------------------------------------------------------------------------


def _write(taking: _Taking) -> bool:
    """Chapters, sections and tasks as the draft has them; whether anything changed."""
    session, plan = taking.session, taking.plan
    olds, news = queries.pieces(plan), pieces_of(taking.draft)
    gone_before = queries.dropped(plan.id)
    found = compare(olds, news)
    matched = {
        id(change.new): change.old.key for change in found.changes if change.new and change.old
    }
    rows = _rows(session, olds)
    ids = [_id(matched.get(id(piece))) for piece in news]
    placed = _places(news, ids)
    left = [change.old for change in found.changes if change.fate is Fate.DROPPED and change.old]
    kept = _kept(left, rows, placed, {task.number for task in taking.draft.tasks})
    _step_aside(session, rows, placed | kept)
    _frame(taking, news, ids, rows, placed)
    drafts = iter(taking.draft.tasks)
    fresh: list[PlanTask] = []
    for piece, key in zip(news, ids, strict=True):
        if piece.kind is PlanLineKind.TASK:
            task = rows.get(key)
            draft = next(drafts)
            if task is None:
                fresh.append(_add(taking, key, draft, placed[key]))
            else:
                _change(taking, task, draft, placed[key])
    _settle(session, rows, kept)
    for piece in left:
        if piece.kind is PlanLineKind.TASK and piece.key not in gone_before:
            _call_off(taking, rows[_id(piece.key)])
    _clear(session, rows, placed, kept)
    _inherit(taking, fresh)
    for task in (each for each in fresh if each.lead_id is not None):
        start_terms(session, task, desk=taking.desk, now=taking.now)
    return not found.is_still


def _id(key: Any) -> UUID:
    """The id of a stored row, or a new one."""
    return key if isinstance(key, UUID) else uuid4()


def _rows(session: Session, olds: Sequence[Piece]) -> dict[UUID, Any]:
    """The rows of what is stored, by id."""
    tables: dict[PlanLineKind, Any] = {
        PlanLineKind.CHAPTER: PlanChapter,
        PlanLineKind.SECTION: PlanSection,
        PlanLineKind.TASK: PlanTask,
    }
    found: dict[UUID, Any] = {}
    for kind, table in tables.items():
        keys = [piece.key for piece in olds if piece.kind is kind]
        rows = session.scalars(sa.select(table).where(table.id.in_(keys)))
        found |= {row.id: row for row in rows}
    return found


def _places(news: Sequence[Piece], ids: Sequence[UUID]) -> dict[UUID, Place]:
    """Where every piece of the draft will stand."""
    under: Counter[int | None] = Counter()
    found: dict[UUID, Place] = {}
    for piece, key in zip(news, ids, strict=True):
        under[piece.under] += 1
        above = None if piece.under is None else ids[piece.under]
        found[key] = (above, under[piece.under], piece.number)
    return found


def _kept(
    left: Sequence[Piece],
    rows: Mapping[UUID, Any],
    placed: Mapping[UUID, Place],
    numbers: set[str],
) -> dict[UUID, Place]:
    """Where tasks stay that the draft has not, and the headings over them: behind all others."""
    found: dict[UUID, Place] = {}
    last: Counter[UUID | None] = Counter()
    for above, ordinal, _ in placed.values():
        last[above] = max(last[above], ordinal)

    def stay(key: UUID, above: UUID | None, number: str | None) -> None:
        last[above] += 1
        found[key] = (above, last[above], number)

    for piece in left:
        if piece.kind is not PlanLineKind.TASK:
            continue
        task: PlanTask = rows[_id(piece.key)]
        section: PlanSection = rows[task.section_id]
        chapter: PlanChapter = rows[section.chapter_id]
        if chapter.id not in placed and chapter.id not in found:
            stay(chapter.id, None, chapter.number)
        if section.id not in placed and section.id not in found:
            stay(section.id, chapter.id, section.number)
        number = _free(task.number, numbers)
        numbers.add(number)
        stay(task.id, section.id, number)
    return found


def _free(number: str, taken: set[str]) -> str:
    """The number of a task that was called off; where another has it now, it is a former one 原."""
    core = number.removeprefix("原").partition("-")[0][:14]
    tries = (number, f"原{core}", *(f"原{core}-{n}" for n in range(2, 1000)))
    return next(each for each in tries if each not in taken)


def _step_aside(session: Session, rows: Mapping[UUID, Any], places: Mapping[UUID, Place]) -> None:
    """Whoever changes places leaves the old one first: no two may stand in one at any moment."""
    for position, (key, row) in enumerate(rows.items(), 1):
        if key in places and _place_of(row) == places[key]:
            continue
        aside: dict[str, Any] = {"ordinal": AWAY - position}
        if isinstance(row, PlanTask):
            aside["number"] = f"~{position}"
        table = type(row)
        session.execute(sa.update(table).where(table.id == key).values(**aside))
        session.refresh(row)


def _place_of(row: Any) -> Place:
    above = {PlanTask: "section_id", PlanSection: "chapter_id"}.get(type(row))
    return (getattr(row, above) if above else None, row.ordinal, row.number)


def _frame(
    taking: _Taking,
    news: Sequence[Piece],
    ids: Sequence[UUID],
    rows: Mapping[UUID, Any],
    placed: Mapping[UUID, Place],
) -> None:
    """The chapters, then the sections."""
    chapters = iter(taking.draft.chapters)
    sections = iter(s for c in taking.draft.chapters for s in c.sections)
    for piece, key in zip(news, ids, strict=True):
        above, ordinal, number = placed[key]
        if piece.kind is PlanLineKind.CHAPTER:
            said: Any = next(chapters)
            row = rows.get(key) or PlanChapter(id=key, plan_id=taking.plan.id)
        elif piece.kind is PlanLineKind.SECTION:
            said = next(sections)
            row = rows.get(key) or PlanSection(id=key)
            row.chapter_id = above
        else:
            continue
        row.ordinal, row.number, row.title, row.text = ordinal, number, said.title, said.text
        taking.session.add(row)
        taking.session.flush()  # what stands under it names it


def _settle(session: Session, rows: Mapping[UUID, Any], kept: Mapping[UUID, Place]) -> None:
    for key, (above, ordinal, number) in kept.items():
        row = rows[key]
        row.ordinal, row.number = ordinal, number
        if isinstance(row, PlanSection) and above is not None:
            row.chapter_id = above
        session.flush()


def _clear(
    session: Session,
    rows: Mapping[UUID, Any],
    placed: Mapping[UUID, Place],
    kept: Mapping[UUID, Place],
) -> None:
    """Headings that nothing stands under any more are gone."""
    empty = [row for key, row in rows.items() if key not in placed and key not in kept]
    for table in (PlanSection, PlanChapter):
        for row in empty:
            if isinstance(row, table):
                session.delete(row)
        session.flush()


# -- tasks ---------------------------------------------------------------------------------------


def _add(taking: _Taking, key: UUID, draft: DraftTask, place: Place) -> PlanTask:
    """A task that the plan had not: all that its wording asks for is proposed."""
    above, ordinal, number = place
    assert above is not None
    assert number is not None
    due = due_date(draft.units.due, taking.plan.year)
    task = PlanTask(
        id=key,
        plan_id=taking.plan.id,
        section_id=above,
        ordinal=ordinal,
        number=number,
        text=draft.text,
        name=draft.name,
        units_text=list(draft.units.names),
        starts_on=taking.first_day,
        due_on=due if due and due >= taking.first_day else taking.last_day,
    )
    taking.session.add(task)
    taking.session.flush()  # its parts name it
    asked = links(draft.text, taking.desk.policy.plans)
    for register in asked.registers:
        taking.session.add(PlanTaskRegister(task_id=key, register=register))
    for place_, figure in enumerate(asked.figures, 1):
        taking.session.add(_indicator(key, place_, figure))
    for place_, words in enumerate(draft.measures, 1):
        taking.session.add(PlanMeasure(task_id=key, ordinal=place_, text=words))
    _propose_units(taking, task, draft)
    taking.counts["added"] += 1
    return task


def _change(taking: _Taking, task: PlanTask, draft: DraftTask, place: Place) -> None:
    """A task that the plan had: its words and its place are those of the document now."""
    above, ordinal, number = place
    assert above is not None
    assert number is not None
    before = task.text
    is_moved = (task.section_id, task.number) != (above, number)
    was_called = task.name == name_of(before)
    task.section_id, task.ordinal, task.number = above, ordinal, number
    task.units_text = list(draft.units.names)
    is_back = task.state is PlanTaskState.DROPPED
    if is_back:
        task.state, task.dropped_at, task.reason = PlanTaskState.OPEN, None, None
    has_unit = task.lead_id is not None or _assists(taking.session, task.id)
    is_reworded = "".join(before.split()) != "".join(draft.text.split())
    task.text = draft.text
    if is_reworded:
        task.name = draft.name if was_called else task.name
        _propose_links(taking, task, before, draft.text)
    if not has_unit:
        _propose_units(taking, task, draft)
    taking.session.flush()  # gives the new version to the event
    if task.lead_id is not None and (is_back or not has_unit):
        start_terms(taking.session, task, desk=taking.desk, now=taking.now)
    deed = "task-resume" if is_back else "task-reword" if is_reworded else None
    taking.counts["reworded"] += is_reworded
    taking.counts["moved"] += is_moved
    taking.counts["resumed"] += is_back
    if deed:
        _noted(taking, task, deed, {"fields": ["text"]})


def _call_off(taking: _Taking, task: PlanTask) -> None:
    """The document no longer has it: nobody owes it any more, and it is kept with the reason."""
    today = taking.desk.today(taking.now)
    ahead = open_milestones(taking.session, task.id)
    for each in (owed(task), *(owed_for(task, one) for one in ahead)):
        clocks.stop(
            taking.session, each, ClockEnd.WITHDRAWN, today, desk=taking.desk, now=taking.now
        )
    before = task.state
    done = f"；此前已于 {task.done_on} 完成" if task.done_on else ""
    task.state, task.done_on, task.dropped_at = PlanTaskState.DROPPED, None, taking.now
    task.reason = (taking.reason + done)[:500]
    taking.session.flush()  # gives the new version to the event
    taking.counts["dropped"] += 1
    _noted(taking, task, "task-drop", {}, change=(before, task.state), reason=task.reason)


def _propose_units(taking: _Taking, task: PlanTask, draft: DraftTask) -> None:
    """Who leads and who works along, as far as the names mean units of the town."""
    units = draft.units
    first = [each for name in units.lead or units.answer for each in taking.meanings[name]]
    everybody = [each for name in units.names for each in taking.meanings[name]]
    task.lead_id = first[0] if first else None
    for each in dict.fromkeys(everybody):
        if each != task.lead_id:
            taking.session.add(PlanAssist(task_id=task.id, organisation_id=each))


def _assists(session: Session, task_id: UUID) -> bool:
    asked = sa.select(PlanAssist.id).where(PlanAssist.task_id == task_id).limit(1)
    return session.scalar(asked) is not None


def _propose_links(taking: _Taking, task: PlanTask, before: str, after: str) -> None:
    """Registers and figures that the new words ask for and the old ones did not.

    A figure that was found in words which are gone goes with them; what a person added stays.
    """
    session = taking.session
    plans = taking.desk.policy.plans
    old, new = links(before, plans), links(after, plans)
    has = set(
        session.scalars(
            sa.select(PlanTaskRegister.register).where(PlanTaskRegister.task_id == task.id)
        )
    )
    for register in new.registers:
        if register not in has and register not in old.registers:
            session.add(PlanTaskRegister(task_id=task.id, register=register))
    stored = session.scalars(sa.select(PlanIndicator).where(PlanIndicator.task_id == task.id)).all()
    outdated = [each for each in stored if each.words and each.words not in after]
    for each in outdated:
        session.delete(each)
    session.flush()  # their places are free
    kept = [each for each in stored if each not in outdated]
    last = max((each.ordinal for each in kept), default=0)
    known = {(each.metric, each.words) for each in kept} | {
        (each.metric, each.words) for each in old.figures if each.words in after
    }
    wanted = [each for each in new.figures if (each.metric, each.words) not in known]
    for ordinal, figure in enumerate(wanted, last + 1):
        session.add(_indicator(task.id, ordinal, figure))


def _indicator(task_id: UUID, ordinal: int, figure: Measured) -> PlanIndicator:
    metric = METRICS.get(figure.metric or "")
    return PlanIndicator(
        task_id=task_id,
        ordinal=ordinal,
        name=(figure.name or (metric.label if metric else figure.words))[:80],
        comparison=figure.comparison,
        hundredths=None if figure.value is None else int(figure.value * Decimal(100)),
        unit=figure.unit,
        metric=figure.metric,
        words=figure.words,
    )


def _inherit(taking: _Taking, fresh: Sequence[PlanTask]) -> None:
    """New tasks that go on from one of the year before know which."""
    before = queries.stored(taking.plan.organisation_id, taking.plan.year - 1)
    if before is None or not fresh:
        return
    gone = queries.dropped(before.id)
    olds = [
        Piece(piece.kind, piece.number, piece.text, key=piece.key)
        for piece in queries.pieces(before)
        if piece.kind is PlanLineKind.TASK and piece.key not in gone
    ]
    news = [Piece(PlanLineKind.TASK, task.number, task.text, key=task.id) for task in fresh]
    tasks = {task.id: task for task in fresh}
    for change in compare(olds, news).changes:
        if change.old and change.new:
            tasks[_id(change.new.key)].previous_id = _id(change.old.key)
    taking.session.flush()


def _noted(
    taking: _Taking,
    task: PlanTask,
    deed: str,
    detail: Mapping[str, Any],
    *,
    change: tuple[PlanTaskState | None, PlanTaskState | None] = (None, None),
    reason: str | None = None,
) -> None:
    record(
        taking.session,
        task.id,
        subject="plan_task",
        action=deed,
        actor=taking.actor,
        now=taking.now,
        change=change,
        reason=reason,
        detail=dict(detail),
        version=task.version,
    )
