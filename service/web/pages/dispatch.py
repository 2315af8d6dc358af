"""待分派: what the director sends on, with the unit the rules propose and why."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from config.vocabulary import Channel, DisputeStatus, Level, OrganisationKind
from config.words import label
from service.queries import dispute as queries
from service.queries import dispute_row
from service.queries import organisation as organisations
from service.queries.dispute_row import DisputeRow, Filters
from service.queries.organisation import OrganisationView
from service.rules import access
from service.web import show
from service.web.door import action, actor, desk, now
from service.web.form import Form

bp = Blueprint("dispatch", __name__)
PAGE = 15


@bp.get("/dispatch")
@action("dispute.dispatch")
def waiting() -> ResponseReturnValue:
    """The disputes nobody has been given yet, first come first."""
    scope = access.scope(actor(), "dispute.dispatch", desk().policy.access)
    page = dispute_row.page(
        Filters(status=DisputeStatus.REGISTERED, sort="oldest"),
        scope=scope,
        today=desk().today(now()),
        now=now(),
        limit=PAGE,
        cursor=request.args.get("cursor"),
    )
    units = organisations.active()
    following = url_for("dispatch.waiting", cursor=page.next_cursor)
    return render_template(
        "dispatch/list.html",
        title="待分派",
        items=[_item(row, units) for row in page.items],
        organisations=[(str(each.id), each.name) for each in units],
        next_url=following if page.next_cursor else None,
        empty="没有等分派的纠纷。新登记的会出现在这里。",
    )


def _item(row: DisputeRow, units: list[OrganisationView]) -> dict[str, Any]:
    view = queries.one(row.id, actor=actor(), desk=desk(), now=now())
    today = desk().today(now())
    days = (today - row.registered_on).days
    return {
        "url": url_for("dispute.detail", dispute_id=row.id),
        "number": row.number,
        "parties": row.parties or "当事人未登记",
        "matter": _summary(view.narrative) if not row.restricted else "受限纠纷，内容在详情中查看",
        "category_label": show.category(row.category, desk().policy),
        "registered_text": show.day(row.registered_on, year=today.year),
        "waited_text": "今天" if days == 0 else f"已等 {days} 天",
        "waited_tone": _waited_tone(row.registered_on, today),
        "level": row.level.value,
        "level_label": label(row.level) if row.level is not Level.NONE else "",
        "restricted": row.restricted,
        "returned": None,
        "suggested": _suggested(view.route, units),
        "post_url": url_for("step.take", dispute_id=row.id, step="dispatch"),
        "version": view.version,
        "form": Form(key=""),
    }


def _summary(narrative: str, most: int = 60) -> str:
    return narrative if len(narrative) <= most else f"{narrative[:most]}…"


def _waited_tone(registered_on: date, today: date) -> str:
    days = (today - registered_on).days
    if days <= 1:
        return "plain"
    return "warn" if days <= 3 else "stop"


def _suggested(
    route: dict[str, Any] | None, units: list[OrganisationView]
) -> dict[str, Any] | None:
    if route is None or not route["lead"]:
        return None
    unit = next((each for each in units if each.kind == OrganisationKind(route["lead"])), None)
    if unit is None:
        return None
    return {
        "organisation_id": str(unit.id),
        "organisation": unit.name,
        "load_text": "",
        "reasons": route["reasons"],
        "channel_label": label(Channel(route["channel"])),
        "tone": show.ROUTE_TONES[route["accept"]],
    }
