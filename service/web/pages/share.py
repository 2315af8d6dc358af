"""共享: with whom a dispute is shared, and sharing it with one more organisation."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import SharePurpose
from config.words import labels
from schemas.share import ShareIn
from service.errors import Conflict
from service.operations import share as operations
from service.operations.share import RESTRICTED, ShareDraft
from service.queries import dispute as disputes
from service.queries import organisation as organisations
from service.queries import share as queries
from service.web import conflict
from service.web import form as forms
from service.web import restricted as shown
from service.web.door import action, actor, desk, now
from service.web.form import Form
from service.web.steps import load_body

bp = Blueprint("share", __name__)
TWICE = "刚才已经共享过了。要再共享一次，请核对内容后再点"


@bp.get("/disputes/<uuid:dispute_id>/shares")
@action("dispute.share")
def listed(dispute_id: UUID) -> ResponseReturnValue:
    """Every share of a dispute, and the form for one more."""
    return _page(dispute_id, Form())


@bp.post("/disputes/<uuid:dispute_id>/shares")
@action("dispute.share")
def share(dispute_id: UUID) -> ResponseReturnValue:
    """Share it."""

    def produce() -> ResponseReturnValue:
        draft = ShareDraft(**load_body(ShareIn, forms.body(request.form)))
        operations.share(dispute_id, draft, actor=actor(), desk=desk(), now=now())
        flash("已共享，对方单位的联络员现在就能看到")
        return forms.see(url_for("share.listed", dispute_id=dispute_id))

    return forms.once(produce, shown=lambda form: _page(dispute_id, form), twice=TWICE)


@bp.post("/disputes/<uuid:dispute_id>/shares/<uuid:share_id>/end")
@action("dispute.share")
def end(dispute_id: UUID, share_id: UUID) -> ResponseReturnValue:
    """End a share."""
    operations.end(dispute_id, share_id, actor=actor(), desk=desk(), now=now())
    flash("已结束共享，对方从现在起看不到")
    return forms.see(url_for("share.listed", dispute_id=dispute_id))


def _page(dispute_id: UUID, form: Form) -> str:
    found = queries.of_dispute(dispute_id, actor=actor(), desk=desk(), now=now())
    view = disputes.one(dispute_id, actor=actor(), desk=desk(), now=now())
    if view.restricted:
        raise Conflict(RESTRICTED)
    return render_template(
        "share/list.html",
        title=f"共享：{view.number}",
        about=conflict.about(view),
        rows=[
            shown.share(each)
            | {"end_url": url_for("share.end", dispute_id=dispute_id, share_id=each.id)}
            for each in found
        ],
        form=form,
        fields=_fields(view.organisation.id if view.organisation else None),
        post_url=url_for("share.share", dispute_id=dispute_id),
    )


def _fields(lead: UUID | None) -> list[dict[str, Any]]:
    units = [(str(e.id), e.name) for e in organisations.active() if e.id != lead]
    today, most = desk().today(now()), desk().policy.restricted.share_days
    days = {"min": today.isoformat(), "max": (today + timedelta(days=most)).isoformat()}
    return [
        forms.described(
            "organisation",
            "共享给哪个单位",
            "select",
            options=[("", "请选择"), *units],
            required=True,
        ),
        forms.described(
            "purpose",
            "做什么用",
            "radio",
            options=list(labels(SharePurpose).items()),
            required=True,
        ),
        forms.described(
            "basis",
            "依据",
            maxlength=200,
            hint="协助办理可以不填；其他用途必填，例如法律条文、委托函号、当事人同意书",
            conditional=True,
        ),
        forms.described(
            "until", "共享到哪天", "date", required=True, hint=f"最长 {most} 天", attrs=days
        ),
    ]
