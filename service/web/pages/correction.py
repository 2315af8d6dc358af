"""更正登记: what was written down wrongly is set right, with the reason, and leaves its trace."""

from functools import partial
from typing import Final
from uuid import UUID

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.words import label
from service.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from service.operations import audit
from service.operations import correction as operations
from service.operations.correction import ENDED as HAS_ENDED
from service.operations.correction import Corrected
from service.queries import dispute as queries
from service.queries.correction import Sibling
from service.queries.correction import siblings as queries_of_visit
from service.queries.dispute import DisputeView
from service.rules.dispute import ENDED
from service.web import conflict, correction_conflict, show
from service.web import correction as corrections
from service.web import correction_field as fields
from service.web import form as forms
from service.web.correction import Posted
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.route import headline

bp = Blueprint("correction", __name__)
BROKEN: Final = "页面不完整，请返回刷新后再试"
TWICE: Final = "刚才已经更正过一次了。还要再改，请回到这件纠纷重新打开更正页"
NOT_YOURS: Final = "这件纠纷不由您更正：分派以前找登记人，分派以后找承办的调解员或中心主任"


@bp.get("/disputes/<uuid:dispute_id>/correct")
@action("dispute.correct")
def ask(dispute_id: UUID) -> ResponseReturnValue:
    """Everything that was registered, to write over what is wrong."""
    view = _correctable(dispute_id)
    clear = corrections.in_clear(view)
    audit.looked(dispute_id, actor=actor(), desk=desk(), now=now(), fields=clear)
    return _page(view, Form(values=corrections.standing(view) | {"siblings": "true"}))


@bp.post("/disputes/<uuid:dispute_id>/correct")
@action("dispute.correct")
def save(dispute_id: UUID) -> ResponseReturnValue:
    """Correct it once; what was typed stays when it cannot be, or when somebody was quicker."""
    if request.form.get("action") == "add_party":
        return _page(_correctable(dispute_id), forms.typed(request.form), more=True)
    try:
        return _once(dispute_id)
    except Stale:
        return _conflict(_correctable(dispute_id)), 412


def _once(dispute_id: UUID) -> ResponseReturnValue:
    read: list[Posted] = []

    def produce() -> Response:
        before, version = _correctable(dispute_id), _version()
        if before.version != version:
            raise Stale([])  # before what was typed is compared with what others wrote
        read.append(corrections.read(request.form, before))
        known = partial(
            operations.faults, dispute_id, version=version, actor=actor(), desk=desk(), now=now()
        )
        made = operations.correct(
            dispute_id,
            read[0].changes(known),
            version=version,
            actor=actor(),
            desk=desk(),
            now=now(),
        )
        _say_siblings(made)
        return _corrected(before)

    return forms.once(
        produce,
        shown=lambda form: _page(_correctable(dispute_id), form),
        twice=TWICE,
        at=lambda errors: read[0].on_page(errors) if read else errors,
    )


def _say_siblings(made: Corrected) -> None:
    """Which other disputes were corrected along, and in which somebody was left as they stood."""
    if made.followed:
        flash(f"同一次来访的 {'、'.join(made.followed)} 也一并更正了")
    for each in made.left:
        who = f"{label(each.role)}第 {each.place} 位"
        flash(f"{each.number} 里没有一并更正{who}：对不上同一个人，请打开那件更正", "warn")


def _siblings(view: DisputeView) -> list[Sibling]:
    return queries_of_visit(view.id, view.visit_group, actor=actor(), desk=desk(), now=now())


def _corrected(before: DisputeView) -> Response:
    """Say what follows: another way to go, a closed door."""
    try:
        after = _view(before.id)
    except NotFound:
        flash(f"{before.number} 已更正，并且限制查阅，现在不再由您办理")
        return forms.see(url_for("home.desk"))
    flash(f"{before.number} 已更正")
    if before.route and after.route and headline(before.route) != headline(after.route):
        stays = "已经分派，是否改派由中心主任决定" if after.organisation else "由中心主任分派"
        told = f"原来{headline(before.route)}，现在{headline(after.route)}"
        flash(f"去向按更正后的情况重新判断过：{told}。{stays}", "warn")
    if after.restricted and not before.restricted:
        others = "；同一次来访的另外几件也一样" if before.visit_group else ""
        flash(f"这件纠纷已经限制查阅，列表和队列里不再出现姓名{others}", "warn")
    return forms.see(url_for("dispute.detail", dispute_id=before.id))


def _page(view: DisputeView, form: Form, *, more: bool = False) -> str:
    rows = [int(row) for row in corrections.fresh_rows(form.values)]
    fresh = min(max(rows, default=-1) + 1 + (1 if more else 0), corrections.MOST_FRESH_ROWS)
    found, fresh = _siblings(view), max(fresh, fields.FRESH_ROWS)
    parts = fields.sections(view, form, desk().policy, fresh=fresh)
    return render_template(
        "dispute/correct.html",
        siblings=[
            {"number": each.number, "url": url_for("dispute.detail", dispute_id=each.id)}
            for each in found
        ],
        along=fields.siblings(found),
        title=f"更正登记：{view.number}",
        form=form,
        **parts,
        labels=fields.called(parts),
        focus=next((p["key"] for p in parts["fresh"] if more and p["row"] not in rows), None),
        reason=fields.reason(),
        may_add=fresh < corrections.MOST_FRESH_ROWS,
        base=request.form.get("base") or corrections.marks(corrections.standing(view)),
        version=request.form.get("version") or view.version,
        post_url=url_for("correction.save", dispute_id=view.id),
        about=conflict.about(view),
        restricted=view.restricted,
        today=desk().today(now()).isoformat(),
    )


def _conflict(view: DisputeView) -> str:
    """Somebody was quicker: what they did, and of what was typed that which is new."""
    form = forms.typed(request.form)
    typed, fresh = corrections.touched(request.form, view), corrections.fresh_rows(form.values)
    kept = [
        each
        for each in fields.all_fields(view, form, desk().policy)
        if each["name"] in typed | {"reason"}
        and (not each["name"].startswith("new.") or each["name"].split(".")[1] in fresh)
    ]
    since = conflict.since(view, _version())
    kept = correction_conflict.told(kept, request.form, view, since)
    along = fields.siblings(_siblings(view))
    kept += [along] if along else []
    return render_template(
        "conflict.html",
        title="内容已被修改",
        about=conflict.about(view),
        status_label=show.status(view.status, view.outcome),
        events=conflict.entries(since, view),
        form=form,
        fields=kept,
        action="更正登记",
        retry_url=url_for("correction.save", dispute_id=view.id),
        version=view.version,
    )


def _correctable(dispute_id: UUID) -> DisputeView:
    """The dispute when it is the viewer's to correct; Forbidden, Conflict when it is not."""
    opened = queries.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    if "dispute.correct" not in opened.may:
        raise Forbidden(NOT_YOURS)
    if opened.view.status in ENDED:
        raise Conflict(HAS_ENDED)
    return opened.view


def _view(dispute_id: UUID) -> DisputeView:
    return queries.one(dispute_id, actor=actor(), desk=desk(), now=now())


def _version() -> int:
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit()):
        raise Invalid({"": [BROKEN]})
    return int(text[:9])
