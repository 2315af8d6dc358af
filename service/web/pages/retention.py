"""保存与销毁: what is kept how long, what is due, and forgetting it by three people."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.retention import By, CountedFrom, Keep, Unit
from config.vocabulary import Grade, HoldGround, Kept
from config.words import label, labels
from schemas.retention import HoldIn
from service.errors import Conflict, Erased
from service.operations import erasure as operations
from service.operations import hold as hold_operations
from service.queries import retention as queries
from service.queries.retention import ErasureView, HoldView, Standing
from service.rules import access
from service.web import form as forms
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body
from service.web.turn import stopped, turn

bp = Blueprint("retention", __name__)
UNITS: Final = {Unit.YEARS: "年", Unit.MONTHS: "个月", Unit.DAYS: "天", Unit.HOURS: "小时"}
FROM: Final = {CountedFrom.NEXT_YEAR: "从次年1月1日算起", CountedFrom.DAY: "从当天算起"}
BY: Final = {By.PEOPLE: "列清单，两人同意", By.JOB: "自动清理", By.NOBODY: "不删除"}
GRADES: Final = {
    Grade.A: "法律明文",
    Grade.B: "据二手资料",
    Grade.C: "待核实",
    Grade.R: "本系统建议，待本地核定",
}
STANDINGS: Final = {
    Standing.PROPOSED: ("等待同意", "warn"),
    Standing.AGREED: ("两人已同意，可以执行", "warn"),
    Standing.REFUSED: ("已退回", "plain"),
    Standing.FINISHED: ("已执行", "ok"),
}


@bp.get("/retention")
@action("retention.read")
def shown() -> ResponseReturnValue:
    """What is kept how long, what is due, the lists, what is held back."""
    return _page(Form())


@bp.post("/retention/erasures")
@action("retention.propose")
def propose() -> ResponseReturnValue:
    """Put what is due on a list."""

    def deed() -> None:
        operations.propose(actor=actor(), desk=desk(), now=now())

    return turn(deed, "清单已列出", to=url_for("retention.shown"))


@bp.post("/retention/erasures/<uuid:erasure_id>/agree")
@action("retention.approve")
def agree(erasure_id: UUID) -> ResponseReturnValue:
    """Agree to a list."""
    return _to(erasure_id, operations.agree, "已同意")


@bp.post("/retention/erasures/<uuid:erasure_id>/refuse")
@action("retention.approve")
def refuse(erasure_id: UUID) -> ResponseReturnValue:
    """Send a list back."""
    return _to(erasure_id, operations.refuse, "清单已退回，什么都没有销毁")


@bp.post("/retention/erasures/<uuid:erasure_id>/run")
@action("retention.run")
def run(erasure_id: UUID) -> ResponseReturnValue:
    """Forget what is on it."""
    return _to(erasure_id, operations.run, "已执行，内容已经销毁")


@bp.post("/retention/holds")
@action("retention.hold")
def hold() -> ResponseReturnValue:
    """Hold a dispute back."""

    def produce() -> ResponseReturnValue:
        told = load_body(HoldIn, forms.body(request.form))
        hold_operations.place(told["number"], told["ground"], actor=actor(), desk=desk(), now=now())
        flash(f"{told['number']} 暂缓销毁")
        return forms.see(url_for("retention.shown"))

    try:
        return forms.once(produce, shown=_page, twice="这一件刚才已经登记过了")
    except (Conflict, Erased) as refusal:
        return stopped(refusal, to=url_for("retention.shown"))


@bp.post("/retention/holds/<uuid:hold_id>/lift")
@action("retention.hold")
def lift(hold_id: UUID) -> ResponseReturnValue:
    """Let it go again."""
    hold_operations.lift(hold_id, actor=actor(), desk=desk(), now=now())
    flash("已取消暂缓")
    return forms.see(url_for("retention.shown"))


def _page(form: Form) -> str:
    counted = {each.keep.kept: each for each in queries.summary(desk=desk(), now=now())}
    due = sum(each.due - each.stopped for each in counted.values())
    rows = [_keep(keep, counted) for keep in desk().policy.retention.all.values()]
    lists = [_erasure(each) for each in queries.erasures(limit=20)]
    return render_template(
        "retention/show.html",
        title="保存与销毁",
        today_text=show.long_day(desk().today(now())),
        due=due,
        rows=rows,
        erasures=lists,
        holds=[_hold(each) for each in queries.holds(actor=actor())],
        propose_url=url_for("retention.propose") if due and _may("retention.propose") else None,
        hold_url=url_for("retention.hold") if _may("retention.hold") else None,
        form=form,
        fields=_fields(),
    )


def _to(erasure_id: UUID, deed: Callable[..., object], said: str) -> ResponseReturnValue:
    mine = partial(deed, erasure_id, actor=actor(), desk=desk(), now=now())
    return turn(mine, said, to=url_for("retention.shown"))


def _may(name: str) -> bool:
    return access.may(actor(), name, desk().policy.access)


def _keep(keep: Keep, counted: dict[Kept, queries.DueView]) -> dict[str, Any]:
    told = counted.get(keep.kept)
    return {
        "label": label(keep.kept),
        "length": f"{keep.length} {UNITS[keep.unit]}",
        "from": FROM[keep.counted_from],
        "by": BY[keep.by],
        "basis": keep.basis,
        "grade": GRADES[keep.grade],
        "due": told.due if told else None,
        "stopped": told.stopped if told else 0,
    }


def _erasure(view: ErasureView) -> dict[str, Any]:
    text, tone = STANDINGS[view.standing]
    waits = view.standing in (Standing.PROPOSED, Standing.AGREED)
    asked = waits and _may("retention.approve")
    mine = actor().user_id in view.agreed_ids
    agrees = asked and view.standing is Standing.PROPOSED and not mine
    runs = view.standing is Standing.AGREED and _may("retention.run")
    zone = desk().zone
    return {
        "proposed": f"{show.moment(view.proposed_at, zone)} {view.proposed_by}",
        "counts": [(label(Kept(kept)), count) for kept, count in view.counts.items()],
        "total": view.total,
        "director": view.director or "还没有",
        "secadmin": view.secadmin or "还没有",
        "standing": text,
        "tone": tone,
        "done": f"销毁 {view.erased} 件，暂缓 {view.spared} 件" if view.finished_at else "",
        "agree_url": url_for("retention.agree", erasure_id=view.id)
        if agrees and actor().user_id != view.proposed_by_id
        else None,
        "refuse_url": url_for("retention.refuse", erasure_id=view.id) if asked else None,
        "run_url": url_for("retention.run", erasure_id=view.id) if runs else None,
    }


def _hold(view: HoldView) -> dict[str, Any]:
    may_lift = _may("retention.hold")
    return {
        "number": view.number,
        "ground": label(view.ground),
        "placed": f"{show.moment(view.placed_at, desk().zone)} {view.placed_by}",
        "lift_url": url_for("retention.lift", hold_id=view.id) if may_lift else None,
    }


def _fields() -> list[dict[str, Any]]:
    grounds = [("", "请选择"), *labels(HoldGround).items()]
    return [
        forms.described("number", "纠纷编号", required=True, maxlength=40),
        forms.described("ground", "为什么暂缓", "select", options=grounds, required=True),
    ]
