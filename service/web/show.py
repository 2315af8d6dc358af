"""How things are told to people: dates, deadlines, rows and routes in Chinese, ready for a page."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import url_for

from config.facts import FACTS, FactKind
from config.policy import Policy
from config.vocabulary import (
    Danger,
    DisputeStatus,
    LawsuitInstance,
    LawsuitProcedure,
    LawsuitStatus,
    Level,
    Outcome,
)
from config.words import label
from service.queries.dispute import DueView
from service.queries.dispute_row import REMEDY_SOON, DisputeRow
from service.queries.lawsuit import LawsuitRow
from service.queries.metric.dispute import BriefRow
from service.rules import supervision

WEEKDAYS: Final = "一二三四五六日"
SOON_DAYS: Final = 3
REMEDY_DAYS: Final = REMEDY_SOON.days
TONES: Final[dict[str, str]] = {
    DisputeStatus.AGREED: "ok",
    DisputeStatus.REGISTERED: "warn",
    DisputeStatus.DISPATCHED: "warn",
}
NEXT: Final[dict[DisputeStatus, str]] = {
    DisputeStatus.REGISTERED: "中心分派",
    DisputeStatus.DISPATCHED: "承办单位签收",
    DisputeStatus.ACCEPTED: "开始调解",
    DisputeStatus.MEDIATING: "调解、记调解会",
    DisputeStatus.AGREED: "督促履行",
    DisputeStatus.CLOSED: "归档",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A deadline as shape, words and date."""

    tone: str
    text: str
    date_text: str = ""
    provisional: bool = False


def day(value: date | None, *, year: int | None = None) -> str:
    """11月22日; with the year when it is not `year`."""
    if value is None:
        return ""
    text = f"{value.month}月{value.day}日"
    return text if year in (None, value.year) else f"{value.year}年{text}"


def long_day(value: date) -> str:
    """2026年11月22日（星期日）."""
    return f"{value.year}年{value.month}月{value.day}日（星期{WEEKDAYS[value.weekday()]}）"


def moment(value: datetime, zone: ZoneInfo) -> str:
    """2026年11月22日 15:40, in the office's zone."""
    local = value.astimezone(zone)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def deadline(
    due_on: date | None, today: date, *, provisional: bool = False, paused: bool = False
) -> Mark | None:
    """How long a term still runs, or how late it is; None when none runs.

    What is paused 暂停计时 has no date: that it had until then is no promise.
    """
    if due_on is None:
        return None
    if paused:
        return Mark("paused", "暂停计时")
    left = (due_on - today).days
    when = f"{day(due_on, year=today.year)}到期"
    tone = "over" if left < 0 else "soon" if left <= SOON_DAYS else "ok"
    return Mark(tone, left_text(left), when, provisional)


def due(promise: DueView | None, today: date) -> Mark | None:
    """The promise that runs, as a mark."""
    if promise is None:
        return None
    return deadline(promise.on, today, provisional=promise.provisional, paused=promise.paused)


def iso_day(text: str) -> str:
    """2026年11月22日（星期日）, from the date's own writing."""
    return long_day(date.fromisoformat(text[:10]))


def status(value: DisputeStatus, outcome: Outcome | None, *, merged: bool = False) -> str:
    """The status in words; a closed dispute says how it ended, or that it went into another."""
    if merged:
        return "已并案"
    return f"{label(value)}·{label(outcome)}" if outcome else label(value)


def category(code: str, policy: Policy, unknown: str = "") -> str:
    """The short Chinese name of a category code, on every page the same; else `unknown`."""
    found = policy.categories.by_code.get(code)
    return found.label if found else unknown or code


def row(item: DisputeRow, *, today: date, policy: Policy, by_due: bool = False) -> dict[str, Any]:
    """A row of a table of disputes; a brief one shows no party and opens nothing.

    In a list ordered `by_due` the parties' own term is told where it is what comes next.
    """
    return {
        "id": item.id,
        "pressable": supervision.is_pressable(item.status, has_unit=item.has_unit),
        "url": None if item.brief else url_for("dispute.detail", dispute_id=item.id),
        "number": item.number,
        "deadline": deadline(
            item.due_on, today, provisional=item.due_provisional, paused=item.due_paused
        ),
        "remedy": remedy(item, today, policy, by_due=by_due),
        "parties": item.parties,
        "matter": "限制查阅，能查阅的人在详情里看"
        if item.restricted and not item.brief
        else item.summary,
        "category_label": category(item.category, policy),
        "status_label": status(item.status, item.outcome, merged=item.merged),
        "status_tone": TONES.get(item.status, "plain"),
        "organisation": item.organisation or "",
        "next_step": next_step(item.status),
        "step_term": step_term(item, today),
        "restricted": item.restricted,
        "danger_text": danger_text(item.danger),
        "languages": languages(item),
        "level": item.level.value,
        "level_label": label(item.level) if item.level is not Level.NONE else "",
    }


def remedy(
    item: DisputeRow, today: date, policy: Policy, *, by_due: bool = False
) -> dict[str, Any] | None:
    """The parties' own term 救济期限: what for, how long still; when it runs out within a week.

    Where a list goes `by_due` also when it is the first date of its dispute.
    """
    if item.remedy_on is None or item.remedy_rule is None or item.remedy_on < today:
        return None
    left = (item.remedy_on - today).days
    first = by_due and (item.due_on is None or item.remedy_on < item.due_on)
    if left > REMEDY_DAYS and not first:
        return None
    known = policy.clocks.by_id.get(item.remedy_rule)
    return {
        "name": f"{known.name if known else item.remedy_rule}，"
        f"最迟{day(item.remedy_on, year=today.year)}",
        "mark": Mark("soon" if left <= REMEDY_DAYS else "ok", left_text(left)),
    }


def step_term(item: DisputeRow, today: date) -> dict[str, Any] | None:
    """By when the centre wants the next step; how long that is over, which is not 超期 by law."""
    if item.step_on is None:
        return None
    late = (today - item.step_on).days
    if late > 0:
        return {"text": f"内部时限过了 {late} 天", "late": True}
    return {
        "text": "今天最后一天" if not late else f"最迟 {day(item.step_on, year=today.year)}",
        "late": False,
    }


def left_text(left: int) -> str:
    """剩 9 天, 今天到期, 超期 3 天."""
    if left < 0:
        return f"超期 {-left} 天"
    return "今天到期" if left == 0 else f"剩 {left} 天"


def languages(item: DisputeRow) -> str:
    """What has to be translated from: 蒙古语; "" when everybody speaks Chinese."""
    return "、".join(label(each) for each in item.languages)


def next_step(value: DisputeStatus) -> str:
    """What comes next in a dispute of this status, whoever takes it."""
    return NEXT.get(value, "")


def facts(stored: dict[str, Any]) -> list[dict[str, str]]:
    """Stored facts as label and value in Chinese."""
    shown = []
    for name, value in stored.items():
        fact = FACTS.get(name)
        if fact is None:
            continue
        text = str(value)
        if fact.kind is FactKind.BOOLEAN:
            text = "是" if value else "否"
        elif fact.kind is FactKind.CHOICE:
            text = fact.choices.get(text, text)
        else:
            text = iso_day(text)
        shown.append({"label": fact.label, "value": text})
    return shown


def yuan(fen: int | None) -> str | None:
    """12,800 元; with 万元 beside it from ten thousand on."""
    if fen is None:
        return None
    amount = f"{fen // 100:,}" + (f".{fen % 100:02d}" if fen % 100 else "") + " 元"
    if fen >= 10_000 * 100:
        amount += f"（{fen / 1_000_000:g} 万元）"
    return amount


def lawsuit(row: LawsuitRow, today: date, *, linked: bool = True) -> dict[str, Any]:
    """A case as a row of a table; it opens only for who may read cases."""
    cause = row.withdrawal_cause
    return {
        "url": url_for("lawsuit.detail", lawsuit_id=row.id) if linked else None,
        "case_number": row.case_number,
        "procedure_label": label(row.procedure),
        "instance_label": instance(row.procedure, row.instance),
        "court": row.court,
        "cause": row.cause,
        "organisation": row.organisation.name,
        "served_text": long_day(row.served_on),
        "status_label": label(row.status),
        "status_tone": "warn" if row.status is LawsuitStatus.PENDING else "plain",
        "outcome_label": label(row.outcome) if row.outcome else None,
        "cause_label": label(cause) if cause else None,
        "reds": _reds(row),
        "deadline": _owed(row, today),
    }


def _owed(row: LawsuitRow, today: date) -> Mark | None:
    """What of a case runs; the time to appeal is nobody's lateness when it is over."""
    found = deadline(row.due_on, today, provisional=row.due_provisional)
    if found is None or row.overdue or found.tone != "over":
        return found
    return replace(found, tone="ended", text="上诉期已满")


def _reds(row: LawsuitRow) -> list[str]:
    """What of a case is told in red."""
    found = {
        f"{row.unperformed} 项到期没有履行": row.unperformed > 0,
        "出庭违规": row.breach,
        "答辩逾期": bool(row.answered_late),
    }
    return [text for text, holds in found.items() if holds]


def instance(procedure: LawsuitProcedure, value: LawsuitInstance) -> str:
    """The instance in words; a review has none."""
    return "" if procedure is LawsuitProcedure.REVIEW else label(value)


def danger_text(danger: Danger) -> str:
    """有危险, 可能有危险, or nothing."""
    return "" if danger is Danger.NONE else label(danger)


def brief_row(each: BriefRow, *, today: date, policy: Policy) -> dict[str, Any]:
    """One dispute as a row of a table that opens nothing."""
    return {
        "id": each.id,
        "pressable": supervision.is_pressable(each.status, has_unit=each.has_unit),
        "url": None,
        "number": each.number,
        "deadline": deadline(
            each.due_on, today, provisional=each.due_provisional, paused=each.due_paused
        ),
        "parties": "受限" if each.restricted else "",
        "matter": "",
        "category_label": category(each.category, policy),
        "status_label": status(each.status, None),
        "status_tone": TONES.get(each.status, "plain"),
        "organisation": each.organisation or "",
        "next_step": next_step(each.status),
        "restricted": each.restricted,
        "level": "none",
        "level_label": "",
    }
