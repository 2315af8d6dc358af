"""What each step and addition asks, what follows from it, and what is said when it is done."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from flask import url_for

from config.vocabulary import (
    AgreementForm,
    DeclineGround,
    DisputeStatus,
    FailureReason,
    OrganisationKind,
    Outcome,
    Role,
    Step,
    VisitResult,
)
from config.words import label, labels
from schemas.step import SHAPES
from service.queries import dispute_row, substitution
from service.queries import organisation as organisations
from service.queries import user as users
from service.queries.dispute import DisputeView
from service.queries.organisation import OrganisationView
from service.rules import dispute as rules
from service.web import mediator, presence, show
from service.web.door import actor, desk, now
from service.web.form import described

DANGEROUS: Final = frozenset({Step.VOID, Step.TERMINATE, Step.DECLINE, Step.FAIL, Step.WITHDRAW})
# asked about on a page of their own though they take no words, for nothing leads back
CONFIRMED: Final = frozenset({Step.ARCHIVE})
CONSEQUENCES: Final[Mapping[Step, str]] = MappingProxyType(
    {
        Step.DISPATCH: "承办单位会在“等签收”里看到这件纠纷。",
        Step.ACCEPT: "从今天起计算办理期限。",
        Step.RETURN: "退回中心重新分派；谁退的、为什么退，都会留下记录。",
        Step.ASSIGN: "被指定的调解员能看到当事人的姓名和电话。",
        Step.START: "双方同意以后再开始；开始后就可以记调解会。",
        Step.AGREE: "谈成了就登记协议，不再计算办理期限，等双方履行。",
        Step.FAIL: "按“调解不成”办结；请告知当事人还可以仲裁、起诉。",
        Step.WITHDRAW: "按“申请人撤回”办结，不算成功，也不算失败。",
        Step.TERMINATE: "按“终止调解”办结。",
        Step.DECLINE: "按“不予受理”办结；要告诉来访人去哪里、期限到哪天。",
        Step.PERFORM: "双方都按协议做完了再登记。",
        Step.CLOSE: "办结后不再计算期限；有需要时中心主任可以重新办理。",
        Step.REOPEN: "再办一次，从分派开始；原来的办结日期保留。",
        Step.VOID: "登记有误的不计入统计，编号保留；弄错了，归档以前中心主任可以重新办理。",
        Step.ARCHIVE: "归档以后不能再改，也不能重新办理。",
    }
)
DONE: Final[Mapping[Step, str]] = MappingProxyType(
    {
        Step.DISPATCH: "已分派给{organisation}，等签收",
        Step.ACCEPT: "已签收受理{due}",
        Step.RETURN: "已退回，等中心重新分派",
        Step.ASSIGN: "已指定{mediator}为调解员",
        Step.START: "已开始调解，可以记调解会了",
        Step.AGREE: "已登记协议，等双方履行",
        Step.FAIL: "已按调解不成办结，请告知当事人还可以走的途径",
        Step.WITHDRAW: "已按申请人撤回办结",
        Step.TERMINATE: "已终止调解并办结",
        Step.DECLINE: "已按不予受理办结，请把去向和期限告诉来访人",
        Step.PERFORM: "已登记履行完毕，可以办结了",
        Step.CLOSE: "已办结",
        Step.REOPEN: "已重新办理，等中心分派",
        Step.VOID: "已作废，编号保留",
        Step.ARCHIVE: "已归档",
    }
)
# doors a visitor is mostly sent to; the others follow
USUAL_DOORS: Final = (
    OrganisationKind.COURT,
    OrganisationKind.PEOPLE_COURT,
    OrganisationKind.POLICE_STATION,
    OrganisationKind.LABOUR_ARBITRATION,
    OrganisationKind.LAND_ARBITRATION,
    OrganisationKind.LABOUR_INSPECTION,
    OrganisationKind.JUSTICE_OFFICE,
    OrganisationKind.JUSTICE_BUREAU,
    OrganisationKind.LEGAL_AID,
    OrganisationKind.BANNER_GOVERNMENT,
    OrganisationKind.TOWN_GOVERNMENT,
    OrganisationKind.PETITION_OFFICE,
)
# additions to a dispute in work: kind -> (label, action, statuses)
ADDITIONS: Final[Mapping[str, tuple[str, str, frozenset[DisputeStatus]]]] = MappingProxyType(
    {
        "sessions": ("记一次调解会", "dispute.session", frozenset({DisputeStatus.MEDIATING})),
        "visits": (
            "记一次回访",
            "dispute.visit",
            frozenset({DisputeStatus.AGREED, DisputeStatus.CLOSED}),
        ),
    }
)
Field = dict[str, Any]


def name_of(step: Step, status: DisputeStatus) -> str:
    """The step as a button says it; a closing that can only guide elsewhere says so."""
    only_guides = rules.CLOSABLE_AS.get(status) == frozenset({Outcome.GUIDED})
    return label(Outcome.GUIDED) if step is Step.CLOSE and only_guides else label(step)


def is_direct(step: Step) -> bool:
    """Whether a click is enough: it asks nothing, ends nothing and can be followed by others."""
    return SHAPES[step]().fields == {} and not rules.ends(step) and step not in CONFIRMED


def button(view: DisputeView, step: Step) -> dict[str, Any]:
    """A step as a button: at once when a click is enough, else a page of its own."""
    direct = is_direct(step)
    return {
        "label": name_of(step, view.status),
        "url": url_for("step.take" if direct else "step.ask", dispute_id=view.id, step=step.value),
        "hint": CONSEQUENCES[step],
        "direct": direct,
        "danger": step in DANGEROUS,
    }


def done(step: Step, view: DisputeView) -> str:
    """What has happened, in a sentence."""
    due = f"，办理期限到 {show.long_day(view.due.on)}" if view.due else ""
    return DONE[step].format(
        organisation=view.organisation.name if view.organisation else "",
        mediator=view.mediator.name if view.mediator else "",
        due=due,
    )


def suggested(step: Step, view: DisputeView) -> dict[str, Any] | None:
    """Whom the rules suggest to who names somebody: of the unit in charge, or that proposed."""
    if step is Step.ASSIGN:
        return mediator.suggestions(view.id, view.organisation.id if view.organisation else None)
    if step is Step.DISPATCH and view.route and Role.DIRECTOR in actor().roles:
        unit = suggested_unit(view.route, organisations.active())
        return mediator.suggestions(view.id, unit.id) if unit else None
    return None


def fields(step: Step, view: DisputeView, found: dict[str, Any] | None = None) -> list[Field]:
    """What a step asks, as fields of a form; `found` is what `suggested` said."""
    if step is Step.DISPATCH:
        return _dispatch_fields(view)
    if step is Step.ASSIGN:
        return _assign_fields(found if found is not None else suggested(step, view) or {})
    if step is Step.CLOSE:
        return _close_fields(view)
    return _PLAIN[step](view) if step in _PLAIN else []


def proposed(step: Step, view: DisputeView) -> dict[str, Any]:
    """What the form begins with: the only possible outcome, the unit the rules named."""
    if step is Step.CLOSE:
        outcomes = rules.CLOSABLE_AS.get(view.status, frozenset())
        return {"outcome": next(iter(outcomes)).value} if len(outcomes) == 1 else {}
    if step is Step.DISPATCH and view.route:
        unit = suggested_unit(view.route, organisations.active())
        return {"organisation": str(unit.id)} if unit else {}
    if step is Step.DECLINE and view.route:
        return {"go_to": list(view.route["go_to"])}
    return {}


def suggested_unit(
    route: Mapping[str, Any], units: Sequence[OrganisationView]
) -> OrganisationView | None:
    """The unit of the town that is of the kind the rules named."""
    return next((each for each in units if each.kind == route["lead"]), None)


def assisting_units(
    route: Mapping[str, Any] | None, units: Sequence[OrganisationView]
) -> list[OrganisationView]:
    """The units of the kinds the rules would have assist."""
    return [each for each in units if route and each.kind in route["assist"]]


def mediators(found: Sequence[users.MediatorView]) -> list[Any]:
    """Mediators of every unit with the number of disputes they carry, as options."""
    loads, gone = dispute_row.open_by_mediator(), substitution.away(desk().today(now()))
    carried = {
        e.id: f"在办 {loads.get(e.id, 0)} 件{mediator.absence(gone.get(e.id))}" for e in found
    }
    return [(str(e.id), f"{e.organisation}　{e.name}（{carried[e.id]}）") for e in found]


def _assign_fields(found: Mapping[str, Any]) -> list[Field]:
    options = [("", "请选择"), *mediator.options(found)]
    return [
        described("mediator", "调解员", "select", options=options, required=True),
        described(
            "reason",
            "理由",
            "textarea",
            hint="选的人有“建议回避”的情形、离岗或者已到上限时必填",
            conditional=True,
            maxlength=500,
        ),
    ]


def _dispatch_fields(view: DisputeView) -> list[Field]:
    units = organisations.active()
    loads = dispute_row.open_by_unit()
    there = presence.today(units)
    leads = [
        presence.option(each, view.category, there, f"在办 {loads.get(each.id, 0)} 件")
        for each in units
    ]
    usual = assisting_units(view.route, units)
    rest = [each for each in units if each not in usual]
    assist = [(str(each.id), each.name) for each in (*usual, *rest)]
    named = [("", "由承办单位指定"), *mediators(users.mediators())]
    return [
        described(
            "organisation",
            "承办单位",
            "select",
            options=[("", "请选择"), *leads],
            required=True,
        ),
        described(
            "reason",
            "改派理由",
            "textarea",
            hint="与建议的单位不同，或者指定的调解员有“建议回避”的情形时必填",
            conditional=True,
            maxlength=500,
        ),
        described(
            "mediator",
            "调解员",
            "select",
            options=named,
            required=view.restricted,
            hint="受限纠纷只有指定的调解员能看到，请一并指定" if view.restricted else "",
        ),
        described("assist", "协办单位", "checkboxes", options=assist, usual=len(usual)),
    ]


def _close_fields(view: DisputeView) -> list[Field]:
    outcomes = [(e.value, label(e)) for e in sorted(rules.CLOSABLE_AS.get(view.status, ()))]
    return [
        described("outcome", "办理结果", "radio", options=outcomes, required=True),
        _note("reason"),
    ]


def _agree_fields(_: DisputeView) -> list[Field]:
    formats = list(labels(AgreementForm).items())
    return [
        described("form", "协议形式", "radio", options=formats, required=True),
        described(
            "terms",
            "协议内容",
            "textarea",
            rows=6,
            hint="书面协议必填；口头协议记要点",
            conditional=True,
            maxlength=5000,
        ),
        described("amount", "协议金额", "money"),
        described("performed_by", "约定哪天履行完", "date"),
    ]


def _fail_fields(_: DisputeView) -> list[Field]:
    reasons = list(labels(FailureReason).items())
    asked = described("reasons", "不成的原因", "checkboxes", options=reasons, required=True)
    return [asked | {"hint": "可以选几个"}, _note("note")]


def _decline_fields(view: DisputeView) -> list[Field]:
    grounds = list(labels(DeclineGround).items())
    named = [OrganisationKind(each) for each in (view.route or {}).get("go_to", [])]
    doors = dict.fromkeys((*named, *USUAL_DOORS, *OrganisationKind))
    options = [(each.value, label(each)) for each in doors]
    return [
        described("ground", "事由", "radio", options=grounds, required=True),
        described(
            "go_to",
            "该去哪里",
            "checkboxes",
            options=options,
            required=True,
            hint="最多选 6 个",
            usual=len(dict.fromkeys((*named, *USUAL_DOORS))),
        ),
        _note("reason"),
    ]


def _note(name: str) -> Field:
    return described(name, "说明", "textarea", maxlength=500)


def _reason(text: str) -> Callable[[DisputeView], list[Field]]:
    return lambda _: [described("reason", text, "textarea", required=True, maxlength=500)]


def _return_fields(_: DisputeView) -> list[Field]:
    reasons = desk().policy.handovers.reasons.values()
    options = [(each.code, each.name) for each in reasons]
    asked = "；".join(f"{each.name}：{each.ask}" for each in reasons if each.ask)
    return [
        described("code", "为什么退回", "radio", options=options, required=True),
        described("reason", "退回理由", "textarea", required=True, maxlength=500, hint=asked),
    ]


_PLAIN: Final[Mapping[Step, Callable[[DisputeView], list[Field]]]] = MappingProxyType(
    {
        Step.RETURN: _return_fields,
        Step.AGREE: _agree_fields,
        Step.FAIL: _fail_fields,
        Step.WITHDRAW: _reason("撤回情况"),
        Step.TERMINATE: _reason("终止理由"),
        Step.DECLINE: _decline_fields,
        Step.REOPEN: _reason("重新办理的理由"),
        Step.VOID: _reason("哪里有误"),
    }
)


def addition_fields(view: DisputeView, kind: str) -> list[Field]:
    """What a session or a visit asks."""
    return _session_fields(view) if kind == "sessions" else _visit_fields()


def _session_fields(view: DisputeView) -> list[Field]:
    came = [("true", "到场"), ("false", "未到")]
    return [
        described("held_at", "时间", "datetime", required=True),
        described("place", "地点", required=True, maxlength=100),
        *(
            described(f"came.{each.id}", f"{each.name}到场没有", "radio", options=came)
            for each in view.parties
        ),
        described("minutes", "调解记录", "textarea", required=True, rows=8, maxlength=10_000),
    ]


def _visit_fields() -> list[Field]:
    answers = [("true", "满意"), ("false", "不满意"), ("", "没有表态")]
    results = list(labels(VisitResult).items())
    return [
        described("visited_on", "回访日期", "date", required=True),
        described("result", "履行情况", "radio", options=results, required=True),
        described("satisfied", "当事人满意吗", "radio", options=answers),
        described("note", "说明", "textarea", maxlength=1000),
    ]
