"""What the page of a lawsuit 行政复议与行政诉讼 asks: a form for each step, summons, duty."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import url_for

from config.lawsuit import Coded, name
from config.vocabulary import (
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    LawsuitStep,
    WithdrawalCause,
)
from config.words import labels
from service.errors import Conflict
from service.queries import organisation as organisations
from service.queries.lawsuit import LawsuitView
from service.rules import lawsuit as rules
from service.web import form as forms
from service.web import lawsuit, show
from service.web.door import actor, desk

WHO: Final = {
    "head": "负责人出庭",
    "staff": "工作人员出庭，负责人没有出庭",
    "lawyer": "只有律师出庭（违规）",
}


BUTTONS: Final = {
    LawsuitStep.ANSWER: "登记答辩、举证",
    LawsuitStep.HEAR: "登记开庭情况",
    LawsuitStep.DECIDE: "登记裁判结果",
    LawsuitStep.PERFORM: "登记全部履行",
    LawsuitStep.CLOSE: "办结案件",
}


# a review 行政复议 is answered, heard and decided under words of its own
REVIEW_BUTTONS: Final = {
    LawsuitStep.ANSWER: "登记书面答复",
    LawsuitStep.HEAR: "登记听证情况",
    LawsuitStep.DECIDE: "登记复议结果",
}


REVIEW_CONSEQUENCES: Final = {
    LawsuitStep.ANSWER: "过了期限的一直记为逾期，视为没有证据、依据。",
    LawsuitStep.HEAR: "只有律师参加的记为违规，以后不能改。",
    LawsuitStep.DECIDE: "撤回申请的要写明原因。不服复议决定的，申请人可以起诉。",
}


CONSEQUENCES: Final = {
    LawsuitStep.ANSWER: "过了期限的一直记为逾期，视为没有证据。",
    LawsuitStep.HEAR: "只有律师出庭的记为违规，以后不能改。同一审级负责人出庭一次就算。",
    LawsuitStep.DECIDE: "撤诉要写明原因。可以上诉的，登记以后从送达之日起算上诉期限。",
    LawsuitStep.PERFORM: "没有履行的义务全部记为这一天履行。",
    LawsuitStep.CLOSE: "办结以后不能再登记义务。",
}


WAITS: Final = {
    LawsuitStatus.PENDING: "等裁判结果。",
    LawsuitStatus.PERFORMED: "义务都已履行，可以办结。",
    LawsuitStatus.CLOSED: "案件已经办结。",
}


def told(step: LawsuitStep) -> dict[str, Any]:
    """What the form of a step says; who came is asked in one question."""
    raw = forms.group(step.value)
    if step is LawsuitStep.HEAR:
        came, head = raw.pop("who", None), raw.pop("head", {})
        head = head if isinstance(head, dict) else {}
        if came in WHO:
            raw["lawyer_only"] = came == "lawyer"
            head["attended"] = came == "head"
        raw["head"] = head
    return raw


def named(step: LawsuitStep, field: str) -> str:
    """Where the form asks what the shape calls `field`."""
    if field in ("head.attended", "lawyer_only"):
        field = "who"
    return f"{step.value}.{field}" if field else ""


def waits(view: LawsuitView) -> str:
    """What the case waits for now, whoever looks at it."""
    if view.status is LawsuitStatus.PENDING:
        if view.answered_on is None and LawsuitStep.ANSWER in view.steps:
            return "要提交书面答复和证据。" if _reviewed(view) else "要提交答辩状和证据。"
        planned = next((each for each in view.hearings if each.held_on is None), None)
        if planned and planned.planned_on:
            return (
                f"定于 {show.long_day(planned.planned_on)}{'听证' if _reviewed(view) else '开庭'}。"
            )
    if view.status is LawsuitStatus.DECIDED:
        owed = "" if view.duties else "裁判要求做的事，先逐项登记为义务；没有的可以办结。"
        return _blocked(view) or owed or "义务都已履行，可以办结。"
    return WAITS[view.status]


def _blocked(view: LawsuitView) -> str:
    """Why a decided case cannot be closed yet; "" when it can."""
    try:
        rules.check_closing(
            view.outcome,
            reviewed=view.case_review is not None,
            open_duties=sum(each.done_on is None for each in view.duties),
            performed=view.performed_on is not None or any(each.done_on for each in view.duties),
        )
    except Conflict as refusal:
        return f"{refusal.detail}。"
    return ""


def steps(view: LawsuitView) -> list[dict[str, Any]]:
    """A form for everything that may be written now, the one that is expected first."""
    open_ = [each for each in view.steps if each is not LawsuitStep.CLOSE or not _blocked(view)]
    if not any(each.done_on is None for each in view.duties) and view.duties:
        open_ = [each for each in open_ if each is not LawsuitStep.PERFORM]
    main = _main_step(view, open_)
    shown = [_step(view, each) | {"main": each is main} for each in open_]
    shown += [each | {"main": False, "consequence": ""} for each in _parts(view)]
    return sorted(shown, key=lambda each: not each["main"])


def _main_step(view: LawsuitView, open_: Sequence[LawsuitStep]) -> LawsuitStep | None:
    """The step that is to be expected next, if it is the viewer's to take."""
    heard = bool(view.hearings) and all(each.held_on for each in view.hearings)
    order = [LawsuitStep.ANSWER, LawsuitStep.CLOSE]
    if view.hearings:
        order.append(LawsuitStep.DECIDE if heard else LawsuitStep.HEAR)
    return next((each for each in order if each in open_), None)


def _reviewed(view: LawsuitView) -> bool:
    return view.procedure is LawsuitProcedure.REVIEW


def _step(view: LawsuitView, step: LawsuitStep) -> dict[str, Any]:
    fields = FIELDS[step](view) if step in FIELDS else []
    if view.case_number is None and view.status is LawsuitStatus.PENDING:
        fields.append(forms.described(f"{step.value}.case_number", "补登案号", maxlength=60))
    words = (BUTTONS, CONSEQUENCES)
    if _reviewed(view):
        words = (BUTTONS | REVIEW_BUTTONS, CONSEQUENCES | REVIEW_CONSEQUENCES)
    buttons, consequences = words
    return {
        "id": step.value,
        "label": buttons[step],
        "url": url_for("lawsuit.take", lawsuit_id=view.id, step=step.value),
        "versioned": True,
        "consequence": consequences[step],
        "fields": fields,
    }


def _parts(view: LawsuitView) -> list[dict[str, Any]]:
    """What may be written beside the steps: a summons, a duty."""
    made, found = forms.described, []
    court = "听证" if _reviewed(view) else "开庭"
    if view.status is LawsuitStatus.PENDING and lawsuit.may("hear"):
        fields = [
            made("plan.planned_on", f"{court}日期", "date", required=True),
            made("plan.head", "拟出庭的负责人", maxlength=60),
            made("plan.title", "职务", maxlength=60, hint="正职、副职或者其他分管负责人"),
            made("plan.must_attend", "负责人出庭的情形", "checkboxes", options=lawsuit.grounds()),
        ]
        url = url_for("lawsuit.plan", lawsuit_id=view.id)
        found.append({"id": "plan", "label": f"登记{court}通知", "url": url, "fields": fields})
    owes = view.status is LawsuitStatus.DECIDED and lawsuit.may("duty")
    if owes:
        sources = [(each.value, name(each)) for each in rules.papers_of(view.procedure)]
        doers = [("", view.organisation.name), *units()]
        fields = [
            made("duty.source", "出自", "radio", options=sources, required=True),
            made("duty.words", "要做什么", "textarea", required=True, maxlength=500),
            made("duty.organisation", "由谁履行", "select", options=doers, conditional=True),
            made("duty.due_on", "最迟哪天", "date", required=True),
        ]
        url = url_for("lawsuit.impose", lawsuit_id=view.id)
        found.append({"id": "duty", "label": "登记一项义务", "url": url, "fields": fields})
    return found


def _answer_fields(view: LawsuitView) -> list[dict[str, Any]]:
    paper = "书面答复" if _reviewed(view) else "答辩状"
    return [
        forms.described("answer.answered_on", f"提交{paper}和证据的日期", "date", required=True)
    ]


def _hear_fields(view: LawsuitView) -> list[dict[str, Any]]:
    made = forms.described
    reasons = [("", "没有正当理由或者不必填"), *coded(desk().policy.lawsuits.absences)]
    absent: dict[str, Any] = {"hint": "负责人没有出庭的填", "conditional": True}
    return [
        made("hear.held_on", "听证日期" if _reviewed(view) else "开庭日期", "date", required=True),
        made("hear.who", "谁出庭", "radio", options=list(WHO.items()), required=True),
        made("hear.head.name", "出庭的负责人", maxlength=60, conditional=True),
        made("hear.head.title", "职务", maxlength=60, conditional=True),
        made(
            "hear.head.reason",
            "未出庭的理由",
            "select",
            options=reasons,
            **absent,
        ),
        made("hear.head.proof", "盖章的证明材料", maxlength=300, **absent),
    ]


def _decide_fields(view: LawsuitView) -> list[dict[str, Any]]:
    causes = [("", "不是撤诉"), *labels(WithdrawalCause).items()]
    made, paper = forms.described, "复议决定" if _reviewed(view) else "裁判"
    return [
        made("decide.decided_on", f"{paper}日期", "date", required=True),
        made("decide.served_on", f"{paper}文书送达日期", "date", required=True),
        made(
            "decide.outcome",
            "结果",
            "radio",
            options=list(labels(LawsuitOutcome).items()),
            required=True,
        ),
        made(
            "decide.withdrawal_cause",
            "撤诉原因",
            "select",
            options=causes,
            hint="结果是撤诉时必填",
            conditional=True,
        ),
        made(
            "decide.checks",
            "撤诉核对",
            "checkboxes",
            options=coded(desk().policy.lawsuits.checks),
            hint="撤诉时核对；按撤诉处理的不填",
        ),
    ]


def _perform_fields(_: LawsuitView) -> list[dict[str, Any]]:
    return done_fields("perform", needed=False)


def done_fields(part: str, *, needed: bool = True) -> list[dict[str, Any]]:
    """The fields that say when something was done, and what shows it."""
    hint, made = "例如拆除照片、转账凭证，材料放进案卷", forms.described
    told: dict[str, Any] = {"required": needed, "maxlength": 500, "hint": hint, "rows": 2}
    return [
        made(f"{part}.done_on", "履行日期", "date", required=True),
        made(f"{part}.proof", "履行凭证", "textarea", **told),
    ]


def coded(known: Mapping[str, Coded]) -> list[tuple[str, str]]:
    """Words of the data as options."""
    return [(each.code, each.words) for each in known.values()]


def units() -> list[tuple[str, str]]:
    """The units of the town as options."""
    return [(str(each.id), each.name) for each in organisations.active_in_town(actor())]


FIELDS: Final[Mapping[LawsuitStep, Callable[[LawsuitView], list[dict[str, Any]]]]] = {
    LawsuitStep.ANSWER: _answer_fields,
    LawsuitStep.HEAR: _hear_fields,
    LawsuitStep.DECIDE: _decide_fields,
    LawsuitStep.PERFORM: _perform_fields,
}
