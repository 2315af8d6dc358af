"""文书 on the page of a dispute: which papers it has, and what is said of one that was voided."""

from typing import Any

from flask import url_for

from config.vocabulary import Outcome
from service.queries import paper
from service.queries.dispute import Opened
from service.rules import access
from service.web import show
from service.web.door import actor, desk


def offered(opened: Opened) -> list[dict[str, Any]]:
    """The papers of a dispute that this viewer may open, beside its receipt."""
    found, view = [], opened.view
    declined = view.outcome is Outcome.DECLINED and view.route is not None
    if declined and access.may_end(actor(), restricted=view.restricted):
        address = url_for("paper.decline", dispute_id=view.id)
        found.append({"label": "不予受理告知书", "url": address, "main": True})
    if may_guide(opened):
        address = url_for("paper.guide", dispute_id=view.id)
        found.append({"label": "打印指引卡", "url": address, "main": False})
    if "dispute.material" in opened.may:
        address = url_for("material.listed", dispute_id=view.id)
        found.append({"label": "材料：告知、收据", "url": address, "main": False})
    return found


def may_guide(opened: Opened) -> bool:
    """Whether its guidance card 指引卡 may be printed: never of a restricted dispute."""
    view = opened.view
    return view.route is not None and opened.key is not None and not view.restricted


def voided(opened: Opened) -> str | None:
    """Who voided the registration 登记有误, when and why; its number stays."""
    told = paper.voiding(opened)
    if told is None:
        return None
    at = show.moment(told.at, desk().zone)
    return f"登记有误，{told.by} 于 {at} 作废。原因：{told.reason}。编号保留，不计入统计。"
