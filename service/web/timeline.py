"""How what happened is told 办理经过: events of a dispute or a lawsuit, in words of the window."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from config import lawsuit as lawsuits
from config.court import ConfirmationStep, CourtKind, CourtResult
from config.handover import OTHER
from config.vocabulary import (
    AgreementForm,
    AttachmentKind,
    ClockChangeKind,
    ClockEnd,
    DeclineGround,
    DisputeStatus,
    FailureReason,
    LawsuitOutcome,
    LawsuitStep,
    LinkRelation,
    Outcome,
    OutsideSystem,
    PartyRole,
    SharePurpose,
    Source,
    Step,
    SupervisionKind,
    VisitResult,
)
from config.words import label, labels
from service.queries.event import EventView
from service.rules import charge as charges
from service.web import show
from service.web.door import desk
from service.web.route import headline, kinds

DEEDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "case-mend": "登记整改完成",
        "case-continue": "进入后一审级",
        "case-review": "写一案一评",
        "duty-impose": "登记义务",
        "duty-settle": "登记义务已履行",
        "hearing-plan": "登记开庭通知",
        "register": "登记",
        "correct": "更正登记内容",
        "import": "由台账导入",
        "withdraw-batch": "撤回导入批次",
        "session": "调解会",
        "visit": "回访",
        "link": "查重结论",
        "duplicate-shown": "登记时按号码查到本件",
        "print": "打开文书打印",
        "readout": "电话答复",
        "material": "材料",
        "record": "登记",
        "send": "外部平台送来",
        "outside-entry": "登记外部系统编号",
        "outside-withdraw": "撤销外部系统编号",
        "share": "共享给别的单位",
        "share-end": "结束共享",
        "name": "指定查阅人员",
        "name-end": "结束指定",
        "unrestrict": "解除限制查阅",
        "glass-ask": "申请紧急查阅",
        "glass-agree": "同意紧急查阅",
        "glass-refuse": "不同意紧急查阅",
        "glass-end": "结束紧急查阅",
        "attachment": "加了附件",
        "attachment-withdraw": "撤销附件",
        "clock-moved": "工作日历公布，期限随之调整",
        "consent": "记下同意",
        "consent-withdrawn": "撤回同意",
        "request-decided": "决定",
        "request-answered": "答复",
        "hand-over": "交接给别的调解员",
        "erase": "保存期满，销毁内容",
        "clock-enter": "添加期限",
        "clock-ask": "申请变更期限",
        "clock-decide": "审批期限变更",
        "clock-drop": "撤回期限变更申请",
        "clock-resume": "恢复计时",
        "clock-stop": "结束期限",
        "handover-send": "移交",
        "handover-accept": "签收移交",
        "handover-return": "退回移交",
        "handover-bounce": "到时没有签收，自动退回",
        "handover-withdraw": "撤回移交",
        "joint-ask": "请协办",
        "joint-answer": "协办单位答复",
        "joint-refuse": "协办单位不能办",
        "joint-waive": "不再等协办答复",
        "joint-end": "协办随之结束",
        "court-receive": "收到法院委派、委托",
        "court-confirm": "确认接受法院委派、委托",
        "court-back": "退回法院委派、委托",
        "court-report": "向法院反馈结果",
        "confirmation-prepare": "准备司法确认申请",
        "confirmation-terms": "补记口头协议",
        **{f"confirmation-{each}": text for each, text in labels(ConfirmationStep).items()},
        "hold": "暂缓销毁",
        "lift": "取消暂缓销毁",
        "supervision-order": "督办",
        "supervision-answer": "答复督办",
        "supervision-back": "退回督办答复",
        "supervision-end": "督办结束",
        "merge": "并案",
        "merge-undo": "撤销并案",
        "repeat": "重复来访",
        "recusal-ask": "当事人申请回避",
        "recusal-decide": "决定回避申请",
        "charge-name": "指定包案领导",
        "charge-measure": "写包案措施",
        "charge-look": "包案领导过问",
        "charge-end": "包案结束",
        "reception-visit": "领导接访时来访",
        "reception-unvisit": "撤销接访登记",
    }
)
FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "category": "类别",
        "narrative": "事情经过",
        "source": "来源",
        "source_reference": "来件编号",
        "place": "地点",
        "occurred_on": "发生日期",
        "amount": "金额",
        "people_count": "人数",
        "facts": "补充情况",
        "interpreter": "翻译",
        "parties": "当事人",
        "restricted": "限制查阅",
    }
)
PARTY_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "role": "地位",
        "kind": "个人或单位",
        "name": "姓名",
        "id_type": "证件种类",
        "id_number": "证件号码",
        "phone": "电话",
        "address": "住址",
        "language": "语言",
        "represents": "代表谁",
        "authority": "代理权限",
        "representative": "代表人",
    }
)
PAPERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "receipt": "登记回执",
        "decline": "不予受理告知书",
        "guide": "办事指引卡",
        "materials_notice": "一次性告知单",
        "materials_receipt": "材料收据",
        "supervision_order": "督办单",
        "supervision_listed": "挂牌督办通知书",
        "supervision_circular": "督办情况通报",
        "supervision_talk": "约谈通知书",
        "clock_change": "延期、中止通知书",
        "handover": "移交单",
        "court_answer": "委派（委托）调解回执",
        "court_report": "调解情况反馈函",
        "confirmation": "司法确认申请书",
    }
)
Names = Mapping[str, str]  # id of a unit or a member of staff -> name
Detail = Mapping[str, Any]


def entry(
    event: EventView, zone: ZoneInfo, names: Names, *, statuses: type[StrEnum] = DisputeStatus
) -> dict[str, Any]:
    """One event: when, who, what, what exactly, why, from which status to which.

    `statuses` are those of what it is about: the same word means other things of other things.
    """
    return {
        "at_text": show.moment(event.happened_at, zone),
        "actor": " ".join(part for part in (event.organisation, event.actor) if part) or "系统",
        "action": _deed(event.action),
        "said": _said(event, names),
        "note": event.reason or "",
        "change": _change(event, statuses),
    }


def coded(code: str, words: Any) -> str:
    """A code in words; `other:` is followed by the words of another platform."""
    known = labels(words)
    return known.get(code) or code.removeprefix("other:")


def _deed(action: str) -> str:
    if action in DEEDS:
        return DEEDS[action]
    for words in (Step, LawsuitStep):
        if action in set(words):
            return label(words(action))
    return action


def _change(event: EventView, statuses: type[StrEnum]) -> dict[str, str] | None:
    if not (event.from_status and event.to_status) or event.from_status == event.to_status:
        return None
    words = labels(statuses)
    return {"before": words[event.from_status], "after": words[event.to_status]}


def _said(event: EventView, names: Names) -> str:
    tell = _TELLERS.get(event.action)
    return tell(event.detail, names) if tell and event.detail else ""


def _corrected(detail: Detail, _: Names) -> str:
    """Which fields, old and new where that says nothing about people, and where it goes now."""
    listed = detail.get("parties", ())
    named = [each for each in detail.get("fields", []) if each != "parties" or not listed]
    told = [_changed(each, detail) for each in named if each != "restricted"]
    told += [_about_party(each) for each in listed]
    said = ["更正了" + "、".join(told)] if told else []
    if "restricted" in named:
        said.append("从此限制查阅")
    if route := detail.get("route"):
        said.append(f"去向原来{headline(route['before'])}，现在{headline(route['after'])}")
    return "；".join(said)


def _changed(name: str, detail: Detail) -> str:
    """类别（邻里改为婚姻家庭）."""
    text, before = FIELDS.get(name, name), detail.get("before", {})
    if name not in before:
        return text
    stood, stands = (_value(name, detail[when][name]) for when in ("before", "after"))
    return f"{text}（{stood}改为{stands}）"


def _value(name: str, value: Any) -> str:
    if value is None:
        return "没有写"
    words: Mapping[str, Callable[[Any], str]] = {
        "category": lambda code: show.category(code, desk().policy),
        "source": lambda code: label(Source(code)),
        "occurred_on": show.iso_day,
        "amount": lambda fen: show.yuan(fen) or "",
        "people_count": lambda count: f"{count} 人",
    }
    return words[name](value)


def _about_party(detail: Detail) -> str:
    """申请人第 1 位的姓名和电话; who it is does not stand here."""
    whose = f"{label(PartyRole(detail['role']))}第 {detail['place']} 位"
    if detail["change"] != "changed":
        return {"added": "新加", "removed": "去掉"}[detail["change"]] + whose
    return f"{whose}的" + "和".join(PARTY_FIELDS.get(each, each) for each in detail["fields"])


def _accepted(detail: Detail, _: Names) -> str:
    due_on = detail.get("due_on")
    return f"办理期限到 {show.long_day(date.fromisoformat(due_on))}" if due_on else ""


def _failed(detail: Detail, _: Names) -> str:
    return "、".join(coded(each, FailureReason) for each in detail.get("reasons", []))


def _declined(detail: Detail, _: Names) -> str:
    doors = "、".join(kinds(detail.get("go_to", [])))
    return f"{coded(detail['ground'], DeclineGround)}；引导到{doors}"


def _linked(detail: Detail, _: Names) -> str:
    """What was decided, not about which one: the reader may not be allowed to know of it."""
    told = label(LinkRelation(detail["relation"]))
    before = detail.get("before")
    return f"原来是{label(LinkRelation(before))}，改为{told}" if before else f"与另一件：{told}"


def _entered(detail: Detail, _: Names) -> str:
    if "system" not in detail:  # nor where else it is known
        return ""
    return f"{label(OutsideSystem(detail['system']))} {detail.get('number', '')}".rstrip()


def _person(detail: Detail, names: Names) -> str:
    return names.get(detail.get("person", ""), "")


def _shared(detail: Detail, names: Names) -> str:
    """给谁、做什么用、到哪天."""
    told = [names.get(detail["organisation"], ""), label(SharePurpose(detail["purpose"]))]
    until = detail.get("until")
    return "，".join(filter(None, (*told, f"到 {show.iso_day(until)}" if until else "")))


def _attached(detail: Detail, _: Names) -> str:
    """Which kind of paper; its name may say who the parties are."""
    return label(AttachmentKind(detail["kind"]))


def _pressed(detail: Detail, _: Names) -> str:
    """督办单 青龙督〔2026〕1号，最迟 2026年11月9日（星期一） 答复."""
    told = f"{label(SupervisionKind(detail['kind']))} {detail.get('paper_number', '')}".rstrip()
    by = detail.get("reply_by")
    return f"{told}，最迟 {show.iso_day(by)} 答复" if by else told


def _handed(detail: Detail, names: Names) -> str:
    """从派出所到调委会，材料不全，办理期限到 2026年12月2日（星期三）."""
    sender, receiver = (names.get(detail[each], "") for each in ("from", "organisation"))
    told = [f"从{sender}到{receiver}"]
    reason = desk().policy.handovers.reasons.get(detail.get("code", ""))
    told += [reason.name] if reason else []
    return "，".join(filter(None, (*told, _accepted(detail, names))))


def _asked_along(detail: Detail, names: Names) -> str:
    """司法所，最迟 2026年11月9日（星期一） 答复."""
    unit, due_on = names.get(detail["organisation"], ""), detail.get("due_on")
    return f"{unit}，最迟 {show.iso_day(due_on)} 答复" if due_on else unit


def _in_charge(detail: Detail, names: Names) -> str:
    """某某，2026年11月9日（星期一）过问; who answers for it, and what came of that."""
    told = [names.get(detail["leader"], "")]
    if looked_on := detail.get("looked_on"):
        told.append(f"{show.iso_day(looked_on)}过问")
    if ended_as := detail.get("ended_as"):
        told.append(charges.WHY.get(ended_as, ""))
    return "，".join(filter(None, told))


def _received(detail: Detail, names: Names) -> str:
    return f"{names.get(detail['leader'], '')}，{show.iso_day(detail['on'])}"


def _returned(detail: Detail, _: Names) -> str:
    reason = desk().policy.handovers.reasons.get(detail.get("code", ""))
    return reason.name if reason and reason.code != OTHER else ""


def _decided(detail: Detail, _: Names) -> str:
    return label(LawsuitOutcome(detail["outcome"])) if "outcome" in detail else ""


def _heard(detail: Detail, _: Names) -> str:
    """2026年11月20日（星期五），负责人出庭; or what was wrong with who came."""
    if "held_on" not in detail:
        return ""
    if found := detail.get("breach"):
        came = f"违规：{lawsuits.name(lawsuits.Breach(found))}"
    else:
        came = "负责人出庭" if detail.get("attended") else "负责人没有出庭"
    return f"{show.iso_day(detail['held_on'])}，{came}"


def _day_of(name: str) -> Callable[[Detail, Names], str]:
    return lambda detail, _: show.iso_day(detail[name]) if name in detail else ""


def _term(detail: Detail, _: Names) -> str:
    """人民调解：延期，同意，到 2027年1月4日; which term, what of it, and until when."""
    rule = detail.get("rule", "期限")  # who sees a dispute sealed is not told which
    known = desk().policy.clocks.by_id.get(rule)
    kind, ended, due_on = (detail.get(name) for name in ("kind", "ended", "due_on"))
    told = [label(ClockChangeKind(kind))] if kind else []
    told += [label(ClockEnd(ended))] if ended else []
    if "granted" in detail:
        told.append("同意" if detail["granted"] else "不同意")
    told += [f"到 {show.iso_day(due_on)}"] if due_on else []
    name = known.name if known else rule
    return f"{name}：{'，'.join(told)}" if told else name


def _recused(detail: Detail, names: Names) -> str:
    """同意，换成某某; why is sealed."""
    if not detail["granted"]:
        return "不同意"
    return f"同意，换成{names.get(detail['mediator'], '')}"


def _papers(detail: Detail, _: Names) -> str:
    told = {"wanted": "告知补交", "received": "收到", "returned": "退还", "dropped": "不再要"}
    return "，".join(f"{told[word]} {count} 种" for word, count in detail.items() if word in told)


def _clocks_moved(detail: Detail, _: Names) -> str:
    """Which terms, from which day to which; one whose day stays is only certain now."""
    rules = desk().policy.clocks
    told = []
    for each in detail.get("clocks", ()):
        name = rules[each["rule"]].name if each["rule"] in rules else each["rule"]
        before, after = (show.iso_day(each[when]) for when in ("before", "after"))
        said = f"由{before}改为{after}" if before != after else f"{after}，不再是暂定"
        told.append(f"{name}{said}")
    return "；".join(told)


def _by_court(detail: Detail, _: Names) -> str:
    """委派调解（立案前）, and until when it is to be mediated."""
    kind, due_on = label(CourtKind(detail["kind"])), detail.get("due_on")
    return f"{kind}，到 {show.iso_day(due_on)}" if due_on else kind


def _ruled(detail: Detail, _: Names) -> str:
    return show.iso_day(detail["on"])


def _merged(detail: Detail, _: Names) -> str:
    """LXZ2026-00012 并进来, or where this one went."""
    number = detail.get("number", "")
    return f"{number} 并进来" if detail["side"] == "into" else f"并入 {number}"


_TELLERS: Final[Mapping[str, Callable[[Detail, Names], str]]] = MappingProxyType(
    {
        "correct": _corrected,
        "clock-moved": _clocks_moved,
        Step.DISPATCH.value: lambda detail, names: names.get(detail["organisation"], ""),
        Step.ASSIGN.value: lambda detail, names: names.get(detail["mediator"], ""),
        "hand-over": lambda detail, names: names.get(detail["mediator"], ""),
        "recusal-ask": lambda detail, names: names.get(detail["mediator"], ""),
        "recusal-decide": _recused,
        Step.ACCEPT.value: _accepted,
        Step.RETURN.value: _returned,
        "court-receive": _by_court,
        "court-confirm": _by_court,
        "court-back": _by_court,
        "court-report": lambda detail, _: label(CourtResult(detail["result"])),
        **{f"confirmation-{each}": _ruled for each in ConfirmationStep},
        "handover-send": _handed,
        "handover-accept": _handed,
        "handover-return": _handed,
        "handover-bounce": _handed,
        "handover-withdraw": _handed,
        "joint-ask": _asked_along,
        "joint-answer": _asked_along,
        "joint-refuse": _asked_along,
        "joint-waive": _asked_along,
        "joint-end": _asked_along,
        "charge-name": _in_charge,
        "charge-measure": _in_charge,
        "charge-look": _in_charge,
        "charge-end": _in_charge,
        "reception-visit": _received,
        "reception-unvisit": _received,
        Step.AGREE.value: lambda detail, _: label(AgreementForm(detail["form"])),
        Step.FAIL.value: _failed,
        Step.DECLINE.value: _declined,
        Step.CLOSE.value: lambda detail, _: label(Outcome(detail["outcome"])),
        Step.REOPEN.value: lambda detail, _: f"第 {detail['episode']} 次办理",
        LawsuitStep.DECIDE.value: _decided,
        LawsuitStep.HEAR.value: _heard,
        "hearing-plan": _day_of("planned_on"),
        "duty-impose": _day_of("due_on"),
        "duty-settle": _day_of("done_on"),
        "clock-enter": _term,
        "clock-ask": _term,
        "clock-decide": _term,
        "clock-drop": _term,
        "clock-resume": _term,
        "clock-stop": _term,
        "print": lambda detail, _: PAPERS.get(detail["paper"], ""),
        "material": _papers,
        "outside-entry": _entered,
        "outside-withdraw": _entered,
        "attachment": _attached,
        "attachment-withdraw": _attached,
        "merge": _merged,
        "merge-undo": _merged,
        "repeat": lambda detail, _: f"第 {detail['ordinal']} 次",
        "session": lambda detail, _: f"第 {detail['ordinal']} 次",
        "visit": lambda detail, _: label(VisitResult(detail["result"])),
        "link": _linked,
        "share": _shared,
        "share-end": _shared,
        "name": _person,
        "name-end": _person,
        "glass-agree": _person,
        "glass-refuse": _person,
        "supervision-order": _pressed,
        "supervision-answer": _pressed,
        "supervision-back": _pressed,
        "supervision-end": _pressed,
    }
)
