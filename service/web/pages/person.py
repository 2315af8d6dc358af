"""人: in which disputes somebody stands, looked up from one of them."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from config.words import label
from service.operations import person as operations
from service.queries import dispute as disputes
from service.queries.person import StandsIn
from service.web import conflict, show
from service.web.door import action, actor, desk, now

bp = Blueprint("person", __name__)


@bp.get("/disputes/<uuid:dispute_id>/parties/<uuid:party_id>")
@action("dispute.read")
def look(dispute_id: UUID, party_id: UUID) -> ResponseReturnValue:
    """Everything the viewer may read that a party of a dispute stands in; it is written down."""
    told: dict[str, Any] = {"actor": actor(), "desk": desk(), "now": now()}
    found = operations.look(dispute_id, party_id, **told)
    view = disputes.one(dispute_id, **told)
    return render_template(
        "person/show.html",
        title=f"{label(found.kind)}：{found.name}",
        about=conflict.about(view),
        id_number=found.id_number,
        rows=[_row(each, dispute_id) for each in found.disputes],
        more=found.more,
        others=found.others,
    )


def _row(each: StandsIn, here: UUID) -> dict[str, Any]:
    return {
        "number": each.number,
        "url": url_for("dispute.detail", dispute_id=each.id),
        "here": each.id == here,
        "role": label(each.role),
        "category": show.category(each.category, desk().policy),
        "stage": show.status(each.status, each.outcome),
        "organisation": each.organisation or "还没有分派",
        "registered": show.day(each.registered_on, year=desk().today(now()).year),
        "restricted": each.restricted,
    }
