"""The HTML doors: the same shapes and the same operations as the JSON ones."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for

from config.settings import Settings
from config.words import label
from service.queries import notice as notices
from service.queries import organisation as organisations
from service.queries import restricted as restricted_queries
from service.queries import setup as setups
from service.rules import access
from service.web import icons
from service.web.door import action_of, desk, now, public, unnoticed, visitor
from service.web.pages import (
    attachment,
    attendance,
    audit,
    backup,
    basis,
    calendar,
    category,
    charge,
    clock,
    clock_change,
    consultation,
    correction,
    court,
    court_paper,
    data_request,
    dispatch,
    dispute,
    dispute_list,
    dossier_review,
    draft,
    duplicate,
    duty_list,
    evaluation,
    exchange,
    figure,
    grant,
    guidance,
    hand_over,
    handover,
    handover_flow,
    home,
    inbox,
    intake,
    joint_credit,
    joint_task,
    lawsuit,
    lawsuit_figure,
    lawsuit_paper,
    ledger,
    link,
    linkage,
    material,
    mediator,
    meeting,
    member,
    merge,
    organisation,
    organisation_list,
    outside_entry,
    paper,
    password,
    person,
    plan,
    plan_carry,
    plan_entry,
    plan_entry_sheet,
    plan_evidence,
    plan_import,
    plan_report,
    plan_task,
    privacy,
    progress,
    provision,
    readout,
    receipt,
    reception,
    recusal,
    register,
    repeat,
    replay,
    restricted,
    retention,
    reveal,
    routing,
    rulebook,
    search,
    second_factor,
    setup,
    setup_people,
    setup_unit,
    share,
    shift_note,
    sign_in,
    step,
    substitution,
    suggestion,
    supervision,
    token,
    user,
    user_list,
    user_session,
    weekly,
)
from service.web.setup import UNNAMED

dispute.bp.add_url_rule("/disputes", view_func=dispute_list.listed)
# so many fit beside the search box at 1366 px; the rest stand under 更多
SHOWN = 6
# what 更多 holds stands under these headings, in this order
CASES, COUNTER, FIGURES = "办案和联动", "窗口", "统计和台账"
LEGAL = "应诉和府院府检联动"
PLAN = "年度计划"
PEOPLE, SYSTEM = "单位和人员", "规则和系统"
GROUPS = (CASES, LEGAL, PLAN, COUNTER, FIGURES, PEOPLE, SYSTEM)
FEW = 6  # so many under 更多 need no headings
# (label, endpoint, heading): for whoever may use the endpoint's action, what is used most first
NAV = (
    ("工作台", "home.desk", COUNTER),
    ("登记", "intake.new", COUNTER),
    ("纠纷", "dispute.listed", COUNTER),
    ("待分派", "dispatch.waiting", CASES),
    ("周报", "weekly.newest", FIGURES),
    ("移交", "handover.listed", CASES),
    ("协办任务", "joint_task.listed", CASES),
    ("督办", "supervision.listed", CASES),
    ("会议", "meeting.listed", CASES),
    ("领导包案", "charge.listed", CASES),
    ("领导接访", "reception.month", COUNTER),
    ("咨询", "consultation.listed", COUNTER),
    ("重复来访", "repeat.ask_by_card", COUNTER),
    ("入驻签到", "attendance.today", COUNTER),
    ("登记簿", "register.listed", COUNTER),
    ("诉调对接", "court.listed", CASES),
    ("延期审批", "clock_change.waiting", CASES),
    ("交接班", "shift_note.desk_of_shift", COUNTER),
    ("电话答复", "readout.form", COUNTER),
    ("个人信息申请", "data_request.listed", COUNTER),
    ("应诉", "lawsuit.listed", LEGAL),
    ("建议书", "suggestion.listed", LEGAL),
    ("府检府院联动", "linkage.listed", LEGAL),
    ("移送和干预过问", "linkage.referrals", LEGAL),
    ("数据交换", "exchange.listed", LEGAL),
    ("计划进度", "plan.newest", PLAN),
    ("我的任务", "plan_task.mine", PLAN),
    ("工作台账", "plan_entry.registers", PLAN),
    ("应诉统计", "lawsuit_figure.figures", FIGURES),
    ("建议书办复", "suggestion.figures", FIGURES),
    ("诉源治理", "lawsuit_figure.monitor", FIGURES),
    ("外部登记", "outside_entry.missing", FIGURES),
    ("台账导入", "ledger.upload", FIGURES),
    ("紧急查阅", "restricted.glasses", CASES),
    ("账户", "user.listed", PEOPLE),
    ("四种调解衔接", "handover_flow.shown", FIGURES),
    ("牵头和协办", "joint_credit.shown", FIGURES),
    ("年度考核", "evaluation.newest", FIGURES),
    ("分流规则", "rulebook.current", SYSTEM),
    ("工作日历", "calendar.newest", SYSTEM),
    ("成员单位", "member.listed", PEOPLE),
    ("调解员名册", "mediator.listed", PEOPLE),
    ("指导记录", "guidance.listed", PEOPLE),
    ("案卷评查", "dossier_review.listed", PEOPLE),
    ("单位", "organisation.listed", PEOPLE),
    ("离岗替岗", "substitution.listed", PEOPLE),
    ("权限", "grant.rights", PEOPLE),
    ("审计", "audit.listed", SYSTEM),
    ("备份", "backup.listed", SYSTEM),
    ("保存与销毁", "retention.shown", SYSTEM),
    ("接口令牌", "token.listed", SYSTEM),
)
# what is one's own, unfolded by one's name in the bar
OWN = (("会话", "user_session.listed"), ("修改密码", "password.form"))
OWN_CODE = ("动态口令", "second_factor.state")


def install(app: Flask) -> None:
    """Register the pages and what every template may use."""
    cases = (intake, draft, category, routing, duplicate, dispute, link, merge, step, dispatch)
    concerned = (
        correction,
        clock,
        clock_change,
        inbox,
        reveal,
        basis,
        privacy,
        data_request,
        provision,
        person,
        repeat,
    )
    linked = (handover, handover_flow, joint_task, joint_credit, meeting, court, court_paper)
    guarded = (share, restricted)
    counter = (receipt, paper, material, readout, progress, consultation, register, shift_note)
    office = (organisation, organisation_list, user, user_list, hand_over, substitution, retention)
    own = (user_session, password, second_factor)
    planned = (plan, plan_import, plan_carry, plan_task, plan_evidence, plan_report)
    yearly = (evaluation, *planned, plan_entry, plan_entry_sheet)
    members = (member, duty_list, attendance, guidance, dossier_review, mediator, recusal)
    first_run = (setup, setup_unit, setup_people)
    others = (
        attachment,
        search,
        weekly,
        figure,
        ledger,
        outside_entry,
        suggestion,
        supervision,
    )
    leaders = (charge, reception)
    suits = (lawsuit, lawsuit_figure, lawsuit_paper, linkage, exchange)
    system = (audit, backup, calendar, grant, rulebook, replay, token)
    served = (
        *cases,
        *concerned,
        *guarded,
        *linked,
        *leaders,
        *suits,
        *yearly,
        *counter,
        *office,
        *members,
        *first_run,
        *own,
        *others,
        *system,
    )
    for module in (home, sign_in, *served):
        app.register_blueprint(module.bp)
    app.view_functions["static"] = unnoticed(public(app.view_functions["static"]))
    app.context_processor(_frame)
    settings: Settings = app.extensions["settings"]
    app.jinja_env.globals["icon"] = icons.icon_drawer(strict=not settings.is_production)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _frame() -> dict[str, Any]:
    """What the layout needs on every page."""
    found = visitor()
    nav = _nav() if found else []
    shown = SHOWN if len(nav) > SHOWN + 1 else len(nav)
    return {
        "centre_name": _centre_name(),
        "nav": nav[:shown],
        "nav_more": nav[shown:],
        "nav_groups": _grouped(nav[shown:]),
        "user": _user() if found else None,
        "nav_own": _nav_own() if found else [],
        "search_url": url_for("search.ask") if found and _may("search.ask") else None,
        "search_text": "编号、姓名、电话" if found and _may("dispute.detail") else "编号",
        "sign_in_url": url_for("sign_in.submit"),
        "idle_seconds": int(desk().policy.sign_in.idle.total_seconds()),
        "sign_out_url": url_for("sign_in.leave"),
        "home_url": url_for("home.desk"),
        "mine_url": url_for("audit.mine") if found and _may("audit.mine") else None,
        "inbox": _inbox() if found else None,
        "asset_version": _asset_version(current_app.static_folder or ""),
    }


def _centre_name() -> str:
    """What stands over every page; not the policy's guess before anybody has told the centre."""
    centre = organisations.centre()
    return "枫桥·矛盾纠纷多元化解" if centre is None or _is_unnamed(centre.name) else centre.name


def _is_unnamed(name: str) -> bool:
    """Whether this is the policy's guess, and nobody has told what the centre is called."""
    home = desk().policy.home
    return name == home.name and "name" in setups.unsaid(home)


def _user() -> dict[str, str]:
    found = visitor()
    if found is None:
        return {}
    caller = found.caller
    roles = "、".join(label(role) for role in sorted(caller.actor.roles))
    return {
        "id": str(caller.actor.user_id),
        "username": caller.username,
        "name": caller.actor.name,
        "role_label": roles,
        "organisation": UNNAMED if _is_unnamed(caller.organisation) else caller.organisation,
    }


def _inbox() -> dict[str, Any]:
    """The way to one's notices and how many of them wait, in the bar of every page."""
    found = visitor()
    waiting = notices.unread(actor=found.caller.actor, desk=desk(), now=now()) if found else 0
    return {
        "url": url_for("inbox.listed"),
        "unread": waiting,
        "count": str(waiting) if waiting < notices.MOST else f"{waiting - 1}+",
        "current": request.endpoint == "inbox.listed",
    }


def _nav() -> list[dict[str, Any]]:
    return [
        _place(text, endpoint) | {"group": group} for text, endpoint, group in NAV if _may(endpoint)
    ]


def _grouped(places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The places of 更多 under their headings; a few stand in one list without."""
    if len(places) <= FEW:
        return [{"title": None, "places": places}]
    told = ((each, [one for one in places if one["group"] == each]) for each in GROUPS)
    return [{"title": title, "places": held} for title, held in told if held]


def _nav_own() -> list[dict[str, Any]]:
    asked = desk().policy.sign_in.second_factor
    return [_place(text, endpoint) for text, endpoint in (*OWN, *([OWN_CODE] if asked else []))]


def _place(text: str, endpoint: str) -> dict[str, Any]:
    here = request.endpoint == endpoint
    return {"label": text, "url": url_for(endpoint), "current": here, "count": _count(endpoint)}


def _count(endpoint: str) -> int | None:
    """How much waits behind a place of the bar, where that is to be seen from every page."""
    found = visitor()
    if found is None or endpoint != "restricted.glasses":
        return None
    return restricted_queries.running_count(actor=found.caller.actor, desk=desk(), now=now())


def _may(endpoint: str) -> bool:
    found, name = visitor(), action_of(endpoint)
    if found is None or name is None:
        return False
    return name == "signed-in" or access.may(found.caller.actor, name, desk().policy.access)


@cache
def _asset_version(folder: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(folder).glob("*.*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]
