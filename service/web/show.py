"""How things are told to people: dates, deadlines, rows and routes in Chinese, ready for a page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import url_for

from config.facts import FACTS, FactKind
from config.policy import Policy
from config.vocabulary import (
    Acceptance,
    Channel,
    DisputeStatus,
    Grade,
    LawsuitStatus,
    LawsuitStep,
    Level,
    OrganisationKind,
    Outcome,
    Step,
)
from config.words import label
from service.queries.dispute_row import DisputeRow
from service.queries.event import EventView
from service.queries.lawsuit import LawsuitRow
from service.queries.metric_row import BriefLawsuit
from service.rules import dispute as rules

WEEKDAYS: Final = "一二三四五六日"
SOON_DAYS: Final = 3
TONES: Final[dict[str, str]] = {
    DisputeStatus.AGREED: "ok",
    DisputeStatus.REGISTERED: "warn",
    DisputeStatus.DISPATCHED: "warn",
}
ROUTE_TONES: Final[dict[Acceptance, str]] = {
    Acceptance.YES: "ok",
    Acceptance.NO: "warn",
    Acceptance.SPLIT: "ok",
    Acceptance.PROTECT: "stop",
    Acceptance.MANUAL: "warn",
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


def deadline(due_on: date | None, today: date, *, provisional: bool = False) -> Mark | None:
    """How long a term still runs, or how late it is; None when none runs."""
    if due_on is None:
        return None
    left = (due_on - today).days
    when = f"{day(due_on, year=today.year)}到期"
    if left < 0:
        return Mark("over", f"超期 {-left} 天", when, provisional)
    if left == 0:
        return Mark("soon", "今天到期", when, provisional)
    return Mark("soon" if left <= SOON_DAYS else "ok", f"剩 {left} 天", when, provisional)


def status(value: DisputeStatus, outcome: Outcome | None) -> str:
    """The status in words; a closed dispute says how it ended."""
    return f"{label(value)}·{label(outcome)}" if outcome else label(value)


def category(code: str, policy: Policy) -> str:
    """The Chinese name of a category code."""
    found = policy.categories.by_code.get(code)
    return found.label if found else code


def row(item: DisputeRow, *, today: date, policy: Policy, brief: bool = False) -> dict[str, Any]:
    """A row of a table of disputes; a brief one shows no party and opens nothing."""
    return {
        "url": None if brief else url_for("dispute.detail", dispute_id=item.id),
        "number": item.number,
        "deadline": deadline(item.due_on, today, provisional=item.due_provisional),
        "parties": item.parties if not brief or item.restricted else "",
        "matter": category(item.category, policy),
        "category_label": category(item.category, policy),
        "status_label": status(item.status, item.outcome),
        "status_tone": TONES.get(item.status, "plain"),
        "organisation": item.organisation or "",
        "next_step": next_step(item.status),
        "restricted": item.restricted,
        "level": item.level.value,
        "level_label": label(item.level) if item.level is not Level.NONE else "",
    }


def next_step(value: DisputeStatus) -> str:
    """What comes next in a dispute of this status, whoever takes it."""
    following = rules.next_step(rules.steps_from(value))
    return label(following) if following else ""


def step_label(step: Step) -> str:
    """The step as a button says it."""
    return label(step)


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
        shown.append({"label": fact.label, "value": text})
    return shown


def kinds(names: list[str]) -> list[str]:
    """Organisation kinds in words."""
    return [label(OrganisationKind(name)) for name in names]


def route(answer: dict[str, Any] | None, *, today: date, policy: Policy) -> dict[str, Any] | None:
    """The rules' answer as the panel beside the form shows it."""
    if answer is None:
        return None
    accept = Acceptance(answer["accept"])
    level = Level(answer["level"])
    lead = answer["lead"]
    return {
        "tone": ROUTE_TONES[accept],
        "headline": _headline(accept, answer),
        "channel_label": label(Channel(answer["channel"])),
        "lead_label": label(OrganisationKind(lead)) if lead else "",
        "assist_labels": kinds(answer["assist"]),
        "go_to_labels": kinds(answer["go_to"]),
        "level": level.value,
        "level_label": label(level) if level is not Level.NONE else "",
        "reasons": answer["reasons"],
        "must_do": [each["text"] for each in answer["must_do"]],
        "must_not": [each["text"] for each in answer["must_not"]],
        "remedies": [],
        "basis": [{**each, "grade_label": label(Grade(each["grade"]))} for each in answer["basis"]],
        "deadlines": [_deadline(each, today, policy) for each in answer["deadlines"]],
        "ask": [_question(each) for each in answer["ask"]],
        "flips": [_flip(each) for each in answer["flips"]],
        "rule_id": answer["rule"]["id"],
        "rule_version": answer["rule"]["version"],
        "parts": [route(part, today=today, policy=policy) for part in answer["parts"]],
        "overridden": None,
    }


def _headline(accept: Acceptance, answer: dict[str, Any]) -> str:
    lead = label(OrganisationKind(answer["lead"])) if answer["lead"] else ""
    if accept is Acceptance.YES:
        return f"建议由{lead}办理"
    if accept is Acceptance.PROTECT:
        return f"先保护：由{lead}处置"
    if accept is Acceptance.SPLIT:
        return "一次来访多件纠纷，分别办理"
    if accept is Acceptance.MANUAL:
        return "须由中心主任判断去向"
    doors = "、".join(kinds(answer["go_to"]))
    return f"不适用调解，引导至{doors}" if doors else "不适用调解"


def _deadline(each: dict[str, Any], today: date, policy: Policy) -> dict[str, Any]:
    due_on = date.fromisoformat(str(each["due_on"])[:10])
    mark = deadline(due_on, today) or Mark("ok", "")
    known = each["rule"] in policy.clocks
    return {
        "label": policy.clocks[each["rule"]].name if known else each["rule"],
        "due_text": day(due_on, year=today.year),
        "left_text": mark.text,
        "tone": mark.tone,
        "provisional": each["provisional"],
    }


def _question(each: Any) -> str:
    name = each["fact"] if isinstance(each, dict) else str(each)
    fact = FACTS.get(name)
    return fact.question if fact else name


def _flip(each: dict[str, Any]) -> str:
    fact = FACTS.get(each["fact"])
    name = fact.label if fact else each["fact"]
    shown = facts({each["fact"]: each["value"]})
    value = shown[0]["value"] if shown else str(each["value"])
    lead = each.get("lead")
    target = label(OrganisationKind(lead)) if lead else label(Channel(each["channel"]))
    return f"如果“{name}”为“{value}”：改由{target}"


def yuan(fen: int | None) -> str | None:
    """12,800 元; with 万元 beside it from ten thousand on."""
    if fen is None:
        return None
    amount = f"{fen // 100:,}" + (f".{fen % 100:02d}" if fen % 100 else "") + " 元"
    if fen >= 10_000 * 100:
        amount += f"（{fen / 1_000_000:g} 万元）"
    return amount


EVENTS: Final[dict[str, str]] = {
    "register": "登记",
    "correct": "更正登记内容",
    "import": "由台账导入",
    "withdraw-batch": "撤回导入批次",
    "session": "登记调解会",
    "visit": "登记回访",
}


def event_label(action: str) -> str:
    """What happened, as the timeline says it."""
    if action in EVENTS:
        return EVENTS[action]
    try:
        return label(Step(action))
    except ValueError:
        return action


def event_changes(event: EventView) -> list[dict[str, str]]:
    """Old and new status of a step, or the fields a correction touched."""
    if event.from_status and event.to_status and event.from_status != event.to_status:
        before = label(DisputeStatus(event.from_status))
        return [{"label": "状态", "before": before, "after": label(DisputeStatus(event.to_status))}]
    fields = event.detail.get("fields", [])
    return [{"label": FIELD_LABELS.get(each, each), "before": "", "after": ""} for each in fields]


FIELD_LABELS: Final[dict[str, str]] = {
    "category": "类别",
    "narrative": "事情经过",
    "source": "来源",
    "source_reference": "来文编号",
    "place": "地点",
    "occurred_on": "发生日期",
    "amount": "金额",
    "people_count": "人数",
    "facts": "补充情况",
    "status": "状态",
}


def outcome_label(outcome: Outcome) -> str:
    """An outcome in words."""
    return label(outcome)


def lawsuit(row: LawsuitRow) -> dict[str, Any]:
    """A case as a row of a table."""
    return {
        "url": url_for("lawsuit.detail", lawsuit_id=row.id),
        "case_number": row.case_number,
        "procedure_label": label(row.procedure),
        "instance_label": label(row.instance),
        "court": row.court,
        "cause": row.cause,
        "organisation": row.organisation.name,
        "served_text": long_day(row.served_on),
        "status_label": label(row.status),
        "status_tone": "warn" if row.status is LawsuitStatus.PENDING else "plain",
        "outcome_label": label(row.outcome) if row.outcome else None,
    }


def brief_lawsuit(row: BriefLawsuit, *, linked: bool) -> dict[str, Any]:
    """A case behind a figure; it opens only for who may read cases."""
    return {
        "url": url_for("lawsuit.detail", lawsuit_id=row.id) if linked else None,
        "case_number": row.case_number,
        "procedure_label": label(row.procedure),
        "instance_label": label(row.instance),
        "court": row.court,
        "cause": "",
        "organisation": row.organisation,
        "served_text": long_day(row.served_on),
        "status_label": label(row.status),
        "status_tone": "warn" if row.status is LawsuitStatus.PENDING else "plain",
        "outcome_label": label(row.outcome) if row.outcome else None,
    }


def lawsuit_event_label(action: str) -> str:
    """What happened to a case, as the timeline says it."""
    if action == "record":
        return "登记"
    return label(LawsuitStep(action)) if action in set(LawsuitStep) else action
