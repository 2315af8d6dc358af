"""工作日历: the year, its versions; drawing a year up, looking at what it moves, signing it."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from config.text import Malformed
from schemas.calendar import CalendarDraftIn
from service.errors import Conflict, Invalid, Stale
from service.operations import calendar as operations
from service.queries import calendar as queries
from service.queries import calendar_move as moves
from service.queries.calendar import YearView
from service.queries.calendar_move import Counts, MoveView
from service.queries.page import Page
from service.rules import access, calendar_notice, listing
from service.rules import calendar_year as rules
from service.rules.calendar_notice import Notice
from service.rules.calendar_year import YearDays
from service.web import calendar, show
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("calendar", __name__)
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "off": ("name", "from", "to"),
    "work": ("name", "on"),
}
LABELS: Final = {"name": "节日", "from": "第一天", "to": "最后一天", "on": "上班的日期"}
SPARE, FEWEST = 2, 8
TWICE: Final = "刚才已经保存过一次了，请核对"
FILE_VERSION: Final = "随系统发布的文件"


@bp.get("/calendar")
@action("calendar.read")
def newest() -> ResponseReturnValue:
    """The year we are in."""
    return _year(desk().today(now()).year)


@bp.get("/calendar/<int:year>")
@action("calendar.read")
def one(year: int) -> ResponseReturnValue:
    """One year."""
    return _year(calendar.check_year(year))


@bp.get("/calendar/explain")
@action("calendar.read")
def explain() -> ResponseReturnValue:
    """期限计算器: a term and its start; the due date with its days and its law."""
    asked = {name: request.args.get(name, "").strip() for name in ("rule", "from", "at")}
    form, found = Form(key="", values=asked), None
    if asked["rule"]:
        try:
            found = calendar.told(*calendar.explained(asked["rule"], _start(asked)))
        except Invalid as refusal:
            form = _at_its_field(asked, refusal)
    return render_template(
        "calendar/explain.html",
        title="期限计算器",
        form=form,
        rules=calendar.rule_groups(),
        hours=calendar.hour_rules(),
        found=found,
        post_url=url_for("calendar.explain"),
        back_url=url_for("calendar.newest"),
    ), (422 if form.errors else 200)


@bp.get("/calendar/<int:year>/edit")
@action("calendar.edit")
def edit(year: int) -> ResponseReturnValue:
    """The draft that waits, else the year as it stands, as rows."""
    waiting = _waiting(calendar.check_year(year))
    return _edit_page(year, Form(values=_as_it_stands(year, waiting)), waiting)


@bp.post("/calendar/<int:year>/edit")
@action("calendar.edit")
def save(year: int) -> ResponseReturnValue:
    """Keep the rows as a draft, or as the draft that waits; then see what it moves."""
    waiting = _waiting(calendar.check_year(year))
    rows = _rows(request.form)

    def produce() -> Response:
        body = load_body(CalendarDraftIn, rows | _source())
        days = calendar.days_of(body)
        draft_id = _kept(year, days, body["source"], waiting)
        flash("草稿已保存，签发以前不生效")
        return forms.see(url_for("calendar.preview", year=year, draft_id=draft_id))

    def shown(form: Form) -> str:
        values = _flat(rows) | {"source": request.form.get("source", "")}
        return _edit_page(year, Form(form.key, values, form.errors), _waiting(year))

    try:
        return forms.once(produce, shown=shown, twice=TWICE)
    except (Conflict, Stale) as refusal:
        flash(f"{refusal.detail}。下面是现在的内容", "stop")
        return forms.see(url_for("calendar.edit", year=year))


@bp.post("/calendar/<int:year>/read")
@action("calendar.edit")
def read(year: int) -> ResponseReturnValue:
    """Read a notice or a file into the rows; nothing is kept yet."""
    calendar.check_year(year)
    try:
        found = calendar_notice.read(_given(), year)
    except Malformed as refusal:
        errors, waiting = {"text": refusal.reason}, _waiting(year)
        values = _as_it_stands(year, waiting) | {"text": request.form.get("text", "")}
        return _edit_page(year, Form(values=values, errors=errors), waiting), 422
    values = _values(found.days) | {"source": found.source}
    return _edit_page(year, Form(values=values), _waiting(year), read=found)


@bp.get("/calendar/<int:year>/drafts/<uuid:draft_id>")
@action("calendar.read")
def preview(year: int, draft_id: UUID) -> ResponseReturnValue:
    """What a draft says, how much it moves, and every date of it that one may know of."""
    view = queries.one(draft_id, calendar.check_year(year))
    if view.signed_at is not None:
        return forms.see(url_for("calendar.one", year=year))
    cursor = request.args.get("cursor") or None
    then = queries.with_draft(view, desk().calendar)
    page = moves.page(year, then, actor=actor(), desk=desk(), now=now(), cursor=cursor)
    counted = moves.counts(year, then, desk=desk()) if cursor is None else None
    return _preview_page(view, page, counted)


@bp.post("/calendar/<int:year>/drafts/<uuid:draft_id>/sign")
@action("calendar.sign")
def sign(year: int, draft_id: UUID) -> ResponseReturnValue:
    """Put it into force as it was looked at."""
    queries.one(draft_id, calendar.check_year(year))
    try:
        done = operations.sign(draft_id, version=_version(), actor=actor(), desk=desk(), now=now())
    except (Conflict, Stale) as refusal:
        flash(refusal.detail, "stop")
        return forms.see(url_for("calendar.preview", year=year, draft_id=draft_id))
    flash(f"{year} 年工作日历已签发，从现在起生效。{_said(done)}")
    return forms.see(url_for("calendar.one", year=year))


@bp.post("/calendar/<int:year>/drafts/<uuid:draft_id>/withdraw")
@action("calendar.edit")
def withdraw(year: int, draft_id: UUID) -> ResponseReturnValue:
    """Take a draft back."""
    queries.one(draft_id, calendar.check_year(year))
    try:
        operations.withdraw(draft_id, version=_version(), actor=actor(), desk=desk(), now=now())
    except (Conflict, Stale) as refusal:
        flash(refusal.detail, "stop")
        return forms.see(url_for("calendar.preview", year=year, draft_id=draft_id))
    flash("草稿已撤回")
    return forms.see(url_for("calendar.one", year=year))


def _year(year: int) -> str:
    stands, today = desk().calendar, desk().today(now())
    published = year in stands.holidays.years
    versions = queries.versions(year)
    signed = [each for each in versions if each.signed_at is not None]
    waiting = next((each for each in versions if each.signed_at is None), None)
    shipped = published and (not signed or min(each.number for each in signed) > 1)
    return render_template(
        "calendar/year.html",
        title=f"{year} 年工作日历",
        published=published,
        unpublished=calendar.UNPUBLISHED,
        months=calendar.months(stands, year, today),
        rows=calendar.rows(rules.of_year(stands.holidays, year)),
        in_force=calendar.version(signed[0]) if signed else None,
        shipped=FILE_VERSION if shipped else "",
        older=[calendar.version(each) for each in signed[1:]],
        waiting=_waiting_row(waiting),
        years=_years(year, stands.holidays.years, today.year),
        edit_url=url_for("calendar.edit", year=year) if _may("calendar.edit") else None,
        explain_url=url_for("calendar.explain"),
    )


def _waiting_row(view: YearView | None) -> dict[str, Any] | None:
    if view is None:
        return None
    url = url_for("calendar.preview", year=view.year, draft_id=view.id)
    return calendar.version(view) | {"url": url}


def _years(year: int, published: frozenset[int], present: int) -> list[dict[str, Any]]:
    """The years one may switch to: all that are published, and the next one."""
    listed = sorted({*published, present, present + 1, year})
    return [
        {"label": f"{each} 年", "url": url_for("calendar.one", year=each), "current": each == year}
        for each in listed
    ]


def _edit_page(
    year: int, form: Form, waiting: YearView | None, *, read: Notice | None = None
) -> str:
    return render_template(
        "calendar/edit.html",
        title=f"编辑 {year} 年工作日历",
        form=form,
        groups=[_group(name, form) for name in FIELDS],
        labels=_error_labels(form),
        version=waiting.version if waiting else None,
        draft=waiting is not None,
        drafted=calendar.version(waiting)["drafted"] if waiting else "",
        read=read,
        post_url=url_for("calendar.save", year=year),
        read_url=url_for("calendar.read", year=year),
        back_url=url_for("calendar.one", year=year),
    )


def _group(name: str, form: Form) -> dict[str, Any]:
    """The rows of a list with some empty ones below."""
    taken = [int(each.split(".")[1]) for each in form.values if each.startswith(f"{name}.")]
    count = max(FEWEST, max(taken, default=-1) + 1 + SPARE)
    return {
        "name": name,
        "title": "放假" if name == "off" else "调休上班",
        "columns": [(field, LABELS[field]) for field in FIELDS[name]],
        "places": range(count),
    }


def _error_labels(form: Form) -> dict[str, str]:
    """What the field of an error is called: 放假第 2 行，最后一天."""
    named = {"off": "放假", "work": "调休上班"}
    told = {}
    for path in form.errors:
        parts = path.split(".")
        if len(parts) == 3 and parts[0] in named:
            told[path] = f"{named[parts[0]]}第 {int(parts[1]) + 1} 行，{LABELS.get(parts[2], '')}"
    return told


def _preview_page(view: YearView, page: Page[MoveView], counted: Counts | None) -> str:
    version = calendar.version(view)
    mine = view.drafted_by_id == actor().user_id

    def at(endpoint: str, cursor: str | None = None) -> str:
        place = f"calendar.{endpoint}"
        return url_for(place, year=view.year, draft_id=view.id, cursor=cursor)

    return render_template(
        "calendar/preview.html",
        title=f"{view.year} 年工作日历草稿",
        draft=version,
        said=_said(counted) if counted else "",
        looked_at=counted.looked_at if counted else None,
        moved=[_move(each) for each in page.items],
        unseen=bool(counted and counted.clocks),
        next_url=at("preview", cursor=page.next_cursor) if page.next_cursor else None,
        first_url=None if counted else at("preview"),
        version=view.version,
        sign_url=at("sign") if _may("calendar.sign") and not mine else None,
        mine=mine and _may("calendar.sign"),
        edit_url=url_for("calendar.edit", year=view.year) if _may("calendar.edit") else None,
        withdraw_url=at("withdraw") if _may("calendar.edit") else None,
        back_url=url_for("calendar.one", year=view.year),
    )


def _said(counted: Counts) -> str:
    """How much moves, in a sentence."""
    told = [
        (counted.later, "个期限的到期日推后"),
        (counted.earlier, "个期限的到期日提前"),
        (counted.firmed, "个期限日期不变，不再是暂定"),
        (counted.loosened, "个期限日期不变，变为暂定"),
        (counted.requests, "件个人信息申请的答复日期有变"),
    ]
    said = [f"{count} {text}" for count, text in told if count]
    return "，".join(said) + "。" if said else "没有正在计时的期限受影响。"


def _move(view: MoveView) -> dict[str, Any]:
    moved, clocks = view.moved, desk().policy.clocks
    name = clocks[moved.rule].name if moved.rule in clocks else moved.rule
    tones = {True: ("推后", "ok"), False: ("提前", "warn")}
    text, tone = ("日期不变", "plain") if moved.stays else tones[moved.is_later]
    return {
        "number": view.number,
        "organisation": view.organisation or "还没有分派",
        "rule": "受限纠纷，不显示" if view.restricted else name,
        "before": _date_text(moved.due_before, provisional=moved.provisional_before),
        "after": _date_text(moved.due_after, provisional=moved.provisional_after),
        "change": text,
        "tone": tone,
    }


def _date_text(on: Any, *, provisional: bool) -> str:
    return show.long_day(on) + ("，暂定" if provisional else "")


def _kept(year: int, days: YearDays, source: str, waiting: YearView | None) -> UUID:
    """Write the draft, or the one that waits anew when the form was made from it."""
    if waiting is None:
        return operations.draft(year, days, source, actor=actor(), desk=desk(), now=now())
    operations.revise(
        waiting.id, days, source, version=_version(), actor=actor(), desk=desk(), now=now()
    )
    return waiting.id


def _waiting(year: int) -> YearView | None:
    return next((each for each in queries.versions(year) if each.signed_at is None), None)


def _version() -> int:
    given = request.form.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _source() -> dict[str, str]:
    given = request.form.get("source", "").strip()
    return {"source": given} if given else {}


def _given() -> str:
    """The pasted notice, or what stands in the file that was chosen."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("text", "")
    try:
        return listing.text_of(file.stream.read())
    except Invalid as refusal:
        raise Malformed("file", "这个文件不是文字") from refusal


def _rows(posted: MultiDict[str, str]) -> dict[str, list[dict[str, str]]]:
    """The rows in which something is written, in their order."""
    found: dict[str, list[dict[str, str]]] = {}
    for name, fields in FIELDS.items():
        found[name] = []
        for place in range(len(posted)):
            row = {each: posted.get(f"{name}.{place}.{each}", "").strip() for each in fields}
            filled = {each: text for each, text in row.items() if text}
            if filled:
                found[name].append(filled)
    return found


def _flat(rows: Mapping[str, list[dict[str, str]]]) -> dict[str, str]:
    return {
        f"{name}.{place}.{field}": text
        for name, listed in rows.items()
        for place, row in enumerate(listed)
        for field, text in row.items()
    }


def _as_it_stands(year: int, waiting: YearView | None) -> dict[str, str]:
    """The rows of the draft that waits, else those in force."""
    days = waiting.days if waiting else rules.of_year(desk().calendar.holidays, year)
    return _values(days) | {"source": waiting.source if waiting else ""}


def _values(days: YearDays) -> dict[str, str]:
    return _flat(days.as_json())


def _start(asked: Mapping[str, str]) -> str:
    """The date, or the instant for a term in hours."""
    return asked["at"] if asked["rule"] in calendar.hour_rules() else asked["from"]


def _at_its_field(asked: Mapping[str, str], refusal: Invalid) -> Form:
    place = "at" if asked["rule"] in calendar.hour_rules() else "from"
    errors = {
        place if name == "from" else name: "；".join(said) for name, said in refusal.fields.items()
    }
    if not _start(asked):
        errors = {place: "请填写从哪一天起算" if place == "from" else "请填写起算的时刻"}
    return Form(key="", values=asked, errors=errors)


def _may(name: str) -> bool:
    return access.may(actor(), name, desk().policy.access)
