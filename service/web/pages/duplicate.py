"""可能重复: the live panel beside the intake form with disputes like the one being typed."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from service.operations import duplicate as operations
from service.queries import dispute as disputes
from service.queries import link as links
from service.web import conflict
from service.web.door import action, actor, brief, desk, now
from service.web.duplicate import CHOICES, beside, panel

bp = Blueprint("duplicate", __name__)


@bp.post("/duplicates/panel")
@action("duplicate.check")
@brief
def show_panel() -> ResponseReturnValue:
    """The panel for what has been typed so far."""
    return render_template("duplicate/panel.html", **panel(request.form), choices=CHOICES)


@bp.get("/disputes/<uuid:dispute_id>/duplicates")
@action("dispute.link")
def like(dispute_id: UUID) -> ResponseReturnValue:
    """The few disputes most like a stored one, why, and what was decided about them."""
    found = operations.like(dispute_id, actor=actor(), desk=desk(), now=now())
    opened = disputes.opened(dispute_id, actor=actor(), desk=desk(), now=now())
    decided = links.decided(dispute_id, [each.id for each in found if each.id])
    return render_template(
        "duplicate/like.html",
        title=f"可能重复：{opened.view.number}",
        about=conflict.about(opened.view),
        rows=[beside(each, opened, decided.get(each.id) if each.id else None) for each in found],
    )
