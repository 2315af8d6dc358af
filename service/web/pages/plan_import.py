"""计划导入: hand a document in, see what it was read as, correct that, take it into the plan."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from config.plan import PlanLineKind
from schemas.plan_import import PlanImportIn
from service.errors import Conflict, Invalid, Stale
from service.operations import plan_import as operations
from service.operations.plan_take import Taken
from service.queries import plan_import as queries
from service.queries.plan_import import ImportView
from service.web import form as forms
from service.web import plan_import as words
from service.web.door import action, actor, bulky, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("plan_import", __name__)
TWICE: Final = "刚才已经提交过了。要再提交一次，请核对内容后再点"
AGAIN: Final = "浏览器不留住选过的文件，请重新选择"
CHANGED: Final = "刚才有人改过这次导入，请看一下现在的情况，再点一次"
PAGE: Final = 300  # lines on one page
KINDS: Final = {kind.value: kind for kind in PlanLineKind if kind is not PlanLineKind.BLANK}


@bp.get("/plans/imports/new")
@action("plan.import")
def new() -> ResponseReturnValue:
    """Where a document comes in, and those that came in lately."""
    return _new(Form(values={"year": str(desk().today(now()).year)}))


@bp.post("/plans/imports/new")
@action("plan.import")
@bulky
def make() -> ResponseReturnValue:
    """Read a document in; nothing of the plan changes."""
    file = request.files.get("file")
    chosen = file is not None and bool(file.filename)

    def produce() -> ResponseReturnValue:
        body = load_body(PlanImportIn, forms.body(request.form) | _text())
        source = words.source(body["year"], body["text"], file)
        made = operations.make(source, **_who())
        return forms.see(url_for("plan_import.detail", plan_import_id=made))

    def at(fields: dict[str, list[str]]) -> dict[str, list[str]]:
        return {"file": [AGAIN]} | fields if chosen else fields

    return forms.once(produce, shown=_new, twice=TWICE, at=at)


@bp.get("/plans/imports/<uuid:plan_import_id>")
@action("plan.import")
def detail(plan_import_id: UUID) -> ResponseReturnValue:
    """One import: what is asked, what was read beside its lines, what it would change."""
    return _detail(plan_import_id, Form())


@bp.post("/plans/imports/<uuid:plan_import_id>/correct")
@action("plan.import")
def correct(plan_import_id: UUID) -> ResponseReturnValue:
    """Say what lines are and whom names mean; everything is read anew with that in view."""

    def produce() -> ResponseReturnValue:
        _said(plan_import_id)
        flash("已按您的选择重新读过")
        return forms.see(_address(plan_import_id))

    return _once(plan_import_id, produce)


@bp.post("/plans/imports/<uuid:plan_import_id>/take")
@action("plan.import")
def take(plan_import_id: UUID) -> ResponseReturnValue:
    """Take it into the plan of its year, with what was chosen on the page."""

    def produce() -> ResponseReturnValue:
        version = _said(plan_import_id)
        done = operations.take(plan_import_id, version=version, **_who())
        flash(_told(done))
        return forms.see(_address(plan_import_id))

    return _once(plan_import_id, produce)


@bp.post("/plans/imports/<uuid:plan_import_id>/read-again")
@action("plan.import")
def read_again(plan_import_id: UUID) -> ResponseReturnValue:
    """Forget what was chosen for the lines."""

    def produce() -> ResponseReturnValue:
        operations.read_again(plan_import_id, version=forms.version(), **_who())
        flash("已恢复成最初的读法")
        return forms.see(_address(plan_import_id))

    return _once(plan_import_id, produce)


@bp.post("/plans/imports/<uuid:plan_import_id>/drop")
@action("plan.import")
def give_up(plan_import_id: UUID) -> ResponseReturnValue:
    """Put it aside."""

    def produce() -> ResponseReturnValue:
        operations.give_up(plan_import_id, version=forms.version(), **_who())
        flash("这次导入已经放弃，计划没有改动")
        return forms.see(url_for("plan_import.new"))

    return _once(plan_import_id, produce)


def _once(plan_import_id: UUID, produce: Any) -> ResponseReturnValue:
    def guarded() -> ResponseReturnValue:
        try:
            made: ResponseReturnValue = produce()
        except Stale as refusal:
            raise Invalid({"": [CHANGED]}) from refusal
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        return made

    return forms.once(guarded, shown=lambda form: _detail(plan_import_id, form), twice=TWICE)


def _said(plan_import_id: UUID) -> int:
    """Write down what the page says otherwise than it was read; the version after that."""
    view = queries.one(plan_import_id, actor=actor(), desk=desk())
    version = forms.version()
    kinds, units = _kinds(view, request.form), _units(view, request.form)
    if not kinds and not units:
        return version
    operations.correct(plan_import_id, kinds, units, version=version, **_who())
    return version + 1


def _kinds(view: ImportView, posted: MultiDict[str, str]) -> dict[int, PlanLineKind]:
    found: dict[int, PlanLineKind] = {}
    for index, line in enumerate(view.reading.lines):
        kind = KINDS.get(posted.get(words.line_name(index), ""))
        if kind is not None and kind is not line.kind:
            found[index] = kind
    return found


def _units(view: ImportView, posted: MultiDict[str, str]) -> dict[str, UUID | None]:
    """What is chosen for names; a field that was left as it stood says nothing new."""
    known = {str(unit.id): unit.id for unit in view.units}
    found: dict[str, UUID | None] = {}
    for place, name in enumerate(view.names):
        given = posted.get(words.name_field(place))
        if given is None or given == words.chosen(name):
            continue
        if given in known or given == words.NOBODY:
            found[name.name] = known.get(given)
    return found


def _text() -> dict[str, Any]:
    """The pasted text as it came: a form's body would trim it."""
    text = request.form.get("text", "")
    return {"text": text if text.strip() else None}


def _who() -> dict[str, Any]:
    return {"actor": actor(), "desk": desk(), "now": now()}


def _address(plan_import_id: UUID) -> str:
    return url_for("plan_import.detail", plan_import_id=plan_import_id)


def _told(done: Taken) -> str:
    counts = {name: count for name, count in done.counts.items() if count}
    if not counts:
        return "已写入，计划没有变化"
    said = {"added": "新增", "reworded": "改写", "moved": "移动或改编号", "dropped": "取消"}
    parts = [f"{word} {counts[name]} 项" for name, word in said.items() if name in counts]
    return f"已写入计划：{'，'.join(parts) or '有改动'}"


def _new(form: Form) -> str:
    rows = [words.row(each, desk().zone) for each in queries.recent(actor(), desk=desk())]
    return render_template(
        "plan_import/new.html",
        title="导入年度计划",
        form=form,
        make_url=url_for("plan_import.make"),
        rows=rows,
    )


def _detail(plan_import_id: UUID, form: Form) -> str:
    view = queries.one(plan_import_id, actor=actor(), desk=desk())
    start = _start(len(view.reading.lines))
    here = _address(plan_import_id)
    shown = words.page(view, start, PAGE)
    last = start + PAGE
    return render_template(
        "plan_import/detail.html",
        title=f"{view.row.year} 年度计划导入",
        form=form,
        version=view.row.version,
        row=words.row(view.row, desk().zone),
        is_open=view.row.is_open,
        plan_url=url_for("plan.board", year=view.row.year),
        correct_url=url_for("plan_import.correct", plan_import_id=plan_import_id),
        take_url=url_for("plan_import.take", plan_import_id=plan_import_id),
        again_url=url_for("plan_import.read_again", plan_import_id=plan_import_id),
        drop_url=url_for("plan_import.give_up", plan_import_id=plan_import_id),
        before_url=f"{here}?from={max(start - PAGE, 0)}" if start else None,
        next_url=f"{here}?from={last}" if last < len(view.reading.lines) else None,
        **shown,
    )


def _start(count: int) -> int:
    text = request.args.get("from", "0")
    asked = int(text[:6]) if text.isascii() and text.isdigit() else 0
    return asked // PAGE * PAGE if asked < count else 0
