"""工作台: what needs me now, for each role."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from config.access import Reach
from config.vocabulary import DisputeStatus, Role
from service.queries import (
    calendar,
    clock_change,
    court,
    dispute_row,
    duty_list,
    evaluation,
    grant,
    handover,
    joint_task,
    lawsuit,
    linkage,
    meeting,
    organisation,
    plan,
    restricted,
    retention,
    setup,
    shift_note,
    suggestion,
)
from service.queries.dispute_row import SOON, Filters
from service.queries.plan_light import READ
from service.queries.suggestion import Waiting
from service.rules import access
from service.rules.access import Scope
from service.web import plan as plans
from service.web import show, supervision
from service.web.court_form import COURTS
from service.web.door import actor, now, signed_in
from service.web.door import desk as instruments

bp = Blueprint("home", __name__)
ROWS: Final = 10


@dataclass(frozen=True, slots=True)
class Section:
    """One list of a desk; `quiet` ones are left out while they are empty.

    `ours` has what the viewer's own unit has in hand, not what it handed over or helps with.
    """

    id: str
    title: str
    filters: Filters
    empty: str = ""
    quiet: bool = False
    ours: bool = False
    endpoint: str = "dispute.listed"


# danger to people comes first on every desk that may be told of it
DANGER: Final = Section(
    "danger",
    "有人身危险",
    Filters(open=True, urgent=True),
    quiet=True,
)
WAITING: Final = Section(
    "waiting",
    "等本单位签收",
    Filters(status=DisputeStatus.DISPATCHED, sort="oldest", urgent_first=True),
    "没有等签收的纠纷。",
    ours=True,
)
LATE: Final = Section("late", "已超期", Filters(overdue=True, sort="due"), "没有超期的纠纷。")
RUNNING: Final = Filters(open=True, overdue=False, dated=True, sort="due")
SECTIONS: Final[dict[Role, tuple[Section, ...]]] = {
    Role.WINDOW: (
        DANGER,
        Section("today", "今天我登记的", Filters(), "今天还没有登记。有人来访，就点“登记来访”。"),
    ),
    Role.MEDIATOR: (
        DANGER,
        WAITING,
        Section("my-late", "我超期的", replace(LATE.filters, mine=True), quiet=True),
        Section("mine", "我在办的", replace(RUNNING, mine=True), "手上没有计期限的纠纷。"),
        Section(
            "follow",
            "等履行和不计期限的",
            Filters(mine=True, open=True, dated=False, sort="oldest"),
            quiet=True,
        ),
    ),
    Role.LIAISON: (
        DANGER,
        WAITING,
        replace(LATE, title="本单位超期的", ours=True),
        Section("running", "本单位在办的", RUNNING, "本单位没有计期限的纠纷。", ours=True),
    ),
    Role.DIRECTOR: (
        DANGER,
        Section(
            "new",
            "待分派",
            Filters(status=DisputeStatus.REGISTERED, sort="oldest", urgent_first=True),
            "没有等分派的纠纷。",
            endpoint="dispatch.waiting",
        ),
        replace(LATE, title="全镇超期的"),
    ),
    Role.LEADER: (replace(LATE, title="全镇超期的"),),
}
# action -> (what, where, what for)
LINKS: Final = {
    "metric.read": ("周报", "weekly.newest", "上周受理、办结和超期，每个数都能点开"),
    "suggestion.read": (
        "建议书",
        "suggestion.listed",
        "检察建议、司法建议、复议意见书的办理和回复",
    ),
    "lawsuit.list": ("行政应诉", "lawsuit.listed", "复议、诉讼和撤诉的登记"),
    "linkage.list": ("府检府院联动", "linkage.listed", "检察院、法院要办的，哪天到期"),
    "plan.read": ("年度计划", "plan.newest", "今年的任务走到哪一步，哪些亮红灯"),
    "ledger.preview": ("台账导入", "ledger.upload", "把单位的 Excel 台账读进来"),
    "dispute.outside_entry": ("外部登记", "outside_entry.missing", "哪些还没有录进别的系统"),
    "glass.list": ("紧急查阅", "restricted.glasses", "谁申请查阅受限纠纷，谁同意的"),
    "rights.read": ("用户与权限", "grant.rights", "哪个角色能做什么，哪些授权等第二个人同意"),
    "audit.oversee": ("审计", "audit.listed", "谁在什么时候看过、改过、导出过什么"),
    "backup.read": ("备份状态", "backup.listed", "最近一次备份和恢复演练好不好"),
    "user.list": ("账户", "user.listed", "谁在用系统，上次什么时候登录"),
    "organisation.manage": ("单位", "organisation.listed", "单位和村、社区的地址、电话、办公时间"),
    "setup.run": ("初始设置", "setup.begin", "本中心、单位、账户，还缺什么"),
}
# what waits for oneself -> (how much of it, where, what the link says)
CALLS: Final = {
    "glass": ("有 {} 项紧急查阅等您决定。", "restricted.glasses", "去看理由"),
    "shift": ("有 {} 份交班等您接。", "shift_note.desk_of_shift", "去看交接班"),
    "handover": ("有 {} 件别的单位移交来的等签收，到时自动退回。", "handover.listed", "去签收"),
    "back": ("有 {} 件多次退回，要您定由谁办。", "handover.listed", "去看"),
    "joint": ("有 {} 项协办任务等本单位答复。", "joint_task.listed", "去答复"),
    "meeting": ("有 {} 项会议议定事项还没有落实。", "meeting.owed", "去看"),
    "clock": ("有 {} 份延期、中止的申请等您批准。", "clock_change.waiting", "去审批"),
    "court": ("有 {} 件法院委派、委托等确认，或者有了结果还没有反馈。", "court.listed", "去看"),
    "ask": ("有 {} 份建议书没有写明期限，要向发文机关问明。", "suggestion.listed", "去登记"),
    "answer": ("有 {} 份建议书等逐条答复。", "suggestion.listed", "去答复"),
    "approve": ("有 {} 份复函等您审核。", "suggestion.listed", "去审核"),
    "dispatch": ("有 {} 份复函已经审核，等寄出。", "suggestion.listed", "去登记"),
    "unperformed": ("有 {} 项生效裁判、复议决定的义务到期没有履行。", "lawsuit.listed", "去看"),
    "suits_late": (
        "有 {} 件复议、诉讼案件过了期限还没有登记。",
        "lawsuit.listed",
        "去看",
    ),
    "linkage": ("府检府院联动有 {} 件超期或者七天内到期。", "linkage.listed", "去看"),
    "plan": ("年度计划里与您有关的任务，有 {} 项亮红灯或者黄灯。", "plan_task.mine", "去看怎么办"),
    "grant": ("有 {} 项授权等您同意。", "grant.rights", "去看授权"),
    "objection": ("有 {} 项考核异议等您答复。", "evaluation.newest", "去看考核"),
    "retention": ("有 {} 份销毁清单等您办。", "retention.shown", "去看清单"),
}
# which list of the place, where it is not the first
BESIDE: Final[dict[str, dict[str, Any]]] = {
    "back": {"box": "back"},
    "ask": {"open": "true"},
    "answer": {"open": "true"},
    "approve": {"open": "true"},
    "dispatch": {"open": "true"},
    "unperformed": {"unperformed": "true"},
    "suits_late": {"overdue": "true"},
    "linkage": {"box": "soon"},
}
RED: Final = frozenset({"unperformed", "suits_late"})
PRIMARY: Final = (
    ("dispute.register", "登记来访", "intake.new"),
    ("lawsuit.record", "登记案件", "lawsuit.new"),
)
BESIDE_PRIMARY: Final = ("suggestion.record", "登记建议书", "suggestion.new")
# who sends people to the units, and looks for somebody there
ON_DUTY: Final = frozenset({Role.WINDOW, Role.DIRECTOR})
NOTHING: Final = {
    Role.PLANNER: "每年的放假安排在“工作日历”里编制。",
}


@bp.get("/")
@signed_in
def desk() -> ResponseReturnValue:
    """The desk of whoever is signed in."""
    me, today = actor(), instruments().today(now())
    scope = access.scope(me, "dispute.list", instruments().policy.access)
    sections = {each.id: each for role in SECTIONS if role in me.roles for each in SECTIONS[role]}
    return render_template(
        "desk.html",
        title="工作台",
        today_text=show.long_day(today),
        primary=_primary(),
        second=_second(),
        figures=[*_figures(scope, today), *_of_letters(), *_of_suits()],
        sections=[
            shown
            for each in sections.values()
            if (shown := _section(each, scope, today))["rows"] or not each.quiet
        ],
        pick_url=supervision.pick_url(),
        links=[*_of_a_court(), *_links()],
        deadlines_url=_deadlines_url(),
        calls=[*_calls(), *_drafted_years()],
        plan=_plan(),
        duty=_duty(today),
        nothing=[text for role, text in NOTHING.items() if role in me.roles],
    )


def _calls() -> list[dict[str, Any]]:
    """What of others waits for this one as the second person or the next on duty."""
    me, policy = actor(), instruments().policy.access
    counts: dict[str, tuple[str, Callable[[], int]]] = {
        "shift": ("shift.hand_over", lambda: shift_note.waiting_count(actor=me, now=now())),
        "glass": ("glass.decide", _glasses),
        "handover": ("handover.answer", lambda: handover.waiting_count(**_asked())),
        "back": ("handover.read", lambda: handover.returned_count(**_asked())),
        "joint": ("joint.answer", lambda: joint_task.waiting_count(**_asked())),
        "meeting": (
            "meeting.follow",
            lambda: meeting.owed_count(actor=me, desk=instruments()),
        ),
        "clock": ("clock.approve", _changes),
        "court": ("court.handle", _of_the_court),
        "ask": ("suggestion.confirm_due", lambda: _letters().to_ask),
        "answer": ("suggestion.answer_demand", lambda: _letters().to_answer),
        "approve": ("suggestion.approve", lambda: _letters().to_approve),
        "dispatch": ("suggestion.dispatch", lambda: _letters().to_dispatch),
        "unperformed": ("lawsuit.list", _unperformed),
        "suits_late": ("lawsuit.list", _suits_late),
        "linkage": ("linkage.step", lambda: linkage.due_count(**_asked())),
        "plan": ("plan.read", _tasks_of_mine),
        "grant": ("grant.decide", lambda: len(grant.awaiting(me))),
        "objection": (
            "evaluation.decide",
            lambda: evaluation.undecided(actor=me, desk=instruments()),
        ),
        "retention": ("retention.read", lambda: retention.awaiting(me, policy)),
    }
    waiting = {
        name: count() for name, (needed, count) in counts.items() if access.may(me, needed, policy)
    }
    return [
        {
            "text": text.format(waiting[name]),
            "url": url_for(endpoint, **BESIDE.get(name, {})),
            "link": link,
            "red": name in RED,
        }
        for name, (text, endpoint, link) in CALLS.items()
        if waiting.get(name)
    ]


def _plan() -> dict[str, Any] | None:
    """This year's plan, for who looks after all of it."""
    scope = access.scope(actor(), READ, instruments().policy.access)
    if Reach.TOWN not in scope.reach:
        return None
    found = plan.this_year(**_asked())
    return None if found is None else plans.on_desk(found)


def _tasks_of_mine() -> int:
    """How many tasks of the viewer's own need something; who sees all of them sees the plan."""
    scope = access.scope(actor(), READ, instruments().policy.access)
    return 0 if Reach.TOWN in scope.reach else plan.wanting(**_asked())


def _letters() -> Waiting:
    """What waits of the letters 建议书 in the viewer's reach; asked once in a request."""
    if "letters" not in g:
        g.letters = suggestion.waiting(**_asked())
    found: Waiting = g.letters
    return found


def _of_letters() -> list[dict[str, Any]]:
    """How many letters are open and overdue, while any is, for who may read them."""
    if not access.may(actor(), "suggestion.read", instruments().policy.access):
        return []
    found = _letters()
    if not found.open:
        return []
    tone = "stop" if found.overdue else "plain"
    told: tuple[tuple[str, int, dict[str, Any], str], ...] = (
        ("建议书在办", found.open, {"open": "true"}, "plain"),
        ("建议书逾期", found.overdue, {"overdue": "true"}, tone),
    )
    return [
        _figure(text, value, {}, shown)
        | {"url": url_for("suggestion.listed", **query), "unit": "份"}
        for text, value, query, shown in told
    ]


def _of_suits() -> list[dict[str, Any]]:
    """How many cases are before a court or a review organ and overdue, for who answers them."""
    if not access.may(actor(), "lawsuit.answer", instruments().policy.access):
        return []
    late = _suits_late()
    told: tuple[tuple[str, int, dict[str, Any], str], ...] = (
        ("案件审理中", lawsuit.pending_count(actor=actor()), {"status": "pending"}, "plain"),
        ("案件超期", late, {"overdue": "true"}, "stop" if late else "plain"),
    )
    return [
        _figure(text, value, {}, shown) | {"url": url_for("lawsuit.listed", **query)}
        for text, value, query, shown in told
    ]


def _asked() -> dict[str, Any]:
    return {"actor": actor(), "desk": instruments(), "now": now()}


def _drafted_years() -> list[dict[str, str]]:
    """Years of the calendar that wait: for who signs them, told to who draws them up as well."""
    me, policy = actor(), instruments().policy.access
    signs = access.may(me, "calendar.sign", policy)
    if not signs and not access.may(me, "calendar.edit", policy):
        return []
    return [
        {
            "text": f"{each.year} 年的工作日历草稿等"
            + ("您签发。" if signs and each.drafted_by_id != me.user_id else "中心主任签发。"),
            "url": url_for("calendar.preview", year=each.year, draft_id=each.id),
            "link": "看影响哪些期限",
        }
        for each in calendar.drafts()
    ]


def _duty(today: date) -> list[dict[str, Any]]:
    """Who is on duty today 今天值班 at each member, for the window and the director."""
    me, policy = actor(), instruments().policy.access
    if not me.roles & ON_DUTY or not access.may(me, "member.read", policy):
        return []
    scope = access.scope(me, "member.read", policy)
    found = duty_list.today(scope, day=today, calendar=instruments().calendar)
    return [
        {
            "name": each.name,
            "people": "、".join(each.day.names),
            "gap": each.day.gap,
            "phone": each.phone,
            "url": url_for("duty_list.month", member_id=each.id),
        }
        for each in found
    ]


def _changes() -> int:
    return clock_change.waiting_count(actor=actor(), desk=instruments(), now=now())


def _of_the_court() -> int:
    return court.to_do(actor=actor(), desk=instruments(), now=now())


def _deadlines_url() -> str | None:
    """The deadlines of who mediates, for a calendar program."""
    me = actor()
    may = access.may(me, "clock.read", instruments().policy.access)
    return url_for("clock.deadlines") if may and Role.MEDIATOR in me.roles else None


def _unperformed() -> int:
    return lawsuit.unperformed_count(actor=actor(), today=instruments().today(now()))


def _suits_late() -> int:
    return lawsuit.overdue_count(actor=actor(), today=instruments().today(now()))


def _glasses() -> int:
    return restricted.running_count(actor=actor(), desk=instruments(), now=now())


def _primary() -> dict[str, str] | None:
    """The one main button: what this role begins a day's work with, the set-up before all."""
    if access.may(actor(), "setup.run", instruments().policy.access) and not setup.is_finished():
        return {"label": "继续初始设置", "url": url_for("setup.begin"), "icon": ""}
    for name, text, endpoint in PRIMARY:
        if access.may(actor(), name, instruments().policy.access):
            return {"label": text, "url": url_for(endpoint), "icon": "plus"}
    return None


def _second() -> dict[str, str] | None:
    """What comes in as often as what the main button takes: letters, beside lawsuits."""
    name, text, endpoint = BESIDE_PRIMARY
    policy = instruments().policy.access
    if not access.may(actor(), name, policy):
        return None
    return {"label": text, "url": url_for(endpoint), "icon": "plus"}


def _section(each: Section, scope: Scope, today: date) -> dict[str, Any]:
    filters = each.filters
    if each.id == "today":
        filters = replace(filters, registered_from=today)
    if each.ours and len(actor().homes) == 1:  # who heads other units sees theirs as well
        filters = replace(filters, organisation=actor().organisation_id)
    page = dispute_row.page(filters, scope=scope, today=today, now=now(), limit=ROWS, count=True)
    policy = instruments().policy
    query = _query(filters) if each.endpoint == "dispute.listed" else {}
    dispatched_here = each.endpoint == "dispatch.waiting" and page.items
    return {
        "id": each.id,
        "title": each.title,
        "count": page.total,
        "rows": [
            show.row(row, today=today, policy=policy, by_due=filters.sort == "due")
            for row in page.items
        ],
        "brief": dispute_row.is_brief(scope),
        "empty": each.empty,
        "more_label": "去分派" if dispatched_here else f"看全部 {page.total} 件",
        "more_url": url_for(each.endpoint, **query)
        if page.next_cursor or dispatched_here
        else None,
    }


def _query(filters: Filters) -> dict[str, Any]:
    """The address of the list a desk shows the beginning of."""
    given = {
        "status": filters.status,
        "organisation": filters.organisation,
        "overdue": filters.overdue,
        "open": filters.open,
        "dated": filters.dated,
        "urgent": filters.urgent,
        "mine": filters.mine or None,
        "registered_from": filters.registered_from,
        "sort": filters.sort,
    }
    return {name: str(value).lower() for name, value in given.items() if value is not None}


def _figures(scope: Scope, today: date) -> list[dict[str, Any]]:
    if not scope.reach:
        return []
    counts = dispute_row.counts(scope, today=today, now=now())
    late = counts["overdue"]
    soon = {
        "overdue": "false",
        "due_before": (today + SOON + timedelta(days=1)).isoformat(),
        "sort": "due",
    }
    return [
        _figure("在办", counts["open"], {"open": "true"}),
        _first_step(scope, counts),
        _figure("3 天内到期", counts["soon"], soon, "warn" if counts["soon"] else "plain"),
        _figure("超期", late, {"overdue": "true", "sort": "due"}, "stop" if late else "plain"),
    ]


def _first_step(scope: Scope, counts: dict[str, int]) -> dict[str, Any]:
    """What waits to be begun: to be sent on, where one sees that; else to be accepted."""
    if Reach.WAITING in scope.reach or Reach.ORGANISATION in scope.reach:
        return _figure("等签收", counts.get("dispatched", 0), {"status": "dispatched"})
    return _figure("待分派", counts.get("registered", 0), {"status": "registered"})


def _figure(text: str, value: int, query: dict[str, Any], tone: str = "plain") -> dict[str, Any]:
    return {
        "label": text,
        "value": str(value),
        "unit": "件",
        "note": "",
        "url": url_for("dispute.listed", **query),
        "tone": tone,
    }


def _of_a_court() -> list[dict[str, str]]:
    """What a court sent here stands with whoever mediates it: its desk leads to how it goes."""
    me = actor()
    if Role.LIAISON not in me.roles or organisation.one(me.organisation_id).kind not in COURTS:
        return []
    url = url_for("court.listed", box="sent")
    return [{"label": "本院送来的", "url": url, "note": "委派、委托的办到哪一步、什么结果"}]


def _links() -> list[dict[str, str]]:
    policy = instruments().policy.access
    return [
        {"label": text, "url": url_for(endpoint), "note": note}
        for action, (text, endpoint, note) in LINKS.items()
        if access.may(actor(), action, policy)
    ]
