"""Tasks 任务 of the yearly plan as their pages show them, and the forms that stand there."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from flask import url_for

from config.plan import PlanLight, PlanNeed, PlanTaskState
from config.words import label, labels
from schemas.plan_task import plain_number
from service.queries import event as events
from service.queries import plan_light
from service.queries.event import EventView
from service.queries.plan_evidence import EvidenceView
from service.queries.plan_part import DependenceView, IndicatorView, MilestoneView, NoteView
from service.queries.plan_task import PlaceView, PlanTaskRow, PlanTaskView
from service.rules import access, metric
from service.rules.plan_light import SEVERITY, From, Lit
from service.web import plan, plan_evidence, plan_task_form, show
from service.web.deed import did
from service.web.door import actor, desk, now
from service.web.show import Mark

N, S = PlanNeed, PlanTaskState
TONES: Final[Mapping[PlanNeed, str]] = {
    N.MILESTONE_LATE: "stop",
    N.LATE: "stop",
    N.FINISHABLE: "ok",
    N.MILESTONE_SOON: "warn",
    N.SOON: "warn",
    N.SILENT: "warn",
    N.OVER: "plain",
}


def board_url(year: int) -> str:
    """The board of a year."""
    return f"/plans/{year}"


# -- rows ----------------------------------------------------------------------------------------


def row(each: PlanTaskRow, lit: Lit) -> dict[str, Any]:
    """One task in a list of one's own: its light, what it wants, and what to do next."""
    worst = lit.reasons[0]
    told = is_of_light(each, lit)
    return {
        "light": plan.mark(lit),
        "number": each.number,
        "name": each.name,
        "url": plan_task_form.url("detail", each),
        "need_label": "" if told else label(each.need),
        "need_tone": TONES.get(each.need, "plain"),
        "next": worst.text if told else advice(each),
        "part": part(each),
        "lead": each.lead.name if each.lead else "还没有定",
        "owner": each.owner.name if each.owner else "",
        "deadline": _deadline(each),
        "heard_text": f"最近一次进展 {show.day(each.heard_on, year=each.year)}"
        if each.heard_on
        else "",
        "over": each.state is not S.OPEN,
    }


def is_of_light(each: PlanTaskRow, lit: Lit) -> bool:
    """Whether what comes next is what the light knows: a figure that is missed, a late entry.

    What is red for such a reason is not yet done with, nor is it only waiting.
    """
    worst = lit.reasons[0]
    if each.need in (N.FINISHABLE, N.DOCUMENT):
        return worst.light is PlanLight.RED and worst.source.kind in (From.REGISTER, From.METRIC)
    return each.need is N.NOTHING and worst.light in (PlanLight.RED, PlanLight.YELLOW)


def pressing(rows: Sequence[PlanTaskRow], lit: Mapping[str, Lit]) -> list[PlanTaskRow]:
    """What wants somebody first first: by its light, then by what it wants, then by its day."""

    def place(each: PlanTaskRow) -> tuple[bool, int, tuple[int, date]]:
        return each.state is not S.OPEN, -SEVERITY[lit[each.number].light], each.urgency

    return sorted(rows, key=place)


def part(each: PlanTaskRow) -> str:
    """What the viewer has to do with it."""
    me = actor()
    if each.owner and each.owner.id in {me.user_id, *me.stands_for}:
        return "我负责"
    if each.lead and each.lead.id in me.homes:
        return "本单位牵头"
    along = any(unit.id in me.homes for unit in each.co_units)
    return "本单位配合" if along else ""


def advice(each: PlanTaskRow) -> str:
    """What to do next, in a sentence."""
    today = desk().today(now())
    name = each.milestone.name if each.milestone else ""
    left = (each.milestone.due_on - today).days if each.milestone else 0
    days = (each.due_on - today).days
    proved = each.counts.evidence > 0
    said = {
        N.MILESTONE_LATE: f"节点“{name}”超期 {-left} 天："
        "做到了就登记完成；要改期或者不做，写明原因。",
        N.LATE: f"过了完成日期 {-days} 天："
        + ("做完了就办结" if proved else "做完了上传佐证再办结")
        + "，做不完请计划员改日期。",
        N.FINISHABLE: "节点都有结果，佐证也有了：可以办结。",
        N.MILESTONE_SOON: f"节点“{name}”{show.left_text(left)}：做到了就登记完成。",
        N.SOON: f"离完成日期{show.left_text(days)}："
        + ("做完就办结。" if proved else "做完上传佐证再办结。"),
        N.DOCUMENT: "在等上级文件：收到了就登记。",
        N.SILENT: _silence(each, today),
        N.NOTHING: "按节点推进，有进展就记。" if each.counts.milestones else "有进展就记。",
        N.OVER: "已经完成。" if each.state is S.DONE else "已经取消。",
    }
    return said[each.need]


def source(view: PlanTaskView, lit: Lit) -> dict[str, str] | None:
    """Where a late entry or a missed figure is seen, where that is what comes next."""
    worst = lit.reasons[0]
    href = plan.source_url(worst.source) if is_of_light(view, lit) else None
    if href is None:
        return None
    return {"label": "去看台账" if worst.source.kind is From.REGISTER else "看是哪些", "href": href}


def way(view: PlanTaskView, told: dict[str, str] | None) -> dict[str, str] | None:
    """Where what comes next is done: at what is `told`, or on the page; None where it is over."""
    if view.state is not S.OPEN:
        return None
    if told is not None:
        return told
    ways = {
        N.MILESTONE_LATE: ("去登记节点", "#t-milestones"),
        N.MILESTONE_SOON: ("去登记节点", "#t-milestones"),
        N.DOCUMENT: ("去登记文件", "#t-documents"),
    }
    proving = ("去上传佐证", "#t-evidence") if not view.counts.evidence else None
    if not view.leads:
        del ways[N.DOCUMENT]
    if view.need in (N.LATE, N.SOON) and proving:
        ways[view.need] = proving
    text, href = ways.get(view.need, ("去记进展", "#t-note"))
    return {"label": text, "href": href}


def _silence(each: PlanTaskRow, today: date) -> str:
    if each.heard_on is None:
        return "还没有记过进展：记一条现在的情况。"
    return f"已有 {(today - each.heard_on).days} 天没有新的进展：记一条现在的情况。"


def _deadline(each: PlanTaskRow) -> Mark | None:
    return show.deadline(each.due_on, desk().today(now())) if each.state is S.OPEN else None


# -- one -----------------------------------------------------------------------------------------


def _lit(view: PlanTaskView) -> Lit:
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    _, found = plan_light.of_task(view.year, view.number, **told)
    return found


def detail(
    view: PlanTaskView, notes: Sequence[NoteView], proofs: Sequence[EvidenceView] | None
) -> dict[str, Any]:
    """One task with everything of it; `proofs` None: the viewer sees no evidence."""
    lit = _lit(view)
    shown = row(view, lit) | {
        "state_label": label(view.state),
        "state_tone": "ok" if view.state is S.DONE else "plain",
        "light": plan.told(lit),
        "source": source(view, lit),
        "places": [text for text in (_chapter(view.chapter), _section(view.section)) if text],
        "text": view.text,
        "units_text": "、".join(view.units_text),
        "co_units": "、".join(each.name for each in view.co_units),
        "starts_text": show.long_day(view.starts_on),
        "due_text": show.long_day(view.due_on),
        "done_text": show.long_day(view.done_on) if view.done_on else "",
        "reason": view.reason or "",
        "previous": _previous(view),
        "measures": [each.text for each in view.measures],
        "milestones": [_milestone(view, each) for each in view.milestones],
        "dependences": [_dependence(view, each) for each in view.dependences],
        "indicators": [_indicator(view, each) for each in view.indicators],
        "registers": [plan_task_form.register(each) for each in view.registers],
        "notes": [_note(each) for each in notes],
        "evidence_count": view.counts.evidence,
        "version": view.version,
    }
    standing = [each for each in proofs or () if each.withdrawal is None]
    back = [each for each in proofs or () if each.withdrawal is not None]
    return shown | {
        "sees_evidence": proofs is not None,
        "evidence": [_proof(view, each) for each in standing],
        "withdrawn": [_proof(view, each) for each in back],
    }


def _chapter(place: PlaceView) -> str:
    return f"{place.number}、{place.title or ''}" if place.number else place.title or ""


def _section(place: PlaceView) -> str:
    return f"（{place.number}）{place.title or ''}" if place.number else place.title or ""


def _previous(view: PlanTaskView) -> dict[str, str] | None:
    if view.previous is None:
        return None
    year, number = view.previous
    address = url_for("plan_task.detail", year=year, number=number)
    return {"label": f"{year}年第 {number} 项", "url": address}


def _milestone(view: PlanTaskView, each: MilestoneView) -> dict[str, Any]:
    today = desk().today(now())
    places = {one.id: one.ordinal for one in view.measures}
    told = ""
    if each.done_on:
        told = f"{show.long_day(each.done_on)}完成　{each.done_by or ''}"
    elif each.dropped_at:
        told = f"{show.moment(each.dropped_at, desk().zone)} 取消：{each.reason or ''}"
    return {
        "name": each.name,
        "due_text": show.long_day(each.due_on),
        "deadline": show.deadline(each.due_on, today) if each.is_open else None,
        "told": told,
        "done": each.done_on is not None,
        "dropped": each.dropped_at is not None,
        "measure": places.get(each.measure) if each.measure else None,
        "forms": plan_task_form.milestone_forms(view, each)
        if each.is_open and view.state is S.OPEN
        else [],
    }


def _dependence(view: PlanTaskView, each: DependenceView) -> dict[str, Any]:
    if each.arrived_on:
        told = "，".join(
            filter(None, (f"{show.long_day(each.arrived_on)}收到", each.document_number))
        )
    elif each.dropped_at:
        told = f"{show.moment(each.dropped_at, desk().zone)} 起不再等"
    else:
        told = f"预计{show.long_day(each.expected_on)}" if each.expected_on else "不知道什么时候来"
    late = each.is_awaited and bool(each.expected_on and each.expected_on < desk().today(now()))
    return {
        "title": each.title,
        "issuer": each.issuer or "",
        "told": told,
        "awaited": each.is_awaited,
        "late": late,
        "forms": plan_task_form.dependence_forms(view, each)
        if each.is_awaited and view.leads and view.state is S.OPEN
        else [],
    }


def _indicator(view: PlanTaskView, each: IndicatorView) -> dict[str, Any]:
    known = metric.METRICS.get(each.metric or "")
    reads = access.may(actor(), "metric.read", desk().policy.access)
    span: dict[str, Any] = {"from": f"{view.year}-01-01", "to": f"{view.year + 1}-01-01"}
    target = ""
    if each.comparison and each.target is not None:
        target = f"{label(each.comparison)} {plain_number(each.target)} {each.unit}"
    return {
        "name": each.name,
        "target": target or "只看数，不设目标",
        "source": known.label if known else "",
        "missing": each.metric is None,
        "words": each.words or "",
        "url": url_for("figure.rows", metric_id=each.metric, **span) if known and reads else None,
    }


def _note(each: NoteView) -> dict[str, str]:
    return {
        "on_text": show.long_day(each.on_date),
        "text": each.text,
        "by": f"{each.organisation} {each.by}",
        "at_text": show.moment(each.recorded_at, desk().zone),
    }


def _proof(view: PlanTaskView, each: EvidenceView) -> dict[str, Any]:
    address: dict[str, Any] = {
        "year": view.year,
        "number": view.number,
        "evidence_id": each.id,
    }
    shown = plan_evidence.row(each, {"url": url_for("plan_evidence.given", **address)})
    return shown | {
        "forms": plan_task_form.evidence_forms(view, each) if each.withdrawal is None else []
    }


def event(each: EventView, view: PlanTaskView, names: Mapping[str, str]) -> dict[str, Any]:
    """One thing that was done about it."""
    words = labels(PlanTaskState)
    moved = each.from_status and each.to_status
    return {
        "at_text": show.moment(each.happened_at, desk().zone),
        "actor": " ".join(one for one in (each.organisation, each.actor) if one) or "系统",
        "action": did(each.action),
        "said": _said(each.detail or {}, view, names),
        "note": each.reason or "",
        "change": {
            "before": words.get(each.from_status or "", ""),
            "after": words.get(each.to_status or "", ""),
        }
        if moved
        else None,
    }


def _said(detail: Mapping[str, Any], view: PlanTaskView, names: Mapping[str, str]) -> str:
    milestones = {str(each.id): each.name for each in view.milestones}
    documents = {str(each.id): each.title for each in view.dependences}
    told = [milestones.get(detail.get("milestone", ""), "")]
    told += [documents.get(detail.get("dependence", ""), "")]
    before = detail.get("before", {})
    fields = [each for each in detail.get("fields", ()) if each not in before]
    told += ["、".join(plan_task_form.PARTS.get(each, each) for each in fields)]
    told += [_moved(name, detail, names) for name in before]
    told += [f"{show.iso_day(detail['due_on'])}到期"] if detail.get("due_on") else []
    told += [show.iso_day(detail[name]) for name in ("done_on", "arrived_on") if name in detail]
    return "，".join(filter(None, told))


def _moved(name: str, detail: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """完成日期（原来是……，改为……）."""
    stood, stands = (_value(name, detail[when].get(name), names) for when in ("before", "after"))
    return f"{plan_task_form.PARTS.get(name, name)}（原来是{stood}，改为{stands}）"


def _value(name: str, value: str | None, names: Mapping[str, str]) -> str:
    if value is None:
        return "没有定"
    return show.iso_day(value) if name.endswith("_on") else names.get(value, "已经不在名册里")


def timeline(view: PlanTaskView) -> list[dict[str, Any]]:
    """What was done about a task, the newest first."""
    found = events.of_subject("plan_task", view.id, limit=200)
    names = events.names()
    return [event(each, view, names) for each in reversed(found.items)]
