"""The calendar 工作日历 on pages and for programs: months, rows of a draft, one explained date."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from config.clock import ClockRule
from config.vocabulary import DayKind, Grade, TimeUnit
from config.words import label
from service.errors import Invalid, NotFound
from service.queries.calendar import YearView
from service.rules import deadlines
from service.rules.calendar import FIRST_YEAR, LAST_YEAR, ONE_DAY, WorkCalendar
from service.rules.calendar_year import Makeup, Off, YearDays
from service.rules.deadlines import Explanation
from service.web import day_table, show
from service.web.door import desk
from service.web.route import cited

UNPUBLISHED: Final = "国务院办公厅还没有公布这一年的安排，涉及的到期日都是暂定"


def check_year(year: int) -> int:
    """A year of an address; NotFound beyond those the office knows."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound("没有这一年的日历")
    return year


def days_of(body: Mapping[str, Any]) -> YearDays:
    """The rows of a loaded draft."""
    return YearDays(
        tuple(Off(row["name"], row["from_on"], row["to_on"]) for row in body["off"]),
        tuple(Makeup(row["name"], row["on"]) for row in body["work"]),
    )


def explained(rule_id: str, start: str) -> tuple[ClockRule, Explanation]:
    """The due date of a term; Invalid at `rule` or `from`. An instant without zone is local."""
    rule = desk().policy.clocks.by_id.get(rule_id)
    if rule is None:
        raise Invalid({"rule": ["没有这条期限规则"]})
    if rule.stated:
        raise Invalid({"rule": ["这个期限由来文写明日期，不用计算"]})
    begun = _begun(start, rule)
    try:
        return rule, deadlines.explain(rule, begun, desk().calendar)
    except ValueError as refusal:
        raise Invalid({"from": [str(refusal)]}) from refusal


def rule_groups() -> list[dict[str, Any]]:
    """Every term that can be counted, by whose it is, as options of one choice."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for rule in desk().policy.clocks.by_id.values():
        if not rule.stated:
            length = f"{rule.length}{label(rule.unit)}"
            option = (rule.id, f"{rule.name}，{length}（{rule.trigger}起）")
            groups.setdefault(label(rule.kind), []).append(option)
    return [{"label": name, "options": options} for name, options in groups.items()]


def hour_rules() -> list[str]:
    """The ids of those in hours, which start at an instant."""
    rules = desk().policy.clocks.by_id.values()
    return [rule.id for rule in rules if rule.unit is TimeUnit.HOUR]


def _begun(text: str, rule: ClockRule) -> date | datetime:
    try:
        start = deadlines.begun(text, desk().zone)
    except ValueError as refusal:
        raise Invalid({"from": [str(refusal)]}) from refusal
    if rule.unit is TimeUnit.HOUR and not isinstance(start, datetime):
        raise Invalid({"from": ["这个期限以小时计，请写明起算的时刻"]})
    return start


def told(rule: ClockRule, found: Explanation) -> dict[str, Any]:
    """An explained date as the page shows it."""
    hours = isinstance(found.due, datetime)
    due_on = found.due.date() if isinstance(found.due, datetime) else found.due
    start_on = found.start.date() if isinstance(found.start, datetime) else found.start
    return {
        "name": rule.name,
        "trigger": rule.trigger,
        "length_text": f"{rule.length}{label(rule.unit)}",
        "kind_label": label(rule.kind),
        "due_text": _when(found.due),
        "start_text": _when(found.start),
        "raw_text": "" if hours or found.raw_due == found.due else _when(found.raw_due),
        "provisional": found.provisional,
        "note": rule.note,
        "basis": basis(rule, found.start),
        "hours": hours,
        "out_of_force": not rule.is_in_force(start_on) and _in_force_text(rule),
        "table": None if hours else day_table.drawn(found.days, start=start_on, due=due_on),
    }


def basis(rule: ClockRule, on: date | datetime) -> list[dict[str, str]]:
    """What is cited and how sure it is, of the citations that hold on a day."""
    return [
        {
            "cited": cited(**each.as_dict()),
            "grade": label(each.grade),
            "tone": "ok" if each.grade is Grade.A else "warn",
        }
        for each in deadlines.in_force(rule.basis, on)
    ]


def _in_force_text(rule: ClockRule) -> str:
    since = f"从 {show.day(rule.valid_from, year=0)}起" if rule.valid_from else ""
    until = f"到 {show.day(rule.valid_to, year=0)}止" if rule.valid_to else ""
    return f"这条规则只适用于{since}{until}起算的，起算日不在其中"


def _when(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return show.moment(value, desk().zone)
    return show.long_day(value)


def months(calendar: WorkCalendar, year: int, today: date) -> list[dict[str, Any]]:
    """Twelve months of weeks; each day with what it is."""
    return [
        {"name": f"{month}月", "weeks": list(_weeks(calendar, year, month, today))}
        for month in range(1, 13)
    ]


def _weeks(calendar: WorkCalendar, year: int, month: int, today: date) -> Any:
    first = date(year, month, 1)
    monday = first - first.weekday() * ONE_DAY
    while monday < first or monday.month == month:
        days = (monday + n * ONE_DAY for n in range(7))
        yield [_day(calendar, each, today) if each.month == month else None for each in days]
        monday += timedelta(days=7)


def _day(calendar: WorkCalendar, day: date, today: date) -> dict[str, Any]:
    kind = calendar.kind_of(day)
    named = calendar.name_of(day) if kind in (DayKind.HOLIDAY, DayKind.MAKEUP) else ""
    said = {DayKind.HOLIDAY: f"{named}放假", DayKind.MAKEUP: f"{named}调休上班"}.get(kind, "")
    return {
        "iso": day.isoformat(),
        "number": day.day,
        "kind": kind.value,
        "mark": {DayKind.HOLIDAY: "休", DayKind.MAKEUP: "班"}.get(kind, ""),
        "said": f"{said}{'，今天' if day == today else ''}",
        "today": day == today,
    }


def rows(days: YearDays) -> dict[str, list[dict[str, str]]]:
    """The rows of a year in words."""
    return {
        "off": [
            {"name": each.name, "text": _span(each), "length": f"{_length(each)} 天"}
            for each in days.off
        ],
        "work": [{"name": each.name, "text": show.long_day(each.on)} for each in days.work],
    }


def _length(row: Off) -> int:
    return (row.to_on - row.from_on).days + 1


def _span(row: Off) -> str:
    if row.from_on == row.to_on:
        return show.long_day(row.from_on)
    return f"{show.long_day(row.from_on)}到{show.day(row.to_on, year=row.from_on.year)}"


def version(view: YearView) -> dict[str, Any]:
    """One version of a year: who drew it up and who signed it, from which notice."""
    zone = desk().zone
    return {
        "number": view.number,
        "source": view.source,
        "drafted": f"{view.drafted_by}，{show.moment(view.drafted_at, zone)}",
        "signed": f"{view.signed_by}，{show.moment(view.signed_at, zone)}"
        if view.signed_at
        else "",
        **rows(view.days),
    }
