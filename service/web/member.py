"""Member units 成员单位 ready for a page: their terms in words, and the form of them."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import request, url_for

from config.access import Reach
from config.vocabulary import OrganisationKind, SeatKind
from config.words import label, labels
from schemas.member import MembershipIn
from service.operations.member import Terms
from service.queries.member import MemberView
from service.rules import access
from service.rules.member import WEEKDAYS, Sitting, weekday_words
from service.web import form as forms
from service.web import show
from service.web.door import actor, desk
from service.web.form import described
from service.web.steps import load_body

SEATS: Final = {
    SeatKind.RESIDENT: "常驻（每个工作日都在）",
    SeatKind.ROTATING: "轮驻（按星期几来）",
    SeatKind.ON_CALL: "随驻（叫了再来）",
}


def seat_words(sitting: Sitting | None) -> str:
    """轮驻（周一、周三）; empty where it does not sit at the centre now."""
    if sitting is None:
        return ""
    days = f"（{weekday_words(sitting.weekdays)}）" if sitting.weekdays else ""
    return f"{label(sitting.kind)}{days}"


def remit_words(view: MemberView) -> str:
    """只受理邻里、婚姻家庭, or 各类都受理."""
    policy, takes = desk().policy, view.remit.takes
    if takes is None:
        return "各类都受理" if not view.remit.refuses else "除下面列出的以外，各类都受理"
    named = [code for code in policy.categories.by_code if code in takes]
    return "只受理" + "、".join(show.category(code, policy) for code in named)


def refusals(view: MemberView) -> list[dict[str, str]]:
    """What it does not take, why, and where to go."""
    policy = desk().policy
    return [
        {
            "category": code,
            "label": show.category(code, policy),
            "words": said.words,
            "go_to": label(said.go_to) if said.go_to else "",
        }
        for code, said in view.remit.refuses.items()
    ]


def may(action: str, organisation_id: UUID) -> bool:
    """Whether the caller may do this at this unit, which they may see."""
    scope = access.scope(actor(), action, desk().policy.access)
    return Reach.TOWN in scope.reach or (
        Reach.ORGANISATION in scope.reach and organisation_id in actor().homes
    )


def fields(*, of_new: list[tuple[UUID, str]] | None = None) -> list[dict[str, Any]]:
    """The fields of the form of terms; `of_new` are the units that may be taken in."""
    named = [(each.code, each.label) for each in desk().policy.categories.all]
    units = [("", "请选择"), *((str(each), name) for each, name in of_new or ())]
    which = [described("organisation", "单位", "select", options=units, required=True)]
    return [
        *(which if of_new is not None else []),
        described("joined_on", "哪天加入", "date", required=True),
        described("left_on", "哪天退出", "date", hint="还在的不填；这一天仍算成员单位"),
        described(
            "inside_town",
            "在不在本镇",
            "radio",
            options=[("true", "本镇"), ("false", "镇外，为本镇服务")],
            required=True,
        ),
        described("seat", "怎样入驻", "radio", options=list(SEATS.items()), required=True),
        described(
            "weekdays",
            "轮驻在星期几",
            "checkboxes",
            options=[(str(n), f"周{sign}") for n, sign in enumerate(WEEKDAYS, 1)],
            hint="只有轮驻才选",
        ),
        described("duty_phone", "值班电话", hint="印在指引卡上，不填就用单位电话", maxlength=40),
        described(
            "takes",
            "只受理哪几类",
            "checkboxes",
            options=named,
            hint="都不选就是各类都受理；个别不受理的，保存以后在单位页面上写",
        ),
    ]


def values_of(view: MemberView, today: date) -> dict[str, Any]:
    """What stands now, as the form holds it."""
    sitting = view.sitting(today) or (view.seats[-1] if view.seats else None)
    return {
        "joined_on": view.joined_on.isoformat(),
        "left_on": view.left_on.isoformat() if view.left_on else "",
        "inside_town": "true" if view.inside_town else "false",
        "seat": sitting.kind.value if sitting else "",
        "weekdays": list(sitting.weekdays) if sitting else [],
        "duty_phone": view.duty_phone or "",
        "takes": sorted(view.remit.takes or ()),
    }


def typed() -> Terms:
    """The posted terms; Invalid at every wrong field."""
    raw = forms.body(request.form)
    raw.pop("organisation", None)
    days = request.form.getlist("weekdays")
    raw["weekdays"] = [int(e[:2]) if e.isascii() and e.isdigit() else 0 for e in days if e]
    if isinstance(raw.get("inside_town"), str):
        raw["inside_town"] = forms.TRUTH.get(raw["inside_town"], raw["inside_town"])
    return Terms(**load_body(MembershipIn, raw))


def row(view: MemberView, today: date, names: tuple[str, ...]) -> dict[str, Any]:
    """One line of the list of members."""
    policy = desk().policy
    refused = [show.category(code, policy) for code in view.remit.refuses]
    return {
        "url": url_for("member.detail", member_id=view.id),
        "name": view.name,
        "kind_label": label(view.kind),
        "outside": not view.inside_town,
        "seat": seat_words(view.sitting(today)) if view.is_member(today) else "",
        "gone": "已停用"
        if not view.active
        else f"{show.day(view.left_on, year=today.year)}退出"
        if view.left_on and view.left_on < today
        else "",
        "duty": "、".join(names),
        "phone": view.duty_phone or view.phone or "",
        "remit": remit_words(view) if view.remit.takes is not None else "",
        "refuses": "、".join(refused),
    }


def doors() -> list[tuple[str, str]]:
    """Where somebody is sent who is not taken here."""
    return [("", "不写"), *labels(OrganisationKind).items()]
