"""Look at what changed 变化 in a plan during some days: what was done, and which lights turned.

What was done is what was written down of it. Lights are computed for the evening before the first
day and for the last, both from what is known today, so a note that was written late counts for the
day it speaks of.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from config.access import Reach
from models import (
    Event,
    Plan,
    PlanDependence,
    PlanEvidence,
    PlanMilestone,
    PlanNote,
    PlanTask,
    User,
    db,
)
from service.desk import Desk
from service.queries import plan_light
from service.queries.page import (
    Page,
    as_instant,
    as_number,
    beyond,
    encode_cursor,
    read_cursor,
)
from service.queries.plan_light import READ
from service.queries.plan_task import plan_of, reached
from service.rules import access
from service.rules.access import Actor, Scope
from service.rules.plan_light import Lit

KEYS: Final = (Event.happened_at, Event.id)
# what an event names by its id, and where the words of it stand
TOLD: Final[Mapping[str, Any]] = {
    "note": PlanNote.text,
    "milestone": PlanMilestone.name,
    "evidence": PlanEvidence.about,
    "dependence": PlanDependence.title,
}


@dataclass(frozen=True, slots=True)
class Days:
    """The days looked at, both included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One thing that was done: to which task (None: to the plan), by whom, what it is about."""

    at: datetime
    action: str
    number: str | None
    name: str | None
    about: str
    fields: tuple[str, ...]
    reason: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class LightChange:
    """A task whose light is another one at the end of the days than before them."""

    number: str
    name: str
    before: Lit
    after: Lit


def page(
    year: int,
    days: Days,
    *,
    actor: Actor,
    desk: Desk,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[ChangeView]:
    """What was done to the tasks in reach, the newest first; NotFound where there is no plan."""
    scope = access.scope(actor, READ, desk.policy.access)
    plan = plan_of(year, scope)
    query = _events(plan, scope, days, desk)
    if cursor:
        query = query.where(
            beyond(KEYS, read_cursor(cursor, as_instant, as_number), descending=True)
        )
    ordered = query.order_by(*(key.desc() for key in KEYS)).limit(limit + 1)
    found = db.session.execute(ordered).all()
    following = None
    if len(found) > limit:
        last: Event = found[limit - 1].Event
        following = encode_cursor([last.happened_at.isoformat(), last.id])
    words = _words([each.Event for each in found[:limit]])
    return Page([_view(each, words) for each in found[:limit]], following)


def lights(year: int, days: Days, *, actor: Actor, desk: Desk, now: datetime) -> list[LightChange]:
    """The tasks in reach whose light turned, in the order of the plan; the future has none."""
    scope = access.scope(actor, READ, desk.policy.access)
    plan, today = plan_of(year, scope), desk.today(now)
    if days.start > today:
        return []
    rows = plan_light.tasks(plan.id, reached(scope))
    before, after = (
        plan_light.of_tasks(plan, rows, desk=desk, now=now, on=day)
        for day in (days.start - timedelta(days=1), min(days.end, today))
    )
    turned = ((each, before[each.id][1], after[each.id][1]) for each in rows)
    return [
        LightChange(each.number, each.name, was, now_is)
        for each, was, now_is in turned
        if was.word != now_is.word
    ]


def _events(plan: Plan, scope: Scope, days: Days, desk: Desk) -> Any:
    first, after = (
        datetime.combine(day, time(), desk.zone)
        for day in (days.start, days.end + timedelta(days=1))
    )
    of_tasks = sa.and_(Event.subject == "plan_task", PlanTask.id.is_not(None))
    of_plan = sa.and_(Event.subject == "plan", Event.subject_id == plan.id)
    seen = sa.or_(of_tasks, of_plan) if Reach.TOWN in scope.reach else of_tasks
    mine = sa.and_(PlanTask.id == Event.subject_id, PlanTask.plan_id == plan.id, reached(scope))
    return (
        sa.select(Event, PlanTask.number, PlanTask.name, User.name.label("by"))
        .select_from(Event)
        .outerjoin(PlanTask, mine)
        .outerjoin(User, User.id == Event.actor_id)
        .where(
            Event.happened_at >= first,
            Event.happened_at < after,
            Event.subject.in_(("plan", "plan_task")),
            seen,
        )
    )


def _words(events: Iterable[Event]) -> dict[UUID, str]:
    """The words of what the events name by its id, one question for each kind."""
    named: dict[str, set[UUID]] = {each: set() for each in TOLD}
    for each in events:
        for kind, keys in named.items():
            if kind in each.detail:
                keys.add(UUID(each.detail[kind]))
    found: dict[UUID, str] = {}
    for kind, keys in named.items():
        column = TOLD[kind]
        if keys:
            asked = sa.select(column.class_.id, column).where(column.class_.id.in_(keys))
            found |= {row[0]: row[1] for row in db.session.execute(asked)}
    return found


def _view(row: Any, words: Mapping[UUID, str]) -> ChangeView:
    event: Event = row.Event
    named = [UUID(event.detail[each]) for each in TOLD if each in event.detail]
    return ChangeView(
        at=event.happened_at,
        action=event.action,
        number=row.number,
        name=row.name,
        about="；".join(words[each] for each in named if each in words),
        fields=tuple(event.detail.get("fields", ())),
        reason=event.reason,
        by=row.by,
    )
