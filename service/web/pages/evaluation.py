"""年度考核: a year's results with their working, its scheme, objections and what was frozen."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config import evaluation as schemes
from config import words
from config.evaluation import Better, Counted, NothingDue, Scheme, Stage, Way
from config.vocabulary import OrganisationKind
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
from service.rules.evaluation import Appraisal
from service.web import evaluation, show
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("evaluation", __name__)
TWICE: Final = "刚才已经提交过了。要再提交一次，请核对内容后再点"
MOST, VETOES, STEPS = 14, 3, 5  # places of the form
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
    return _drafting(year, Form(values=_filled(_scheme(year))))


@bp.post("/evaluations/<int:year>/scheme/new")
@action("evaluation.draft")
def draft(year: int) -> ResponseReturnValue:
    """Draw it up."""
    evaluation.check_year(year)

    def produce() -> ResponseReturnValue:
        body = load_body(EvaluationSchemeIn, _raw(year))
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
        fields=_freeze_fields() if final else [],
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


def _freeze_fields() -> list[dict[str, Any]]:
    hint = "已经定稿。要改，写明理由，另出一版；原来的那一版照样留着"
    return [
        forms.described(
            "reason", "改动理由", "textarea", rows=2, maxlength=500, hint=hint, required=True
        )
    ]


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
        fields=_objection_fields(found),
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


def _objection_fields(found: Appraisal) -> list[dict[str, Any]]:
    scored = [(each.code, each.name) for each in found.lines if each.score is not None]
    struck = [(each.code, f"一票否决：{each.name}") for each in found.vetoes]
    return [
        forms.described(
            "code",
            "对哪一项有异议",
            "select",
            options=[("", "请选择"), *scored, *struck],
            required=True,
        ),
        forms.described(
            "words",
            "理由",
            "textarea",
            rows=4,
            maxlength=1000,
            required=True,
            hint="写清哪个数字不对、为什么，附件另交。不写当事人的姓名",
        ),
    ]


def _deciding(year: int, objection_id: UUID, form: Form) -> str:
    found = queries.objection(objection_id, year, actor=actor(), desk=desk())
    if not found.may_decide:
        raise NotFound(queries.NO_OBJECTION)
    choices = [("yes", "成立"), ("no", "不成立")]
    return render_template(
        "evaluation/decide.html",
        title="答复考核异议",
        objection=evaluation.objection(found),
        form=form,
        fields=[
            forms.described("upheld", "异议是否成立", "radio", options=choices, required=True),
            forms.described(
                "points",
                "改几分",
                "text",
                conditional=True,
                hint="成立的写加几分，减分写负数，例如 2.5；否决项不写，成立就不否决",
            ),
            forms.described(
                "reason", "答复的理由", "textarea", rows=4, maxlength=1000, required=True
            ),
        ],
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
        fields=_scheme_fields(),
        places=[_indicator_fields(place) for place in range(MOST)],
        vetoes=[_veto_fields(place) for place in range(VETOES)],
        post_url=url_for("evaluation.draft", year=year),
        back_url=url_for("evaluation.scheme", year=year),
    )


def _scheme_fields() -> list[dict[str, Any]]:
    kinds = [(each.value, words.label(each)) for each in OrganisationKind]
    usual = {each.value for each in desk().policy.evaluation.kinds}
    ordered = sorted(kinds, key=lambda each: each[0] not in usual)
    return [
        forms.described("name", "方案名称", maxlength=60, required=True),
        forms.described(
            "kinds",
            "考核哪些单位",
            "checkboxes",
            options=ordered,
            usual=len(usual),
            required=True,
        ),
        forms.described("objection_days", "异议期（工作日）", "number", maxlength=2, required=True),
        forms.described(
            "nothing_due",
            "本年没有应计事项的指标",
            "select",
            options=[(each.value, schemes.name(each)) for each in NothingDue],
            required=True,
        ),
        forms.described(
            "least_weight",
            "至少计分多少权重才评等次",
            "number",
            maxlength=6,
            required=True,
            hint="本年应计的事项太少，只有总分没有等次",
        ),
        forms.described(
            "grades",
            "等次",
            required=True,
            hint="从高到低，例如：优秀 90；良好 80；合格 60；不合格 0",
        ),
        forms.described("vetoed", "一票否决的等次", maxlength=20, required=True),
    ]


def _indicator_fields(place: int) -> list[dict[str, Any]]:
    def at(name: str, label: str, kind: str = "text", **more: Any) -> dict[str, Any]:
        return forms.described(f"indicators.{place}.{name}", label, kind, conditional=True, **more)

    def choices(enum: Any) -> list[tuple[str, str]]:
        return [(each.value, schemes.name(each)) for each in enum]

    return [
        at("name", "指标名称", maxlength=60),
        at("metric", "统计数字", "select", options=_metrics()),
        at("weight", "权重", "number"),
        at("way", "计分办法", "select", options=choices(Way)),
        at("target", "目标值", hint="按比例计分的写，例如 0.9"),
        at("per_item", "每件扣几分", hint="逐件扣分的写"),
        at("free", "免扣件数", "number"),
        at("counted", "扣哪些", "select", options=choices(Counted)),
        at("better", "高低", "select", options=choices(Better)),
        at("steps", "分档", hint="分档计分的写，例如：0.1 得 1；0.2 得 0.6"),
    ]


def _veto_fields(place: int) -> list[dict[str, Any]]:
    def at(name: str, label: str, kind: str = "text", **more: Any) -> dict[str, Any]:
        return forms.described(f"vetoes.{place}.{name}", label, kind, conditional=True, **more)

    return [
        at("name", "否决项名称", maxlength=60),
        at("metric", "统计数字", "select", options=_metrics()),
        at("over", "超过几件否决", "number"),
        at(
            "counted",
            "数哪些",
            "select",
            options=[(each.value, schemes.name(each)) for each in Counted],
        ),
    ]


def _metrics() -> list[tuple[str, str]]:
    """The figures a scheme may ask for, and those of its pattern that are not there yet."""
    known = [(each.id, each.label) for each in rules.usable()]
    names = {name for name, _ in known}
    later = [(name, name) for name in desk().policy.evaluation.metrics if name not in names]
    return [("", "请选择"), *known, *later]


def _filled(found: Scheme) -> dict[str, Any]:
    """A scheme as the form says it."""
    table = schemes.as_table(found)
    values: dict[str, Any] = {
        name: str(table[name])
        for name in ("name", "objection_days", "nothing_due", "least_weight", "vetoed")
    }
    values["kinds"] = list(table["kinds"])
    values["grades"] = "；".join(f"{each['name']} {each['least']}" for each in table["grades"])
    for part in ("indicators", "vetoes"):
        for place, row in enumerate(table[part]):
            for name, value in row.items():
                if name not in ("code", "basis", "steps") and value is not None:
                    values[f"{part}.{place}.{name}"] = str(value)
            steps = "；".join(
                f"{each['bound']} 得 {each['share']}" for each in row.get("steps", ())
            )
            if steps:
                values[f"{part}.{place}.steps"] = steps
    return values


def _raw(year: int) -> dict[str, Any]:
    """The posted scheme as the body a program would send; codes and bases are kept by figure."""
    raw = forms.body(request.form)
    raw["grades"] = _pairs(raw.get("grades", ""), "name", "least")
    used: set[str] = set()
    before = schemes.as_table(_scheme(year))
    for part in ("indicators", "vetoes"):
        rows: list[dict[str, Any]] = raw.get(part) or []
        known = {each["metric"]: each["basis"] for each in before[part]}
        for row in rows:
            row["code"] = _code(str(row.get("metric", part)), part, used)
            row["basis"] = known.get(row.get("metric"), [])
            if "steps" in row:
                row["steps"] = _pairs(row["steps"], "bound", "share")
        raw[part] = rows
    return raw


def _code(metric_id: str, part: str, used: set[str]) -> str:
    """A code nobody else has: the figure's name, numbered where it stands twice."""
    stem = metric_id if part == "indicators" else f"veto_{metric_id}"
    code, count = stem[:50], 1
    while code in used:
        count += 1
        code = f"{stem[:50]}_{count}"
    used.add(code)
    return code


def _pairs(text: Any, first: str, second: str) -> Any:
    """`优秀 90；良好 80` or `0.1 得 1；0.2 得 0.6` as rows; what is neither stays as it is."""
    if not isinstance(text, str):
        return text
    rows = []
    for each in text.replace(";", "；").split("；"):
        left, _, right = each.replace("得", " ").strip().rpartition(" ")
        if each.strip():
            rows.append({first: left.strip(), second: right.strip()})
    return rows


def _ahead(year: int) -> bool:
    return year >= desk().today(now()).year


def _may(right: str) -> bool:
    return access.may(actor(), right, desk().policy.access)
