"""The yearly plan 年度计划 as its pages show it: rows of the board, filters, what changed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

from flask import current_app, url_for

from config.plan import PlanLight
from config.text import clean_line
from service.queries.plan import Approval, ChapterView, PlanView, SectionView, TaskView
from service.queries.plan_change import ChangeView, LightChange
from service.rules import access
from service.rules.plan_light import LIGHT, SEVERITY, From, Lit, Milestone, Reason, Source
from service.web import show
from service.web.deed import did
from service.web.door import actor, desk, now, reaches_town
from service.web.show import Mark

TASK_PAGE: Final = "plan_task.detail"
REGISTER_PAGE: Final = "plan_entry.listed"
# a light as shape and word, so that no colour is needed; in the order a leader looks
SHAPES: Final[Mapping[PlanLight, str]] = MappingProxyType(
    {
        PlanLight.RED: "■",
        PlanLight.YELLOW: "▲",
        PlanLight.GREEN: "●",
        PlanLight.WAITING: "◇",
        PlanLight.DONE: "✓",
    }
)
# the right that opens what a reason was computed from
READS: Final[Mapping[From, str]] = MappingProxyType(
    {From.METRIC: "metric.read", From.REGISTER: "plan_entry.list"}
)
DROPPED: Final = "dropped"
ON_THE_WAY: Final = "按计划推进"
ON_DESK: Final = 5  # red tasks on a desk
NOBODY: Final = "none"  # the unit of what nobody leads yet
# what of a task was changed, in words
FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "text": "任务原文",
        "name": "简称",
        "lead": "牵头单位",
        "co_units": "配合单位",
        "owner": "责任人",
        "starts_on": "开始日期",
        "due_on": "完成期限",
        "measures": "措施",
        "indicators": "指标",
        "registers": "工作台账",
        "wording": "计划文字",
        "number": "序号",
        "place": "所在章节",
        "state": "状态",
        "status": "状态",
    }
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a board is narrowed to; what is no choice narrows nothing."""

    light: str = ""
    unit: str = ""
    mine: bool = False

    @property
    def is_any(self) -> bool:
        """Whether it is narrowed at all."""
        return bool(self.light or self.unit or self.mine)

    def query(self, **changes: Any) -> dict[str, Any]:
        """The address of the same board with something else chosen."""
        told = {"light": self.light, "unit": self.unit, "mine": "1" if self.mine else ""}
        return {name: value for name, value in (told | changes).items() if value}


def chosen(asked: Mapping[str, str], view: PlanView) -> Chosen:
    """What the address asks for, as far as the plan has it."""
    lights = {*(each.value for each in PlanLight), DROPPED}
    light, unit = asked.get("light", ""), asked.get("unit", "")
    known = {value for value, _ in units(view)}
    return Chosen(
        light if light in lights else "",
        unit if unit in known else "",
        asked.get("mine") == "1",
    )


def narrowed(chosen: Chosen) -> Callable[[TaskView], bool]:
    """Whether a task is among those chosen, whatever its light."""
    me = actor()
    mine_too = {me.user_id, *me.stands_for}

    def holds(task: TaskView) -> bool:
        at = {str(each.id) for each in (task.lead, *task.co_units) if each} or {NOBODY}
        is_mine = bool(at & {str(each) for each in me.homes}) or task.owner_id in mine_too
        of_unit = chosen.unit in at or (chosen.unit == NOBODY and task.lead is None)
        return (is_mine or not chosen.mine) and (of_unit or not chosen.unit)

    return holds


def units(view: PlanView) -> list[tuple[str, str]]:
    """Every unit that leads a task or works along with one, and nobody, to choose from."""
    found = {
        str(each.id): each.name
        for task in view.tasks
        for each in (task.lead, *task.co_units)
        if each
    }
    named = sorted(found.items(), key=lambda each: each[1])
    return [*named, *([(NOBODY, "还没有牵头单位")] if any(not t.lead for t in view.tasks) else [])]


def code(lit: Lit) -> str:
    """The word of a light in addresses; a task that was given up has none."""
    return DROPPED if lit.dropped else lit.light.value


def mark(lit: Lit) -> dict[str, str]:
    """A light as shape, word and colour."""
    shape = "–" if lit.dropped else SHAPES[lit.light]
    return {"code": code(lit), "shape": shape, "word": lit.word}


def told(lit: Lit) -> dict[str, Any]:
    """A light with all its reasons, each leading to what it was computed from."""
    return {"mark": mark(lit), "reasons": [_reason(each) for each in lit.reasons]}


def _reason(each: Reason) -> dict[str, Any]:
    judges = each.code not in ("figure_empty", "figure_shown")
    return {
        "code": each.light.value if judges else "none",
        "shape": SHAPES[each.light] if judges else "–",
        "word": LIGHT[each.light] if judges else "不作判断",
        "text": each.text,
        "url": source_url(each.source),
        "of_unit": not reaches_town(READS.get(each.source.kind, "plan.read")),
    }


def source_url(source: Source) -> str | None:
    """The rows a figure was counted from, for who may see them; of a register its page."""
    needed = READS.get(source.kind)
    if needed is None or not access.may(actor(), needed, desk().policy.access):
        return None
    if source.kind is From.METRIC and source.start_on and source.ended_before:
        days = {"from": source.start_on, "to": source.ended_before}
        told: dict[str, Any] = {name: day.isoformat() for name, day in days.items()}
        return url_for("figure.rows", metric_id=source.id, **told)
    if source.kind is From.REGISTER:
        return url_for(REGISTER_PAGE, register_id=source.id)
    return None


def tabs(view: PlanView, chosen: Chosen) -> list[dict[str, Any]]:
    """All, and each light there is, with how many; the one that is shown is marked."""
    held = [task for task in view.tasks if narrowed(chosen)(task)]
    counts = {each: sum(code(task.lit) == each.value for task in held) for each in SHAPES}
    given_up = sum(task.lit.dropped for task in held)
    told = [("", "全部", "", len(held))]
    told += [(each.value, LIGHT[each], SHAPES[each], counts[each]) for each in SHAPES]
    told += [(DROPPED, "已取消", "–", given_up)] if given_up else []
    return [
        {
            "code": value,
            "label": word,
            "shape": shape,
            "count": count,
            "current": value == chosen.light,
            "url": url_for("plan.board", year=view.year, **chosen.query(light=value)),
        }
        for value, word, shape, count in told
    ]


def sentence(view: PlanView) -> list[dict[str, Any]]:
    """30 项任务：完成 3，绿灯 20，黄灯 5，红灯 2, each number leading to its tasks."""
    tally = view.tally
    shown = [PlanLight.DONE, PlanLight.GREEN, PlanLight.YELLOW, PlanLight.RED]
    shown += [PlanLight.WAITING] if tally.lights[PlanLight.WAITING] else []
    return [
        {
            "word": LIGHT[each],
            "count": tally.lights[each],
            "url": url_for("plan.board", year=view.year, light=each.value),
        }
        for each in shown
    ]


def chapters(view: PlanView, chosen: Chosen) -> list[dict[str, Any]]:
    """The board: chapters and sections that hold a chosen task; unnarrowed, all of them."""
    holds = narrowed(chosen)

    def kept(task: TaskView) -> bool:
        return holds(task) and chosen.light in ("", code(task.lit))

    told = [_chapter(each, view.year, kept) for each in view.chapters]
    return [each for each in told if each["rows"]]


def _chapter(chapter: ChapterView, year: int, kept: Callable[[TaskView], bool]) -> dict[str, Any]:
    rows = [
        row(task, year) | {"section": _section(section)}
        for section in chapter.sections
        for task in section.tasks
        if kept(task)
    ]
    counts = Counter(each["mark"]["code"] for each in rows)
    return {
        "title": _numbered(chapter.number, chapter.title, "、"),
        "rows": rows,
        "lights": [
            {"code": each.value, "shape": SHAPES[each], "word": LIGHT[each], "count": counts[each]}
            for each in SHAPES
            if counts[each]
        ],
    }


def _section(section: SectionView) -> str:
    number = f"（{section.number}）" if section.number else None
    return _numbered(number, section.title, "").rstrip("。")


def _numbered(number: str | None, title: str | None, after: str) -> str:
    told = clean_line(title) if title else ""
    return f"{number}{after}{told}" if number else told


def row(task: TaskView, year: int) -> dict[str, Any]:
    """One task of the board; of a task in time the next milestone says why it is."""
    first, *others = task.reasons
    coming = task.next_milestone
    is_plain = coming is not None and first.code == "milestone_ahead"
    return {
        "number": task.number,
        "name": task.name,
        "url": task_url(year, task.number),
        "mark": mark(task.lit),
        "lead": task.lead.name if task.lead else "",
        "beside": "、".join(each.name for each in task.co_units),
        "next": milestone(coming),
        "reason": ON_THE_WAY if is_plain else first.text,
        "is_plain": is_plain,
        "more": sum(
            each.light is first.light and each.light not in (PlanLight.GREEN, PlanLight.DONE)
            for each in others
        ),
    }


def milestone(found: Milestone | None) -> dict[str, Any] | None:
    """The next milestone and its day, near as the lights call it near."""
    if found is None:
        return None
    today = desk().today(now())
    left = (found.due_on - today).days
    tone = "over" if left < 0 else "soon" if left <= desk().policy.plans.soon_days else "ok"
    when = show.day(found.due_on, year=today.year)
    return {"name": found.name, "deadline": Mark(tone, show.left_text(left), when)}


def task_url(year: int, number: str) -> str | None:
    """The page of a task, where there is one."""
    if TASK_PAGE not in current_app.view_functions:
        return None
    return url_for(TASK_PAGE, year=year, number=number)


def on_desk(view: PlanView) -> dict[str, Any]:
    """This year's plan on the desk of who looks at all of it: the sentence, what is red."""
    red = [task for task in view.tasks if code(task.lit) == PlanLight.RED.value]
    return {
        "total": view.tally.total,
        "sentence": sentence(view),
        "waits": not view.approval.is_approved,
        "rows": [row(task, view.year) for task in red[:ON_DESK]],
        "more": max(0, len(red) - ON_DESK),
        "red_url": url_for("plan.board", year=view.year, light=PlanLight.RED.value),
        "url": url_for("plan.board", year=view.year),
    }


def approval(found: Approval) -> dict[str, Any]:
    """Who approved the wording, or that it waits for that, in a sentence."""
    changed = _by(found.changed_by, found.changed_at)
    if found.is_approved and found.approved_at:
        approved = _by(found.approved_by, found.approved_at)
        return {"done": True, "text": f"{approved}批准。", "may": False, "why_not": ""}
    before = "批准以后改过文字，要重新批准" if found.approved_at else "这份计划还没有批准"
    return {
        "done": False,
        "text": f"{before}。最后修改：{changed}。",
        "may": found.may,
        "why_not": found.why_not,
    }


def _by(name: str | None, at: Any) -> str:
    who = f"{name}，" if name else ""
    return f"{who}{show.moment(at, desk().zone)}"


def turns(found: Sequence[LightChange]) -> str:
    """21 项任务的灯变了：1 项变差，20 项好转."""
    worse = sum(is_worse(each) for each in found)
    told = [(worse, "变差"), (len(found) - worse, "好转")]
    return "，".join(f"{count} 项{word}" for count, word in told if count)


def is_worse(each: LightChange) -> bool:
    """Whether a light turned for the worse."""
    return SEVERITY[each.after.light] > SEVERITY[each.before.light]


def turned(each: LightChange, year: int) -> dict[str, Any]:
    """A task whose light is another one."""
    return {
        "number": each.number,
        "name": each.name,
        "url": task_url(year, each.number),
        "before": mark(each.before),
        "after": mark(each.after),
        "reason": each.after.reasons[0].text,
    }


def by_day(items: Sequence[ChangeView], year: int) -> list[dict[str, Any]]:
    """What was done, under the days it was done on, the newest first."""
    return [
        {"day": show.long_day(day), "rows": [_change(each, year) for each in held]}
        for day, held in groupby(items, key=_day)
    ]


def _day(each: ChangeView) -> date:
    return desk().today(each.at)


def _change(each: ChangeView, year: int) -> dict[str, Any]:
    fields = "、".join(FIELDS.get(name, name) for name in each.fields)
    told = [each.about, fields, f"理由：{each.reason}" if each.reason else ""]
    return {
        "time": f"{each.at.astimezone(desk().zone):%H:%M}",
        "deed": did(each.action),
        "number": each.number,
        "name": each.name,
        "url": task_url(year, each.number) if each.number else None,
        "about": "；".join(part for part in told if part),
        "by": each.by or "系统",
    }
