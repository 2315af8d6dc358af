"""移交: what waits for a unit, what it sent, one letter with its answer, and its paper."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import HandoverConsent, Role
from config.words import label, labels
from schemas.handover import HandoverIn, HandoverQuery, HandoverReturnIn
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.operations import handover as operations
from service.operations import paper as papers
from service.operations.handover import HandoverDraft
from service.queries import dispute as disputes
from service.queries import handover as queries
from service.queries import organisation as organisations
from service.queries import paper as paper_queries
from service.queries.dispute import DisputeView
from service.queries.handover import Box, HandoverView
from service.rules import access
from service.rules import paper as paper_rules
from service.rules.handover import Agreed
from service.web import conflict, handover, presence
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("handover", __name__)
TWICE: Final = "刚才已经移交过了。要再移交一次，请核对内容后再点"
CHANGED: Final = "刚才有人改过这件纠纷，请看一下现在的情况，再点一次"
NOT_YOURS: Final = "这件纠纷不由您单位承办，不能移交"
CONSENT: Final = (
    "从公安、行政机关或者法庭移交给人民调解的，要先征得当事人同意（《人民调解法》第 18 条）"
)
BOXES: Final = {
    Box.INCOMING: ("等签收", "没有等签收的移交和分派。"),
    Box.SENT: ("发出的移交", "还没有向别的单位移交过纠纷。要移交，请打开那件纠纷，点“移交”。"),
    Box.RECEIVED: ("收到的移交", "别的单位还没有移交过来。"),
    Box.BACK: ("多次退回", "没有退回两次以上、等中心主任决定的纠纷。"),
}


@bp.get("/handovers")
@action("handover.read")
def listed() -> ResponseReturnValue:
    """A box, by what stands in the address."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(HandoverQuery, given)
    except Invalid as refusal:
        flash("有的条件看不懂，已经去掉", "warn")
        kept: dict[str, Any] = {k: v for k, v in given.items() if k not in refusal.fields}
        return forms.see(url_for("handover.listed", **kept))
    box, scope = Box(query.pop("box")), access.scope(actor(), "handover.read", desk().policy.access)
    try:
        page = queries.page(box, scope=scope, desk=desk(), now=now(), **query)
    except Invalid:
        return forms.see(url_for("handover.listed", box=box.value))
    following = url_for("handover.listed", box=box.value, cursor=page.next_cursor)
    return render_template(
        "handover/list.html",
        title="移交",
        box=box.value,
        rows=[handover.row(each) for each in page.items],
        shown=len(page.items),
        tabs=[
            {
                "label": text,
                "url": url_for("handover.listed", box=each.value),
                "current": each is box,
            }
            for each, (text, _) in BOXES.items()
            if each is not Box.BACK or Role.DIRECTOR in actor().roles
        ],
        empty=BOXES[box][1],
        next_url=following if page.next_cursor else None,
        first_url=url_for("handover.listed", box=box.value) if "cursor" in given else None,
    )


@bp.get("/disputes/<uuid:dispute_id>/handovers/new")
@action("handover.send")
def new(dispute_id: UUID) -> ResponseReturnValue:
    """The letter to fill in."""
    return _form(dispute_id, Form())


@bp.post("/disputes/<uuid:dispute_id>/handovers/new")
@action("handover.send")
def send(dispute_id: UUID) -> ResponseReturnValue:
    """Send it."""

    def produce() -> ResponseReturnValue:
        raw = forms.body(request.form)
        told = raw.get("papers")
        raw["papers"] = told.split("\n") if isinstance(told, str) else []
        raw["papers"] = [each for each in raw["papers"] if each.strip()]
        raw.setdefault("consent", {})
        body = load_body(HandoverIn, raw)
        draft = HandoverDraft(**body | {"consent": Agreed(**body["consent"])})
        _try(
            lambda: operations.send(
                dispute_id, draft, version=forms.version(), actor=actor(), desk=desk(), now=now()
            )
        )
        flash("已移交，等对方签收。签收以前仍由您单位办理")
        return forms.see(url_for("dispute.detail", dispute_id=dispute_id))

    return forms.once(produce, shown=lambda form: _form(dispute_id, form), twice=TWICE)


@bp.get("/disputes/<uuid:dispute_id>/handovers/<uuid:handover_id>")
@action("handover.read")
@noted("read", "handover")
def detail(dispute_id: UUID, handover_id: UUID) -> ResponseReturnValue:
    """One letter, with the answer for who may give it."""
    return _detail(_view(dispute_id, handover_id), Form())


@bp.post("/disputes/<uuid:dispute_id>/handovers/<uuid:handover_id>/accept")
@action("handover.answer")
def accept(dispute_id: UUID, handover_id: UUID) -> ResponseReturnValue:
    """Take it over."""

    def write() -> None:
        operations.accept(
            dispute_id, handover_id, version=forms.version(), actor=actor(), desk=desk(), now=now()
        )
        flash("已签收，从今天起由您单位办理")

    return _answered(dispute_id, handover_id, write)


@bp.post("/disputes/<uuid:dispute_id>/handovers/<uuid:handover_id>/return")
@action("handover.answer")
def give_back(dispute_id: UUID, handover_id: UUID) -> ResponseReturnValue:
    """Return it with a coded reason."""

    def write() -> None:
        body = load_body(HandoverReturnIn, forms.body(request.form))
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        operations.give_back(dispute_id, handover_id, **body, version=forms.version(), **told)
        flash("已退回，对方收到消息")

    return _answered(dispute_id, handover_id, write)


@bp.post("/disputes/<uuid:dispute_id>/handovers/<uuid:handover_id>/withdraw")
@action("handover.send")
def withdraw(dispute_id: UUID, handover_id: UUID) -> ResponseReturnValue:
    """Take it back."""

    def write() -> None:
        operations.withdraw(
            dispute_id, handover_id, version=forms.version(), actor=actor(), desk=desk(), now=now()
        )
        flash("已撤回")

    return _answered(dispute_id, handover_id, write, sends=True)


@bp.get("/disputes/<uuid:dispute_id>/handovers/<uuid:handover_id>/paper")
@action("handover.read")
def paper(dispute_id: UUID, handover_id: UUID) -> ResponseReturnValue:
    """移交单 with its receipt 回执."""
    view = _view(dispute_id, handover_id)
    shown = handover.detail(view)
    if not shown["handed"]:
        raise NotFound("分派没有移交单")
    fields = {
        "number": shown["number_text"],
        "from": shown["from"],
        "to": shown["to"],
        "category": shown["category_label"],
        "sent": shown["sent_text"],
        "due": shown["due_text"],
        "consent": shown["consent"],
        "consent_on": shown["consent_on"],
        "consent_people": shown["consent_people"],
        "ground": shown["ground"],
        "papers": shown["papers"],
        "risk": shown["risk"],
        "reason": shown["reason"],
        "sent_by": shown["sent_by"],
        "state": shown["state_label"] if shown["answered_text"] else "",
        "answered": shown["answered_text"],
        "answered_by": shown["answered_by"],
        "why": shown["why"],
        "return_words": shown["return_words"],
    }
    head = paper_queries.letterhead()
    marked = paper_rules.mark(fields | {"paper": "handover", "centre": head.name})
    papers.opened([dispute_id], "handover", actor=actor(), now=now(), mark=marked)
    return render_template(
        "paper/handover.html",
        title=f"移交单 {shown['number_text']}",
        paper=fields,
        sealed=view.sealed,
        centre=replace(head, head=shown["from"]),
        mark=marked,
        detail_url=url_for("handover.detail", dispute_id=dispute_id, handover_id=handover_id),
    )


def _try(deed: Callable[[], object]) -> None:
    """Do it; what contradicts what is stored is said over the form, which stays as it was typed."""
    try:
        deed()
    except Stale as refusal:
        raise Invalid({"": [CHANGED]}) from refusal
    except Conflict as refusal:
        raise Invalid({"": [refusal.detail]}) from refusal


def _answered(
    dispute_id: UUID, handover_id: UUID, write: Callable[[], None], *, sends: bool = False
) -> ResponseReturnValue:
    """Answer, or take back as who `sends`; go on to the dispute where it is still ours."""
    try:
        _try(write)
    except Invalid as refusal:
        view = _view(dispute_id, handover_id)
        if not (sends or view.answers):
            raise NotFound(queries.NOT_FOUND) from None
        return _detail(view, forms.typed(request.form, refusal.fields)), 422
    reads = access.scope(actor(), "dispute.read", desk().policy.access)
    try:
        disputes.version(dispute_id, actor=reads.actor, desk=desk(), now=now())
    except NotFound:
        return forms.see(url_for("handover.listed"))
    return forms.see(url_for("dispute.detail", dispute_id=dispute_id))


def _view(dispute_id: UUID, handover_id: UUID) -> HandoverView:
    return queries.one(dispute_id, handover_id, actor=actor(), desk=desk(), now=now())


def _detail(view: HandoverView, form: Form) -> str:
    reasons = desk().policy.handovers.reasons.values()
    asked = [f"{each.name}：{each.ask}" for each in reasons if each.ask]
    return render_template(
        "handover/show.html",
        title=f"{label(view.row.kind)} {view.row.number}",
        handover=handover.detail(view),
        form=form,
        fields=[
            forms.described(
                "code",
                "为什么退回",
                "radio",
                options=[(each.code, each.name) for each in reasons],
                required=True,
            ),
            forms.described(
                "words",
                "说明",
                "textarea",
                maxlength=500,
                conditional=True,
                hint="；".join(asked),
            ),
        ],
        list_url=url_for("handover.listed"),
    )


def _form(dispute_id: UUID, form: Form) -> str:
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    view = opened.view
    if view.sealed:
        raise NotFound(disputes.NOT_FOUND)
    if "handover.send" not in opened.may:
        raise Forbidden(NOT_YOURS)
    return render_template(
        "handover/new.html",
        title=f"移交：{view.number}",
        about=conflict.about(view),
        form=form,
        fields=_fields(view),
        version=view.version,
        post_url=url_for("handover.send", dispute_id=dispute_id),
        answer_text=handover.hours(desk().policy.handovers.answer),
    )


def _fields(view: DisputeView) -> list[dict[str, Any]]:
    lead = view.organisation.id if view.organisation else None
    others = [each for each in organisations.active() if each.id != lead]
    there = presence.today(others)
    units = [presence.option(each, view.category, there) for each in others]
    people = [(str(each.id), f"{label(each.role)} {each.name}") for each in view.parties]
    today = desk().today(now()).isoformat()
    made = forms.described
    return [
        made("organisation", "移交给", "select", options=[("", "请选择"), *units], required=True),
        made("reason", "为什么移交", "textarea", required=True, maxlength=500),
        made(
            "consent.how",
            "当事人同意",
            "radio",
            options=list(labels(HandoverConsent).items()),
            required=True,
            hint=CONSENT,
        ),
        made(
            "consent.parties",
            "谁同意的",
            "checkboxes",
            options=people,
            required=True,
            hint="申请人和被申请人都要有；选“不需要当事人同意”时不用选",
        ),
        made("consent.on", "哪天同意的", "date", conditional=True, attrs={"max": today}),
        made(
            "consent.ground",
            "为什么不需要同意",
            "textarea",
            rows=2,
            maxlength=300,
            conditional=True,
            hint="选“不需要当事人同意”时填写",
        ),
        made("papers", "移交的材料", "textarea", hint="一行写一种，例如：询问笔录", maxlength=2000),
        made(
            "risk",
            "风险提示",
            "textarea",
            hint="对方需要提前知道的，例如酒后容易冲动",
            maxlength=500,
        ),
    ]
