"""行政应诉: the register of reviews and lawsuits."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    LawsuitStep,
)
from config.words import labels
from schemas.lawsuit import (
    SHAPES,
    CaseReviewIn,
    DutyDoneIn,
    HearingIn,
    LawsuitDutyIn,
    LawsuitQuery,
    MendDoneIn,
    RecordIn,
)
from service.errors import Conflict, Invalid, NotFound, Stale
from service.operations import case_review, duty, hearing
from service.operations import lawsuit as operations
from service.operations.case_review import MendDraft, ReviewDraft
from service.operations.lawsuit import LawsuitDraft
from service.queries import event
from service.queries import lawsuit as queries
from service.queries.event import EventView
from service.queries.lawsuit import Filters, LawsuitView
from service.rules import access
from service.web import form as forms
from service.web import lawsuit, lawsuit_form, linkage, show, timeline
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("lawsuit", __name__)
TWICE: Final = "这个案件刚才已经登记过了。要再登记一件，请核对内容后再点登记"
SENT: Final = "刚才已经提交过了。要再提交一次，请核对内容后再点"
REDS: Final = {"unperformed": "到期未履行", "breach": "出庭违规", "overdue": "超期"}
MENDS: Final = 4  # places of the form
TWO: Final[Mapping[str, int]] = {"rows": 2, "maxlength": 500}
DONE: Final = {
    LawsuitStep.ANSWER: "已登记答辩、举证",
    LawsuitStep.HEAR: "已登记开庭情况",
    LawsuitStep.DECIDE: "已登记裁判结果",
    LawsuitStep.PERFORM: "已登记履行",
    LawsuitStep.CLOSE: "案件已办结",
}


@bp.get("/lawsuits")
@action("lawsuit.list")
def listed() -> ResponseReturnValue:
    """The cases, latest served first."""
    given: dict[str, Any] = {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(LawsuitQuery, given)
    except Invalid as refusal:
        flash("有的条件看不懂，已经去掉", "warn")
        rest = {name: value for name, value in given.items() if name not in refusal.fields}
        return forms.see(url_for("lawsuit.listed", **rest))
    paging = {key: query.pop(key) for key in ("limit", "cursor", "count")}
    today = desk().today(now())
    page = queries.page(Filters(**query), actor=actor(), today=today, **paging)
    narrowed = bool(set(given) - {"cursor", "limit", "count"})
    following = url_for("lawsuit.listed", **(given | {"cursor": page.next_cursor or ""}))
    may_record = access.may(actor(), "lawsuit.record", desk().policy.access)
    may_read = access.may(actor(), "lawsuit.read", desk().policy.access)
    return render_template(
        "lawsuit/list.html",
        title="行政应诉",
        rows=[show.lawsuit(row, today, linked=may_read) for row in page.items],
        next_url=following if page.next_cursor else None,
        new_url=url_for("lawsuit.new") if may_record else None,
        shown=len(page.items),
        narrowed=narrowed,
        first_url=url_for("lawsuit.listed", **{n: v for n, v in given.items() if n != "cursor"})
        if "cursor" in given
        else None,
        empty="没有符合条件的案件。" if narrowed else "还没有登记复议、诉讼案件。",
        filters=[
            _filter("procedure", "程序", LawsuitProcedure, given),
            _filter("status", "状态", LawsuitStatus, given),
            _filter("outcome", "结果", LawsuitOutcome, given),
            *(_flag(name, text, given) for name, text in REDS.items()),
        ],
        list_url=url_for("lawsuit.listed"),
        figures_url=url_for("lawsuit_figure.figures"),
    )


@bp.get("/lawsuits/new")
@action("lawsuit.record")
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(Form())


@bp.post("/lawsuits/new")
@action("lawsuit.record")
def record() -> ResponseReturnValue:
    """Record a case."""

    def produce() -> Response:
        draft = LawsuitDraft(**load_body(RecordIn, _body()))
        made = operations.record(draft, actor=actor(), desk=desk(), now=now())
        flash("已登记案件")
        return forms.see(url_for("lawsuit.detail", lawsuit_id=made))

    return forms.once(produce, shown=_form, twice=TWICE)


@bp.get("/lawsuits/<uuid:lawsuit_id>")
@action("lawsuit.read")
@noted("read", "lawsuit")
def detail(lawsuit_id: UUID) -> ResponseReturnValue:
    """One case, with the step that is open."""
    return _detail(lawsuit_id, Form())


@bp.post("/lawsuits/<uuid:lawsuit_id>/steps/<step>")
@action("lawsuit.{step}")
def take(lawsuit_id: UUID, step: str) -> ResponseReturnValue:
    """Take one step."""
    if step not in set(LawsuitStep):
        raise NotFound("没有这一步")
    word = LawsuitStep(step)
    try:
        version = forms.version()
        body = load_body(SHAPES[word], lawsuit_form.told(word))
        operations.take(lawsuit_id, word, body, version=version, **_who())
    except Invalid as refusal:
        told = {lawsuit_form.named(word, each): said for each, said in refusal.fields.items()}
        return _detail(lawsuit_id, forms.typed(request.form, told)), 422
    except (Stale, Conflict) as refusal:
        told = {"": [refusal.detail]}
        status = 412 if isinstance(refusal, Stale) else 409
        return _detail(lawsuit_id, forms.typed(request.form, told)), status
    flash(DONE[word])
    return forms.see(url_for("lawsuit.detail", lawsuit_id=lawsuit_id))


@bp.post("/lawsuits/<uuid:lawsuit_id>/hearings")
@action("lawsuit.hear")
def plan(lawsuit_id: UUID) -> ResponseReturnValue:
    """Note a summons to a hearing."""

    def write() -> None:
        hearing.plan(lawsuit_id, **load_body(HearingIn, forms.group("plan")), **_who())
        flash("已登记开庭通知")

    return _part(lawsuit_id, "plan", write)


@bp.post("/lawsuits/<uuid:lawsuit_id>/duties")
@action("lawsuit.duty")
def impose(lawsuit_id: UUID) -> ResponseReturnValue:
    """Write down a duty."""

    def write() -> None:
        duty.impose(lawsuit_id, **load_body(LawsuitDutyIn, forms.group("duty")), **_who())
        flash("已登记义务，到期没有履行的会在领导的工作台标红")

    return _part(lawsuit_id, "duty", write)


@bp.post("/lawsuits/<uuid:lawsuit_id>/duties/<int:ordinal>/done")
@action("lawsuit.duty")
def settle(lawsuit_id: UUID, ordinal: int) -> ResponseReturnValue:
    """Write down that it was done."""
    part = f"done-{ordinal}"

    def write() -> None:
        duty.settle(lawsuit_id, ordinal, **load_body(DutyDoneIn, forms.group(part)), **_who())
        flash("已登记履行")

    return _part(lawsuit_id, part, write)


@bp.get("/duties")
@action("lawsuit.list")
def owed() -> ResponseReturnValue:
    """What ran out undone: where messages about duties lead who only lists cases."""
    return forms.see(url_for("lawsuit.listed", unperformed="true"))


@bp.get("/duties/<uuid:duty_id>")
@action("lawsuit.read")
def of_duty(duty_id: UUID) -> ResponseReturnValue:
    """The case a duty belongs to: where messages about it lead."""
    found = queries.case_of_duty(duty_id, **_who())
    return forms.see(url_for("lawsuit.detail", lawsuit_id=found))


@bp.get("/lawsuits/<uuid:lawsuit_id>/case-review")
@action("lawsuit.review")
@noted("read", "lawsuit")
def review(lawsuit_id: UUID) -> ResponseReturnValue:
    """The form of the review of a lost case."""
    return _review(lawsuit_id, Form())


@bp.post("/lawsuits/<uuid:lawsuit_id>/case-review")
@action("lawsuit.review")
def write_review(lawsuit_id: UUID) -> ResponseReturnValue:
    """Write it."""

    def write() -> None:
        body = load_body(CaseReviewIn, forms.body(request.form))
        mends = [MendDraft(**each) for each in body["mends"]]
        case_review.write(lawsuit_id, ReviewDraft(**body | {"mends": mends}), **_who())
        flash("一案一评已经写好")

    return _written(lawsuit_id, write, shown=lambda form: _review(lawsuit_id, form))


@bp.post("/lawsuits/<uuid:lawsuit_id>/case-review/mends/<int:ordinal>/done")
@action("lawsuit.review")
def mended(lawsuit_id: UUID, ordinal: int) -> ResponseReturnValue:
    """Write down that something was mended."""
    part = f"mend-{ordinal}"

    def write() -> None:
        body = load_body(MendDoneIn, forms.group(part))
        case_review.settle(lawsuit_id, ordinal, **body, **_who())
        flash("已登记整改完成")

    return _part(lawsuit_id, part, write)


def _who() -> dict[str, Any]:
    return {"actor": actor(), "desk": desk(), "now": now()}


def _part(lawsuit_id: UUID, part: str, write: Callable[[], None]) -> ResponseReturnValue:
    """Write what one form of the page says; what is wrong stands at its fields."""

    def at(fields: forms.Fields) -> forms.Fields:
        return {f"{part}.{name}" if name else "": said for name, said in fields.items()}

    return _written(lawsuit_id, write, shown=lambda form: _detail(lawsuit_id, form), at=at)


def _written(
    lawsuit_id: UUID,
    write: Callable[[], None],
    *,
    shown: Callable[[Form], str],
    at: Callable[[forms.Fields], forms.Fields] = lambda fields: fields,
) -> ResponseReturnValue:
    def produce() -> ResponseReturnValue:
        try:
            write()
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        return forms.see(url_for("lawsuit.detail", lawsuit_id=lawsuit_id))

    return forms.once(produce, shown=shown, twice=SENT, at=at)


def _body() -> dict[str, Any]:
    raw = forms.body(request.form)
    plaintiffs = str(raw.pop("plaintiffs", ""))
    raw["plaintiffs"] = [line.strip() for line in plaintiffs.splitlines() if line.strip()]
    if raw.get("procedure") == LawsuitProcedure.REVIEW:
        raw.setdefault("instance", LawsuitInstance.FIRST.value)  # a review has one instance only
    return raw


def _form(form: Form) -> str:
    return render_template(
        "lawsuit/new.html",
        title="登记复议、诉讼案件",
        form=form,
        procedures=list(labels(LawsuitProcedure).items()),
        instances=list(labels(LawsuitInstance).items()),
        organisations=[("", "请选择"), *lawsuit_form.units()],
        grounds=lawsuit.grounds(),
        post_url=url_for("lawsuit.record"),
        back_url=url_for("lawsuit.listed"),
    )


def _detail(lawsuit_id: UUID, form: Form) -> str:
    view = queries.one(lawsuit_id, **_who())
    found = event.of_subject("lawsuit", lawsuit_id)
    shown = lawsuit.detail(view)
    for each in shown["duties"]:
        each["fields"] = lawsuit_form.done_fields(f"done-{each['number']}")
    for each in shown["review"]["mends"] if shown["review"] else []:
        place = f"mend-{each['number']}.done_on"
        each["fields"] = [forms.described(place, "完成日期", "date", required=True)]
    steps = lawsuit_form.steps(view)
    return render_template(
        "lawsuit/detail.html",
        title=f"案件 {view.case_number or '（案号待补）'}",
        lawsuit=shown,
        next=lawsuit_form.waits(view),
        steps=steps,
        fields=[
            field
            for each in (
                *steps,
                *shown["duties"],
                *(shown["review"]["mends"] if shown["review"] else []),
            )
            for field in each["fields"]
        ],
        papers=_papers(view),
        review_url=_review_url(view),
        list_url=url_for("lawsuit.listed"),
        form=form,
        chains=linkage.chains(lawsuit=lawsuit_id),
        events=[_told_of(each) for each in reversed(found.items)],
    )


def _told_of(each: EventView) -> dict[str, Any]:
    return timeline.entry(each, desk().zone, {}, statuses=LawsuitStatus)


def _review_url(view: LawsuitView) -> str | None:
    due = view.lost and view.case_review is None and lawsuit.may("review")
    return url_for("lawsuit.review", lawsuit_id=view.id) if due else None


def _papers(view: LawsuitView) -> list[dict[str, str]]:
    if not lawsuit.may("answer"):
        return []
    return [
        {
            "label": lawsuit.paper_title(view, each),
            "url": url_for("lawsuit_paper.sheet", lawsuit_id=view.id, document=each),
            "docx_url": url_for("lawsuit_paper.docx", lawsuit_id=view.id, document=each),
        }
        for each in lawsuit.PAPERS
    ]


def _review(lawsuit_id: UUID, form: Form) -> str:
    view, made = queries.one(lawsuit_id, **_who()), forms.described
    units = [("", "请选择"), *lawsuit_form.units()]
    return render_template(
        "lawsuit/review.html",
        title="一案一评",
        lawsuit=lawsuit.detail(view),
        form=form,
        fields=[
            made(
                "causes",
                "败诉原因",
                "checkboxes",
                options=lawsuit_form.coded(desk().policy.lawsuits.review_causes),
                required=True,
            ),
            made("words", "评析", "textarea", maxlength=2000, rows=5),
            made("reviewers", "评析人", required=True, maxlength=100),
            made("reviewed_on", "评析日期", "date", required=True),
        ],
        places=[
            [
                made(f"mends.{n}.words", f"整改 {n + 1}", "textarea", required=n == 0, **TWO),
                made(
                    f"mends.{n}.organisation", "责任单位", "select", required=n == 0, options=units
                ),
                made(f"mends.{n}.due_on", "最迟哪天完成", "date", required=n == 0),
            ]
            for n in range(MENDS)
        ],
        post_url=url_for("lawsuit.write_review", lawsuit_id=lawsuit_id),
        back_url=url_for("lawsuit.detail", lawsuit_id=lawsuit_id),
    )


def _flag(name: str, text: str, given: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "label": text, "value": given.get(name, ""), "options": [("true", "是")]}


def _filter(name: str, text: str, words: Any, given: dict[str, str]) -> dict[str, Any]:
    options = list(labels(words).items())
    return {"name": name, "label": text, "value": given.get(name, ""), "options": options}
