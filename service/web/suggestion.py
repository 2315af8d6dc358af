"""Letters 建议书 as their pages and papers show them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flask import url_for

from config.suggestion import (
    CALLED,
    Adoption,
    SuggestionKind,
    SuggestionPaper,
    SuggestionStatus,
    SuggestionStep,
)
from config.words import label, labels
from service.queries import organisation as organisations
from service.queries.event import EventView
from service.queries.metric.suggestion import BriefSuggestion
from service.queries.suggestion import SuggestionRow, SuggestionView
from service.queries.suggestion_part import (
    DemandView,
    ObjectionView,
    ReplyView,
    SuggestionFileView,
    ToldStep,
)
from service.reports.paper import Paper
from service.rules import access, suggestion_reply
from service.rules.suggestion import AT_WORK
from service.rules.suggestion_reply import Reply
from service.web import form as forms
from service.web import show
from service.web.deed import did
from service.web.door import actor, desk, now
from service.web.show import Mark

S, T = SuggestionStatus, SuggestionStep
# what is written down of a letter and may be corrected -> how it is called
FACTS: Final[Mapping[str, str]] = {
    "kind": "种类",
    "issuer": "发文机关",
    "document_number": "文号",
    "received_on": "收到日期",
    "stated_due_on": "来函写明的回复期限",
    "urgent": "情况紧急（损害继续扩大等）",
    "served_how": "送达方式",
}
DRAFT: Final = "草稿：还没有审核，不能寄出"
UNNUMBERED: Final = "＿＿＿〔　　　　〕　　号"
UNDATED: Final = "　　　　年　　月　　日"
# what a letter waits for once its demands are answered
WAITS: Final[Mapping[SuggestionStatus, str]] = {
    S.OBJECTED: "等发文机关答复异议。",
    S.REPLIED: "复函已经寄出，等发文机关认可整改。",
    S.ACCEPTED: "整改已获认可。过一段时间回头看，没有反弹的办结。",
    S.CLOSED: "已经办结。",
}
TONES: Final[Mapping[SuggestionStatus, str]] = {
    S.RECEIVED: "warn",
    S.ASSIGNED: "warn",
    S.RETURNED: "stop",
    S.OBJECTED: "warn",
    S.REPLIED: "ok",
    S.ACCEPTED: "ok",
}
BUTTONS: Final[Mapping[SuggestionStep, str]] = {
    T.ASSIGN: "转给这个单位",
    T.CONFIRM_DUE: "登记期限",
    T.ANSWER_DEMAND: "保存答复",
    T.APPROVE: "同意寄出",
    T.DISPATCH: "登记寄出",
    T.SEND_BACK: "登记退回，开始新一轮",
    T.OBJECT: "提出异议",
    T.DECIDE_OBJECTION: "登记结果",
    T.ACCEPT: "登记认可",
    T.FINISH_DEMAND: "登记完成",
    T.LOOK_BACK: "登记回头看",
    T.SUE: "登记起诉",
    T.CLOSE: "办结",
}
# they stand with each demand
OF_DEMANDS: Final = frozenset({T.ANSWER_DEMAND, T.FINISH_DEMAND})
SAID: Final[Mapping[SuggestionStep, str]] = {
    T.ASSIGN: "单位的联络员在工作台看到，逐条答复。",
    T.CONFIRM_DUE: "向发文机关问明后登记。",
    T.APPROVE: "审核的人不能参与过答复。审核以后再改答复，要重新审核。",
    T.DISPATCH: "寄出才算办复。寄出以后，是不是按期就定了，不会再变。",
    T.SEND_BACK: "开始新一轮，有自己的期限；首次回复的日期不变。",
    T.OBJECT: "审查期间不计期限。过了期限才提的，统计上仍按逾期算。",
    T.DECIDE_OBJECTION: "异议成立的，建议书办结；不成立的，期限照原来的算。",
    T.ACCEPT: "发文机关书面或者当面认可的日期。",
    T.LOOK_BACK: "整改过一段时间，再到现场看有没有反弹。",
    T.SUE: "检察机关或者当事人起诉的，登记后可以办结，转到应诉。",
    T.CLOSE: "办结以后不能再登记回复。",
}


def row(each: SuggestionRow) -> dict[str, Any]:
    """One row of a list."""
    return {
        "url": url_for("suggestion.detail", suggestion_id=each.id),
        "number": each.number,
        "kind_label": label(each.kind),
        "issuer": each.issuer,
        "document_number": each.document_number,
        "title": each.title,
        "organisation": each.organisation.name,
        "received_text": show.long_day(each.received_on),
        "status_label": label(each.status),
        "status_tone": "stop" if each.overdue else TONES.get(each.status, "plain"),
        "round": each.round,
        "urgent": each.urgent,
        "deadline": deadline(each),
        "late": each.late,
        "replied_text": show.long_day(each.first_replied_on) if each.first_replied_on else "",
    }


def deadline(each: SuggestionRow) -> Mark | None:
    """By when the reply is due while one is waited for; no term runs while it is objected to."""
    if each.status is S.OBJECTED:
        return Mark("paused", "不计期限")
    if each.status not in AT_WORK:
        return None
    if each.due_on is None:
        return Mark("paused", "期限待问明")
    return show.deadline(each.due_on, desk().today(now()), provisional=each.provisional)


def brief(each: BriefSuggestion) -> dict[str, Any]:
    """A letter behind a figure; it opens only for who may read letters."""
    linked = access.may(actor(), "suggestion.read", desk().policy.access)
    return {
        "url": url_for("suggestion.detail", suggestion_id=each.id) if linked else None,
        "number": each.number,
        "kind_label": label(each.kind),
        "issuer": each.issuer,
        "document_number": each.document_number,
        "organisation": each.organisation,
        "owed_text": show.long_day(each.owed_on),
        "replied_text": show.long_day(each.first_replied_on) if each.first_replied_on else "",
        "status_label": label(each.status),
        "status_tone": "stop" if each.overdue else TONES.get(each.status, "plain"),
        "round": each.round,
        "late": each.late or each.overdue,
        "counted": each.counted,
    }


def detail(view: SuggestionView, files: list[SuggestionFileView]) -> dict[str, Any]:
    """One letter with everything of it."""
    days = {
        name: show.long_day(value) if value else ""
        for name, value in (
            ("accepted_text", view.accepted_on),
            ("sued_text", view.sued_on),
            ("closed_text", view.closed_on),
            ("stated_text", view.stated_due_on),
        )
    }
    shown = row(view) | days
    return shown | {
        "next": waits(view),
        "objected_late": _objected_late(view),
        "served_how": view.served_how or "",
        "copied_to": view.copied_to or "",
        "ended_label": label(view.ended_as) if view.ended_as else "",
        "demands": [demand(each) for each in view.demands],
        "rounds": [reply(view, each) for each in view.replies],
        "objections": [_objection(each) for each in view.objections],
        "looks": [
            {
                "on_text": show.long_day(each.looked_on),
                "holds_label": "没有反弹" if each.holds else "有反弹",
                "tone": "ok" if each.holds else "stop",
                "words": each.words,
                "by": each.looked_by,
            }
            for each in view.looks
        ],
        "lawsuit": {
            "label": view.lawsuit.case_number or "案号待补",
            "url": url_for("lawsuit.detail", lawsuit_id=view.lawsuit.id),
        }
        if view.lawsuit
        else None,
        "files": [file(view, each) for each in files],
        "version": view.version,
    }


def waits(view: SuggestionView) -> str:
    """What the letter waits for now, whoever looks at it."""
    if view.status not in AT_WORK:
        return WAITS[view.status]
    if view.approved:
        return "复函已经审核，等登记寄出。寄出才算办复。"
    if silent := [str(each.number) for each in view.demands if each.adopted is None]:
        return f"还有第 {'、'.join(silent)} 条没有答复。"
    if view.round > 1 and all(each.answered_round != view.round for each in view.demands):
        return "被退回以后还没有重新答复。"
    return "各条都已答复，等没有参与答复的人审核复函。"


def _objected_late(view: SuggestionView) -> bool:
    """Whether the objection that is looked at came after the first reply was due."""
    due_on = view.replies[0].due_on
    if view.status is not S.OBJECTED or view.objected_on is None or due_on is None:
        return False
    return view.objected_on > due_on


def demand(each: DemandView) -> dict[str, Any]:
    """One demand and its answer."""
    return {
        "number": each.number,
        "text": each.text,
        "measure": each.measure or "",
        "owner": each.owner or "",
        "reason": each.reason or "",
        "due_text": show.long_day(each.due_on) if each.due_on else "",
        "done_text": show.long_day(each.done_on) if each.done_on else "",
        "adopted_label": label(each.adopted) if each.adopted else "",
        "adopted_tone": "ok" if each.adopted is Adoption.YES else "warn",
        "answered_by": each.answered_by or "",
        "answered_text": show.moment(each.answered_at, desk().zone) if each.answered_at else "",
        "round": each.answered_round,
    }


def reply(view: SuggestionView, each: ReplyView) -> dict[str, Any]:
    """One round and its reply."""
    return {
        "round": each.round,
        "received_text": show.long_day(each.received_on),
        "due_text": show.long_day(each.due_on) if each.due_on else "",
        "confirmed_text": show.long_day(each.confirmed_on) if each.confirmed_on else "",
        "sent_back": each.sent_back or "",
        "approved_by": each.approved_by or "",
        "approved_text": show.moment(each.approved_at, desk().zone) if each.approved_at else "",
        "dispatched_text": show.long_day(each.dispatched_on) if each.dispatched_on else "",
        "dispatched_by": each.dispatched_by or "",
        "method": each.method or "",
        "document_number": each.document_number or "",
        "late": each.late,
        "draft": each.draft,
        "paper_url": url_for("suggestion.paper", suggestion_id=view.id, ordinal=each.round)
        if each.reply
        else None,
    }


def file(view: SuggestionView, each: SuggestionFileView) -> dict[str, Any]:
    """One file."""
    return {
        "name": each.name,
        "paper_label": label(each.paper) + (f"（第 {each.demand} 条）" if each.demand else ""),
        "round": each.round,
        "by": each.uploaded_by,
        "at_text": show.moment(each.uploaded_at, desk().zone),
        "url": url_for("suggestion.given", suggestion_id=view.id, file_id=each.id),
    }


def told(each: ToldStep) -> dict[str, str]:
    """A step of the ladder: 到期前 30 天, told when, of which day."""
    ahead = each.step.removeprefix("T").lstrip("-")
    return {
        "step": f"到期前 {ahead} 天" if ahead else "到期当天",
        "due_text": show.long_day(each.due_on),
        "at_text": show.moment(each.told_at, desk().zone),
    }


def _objection(each: ObjectionView) -> dict[str, Any]:
    outcome = {True: "成立", False: "不成立"}.get(each.upheld) if each.upheld is not None else ""
    return {
        "raised_text": show.long_day(each.raised_on),
        "raised_by": each.raised_by,
        "reason": each.reason,
        "outcome": outcome or "正在审查",
        "decided_text": show.long_day(each.decided_on) if each.decided_on else "",
        "words": each.words or "",
    }


def on_paper(each: ReplyView, reply: Reply) -> Paper:
    """The reply 复函 of a round as an official letter; number and day stand once it went out."""
    letter, them = CALLED[reply.kind]
    again = "再次" if reply.returned_on else ""
    came = f"{them}《{letter}》（{reply.document_number}）已于{_dated(reply.received_on)}收悉"
    if reply.returned_on:
        came += f"，退回的意见已于{_dated(reply.returned_on)}收悉"
    sent = each.dispatched_on is not None
    return Paper(
        head=reply.unit,
        number=(each.document_number or "") if sent else UNNUMBERED,
        title=f"关于{reply.title}的{again}复函",
        to=reply.issuer,
        texts=(f"{came}。现将{again}办理情况函复如下：",),
        rows=[
            (f"第 {told.number} 条", "\n".join((told.text, *suggestion_reply.lines(told))))
            for told in reply.answers
        ],
        closing=("特此函复。",),
        end=(reply.unit, _dated(each.dispatched_on) if each.dispatched_on else UNDATED, "（盖章）"),
        draft=DRAFT if each.draft else "",
    )


def _dated(on: date) -> str:
    return show.day(on, year=0)


def event(each: EventView) -> dict[str, Any]:
    """One thing that was done about it."""
    words = labels(SuggestionStatus)
    moved = each.from_status and each.to_status
    return {
        "at_text": show.moment(each.happened_at, desk().zone),
        "actor": " ".join(part for part in (each.organisation, each.actor) if part) or "系统",
        "action": did(each.action),
        "said": _said(each.detail or {}),
        "note": each.reason or "",
        "change": {
            "before": words.get(each.from_status or "", ""),
            "after": words.get(each.to_status or "", ""),
        }
        if moved
        else None,
    }


def _said(detail: Mapping[str, Any]) -> str:
    told = [f"第 {detail['demand']} 条"] if detail.get("demand") else []
    told += [f"第 {detail['round']} 轮"] if detail.get("round") else []
    told += [label(Adoption(detail["adopted"]))] if detail.get("adopted") else []
    told += [label(SuggestionPaper(detail["paper"]))] if detail.get("paper") else []
    told += [f"{show.iso_day(detail['done_on'])} 完成"] if detail.get("done_on") else []
    told += [_corrected(name, detail) for name in detail.get("before", ())]
    told += [f"期限 {show.iso_day(detail['due_on'])}"] if detail.get("due_on") else []
    return "，".join(told)


def _corrected(name: str, detail: Mapping[str, Any]) -> str:
    """文号（原来是……，改为……）."""
    stood, stands = (_fact(name, detail[when][name]) for when in ("before", "after"))
    return f"{FACTS[name].partition('（')[0]}（原来是{stood}，改为{stands}）"


def _fact(name: str, value: Any) -> str:
    if name == "urgent":
        return "是" if value else "否"
    if value is None:
        return "没有写"
    if name == "kind":
        return label(SuggestionKind(value))
    return show.iso_day(value) if name.endswith("_on") else str(value)


# -- forms ---------------------------------------------------------------------------------------


def prefix(step: SuggestionStep, number: int | None = None) -> str:
    """Under which name the fields of a step's form stand on the page."""
    return f"{step.value}{number or ''}"


def main_step(view: SuggestionView) -> SuggestionStep | None:
    """The step that is to be expected next, if it is the viewer's to take."""
    asks = view.due_on is None or view.provisional
    usual = {
        S.RECEIVED: (T.ASSIGN,),
        S.ASSIGNED: (T.CONFIRM_DUE,) if asks else (),
        S.RETURNED: (T.CONFIRM_DUE,) if asks else (),
        S.OBJECTED: (T.DECIDE_OBJECTION,),
        S.REPLIED: (T.ACCEPT,),
        S.ACCEPTED: (T.CLOSE,) if view.looks else (T.LOOK_BACK,),
    }
    expected = (T.DISPATCH, T.APPROVE, *usual.get(view.status, ()))
    return next((each for each in expected if each in view.steps), None)


def steps(view: SuggestionView) -> list[dict[str, Any]]:
    """A form for every step open to the viewer, the one that is expected first.

    Answers to demands stand with the demands.
    """
    main = main_step(view)
    shown = [
        {
            "id": step.value,
            "main": step is main,
            "label": label(step),
            "url": url_for("suggestion.take", suggestion_id=view.id, suggestion_step=step.value),
            "button": BUTTONS[step],
            "said": said(view, step),
            "fields": fields(view, step),
        }
        for step in view.steps
        if step not in OF_DEMANDS
    ]
    return sorted(shown, key=lambda each: not each["main"])


def said(view: SuggestionView, step: SuggestionStep) -> str:
    """What a step leads to."""
    words = SAID.get(step, "")
    agrees = step is T.CONFIRM_DUE and view.due_on is not None
    return f"{words}不填日期，就是同意现在推算的日期。" if agrees else words


def fields(view: SuggestionView, step: SuggestionStep) -> list[dict[str, Any]]:
    """The fields of one step."""
    made, at = forms.described, prefix(step)
    ways = {"list": "ways"}
    found: dict[SuggestionStep, list[dict[str, Any]]] = {
        T.ASSIGN: [
            made(f"{at}.organisation", "办理单位", "select", options=units(), required=True)
        ],
        T.CONFIRM_DUE: [
            made(f"{at}.due_on", "问明的期限", "date", required=view.due_on is None),
        ],
        T.DISPATCH: [
            made(f"{at}.dispatched_on", "寄出日期", "date", required=True),
            made(f"{at}.method", "寄出方式", required=True, maxlength=40, attrs=ways),
            made(f"{at}.document_number", "复函文号", required=True, maxlength=60),
        ],
        T.SEND_BACK: [
            made(f"{at}.received_on", "收到退回的日期", "date", required=True),
            made(f"{at}.stated_due_on", "写明的新期限", "date"),
            made(f"{at}.reason", "退回的理由", "textarea", required=True, maxlength=1000),
        ],
        T.OBJECT: [made(f"{at}.reason", "异议理由", "textarea", required=True, maxlength=1000)],
        T.DECIDE_OBJECTION: [
            made(
                f"{at}.upheld",
                "审查结果",
                "radio",
                options=[("true", "异议成立"), ("false", "异议不成立")],
                required=True,
            ),
            made(f"{at}.words", "说明", "textarea", maxlength=1000),
        ],
        T.ACCEPT: [made(f"{at}.accepted_on", "认可日期", "date", required=True)],
        T.LOOK_BACK: [
            made(f"{at}.looked_on", "日期", "date", required=True),
            made(
                f"{at}.holds",
                "结果",
                "radio",
                options=[("true", "没有反弹"), ("false", "有反弹")],
                required=True,
            ),
            made(f"{at}.words", "看到的情况", "textarea", required=True, maxlength=1000),
        ],
        T.SUE: [
            made(f"{at}.filed_on", "起诉日期", "date", required=True),
            made(f"{at}.lawsuit", "案号", maxlength=60, hint="已经登记过的案件才填"),
        ],
    }
    return found.get(step, [])


def fact_fields() -> list[dict[str, Any]]:
    """What is written down of a letter, as it was recorded and as it is corrected."""
    more: dict[str, tuple[str, dict[str, Any]]] = {
        "kind": ("radio", {"options": kinds(), "required": True}),
        "issuer": ("text", {"required": True, "maxlength": 100}),
        "document_number": ("text", {"required": True, "maxlength": 60}),
        "received_on": ("date", {"required": True}),
        "stated_due_on": ("date", {}),
        "urgent": ("checkbox", {}),
        "served_how": ("text", {"maxlength": 40, "attrs": {"list": "ways"}}),
    }
    return [forms.described(name, FACTS[name], kind, **told) for name, (kind, told) in more.items()]


def fact_values(view: SuggestionView) -> dict[str, str]:
    """What stands, as the form holds it."""
    told = {
        "kind": view.kind.value,
        "issuer": view.issuer,
        "document_number": view.document_number,
        "received_on": view.received_on.isoformat(),
        "stated_due_on": view.stated_due_on.isoformat() if view.stated_due_on else "",
        "urgent": "true" if view.urgent else "",
        "served_how": view.served_how or "",
    }
    return {name: value for name, value in told.items() if value}


def answer_fields(number: int) -> list[dict[str, Any]]:
    """The fields of the answer to one demand."""
    made, at = forms.described, prefix(T.ANSWER_DEMAND, number)
    adopted = list(labels(Adoption).items())
    return [
        made(f"{at}.adopted", f"第 {number} 条是否采纳", "radio", options=adopted, required=True),
        made(f"{at}.measure", "整改措施", "textarea", required=True, maxlength=2000),
        made(f"{at}.reason", "理由", "textarea", hint="不采纳的必填", conditional=True, rows=2),
        made(f"{at}.owner", "责任人", maxlength=60),
        made(f"{at}.due_on", "计划完成日期", "date"),
        made(f"{at}.done_on", "实际完成日期", "date", hint="还没有完成的不填"),
    ]


def demand_form(view: SuggestionView, demand: DemandView) -> dict[str, Any] | None:
    """The form that stands with one demand: to answer it, or to say that it is done; or none."""
    number = demand.number
    silent = [each.number for each in view.demands if not each.measure]
    if T.ANSWER_DEMAND in view.steps:
        step, fields = T.ANSWER_DEMAND, answer_fields(number)
        summary = f"{'修改' if demand.measure else '填写'}第 {number} 条的答复"
        button, unfolded = f"保存第 {number} 条的答复", [number] == silent[:1]
    elif T.FINISH_DEMAND in view.steps and demand.promised:
        step, name = T.FINISH_DEMAND, f"{prefix(T.FINISH_DEMAND, number)}.done_on"
        fields = [forms.described(name, "完成日期", "date", required=True)]
        summary = button = f"登记第 {number} 条整改完成"
        unfolded = False
    else:
        return None
    return {
        "summary": summary,
        "button": button,
        "fields": fields,
        "unfolded": unfolded,
        "url": url_for("suggestion.take", suggestion_id=view.id, suggestion_step=step.value),
    }


def answer_values(view: SuggestionView) -> dict[str, str]:
    """What the answers say now, as their forms hold it; the unit is the one the letter has."""
    told = {f"{T.ASSIGN.value}.organisation": str(view.organisation.id)}
    for each in view.demands:
        at = prefix(T.ANSWER_DEMAND, each.number)
        now_ = {
            "adopted": each.adopted.value if each.adopted else "",
            "measure": each.measure or "",
            "reason": each.reason or "",
            "owner": each.owner or "",
            "due_on": each.due_on.isoformat() if each.due_on else "",
            "done_on": each.done_on.isoformat() if each.done_on else "",
        }
        told |= {f"{at}.{name}": value for name, value in now_.items() if value}
    return told


def units() -> list[tuple[str, str]]:
    """The units to choose from."""
    found = organisations.active_in_town(actor())
    return [("", "请选择"), *((str(each.id), each.name) for each in found)]


def kinds() -> list[tuple[str, str]]:
    """The kinds of letters."""
    return list(labels(SuggestionKind).items())
