"""Requests of the people concerned 个人信息申请: which step may follow, what an answer shows."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from config.privacy import Term
from config.vocabulary import DataDecision, DataRequestKind, DataRequestStatus, TimeUnit
from service.errors import Conflict, Invalid
from service.rules import narrative
from service.rules.calendar import WorkCalendar

SHOWN: Final = frozenset({DataRequestKind.ACCESS, DataRequestKind.COPY})
HIDDEN: Final = "（号码不显示）"
_NUMBER: Final = re.compile(
    r"(?<!\d)(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)", re.ASCII
)


def due(received_on: date, term: Term, calendar: WorkCalendar) -> tuple[date, bool]:
    """When the answer is promised, and whether that may still move (个人信息保护法 art. 50)."""
    on = calendar.add(received_on, term.days, TimeUnit.WORKING_DAY)
    return on, not calendar.is_published(on)


def check_step(status: DataRequestStatus, needed: DataRequestStatus) -> None:
    """Conflict unless the request stands at `needed`."""
    if status is not needed:
        raise Conflict("这件申请已经办到下一步，请刷新后查看")


def check_decision(decision: DataDecision, reason: str | None) -> None:
    """Invalid at `reason` when something is refused without saying why (art. 50)."""
    if decision is not DataDecision.GRANTED and not (reason or "").strip():
        raise Invalid({"reason": ["不同意的，要写明理由"]})


def may_show(
    kind: DataRequestKind, decision: DataDecision | None, status: DataRequestStatus
) -> bool:
    """Whether what is stored may be printed for who asked: decided, to see or copy, not refused."""
    decided = status is not DataRequestStatus.RECEIVED
    return decided and kind in SHOWN and decision is not DataDecision.REFUSED


def told_to(text: str, own: Iterable[str], others: Iterable[str]) -> str:
    """A story as its reader may have it: the names of others masked, numbers not their own gone."""
    mine = {each.upper() for each in own}
    shown = narrative.masked(text, others)
    return _NUMBER.sub(lambda hit: hit[0] if hit[0].upper() in mine else HIDDEN, shown)
