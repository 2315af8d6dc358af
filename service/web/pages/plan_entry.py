"""工作台账: all registers, one of them, one row with its steps and files, the sheet to print."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.clock_subject import ClockSubject
from config.plan_register import EntryState, Register
from schemas.plan_entry import (
    PlanCountQuery,
    PlanEntryFileIn,
    PlanEntryQuery,
    PlanEntryReasonIn,
    PlanEntryStepIn,
)
from service.errors import Conflict, Invalid, KeyReused, Stale, StepNotAllowed, TooLarge
from service.operations import plan_entry as operations
from service.operations import plan_entry_file as file_operations
from service.operations.plan_entry import EntryChange, EntryDraft, EntryStep
from service.operations.plan_entry_file import EvidenceDraft
from service.queries import event as events
from service.queries import organisation as organisations
from service.queries import plan_entry as queries
from service.queries import plan_register as figures
from service.queries.plan_entry import EntryView, Filters
from service.reports import plan_register as reports
from service.rules import access
from service.rules.plan_entry import FIELD, Taken
from service.web import attachment, plan_entry, plan_entry_file
from service.web import form as forms
from service.web.clock import law
from service.web.clock_explained import section_of
from service.web.door import action, actor, bulky, desk, now, reaches_town
from service.web.form import Form, described
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("plan_entry", __name__)
TWICE: Final = "刚才已经登记过了。要再登记一条，请核对内容后再点"
AGAIN: Final = "刚才已经上传过了。要再传一个，请重新选择文件"
NO_FILE: Final = "请选择一个文件"
MOST: Final = 1000
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENTRY: Final = "/registers/<register_id>/<uuid:entry_id>"


@bp.get("/registers")
@action("plan_entry.list")
def registers() -> ResponseReturnValue:
    """Every register with its numbers in a year."""
    year = _year()
    found = queries.tallies(year=year, actor=actor(), desk=desk(), now=now())
    return render_template(
        "plan_entry/registers.html",
        title="工作台账",
        year=year,
        cards=[plan_entry.card(each, year) for each in found],
        overdue=sum(each.overdue for each in found),
        years=_years(year, "plan_entry.registers"),
    )


@bp.get("/registers/<register_id>")
@action("plan_entry.list")
def listed(register_id: str) -> ResponseReturnValue:
    """One register: its figures in a year, and the rows of one tab."""
    register = queries.register(register_id, desk())
    given = {name: value for name, value in request.args.items() if value}
    here = url_for("plan_entry.listed", register_id=register_id)
    try:
        query = load_body(PlanEntryQuery, given)
        filters = _filters(register_id, query)
        page = queries.page(filters, actor=actor(), desk=desk(), now=now(), **query)
    except Invalid:
        flash("有的条件看不懂，已经去掉", "warn")
        return forms.see(here)
    rest: dict[str, Any] = {name: value for name, value in given.items() if name != "cursor"}
    year = filters.year or desk().today(now()).year
    counted = figures.figures(
        register_id, figures.year_of(year), actor=actor(), desk=desk(), now=now()
    )
    reads, in_town = _may("plan_entry.read"), reaches_town("plan_entry.list")
    following = url_for(
        "plan_entry.listed", register_id=register_id, **rest, cursor=page.next_cursor
    )
    return render_template(
        "plan_entry/list.html",
        title=register.name,
        register=_head(register),
        year=year,
        figures=[plan_entry.figure(each, figures.year_of(year), whole=in_town) for each in counted],
        people=plan_entry.people(counted),
        only_own=not in_town,
        rows=[plan_entry.row(each, register, linked=reads) for each in page.items],
        shown=len(page.items),
        tabs=_tabs(register, rest),
        years=queries.years(register_id, actor=actor(), desk=desk()),
        units=_units(),
        chosen=rest,
        list_url=here,
        new_url=_new_url(register_id),
        import_url=url_for("plan_entry_sheet.upload", register_id=register_id),
        sheet_url=url_for("plan_entry.sheet", register_id=register_id, **_narrowing(rest)),
        next_url=following if page.next_cursor else None,
        first_url=url_for("plan_entry.listed", register_id=register_id, **rest)
        if "cursor" in given
        else None,
    )


@bp.get("/registers/<register_id>/sheet")
@action("plan_entry.list")
@noted("print", "plan_entry")
def sheet(register_id: str) -> ResponseReturnValue:
    """The register as one table to print, A4 landscape."""
    register, rows = _sheet(register_id)
    given = _narrowing({name: value for name, value in request.args.items() if value})
    return render_template(
        "plan_entry/sheet.html",
        title=register.name,
        **reports.table(register, rows),
        year=given.get("year", ""),
        cut=len(rows) >= MOST,
        most=MOST,
        hidden="、".join(register.columns[each].label for each in sorted(register.personal)),
        xlsx_url=url_for("plan_entry.workbook", register_id=register_id, **given),
        back_url=url_for("plan_entry.listed", register_id=register_id, **given),
    )


@bp.get("/registers/<register_id>/workbook")
@action("plan_entry.list")
@noted("export", "plan_entry")
def workbook(register_id: str) -> ResponseReturnValue:
    """The same rows as an Excel file; nothing of citizens stands in it."""
    register, rows = _sheet(register_id)
    return Response(
        reports.workbook(register, rows),
        mimetype=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{register.id}.xlsx"'},
    )


@bp.get("/registers/<register_id>/new")
@action("plan_entry.record")
def new(register_id: str) -> ResponseReturnValue:
    """The form of one register."""
    return _form(queries.register(register_id, desk()), Form())


@bp.post("/registers/<register_id>/new")
@action("plan_entry.record")
def record(register_id: str) -> ResponseReturnValue:
    """Write a row, once however often the form is sent."""
    register = queries.register(register_id, desk())

    def produce() -> ResponseReturnValue:
        draft = EntryDraft(
            register=register_id, values=_values(register), organisation=_organisation()
        )
        made = operations.record(draft, **_who())
        flash("已登记")
        return forms.see(_at("detail", register_id, made))

    return forms.once(produce, shown=lambda form: _form(register, form), twice=TWICE)


@bp.get(ENTRY)
@action("plan_entry.read")
@noted("read", "plan_entry")
def detail(register_id: str, entry_id: UUID) -> ResponseReturnValue:
    """One row with its steps, files, terms and history."""
    return _detail(register_id, entry_id, Form())


@bp.get(f"{ENTRY}/edit")
@action("plan_entry.record")
@noted("read", "plan_entry")
def edit(register_id: str, entry_id: UUID) -> ResponseReturnValue:
    """The form to correct a row."""
    view = _view(register_id, entry_id)
    values = plan_entry.typed(view.values) | {"organisation": str(view.row.organisation_id)}
    return _form(queries.register(register_id, desk()), Form(key="", values=values), view)


@bp.post(f"{ENTRY}/edit")
@action("plan_entry.record")
def change(register_id: str, entry_id: UUID) -> ResponseReturnValue:
    """Correct a row: what the form leaves empty is emptied."""
    register = queries.register(register_id, desk())
    view = _view(register_id, entry_id)

    def produce() -> None:
        values = dict.fromkeys(register.columns) | _values(register)
        draft = EntryChange(values=values, organisation=_organisation())
        operations.change(register_id, entry_id, draft, version=forms.version(), **_who())

    return _tried(
        produce,
        "已更正",
        shown=lambda form: _form(register, form, view),
        there=_at("detail", register_id, entry_id),
    )


@bp.post(f"{ENTRY}/steps")
@action("plan_entry.step")
def take(register_id: str, entry_id: UUID) -> ResponseReturnValue:
    """Take a step, or say why it does not apply."""
    register = queries.register(register_id, desk())

    def produce() -> None:
        told = {name: request.form.get(name, "").strip() for name in ("on", "excuse")}
        body = load_body(PlanEntryStepIn, {name: text for name, text in told.items() if text})
        draft = EntryStep(
            step=_step_of(register_id, entry_id),
            said=Taken(body["on"], body["excuse"]),
            values=_values(register),
        )
        operations.take(register_id, entry_id, draft, version=forms.version(), **_who())

    return _tried(
        produce,
        "已登记",
        shown=lambda form: _detail(register_id, entry_id, form),
        there=_at("detail", register_id, entry_id),
    )


@bp.post(f"{ENTRY}/reopen")
@action("plan_entry.step")
def reopen(register_id: str, entry_id: UUID) -> ResponseReturnValue:
    """Take back that a row has ended."""
    return _for_a_reason(register_id, entry_id, operations.reopen, "已重新打开")


@bp.post(f"{ENTRY}/void")
@action("plan_entry.record")
def void(register_id: str, entry_id: UUID) -> ResponseReturnValue:
    """Say that a row was entered by mistake."""
    return _for_a_reason(register_id, entry_id, operations.void, "已作废")


@bp.post(f"{ENTRY}/evidence")
@action("plan_entry.evidence")
@bulky
def attach(register_id: str, entry_id: UUID) -> ResponseReturnValue:
    """Take one file in, once however often the form is sent."""
    try:
        draft = _file()
        with file_operations.taken_in(
            register_id, entry_id, draft, store=attachment.store(), actor=actor(), desk=desk()
        ) as stored:

            def add() -> ResponseReturnValue:
                file_operations.add(register_id, entry_id, stored, draft, **_who())
                flash(f"已上传：{draft.name}")
                return forms.see(_at("detail", register_id, entry_id))

            return forms.kept(add)
    except Invalid as refusal:
        told = {f"upload.{name}": said for name, said in refusal.fields.items() if name}
        told |= {} if told else {"upload.file": [refusal.detail]}
        return _detail(register_id, entry_id, forms.typed(request.form, told)), 422
    except TooLarge as refusal:
        told = {"upload.file": [refusal.detail]}
        return _detail(register_id, entry_id, forms.typed(request.form, told)), 413
    except Conflict as refusal:
        return _detail(register_id, entry_id, forms.renewed(request.form, refusal.detail)), 409
    except KeyReused:
        return _detail(register_id, entry_id, forms.renewed(request.form, AGAIN)), 422


@bp.get(f"{ENTRY}/evidence/<uuid:evidence_id>")
@action("plan_entry.evidence")
def given(register_id: str, entry_id: UUID, evidence_id: UUID) -> ResponseReturnValue:
    """The file, to be saved."""
    return plan_entry_file.sent(register_id, entry_id, evidence_id)


@bp.post(f"{ENTRY}/evidence/<uuid:evidence_id>/withdraw")
@action("plan_entry.evidence")
def withdraw(register_id: str, entry_id: UUID, evidence_id: UUID) -> ResponseReturnValue:
    """Take a file back."""
    try:
        body = load_body(PlanEntryReasonIn, forms.body(request.form))
        file_operations.withdraw(register_id, entry_id, evidence_id, body["reason"], **_who())
        flash("已撤销")
    except (Invalid, Conflict) as refusal:
        flash(refusal.detail if isinstance(refusal, Conflict) else "请写明撤销的原因", "stop")
    return forms.see(_at("detail", register_id, entry_id))


@bp.get("/plan-entries")
@action("plan_entry.list")
def entries() -> ResponseReturnValue:
    """Where messages about rows of several registers lead."""
    return forms.see(url_for("plan_entry.registers"))


@bp.get("/plan-entries/<uuid:entry_id>")
@action("plan_entry.read")
def entry(entry_id: UUID) -> ResponseReturnValue:
    """Where messages about one row lead: to the row in its register."""
    register_id = queries.register_of(entry_id, actor=actor(), desk=desk())
    return forms.see(_at("detail", register_id, entry_id))


def _form(register: Register, form: Form, view: EntryView | None = None) -> str:
    editing = view is not None
    units = _units()
    unit = described(
        "organisation",
        "责任单位",
        "select",
        options=units if editing else [("", "本单位"), *units],
        required=editing,
        conditional=not editing,
    )
    here = _at("detail", register.id, view.row.id) if view else ""
    return render_template(
        "plan_entry/form.html",
        title=f"更正：{view.row.number}" if view else f"登记：{register.name}",
        register=_head(register),
        form=form,
        fields=[*plan_entry.fields(register), *([unit] if units else [])],
        version=view.version if view else None,
        button="保存" if editing else "登记",
        post_url=_at("change", register.id, view.row.id)
        if view
        else url_for("plan_entry.record", register_id=register.id),
        back_url=here or url_for("plan_entry.listed", register_id=register.id),
    )


def _detail(register_id: str, entry_id: UUID, form: Form) -> str:
    view = _view(register_id, entry_id)
    register = queries.register(register_id, desk())
    happened = events.of_subject("plan_entry", entry_id)
    state = view.row.state
    return render_template(
        "plan_entry/detail.html",
        title=view.row.number,
        entry=plan_entry.detail(view, register),
        form=form,
        fields=plan_entry.step_fields(view, register),
        step_button=_button(view),
        step_url=_at("take", register_id, entry_id),
        upload=plan_entry.upload_fields(view, form),
        upload_url=_at("attach", register_id, entry_id),
        terms=section_of(ClockSubject.PLAN_ENTRY, entry_id) if register.due else None,
        events=[plan_entry.event(each, register) for each in reversed(happened.items)],
        edit_url=_at("edit", register_id, entry_id)
        if view.may_record and state is not EntryState.VOIDED
        else None,
        reopen_url=_at("reopen", register_id, entry_id)
        if view.may_step and state is EntryState.ENDED
        else None,
        void_url=_at("void", register_id, entry_id)
        if view.may_record and state is not EntryState.VOIDED
        else None,
        list_url=url_for("plan_entry.listed", register_id=register_id),
    )


def _tried(
    produce: Callable[[], None], said: str, *, shown: Callable[[Form], str], there: str
) -> ResponseReturnValue:
    """Do what a form asks; what is refused comes back on the form, each error at its field."""
    try:
        produce()
    except Invalid as refusal:
        return shown(forms.typed(request.form, refusal.fields)), 422
    except (Stale, StepNotAllowed) as refusal:
        form = forms.typed(request.form, {"": [refusal.detail]})
        return shown(form), 412 if isinstance(refusal, Stale) else 409
    flash(said)
    return forms.see(there)


def _for_a_reason(
    register_id: str, entry_id: UUID, deed: Callable[..., None], said: str
) -> ResponseReturnValue:
    def produce() -> None:
        told = request.form.get("reason", "").strip()
        body = load_body(PlanEntryReasonIn, {"reason": told} if told else {})
        deed(register_id, entry_id, body["reason"], version=forms.version(), **_who())

    return _tried(
        produce,
        said,
        shown=lambda form: _detail(register_id, entry_id, form),
        there=_at("detail", register_id, entry_id),
    )


def _values(register: Register) -> dict[str, object]:
    """What was typed into the columns; what is empty is left out."""
    given = {name: request.form.get(FIELD + name, "").strip() for name in register.columns}
    return {name: text for name, text in given.items() if text}


def _organisation() -> UUID | None:
    text = request.form.get("organisation", "").strip()
    try:
        return UUID(text) if text else None
    except ValueError as wrong:
        raise Invalid({"organisation": ["没有这个单位"]}) from wrong


def _step_of(register_id: str, entry_id: UUID) -> str:
    """The step that was chosen; the only one there is needs no choosing."""
    chosen = request.form.get("step", "")
    if chosen:
        return chosen
    following = [each for each in _view(register_id, entry_id).steps if each.open]
    if len(following) != 1:
        raise Invalid({"step": ["请选择环节"]})
    return following[0].step.name


def _button(view: EntryView) -> str:
    following = [each.step for each in view.steps if each.open]
    return f"登记“{following[0].stage}”" if len(following) == 1 else "登记进展"


def _file() -> EvidenceDraft:
    """The posted file with what was told about it."""
    chosen = [each for each in request.files.getlist("upload.file") if each]
    told = forms.group("upload")
    body = {name: value == "true" if name in _FLAGS else value for name, value in told.items()}
    loaded = load_body(PlanEntryFileIn, body)
    if len(chosen) != 1:
        raise Invalid({"file": [NO_FILE]})
    return plan_entry_file.draft(chosen[0], loaded)


_FLAGS: Final = frozenset({"public", "keep_location"})


def _sheet(register_id: str) -> tuple[Register, list[queries.EntryRow]]:
    register = queries.register(register_id, desk())
    given = {name: value for name, value in request.args.items() if value}
    query = load_body(PlanEntryQuery, _narrowing(given))
    filters = _filters(register_id, query)
    rows = queries.everything(filters, actor=actor(), desk=desk(), now=now(), most=MOST)
    return register, rows


def _filters(register_id: str, query: dict[str, Any]) -> Filters:
    return Filters(
        register=register_id,
        box=query.pop("state"),
        year=query.pop("year"),
        organisation=query.pop("organisation"),
        q=query.pop("q"),
    )


def _narrowing(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("state", "year", "organisation", "q") if name in given}


def _tabs(register: Register, chosen: dict[str, Any]) -> list[dict[str, Any]]:
    rest = {name: value for name, value in chosen.items() if name != "state"}
    here: dict[str, Any] = {"register_id": register.id} | rest
    return [
        {
            "label": text,
            "url": url_for("plan_entry.listed", **here, state=code or None),
            "current": chosen.get("state", "") == code,
        }
        for code, text in plan_entry.tabs(register)
    ]


def _head(register: Register) -> dict[str, Any]:
    return {
        "id": register.id,
        "name": register.name,
        "hint": register.hint,
        "basis": "；".join(law(register.basis)),
    }


def _units() -> list[tuple[str, str]]:
    """The units of the town, for who answers for more than one."""
    scope = access.scope(actor(), "plan_entry.list", desk().policy.access)
    found: Sequence[Any] = organisations.active_in_town(actor())
    mine = [each for each in found if access.is_reached(scope, each.id)]
    return [(str(each.id), each.name) for each in mine] if len(mine) > 1 else []


def _new_url(register_id: str) -> str | None:
    return url_for("plan_entry.new", register_id=register_id) if _may("plan_entry.record") else None


def _year() -> int:
    try:
        query = load_body(PlanCountQuery, {k: v for k, v in request.args.items() if v})
    except Invalid:
        return desk().today(now()).year
    return int(query["year"] or desk().today(now()).year)


def _years(year: int, endpoint: str) -> list[dict[str, Any]]:
    this = desk().today(now()).year
    return [
        {"label": f"{each} 年", "url": url_for(endpoint, year=each), "current": each == year}
        for each in sorted({this - 1, this, year}, reverse=True)
    ]


def _view(register_id: str, entry_id: UUID) -> EntryView:
    return queries.one(register_id, entry_id, actor=actor(), desk=desk(), now=now())


def _at(page: str, register_id: str, entry_id: UUID) -> str:
    return url_for(f"plan_entry.{page}", register_id=register_id, entry_id=entry_id)


def _who() -> dict[str, Any]:
    return {"actor": actor(), "desk": desk(), "now": now()}


def _may(name: str) -> bool:
    return access.may(actor(), name, desk().policy.access)
