"""年度考核: a year's results with their working, its scheme, objections and what was frozen."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config import evaluation as schemes
from config.evaluation import Scheme, Stage
from schemas.evaluation import (
    EvaluationDecisionIn,
    EvaluationFreezeIn,
    EvaluationObjectionIn,
    EvaluationQuery,
    EvaluationSchemeIn,
)
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.operations import evaluation as operations
from service.operations.evaluation import Decision
from service.queries import evaluation as queries
from service.queries.evaluation import YearView
from service.reports import docx
from service.reports import evaluation as reports
from service.rules import access
from service.rules import evaluation as rules
from service.web import evaluation, evaluation_form, show
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("evaluation", __name__)
TWICE: Final = "刚才已经提交过了。要再提交一次，请核对内容后再点"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: Final[Mapping[str, tuple[Any, str]]] = MappingProxyType(
    {
        "xlsx": (reports.workbook, XLSX),
        "docx": (reports.document, docx.MEDIA),
    }
)


@bp.get("/evaluations")
@action("evaluation.read")
def newest() -> ResponseReturnValue:
    """A year that was announced and is not final; or this one, as it stands now."""
    year = queries.current_year(desk().today(now()))
    return forms.see(url_for("evaluation.one", year=year))


@bp.get("/evaluations/<int:year>")
@action("evaluation.read")
def one(year: int) -> ResponseReturnValue:
    """The results of every unit one may read: stored ones, or the figures of this moment."""
    return _results(year, Form())


@bp.get("/evaluations/<int:year>/files/<kind>")
@action("evaluation.read")
@noted("export", "evaluation")
def file(year: int, kind: str) -> ResponseReturnValue:
    """The results as a workbook or a Word document."""
    if kind not in FILES:
        raise NotFound("没有这种格式的文件")
    view = _view(year)
    make, media = FILES[kind]
    return Response(
        make(evaluation.sheet(view), desk().zone),
        content_type=media,
        headers={"Content-Disposition": f'attachment; filename="kaohe-{year}.{kind}"'},
    )


@bp.get("/evaluations/<int:year>/units/<uuid:unit_id>")
@action("evaluation.read")
def unit(year: int, unit_id: UUID) -> ResponseReturnValue:
    """One unit's working, and its objections."""
    return _unit(year, unit_id, Form())


@bp.post("/evaluations/<int:year>/units/<uuid:unit_id>/objections")
@action("evaluation.object")
def object_to(year: int, unit_id: UUID) -> ResponseReturnValue:
    """Object for one's own unit."""

    def produce() -> ResponseReturnValue:
        raw = forms.body(request.form) | {"organisation": str(unit_id)}
        body = load_body(EvaluationObjectionIn, raw)
        try:
            operations.object_to(
                year,
                unit_id,
                body["code"],
                body["words"],
                actor=actor(),
                desk=desk(),
                now=now(),
            )
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        flash("异议已经提出，等答复")
        return forms.see(url_for("evaluation.unit", year=year, unit_id=unit_id))

    return forms.once(produce, shown=lambda form: _unit(year, unit_id, form), twice=TWICE)


@bp.get("/evaluations/<int:year>/objections")
@action("evaluation.read")
def objections(year: int) -> ResponseReturnValue:
    """The objections one may read, the oldest first."""
    evaluation.check_year(year)
    cursor = request.args.get("cursor")
    page = queries.objections(year, actor=actor(), desk=desk(), limit=50, cursor=cursor)
    here = url_for("evaluation.objections", year=year)
    following = url_for("evaluation.objections", year=year, cursor=page.next_cursor)
    return render_template(
        "evaluation/objections.html",
        title=f"{year} 年度考核异议",
        rows=[evaluation.objection(each) for each in page.items],
        back_url=url_for("evaluation.one", year=year),
        next_url=following if page.next_cursor else None,
        first_url=here if cursor else None,
        shown=len(page.items),
    )


@bp.get("/evaluations/<int:year>/objections/<uuid:objection_id>/decide")
@action("evaluation.decide")
def deciding(year: int, objection_id: UUID) -> ResponseReturnValue:
    """The form to answer one."""
    return _deciding(year, objection_id, Form())


@bp.post("/evaluations/<int:year>/objections/<uuid:objection_id>/decide")
@action("evaluation.decide")
def decide(year: int, objection_id: UUID) -> ResponseReturnValue:
    """Answer it."""

    def produce() -> ResponseReturnValue:
        raw = forms.body(request.form)
        raw["upheld"] = {"yes": True, "no": False}.get(str(raw.get("upheld")), raw.get("upheld"))
        if raw["upheld"] is None:
            del raw["upheld"]
        body = load_body(EvaluationDecisionIn, raw)
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        try:
            operations.decide(objection_id, year, Decision(**body), version=forms.version(), **told)
        except (Conflict, Stale) as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        flash("已经答复")
        return forms.see(url_for("evaluation.objections", year=year))

    return forms.once(produce, shown=lambda form: _deciding(year, objection_id, form), twice=TWICE)


@bp.post("/evaluations/<int:year>/announce")
@action("evaluation.announce")
def announce(year: int) -> ResponseReturnValue:
    """Show the units what was counted."""
    try:
        made = operations.announce(year, actor=actor(), desk=desk(), now=now())
        flash(f"已公示，各单位可以在 {_day(made.objections_until)}以前提异议", "ok")
    except Conflict as refusal:
        flash(refusal.detail, "warn")
    return forms.see(url_for("evaluation.one", year=year))


@bp.post("/evaluations/<int:year>/freeze")
@action("evaluation.publish")
def freeze(year: int) -> ResponseReturnValue:
    """Make the result final."""

    def produce() -> ResponseReturnValue:
        body = load_body(EvaluationFreezeIn, forms.body(request.form))
        try:
            operations.freeze(year, body["reason"], actor=actor(), desk=desk(), now=now())
        except (Conflict, Forbidden) as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        flash("已定稿，以后数字再变也不影响", "ok")
        return forms.see(url_for("evaluation.one", year=year))

    return forms.once(produce, shown=lambda form: _results(year, form), twice=TWICE)


@bp.get("/evaluations/<int:year>/scheme")
@action("evaluation.read")
def scheme(year: int) -> ResponseReturnValue:
    """The year's scheme, its editions, and a draft that waits."""
    evaluation.check_year(year)
    found = queries.editions(year)
    waiting = [each for each in found if each.published_at is None]
    in_force = next((each for each in found if each.published_at), None)
    may_draft = _may("evaluation.draft") and not waiting and queries.stored(year) is None
    own = bool(waiting) and waiting[0].drafted_by_id == actor().user_id
    return render_template(
        "evaluation/scheme.html",
        title=f"{year} 年度考核方案",
        draft=evaluation.edition(waiting[0]) if waiting else None,
        in_force=evaluation.edition(in_force) if in_force else None,
        pattern=None if found else evaluation.scheme_words(desk().policy.evaluation),
        faults=rules.faults_text(waiting[0].scheme if waiting else _scheme(year)),
        new_url=url_for("evaluation.new", year=year) if may_draft else None,
        publish_url=_draft_url("publish", year, waiting, may=not own),
        withdraw_url=_draft_url("withdraw", year, waiting, may=True),
        back_url=url_for("evaluation.one", year=year),
    )


@bp.get("/evaluations/<int:year>/scheme/new")
@action("evaluation.draft")
def new(year: int) -> ResponseReturnValue:
    """The form to draw one up, filled from the one in force or the pattern."""
    evaluation.check_year(year)
    if any(each.published_at is None for each in queries.editions(year)):
        flash("这一年已经有一份方案草稿在等发布，先发布或者撤回那一份", "warn")
        return forms.see(url_for("evaluation.scheme", year=year))
    return _drafting(year, Form(values=evaluation_form.filled(_scheme(year))))


@bp.post("/evaluations/<int:year>/scheme/new")
@action("evaluation.draft")
def draft(year: int) -> ResponseReturnValue:
    """Draw it up."""
    evaluation.check_year(year)

    def produce() -> ResponseReturnValue:
        body = load_body(EvaluationSchemeIn, evaluation_form.raw(_scheme(year)))
        found = schemes.build(body)
        try:
            operations.draft(year, found, actor=actor(), desk=desk(), now=now())
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        flash("方案草稿已经存好，等别人发布")
        return forms.see(url_for("evaluation.scheme", year=year))

    return forms.once(produce, shown=lambda form: _drafting(year, form), twice=TWICE)


@bp.post("/evaluations/<int:year>/scheme/<uuid:scheme_id>/publish")
@action("evaluation.publish")
def publish(year: int, scheme_id: UUID) -> ResponseReturnValue:
    """Put a draft into force."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    try:
        operations.publish(scheme_id, year, version=forms.version(), **told)
        flash("方案已发布", "ok")
    except (Conflict, Stale, Forbidden) as refusal:
        flash(refusal.detail, "warn")
    except Invalid as refusal:
        flash("；".join(text for each in refusal.fields.values() for text in each), "warn")
    return forms.see(url_for("evaluation.scheme", year=year))


@bp.post("/evaluations/<int:year>/scheme/<uuid:scheme_id>/withdraw")
@action("evaluation.draft")
def withdraw(year: int, scheme_id: UUID) -> ResponseReturnValue:
    """Take a draft back."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    try:
        operations.withdraw(scheme_id, year, version=forms.version(), **told)
        flash("草稿已撤回")
    except (Conflict, Stale) as refusal:
        flash(refusal.detail, "warn")
    return forms.see(url_for("evaluation.scheme", year=year))


def _view(year: int) -> YearView:
    evaluation.check_year(year)
    given = {name: request.args[name] for name in ("stage", "revision") if name in request.args}
    query = load_body(EvaluationQuery, given)
    return queries.year_of(year, actor=actor(), desk=desk(), now=now(), **query)


def _results(year: int, form: Form) -> str:
    view = _view(year)
    stored, sheet = view.stored, evaluation.sheet(view)
    frozen = queries.revisions(year)
    final = any(each.stage is Stage.FINAL for each in frozen)
    given: dict[str, Any] = {
        name: request.args[name] for name in ("stage", "revision") if name in request.args
    }
    wait = _freeze_wait(year)
    ready = view.is_over and not view.yearly.faults and view.scheme_published
    return render_template(
        "evaluation/show.html",
        title=f"{year} 年度考核",
        state=reports.state(sheet),
        tone="ok" if stored and stored.stage is Stage.FINAL else "warn",
        cut_off=reports.cut_off(sheet, desk().zone),
        scheme_text=reports.scheme_text(view.yearly),
        notes=reports.notes(sheet),
        rows=[evaluation.row(year, each) | {"query": given} for each in view.units],
        own=view.is_own_unit,
        frozen=[evaluation.frozen(each) for each in frozen],
        files=[
            {"label": label, "url": url_for("evaluation.file", year=year, kind=kind, **given)}
            for kind, label in (("xlsx", "表格"), ("docx", "Word 文档"))
        ],
        prev_url=url_for("evaluation.one", year=year - 1),
        next_url=url_for("evaluation.one", year=year + 1) if not _ahead(year) else None,
        scheme_url=url_for("evaluation.scheme", year=year),
        objections_url=url_for("evaluation.objections", year=year) if frozen else None,
        announce_url=url_for("evaluation.announce", year=year)
        if ready and not frozen and _may("evaluation.announce")
        else None,
        freeze_url=url_for("evaluation.freeze", year=year)
        if frozen and _may("evaluation.publish") and not wait
        else None,
        freeze_wait=wait if frozen and _may("evaluation.publish") else "",
        form=form,
        fields=evaluation_form.freeze_fields() if final else [],
        final=final,
    )


def _freeze_wait(year: int) -> str:
    """Why what was announced cannot be made final now by who looks, or nothing."""
    announced = queries.stored(year, Stage.ANNOUNCED)
    if announced is None or announced.objections_until is None:
        return ""
    scheme = queries.scheme_of(announced.scheme_id, year)
    try:
        rules.check_freezable(
            until=announced.objections_until,
            today=desk().today(now()),
            waiting=queries.waiting(announced.id),
            makers={announced.made_by_id, scheme.drafted_by_id},
            actor=actor().user_id,
        )
    except (Conflict, Forbidden) as refusal:
        return refusal.detail
    return ""


def _unit(year: int, unit_id: UUID, form: Form) -> str:
    view = _view(year)
    found = queries.unit_of(view, unit_id)
    page = queries.objections(year, actor=actor(), desk=desk(), organisation_id=unit_id, limit=50)
    sheet = evaluation.sheet(view)
    objects = _may_object(view, unit_id)
    return render_template(
        "evaluation/unit.html",
        title=f"{found.name} {year} 年度考核",
        state=reports.state(sheet),
        cut_off=reports.cut_off(sheet, desk().zone),
        unit=evaluation.row(year, found),
        lines=[evaluation.line(year, found, each) for each in found.lines],
        objections=[evaluation.objection(each) for each in page.items],
        object_url=url_for("evaluation.object_to", year=year, unit_id=unit_id) if objects else None,
        until=_day(view.stored.objections_until) if view.stored else None,
        stored=view.stored is not None,
        fields=evaluation_form.objection_fields(found),
        form=form,
        back_url=url_for("evaluation.one", year=year),
    )


def _day(on: date | None) -> str:
    return show.long_day(on) if on else ""


def _may_object(view: YearView, unit_id: UUID) -> bool:
    stored = view.stored
    if stored is None or stored.objections_until is None or unit_id not in actor().homes:
        return False
    return desk().today(now()) <= stored.objections_until and _may("evaluation.object")


def _deciding(year: int, objection_id: UUID, form: Form) -> str:
    found = queries.objection(objection_id, year, actor=actor(), desk=desk())
    if not found.may_decide:
        raise NotFound(queries.NO_OBJECTION)
    return render_template(
        "evaluation/decide.html",
        title="答复考核异议",
        objection=evaluation.objection(found),
        form=form,
        fields=evaluation_form.answer_fields(),
        post_url=url_for("evaluation.decide", year=year, objection_id=objection_id),
        back_url=url_for("evaluation.objections", year=year),
    )


def _scheme(year: int) -> Scheme:
    in_force = queries.published_scheme(year)
    return in_force.scheme if in_force else desk().policy.evaluation


def _draft_url(deed: str, year: int, waiting: Sequence[Any], *, may: bool) -> str | None:
    right = "evaluation.publish" if deed == "publish" else "evaluation.draft"
    if not waiting or not may or not _may(right):
        return None
    return url_for(f"evaluation.{deed}", year=year, scheme_id=waiting[0].id)


def _drafting(year: int, form: Form) -> str:
    return render_template(
        "evaluation/new.html",
        title=f"拟 {year} 年度考核方案",
        form=form,
        fields=evaluation_form.scheme_fields(),
        places=evaluation_form.indicator_places(),
        vetoes=evaluation_form.veto_places(),
        post_url=url_for("evaluation.draft", year=year),
        back_url=url_for("evaluation.scheme", year=year),
    )


def _ahead(year: int) -> bool:
    return year >= desk().today(now()).year


def _may(right: str) -> bool:
    return access.may(actor(), right, desk().policy.access)
