"""Clocks 期限 in words and drawn: remedies first, a bar for each term, the table of its days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask import url_for

from config.basis import Basis
from config.vocabulary import (
    ClockChangeKind,
    ClockChangeState,
    ClockKind,
    ClockState,
    TimeUnit,
)
from config.words import label
from service.queries import clock as queries
from service.queries.clock import ChangeView, ClockView
from service.queries.clock_change import Effect
from service.queries.dispute import Opened
from service.web import show
from service.web.clock_form import at
from service.web.door import desk, now
from service.web.route import basis
from service.web.show import Mark

UNITS: Final[dict[TimeUnit | None, str]] = {
    TimeUnit.WORKING_DAY: "个工作日",
    TimeUnit.NATURAL_DAY: "日",
    TimeUnit.MONTH: "个月",
    TimeUnit.HOUR: "小时",
}
ASKS: Final[dict[ClockChangeKind, str]] = {
    ClockChangeKind.EXTEND: "申请延期",
    ClockChangeKind.PAUSE: "申请中止",
}


def section(opened: Opened) -> dict[str, Any]:
    """What components/clocks.html draws of a dispute."""
    found = queries.of_opened(opened, desk=desk(), now=now())
    today = desk().today(now())
    running = [each for each in found if each.stopped_on is None]
    reads = "clock.read" in opened.may
    open_ = [each for each in running if each.kind is ClockKind.REMEDY and each.due_on >= today]
    ours = [each for each in running if each.kind is not ClockKind.REMEDY]
    return {
        "remedies": [_remedy(each, today, reads) for each in open_],
        "running": [card(each, today, reads) for each in ours],
        "stopped": [card(each, today, reads) for each in found if each.stopped_on is not None],
        "past": [card(each, today, reads) for each in running if each not in (*open_, *ours)],
        "enter_url": url_for("clock.new", dispute_id=opened.view.id)
        if "clock.enter" in opened.may
        else None,
    }


def card(view: ClockView, today: date, reads: bool = True) -> dict[str, Any]:
    """One term as a card: name, kind, chip, bar, and where it is explained."""
    return {
        "name": view.name,
        "kind_label": label(view.kind),
        "kind": view.kind.value,
        "deadline": mark(view, today),
        "bar": bar(view, today),
        "url": _url(view) if reads else None,
        "start_text": _counted(view, today),
        "law": law(view.basis),
        "changed": [_granted(each, today) for each in view.changes if _stands(each)],
        "asked": [label(each.kind) for each in view.changes if _waits(each)],
        "ended_text": _ended(view, today),
    }


def mark(view: ClockView, today: date) -> Mark:
    """The chip of a term: shape, words and date."""
    if view.stopped_on is not None:
        when = f"{show.day(view.due_on, year=today.year)}到期"
        return Mark("ended", label(view.ended) if view.ended else "已停止", when)
    found = show.deadline(
        view.due_on,
        today,
        provisional=view.provisional,
        paused=view.state is ClockState.PAUSED,
    )
    if view.due_at is not None and found is not None and found.tone != "paused":
        when = f"{show.moment(view.due_at, desk().zone)} 到期"
        late = view.overdue
        return Mark("over" if late else "soon", "已超时" if late else hours(view.due_at), when)
    return found or Mark("ok", "")


def hours(due_at: datetime) -> str:
    """剩 5 小时; the last hour counts whole."""
    seconds = max(int((due_at - now()).total_seconds()), 0)
    return f"剩 {-(-seconds // 3600)} 小时"


@dataclass(frozen=True, slots=True)
class Bar:
    """A drawn term, in hundredths of its whole: what is over, what was paused, where it is due."""

    elapsed: float
    due: float
    paused: tuple[tuple[float, float], ...]
    tone: str
    text: str


def bar(view: ClockView, today: date) -> Bar:
    """The bar of a term, from its start to its date or to today where that is later."""
    end = view.stopped_on or today
    whole = max((max(view.due_on, end) - view.start_on).days, 1)

    def place(day: date) -> float:
        return round(min(max((day - view.start_on).days, 0), whole) * 100 / whole, 2)

    paused = []
    for each in view.changes:
        granted = each.state is ClockChangeState.GRANTED and each.kind is ClockChangeKind.PAUSE
        if granted and each.from_on is not None:
            begun, over = place(each.from_on), place(each.until_on or end)
            paused.append((begun, round(max(over - begun, 0.5), 2)))
    late = view.overdue or (view.stopped_on is not None and view.stopped_on > view.due_on)
    return Bar(place(end), place(view.due_on), tuple(paused), "over" if late else "ok", _said(view))


def _said(view: ClockView) -> str:
    """The bar in words, for who does not see it."""
    pauses = sum(
        each.kind is ClockChangeKind.PAUSE and each.state is ClockChangeState.GRANTED
        for each in view.changes
    )
    told = [f"从 {show.long_day(view.start_on)} 起算"]
    told += [f"中止过 {pauses} 次"] if pauses else []
    told += [f"到 {show.long_day(view.due_on)}"] if view.paused_from is None else ["现在暂停计时"]
    return "，".join(told)


def _remedy(view: ClockView, today: date, reads: bool) -> dict[str, Any]:
    left = (view.due_on - today).days
    return {
        "name": view.name,
        "on": show.long_day(view.due_on),
        "provisional": view.provisional,
        "left": show.left_text(left),
        "tone": "stop" if left <= show.SOON_DAYS else "warn" if left <= show.REMEDY_DAYS else "",
        "law": "；".join(law(view.basis)),
        "url": _url(view) if reads else None,
    }


def law(rows: Sequence[Basis]) -> list[str]:
    """The law behind a term, each with how well it is known where that is not read statute."""
    return [basis(**each.as_dict()) for each in rows]


def _url(view: ClockView) -> str:
    return url_for("clock.show_one", dispute_id=view.dispute_id, clock_id=view.id)


def _ended(view: ClockView, today: date) -> str:
    if view.stopped_on is None:
        return ""
    return f"{show.day(view.stopped_on, year=today.year)}停止"


def _counted(view: ClockView, today: date) -> str:
    """10月21日起算，1 个月."""
    told = length(view)
    start = f"{show.day(view.start_on, year=today.year)}起算"
    return f"{start}，{told}" if told else start


def _stands(change: ChangeView) -> bool:
    return change.state is ClockChangeState.GRANTED and change.decided_at is not None


def _granted(change: ChangeView, today: date) -> str:
    """延期：阎桂芝 11月17日同意, 2027 年的放假安排公布: who changed it and when."""
    at = desk().today(change.decided_at) if change.decided_at else today
    when = show.day(at, year=today.year)
    if change.kind is ClockChangeKind.CALENDAR:
        return f"{_ground(change)}：{change.decided_by or ''} {when}签发"
    return f"{label(change.kind)}：{change.decided_by or ''} {when}同意"


def _waits(change: ChangeView) -> bool:
    return change.state is ClockChangeState.ASKED


def length(view: ClockView) -> str:
    """30 个工作日; nothing where another office wrote the date down."""
    return f"{view.length} {UNITS[view.unit]}" if view.length else ""


def change(view: ClockView, each: ChangeView) -> dict[str, Any]:
    """One change in words; what of it is not told stands as an empty text."""
    policy, zone = desk().policy, desk().zone
    known = policy.clock_grounds.by_code.get(each.ground)
    letter = each.state is ClockChangeState.GRANTED and each.kind in ASKS
    return {
        "kind_label": label(each.kind),
        "state_label": label(each.state),
        "state": each.state.value,
        "ground": known.name if known else _ground(each),
        "words": each.words or "",
        "what": what(view.unit, each),
        "moved": _moved(each),
        "asked_text": f"{show.moment(each.asked_at, zone)} {each.asked_by or '系统'}",
        "decided_text": f"{show.moment(each.decided_at, zone)} {each.decided_by or ''}".strip()
        if each.decided_at
        else "",
        "decision": each.decision or "",
        "letter_url": at("clock_change.letter", view, each.id) if letter else None,
        "letter_label": known.letter if known else "通知书",
        "decide_url": at("clock_change.change", view, each.id) if _waits(each) else None,
        "drop_url": at("clock_change.drop", view, each.id) if _waits(each) else None,
        "asked_by_id": each.asked_by_id,
    }


def what(unit: TimeUnit | None, each: ChangeView) -> str:
    """延长 15 日, or from which day to which it was paused."""
    if each.kind is ClockChangeKind.EXTEND and each.length:
        return f"延长 {each.length} {UNITS[unit]}"
    if each.from_on is None:
        return ""
    until = f"到 {show.long_day(each.until_on)} 恢复" if each.until_on else "还没有恢复"
    asked = f"从 {show.long_day(each.from_on)} 起暂停计时"
    return asked if _waits(each) else f"{asked}，{until}"


def _ground(each: ChangeView) -> str:
    """What no list of grounds has: the year whose calendar moved the date."""
    if each.kind is not ClockChangeKind.CALENDAR:
        return each.ground
    return f"{each.ground.rpartition('-')[2]} 年的放假安排公布"


def _moved(each: ChangeView) -> str:
    if each.due_before is None:
        return ""
    if each.due_before == each.due_after:
        return f"仍是 {show.long_day(each.due_before)} 到期，不再是暂定"
    before = f"原来 {show.long_day(each.due_before)} 到期"
    after = f"，改为 {show.long_day(each.due_after)}" if each.due_after else ""
    return before + after


def effect_text(view: ClockView, kind: ClockChangeKind, found: Effect, from_on: date) -> str:
    """What would come of a change, in a sentence."""
    before = show.long_day(found.due_before)
    if kind is ClockChangeKind.EXTEND and found.due_after is not None:
        note = "（暂定，那一年的工作日历还没有公布）" if found.provisional else ""
        return f"同意以后，到期日由 {before} 变为 {show.long_day(found.due_after)}{note}。"
    unit = "个工作日" if view.unit is TimeUnit.WORKING_DAY else "天"
    return (
        f"同意以后，从 {show.long_day(from_on)} 起暂停计时，那时还剩 {found.left} {unit}。"
        f"恢复计时以前没有到期日；恢复以后接着算，停几天就顺延几天（现在的到期日是 {before}）。"
    )
