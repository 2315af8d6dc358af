"""来访登记簿、接访日志: who came to the window, on screen and on paper."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.access import Reach
from config.vocabulary import Source
from config.words import label
from schemas.base import Strict
from schemas.register import DayQuery, RegisterQuery
from service.errors import Invalid
from service.queries import organisation as organisations
from service.queries import register as queries
from service.queries import shift_note as notes
from service.queries.register import Days
from service.rules import access
from service.rules import register as rules
from service.rules.register import DayCounts, Entry, EntryKind
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.route import kinds
from service.web.shift_note import told
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("register", __name__)
EVERYBODY: Final = "全部单位"
ONE_DAY: Final = timedelta(days=1)


@bp.get("/register")
@action("register.read")
@noted("open", "register")
def listed() -> ResponseReturnValue:
    """The register of a day or of up to 31 days."""
    try:
        asked = _asked(RegisterQuery)
        first_on, last_on = rules.span(asked["first_on"], asked["last_on"], _today())
    except Invalid as refusal:
        return _register(None, _form(refusal)), 422
    days = Days(first_on=first_on, last_on=last_on, organisation=_unit(asked["organisation"]))
    return _register(days, _form(shown={"from": first_on, "to": last_on}))


@bp.get("/register/day")
@action("register.read")
@noted("open", "register")
def day() -> ResponseReturnValue:
    """The log of one day, counted from the very lines of the register."""
    try:
        asked = _asked(DayQuery)
    except Invalid as refusal:
        return _log(None, _form(refusal)), 422
    on = asked["day"] or _today()
    days = Days(first_on=on, last_on=on, organisation=_unit(asked["organisation"]))
    return _log(days, _form(shown={"date": on}))


def _asked(shape: type[Strict]) -> dict[str, Any]:
    return load_body(shape, {name: value for name, value in request.args.items() if value})


def _form(refusal: Invalid | None = None, *, shown: Mapping[str, date] | None = None) -> Form:
    """The form as it was asked; with the days that are shown when they could be read."""
    fields = refusal.fields if refusal else {}
    errors = {name: "；".join(messages) for name, messages in fields.items()}
    days = {name: day.isoformat() for name, day in (shown or {}).items()}
    return Form(key="", values=dict(request.args.items()) | days, errors=errors)


def _today() -> date:
    return desk().today(now())


def _sees_town() -> bool:
    return Reach.TOWN in access.scope(actor(), "register.read", desk().policy.access).reach


def _unit(organisation: UUID | None) -> UUID | None:
    """The unit asked for, by who may ask for any; everybody else sees their own."""
    return organisation if _sees_town() else None


def _register(days: Days | None, form: Form) -> str:
    found = queries.read(days, actor=actor(), desk=desk(), now=now()) if days else None
    entries = found.entries if found else ()
    places = rules.places(entries)
    several = days is not None and days.first_on != days.last_on
    return render_template(
        "register/list.html",
        title="来访登记簿",
        form=form,
        unit=_unit_name(days),
        period_text=_period(days) if days else "",
        several=several,
        rows=[_row(each, places, entries[i - 1] if i else None) for i, each in enumerate(entries)],
        visits=len(places),
        total=found.total if found else 0,
        is_cut=found.is_cut if found else False,
        most=queries.MOST,
        every_unit=days is not None and _sees_town() and days.organisation is None,
        units=_units(),
        list_url=url_for("register.listed"),
        day_links=_neighbours("register.listed", "from", days) if days and not several else [],
        day_url=_address("register.day", "date", days.first_on, days.organisation)
        if days and not several
        else None,
    )


def _log(days: Days | None, form: Form) -> str:
    found = queries.read(days, actor=actor(), desk=desk(), now=now(), most=None) if days else None
    entries = found.entries if found else ()
    counts = rules.counted(entries)
    places = rules.places(entries)
    left = [each for each in entries if each.is_undispatched]
    ours = days is not None and days.organisation in (None, actor().organisation_id)
    kept = notes.of_day(days.first_on, actor=actor(), desk=desk()) if days and ours else []
    return render_template(
        "register/day.html",
        title="接访日志",
        form=form,
        unit=_unit_name(days),
        period_text=_period(days) if days else "",
        counts=_counts(counts),
        halves=rules.halves(counts),
        hours=counts.hours,
        clerks=counts.clerks,
        came=[_row(each, places, None) for each in entries],
        undispatched=[_row(each, places, None) for each in left],
        notes=[told(each) for each in kept],
        units=_units(),
        list_url=url_for("register.day"),
        day_links=_neighbours("register.day", "date", days) if days else [],
        register_url=_address("register.listed", "from", days.first_on, days.organisation)
        if days
        else None,
    )


def _counts(counts: DayCounts) -> list[dict[str, Any]]:
    """The log's numbers in words; the first line is the sum of the three after it."""
    lines = (
        ("接待合计", counts.visits, "批次", "一批来访说几件事的，只算一批"),
        ("来访", counts.walk_in, "批次", ""),
        ("来电", counts.phone, "批次", ""),
        ("其他来源", counts.elsewhere, "批次", "热线、网格、平台等转来的"),
        ("纠纷登记", counts.disputes, "件", ""),
        ("咨询", counts.consultations, "件", "不计入纠纷"),
        ("咨询转为纠纷", counts.turned, "件", "只算在纠纷登记里"),
        ("不予受理", counts.declined, "件", "已算在纠纷登记里"),
        ("登记有误", counts.void, "件", "作废，其他各项都不算"),
        (f"群体（{rules.GROUP} 人及以上）", counts.collective, "批次", ""),
        ("有人身危险", counts.urgent, "件", "先保护人，转公安机关等处置"),
    )
    return [
        {"label": text, "value": value, "unit": unit, "note": note}
        for text, value, unit, note in lines
    ]


def _row(entry: Entry, places: dict[UUID, int], before: Entry | None) -> dict[str, Any]:
    """One line; what a line shares with the one before it in the same visit is not repeated."""
    dispute = entry.kind is EntryKind.DISPUTE
    return {
        "place": places[entry.visit],
        "same_visit": before is not None and before.visit == entry.visit,
        "day_text": show.day(entry.on, year=_today().year),
        "time_text": f"{entry.at:%H:%M}" if entry.at else "",
        "number": entry.number,
        "url": _opened(entry) if entry.may_open else None,
        "visitor": entry.visitor or "未留姓名",
        "people": entry.people,
        "category_label": show.category(entry.category, desk().policy) if entry.category else "",
        "matter": entry.matter,
        "source_label": "" if entry.source is Source.WALK_IN else label(entry.source),
        "where": _where(entry),
        "status_label": _status(entry),
        "kind_label": "" if dispute else "咨询",
        "became": entry.became,
        "clerk": entry.clerk,
        "unit": entry.unit,
        "void": entry.is_void,
        "void_reason": entry.void_reason,
        "urgent": entry.urgent,
    }


def _opened(entry: Entry) -> str:
    if entry.kind is EntryKind.DISPUTE:
        return url_for("dispute.detail", dispute_id=entry.id)
    return url_for("consultation.detail", consultation_id=entry.id)


def _where(entry: Entry) -> str:
    if entry.guided_to:
        return f"引导到{'、'.join(kinds(list(entry.guided_to)))}"
    if entry.organisation:
        return entry.organisation
    return "待分派" if entry.is_undispatched else ""


def _status(entry: Entry) -> str:
    if entry.kind is EntryKind.TURNED:
        return "已登记成纠纷"
    if entry.status is None:
        return "已答复"
    return show.status(entry.status, entry.outcome, merged=entry.merged)


def _units() -> list[tuple[str, str]]:
    """The units to choose from, for who reaches the whole town."""
    if not _sees_town():
        return []
    return [("", EVERYBODY), *((str(each.id), each.name) for each in organisations.active())]


def _unit_name(days: Days | None) -> str:
    if not _sees_town():
        return organisations.one(actor().organisation_id).name
    if days is None or days.organisation is None:
        return EVERYBODY
    return dict(_units()).get(str(days.organisation), "")


def _period(days: Days) -> str:
    if days.first_on == days.last_on:
        return show.long_day(days.first_on)
    return f"{show.long_day(days.first_on)}至{show.long_day(days.last_on)}"


def _neighbours(endpoint: str, name: str, days: Days) -> list[dict[str, Any]]:
    """The day before and the day after; tomorrow has no visits yet."""
    on, links = days.first_on, []
    if on > date.min:
        links.append(("前一天", on - ONE_DAY))
    if on < _today():
        links.append(("后一天", on + ONE_DAY))
    return [
        {"label": text, "url": _address(endpoint, name, each, days.organisation)}
        for text, each in links
    ]


def _address(endpoint: str, name: str, on: date, organisation: UUID | None) -> str:
    query: dict[str, Any] = {name: on.isoformat(), "organisation": organisation}
    return url_for(endpoint, **{key: value for key, value in query.items() if value})
