"""The registers 工作台账 of the yearly plan as their pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from flask import url_for

from config import plan
from config.plan import EvidenceKind
from config.plan_register import (
    Column,
    ColumnType,
    Count,
    CountKind,
    EntryState,
    Register,
    Step,
)
from config.words import label
from service.queries.event import EventView
from service.queries.metric import Question
from service.queries.metric.plan_entry import BriefEntry
from service.queries.plan_entry import EntryRow, EntryView, EvidenceView, StepView, Tally
from service.reports import weekly as reports
from service.rules import access
from service.rules import plan_entry as rules
from service.rules.plan_count import Figure
from service.rules.plan_entry import FIELD, Value
from service.rules.statistics import Period, Rate
from service.web import attachment, show
from service.web.clock import law
from service.web.deed import did
from service.web.door import actor, desk, now
from service.web.form import Form, described
from service.web.show import Mark

BOXES: Final = {"": "全部", "open": "", "overdue": "超期", "soon": "三十天内到期", "ended": ""}
KINDS: Final[Mapping[ColumnType, str]] = {
    ColumnType.TEXT: "text",
    ColumnType.PERSON: "text",
    ColumnType.LONG: "textarea",
    ColumnType.DATE: "date",
    ColumnType.NUMBER: "text",
    ColumnType.FLAG: "checkbox",
    ColumnType.CHOICE: "select",
}
FEW: Final = 4  # so many options are chips, more a list


def tabs(register: Register) -> list[tuple[str, str]]:
    """The tabs of a register's list, in its own words."""
    words = {"open": register.states[EntryState.OPEN], "ended": register.states[EntryState.ENDED]}
    shown = [(code, words.get(code) or text) for code, text in BOXES.items()]
    ends = [each for each in shown if register.ends or each[0] != "ended"]
    due = [each for each in ends if register.due or each[0] not in ("overdue", "soon")]
    return [*due, ("voided", "已作废")]


def card(tally: Tally, year: int) -> dict[str, Any]:
    """One register among all: how many rows, how many wait, how many are late."""
    register, this = tally.register, desk().today(now()).year
    here: dict[str, Any] = {"register_id": register.id}
    return {
        "name": register.name,
        "hint": register.hint,
        "url": url_for("plan_entry.listed", **here, year=None if year == this else year),
        "total": tally.total,
        "open": tally.open if register.ends else None,
        "open_label": register.states[EntryState.OPEN],
        "open_url": url_for("plan_entry.listed", **here, state="open"),
        "overdue": tally.overdue,
        "overdue_url": url_for("plan_entry.listed", **here, state="overdue"),
    }


def row(each: EntryRow, register: Register, *, linked: bool = True) -> dict[str, Any]:
    """One row of a list; it opens only for who may read it."""
    at: dict[str, Any] = {"register_id": register.id, "entry_id": each.id}
    return {
        "url": url_for("plan_entry.detail", **at) if linked else None,
        "number": each.number,
        "title": each.title,
        "organisation": each.organisation,
        "on_text": show.day(each.on_date, year=desk().today(now()).year),
        "stage_label": _stage(each, register),
        "stage_tone": "warn" if each.state is EntryState.OPEN and register.ends else "plain",
        "deadline": deadline(each),
        "gaps": "、".join(step.stage for step in each.gaps),
        "brief": _brief(each, register),
    }


def detail(view: EntryView, register: Register) -> dict[str, Any]:
    """One row with its columns, steps and files."""
    entry = view.row
    return row(entry, register) | {
        "register_label": register.name,
        "state_label": register.states[entry.state],
        "state": entry.state.value,
        "columns": [
            {"label": each.label, "text": rules.shown(each, view.values.get(each.name))}
            for each in register.columns.values()
            if each.type is not ColumnType.LONG
            and each.name in view.values
            and each.name != register.title
        ],
        "texts": [
            {"label": each.label, "text": str(view.values[each.name])}
            for each in register.columns.values()
            if each.type is ColumnType.LONG and each.name in view.values
        ],
        "hidden": "、".join(register.columns[each].label for each in view.hidden),
        "basis": "；".join(law(register.basis)),
        "steps": [_step(each) for each in view.steps],
        "missing": [rules.either(group) for group in view.missing],
        "files": [_file(each, view) for each in view.evidence if each.withdrawn_at is None],
        "withdrawn": [_withdrawn(each) for each in view.evidence if each.withdrawn_at],
        "recorded_text": f"{view.recorded_by}　{show.moment(view.recorded_at, desk().zone)}",
        "ended_text": show.long_day(entry.ended_on) if entry.ended_on else "",
        "reason": view.reason or "",
        "version": view.version,
    }


def deadline(each: EntryRow) -> Mark | None:
    """The chip of what is due next."""
    if each.due_on is None:
        return None
    return show.deadline(each.due_on, desk().today(now()), provisional=each.provisional)


def figure(found: Figure, period: Period, *, whole: bool) -> dict[str, Any]:
    """One figure of a register; it leads to exactly its rows.

    The target is the town's: only the `whole` town's figure is judged by it.
    """
    count, met = found.count, found.on_target if whole else None
    aim = target_text(count)
    at: dict[str, Any] = {"from": period.start_on.isoformat(), "to": period.end_on.isoformat()}
    return {
        "name": count.name,
        "definition": count.definition,
        "text": value_text(found),
        "target": aim if whole or not aim else f"全镇{aim}",
        "tone": {True: "ok", False: "warn", None: ""}[met],
        "on_target": met,
        "url": url_for("figure.rows", metric_id=count.id, **at),
    }


def people(found: Iterable[Figure]) -> dict[str, Any] | None:
    """Who has how much, the least first, where a figure is counted person by person."""
    each = next((one for one in found if one.count.people), None)
    if each is None:
        return None
    ordered = sorted(each.people, key=lambda one: (one.total, one.name))
    return {
        "name": each.count.name,
        "need": f"{rules.plain_number(each.count.each)} {each.count.unit}",
        "rows": [
            {
                "name": one.name,
                "text": f"{rules.plain_number(one.total)} {each.count.unit}",
                "reached": one.reached,
            }
            for one in ordered
        ],
        "strangers": "、".join(sorted({one.row.person or "" for one in each.strangers})),
    }


def value_text(found: Figure) -> str:
    """`3 件`, `87.1%（27／31）`, `—`."""
    count, whole = found.count, found.denominator
    if not count.is_rate or whole is None:
        return f"{rules.plain_number(found.numerator)} {count.unit or '件'}"
    if whole != int(whole) or found.numerator != int(found.numerator):
        return "—" if found.value is None else f"{float(found.value * 100):.1f}%"
    return share(Rate(int(found.numerator), int(whole)), counted_in(count))


def share(rate: Rate, unit: str) -> str:
    """`87.1%（27／31）`, of a few `3 人中 1 人`, — of none."""
    if rate.value is None or not rate.is_small:
        return reports.share_of(rate)
    return f"{rate.denominator} {unit}中 {rate.numerator} {unit}"


def counted_in(count: Count) -> str:
    """What the rows of a figure are."""
    return "人" if count.kind is CountKind.PERSON else count.unit or "件"


def target_text(count: Count) -> str:
    """`目标：清零`, `目标：不少于 12 个领域`; nothing where the plan names none."""
    if count.most is not None:
        return "目标：清零" if count.most == 0 else f"目标：不超过 {_bound(count, count.most)}"
    return "" if count.least is None else f"目标：不少于 {_bound(count, count.least)}"


def fields(register: Register, columns: Iterable[Column] | None = None) -> list[dict[str, Any]]:
    """The columns as fields of a form, as its data says."""
    asked = register.columns.values() if columns is None else columns
    return [_field(each) for each in asked]


def typed(values: Mapping[str, Value]) -> dict[str, Any]:
    """Values as a form is filled with them."""
    return {FIELD + name: _typed(value) for name, value in values.items()}


def step_fields(view: EntryView, register: Register) -> list[dict[str, Any]]:
    """What is asked of the steps that may come now; none where nothing may."""
    open_steps = [each.step for each in view.steps if each.open]
    if not open_steps or not view.may_step or view.row.state is not EntryState.OPEN:
        return []
    today = desk().today(now()).isoformat()
    several = len(open_steps) > 1
    first = described(
        "step",
        "环节",
        "radio",
        options=[(each.name, each.stage) for each in open_steps],
        required=True,
    )
    asked = [first] if several else []
    excusable = [each for each in open_steps if each.excusable]
    hint = open_steps[0].hint if not several else ""
    asked.append(
        described(
            "on",
            "日期" if several else open_steps[0].label,
            "date",
            required=not excusable,
            conditional=bool(excusable),
            attrs={"max": today},
            hint=hint,
        )
    )
    if excusable:
        names = "、".join(each.stage for each in excusable)
        told = f"{names}可以不适用：写明理由，不填日期" if several else "不适用的写明理由，不填日期"
        asked.append(
            described("excuse", "不适用的理由", maxlength=200, conditional=True, hint=told)
        )
    return [*asked, *_asked_with(view, register, open_steps)]


def upload_fields(view: EntryView, form: Form) -> list[dict[str, Any]]:
    """What is asked of a file that shows what was done; none for who may not hand one in.

    About the place only who handed in a picture that tells it.
    """
    if not view.may_attach or view.row.state is EntryState.VOIDED:
        return []
    name = "upload.keep_location"
    located = name in form.errors or name in form.values
    place = [described(name, "连同拍摄地点一起保存", "checkbox")] if located else []
    kinds = [("", "请选择"), *((each.value, kind_label(each)) for each in EvidenceKind)]
    return [
        described("upload.kind", "是什么材料", "select", options=kinds, required=True),
        described("upload.about", "说明什么", required=True, maxlength=120, hint="不写公民姓名"),
        described(
            "upload.file",
            "文件",
            "file",
            required=True,
            hint=attachment.FILE_HINT,
            attrs={"accept": attachment.ACCEPTED},
        ),
        described("upload.public", "已经主动公开", "checkbox"),
        described("upload.published_on", "公开日期", "date", conditional=True),
        described("upload.published_at", "公开网址或者位置", maxlength=200, conditional=True),
        *place,
    ]


def kind_label(kind: EvidenceKind) -> str:
    """What a file shows, in words."""
    return plan.WORDS[EvidenceKind][kind]


def event(each: EventView, register: Register) -> dict[str, Any]:
    """One thing that was done about a row."""
    told = each.detail or {}
    step = register.steps.get(str(told.get("step", "")))
    said = [step.stage] if step else []
    said += [show.iso_day(told["on"])] if told.get("on") else []
    said += ["不适用"] if step and not told.get("on") else []
    said += [kind_label(EvidenceKind(told["kind"]))] if told.get("kind") else []
    names = [
        register.columns[name].label for name in told.get("fields", ()) if name in register.columns
    ]
    said += ["、".join(names)] if names else []
    return {
        "at_text": show.moment(each.happened_at, desk().zone),
        "actor": " ".join(part for part in (each.organisation, each.actor) if part) or "系统",
        "action": did(each.action),
        "said": "　".join(said),
        "note": each.reason or "",
        "change": None,
    }


def brief(each: BriefEntry) -> dict[str, Any]:
    """A row behind a figure; no word of it."""
    register = desk().policy.registers.by_id.get(each.register)
    scope = access.scope(actor(), "plan_entry.read", desk().policy.access)
    opens = register is not None and access.is_reached(scope, each.organisation_id)
    return {
        "number": each.number,
        "register_label": register.name if register else each.register,
        "on_text": show.long_day(each.on_date),
        "stage_label": register.stage(each.stage) if register else each.stage,
        "organisation": each.organisation,
        "counted": each.counted,
        "url": url_for("plan_entry.detail", register_id=each.register, entry_id=each.id)
        if opens
        else None,
    }


def back(question: Question) -> dict[str, str]:
    """From the rows behind a figure to its register."""
    found = desk().policy.registers.counts.get(question.metric.id)
    if found is None:
        return {"label": "工作台账", "url": url_for("plan_entry.registers")}
    register, _ = found
    at = url_for("plan_entry.listed", register_id=register.id, year=question.period.start_on.year)
    return {"label": f"回到{register.name}", "url": at}


def _bound(count: Count, bound: Decimal) -> str:
    if count.is_rate:
        return f"{rules.plain_number(bound * 100)}%"
    return f"{rules.plain_number(bound)} {count.unit or '件'}"


def _stage(each: EntryRow, register: Register) -> str:
    if each.state is EntryState.OPEN:
        return register.stage(each.stage)
    return register.states[each.state]


def _brief(each: EntryRow, register: Register) -> str:
    """The choices of a row, which say in a word what it is."""
    told = [
        rules.shown(column, each.values[column.name])
        for column in register.columns.values()
        if column.type is ColumnType.CHOICE and column.required and column.name in each.values
    ]
    amount = register.columns.get(register.amount)
    if amount is not None and amount.name in each.values:
        told.append(rules.shown(amount, each.values[amount.name]))
    return "　".join(told)


def _step(each: StepView) -> dict[str, Any]:
    taken = each.taken
    if taken is not None and taken.on is not None:
        text, tone = show.day(taken.on, year=desk().today(now()).year), "ok"
    elif taken is not None:
        text, tone = f"不适用：{taken.excuse}", ""
    elif each.gap:
        text, tone = "缺项", "stop"
    else:
        text, tone = "还没有" if each.step.compulsory else "还没有（可以没有）", ""
    return {
        "name": each.step.stage,
        "text": text,
        "tone": tone,
        "hint": each.step.hint if taken is None else "",
    }


def _file(each: EvidenceView, view: EntryView) -> dict[str, Any]:
    at: dict[str, Any] = {
        "register_id": view.row.register,
        "entry_id": view.row.id,
        "evidence_id": each.id,
    }
    published = show.long_day(each.published_on) if each.published_on else ""
    return {
        "name": each.name or each.about,
        "about": each.about,
        "kind_label": kind_label(each.kind),
        "told": f"{label(each.media)} {attachment.size(each.size)}　{each.uploaded_by}　"
        f"{show.moment(each.uploaded_at, desk().zone)}",
        "public": " ".join(filter(None, ("主动公开", published, each.published_at)))
        if each.public
        else "",
        "sha256": each.sha256[:16],
        "url": url_for("plan_entry.given", **at) if view.may_attach else None,
        "withdraw_url": url_for("plan_entry.withdraw", **at) if view.may_attach else None,
    }


def _withdrawn(each: EvidenceView) -> str:
    when = show.moment(each.withdrawn_at, desk().zone) if each.withdrawn_at else ""
    return f"{kind_label(each.kind)}“{each.about}”{when} 撤销：{each.reason}"


def _field(column: Column) -> dict[str, Any]:
    kind = KINDS[column.type]
    options = list(column.options.items())
    if column.type is ColumnType.CHOICE:
        few = column.required and len(options) <= FEW  # a chip cannot be emptied again
        kind = "radio" if few else "select"
    attrs: dict[str, Any] = {}
    if column.type is ColumnType.DATE and column.past:
        attrs["max"] = desk().today(now()).isoformat()
    if column.type is ColumnType.NUMBER:
        attrs["inputmode"] = "decimal"
    unit = f"（{column.unit}）" if column.unit else ""
    return described(
        FIELD + column.name,
        f"{column.label}{unit}",
        kind,
        options=options if kind == "radio" else [("", "请选择"), *options],
        required=column.required,
        hint=column.hint,
        rows=4,
        maxlength=_most(column),
        attrs=attrs,
    )


def _most(column: Column) -> int | None:
    known = {
        ColumnType.TEXT: rules.MOST_LINE,
        ColumnType.PERSON: rules.MOST_NAME,
        ColumnType.LONG: rules.MOST_TEXT,
    }
    return known.get(column.type)


def _asked_with(view: EntryView, register: Register, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The columns that one of these steps wants filled, and are not."""
    names = dict.fromkeys(name for each in steps for name in each.asks)
    wanted = [register.columns[name] for name in names if name not in view.values]
    return [each | {"conditional": True} for each in fields(register, wanted)]


def _typed(value: Value) -> Any:
    if isinstance(value, bool):
        return "true" if value else ""
    return rules.plain_number(value) if isinstance(value, Decimal) else str(value)
