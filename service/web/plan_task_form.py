"""The forms of a task's page, and the form of a change of what is planned of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import request, url_for

from config.plan import Comparison, PlanTaskState, PlanTaskStep
from config.words import label, labels
from schemas.plan_task import plain_number
from service.queries import organisation as organisations
from service.queries import plan_task as queries
from service.queries.plan_evidence import EvidenceView
from service.queries.plan_part import DependenceView, MilestoneView
from service.queries.plan_task import PlanTaskRow, PlanTaskView
from service.rules import access, metric
from service.web import form as forms
from service.web import plan_evidence
from service.web.door import actor, desk, now

S, T = PlanTaskState, PlanTaskStep
# what is planned of a task -> how it is called
PARTS: Final[Mapping[str, str]] = {
    "name": "名称",
    "lead": "牵头单位",
    "co_units": "配合单位",
    "owner": "责任人",
    "starts_on": "开始日期",
    "due_on": "完成日期",
    "measures": "措施",
    "indicators": "指标",
    "registers": "台账",
}
BLANK_MEASURES: Final = 3  # empty places of the form
BLANK_INDICATORS: Final = 2
# lists of a change, and the field of a row at which what is wrong with all of it is said
ROWS: Final[Mapping[str, str]] = {"measures": "text", "indicators": "name"}


def url(endpoint: str, view: PlanTaskRow, **more: Any) -> str:
    """An address of a task."""
    return url_for(f"plan_task.{endpoint}", year=view.year, number=view.number, **more)


def register(register_id: str) -> dict[str, Any]:
    """A register by what it is called, and its page for who may see it."""
    known = desk().policy.registers
    name = known[register_id].name if register_id in known else register_id
    sees = access.may(actor(), "plan_entry.list", desk().policy.access)
    page = url_for("plan_entry.listed", register_id=register_id)
    return {"name": name, "url": page if sees and register_id in known else None}


def fold(
    summary: str, address: str, fields: list[dict[str, Any]], button: str, **more: Any
) -> dict[str, Any]:
    """A form that is unfolded by its summary. `said`: what it leads to."""
    return {"summary": summary, "url": address, "fields": fields, "button": button} | (
        {"said": "", "danger": False} | more
    )


def main_step(view: PlanTaskView) -> PlanTaskStep | None:
    """The step that is to be expected now, if it is the viewer's: else one notes progress."""
    proved = view.counts.evidence > 0 and not view.counts.open_milestones
    if T.FINISH in view.steps and proved:
        return T.FINISH
    return T.RESUME if T.RESUME in view.steps else None


def steps(view: PlanTaskView) -> list[dict[str, Any]]:
    """A form for every step open to the viewer, the one that is expected first."""
    made, main = forms.described, main_step(view)
    fields = {
        T.FINISH: [made("finish.done_on", "完成日期", "date", required=True)],
        T.REOPEN: [made("reopen.reason", "原因", "textarea", required=True, maxlength=500)],
        T.DROP: [made("drop.reason", "原因", "textarea", required=True, maxlength=500)],
        T.RESUME: [],
    }
    said = {
        T.FINISH: "办结以后还能补记进展和佐证，要改别的先重新打开。"
        + ("" if view.counts.evidence else "还没有佐证：先上传，再办结。")
        + (f"还有 {n} 个节点没有结果。" if (n := view.counts.open_milestones) else ""),
        T.REOPEN: "佐证和进展都留着；完成日期还没到的，期限重新计。",
        T.DROP: "取消以后不再提醒，列表和报告里写明已取消。",
        T.RESUME: "完成日期还没到的，期限重新计。",
    }
    shown = [
        fold(
            label(each),
            url(each.value, view),
            fields[each],
            label(each),
            said=said[each],
            id=each.value,
            main=each is main,
        )
        for each in view.steps
    ]
    return sorted(shown, key=lambda each: not each["main"])


def note_form(view: PlanTaskView) -> dict[str, Any] | None:
    """The form that notes progress, for whoever works on the task."""
    if not view.writes or view.state is S.DROPPED:
        return None
    made = forms.described
    fields = [
        made(
            "note.text",
            "进展",
            "textarea",
            required=True,
            maxlength=2000,
            hint="做了什么、到什么程度、还差什么；不写个人信息",
        ),
        made("note.on_date", "日期", "date", hint="不填就是今天"),
    ]
    return fold("记进展", url("note", view), fields, "记进展")


def milestone_add(view: PlanTaskView) -> dict[str, Any] | None:
    """The form that sets a milestone."""
    if not view.leads or view.state is not S.OPEN:
        return None
    made = forms.described
    fields = [
        made("milestone.name", "到那天做到什么", required=True, maxlength=80),
        made("milestone.due_on", "最迟哪天", "date", required=True),
    ]
    if view.measures:
        options = [("", "不针对哪一条"), *_measures(view)]
        fields.append(made("milestone.measure", "针对哪条措施", "select", options=options))
    return fold("设一个节点", url("set_milestone", view), fields, "设节点")


def _measures(view: PlanTaskView) -> list[tuple[str, str]]:
    return [(str(each.id), f"第 {each.ordinal} 条 {each.text[:20]}") for each in view.measures]


def milestone_forms(view: PlanTaskView, each: MilestoneView) -> list[dict[str, Any]]:
    """What may be done with an open milestone: reach it, move it, give it up."""
    made, key, called = forms.described, each.id.hex, f"“{each.name}”"
    found = []
    if view.writes:
        fields = [made(f"mf{key}.done_on", "完成日期", "date", required=True)]
        address = url("finish_milestone", view, milestone_id=each.id)
        found.append(fold(f"登记{called}完成", address, fields, "登记完成"))
    if view.leads:
        due = each.due_on <= desk().today(now())
        fields = [
            made(f"mc{key}.name", "节点", required=True, maxlength=80),
            made(f"mc{key}.due_on", "最迟哪天", "date", required=True),
            made(f"mc{key}.reason", "改期原因", maxlength=500, required=due),
        ]
        address = url("change_milestone", view, milestone_id=each.id)
        found.append(fold(f"修改{called}", address, fields, "保存修改"))
        fields = [made(f"md{key}.reason", "不做的原因", maxlength=500, required=True)]
        address = url("drop_milestone", view, milestone_id=each.id)
        found.append(fold(f"不做{called}了", address, fields, "取消这个节点"))
    return found


def dependence_add(view: PlanTaskView) -> dict[str, Any] | None:
    """The form that says what a task waits for."""
    if not view.leads or view.state is not S.OPEN:
        return None
    made = forms.described
    fields = [
        made("dependence.title", "文件名称", required=True, maxlength=200),
        made("dependence.issuer", "发文机关", maxlength=80),
        made("dependence.expected_on", "预计什么时候来", "date"),
    ]
    return fold("登记要等的上级文件", url("wait_for", view), fields, "登记")


def dependence_forms(view: PlanTaskView, each: DependenceView) -> list[dict[str, Any]]:
    """What may be done with a document that is waited for."""
    made, key, called = forms.described, each.id.hex, f"《{each.title[:20]}》"
    fields = [
        made(f"da{key}.arrived_on", "收到日期", "date", required=True),
        made(f"da{key}.document_number", "文号", maxlength=60),
    ]
    address = url("arrive", view, dependence_id=each.id)
    reason = [made(f"dd{key}.reason", "原因", maxlength=500, required=True)]
    return [
        fold(f"收到{called}", address, fields, "登记收到"),
        fold(
            f"不再等{called}",
            url("wait_no_more", view, dependence_id=each.id),
            reason,
            "不再等",
        ),
    ]


def upload_form(view: PlanTaskView) -> dict[str, Any] | None:
    """The form for one more file, for who may hand one in."""
    if not view.proves or view.state is S.DROPPED:
        return None
    milestones = [(str(e.id), e.name) for e in view.milestones if e.dropped_at is None]
    fields = plan_evidence.upload_fields("upload", milestones)
    address = url_for("plan_evidence.add", year=view.year, number=view.number)
    return fold("上传佐证", address, fields, "上传")


def evidence_forms(view: PlanTaskView, each: EvidenceView) -> list[dict[str, Any]]:
    """What may be done with a file: say that it is public, take it back."""
    if not view.proves:
        return []
    key, called = each.id.hex, f"“{each.about}”"
    address: dict[str, Any] = {
        "year": view.year,
        "number": view.number,
        "evidence_id": each.id,
    }
    found = [
        fold(
            f"{called}的公开情况",
            url_for("plan_evidence.publish", **address),
            plan_evidence.publication_fields(f"ep{key}"),
            "保存公开情况",
        )
    ]
    if view.leads or each.uploader == actor().user_id:
        reason = [forms.described(f"ew{key}.reason", "撤销原因", maxlength=500, required=True)]
        taken = url_for("plan_evidence.withdraw", **address)
        found.append(fold(f"撤销{called}", taken, reason, "撤销"))
    return found


def values(view: PlanTaskView, proofs: Sequence[EvidenceView]) -> dict[str, str]:
    """What the forms of the page hold before anybody typed."""
    today = desk().today(now()).isoformat()
    found = {"finish.done_on": today}
    for each in view.milestones:
        if each.is_open:
            key = each.id.hex
            found |= {f"mf{key}.done_on": today, f"mc{key}.name": each.name}
            found[f"mc{key}.due_on"] = each.due_on.isoformat()
    for proof in proofs:
        key = proof.id.hex
        found[f"ep{key}.public"] = "true" if proof.public else ""
        found[f"ep{key}.published_on"] = (
            proof.published_on.isoformat() if proof.published_on else ""
        )
        found[f"ep{key}.published_at"] = proof.published_at or ""
    return {name: value for name, value in found.items() if value}


# -- the form of a change ------------------------------------------------------------------------


def change_fields(view: PlanTaskView) -> dict[str, Any]:
    """The fields of a change, in groups: the head, the measures, the figures, the registers."""
    made = forms.described
    units = [(str(each.id), each.name) for each in organisations.active_in_town(actor())]
    lead = view.lead.id if view.lead else None
    people = queries.colleagues(lead, actor=actor(), desk=desk())
    owners = [("", "没有定"), *((str(each.id), each.name) for each in people)]
    registers = [(each.id, each.name) for each in desk().policy.registers.all]
    return {
        "head": [
            made("name", PARTS["name"], required=True, maxlength=60),
            made("lead", PARTS["lead"], "select", options=[("", "还没有定"), *units]),
            made("owner", PARTS["owner"], "select", options=owners),
            made("starts_on", PARTS["starts_on"], "date", required=True),
            made("due_on", PARTS["due_on"], "date", required=True),
        ],
        "co_units": made("co_units", PARTS["co_units"], "checkboxes", options=units, usual=0),
        "measures": [_measure_fields(place) for place in range(_places(view))],
        "indicators": [_indicator_fields(place) for place in range(_figures(view))],
        "registers": made(
            "registers", PARTS["registers"], "checkboxes", options=registers, usual=0
        ),
    }


def _places(view: PlanTaskView) -> int:
    return len(view.measures) + BLANK_MEASURES


def _figures(view: PlanTaskView) -> int:
    return len(view.indicators) + BLANK_INDICATORS


def _measure_fields(place: int) -> dict[str, Any]:
    name = f"measures.{place}"
    made = forms.described(f"{name}.text", f"措施 {place + 1}", "textarea", maxlength=2000, rows=2)
    return {"id": f"{name}.id", "fields": [made]}


def _indicator_fields(place: int) -> dict[str, Any]:
    name, made = f"indicators.{place}", forms.described
    sources = [("", "还没有来源"), *((each.id, each.label) for each in metric.METRICS.values())]
    compared = [("", "不设目标"), *labels(Comparison).items()]
    return {
        "id": f"{name}.id",
        "place": place + 1,
        "fields": [
            made(f"{name}.name", "指标", maxlength=80, conditional=True),
            made(f"{name}.comparison", "怎么比", "select", options=compared, conditional=True),
            made(f"{name}.target", "目标", "number", conditional=True),
            made(f"{name}.unit", "单位", maxlength=20, conditional=True),
            made(f"{name}.metric", "从哪里取数", "select", options=sources, conditional=True),
        ],
    }


def change_values(view: PlanTaskView) -> dict[str, Any]:
    """What stands, as the form of a change holds it."""
    told: dict[str, Any] = {
        "name": view.name,
        "lead": str(view.lead.id) if view.lead else "",
        "owner": str(view.owner.id) if view.owner else "",
        "starts_on": view.starts_on.isoformat(),
        "due_on": view.due_on.isoformat(),
        "co_units": [str(each.id) for each in view.co_units],
        "registers": list(view.registers),
    }
    for place, each in enumerate(view.measures):
        told |= {f"measures.{place}.id": str(each.id), f"measures.{place}.text": each.text}
    for place, one in enumerate(view.indicators):
        at = f"indicators.{place}"
        told |= {
            f"{at}.id": str(one.id),
            f"{at}.name": one.name,
            f"{at}.comparison": one.comparison.value if one.comparison else "",
            f"{at}.target": plain_number(one.target) if one.target is not None else "",
            f"{at}.unit": one.unit,
            f"{at}.metric": one.metric or "",
        }
    return told


def changed(told: dict[str, Any]) -> dict[str, Any]:
    """The posted form as the shape of a change takes it: what is blank is told as nothing."""
    blank: dict[str, Any] = {"lead": None, "owner": None}
    lists = {name: told.get(name, []) for name in ("co_units", "registers")}
    rows = {name: told.get(name) or [] for name in ("measures", "indicators")}
    return blank | told | lists | rows


def at_places(fields: forms.Fields) -> forms.Fields:
    """The errors of a change at the places of the form, which left out those that are blank."""
    return {_at_place(path): said for path, said in fields.items()}


def _at_place(path: str) -> str:
    name, _, rest = path.partition(".")
    place, _, field = rest.partition(".")
    if name not in ROWS or not place.isdecimal():
        return f"{name}.0.{ROWS[name]}" if name in ROWS else path
    filled = _filled(name)
    found = filled[int(place)] if int(place) < len(filled) else int(place)
    return f"{name}.{found}.{ROWS[name] if field == 'id' else field}"


def _filled(name: str) -> list[int]:
    """The places of a list in which something stands that counts."""
    counting = forms.ROWS[name]
    found = set()
    for path, value in request.form.items(multi=True):
        parts = path.split(".")
        if len(parts) == 3 and parts[0] == name and parts[2] in counting and value.strip():
            found.add(int(parts[1]) if parts[1].isdecimal() else 0)
    return sorted(found)
