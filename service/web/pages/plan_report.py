"""计划报告: the months, quarters and years of the plan that were kept; the year's report."""

from typing import Any, Final

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.plan import PlanReportKind
from schemas.plan_report import PlanReportIn, PlanReportQuery
from service.errors import Conflict, Invalid
from service.operations import plan_report as operations
from service.queries import plan_report as queries
from service.queries.plan_report import ReportView
from service.reports import docx
from service.rules import access
from service.web import form as forms
from service.web import plan_report
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("plan_report", __name__)
TWICE: Final = "刚才已经提交过了。要再编一版，请核对内容后再点"


@bp.get("/plans/<int:year>/reports")
@action("plan_report.read")
def listed(year: int) -> ResponseReturnValue:
    """What was kept of a year, and the form that makes the year's report."""
    return _list(year, Form())


@bp.post("/plans/<int:year>/reports")
@action("plan.report")
def prepare(year: int) -> ResponseReturnValue:
    """Make the year's report."""

    def produce() -> ResponseReturnValue:
        body = load_body(PlanReportIn, forms.body(request.form))
        try:
            operations.prepare(year, body["reason"], actor=actor(), desk=desk(), now=now())
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        flash("年度报告已经编好，请另一位同事核对后发布")
        return forms.see(url_for("plan_report.one", year=year, period=str(year)))

    return forms.once(produce, shown=lambda form: _list(year, form), twice=TWICE)


@bp.get("/plans/<int:year>/reports/<period>")
@action("plan_report.read")
def one(year: int, period: str) -> ResponseReturnValue:
    """One report as it was frozen."""
    view = _view(year, period)
    may = access.may(actor(), "plan.publish", desk().policy.access)
    waits = view.kind is PlanReportKind.YEAR and view.published_at is None
    address: dict[str, Any] = {"year": year, "revision": view.revision}
    return render_template(
        "plan_report/show.html",
        title=plan_report.row(view, desk())["label"],
        report=plan_report.shown(view, desk()),
        version=view.version,
        publish_url=url_for("plan_report.publish", **address)
        if waits and may and view.made_by != actor().user_id
        else None,
        publish_wait="由编制人以外的领导或者中心主任发布" if waits and not may else "",
        list_url=url_for("plan_report.listed", year=year),
    )


@bp.get("/plans/<int:year>/reports/<period>/file")
@action("plan_report.read")
@noted("export", "plan_report")
def file(year: int, period: str) -> ResponseReturnValue:
    """It as a Word document."""
    public = _asked()["public"]
    name = plan_report.file_name(period, public=public)
    return Response(
        plan_report.document(_view(year, period), desk(), public=public),
        content_type=docx.MEDIA,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.post("/plans/<int:year>/reports/<int:revision>/publish")
@action("plan.publish")
def publish(year: int, revision: int) -> ResponseReturnValue:
    """Publish an edition of the year's report."""
    version = forms.version()
    operations.publish(year, revision, version=version, actor=actor(), desk=desk(), now=now())
    flash("年度报告已发布；下载公开版，按时向社会公开")
    return forms.see(url_for("plan_report.one", year=year, period=str(year), revision=revision))


def _list(year: int, form: Form) -> str:
    found = queries.kept(year, actor=actor(), desk=desk())
    made = any(each.kind is PlanReportKind.YEAR for each in found)
    may = access.may(actor(), "plan.report", desk().policy.access)
    why = forms.described("reason", "为什么重编", "textarea", required=True, maxlength=500, rows=2)
    return render_template(
        "plan_report/list.html",
        title=f"{year} 年计划报告",
        rows=[plan_report.row(each, desk()) for each in found],
        form=form,
        fields=[why] if made else [],
        again=made,
        prepare_url=url_for("plan_report.prepare", year=year) if may else None,
        plan_url=url_for("plan.board", year=year),
    )


def _asked() -> dict[str, Any]:
    given = {name: value for name, value in request.args.items() if value}
    return load_body(PlanReportQuery, given)


def _view(year: int, period: str) -> ReportView:
    return queries.one(year, period, _asked()["revision"], actor=actor(), desk=desk())
