"""期限 of what is no dispute, in words: what the page of a letter or a lawsuit shows of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import url_for

from config.clock_subject import ClockSubject
from config.vocabulary import ClockKind
from config.words import label
from service.queries import clock_subject as queries
from service.queries.clock_subject import MoveOf, SubjectClock
from service.rules import access
from service.web import show
from service.web.clock import UNITS, law
from service.web.door import actor, desk, now
from service.web.show import Mark

# who says when it is due, where that is no letter and no paper
STATED: Final[Mapping[ClockSubject, str]] = {
    ClockSubject.PLAN_TASK: "计划定在",
    ClockSubject.PLAN_MILESTONE: "节点定在",
}


def section_of(subject: ClockSubject, subject_id: UUID) -> dict[str, Any]:
    """What clock/subject.html draws of one thing; whoever calls has opened it for its viewer."""
    return told(queries.of_subject(subject, subject_id, desk=desk(), now=now()))


def told(found: Sequence[SubjectClock]) -> dict[str, Any]:
    """The same of clocks that were read already."""
    cards = [_card(each) for each in found]
    return {
        "running": [each for each in cards if each["runs"]],
        "stopped": [each for each in cards if not each["runs"]],
    }


def mark(view: SubjectClock) -> Mark:
    """The chip of a term: shape, words and date."""
    today = desk().today(now())
    if view.stopped_on is not None:
        when = f"{show.day(view.due_on, year=today.year)}到期"
        ended = label(view.ended) if view.ended else "已停止"
        return Mark("over" if view.late else "ended", _late(view) or ended, when)
    found = show.deadline(view.due_on, today, provisional=view.provisional, paused=False)
    if found and found.tone == "over" and view.kind is ClockKind.REMEDY:
        return replace(found, tone="ended", text="已经期满")  # nobody had to use it
    return found or Mark("ok", "")


def explanation(view: SubjectClock) -> list[str]:
    """How the date came about, a sentence each: counted or stated, rolled, uncertain, moved."""
    start = show.long_day(view.start_on)
    if view.stated:
        where = STATED.get(view.subject, "来函或者文书写明")
        said = [f"{where} {show.long_day(view.due_on)}到期，不推算，也不顺延"]
        return [*said, *(_moved(each) for each in view.moves)]
    said = [f"从 {start} 起算 {view.length} {UNITS[view.unit]}，起算当日不算"]
    if view.raw_due_on != view.due_on:
        rolled = f"数到 {show.long_day(view.raw_due_on)}，是休息日"
        said.append(f"{rolled}，顺延到 {show.long_day(view.due_on)}")
    said += [f"暂定：{why}" for why in _uncertain(view)]
    return [*said, *(_moved(each) for each in view.moves)]


def _card(view: SubjectClock) -> dict[str, Any]:
    today = desk().today(now())
    reads = access.may(actor(), "calendar.read", desk().policy.access) and not view.stated
    return {
        "name": view.name,
        "rule": view.rule,
        "kind_label": label(view.kind),
        "deadline": mark(view),
        "runs": view.stopped_on is None,
        "explained": explanation(view),
        "law": law(view.basis),
        "note": view.note,
        "late": view.late,
        "ended_text": _ended(view, today),
        "url": f"{url_for('calendar.explain', rule=view.rule)}&from={view.start_on}"
        if reads
        else None,
    }


def _late(view: SubjectClock) -> str:
    return f"超期 {((view.stopped_on or view.due_on) - view.due_on).days} 天" if view.late else ""


def _ended(view: SubjectClock, today: date) -> str:
    if view.stopped_on is None:
        return ""
    ended = label(view.ended) if view.ended else "停止"
    return f"{show.day(view.stopped_on, year=today.year)}{ended}"


def _uncertain(view: SubjectClock) -> list[str]:
    """Why the date is provisional: the letter is silent, or a year's days off are not known."""
    if not view.provisional:
        return []
    why = ["来函没有写明期限，应向来函单位问明"] if view.uncertain else []
    unknown = {view.raw_due_on.year, view.due_on.year} - set(desk().calendar.holidays.years)
    why += [f"{year} 年的工作日历还没有公布" for year in sorted(unknown)]
    return why or ["到期日还可能变动"]


def _moved(each: MoveOf) -> str:
    year = each.ground.rpartition("-")[2]
    before = show.long_day(each.due_before) if each.due_before else ""
    after = show.long_day(each.due_after) if each.due_after else ""
    if before == after:
        return f"{year} 年的放假安排公布后，仍是 {after} 到期"
    return f"{year} 年的放假安排公布后，由 {before} 改为 {after}"
