"""并案: two disputes side by side, one going into the other, and the way back."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.words import label
from schemas.merge import MergeIn, UndoIn
from service.errors import Conflict, Forbidden, Invalid, Merged, NotFound, Stale
from service.operations import audit
from service.operations import merge as operations
from service.queries import dispute as disputes
from service.queries import merge as queries
from service.queries import number as numbers
from service.queries.dispute import DisputeView
from service.queries.merge import Compared, Going, MergedView
from service.queries.merge_rule import Fate
from service.rules import merge as rules
from service.web import conflict, show
from service.web import form as forms
from service.web.attachment import store
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("merge", __name__)
WHICH: Final = (
    "先填要并进来的那一件的编号，下一页把两件并排列出来，看过再决定。本页的这一件保留，"
    "那一件的编号以后都指到这里。"
)
STALE: Final = "您打开这一页之后，保留的一件有人办过，所以还没有并案。请看过现在的内容再点一次"


@bp.get("/disputes/<uuid:dispute_id>/merge")
@action("dispute.merge")
def ask(dispute_id: UUID) -> ResponseReturnValue:
    """Which other one; with its `number` the two side by side."""
    number = request.args.get("number", "").strip()[:40]
    if not number:
        return _which(dispute_id, Form(key=""))
    return _compared(dispute_id, number, Form(key=""))


@bp.post("/disputes/<uuid:dispute_id>/merge")
@action("dispute.merge")
def merge(dispute_id: UUID) -> ResponseReturnValue:
    """Let it go into this one; what was typed stays when it cannot."""
    raw = forms.body(request.form)
    number = str(raw.get("number", ""))[:40]
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    try:
        body = load_body(MergeIn, raw)
        operations.merge(dispute_id, body, version=_version(), store=store(), **told)
    except Invalid as refusal:
        if "number" in refusal.fields:
            return _which(dispute_id, forms.typed(request.form, refusal.fields)), 422
        form = forms.typed(request.form, refusal.fields)
        return _compared(dispute_id, number, form, 422)
    except Stale:
        form = forms.typed(request.form, {"": [STALE]})
        return _compared(dispute_id, number, form, 412)
    except Merged:
        raise
    except Conflict as refusal:
        form = forms.typed(request.form, {"": [refusal.detail]})
        return _compared(dispute_id, number, form, 409)
    flash(f"{number} 已经并入这一件，{rules.UNDONE_WITHIN.days} 天内可以撤销")
    return forms.see(url_for("dispute.detail", dispute_id=dispute_id))


@bp.get("/disputes/<uuid:dispute_id>/merges/<uuid:merge_id>/undo")
@action("dispute.merge")
def ask_undo(dispute_id: UUID, merge_id: UUID) -> ResponseReturnValue:
    """Whether to part the two again, and what follows."""
    return _undoing(dispute_id, merge_id, Form(key=""))


@bp.post("/disputes/<uuid:dispute_id>/merges/<uuid:merge_id>/undo")
@action("dispute.merge")
def undo(dispute_id: UUID, merge_id: UUID) -> ResponseReturnValue:
    """Part them."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    try:
        reason = load_body(UndoIn, forms.body(request.form))["reason"]
        gone = operations.undo(dispute_id, merge_id, reason, version=_version(), **told)
    except Invalid as refusal:
        return _undoing(dispute_id, merge_id, forms.typed(request.form, refusal.fields)), 422
    except Stale:
        form = forms.typed(request.form, {"": [STALE.replace("并案", "撤销")]})
        return _undoing(dispute_id, merge_id, form), 412
    except Merged:
        raise
    except Conflict as refusal:
        form = forms.typed(request.form, {"": [refusal.detail]})
        return _undoing(dispute_id, merge_id, form), 409
    flash("已撤销并案，这一件恢复到并案以前")
    return forms.see(url_for("dispute.detail", dispute_id=gone))


def _version() -> int:
    typed = request.form.get("version", "")
    return int(typed[:9]) if typed.isascii() and typed.isdigit() else 0


def _which(dispute_id: UUID, form: Form) -> str:
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    if "dispute.merge" not in opened.may:
        raise Forbidden("这件纠纷不由您办理")
    view = opened.view
    example = numbers.example(desk(), now())
    hint = f"完整编号如 {example}，也可以只写末尾几位"
    return render_template(
        "merge/ask.html",
        title=f"并案：{view.number}",
        about=conflict.about(view),
        consequence=WHICH,
        ask_url=url_for("merge.ask", dispute_id=dispute_id),
        like_url=url_for("duplicate.like", dispute_id=dispute_id)
        if "dispute.link" in opened.may
        else None,
        field=forms.described("number", "要并进来的那一件", required=True, maxlength=40, hint=hint),
        form=form,
    )


def _compared(dispute_id: UUID, typed: str, form: Form, status: int = 200) -> ResponseReturnValue:
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    try:
        number = numbers.of_one_read(typed, **told)
        found = queries.compare(dispute_id, number, **told)
    except Invalid as refusal:
        again = Form(key="", values={"number": typed}, errors=_first(refusal))
        return _which(dispute_id, again), 422
    for each in (found.into, found.gone):  # both are read here
        audit.looked(each.id, **told)
    page = render_template(
        "merge/compare.html",
        title=f"并案：{found.gone.number} 并入 {found.into.number}",
        into=_side(found.into),
        gone=_side(found.gone),
        rows=_rows(found),
        twins=found.twins,
        moves=[_going(each) for each in found.going if each.go],
        stays=[_going(each) for each in found.going if each.stay],
        obstacle=found.obstacle,
        newer=found.into.registered_at > found.gone.registered_at,
        swap_url=_swap(found),
        field=forms.described(
            "reason", "为什么是同一件", "textarea", required=True, maxlength=500, rows=3
        ),
        form=form,
        days=rules.UNDONE_WITHIN.days,
        post_url=url_for("merge.merge", dispute_id=dispute_id),
        back_url=url_for("dispute.detail", dispute_id=dispute_id),
    )
    return page, status


def _first(refusal: Invalid) -> dict[str, str]:
    return {name: messages[0] for name, messages in refusal.fields.items()}


def _swap(found: Compared) -> str:
    return url_for("merge.ask", dispute_id=found.gone.id, number=found.into.number)


def _side(view: DisputeView) -> dict[str, Any]:
    return {
        "number": view.number,
        "url": url_for("dispute.detail", dispute_id=view.id),
        "version": view.version,
    }


def _rows(found: Compared) -> list[dict[str, Any]]:
    """What both say, and whether they say the same."""
    ours, theirs = _facts(found.into), _facts(found.gone)
    return [
        {"name": name, "into": one, "gone": theirs[name], "differs": one != theirs[name]}
        for name, one in ours.items()
        if one or theirs[name]
    ]


def _facts(view: DisputeView) -> dict[str, str]:
    year = desk().today(now()).year
    facts = "；".join(f"{each['label']}：{each['value']}" for each in show.facts(view.facts))
    return {
        "登记": show.moment(view.registered_at, desk().zone),
        "来源": label(view.source),
        "阶段": show.status(view.status, view.outcome),
        "承办单位": view.organisation.name if view.organisation else "还没有分派",
        "调解员": view.mediator.name if view.mediator else "",
        "类别": show.category(view.category, desk().policy),
        "当事人": "、".join(f"{label(each.role)} {each.name}" for each in view.parties),
        "事情经过": view.narrative,
        "发生日期": show.day(view.occurred_on, year=year) if view.occurred_on else "",
        "地点": " ".join(part for part in (view.place.village, view.place.detail) if part),
        "金额": show.yuan(view.amount_fen) or "",
        "人数": str(view.people_count or ""),
        "补充情况": facts,
        "期限": show.long_day(view.due.on) if view.due else "",
    }


def _going(each: Going) -> dict[str, Any]:
    unlike = each.rule.fate is Fate.UNLIKE and not each.stay
    return {"name": each.rule.name, "go": each.go, "stay": each.stay, "why": each.rule.why} | {
        "some": unlike
    }


def _undoing(dispute_id: UUID, merge_id: UUID, form: Form) -> str:
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    if "dispute.merge" not in opened.may or opened.key is None:
        raise Forbidden("这件纠纷不由您办理")
    made = next((e for e in queries.of_opened(opened, desk=desk()) if e.merge_id == merge_id), None)
    if made is None:
        raise NotFound(queries.NO_MERGE)
    if not made.directly:
        raise Conflict(_through(made))
    view = opened.view
    return render_template(
        "dispute/step.html",
        title=f"撤销并案：{made.number}",
        step={
            "url": url_for("merge.undo", dispute_id=dispute_id, merge_id=merge_id),
            "button": "确认撤销并案",
            "danger": False,
            "consequence": (
                f"{made.number} 回到并案以前：并过来的当事人、调解会、附件、期限等都还给它。"
                f"并案以后新记的留在 {view.number}。"
                f"{show.long_day(made.undone_until)}以后不能再撤销。"
            ),
            "fields": [
                forms.described(
                    "reason", "为什么不是同一件", "textarea", required=True, maxlength=500
                )
            ],
        },
        form=form,
        version=view.version,
        next="",
        about=conflict.about(view),
    )


def _through(made: MergedView) -> str:
    return f"{made.number} 是先并入另一件、再一起并过来的，请先撤销后一次并案"
