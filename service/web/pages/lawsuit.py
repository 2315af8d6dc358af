"""行政应诉: the register of reviews and lawsuits."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.lawsuit import Coded, name
from config.vocabulary import (
    LawsuitInstance,
    LawsuitOutcome,
    LawsuitProcedure,
    LawsuitStatus,
    LawsuitStep,
    WithdrawalCause,
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
from service.queries import organisation as organisations
from service.queries.event import EventView
from service.queries.lawsuit import Filters, LawsuitView
from service.rules import access
from service.rules import lawsuit as rules
from service.web import form as forms
from service.web import lawsuit, linkage, show, timeline
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
WHO: Final = {
    "head": "负责人出庭",
    "staff": "工作人员出庭，负责人没有出庭",
    "lawyer": "只有律师出庭（违规）",
}
BUTTONS: Final = {
    LawsuitStep.ANSWER: "登记答辩、举证",
    LawsuitStep.HEAR: "登记开庭情况",
    LawsuitStep.DECIDE: "登记裁判结果",
    LawsuitStep.PERFORM: "登记全部履行",
    LawsuitStep.CLOSE: "办结案件",
}
# a review 行政复议 is answered, heard and decided under words of its own
REVIEW_BUTTONS: Final = {
    LawsuitStep.ANSWER: "登记书面答复",
    LawsuitStep.HEAR: "登记听证情况",
    LawsuitStep.DECIDE: "登记复议结果",
}
REVIEW_CONSEQUENCES: Final = {
    LawsuitStep.ANSWER: "过了期限的一直记为逾期，视为没有证据、依据。",
    LawsuitStep.HEAR: "只有律师参加的记为违规，以后不能改。",
    LawsuitStep.DECIDE: "撤回申请的要写明原因。不服复议决定的，申请人可以起诉。",
}
CONSEQUENCES: Final = {
    LawsuitStep.ANSWER: "过了期限的一直记为逾期，视为没有证据。",
    LawsuitStep.HEAR: "只有律师出庭的记为违规，以后不能改。同一审级负责人出庭一次就算。",
    LawsuitStep.DECIDE: "撤诉要写明原因。可以上诉的，登记以后从送达之日起算上诉期限。",
    LawsuitStep.PERFORM: "没有履行的义务全部记为这一天履行。",
    LawsuitStep.CLOSE: "办结以后不能再登记义务。",
}
WAITS: Final = {
    LawsuitStatus.PENDING: "等裁判结果。",
    LawsuitStatus.PERFORMED: "义务都已履行，可以办结。",
    LawsuitStatus.CLOSED: "案件已经办结。",
}
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
        body = load_body(SHAPES[word], _told(word))
        operations.take(lawsuit_id, word, body, version=version, **_who())
    except Invalid as refusal:
        told = {_named(word, each): said for each, said in refusal.fields.items()}
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


def _told(step: LawsuitStep) -> dict[str, Any]:
    """What the form of a step says; who came is asked in one question."""
    raw = forms.group(step.value)
    if step is LawsuitStep.HEAR:
        came, head = raw.pop("who", None), raw.pop("head", {})
        head = head if isinstance(head, dict) else {}
        if came in WHO:
            raw["lawyer_only"] = came == "lawyer"
            head["attended"] = came == "head"
        raw["head"] = head
    return raw


def _named(step: LawsuitStep, field: str) -> str:
    """Where the form asks what the shape calls `field`."""
    if field in ("head.attended", "lawyer_only"):
        field = "who"
    return f"{step.value}.{field}" if field else ""


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
        organisations=[("", "请选择"), *_units()],
        grounds=lawsuit.grounds(),
        post_url=url_for("lawsuit.record"),
        back_url=url_for("lawsuit.listed"),
    )


def _detail(lawsuit_id: UUID, form: Form) -> str:
    view = queries.one(lawsuit_id, **_who())
    found = event.of_subject("lawsuit", lawsuit_id)
    shown = lawsuit.detail(view)
    for each in shown["duties"]:
        each["fields"] = _done_fields(f"done-{each['number']}")
    for each in shown["review"]["mends"] if shown["review"] else []:
        place = f"mend-{each['number']}.done_on"
        each["fields"] = [forms.described(place, "完成日期", "date", required=True)]
    steps = _steps(view)
    return render_template(
        "lawsuit/detail.html",
        title=f"案件 {view.case_number or '（案号待补）'}",
        lawsuit=shown,
        next=_waits(view),
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


def _waits(view: LawsuitView) -> str:
    """What the case waits for now, whoever looks at it."""
    if view.status is LawsuitStatus.PENDING:
        if view.answered_on is None and LawsuitStep.ANSWER in view.steps:
            return "要提交书面答复和证据。" if _reviewed(view) else "要提交答辩状和证据。"
        planned = next((each for each in view.hearings if each.held_on is None), None)
        if planned and planned.planned_on:
            return (
                f"定于 {show.long_day(planned.planned_on)}{'听证' if _reviewed(view) else '开庭'}。"
            )
    if view.status is LawsuitStatus.DECIDED:
        owed = "" if view.duties else "裁判要求做的事，先逐项登记为义务；没有的可以办结。"
        return _blocked(view) or owed or "义务都已履行，可以办结。"
    return WAITS[view.status]


def _blocked(view: LawsuitView) -> str:
    """Why a decided case cannot be closed yet; "" when it can."""
    try:
        rules.check_closing(
            view.outcome,
            reviewed=view.case_review is not None,
            open_duties=sum(each.done_on is None for each in view.duties),
            performed=view.performed_on is not None or any(each.done_on for each in view.duties),
        )
    except Conflict as refusal:
        return f"{refusal.detail}。"
    return ""


def _steps(view: LawsuitView) -> list[dict[str, Any]]:
    """A form for everything that may be written now, the one that is expected first."""
    open_ = [each for each in view.steps if each is not LawsuitStep.CLOSE or not _blocked(view)]
    if not any(each.done_on is None for each in view.duties) and view.duties:
        open_ = [each for each in open_ if each is not LawsuitStep.PERFORM]
    main = _main_step(view, open_)
    shown = [_step(view, each) | {"main": each is main} for each in open_]
    shown += [each | {"main": False, "consequence": ""} for each in _parts(view)]
    return sorted(shown, key=lambda each: not each["main"])


def _main_step(view: LawsuitView, open_: Sequence[LawsuitStep]) -> LawsuitStep | None:
    """The step that is to be expected next, if it is the viewer's to take."""
    heard = bool(view.hearings) and all(each.held_on for each in view.hearings)
    order = [LawsuitStep.ANSWER, LawsuitStep.CLOSE]
    if view.hearings:
        order.append(LawsuitStep.DECIDE if heard else LawsuitStep.HEAR)
    return next((each for each in order if each in open_), None)


def _reviewed(view: LawsuitView) -> bool:
    return view.procedure is LawsuitProcedure.REVIEW


def _step(view: LawsuitView, step: LawsuitStep) -> dict[str, Any]:
    fields = FIELDS[step](view) if step in FIELDS else []
    if view.case_number is None and view.status is LawsuitStatus.PENDING:
        fields.append(forms.described(f"{step.value}.case_number", "补登案号", maxlength=60))
    words = (BUTTONS, CONSEQUENCES)
    if _reviewed(view):
        words = (BUTTONS | REVIEW_BUTTONS, CONSEQUENCES | REVIEW_CONSEQUENCES)
    buttons, consequences = words
    return {
        "id": step.value,
        "label": buttons[step],
        "url": url_for("lawsuit.take", lawsuit_id=view.id, step=step.value),
        "versioned": True,
        "consequence": consequences[step],
        "fields": fields,
    }


def _parts(view: LawsuitView) -> list[dict[str, Any]]:
    """What may be written beside the steps: a summons, a duty."""
    made, found = forms.described, []
    court = "听证" if _reviewed(view) else "开庭"
    if view.status is LawsuitStatus.PENDING and lawsuit.may("hear"):
        fields = [
            made("plan.planned_on", f"{court}日期", "date", required=True),
            made("plan.head", "拟出庭的负责人", maxlength=60),
            made("plan.title", "职务", maxlength=60, hint="正职、副职或者其他分管负责人"),
            made("plan.must_attend", "负责人出庭的情形", "checkboxes", options=lawsuit.grounds()),
        ]
        url = url_for("lawsuit.plan", lawsuit_id=view.id)
        found.append({"id": "plan", "label": f"登记{court}通知", "url": url, "fields": fields})
    owes = view.status is LawsuitStatus.DECIDED and lawsuit.may("duty")
    if owes:
        sources = [(each.value, name(each)) for each in rules.papers_of(view.procedure)]
        units = [("", view.organisation.name), *_units()]
        fields = [
            made("duty.source", "出自", "radio", options=sources, required=True),
            made("duty.words", "要做什么", "textarea", required=True, maxlength=500),
            made("duty.organisation", "由谁履行", "select", options=units, conditional=True),
            made("duty.due_on", "最迟哪天", "date", required=True),
        ]
        url = url_for("lawsuit.impose", lawsuit_id=view.id)
        found.append({"id": "duty", "label": "登记一项义务", "url": url, "fields": fields})
    return found


def _answer_fields(view: LawsuitView) -> list[dict[str, Any]]:
    paper = "书面答复" if _reviewed(view) else "答辩状"
    return [
        forms.described("answer.answered_on", f"提交{paper}和证据的日期", "date", required=True)
    ]


def _hear_fields(view: LawsuitView) -> list[dict[str, Any]]:
    made = forms.described
    reasons = [("", "没有正当理由或者不必填"), *_coded(desk().policy.lawsuits.absences)]
    absent: dict[str, Any] = {"hint": "负责人没有出庭的填", "conditional": True}
    return [
        made("hear.held_on", "听证日期" if _reviewed(view) else "开庭日期", "date", required=True),
        made("hear.who", "谁出庭", "radio", options=list(WHO.items()), required=True),
        made("hear.head.name", "出庭的负责人", maxlength=60, conditional=True),
        made("hear.head.title", "职务", maxlength=60, conditional=True),
        made(
            "hear.head.reason",
            "未出庭的理由",
            "select",
            options=reasons,
            **absent,
        ),
        made("hear.head.proof", "盖章的证明材料", maxlength=300, **absent),
    ]


def _decide_fields(view: LawsuitView) -> list[dict[str, Any]]:
    causes = [("", "不是撤诉"), *labels(WithdrawalCause).items()]
    made, paper = forms.described, "复议决定" if _reviewed(view) else "裁判"
    return [
        made("decide.decided_on", f"{paper}日期", "date", required=True),
        made("decide.served_on", f"{paper}文书送达日期", "date", required=True),
        made(
            "decide.outcome",
            "结果",
            "radio",
            options=list(labels(LawsuitOutcome).items()),
            required=True,
        ),
        made(
            "decide.withdrawal_cause",
            "撤诉原因",
            "select",
            options=causes,
            hint="结果是撤诉时必填",
            conditional=True,
        ),
        made(
            "decide.checks",
            "撤诉核对",
            "checkboxes",
            options=_coded(desk().policy.lawsuits.checks),
            hint="撤诉时核对；按撤诉处理的不填",
        ),
    ]


def _perform_fields(_: LawsuitView) -> list[dict[str, Any]]:
    return _done_fields("perform", needed=False)


def _done_fields(part: str, *, needed: bool = True) -> list[dict[str, Any]]:
    hint, made = "例如拆除照片、转账凭证，材料放进案卷", forms.described
    told: dict[str, Any] = {"required": needed, "maxlength": 500, "hint": hint, "rows": 2}
    return [
        made(f"{part}.done_on", "履行日期", "date", required=True),
        made(f"{part}.proof", "履行凭证", "textarea", **told),
    ]


def _coded(known: Mapping[str, Coded]) -> list[tuple[str, str]]:
    return [(each.code, each.words) for each in known.values()]


def _units() -> list[tuple[str, str]]:
    return [(str(each.id), each.name) for each in organisations.active_in_town(actor())]


def _review(lawsuit_id: UUID, form: Form) -> str:
    view, made = queries.one(lawsuit_id, **_who()), forms.described
    units = [("", "请选择"), *_units()]
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
                options=_coded(desk().policy.lawsuits.review_causes),
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


FIELDS: Final[Mapping[LawsuitStep, Callable[[LawsuitView], list[dict[str, Any]]]]] = {
    LawsuitStep.ANSWER: _answer_fields,
    LawsuitStep.HEAR: _hear_fields,
    LawsuitStep.DECIDE: _decide_fields,
    LawsuitStep.PERFORM: _perform_fields,
}


def _flag(name: str, text: str, given: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "label": text, "value": given.get(name, ""), "options": [("true", "是")]}


def _filter(name: str, text: str, words: Any, given: dict[str, str]) -> dict[str, Any]:
    options = list(labels(words).items())
    return {"name": name, "label": text, "value": given.get(name, ""), "options": options}
