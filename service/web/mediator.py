"""Mediators 调解员名册 as their pages show them, and whom the page of a step suggests."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import url_for

from config.basis import Basis
from config.mediator_word import Gender, RecusalGrade
from config.vocabulary import Grade, Language
from config.words import label, labels
from service.queries import candidate as candidates
from service.queries import mediator as queries
from service.queries import organisation as organisations
from service.queries import substitution
from service.queries.candidate import Suggestions
from service.queries.mediator import MediatorRow, MediatorView
from service.queries.substitution import SubstitutionView
from service.rules import access
from service.rules.mediator import Finding, Judged
from service.web import form as forms
from service.web import show
from service.web.door import actor, desk, now
from service.web.form import Form

Shown = dict[str, Any]
TONES: Final = {
    RecusalGrade.MUST: "stop",
    RecusalGrade.SHOULD: "warn",
    RecusalGrade.HINT: "plain",
}


def row(each: MediatorRow) -> dict[str, Any]:
    """One row of the list."""
    state, tone = _state(each)
    shown = each.register_id or each.id
    return {
        "url": url_for("mediator.detail", mediator_id=shown) if each.register_id else None,
        "new_url": None
        if each.register_id or not manages(each.organisation.id)
        else url_for("mediator.new", user=each.id),
        "name": each.name,
        "organisation": each.organisation.name,
        "skills": "、".join(show.category(code, desk().policy) for code in each.skills),
        "languages": "、".join(label(Language(code)) for code in each.languages),
        "load": f"{each.open} 件" + (f"，上限 {each.load_limit}" if each.load_limit else ""),
        "state": state,
        "tone": tone,
    }


def _state(each: MediatorRow) -> tuple[str, str]:
    if each.register_id is None:
        return "还没有入册", "plain"
    if not each.active:
        return "已停用", "plain"
    if not each.listed:
        return "不在聘期", "stop"
    if each.away:
        return "离岗", "warn"
    if each.user_id is None:
        return "没有账户，不能指定", "plain"
    full = each.load_limit is not None and each.open >= each.load_limit
    return ("已到上限", "warn") if full else ("在岗", "ok")


def manages(organisation_id: UUID) -> bool:
    """Whether the viewer keeps the mediators of a unit."""
    scope = access.scope(actor(), "mediator.manage", desk().policy.access)
    return queries.reaches(scope, organisation_id)


def detail(view: MediatorView) -> dict[str, Any]:
    """One, for its page."""
    each = view.row
    year = desk().today(now()).year
    days = [("从", each.appointed_from), ("到", each.appointed_until)]
    told = [
        ("单位", each.organisation.name),
        ("性别", label(each.gender) if each.gender else ""),
        ("嘎查村", each.village or ""),
        ("专长", row(each)["skills"]),
        ("语言", row(each)["languages"]),
        ("证件号码", view.id_number or ""),
        ("电话", view.phone or ""),
        ("住址", view.address or ""),
        ("调解员证号", each.certificate or ""),
        ("聘期", "".join(f"{word}{show.day(on, year=year)}" for word, on in days if on)),
        ("办理上限", f"{each.load_limit} 件"),
    ]
    place: dict[str, Any] = {"mediator_id": each.register_id}
    return row(each) | {
        "facts": [(name, value) for name, value in told if value],
        "by_status": [(label(status), number) for status, number in view.by_status.items()],
        "leaves": [
            {
                "days": f"{show.day(e.from_on, year=year)}到{show.day(e.until_on, year=year)}",
                "reason": label(e.reason),
                "end_url": url_for("mediator.back", leave_id=e.id, **place),
            }
            for e in view.leaves
        ],
        "interests": None
        if view.interests is None
        else [
            {
                "relation": label(e.relation),
                "name": e.name,
                "id_number": e.id_number or "",
                "declared": show.day(e.declared_on, year=year),
                "end_url": url_for("mediator.withdraw", interest_id=e.id, **place),
            }
            for e in view.interests
        ],
        "mix": None
        if view.mix is None
        else [(show.category(e.category, desk().policy), e.ended, e.agreed) for e in view.mix],
        "recusals": [(label(state), n) for state, n in (view.recusals or {}).items()],
    }


def fields(view: MediatorView | None) -> list[dict[str, Any]]:
    """What the register asks; the numbers are typed anew, they are never shown again."""
    made, scope = forms.described, access.scope(actor(), "mediator.manage", desk().policy.access)
    units = [
        (str(each.id), each.name)
        for each in organisations.active()
        if queries.reaches(scope, each.id)
    ]
    villages = [("", "不填"), *((each.name, each.name) for each in organisations.villages())]
    codes = [(code, each.label) for code, each in desk().policy.categories.by_code.items()]
    accounts = [(str(user_id), text) for user_id, text in queries.free_accounts(scope)]
    if view is not None and view.row.user_id is not None:
        accounts.insert(
            0, (str(view.row.user_id), f"{view.row.organisation.name}　{view.row.name}")
        )
    again = "" if view is None else "不改就不填"
    in_use = [("true", "在册"), ("false", "停用")]
    return [
        made("name", "姓名", required=True, maxlength=80),
        made("organisation", "单位", "select", options=[("", "请选择"), *units], required=True),
        made(
            "user",
            "账户",
            "select",
            options=[("", "没有账户"), *accounts],
            hint="有账户的才能指定承办；村里的调解员、专家可以没有",
        ),
        made("gender", "性别", "select", options=[("", "不填"), *labels(Gender).items()]),
        made("village", "嘎查村", "select", options=villages),
        made("skills", "专长", "checkboxes", options=codes, usual=0),
        made("languages", "语言", "checkboxes", options=list(labels(Language).items())),
        made("load_limit", "最多同时办几件", "number", required=True),
        made("certificate", "调解员证号", maxlength=60),
        made("appointed_from", "聘期开始", "date"),
        made("appointed_until", "聘期结束", "date"),
        made("id_number", "证件号码", maxlength=40, hint=f"只用来核对回避，不显示。{again}"),
        made("phone", "电话", maxlength=40, hint=again),
        made("address", "住址", maxlength=200, hint=f"用来核对是不是同住一户。{again}"),
        made("active", "现在", "radio", options=in_use, required=True),
    ]


def values(view: MediatorView) -> dict[str, Any]:
    """What the form begins with; numbers and address are not among it."""
    each = view.row
    return {
        "name": each.name,
        "organisation": str(each.organisation.id),
        "user": str(each.user_id or ""),
        "gender": each.gender.value if each.gender else "",
        "village": each.village or "",
        "skills": list(each.skills),
        "languages": list(each.languages),
        "load_limit": str(each.load_limit),
        "certificate": each.certificate or "",
        "appointed_from": each.appointed_from.isoformat() if each.appointed_from else "",
        "appointed_until": each.appointed_until.isoformat() if each.appointed_until else "",
        "active": "true" if each.active else "false",
    }


def suggestions(dispute_id: UUID, unit: UUID | None, *, without: UUID | None = None) -> Shown:
    """What components/suggestions.html draws: three with why, and who speaks against whom."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    return drawn(candidates.suggested(dispute_id, unit=unit, without=without, **told))


def drawn(found: Suggestions) -> Shown:
    """The same of what was asked already."""
    return {
        "offered": [_judged(each) for each in found.offered],
        "others": [_judged(each) for each in found.others],
        "sealed": found.sealed,
        "nameable": [each for each in (*found.offered, *found.others) if not each.excluded],
    }


def _judged(each: Judged) -> dict[str, Any]:
    who = each.candidate
    return {
        "name": who.name,
        "unit": who.unit,
        "score": each.score,
        "parts": [f"{part.text}（{part.points}/{part.most} 分）" for part in each.parts],
        "findings": [_finding(one) for one in each.findings],
    }


def _finding(one: Finding) -> dict[str, str]:
    cited = "；".join(
        f"{e.law}第{e.article}条" if e.article.isdigit() else e.law for e in one.basis
    )
    return {"grade": label(one.grade), "tone": TONES[one.grade], "text": one.text, "basis": cited}


def _cited(one: Basis) -> str:
    """人民调解法第8条; what was not read in the text says so."""
    told = f"{one.law}第{one.article}条" if one.article.isdigit() else one.law
    return f"{told}（待核实）" if one.grade is Grade.C else told


def options(shown: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Who may be named, the suggested ones first."""
    first, gone = len(shown.get("offered", ())), substitution.away(desk().today(now()))
    found = []
    for place, each in enumerate(shown.get("nameable", ())):
        who, head = each.candidate, "推荐　" if place < first else ""
        away = absence(gone.get(who.id))
        found.append((str(who.id), f"{head}{who.name}（在办 {who.open} 件{away}）"))
    return found


def absence(there: SubstitutionView | None) -> str:
    """A warning beside somebody who is away: ，离岗到 11月6日，某某替岗."""
    if there is None:
        return ""
    return f"，离岗到 {show.day(there.until_on)}，{there.substitute}替岗"


def blank() -> Form:
    """A form that has not been typed into, with what is mostly so."""
    limit = str(desk().policy.recusals.load_limit)
    return Form(values={"load_limit": limit, "languages": ["zh"], "active": "true"})
