"""诉调对接: what the court sent and what came of it, and the joint application to confirm."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.court import (
    ConfirmationStep,
    CourtResult,
)
from config.vocabulary import Outcome
from config.words import label
from schemas.court import (
    ConfirmationIn,
    ConfirmationStepIn,
    CourtBackIn,
    CourtQuery,
    CourtReferralIn,
    CourtReportIn,
    TermsIn,
)
from service.errors import Conflict, Forbidden, Invalid, Stale
from service.operations import confirmation as confirmations
from service.operations import court as operations
from service.queries import court as queries
from service.queries import organisation as organisations
from service.queries.court import Box, ReferralView
from service.queries.dispute import Opened
from service.rules.court import ENDED, KINDS
from service.web import conflict, court, court_form
from service.web import form as forms
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.witness import noted

bp = Blueprint("court", __name__)
NOT_YOURS: Final = "诉调对接由承办的调解员、承办单位或者中心主任办理"
TWICE: Final = "刚才已经登记过了。请核对内容后再点"
CHANGED: Final = "刚才有人改过这件纠纷，请看一下现在的情况，再点一次"
BOXES: Final = {
    Box.WAITING: ("等确认", "没有等确认的委派、委托。"),
    Box.RUNNING: ("调解中", "没有正在调解的委派、委托。"),
    Box.UNREPORTED: ("还没有反馈", "有了结果的都已经反馈法院。"),
    Box.WINDOWS: ("可以申请司法确认", "没有在 30 日内、还没有申请司法确认的协议。"),
    Box.SENT: ("本院送来的", "本院还没有委派、委托过。"),
}


@bp.get("/court-referrals")
@action("court.read")
def listed() -> ResponseReturnValue:
    """A box, by what stands in the address."""
    given = {name: value for name, value in request.args.items() if value}
    try:
        query = load_body(CourtQuery, given)
    except Invalid as refusal:
        flash("有的条件看不懂，已经去掉", "warn")
        kept: dict[str, Any] = {k: v for k, v in given.items() if k not in refusal.fields}
        return forms.see(url_for("court.listed", **kept))
    at_court = organisations.one(actor().organisation_id).kind in court_form.COURTS
    box = Box(query.pop("box"))
    if at_court and "box" not in given:
        box = Box.SENT
    try:
        page = queries.page(box, actor=actor(), desk=desk(), now=now(), **query)
    except Invalid:
        return forms.see(url_for("court.listed", box=box.value))
    following = url_for("court.listed", box=box.value, cursor=page.next_cursor)
    return render_template(
        "court/list.html",
        title="诉调对接",
        box=box.value,
        rows=[court.row(each, box) for each in page.items],
        shown=len(page.items),
        tabs=[
            {"label": text, "url": url_for("court.listed", box=each.value), "current": each is box}
            for each, (text, _) in BOXES.items()
            if each is not Box.SENT or at_court
        ],
        empty=BOXES[box][1],
        next_url=following if page.next_cursor else None,
        first_url=url_for("court.listed", box=box.value) if "cursor" in given else None,
    )


@bp.get("/disputes/<uuid:dispute_id>/court")
@action("court.read")
@noted("read", "court")
def of_dispute(dispute_id: UUID) -> ResponseReturnValue:
    """Everything between a dispute and the court, and what is to be done about it."""
    return _page(dispute_id, Form())


@bp.get("/disputes/<uuid:dispute_id>/court/new")
@action("court.handle")
def new(dispute_id: UUID) -> ResponseReturnValue:
    """The form for what the court sent."""
    return _new(dispute_id, None)


@bp.post("/disputes/<uuid:dispute_id>/court/new")
@action("court.handle")
def receive(dispute_id: UUID) -> ResponseReturnValue:
    """Record it."""

    def write(body: dict[str, Any]) -> None:
        operations.receive(dispute_id, body, actor=actor(), desk=desk(), now=now())
        flash("已登记，3 个工作日内确认接受或者退回法院")

    return _written(dispute_id, CourtReferralIn, write, lambda form: _new(dispute_id, form))


@bp.post("/disputes/<uuid:dispute_id>/court/<uuid:referral_id>/confirm")
@action("court.handle")
def confirm(dispute_id: UUID, referral_id: UUID) -> ResponseReturnValue:
    """Take it on."""

    def write() -> None:
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        operations.confirm(dispute_id, referral_id, version=forms.version(), **told)
        flash("已确认接受，调解期限从今天起算。请打印回执送法院")

    return _done(dispute_id, write)


@bp.post("/disputes/<uuid:dispute_id>/court/<uuid:referral_id>/send-back")
@action("court.handle")
def send_back(dispute_id: UUID, referral_id: UUID) -> ResponseReturnValue:
    """Send it back with the reason."""

    def write() -> None:
        body = load_body(CourtBackIn, forms.group("back"))
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        operations.send_back(
            dispute_id, referral_id, body["reason"], version=forms.version(), **told
        )
        flash("已退回，请打印回执送法院")

    return _done(dispute_id, write, "back")


@bp.post("/disputes/<uuid:dispute_id>/court/<uuid:referral_id>/report")
@action("court.handle")
def report(dispute_id: UUID, referral_id: UUID) -> ResponseReturnValue:
    """Tell the court the result."""

    def write() -> None:
        body = load_body(CourtReportIn, forms.group("report"))
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        operations.report(dispute_id, referral_id, body, version=forms.version(), **told)
        flash("已登记反馈，请打印反馈函送法院")

    return _done(dispute_id, write, "report")


@bp.post("/disputes/<uuid:dispute_id>/confirmation")
@action("court.handle")
def prepare(dispute_id: UUID) -> ResponseReturnValue:
    """Prepare the joint application."""

    def write() -> None:
        raw = forms.group("prepare")
        if raw.get("matter") == court_form.NOT_BARRED:
            raw["matter"] = None
        elif "matter" not in raw:
            raise Invalid({"matter": ["请看一下协议里有没有这些内容"]})
        body = load_body(ConfirmationIn, raw)
        confirmations.prepare(dispute_id, body, actor=actor(), desk=desk(), now=now())
        flash("申请书已准备，请打印，双方签字以后共同提交法院")

    return _done(dispute_id, write, "prepare")


@bp.post("/disputes/<uuid:dispute_id>/confirmation/terms")
@action("court.handle")
def write_down(dispute_id: UUID) -> ResponseReturnValue:
    """Write down what an oral agreement says."""

    def write() -> None:
        body = load_body(TermsIn, forms.group("oral"))
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        confirmations.write_down(dispute_id, body["terms"], version=forms.version(), **told)
        flash("已补记协议内容，请双方签字")

    return _done(dispute_id, write, "oral")


@bp.post("/disputes/<uuid:dispute_id>/confirmation/steps")
@action("court.handle")
def take(dispute_id: UUID) -> ResponseReturnValue:
    """Write down the next step of it."""

    def write() -> None:
        raw = forms.group("next")
        step = raw.pop("step", None)
        if not isinstance(step, str) or step not in set(ConfirmationStep):
            raise Invalid({"step": ["请选择办到哪一步"]})
        body = load_body(ConfirmationStepIn, raw)
        told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
        confirmations.take(
            dispute_id, ConfirmationStep(step), body, version=forms.version(), **told
        )
        flash(f"已登记：{label(ConfirmationStep(step))}")

    return _done(dispute_id, write, "next")


def _written(
    dispute_id: UUID,
    shape: Any,
    write: Callable[[dict[str, Any]], None],
    shown: Callable[[Form], str],
) -> ResponseReturnValue:
    def produce() -> ResponseReturnValue:
        body = load_body(shape, forms.body(request.form))
        try:
            write(body)
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
        return forms.see(url_for("court.of_dispute", dispute_id=dispute_id))

    return forms.once(produce, shown=shown, twice=TWICE)


def _done(dispute_id: UUID, write: Callable[[], None], part: str = "") -> ResponseReturnValue:
    """Do it, and look at the page again; what is wrong stands at its field of `part`."""
    try:
        try:
            write()
        except Stale as refusal:
            raise Invalid({"": [CHANGED]}) from refusal
        except Conflict as refusal:
            raise Invalid({"": [refusal.detail]}) from refusal
    except Invalid as refusal:
        told = {f"{part}.{name}" if name else "": said for name, said in refusal.fields.items()}
        return _page(dispute_id, forms.typed(request.form, told)), 422
    return forms.see(url_for("court.of_dispute", dispute_id=dispute_id))


def _page(dispute_id: UUID, form: Form) -> str:
    opened = court.opened(dispute_id)
    told = court.judged(opened)
    rows = queries.of_opened(opened)
    referrals = [court.referral(each, opened) for each in rows]
    for later in [each for each in referrals if court.is_open(each)][1:]:  # one at a time
        later.update(dict.fromkeys(("confirm_url", "back_url", "report_url")))
    may = "court.handle" in opened.may
    applications = [court.application(each, opened) for each in told["items"]]
    if not form.values:
        form = Form(values=_known(opened, rows), errors=form.errors)
    under_way = any(each["steps"] for each in applications)
    settled = any(each["state"] == "confirmed" for each in applications)
    return render_template(
        "court/show.html",
        title=f"诉调对接：{opened.view.number}",
        about=conflict.about(opened.view),
        version=opened.view.version,
        form=form,
        referrals=referrals,
        new_url=url_for("court.new", dispute_id=dispute_id) if may else None,
        judged=told,
        agreed=court.is_agreed(opened),
        over=court.is_agreed(opened) or opened.view.status in ENDED,
        applications=list(reversed(applications)),
        confirmed=settled,
        unperformed=settled and "协议已经全部履行，不用申请司法确认" not in told["blocks"],
        prepare_url=url_for("court.prepare", dispute_id=dispute_id)
        if may and told["may"] and not under_way and not settled
        else None,
        terms_url=url_for("court.write_down", dispute_id=dispute_id)
        if may and told["oral"]
        else None,
        oral=[
            court_form.words("oral.terms", "口头协议的内容", 4000, "按双方说定的写，当面念给双方听")
        ],
        apply_by=court.apply_by(told),
        prepare=court_form.prepared(told, invited=any(each.due_on for each in rows)),
        back=[court_form.words("back.reason", "为什么退回", 500)],
        report=court_form.reported(),
        next=court_form.following(applications),
    )


def _known(opened: Opened, rows: Sequence[ReferralView]) -> dict[str, str]:
    """What the forms need not ask: how it ended, today, the court that invited."""
    outcome = Outcome.AGREED if court.is_agreed(opened) else opened.view.outcome
    ended = outcome.value if outcome else ""
    invited = [each.court for each in rows if each.due_on]
    return {
        "report.result": ended if ended in {each.value for each in CourtResult} else "",
        "report.reported_on": desk().today(now()).isoformat(),
        "prepare.court": invited[-1] if invited else "",
    }


def _new(dispute_id: UUID, form: Form | None) -> str:
    opened = court.opened(dispute_id)
    if "court.handle" not in opened.may:
        raise Forbidden(NOT_YOURS)
    view = opened.view
    if form is None:
        kind = KINDS.get(view.source)
        values = {"kind": kind.value if kind else "", "case_number": view.source_reference or ""}
        form = Form(values=values)
    return render_template(
        "court/new.html",
        title=f"登记法院委派、委托：{view.number}",
        about=conflict.about(view),
        form=form,
        post_url=url_for("court.receive", dispute_id=dispute_id),
        back_url=url_for("court.of_dispute", dispute_id=dispute_id),
        fields=court_form.received(),
    )
