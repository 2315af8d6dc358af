"""The registers of 府检府院联动: what may be written, what follows on what, and what is late."""

import calendar
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from config.linkage import MONTHS, DueIs, LinkagePeriod, LinkageStage, Register, Stage
from service.errors import Invalid, StepNotAllowed

FIRST: Final = LinkageStage.FILED
DONE: Final = LinkageStage.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody wrote down as a new row, as far as the rules ask."""

    sort: str
    title: str | None
    sign: str | None
    received_on: date
    due_on: date | None
    period: LinkagePeriod | None
    words: str | None
    readers: Collection[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says of the next stage."""

    on: date
    words: str | None = None
    paper: str | None = None
    lawsuit: str | None = None


def check_record(register: Register, row: Written, *, today: date) -> None:
    """Raise Invalid naming every field that this register does not take, or misses."""
    wrong = {
        "sort": None if row.sort in register.sorts else "请选择类别",
        "title": _wanted(row.title, not register.sealed, "请填写事由"),
        "sign": _wanted(row.sign, bool(register.sign), "", optional=True),
        "words": _wanted(row.words, register.words, "请写明内容"),
        "period": _wanted(row.period, register.periodic, "请选择多久一次"),
        "readers": None if register.sealed or not row.readers else "只有受限的登记簿才指定人员",
        "received_on": f"{register.day}不能晚于今天" if row.received_on > today else None,
        "due_on": _due_problem(register, row),
    }
    _refuse(wrong)


def check_step(
    register: Register, following: LinkageStage, said: Said, *, since: date, today: date
) -> Stage:
    """The stage that follows; raises Invalid for a day before the last one, or a proof not told.

    `since` is the day of the stage before.
    """
    stage = register.stages[following]
    early = f"不能早于上一环节（{since.isoformat()}）" if said.on < since else None
    wrong = {
        "on": "不能晚于今天" if said.on > today else early,
        "words": _wanted(said.words, register.words, "请写明怎么办的、凭什么说明办到了")
        if stage.proof or not register.words
        else None,
        "paper": _wanted(said.paper, stage.paper, "请填写文号"),
        "lawsuit": _wanted(said.lawsuit, stage.suit, "", optional=True),
    }
    _refuse(wrong)
    return stage


def after(register: Register, stage: LinkageStage, following: LinkageStage) -> None:
    """Raise StepNotAllowed, with what may follow, when `following` may not come after `stage`."""
    allowed = register.stages[stage].next
    if following not in allowed:
        raise StepNotAllowed("现在不能进行这一步", [each.value for each in allowed])


def open_stages(register: Register, stage: LinkageStage, *, unit: bool) -> list[Stage]:
    """What may follow; `unit`: as far as the unit concerned says so itself."""
    found = (register.stages[each] for each in register.stages[stage].next)
    return [each for each in found if each.unit or not unit]


def settles(register: Register, following: LinkageStage, period: LinkagePeriod | None) -> bool:
    """Whether nothing follows: what comes round again begins anew when a round was done."""
    again = following is DONE and period not in (None, LinkagePeriod.ONCE)
    return not register.stages[following].next and not again


def next_due(due_on: date, period: LinkagePeriod, anchor: int) -> date:
    """The day the following round is due; `anchor` is the day of the month it began with.

    A month that lacks the day has its last one, and the month after the day again.
    """
    months = due_on.year * 12 + due_on.month - 1 + MONTHS[period]
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor, last))


def is_late(due_on: date | None, ended_on: date | None, today: date) -> bool:
    """Whether it is overdue, or came after its day: on the last day it is in time."""
    return due_on is not None and (ended_on or today) > due_on


def _due_problem(register: Register, row: Written) -> str | None:
    if row.due_on is None:
        return "请填写来文写明的期限" if register.due is DueIs.MUST else None
    if register.due is DueIs.NONE:
        return "这个登记簿不记期限"
    return f"期限不能早于{register.day}" if row.due_on < row.received_on else None


def _wanted(
    value: object,
    taken: bool,
    missing: str,
    *,
    optional: bool = False,
) -> str | None:
    if value is None:
        return missing if taken and not optional else None
    return None if taken else "这里不填这一项"


def _refuse(wrong: Mapping[str, str | None]) -> None:
    found = {name: [problem] for name, problem in wrong.items() if problem}
    if found:
        raise Invalid(found)
